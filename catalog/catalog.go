// Package catalog is the one explicit list of models, data sets, claims and
// probes. What is not listed here does not exist for the command, and what is
// listed here is held to the laws by this package's tests.
package catalog

import (
	"os"
	"path/filepath"
	"strings"

	"flowcert/claim"
	"flowcert/data"
	"flowcert/internal/usage"
	"flowcert/model"
)

// Models returns every model, in the order in which they are listed.
func Models() []model.Entry {
	return []model.Entry{
		model.Gaussian(),
		model.Mixture(),
		model.RealNVP(),
		model.SplineCoupling(),
		model.MAF(),
		model.SplineAutoregressive(),
	}
}

// Data returns every data set that comes with the program.
func Data() []data.Set {
	return []data.Set{
		data.Iris(),
		data.Wine(),
		data.BreastCancer(),
		data.EightGaussians(),
		data.Moons(),
		data.Checkerboard(),
	}
}

// Claims returns every claim of a certificate, in the order in which a model is
// examined.
func Claims() []claim.Claim {
	return []claim.Claim{
		claim.Likelihood(),
		claim.Samples(),
		claim.RoundTrip(),
		claim.LogDet(),
		claim.Integral(),
		claim.Precision(),
		claim.Picture(),
		claim.Training(),
		claim.DensityCost(),
		claim.SamplingCost(),
		claim.Memory(),
	}
}

// OpenData returns the data set that a user means by name: a set of the
// catalogue, or a file of delimited text, from which the columns in drop are
// left out. Whatever is wrong with them is a *usage.Error.
func OpenData(name string, drop []string) (data.Set, error) {
	var names []string
	for _, set := range Data() {
		if set.Info().Name != name {
			names = append(names, set.Info().Name)
			continue
		}
		if len(drop) > 0 {
			return nil, usage.Errorf("data set %q comes with the program and keeps all its columns: leave %q out of files only", name, drop[0])
		}
		return set, nil
	}
	if _, err := os.Stat(name); err != nil && filepath.Ext(name) == "" && !strings.ContainsRune(name, filepath.Separator) {
		return nil, usage.Errorf("there is neither a data set nor a file %q: did you mean %q? (\"flowcert list data\" lists the sets)",
			name, usage.Nearest(name, names))
	}
	return data.Open(name, data.CSVOptions{Drop: drop})
}
