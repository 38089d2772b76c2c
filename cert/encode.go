package cert

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/nlpodyssey/safetensors"
)

// encode returns the one form of v, with two spaces of indentation if indented.
func encode(v any, indented bool) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if indented {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode certificate: %w", err)
	}
	if indented {
		return out.Bytes(), nil
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// seals returns the seal of every part of c, in the order of the file.
func (c *Certificate) seals() ([]Seal, error) {
	type part struct {
		name  string
		value any
	}
	parts := []part{{"format", c.Format}, {"subject", c.Subject}, {"data", c.Data},
		{"environment", c.Environment}, {"scale", c.Scale}}
	for _, r := range c.Rows {
		parts = append(parts, part{r.ID, r})
	}
	parts = append(parts, part{"evidence", c.Evidence})
	seals := make([]Seal, len(parts))
	for i, p := range parts {
		b, err := encode(p.value, false)
		if err != nil {
			return nil, err
		}
		seals[i] = Seal{Part: p.name, SHA256: digest(b)}
	}
	return seals, nil
}

// encode returns the bytes of the side file and what a certificate says of it.
func (a Arrays) encode() ([]byte, Evidence, error) {
	views := make(map[string]safetensors.TensorView, len(a))
	list := make([]Array, 0, len(a))
	for _, spec := range arraySpecs() {
		values, ok := a[spec.name]
		if !ok {
			continue
		}
		raw := rawBytes(values)
		view, err := safetensors.NewTensorView(safetensors.F64, []uint64{uint64(len(values))}, raw)
		if err != nil {
			return nil, Evidence{}, fmt.Errorf("encode evidence %q: %w", spec.name, err)
		}
		views[spec.name] = view
		list = append(list, Array{Name: spec.name, Length: len(values), Unit: spec.unit,
			SHA256: digest(raw), Meaning: spec.meaning})
	}
	file, err := safetensors.Serialize(views, nil)
	if err != nil {
		return nil, Evidence{}, fmt.Errorf("encode evidence: %w", err)
	}
	sum := digest(file)
	return file, Evidence{File: evidenceFile(sum), SHA256: sum, Arrays: list}, nil
}

// evidenceFile is the name of a side file with this SHA-256.
func evidenceFile(sum string) string {
	return "evidence-" + sum[:16] + ".safetensors"
}

// isDigest keeps what is no SHA-256 out of file names.
func isDigest(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

func decodeArrays(file []byte) (Arrays, error) {
	tensors, err := safetensors.Deserialize(file)
	if err != nil {
		return nil, err
	}
	arrays := make(Arrays, tensors.Len())
	for _, t := range tensors.Tensors() {
		if t.TensorView.DType() != safetensors.F64 || len(t.TensorView.Shape()) != 1 {
			return nil, fmt.Errorf("array %q is not a one-dimensional F64 array", t.Name)
		}
		raw := t.TensorView.Data()
		values := make([]float64, len(raw)/8)
		for i := range values {
			values[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
		arrays[t.Name] = values
	}
	return arrays, nil
}

func rawBytes(values []float64) []byte {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	return raw
}
