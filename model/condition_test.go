package model_test

import (
	"reflect"
	"slices"
	"testing"

	"flowcert/model"
)

func TestGiven(t *testing.T) {
	columns := []string{"a", "b", "1", "d"}
	for _, c := range []struct{ given, want []string }{
		{nil, nil},
		{[]string{"d", "a"}, []string{"d", "a"}},
		{[]string{"2", "4"}, []string{"b", "d"}},
		{[]string{"1"}, []string{"1"}}, // a name before a number
	} {
		if got, err := model.Given(columns, c.given); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("given %q: %q, %v; want %q", c.given, got, err, c.want)
		}
	}
	for want, given := range map[string][]string{
		`no column "c" to condition on: did you mean "a"?`: {"c"},
		`no column "0"`:             {"0"},
		`no column "5"`:             {"5"},
		`column "b" is given twice`: {"b", "2"},
		`all columns are given`:     {"a", "b", "1", "d"},
	} {
		_, err := model.Given(columns, given)
		refused(t, err, want)
	}
}

func TestPartition(t *testing.T) {
	d := model.Description{Columns: []string{"a", "b", "c", "d"}, Condition: []string{"d", "b"}}
	points, condition := d.Partition()
	if got := [][]string{d.Names(points), d.Names(condition)}; !reflect.DeepEqual(got, [][]string{{"a", "c"}, {"b", "d"}}) {
		t.Errorf("points and condition are %q, want a and c, b and d", got)
	}
}
