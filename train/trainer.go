package train

import (
	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/density"
	"flowcert/flow"
	"flowcert/internal/kernel"
	"flowcert/internal/parallel"
	"flowcert/internal/random"
)

// maxSlots bounds the number of gradient sums of a step. It does not depend on the
// number of workers, so neither do the sums; 16 leaves work for 16 workers.
const maxSlots = 16

// chunk is the number of weights that a worker updates at a time.
const chunk = 1 << 13

// trainer takes steps of Adam on one flow.
type trainer struct {
	schedule Schedule
	seed     uint64
	rows     *mat.Dense
	params   []*ad.Param
	program  *ad.Program[float32]
	pool     *parallel.Pool
	workers  []worker
	slots    []*ad.Gradients[float32]
	updates  []update
	best     [][]float32
	order    []int
	epoch    int
	at       int       // position in order
	batch    []int     // the rows of this step
	sums     []float64 // log-likelihood by tile
	adam     kernel.AdamCoefficients[float32]
	kernels  *kernel.Set[float32]
	// The phases of a step, made once so that a step allocates nothing.
	gradient, apply, pack, evaluate func(worker, unit int)
	evaluated                       *mat.Dense
}

type worker struct {
	arena *ad.Arena[float32]
	rows  []float64 // one tile, row-major
}

// update is a stretch of one parameter with its moments and gradient slots.
type update struct {
	w, m, v   []float32
	gradients [][]float32
}

func newTrainer(b flow.Bijector, s Schedule, rows *mat.Dense, o density.FitOptions) *trainer {
	n, dim := rows.Dims()
	s.Batch = min(s.Batch, n)
	t := &trainer{schedule: s, seed: o.Seed, rows: rows, epoch: -1, at: n, kernels: kernel.Best[float32]()}
	tape := ad.NewTape()
	pass := flow.Pass{Tape: tape, Training: true}
	z, logDet := b.Forward(pass, tape.Input(dim))
	score := tape.Add(tape.NormalLogDensity(z), flow.LogDet(pass, logDet))
	t.program = ad.Compile(t.kernels, tape, ad.Config{Gradient: true}, score)
	t.params = tape.Params()
	t.pool = parallel.NewPool(o.Workers)
	for range t.pool.Workers() {
		t.workers = append(t.workers, worker{t.program.NewArena(), make([]float64, t.program.Rows()*dim)})
	}
	t.batch = make([]int, s.Batch)
	t.sums = make([]float64, t.tiles(s.Batch))
	for range min(len(t.sums), maxSlots) {
		t.slots = append(t.slots, t.program.NewGradients())
	}
	for i, p := range t.params {
		t.best = append(t.best, make([]float32, len(p.Data)))
		m, v := make([]float32, len(p.Data)), make([]float32, len(p.Data))
		for lo := 0; lo < len(p.Data); lo += chunk {
			hi := min(lo+chunk, len(p.Data))
			u := update{w: p.Data[lo:hi], m: m[lo:hi], v: v[lo:hi]}
			for _, slot := range t.slots {
				u.gradients = append(u.gradients, slot.Arrays[i][lo:hi])
			}
			t.updates = append(t.updates, u)
		}
	}
	t.gradient, t.evaluate = t.gradientSlot, t.evaluateTile
	t.apply = func(_, i int) {
		u := &t.updates[i]
		t.kernels.Adam(u.w, u.m, u.v, u.gradients, t.adam)
	}
	t.pack = func(_, i int) { t.program.Pack(i) }
	return t
}

func (t *trainer) close() { t.pool.Close() }

func (t *trainer) tiles(rows int) int { return (rows + t.program.Rows() - 1) / t.program.Rows() }

