package model_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/setting"
)

// sample has one setting of every type.
func sample() model.Entry {
	return model.Entry{Name: "sample", Settings: []setting.Setting{
		{Name: "layers", Type: "int", Default: 4, Min: 1, Max: 10_000_000},
		{Name: "rate", Type: "float", Default: 1e-3, Min: 1e-6, Max: 1},
	}}
}

func TestResolve(t *testing.T) {
	for name, c := range map[string]struct {
		given map[string]any
		want  setting.Values
	}{
		"defaults":    {nil, setting.Values{"layers": 4, "rate": 1e-3}},
		"as typed":    {map[string]any{"layers": "7", "rate": "1"}, setting.Values{"layers": 7, "rate": 1.0}},
		"as in JSON":  {map[string]any{"layers": 7.0, "rate": json.Number("5e-1")}, setting.Values{"layers": 7, "rate": 0.5}},
		"as in YAML":  {map[string]any{"layers": 7, "rate": 1}, setting.Values{"layers": 7, "rate": 1.0}},
		"at the ends": {map[string]any{"layers": 10_000_000, "rate": 1e-6}, setting.Values{"layers": 10_000_000, "rate": 1e-6}},
	} {
		got, err := sample().Resolve(c.given)
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: got %v (%v), want %v", name, got, err, c.want)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"layer", 3, `model "sample" has no setting "layer": did you mean "layers"? (it has layers, rate)`},
		{"layers", "0", `model "sample": setting "layers" is "0": want a whole number from 1 to 10000000`},
		{"layers", "many", `setting "layers" is "many": want a whole number from 1 to 10000000`},
		{"layers", 2.5, `setting "layers" is "2.5": want a whole number`},
		{"layers", 1e300, `want a whole number`},
		{"layers", true, `setting "layers" is "true": want a whole number`},
		{"rate", 2, `setting "rate" is "2": want a number from 1e-06 to 1`},
		{"rate", "NaN", `setting "rate" is "NaN": want a number from 1e-06 to 1`},
		{"rate", []any{1}, `setting "rate" is "[1]": want a number`},
	} {
		_, err := sample().Resolve(map[string]any{c.name: c.value})
		refused(t, err, c.want)
	}
	_, err := model.Gaussian().Resolve(map[string]any{"x": 1})
	refused(t, err, `model "gaussian" has no setting "x": it has no settings at all`)
}

func TestParseSettings(t *testing.T) {
	got, err := model.ParseSettings([]string{"layers=3", " rate = 1e-2 ", "note=a=b"})
	if want := map[string]any{"layers": "3", "rate": "1e-2", "note": "a=b"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
	for _, item := range []string{"layers", "=3", "layers=", ""} {
		_, err := model.ParseSettings([]string{item})
		refused(t, err, "is not of the form key=value")
	}
	_, err = model.ParseSettings([]string{"layers=3", "layers=4"})
	refused(t, err, `setting "layers" is given twice`)
}

func TestFind(t *testing.T) {
	entries := []model.Entry{model.Gaussian(), model.Mixture()}
	if e, err := model.Find(entries, "mixture"); err != nil || e.Name != "mixture" {
		t.Errorf("got %q (%v), want mixture", e.Name, err)
	}
	_, err := model.Find(entries, "mixtur")
	refused(t, err, `unknown model "mixtur": did you mean "mixture"?`)
}

// TestReadingASettingThatIsNotThere is a caller's bug.
func TestReadingASettingThatIsNotThere(t *testing.T) {
	s, err := sample().Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Int("layers") != 4 || s.Float("rate") != 1e-3 {
		t.Errorf("%v reads as %d, %v", s, s.Int("layers"), s.Float("rate"))
	}
	for _, read := range []func(){func() { s.Int("rate") }, func() { s.Float("layers") }, func() { s.Int("x") }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			read()
		}()
	}
}

// refused checks that err is a usage error of one sentence that contains want.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	var user *usage.Error
	if !errors.As(err, &user) {
		t.Errorf("got error %v, want a usage error with %q", err, want)
		return
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("got error %q, want one with %q", err, want)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q is more than one line", err)
	}
}
