package model

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nlpodyssey/safetensors"

	"flowcert/density"
)

// encodeWeights returns tensors in the safetensors format: the same tensors
// give the same bytes, in whatever order they come.
func encodeWeights(tensors []density.Tensor) ([]byte, error) {
	views := make(map[string]safetensors.TensorView, len(tensors))
	for _, t := range tensors {
		if _, twice := views[t.Name]; twice {
			return nil, fmt.Errorf("two tensors are named %q", t.Name)
		}
		view, err := encodeTensor(t)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		views[t.Name] = view
	}
	return safetensors.Serialize(views, nil)
}

func encodeTensor(t density.Tensor) (safetensors.TensorView, error) {
	shape := make([]uint64, len(t.Shape))
	for i, n := range t.Shape {
		shape[i] = uint64(n)
	}
	if t.F64 != nil {
		raw := make([]byte, 0, 8*len(t.F64))
		for _, v := range t.F64 {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
		}
		return safetensors.NewTensorView(safetensors.F64, shape, raw)
	}
	raw := make([]byte, 0, 4*len(t.F32))
	for _, v := range t.F32 {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return safetensors.NewTensorView(safetensors.F32, shape, raw)
}

// decodeWeights returns the tensors of a safetensors file, sorted by name. It
// needs memory in proportion to the file's length, whatever the header says:
// the library checks every shape and offset against the length.
func decodeWeights(raw []byte) ([]density.Tensor, error) {
	file, err := safetensors.Deserialize(raw)
	if err != nil {
		return nil, err
	}
	tensors := make([]density.Tensor, 0, file.Len())
	for _, stored := range file.Tensors() {
		t, err := decodeTensor(stored)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", stored.Name, err)
		}
		tensors = append(tensors, t)
	}
	slices.SortFunc(tensors, func(a, b density.Tensor) int { return strings.Compare(a.Name, b.Name) })
	return tensors, nil
}

func decodeTensor(stored safetensors.NamedTensorView) (density.Tensor, error) {
	view := stored.TensorView
	if len(view.Shape()) == 0 {
		return density.Tensor{}, fmt.Errorf("has no dimensions")
	}
	t := density.Tensor{Name: stored.Name}
	// Without elements, as in a layer of no inputs, the library bounds no dimension.
	for _, n := range view.Shape() {
		if n > math.MaxInt32 {
			return density.Tensor{}, fmt.Errorf("has a dimension of %d", n)
		}
		t.Shape = append(t.Shape, int(n))
	}
	raw := view.Data()
	switch view.DType() {
	case safetensors.F64:
		t.F64 = make([]float64, len(raw)/8)
		for i := range t.F64 {
			t.F64[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	case safetensors.F32:
		t.F32 = make([]float32, len(raw)/4)
		for i := range t.F32 {
			t.F32[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	default:
		return density.Tensor{}, fmt.Errorf("has the type %v: want F32 or F64", view.DType())
	}
	return t, nil
}
