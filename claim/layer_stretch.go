package claim

import (
	"context"
	"errors"
	"slices"

	"flowcert/cert"
	"flowcert/density"
	"flowcert/proof"
)

// LayerStretch bounds, rigorously, how much each layer of a flow stretches lengths, and its
// inverse, in the box of the points that it takes for the whitened training rows.
func LayerStretch() Claim {
	return Claim{Name: "certified stretch of layers", Lines: []string{"guarantees.layers.proved"},
		Assess: func(ctx context.Context, e *Examination, b *cert.Builder) error {
			return withLayers(ctx, e, b, LayerStretch().Lines, layered.layerStretch)
		}}
}

func (s layered) layerStretch(ctx context.Context, e *Examination, b *cert.Builder) error {
	line := LayerStretch().Lines[0]
	inputs, err := s.layers.Inputs(density.CoreRows(e.Model, e.Split.Train))
	if err != nil {
		return err
	}
	var boxes, forward, inverse []float64
	for i, x := range inputs {
		lo, hi := boxAround(x)
		stretch, err := proof.Lipschitz(ctx, func() (proof.Layers, error) {
			layers, err := s.core.Layers()
			return proof.Layer(layers, i), err
		}, lo, hi, s.options(s.cells/4))
		if errors.Is(err, proof.ErrBox) {
			b.Skip(line, "rows lie too far apart: "+err.Error())
			return nil
		}
		if err != nil {
			return err
		}
		f, back := stretch.Largest()
		if !(f < idle && back < idle) {
			b.Skip(line, e.unbounded())
			return nil
		}
		boxes = append(boxes, slices.Concat(lo, hi)...)
		forward, inverse = append(forward, f), append(inverse, back)
	}
	b.Record("layer.box", boxes)
	b.Record("layer.forward", forward)
	b.Record("layer.inverse", inverse)
	return nil
}
