package claim

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"flowcert/data"
	"flowcert/density"
)

// referenceSeed starts the reference's fits; it is part of the recipe.
const referenceSeed = 1

// FitReference fits reference-1, the frozen recipe of the model that skill scores
// take for fully skilled where the truth is not known: Gaussian mixtures with full
// covariances of 1, 2, 4, 8 and 16 components on standardised columns, two starts
// of at most 100 EM steps each, of which the one that scores the validation rows
// best is kept (the smallest of equals).
func FitReference(ctx context.Context, s data.Split, workers int) (density.Model, error) {
	var best density.Model
	highest := math.Inf(-1)
	for _, components := range []int{1, 2, 4, 8, 16} {
		if components > rowsOf(s.Train) {
			break
		}
		fitter := density.Standardise(density.MixtureFitter{Components: components, Starts: 2, Iterations: 100, Floor: 1e-6})
		m, _, err := fitter.Fit(ctx, s.Train, s.Validation, density.FitOptions{Seed: referenceSeed, Workers: workers})
		if err != nil {
			return nil, fmt.Errorf("reference of %d components: %w", components, err)
		}
		scores, err := m.LogDensity(s.Validation, density.Options{Workers: workers})
		if err != nil {
			return nil, fmt.Errorf("reference of %d components: %w", components, err)
		}
		if mean := stat.Mean(scores.LogDensity, nil); best == nil || mean > highest {
			best, highest = m, mean
		}
	}
	return best, nil
}
