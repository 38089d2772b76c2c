package density

import (
	"errors"
	"fmt"
	"sync"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/parallel"
)

// recorded is a function of points, and of their condition, that a flow records. Its
// programs for the two floating-point types are compiled on first use.
type recorded struct {
	points, condition int // columns
	// record returns the outputs for points.
	record func(p flow.Pass, x ad.Value) []ad.Value
	in32   machine[float32]
	in64   machine[float64]
}

// machine is a program with a store of arenas to run it in.
type machine[T kernel.Float] struct {
	once    sync.Once
	program *ad.Program[T]
	arenas  sync.Pool
}

// compile records r and compiles it as c says.
func compile[T kernel.Float](r *recorded, c ad.Config) *ad.Program[T] {
	t := ad.NewTape()
	x, pass := t.Input(r.points), flow.Pass{Tape: t, Training: c.Gradient}
	if r.condition > 0 {
		pass.Condition = t.Input(r.condition)
	}
	return ad.Compile(kernel.Best[T](), t, c, r.record(pass, x)...)
}

// of returns m, ready to run what r records.
func (m *machine[T]) of(r *recorded) *machine[T] {
	m.once.Do(func() {
		m.program = compile[T](r, ad.Config{})
		m.arenas.New = func() any { return m.program.NewArena() }
	})
	return m
}

// run evaluates all rows of x and returns one matrix per output.
func (r *recorded) run(x *mat.Dense, o Options) ([]*mat.Dense, error) {
	if err := r.check(x, o.Condition); err != nil {
		return nil, err
	}
	if o.Precision == Float32 {
		return evaluate(r.in32.of(r), x, o), nil
	}
	return evaluate(r.in64.of(r), x, o), nil
}

// check refuses rows and a condition that do not fit.
func (r *recorded) check(x, condition *mat.Dense) error {
	rows, columns := x.Dims()
	if columns != r.points {
		return fmt.Errorf("rows have %d columns, the model %d", columns, r.points)
	}
	return checkCondition(rows, r.condition, condition)
}

// checkCondition refuses a condition of rows that is not what a model takes, so many
// columns of it.
func checkCondition(rows, columns int, condition *mat.Dense) error {
	switch {
	case columns == 0 && condition == nil:
		return nil
	case columns == 0:
		return errors.New("the model takes no condition")
	case condition == nil:
		return fmt.Errorf("the model is conditional: want a condition of %d columns", columns)
	}
	n, got := condition.Dims()
	if got != columns {
		return fmt.Errorf("the condition has %d columns, the model takes %d", got, columns)
	}
	if n != rows && n != 1 {
		return fmt.Errorf("%d rows have a condition of %d rows: want as many, or one for all", rows, n)
	}
	return nil
}

// evaluate runs all rows of x, tile by tile. A row's result does not depend on its
// tile, so it is the same for any number of workers.
func evaluate[T kernel.Float](m *machine[T], x *mat.Dense, o Options) []*mat.Dense {
	rows, _ := x.Dims()
	var outputs []*mat.Dense
	for _, cols := range m.program.OutputCols() {
		outputs = append(outputs, mat.NewDense(rows, cols, nil))
	}
	tile := m.program.Rows()
	parallel.Each((rows+tile-1)/tile, o.Workers, func(unit int) {
		a := m.arenas.Get().(*ad.Arena[T])
		defer m.arenas.Put(a)
		from := unit * tile
		n := min(tile, rows-from)
		loadRows(a.Input(0), x, from, n)
		if o.Condition != nil {
			loadRows(a.Input(1), o.Condition, from, n)
		}
		a.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
		for i, y := range outputs {
			out := y.RawMatrix()
			ad.StoreRows(out.Data[from*out.Stride:], out.Stride, a.Output(i), n)
		}
	})
	return outputs
}

// loadRows fills an input with the n rows of x from the given one on; where x has a single
// row, with copies of that.
func loadRows[T kernel.Float](input kernel.Block[T], x *mat.Dense, from, n int) {
	in := x.RawMatrix()
	if in.Rows == 1 {
		from, in.Stride = 0, 0
	}
	ad.LoadRows(input, in.Data[from*in.Stride:], in.Stride, n)
}

// footprint returns the memory of an evaluation of r whose weights are the tensors.
func (r *recorded) footprint(tensors []Tensor, o Options) Footprint {
	workers := int64(parallel.Workers(o.Workers))
	if o.Precision == Float32 {
		return Footprint{Parameters: bytesOf(tensors), Arena: r.in32.of(r).bytes(workers)}
	}
	return Footprint{Parameters: bytesOf(tensors), Arena: r.in64.of(r).bytes(workers)}
}

// bytes returns the size of the arenas of so many workers and of what they share.
func (m *machine[T]) bytes(workers int64) int64 {
	a := m.arenas.Get().(*ad.Arena[T])
	defer m.arenas.Put(a)
	return workers*a.Bytes() + m.program.SharedBytes()
}
