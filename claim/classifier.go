package claim

import (
	"context"

	"flowcert/cert"
	"flowcert/measure"
)

// Classifier trains a classifier to tell samples from test rows.
func Classifier() Claim {
	return Claim{Name: "classifier", Lines: []string{"samples.total_variation", "samples.classifier"}, Assess: classifier}
}

func classifier(_ context.Context, e *Examination, b *cert.Builder) error {
	c, ok := e.comparison(b, Classifier().Lines)
	if !ok {
		return nil
	}
	g := gathering{}
	g.of("classifier.correct")(measure.Classify(c.samples, c.test, e.Description.Seed))
	g.record(b, Classifier().Lines...)
	return nil
}
