package claim

import (
	"context"

	"flowcert/ad"
	"flowcert/cert"
)

// Growth counts operations in several dimensions.
func Growth() Claim {
	return Claim{Name: "growth of cost", Lines: []string{"guarantees.cost.checked"}, Assess: growth}
}

// growthDimensions are even, as couplings halve the columns; at least 8, the directions of
// Sylvester layers; and below 25, so that layers with triangular weights are one piece.
// Five tell polynomials up to degree 3.
func growthDimensions() []float64 { return []float64{8, 12, 16, 20, 24} }

func growth(_ context.Context, e *Examination, b *cert.Builder) error {
	if e.Entry.Cost == nil {
		b.Skip("guarantees.cost.checked", "nothing counts the operations of this family")
		return nil
	}
	var density, sampling []float64
	for _, dim := range growthDimensions() {
		cost, err := e.Entry.Cost(int(dim), e.Settings)
		if err != nil {
			return err
		}
		density, sampling = append(density, operations(cost.Evaluation)), append(sampling, operations(cost.Sampling))
	}
	b.Record("cost.dimensions", growthDimensions())
	b.Record("cost.density", density)
	b.Record("cost.sampling", sampling)
	return nil
}

// operations adds up what is counted: every value of four bytes is the result of a fixed
// number of additions and comparisons beside the multiply-adds and elementary functions.
func operations(c ad.Cost) float64 {
	return float64(c.MultiplyAdds + c.Elementary + c.Bytes/4)
}
