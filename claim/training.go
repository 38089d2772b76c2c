package claim

import (
	"context"

	"flowcert/cert"
)

// Training carries over what the fit cost, which was measured then.
func Training() Claim {
	return Claim{
		Name: "cost of training",
		Lines: []string{"time.training", "time.training_cpu", "energy.training",
			"memory.optimiser", "memory.training_arena"},
		Assess: training,
	}
}

func training(_ context.Context, e *Examination, b *cert.Builder) error {
	if e.Report != nil {
		b.Record("memory.optimiser", []float64{float64(e.Report.Footprint.Optimiser)})
		b.Record("memory.training_arena", []float64{float64(e.Report.Footprint.Arena)})
	} else {
		skipAll(b, []string{"memory.optimiser", "memory.training_arena"}, "the fit left no report")
	}
	if e.Training == nil {
		skipAll(b, []string{"time.training", "time.training_cpu", "energy.training"}, "the fit was not measured")
		return nil
	}
	b.Record("training.seconds", []float64{e.Training.WallSeconds})
	if e.Training.CPUSeconds != nil {
		b.Record("training.cpu_seconds", []float64{*e.Training.CPUSeconds})
	} else {
		b.Skip("time.training_cpu", "this system does not tell the processor time")
	}
	recordEnergy(b, "training", *e.Training)
	return nil
}
