// Package data reads, generates and splits the data sets that models are fitted to.
package data

import (
	"gonum.org/v1/gonum/mat"
)

// Set is a data set: finite rows (embedded or from a file) or a generator.
type Set interface {
	// Info says what the set is.
	Info() Info
	// Split draws training, validation and test rows by a seed; the same seed
	// gives the same bytes.
	Split(seed uint64) (Split, error)
}

// Info is what there is to say about a set.
type Info struct {
	// Name is what a user types, or the file's name without its folder: what is
	// said of a set travels, and paths do not.
	Name    string `json:"name"`
	Title   string `json:"title"`
	Source  string `json:"source,omitempty"`
	Licence string `json:"licence,omitempty"`
	// Columns are the names of the columns kept.
	Columns []string `json:"columns"`
	// Weights is the column that holds the rows' weights; "" if all weigh the same.
	Weights string `json:"weights,omitempty"`
	// Rows is the number of rows; for generators the sum of the split's parts.
	Rows int `json:"rows"`
	// Entropy is that of the true density in nats, with the standard error of
	// its computation; nil when the truth is not known.
	Entropy *Entropy `json:"entropy,omitempty"`
}

// Entropy is -E log p in nats.
type Entropy struct {
	Nats          float64 `json:"nats"`
	StandardError float64 `json:"standard_error"`
}

// Split is disjoint parts of a set: of distinct rows for finite sets, of
// independent draws for generators.
type Split struct {
	Train, Validation, Test *mat.Dense
	// TrainWeights and ValidationWeights hold a weight of at least 0 per row, one of
	// them more; nil if all rows weigh the same.
	TrainWeights, ValidationWeights []float64
}

// Resizer is the optional ability of a generator to draw other numbers of rows
// than the 20,000, 5,000 and 100,000 that it draws unasked.
type Resizer interface {
	// WithRows returns the same set with parts of these sizes, each at least 1.
	// A smaller part holds the first rows of a larger one of the same seed.
	WithRows(train, validation, test int) Set
}

// Truth is the optional ability of a Set to evaluate its true density.
type Truth interface {
	// LogDensity returns the true log-density of every row of x in nats; -Inf
	// where the density is zero.
	LogDensity(x *mat.Dense) []float64
}
