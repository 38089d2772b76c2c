package claim

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/measure"
)

// Manifold looks where samples lie among test rows and the other way round, beside
// training rows in place of samples, as many of them.
func Manifold() Claim {
	return Claim{
		Name:   "precision and recall",
		Lines:  []string{"samples.precision", "samples.recall", "samples.density", "samples.coverage"},
		Assess: manifold,
	}
}

func manifold(_ context.Context, e *Examination, b *cert.Builder) error {
	lines := Manifold().Lines
	c, ok := e.comparison(b, lines)
	if !ok {
		return nil
	}
	n := min(rowsOf(c.samples), rowsOf(c.test), rowsOf(c.train))
	g := gathering{}
	for of, rows := range map[string]*mat.Dense{"": c.samples, "_of_training": c.train} {
		m, err := measure.NewManifold(first(rows, n), first(c.test, n))
		g.of("manifold.precision"+of)(m.Precision, err)
		g.of("manifold.recall"+of)(m.Recall, err)
		g.of("manifold.density"+of)(m.Density, err)
		g.of("manifold.coverage"+of)(m.Coverage, err)
	}
	g.record(b, lines...)
	return nil
}
