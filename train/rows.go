package train

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/flow"
	"flowcert/internal/random"
)

// rows are the rows of a matrix with their conditions and weights, in order.
type rows struct {
	x, condition *mat.Dense // no condition is nil
	weights      []float64  // with a mean of 1; nil if all are 1
}

// newRows returns rows for d, or an error that says what does not fit; which names them.
func newRows(d flow.Density, which string, x, condition *mat.Dense, weights []float64) (rows, error) {
	n, cols := x.Dims()
	points, conditions := d.Columns()
	if cols != points {
		return rows{}, fmt.Errorf("the %s rows have %d columns, the flow %d", which, cols, points)
	}
	given, cols := n, 0
	if condition != nil {
		given, cols = condition.Dims()
	}
	if cols != conditions {
		return rows{}, fmt.Errorf("the %s rows have %d conditioning variables, the flow takes %d", which, cols, conditions)
	}
	if given != n {
		return rows{}, fmt.Errorf("%d %s rows have %d rows of conditioning variables", n, which, given)
	}
	if weights == nil {
		return rows{x: x, condition: condition}, nil
	}
	if len(weights) != n {
		return rows{}, fmt.Errorf("%d %s rows have %d weights", n, which, len(weights))
	}
	var sum float64
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return rows{}, fmt.Errorf("the weight of %s row %d is %v: want a finite number of at least 0", which, i+1, w)
		}
		sum += w / float64(n)
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return rows{}, fmt.Errorf("the weights of the %s rows have a mean of %v", which, sum)
	}
	scaled := make([]float64, n)
	for i, w := range weights {
		scaled[i] = w / sum
	}
	return rows{x, condition, scaled}, nil
}

func (r rows) size() int {
	n, _ := r.x.Dims()
	return n
}

func (r rows) load(t *tile, from, n int) {
	for i := range n {
		r.put(t, i, from+i)
	}
}

// put makes row the i-th of the tile.
func (r rows) put(t *tile, i, row int) {
	copyRow(t.columns[0], i, r.x, row)
	if r.condition != nil {
		copyRow(t.columns[1], i, r.condition, row)
	}
	t.weights[i] = 1
	if r.weights != nil {
		t.weights[i] = r.weights[row]
	}
}

// copyRow copies a row of x to the i-th of dst.
func copyRow(dst []float64, i int, x *mat.Dense, row int) {
	from := x.RawRowView(row)
	copy(dst[i*len(from):], from)
}

// batches are rows in batches of one size. An epoch takes every row once, in an order
// of its own, and the last batch of one goes on into the next. The batch of a step
// depends on nothing but the seed and the step.
type batches struct {
	of    rows
	seed  uint64
	order []int
	epoch int // that order is of
	batch []int
}

func newBatches(of rows, seed uint64, size int) *batches {
	return &batches{of: of, seed: seed, order: make([]int, of.size()), epoch: -1, batch: make([]int, size)}
}

// next turns to the batch of a step, counted from 1.
func (b *batches) next(step int) {
	for i := 0; i < len(b.batch); {
		at := (step-1)*len(b.batch) + i
		b.shuffle(at / len(b.order))
		i += copy(b.batch[i:], b.order[at%len(b.order):])
	}
}

func (b *batches) shuffle(epoch int) {
	if epoch == b.epoch {
		return
	}
	b.epoch = epoch
	for i := range b.order {
		b.order[i] = i
	}
	r := random.New(b.seed, "shuffle", uint64(epoch), 0)
	r.Shuffle(len(b.order), func(i, j int) { b.order[i], b.order[j] = b.order[j], b.order[i] })
}

func (b *batches) size() int { return len(b.batch) }

func (b *batches) load(t *tile, from, n int) {
	for i := range n {
		b.of.put(t, i, b.batch[from+i])
	}
}
