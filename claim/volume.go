package claim

import (
	"context"

	"flowcert/cert"
)

// Volume compares log-determinants at test rows, where the family says that they are the
// same everywhere.
func Volume() Claim {
	return Claim{Name: "volume", Lines: []string{"guarantees.volume.checked"}, Assess: volume}
}

func volume(_ context.Context, e *Examination, b *cert.Builder) error {
	const line = "guarantees.volume.checked"
	encoder, ok := e.encoder()
	if !ok {
		b.Skip(line, "the model has no latent code")
		return nil
	}
	if !cert.HasTheorem("guarantees.volume.theory", e.Entry.Family, e.Model.Dim()) {
		b.Skip(line, "no theorem on record says that the family's volumes change alike")
		return nil
	}
	_, logDets, err := encoder.Encode(first(e.Split.Test, sampleRows), e.float64s())
	if err != nil {
		return err
	}
	b.Record("volume.log_det", logDets)
	return nil
}
