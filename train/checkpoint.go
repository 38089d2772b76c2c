package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"math"

	"github.com/nlpodyssey/safetensors"
	"gonum.org/v1/gonum/mat"

	"flowcert/density"
)

// Checkpoint is a training between two steps: with it, the same training goes on to
// the same bytes as if it had never stopped.
type Checkpoint struct {
	// Task identifies what is trained: the parameters' names and shapes, the schedule,
	// the seed and the data.
	Task string `json:"task"`
	// Step is the number of steps taken, and BestStep the one whose weights are kept.
	Step     int `json:"step"`
	BestStep int `json:"best_step"`
	// Reductions is how often the rate has been reduced, the last time at ReducedAt.
	Reductions int `json:"reductions"`
	ReducedAt  int `json:"reduced_at"`
	// Best is the best validation score. Sum is that of the batches' scores since the
	// last validation.
	Best float64 `json:"-"`
	Sum  float64 `json:"-"`
	// History holds the validations so far.
	History []density.Progress `json:"-"`
	// Arrays are the weights, the best ones, their average and the optimiser's states:
	// one tensor each per parameter.
	Arrays []density.Tensor `json:"-"`
}

// format is the version of the encoding.
const format = "flowcert checkpoint 1"

// Encode returns the checkpoint in the safetensors format, its whole numbers as JSON
// among the metadata. The same checkpoint gives the same bytes.
func (c Checkpoint) Encode() ([]byte, error) {
	fields, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	scores := []float64{c.Best, c.Sum}
	for _, p := range c.History {
		scores = append(scores, float64(p.Step), float64(p.Steps), p.Train, p.Validation)
	}
	var raw []byte
	for _, v := range scores {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	views := map[string]safetensors.TensorView{}
	if views["scores"], err = safetensors.NewTensorView(safetensors.F64, []uint64{uint64(len(scores))}, raw); err != nil {
		return nil, err
	}
	for _, t := range c.Arrays {
		var raw []byte
		for _, v := range t.F32 {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		shape := []uint64{uint64(t.Shape[0]), uint64(t.Shape[1])}
		if views[t.Name], err = safetensors.NewTensorView(safetensors.F32, shape, raw); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
	}
	return safetensors.Serialize(views, map[string]string{"format": format, "checkpoint": string(fields)})
}

// DecodeCheckpoint is the inverse of Encode.
func DecodeCheckpoint(raw []byte) (Checkpoint, error) {
	_, header, err := safetensors.ReadMetadata(raw)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: %w", err)
	}
	if got := header.Metadata()["format"]; got != format {
		return Checkpoint{}, fmt.Errorf("the format is %q: want %q", got, format)
	}
	var c Checkpoint
	if err := json.Unmarshal([]byte(header.Metadata()["checkpoint"]), &c); err != nil {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: %w", err)
	}
	file, err := safetensors.Deserialize(raw)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: %w", err)
	}
	for _, t := range file.Tensors() {
		switch {
		case t.Name == "scores" && t.TensorView.DType() == safetensors.F64:
			err = c.scores(t.TensorView.Data())
		case t.TensorView.DType() == safetensors.F32 && len(t.TensorView.Shape()) == 2:
			c.Arrays = append(c.Arrays, array(t))
		default:
			err = fmt.Errorf("unexpected tensor %q", t.Name)
		}
		if err != nil {
			return Checkpoint{}, err
		}
	}
	return c, nil
}

// scores takes what the tensor of that name holds.
func (c *Checkpoint) scores(raw []byte) error {
	v := make([]float64, len(raw)/8)
	for i := range v {
		v[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	if len(v) < 2 || len(v)%4 != 2 {
		return fmt.Errorf("%d scores", len(v))
	}
	c.Best, c.Sum = v[0], v[1]
	for v = v[2:]; len(v) > 0; v = v[4:] {
		c.History = append(c.History, density.Progress{Step: int(v[0]), Steps: int(v[1]), Train: v[2], Validation: v[3]})
	}
	return nil
}

func array(stored safetensors.NamedTensorView) density.Tensor {
	raw, shape := stored.TensorView.Data(), stored.TensorView.Shape()
	t := density.Tensor{Name: stored.Name, Shape: []int{int(shape[0]), int(shape[1])}, F32: make([]float32, len(raw)/4)}
	for i := range t.F32 {
		t.F32[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return t
}

// arrays returns the engine's own arrays as tensors.
func (e *engine) arrays() (all []density.Tensor) {
	for i, p := range e.params {
		add := func(kind string, data []float32) {
			if data != nil {
				all = append(all, density.Tensor{Name: kind + "/" + p.Name, Shape: []int{p.Rows, p.Cols}, F32: data})
			}
		}
		add("weights", p.Data)
		add("best", e.best[i])
		add("average", e.average[i])
		for k, state := range e.states[i] {
			add(fmt.Sprintf("optimiser.%d", k), state)
		}
	}
	return all
}

// state returns a checkpoint that shares the engine's arrays.
func (t *training) state() Checkpoint {
	return Checkpoint{
		Task: t.task(), Step: t.step, BestStep: t.bestStep, Reductions: t.reductions, ReducedAt: t.reducedAt,
		Best: t.best, Sum: t.sum, History: t.history, Arrays: t.engine.arrays(),
	}
}

// resume takes up a checkpoint of the same task.
func (t *training) resume(c Checkpoint) error {
	if c.Task != t.task() {
		return errors.New("the checkpoint is of another model, schedule, seed or data")
	}
	stored := map[string]density.Tensor{}
	for _, a := range c.Arrays {
		stored[a.Name] = a
	}
	arrays := t.engine.arrays()
	for _, a := range arrays {
		if len(stored[a.Name].F32) != len(a.F32) {
			return fmt.Errorf("tensor %q has %d values: want %d", a.Name, len(stored[a.Name].F32), len(a.F32))
		}
		copy(a.F32, stored[a.Name].F32)
	}
	if len(stored) != len(arrays) {
		return fmt.Errorf("%d tensors: want %d", len(stored), len(arrays))
	}
	t.engine.learner.program.Update()
	t.progress = progress{
		step: c.Step, bestStep: c.BestStep, best: c.Best, sum: c.Sum,
		reductions: c.Reductions, reducedAt: c.ReducedAt, history: c.History,
	}
	return nil
}

// taskOf returns the digest of what decides a training on rows.
func taskOf(e *engine, seed uint64, data ...rows) string {
	h := sha256.New()
	e.describe(h, seed)
	for _, r := range data {
		hashMatrix(h, r.x)
		hashMatrix(h, r.condition)
		hashFloats(h, r.weights)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// describe hashes the parameters' names and shapes, the schedule and the seed.
func (e *engine) describe(h hash.Hash, seed uint64) {
	fmt.Fprintf(h, "%s\n%d\n%#v\n", format, seed, e.schedule)
	for _, p := range e.params {
		fmt.Fprintf(h, "%q %d %d %t\n", p.Name, p.Rows, p.Cols, p.Fixed)
	}
}

func hashMatrix(h hash.Hash, x *mat.Dense) {
	if x == nil {
		fmt.Fprintln(h, "none")
		return
	}
	n, cols := x.Dims()
	fmt.Fprintln(h, n, cols)
	for i := range n {
		hashFloats(h, x.RawRowView(i))
	}
}

func hashFloats(h hash.Hash, x []float64) {
	fmt.Fprintln(h, len(x))
	var raw []byte
	for _, v := range x {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	h.Write(raw)
}
