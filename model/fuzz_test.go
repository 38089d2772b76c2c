package model

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"flowcert/density"
	"flowcert/setting"
)

func headed(header string, data ...byte) []byte {
	raw := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(raw, header...), data...)
}

// FuzzWeights: no bytes make the reader panic, and what it accepts it gives back
// after writing and reading again.
func FuzzWeights(f *testing.F) {
	whole, err := encodeWeights([]density.Tensor{
		{Name: "b", Shape: []int{2, 1}, F64: []float64{1, math.NaN()}},
		{Name: "a", Shape: []int{1}, F32: []float32{-3}},
	})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		whole, whole[:len(whole)/2], nil,
		headed(`{}`), headed(`null`), headed(`{"a":null}`),
		headed(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 0, 0, 0, 0),
		headed(`{"a":{"dtype":"F32","shape":[0,9223372036854775808],"data_offsets":[0,0]}}`),
		headed(`{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}`),
		headed(`{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,18446744073709551615]}}`),
		headed(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, 0, 0, 0, 0, 0, 0, 0, 0),
		binary.LittleEndian.AppendUint64(nil, math.MaxUint64),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tensors, err := decodeWeights(raw)
		if err != nil {
			return
		}
		again, err := encodeWeights(tensors)
		if err != nil {
			t.Fatalf("accepted tensors cannot be written: %v", err)
		}
		reread, err := decodeWeights(again)
		if err != nil || !slices.EqualFunc(reread, tensors, equal) {
			t.Fatalf("read %v, after writing %v (%v)", tensors, reread, err)
		}
	})
}

// TestWeightsOfHugeDimensions: a tensor without elements has room for any dimension.
func TestWeightsOfHugeDimensions(t *testing.T) {
	for dimension, refused := range map[int]bool{math.MaxInt32: false, math.MaxInt32 + 1: true} {
		raw := headed(fmt.Sprintf(`{"a":{"dtype":"F32","shape":[0,%d],"data_offsets":[0,0]}}`, dimension))
		if _, err := decodeWeights(raw); (err != nil) != refused {
			t.Errorf("a dimension of %d: error %v", dimension, err)
		}
	}
}

// equal compares bit by bit.
func equal(a, b density.Tensor) bool {
	return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) &&
		slices.EqualFunc(a.F32, b.F32, func(v, w float32) bool { return math.Float32bits(v) == math.Float32bits(w) }) &&
		slices.EqualFunc(a.F64, b.F64, func(v, w float64) bool { return math.Float64bits(v) == math.Float64bits(w) })
}

// FuzzDescription: no bytes make the reader panic, and it accepts only what it
// would write.
func FuzzDescription(f *testing.F) {
	whole, err := encodeDescription(Description{Format: Format, Model: "mixture", Settings: setting.Values{"components": 8, "floor": 1e-6, "word": "a<b"},
		Dim: 1, Columns: []string{"x"}, Seed: math.MaxUint64})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := decodeDescription(whole); err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		whole, whole[:len(whole)/2], append(whole, '\n'), nil, []byte("null"), []byte("{}"), []byte(`{"format":"flowcert model 1"}`),
		bytes.Replace(whole, []byte(`"dim": 1`), []byte(`"dim": -1`), 1),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := decodeDescription(raw)
		if err != nil {
			return
		}
		if again, err := encodeDescription(d); err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("accepted %q, would write %q (%v)", raw, again, err)
		}
	})
}
