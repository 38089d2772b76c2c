package data

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"flowcert/internal/usage"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// CSVOptions say how to read a delimited text file.
type CSVOptions struct {
	// Drop lists columns to leave out, such as a label: each by its name or by
	// its number, counted from 1. A name takes precedence.
	Drop []string
	// Weights is the column that holds the rows' weights, named in the same way;
	// "" means that all rows weigh the same. It is none of the set's columns.
	Weights string
}

// Open reads a set from a file of delimited text in UTF-8, packed by gzip if
// its name ends in .gz. The delimiter is found among tab, semicolon, pipe,
// comma and space. The first row is a header if it has text above a number, or
// a text that is to be dropped; columns without a name are called x1, x2, ...
// by their place in the file.
//
// All values are finite and can be squared, no column is constant or follows
// from others, weights are at least 0, and there are rows enough for every split
// to have one more training row than columns. Whatever is wrong with the file is a
// *usage.Error.
func Open(path string, o CSVOptions) (Set, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return parseSet(path, text, o)
}

// ReadRows reads rows for a model of the given columns from a file like those
// that Open reads. With a header the columns are found by name, in any order,
// and others are ignored; without one there must be as many as the model has,
// in its order. All values are finite and there is at least one row. Whatever
// is wrong with the file is a *usage.Error.
func ReadRows(path string, columns []string, o CSVOptions) (*mat.Dense, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return parseRows(path, text, columns, o)
}

func parseSet(path string, text []byte, o CSVOptions) (Set, error) {
	t, err := newTable(path, text)
	if err != nil {
		return nil, err
	}
	columns, err := t.columns(t.header(o.Drop))
	if err != nil {
		return nil, err
	}
	weight, err := t.weight(columns, o.Weights)
	if err != nil {
		return nil, err
	}
	if columns, err = t.without(columns, o.Drop); err != nil {
		return nil, err
	}
	if columns = slices.DeleteFunc(columns, func(c column) bool { return c.index == weight.index }); len(columns) == 0 {
		return nil, t.errorf("there is no column beside the weights; keep at least one")
	}
	if err := t.checkDistinct(columns); err != nil {
		return nil, err
	}
	x, weights, err := t.values(columns, weight)
	if err != nil {
		return nil, err
	}
	rows, cols := x.Dims()
	if need := rowsNeeded(cols); rows < need {
		return nil, t.errorf("there are too few rows (%d) for the number of columns (%d): a split into training, validation and test rows takes %d; add rows, or leave out columns with --drop",
			rows, cols, need)
	}
	if err := t.checkColumns(columns, x); err != nil {
		return nil, err
	}
	name := strings.ToValidUTF8(filepath.Base(path), "\ufffd")
	return finite{
		info:    Info{Name: name, Title: name, Columns: names(columns), Weights: weight.name, Rows: rows},
		x:       x,
		weights: weights,
	}, nil
}

func parseRows(path string, text []byte, columns []string, o CSVOptions) (*mat.Dense, error) {
	t, err := newTable(path, text)
	if err != nil {
		return nil, err
	}
	// Names may be numbers, so a row of all the model's names is a header too.
	named := !slices.ContainsFunc(columns, func(name string) bool { return !slices.Contains(t.ahead[0].cells, name) })
	header := named || t.header(o.Drop)
	found, err := t.columns(header)
	if err != nil {
		return nil, err
	}
	if found, err = t.without(found, o.Drop); err != nil {
		return nil, err
	}
	if header {
		found, err = t.byName(found, columns)
	} else if len(found) != len(columns) {
		err = t.errorf("there are %d columns, but the model has %d (%s); leave others out with --drop NUMBER, or add a header",
			len(found), len(columns), strings.Join(columns, ", "))
	}
	if err != nil {
		return nil, err
	}
	x, bad, err := t.numbers(found)
	if err != nil {
		return nil, err
	}
	if bad != nil {
		bad.everywhere = false // the model needs the column
		return nil, t.errorf("%v; %s", bad, bad.remedy())
	}
	return x, nil
}

