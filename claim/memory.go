package claim

import (
	"context"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/probe"
)

// Memory counts the bytes of an evaluation, and reads high-water marks while the model
// answers.
func Memory() Claim {
	return Claim{
		Name: "memory",
		Lines: []string{"memory.answering", "memory.parameters",
			"memory.answering_heap", "memory.answering_process", "memory.answering_cgroup"},
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
	// One call of each kind; a model that cannot be sampled has only densities.
	x := batch(e.Split.Test)
	marks, err := e.Meter.Memory(func() error {
		_, err := e.Model.LogDensity(x, e.float32s())
		_, _ = e.Model.Sample(batchRows, e.Description.Seed, e.float32s())
		return err
	})
	if err != nil {
		return err
	}
	recordMarks(b, "answering", &marks)
	return nil
}

// recordMarks records the high-water marks of some work, of which there may be none.
func recordMarks(b *cert.Builder, work string, m *probe.Memory) {
	if m == nil {
		absent := probe.Mark{Absent: "no high-water marks were read"}
		m = &probe.Memory{Heap: absent, Process: absent, Cgroup: absent}
	}
	for _, mark := range []struct {
		name string
		probe.Mark
	}{{"heap", m.Heap}, {"process", m.Process}, {"cgroup", m.Cgroup}} {
		name := "memory." + work + "_" + mark.name
		if mark.Absent != "" {
			b.Skip(name, mark.Absent)
			continue
		}
		b.Record(name, []float64{float64(mark.Baseline), float64(mark.Peak)})
	}
}