// step takes one step and returns the mean log-likelihood of its batch before it.
func (t *trainer) step(step int) float64 {
	for i := range t.batch {
		t.batch[i] = t.next()
	}
	t.pool.Run(len(t.slots), t.gradient)
	t.adam = kernel.NewAdamCoefficients[float32](t.schedule.rate(step), 0.9, 0.999, 1e-8, step)
	t.pool.Run(len(t.updates), t.apply)
	t.pool.Run(t.program.Packs(), t.pack)
	return t.mean(t.sums, len(t.batch))
}

func (t *trainer) mean(sums []float64, rows int) float64 {
	var sum float64
	for _, s := range sums {
		sum += s
	}
	return sum / float64(rows)
}

// next returns the next row of the training set, reshuffled after each epoch.
func (t *trainer) next() int {
	if n, _ := t.rows.Dims(); t.at == n {
		t.epoch++
		t.at = 0
		if t.order == nil {
			t.order = make([]int, n)
		}
		for i := range t.order {
			t.order[i] = i
		}
		r := random.New(t.seed, "shuffle", uint64(t.epoch), 0)
		r.Shuffle(n, func(i, j int) { t.order[i], t.order[j] = t.order[j], t.order[i] })
	}
	t.at++
	return t.order[t.at-1]
}

// gradientSlot sums the gradients of every len(t.slots)-th tile of the batch.
func (t *trainer) gradientSlot(w, slot int) {
	t.slots[slot].Reset()
	for tile := slot; tile < len(t.sums); tile += len(t.slots) {
		from := tile * t.program.Rows()
		n := min(t.program.Rows(), len(t.batch)-from)
		t.sums[tile] = t.workers[w].forward(t.rows, n, func(i int) int { return t.batch[from+i] })
		seed := t.workers[w].arena.Seed(0)
		for q := range seed.Panels {
			for l := range seed.Panel(q) {
				seed.Panel(q)[l] = 0
				if q*kernel.Lanes+l < n {
					seed.Panel(q)[l] = -1 / float32(len(t.batch))
				}
			}
		}
		t.workers[w].arena.Backward(t.slots[slot])
	}
}

// forward runs n rows and returns the sum of their log-densities.
func (w *worker) forward(rows *mat.Dense, n int, row func(i int) int) float64 {
	_, dim := rows.Dims()
	for i := range n {
		copy(w.rows[i*dim:(i+1)*dim], rows.RawRowView(row(i)))
	}
	ad.LoadRows(w.arena.Input(0), w.rows, dim, n)
	w.arena.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
	y := w.arena.Output(0)
	var sum float64
	for i := range n {
		sum += float64(y.Panel(i / kernel.Lanes)[i%kernel.Lanes])
	}
	return sum
}

// score returns the mean log-likelihood of rows.
func (t *trainer) score(rows *mat.Dense) float64 {
	n, _ := rows.Dims()
	t.evaluated = rows
	keep := t.sums
	t.sums = make([]float64, t.tiles(n))
	t.pool.Run(len(t.sums), t.evaluate)
	mean := t.mean(t.sums, n)
	t.sums = keep
	return mean
}

func (t *trainer) evaluateTile(w, tile int) {
	rows, _ := t.evaluated.Dims()
	from := tile * t.program.Rows()
	n := min(t.program.Rows(), rows-from)
	t.sums[tile] = t.workers[w].forward(t.evaluated, n, func(i int) int { return from + i })
}

// keep remembers the weights as the best, and restore sets them back to those.
func (t *trainer) keep() {
	for i, p := range t.params {
		copy(t.best[i], p.Data)
	}
}

func (t *trainer) restore() {
	for i, p := range t.params {
		copy(p.Data, t.best[i])
	}
}

func (t *trainer) footprint() density.Footprint {
	var fp density.Footprint
	for _, p := range t.params {
		fp.Parameters += 4 * int64(len(p.Data))
	}
	// Two moments, the gradient slots and the best weights.
	fp.Optimiser = fp.Parameters * int64(3+len(t.slots))
	for _, w := range t.workers {
		fp.Arena += w.arena.Bytes() + 8*int64(len(w.rows))
	}
	return fp
}
