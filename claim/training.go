package claim

import (
	"context"
	"slices"

	"flowcert/cert"
)

// Training carries over what the fit cost, which was measured then.
func Training() Claim {
	return Claim{
		Name: "cost of training",
		Lines: []string{"time.training", "time.training_cpu", "time.training_load",
			"energy.training", "energy.training_above_idle",
			"memory.optimiser", "memory.training_arena",
			"memory.training_heap", "memory.training_process", "memory.training_cgroup"},
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
		skipAll(b, slices.DeleteFunc(Training().Lines, func(id string) bool { return id == "memory.optimiser" || id == "memory.training_arena" }),
			"the fit was not measured")
		return nil
	}
	b.Record("training.seconds", []float64{e.Training.WallSeconds})
	if e.Training.CPUSeconds != nil {
		b.Record("training.cpu_seconds", []float64{*e.Training.CPUSeconds})
	} else {
		b.Skip("time.training_cpu", noCPU)
	}
	recordLoad(b, "training", "time.training_load", *e.Training)
	recordEnergy(b, "training", *e.Training)
	if e.Training.Source.Counted() {
		recordIdle(b, "training_idle", "energy.training_above_idle", e.Training.Source, e.Training.Idle)
	}
	recordMarks(b, "training", e.Training.Memory)
	return nil
}
