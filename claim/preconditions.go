package claim

import (
	"context"
	"math"

	"flowcert/cert"
	"flowcert/density"
)

// marginRows is the most test rows at which margins are computed, for the parameters
// that networks make of a row.
const marginRows = 100

// Preconditions asks every part of the model how far the trained weights are from
// violating what the theorems about the family suppose.
func Preconditions() Claim {
	return Claim{Name: "preconditions", Lines: []string{"guarantees.preconditions.checked"}, Assess: preconditions}
}

func preconditions(_ context.Context, e *Examination, b *cert.Builder) error {
	margins, err := density.Margins(e.Model, first(e.Split.Test, marginRows), e.float64s())
	if err != nil && !notOffered(err) {
		return err
	}
	// What theorems say of all weights they say of all finite ones.
	parts, values := []float64{-1}, []float64{1}
	if !finiteTensors(e.Model.Tensors()) {
		values[0] = math.NaN()
	}
	for _, m := range margins {
		if math.IsInf(m.Value, 0) {
			m.Value = math.NaN() // no scale or slope is infinite
		}
		parts, values = append(parts, float64(m.Part)), append(values, m.Value)
	}
	b.Record("preconditions.part", parts)
	b.Record("preconditions.margin", values)
	return nil
}

func finiteTensors(tensors []density.Tensor) bool {
	for _, t := range tensors {
		for _, v := range t.F32 {
			if v-v != 0 {
				return false
			}
		}
		for _, v := range t.F64 {
			if v-v != 0 {
				return false
			}
		}
	}
	return true
}
