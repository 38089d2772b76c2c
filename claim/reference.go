package claim

import (
	"context"
	"fmt"

	"flowcert/data"
	"flowcert/density"
)

// referenceSeed starts the reference's fits; it is part of the recipe.
const referenceSeed = 1

// FitReference fits reference-1, the frozen recipe of the model that skill scores
// take for fully skilled where the truth is not known: Gaussian mixtures with full
// covariances of 1, 2, 4, 8 and 16 components on standardised columns, two starts
// of at most 100 EM steps each, of all steps the mixture that scores the validation
// rows best (the first of equals).
func FitReference(ctx context.Context, s data.Split, workers int) (density.Model, error) {
	recipe := density.Standardise(density.MixtureFitter{Components: []int{1, 2, 4, 8, 16}, Starts: 2, Iterations: 100, Floor: 1e-6})
	m, _, err := recipe.Fit(ctx, s.Train, s.Validation, density.FitOptions{Seed: referenceSeed, Workers: workers})
	if err != nil {
		return nil, fmt.Errorf("fit the reference: %w", err)
	}
	return m, nil
}
