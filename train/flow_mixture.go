package train

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
)

// FlowMixture fits a mixture of flows by maximum likelihood, all of them and their
// weights together; see [Likelihood].
type FlowMixture struct {
	// Mixture is the mixture with its starting weights, which Fit changes.
	Mixture  *flow.Mixture
	Schedule Schedule
}

// Fit trains on the rows of train, which should have about unit scale (see
// density.Standardise).
func (f FlowMixture) Fit(ctx context.Context, train, validation *mat.Dense, o density.FitOptions) (density.Model, density.Report, error) {
	report, err := Likelihood(ctx, f.Mixture, f.Schedule, train, validation, o)
	if err != nil {
		return nil, density.Report{}, err
	}
	return density.NewFlowMixture(f.Mixture), report, nil
}
