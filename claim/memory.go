package claim

import (
	"context"

	"flowcert/cert"
	"flowcert/density"
)

// Memory counts the bytes of an evaluation and reads the peak of the process.
func Memory() Claim {
	return Claim{
		Name:   "memory",
		Lines:  []string{"memory.answering", "memory.parameters", "memory.peak"},
		Assess: memory,
	}
}

func memory(_ context.Context, e *Examination, b *cert.Builder) error {
	if counted, ok := e.Model.(density.Footprinter); ok {
		f := counted.Footprint(e.float32s())
		b.Record("memory.parameters", []float64{float64(f.Parameters)})
		b.Record("memory.evaluation_arena", []float64{float64(f.Arena)})
	} else {
		skipAll(b, []string{"memory.answering", "memory.parameters"}, "the model does not count its memory")
	}
	peak, err := e.Roots.PeakResident()
	if err != nil {
		b.Skip("memory.peak", err.Error())
		return nil
	}
	b.Record("memory.peak", []float64{float64(peak)})
	return nil
}