// weight returns the column of weights that a word names; one that is no column for
// the word "".
func (t *table) weight(columns []column, word string) (column, error) {
	if word == "" {
		return column{index: -1}, nil
	}
	at := slices.IndexFunc(columns, func(c column) bool { return c.name == word })
	if n, err := strconv.Atoi(word); at < 0 && err == nil {
		at = n - 1
	}
	if at < 0 || at >= len(columns) {
		return column{}, t.errorf("there is no column %q of weights; the nearest name is %q, and numbers go from 1 to %d",
			word, usage.Nearest(word, names(columns)), len(columns))
	}
	columns[at].weight = true
	return columns[at], nil
}

// values reads the columns and that of the weights, nil if it is no column.
func (t *table) values(columns []column, weight column) (x *mat.Dense, weights []float64, err error) {
	if weight.weight {
		columns = append(slices.Clip(columns), weight)
	}
	x, bad, err := t.numbers(columns)
	if err != nil {
		return nil, nil, err
	}
	if bad != nil {
		return nil, nil, t.errorf("%v; %s", bad, bad.remedy())
	}
	if !weight.weight {
		return x, nil, nil
	}
	rows, cols := x.Dims()
	return mat.DenseCopyOf(x.Slice(0, rows, 0, cols-1)), mat.Col(nil, cols-1, x), nil
}

// without returns the columns that none of the words names.
func (t *table) without(columns []column, words []string) ([]column, error) {
	drop := make([]bool, len(columns))
	for _, word := range words {
		known := false
		for i, c := range columns {
			if c.name == word {
				drop[i], known = true, true
			}
		}
		if known {
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(columns) {
			return nil, t.errorf("there is no column %q to drop; the nearest name is %q, and numbers go from 1 to %d",
				word, usage.Nearest(word, names(columns)), len(columns))
		}
		drop[n-1] = true
	}
	var kept []column
	for i, c := range columns {
		if !drop[i] {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil, t.errorf("--drop leaves none of the %d columns; keep at least one", len(columns))
	}
	return kept, nil
}

// checkDistinct refuses two columns of one name.
func (t *table) checkDistinct(columns []column) error {
	first := map[string]column{}
	for _, c := range columns {
		if other, found := first[c.name]; found {
			return t.errorf("columns %d and %d are both called %q; rename one in the header or leave it out with --drop %d",
				other.index+1, c.index+1, c.name, c.index+1)
		}
		first[c.name] = c
	}
	return nil
}

// checkColumns refuses values without a density or whose squares leave the range
// of a float64.
func (t *table) checkColumns(columns []column, x *mat.Dense) error {
	if j, v, found := constantColumn(x); found {
		return t.errorf("%v is %v in every row and so has no density; leave it out with --drop %q", columns[j], v, columns[j].name)
	}
	for j, c := range columns {
		values := mat.Col(nil, j, x)
		lo, hi := floats.Min(values), floats.Max(values)
		switch {
		case max(-lo, hi) > 1e150:
			return t.errorf("%v goes from %.3g to %.3g, too far to be squared; give it in a unit that keeps it below 1e150", c, lo, hi)
		case hi-lo < 1e-150:
			return t.errorf("%v goes from %.3g to %.3g, too near to be squared; give it in a unit that spreads it by more than 1e-150", c, lo, hi)
		}
	}
	if j, found := dependentColumn(x); found {
		return t.errorf("%v is a linear function of columns before it, so that the rows have no density; leave it out with --drop %q",
			columns[j], columns[j].name)
	}
	return nil
}

// byName returns the columns of the given names, in their order.
func (t *table) byName(columns []column, wanted []string) ([]column, error) {
	var found []column
	for _, name := range wanted {
		i := slices.IndexFunc(columns, func(c column) bool { return c.name == name })
		if i < 0 {
			return nil, t.errorf("the model's column %q is missing; add it, or rename it in the header, where the nearest name is %q",
				name, usage.Nearest(name, names(columns)))
		}
		found = append(found, columns[i])
	}
	others := func(c column) bool { return !slices.Contains(wanted, c.name) }
	return found, t.checkDistinct(slices.DeleteFunc(slices.Clone(columns), others))
}

// names returns the names of the columns.
func names(columns []column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.name
	}
	return all
}
