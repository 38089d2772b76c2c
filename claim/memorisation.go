package claim

import (
	"context"

	"flowcert/cert"
	"flowcert/measure"
)

// Memorisation looks for samples that are copies of training rows.
func Memorisation() Claim {
	return Claim{Name: "memorisation", Lines: []string{"samples.copies"}, Assess: memorisation}
}

func memorisation(_ context.Context, e *Examination, b *cert.Builder) error {
	c, ok := e.comparison(b, Memorisation().Lines)
	if !ok {
		return nil
	}
	g := gathering{}
	g.of("nearest.samples")(measure.NearestDistances(c.samples, c.train))
	g.of("nearest.test")(measure.NearestDistances(c.test, c.train))
	g.record(b, Memorisation().Lines...)
	return nil
}
