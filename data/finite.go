package data

import (
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"flowcert/internal/random"
	"flowcert/internal/usage"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// The least numbers of validation and test rows that a split must leave; two
// test rows are the fewest that have a standard error.
const (
	minValidation = 1
	minTest       = 2
)

// finite is a set whose rows are all there is.
type finite struct {
	info    Info
	x       *mat.Dense
	weights []float64 // nil if all rows weigh the same
}

// Info says what the set is.
func (f finite) Info() Info { return f.info }

// Split shuffles the rows by seed and cuts them 80/10/10, test and validation
// rounded to the nearest row.
func (f finite) Split(seed uint64) (Split, error) {
	n, cols := f.x.Dims()
	order := random.New(seed, "data split", 0, 0).Perm(n)
	take := func(rows []int) *mat.Dense {
		part := mat.NewDense(len(rows), cols, nil)
		for i, row := range rows {
			part.SetRow(i, f.x.RawRowView(row))
		}
		return part
	}
	tenth := tenthOf(n)
	test, validation, train := order[:tenth], order[tenth:2*tenth], order[2*tenth:]
	s := Split{Test: take(test), Validation: take(validation), Train: take(train)}
	if f.weights != nil {
		s.TrainWeights, s.ValidationWeights = pick(f.weights, train), pick(f.weights, validation)
		if floats.Sum(s.TrainWeights) == 0 || floats.Sum(s.ValidationWeights) == 0 {
			return Split{}, usage.Errorf("split %q with seed %d: the weights %q of all training rows or of all validation rows are 0; try another --seed",
				f.info.Name, seed, f.info.Weights)
		}
	}
	if j, v, found := constantColumn(s.Train); found {
		return Split{}, usage.Errorf("split %q with seed %d: column %q is %v in all %d training rows; leave it out with --drop %q",
			f.info.Name, seed, f.info.Columns[j], v, n-2*tenth, f.info.Columns[j])
	}
	return s, nil
}

// pick returns the values with the given indices.
func pick(values []float64, index []int) []float64 {
	picked := make([]float64, len(index))
	for i, at := range index {
		picked[i] = values[at]
	}
	return picked
}

// tenthOf returns n/10 rounded to the nearest whole number, halves up.
func tenthOf(n int) int { return (n + 5) / 10 }

// rowsNeeded returns the fewest rows whose split leaves one more training row
// than there are columns, and enough validation and test rows.
func rowsNeeded(cols int) int {
	n := cols + 1
	for tenthOf(n) < max(minValidation, minTest) || n-2*tenthOf(n) < cols+1 {
		n++
	}
	return n
}

// constantColumn finds the first column of x that has one value in every row.
func constantColumn(x *mat.Dense) (column int, value float64, found bool) {
	rows, cols := x.Dims()
	for j := range cols {
		i := 1
		for i < rows && x.At(i, j) == x.At(0, j) {
			i++
		}
		if i == rows {
			return j, x.At(0, j), true
		}
	}
	return 0, 0, false
}

// dependentColumn finds the first column of x that a linear function of those
// before it gives, but for a millionth of its standard deviation. No column may be
// constant, and there must be more rows than columns.
func dependentColumn(x *mat.Dense) (column int, found bool) {
	rows, cols := x.Dims()
	standard := mat.NewDense(rows, cols, nil)
	for j := range cols {
		values := mat.Col(nil, j, x)
		floats.AddConst(-stat.Mean(values, nil), values)
		floats.Scale(1/floats.Norm(values, 2), values)
		standard.SetCol(j, values)
	}
	var qr mat.QR
	var r mat.Dense
	qr.Factorize(standard)
	qr.RTo(&r)
	for j := range cols {
		// What is left of a column of length 1 without the part along those before.
		if math.Abs(r.At(j, j)) < 1e-6 {
			return j, true
		}
	}
	return 0, false
}

// embedded returns the set of a text that is part of the program: a line that
// describes it, then rows whose last cell, the class, is left out. It panics if
// the text is not of that form.
func embedded(info Info, text string) Set {
	_, text, _ = strings.Cut(text, "\n")
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("data: embedded %s: %v", info.Name, err))
	}
	info.Rows = len(records)
	x := mat.NewDense(len(records), len(info.Columns), nil)
	for i, record := range records {
		values := record[:len(record)-1]
		row := make([]float64, len(values))
		for j, cell := range values {
			if row[j], err = strconv.ParseFloat(cell, 64); err != nil {
				panic(fmt.Sprintf("data: embedded %s: %v", info.Name, err))
			}
		}
		x.SetRow(i, row) // panics unless there is one value per column
	}
	return finite{info: info, x: x}
}
