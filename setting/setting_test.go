package setting_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"flowcert/internal/usage"
	"flowcert/setting"
)

// sample has one setting of every type.
var sample = []setting.Setting{
	{Name: "layers", Type: setting.Int, Default: 4, Min: 1, Max: 10},
	{Name: "rate", Type: setting.Float, Default: 0.5, Min: 0, Max: 1},
	{Name: "order", Type: setting.Word, Default: "natural", Choices: []string{"natural", "reverse"}},
	{Name: "hidden", Type: setting.Ints, Default: []int{64, 64}, Min: 1, Max: 4096},
}

func TestResolve(t *testing.T) {
	defaults := setting.Values{"layers": 4, "rate": 0.5, "order": "natural", "hidden": []int{64, 64}}
	other := setting.Values{"layers": 7, "rate": 1.0, "order": "reverse", "hidden": []int{8, 16}}
	for name, c := range map[string]struct {
		given map[string]any
		want  setting.Values
	}{
		"defaults": {nil, defaults},
		"as typed": {map[string]any{"layers": "7", "rate": "1", "order": "reverse", "hidden": "8, 16"}, other},
		"decoded":  {map[string]any{"layers": 7.0, "rate": json.Number("1"), "order": "reverse", "hidden": []any{8, 16.0}}, other},
		"resolved": {other, other},
	} {
		got, err := setting.Resolve("x", sample, c.given)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v (%v), want %v", name, got, err, c.want)
		}
	}
	v, _ := setting.Resolve("x", sample, nil)
	if v.Int("layers") != 4 || v.Float("rate") != 0.5 || v.Word("order") != "natural" || len(v.Ints("hidden")) != 2 {
		t.Error("values are not returned with their types")
	}
}

func TestResolveRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"layer", 3, `x has no setting "layer": did you mean "layers"? (it has layers, rate, order, hidden)`},
		{"layers", 2.5, `x: setting "layers" is "2.5": want a whole number from 1 to 10`},
		{"rate", "NaN", `want a number from 0 to 1`},
		{"order", "random", `setting "order" is "random": want one of natural, reverse`},
		{"order", 3, `want one of natural, reverse`},
		{"hidden", "8,", `setting "hidden" is "8,": want a list of whole numbers from 1 to 4096`},
		{"hidden", []any{8, 0}, `want a list of whole numbers`},
		{"hidden", 8.5, `want a list of whole numbers`},
	} {
		_, err := setting.Resolve("x", sample, map[string]any{c.name: c.value})
		var user *usage.Error
		if !errors.As(err, &user) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s = %v: got error %v, want a usage error with %q", c.name, c.value, err, c.want)
		}
	}
}

// TestEndsOfRanges: the smallest and the largest number are allowed, the next ones are not.
func TestEndsOfRanges(t *testing.T) {
	large := setting.Setting{Name: "large", Type: setting.Int, Default: 0, Max: 1e18}
	for _, c := range []struct {
		name    string
		value   any
		allowed bool
	}{
		{"layers", 0, false}, {"layers", 1, true}, {"layers", 10, true}, {"layers", "11", false},
		{"rate", -1e-9, false}, {"rate", 0, true}, {"rate", "1", true}, {"rate", 1 + 1e-9, false},
		{"hidden", []any{0, 8}, false}, {"hidden", "1,4096", true}, {"hidden", []int{4097}, false},
		// 2^53 and the next float64, beside which whole numbers are missing.
		{"large", float64(1 << 53), true}, {"large", float64(1<<53 + 2), false},
	} {
		_, err := setting.Resolve("x", append(sample, large), map[string]any{c.name: c.value})
		if (err == nil) != c.allowed {
			t.Errorf("%s = %v: error %v, allowed should be %v", c.name, c.value, err, c.allowed)
		}
	}
}
