package train

import (
	"math"
	"slices"

	"flowcert/ad"
	"flowcert/density"
	"flowcert/internal/kernel"
	"flowcert/internal/parallel"
)

// maxSlots bounds the number of gradient sums of a step. It does not depend on the
// number of workers, so neither do the sums; 16 leaves work for 16 workers.
const maxSlots = 16

// chunk is the number of weights that a worker updates at a time.
const chunk = 1 << 13

// source provides rows, in which a program is to be run.
type source interface {
	// size returns their number.
	size() int
	// load puts the n rows from the given one on, and their weights, into a tile. The
	// weights' mean over all rows is 1.
	load(t *tile, from, n int)
}

// engine takes steps that raise the mean of a program's output over batches of rows.
type engine struct {
	schedule Schedule
	params   []*ad.Param
	kernels  *kernel.Set[float32]
	pool     *parallel.Pool
	learner  runner // with gradients
	judge    runner
	slots    []*ad.Gradients[float32]
	rule     rule
	states   [][][]float32 // of the rule, by parameter; none of a fixed one
	average  [][]float32   // of the weights, by parameter; nil if none is kept
	best     [][]float32   // weights, by parameter
	updates  []update
	squares  []float64 // by update: the sum of the gradient's squares
	scale    float32   // of the gradient
	fresh    float32   // the share of the weights in their next average
	// The phases, made once so that a step allocates nothing.
	gradient, clip, apply, evaluate func(worker, unit int)
	// What the phases work on: rows, the key of dropout, and the sum of the output by
	// tile.
	batch       source
	seed, taken uint64
	sums        []float64
}

// recording is a program to be: the inputs of a tape and its output, of one column.
type recording struct {
	tape   *ad.Tape
	inputs []int // columns
	score  ad.Value
}

func (r *recording) input(cols int) ad.Value {
	r.inputs = append(r.inputs, cols)
	return r.tape.Input(cols)
}

// runner is a program with what each worker runs it in.
type runner struct {
	program *ad.Program[float32]
	workers []worker
	pack    func(worker, unit int)
}

type worker struct {
	arena *ad.Arena[float32]
	tile  tile
}

func newRunner(k *kernel.Set[float32], r recording, c ad.Config, workers int) runner {
	p := ad.Compile(k, r.tape, c, r.score)
	run := runner{program: p, pack: func(_, i int) { p.Pack(i) }}
	for range workers {
		run.workers = append(run.workers, worker{p.NewArena(), newTile(p.Rows(), r.inputs)})
	}
	return run
}

// tiles returns the number of tiles of so many rows.
func (r runner) tiles(rows int) int { return (rows + r.program.Rows() - 1) / r.program.Rows() }

// forward runs a tile of the rows and returns the number of its rows and the weighted
// sum of their outputs.
func (r runner) forward(w, tile int, rows source) (n int, sum float64) {
	worker, from := &r.workers[w], tile*r.program.Rows()
	n = min(r.program.Rows(), rows.size()-from)
	rows.load(&worker.tile, from, n)
	for i, columns := range worker.tile.columns {
		ad.LoadRows(worker.arena.Input(i), columns, len(columns)/r.program.Rows(), n)
	}
	worker.arena.Forward((n + kernel.Lanes - 1) / kernel.Lanes)
	y := worker.arena.Output(0)
	for i, weight := range worker.tile.weights[:n] {
		sum += weight * float64(y.Panel(i / kernel.Lanes)[i%kernel.Lanes])
	}
	return n, sum
}

// tile is the rows of one run of a program: the columns of each input, row-major, and
// the rows' weights.
type tile struct {
	columns [][]float64
	weights []float64
}

func newTile(rows int, inputs []int) tile {
	t := tile{weights: make([]float64, rows)}
	for _, cols := range inputs {
		t.columns = append(t.columns, make([]float64, rows*cols))
	}
	return t
}

// newEngine returns an engine for what record records, once for training and once for
// evaluation, with the same inputs and parameters.
func newEngine(record func(training bool) recording, s Schedule, seed uint64, workers int) *engine {
	e := &engine{schedule: s, kernels: kernel.Best[float32](), pool: parallel.NewPool(workers), scale: 1, seed: seed}
	r := record(true)
	e.params = r.tape.Params()
	e.learner = newRunner(e.kernels, r, ad.Config{Gradient: true}, e.pool.Workers())
	e.judge = newRunner(e.kernels, record(false), ad.Config{}, e.pool.Workers())
	e.sums = make([]float64, e.learner.tiles(s.Batch))
	for range min(len(e.sums), maxSlots) {
		e.slots = append(e.slots, e.learner.program.NewGradients())
	}
	e.rule = s.optimiser().rule(e.kernels)
	for i := range e.params {
		e.addParam(i)
	}
	e.squares = make([]float64, len(e.updates))
	e.gradient, e.evaluate = e.gradientSlot, e.evaluateTile
	e.clip, e.apply = e.sumSquares, e.applyUpdate
	return e
}

// addParam allocates what goes with parameter i and cuts it into updates.
func (e *engine) addParam(i int) {
	p := e.params[i]
	e.best = append(e.best, make([]float32, len(p.Data)))
	var states [][]float32
	var average []float32
	if !p.Fixed {
		for range e.rule.states() {
			states = append(states, make([]float32, len(p.Data)))
		}
		if e.schedule.Average > 0 {
			average = make([]float32, len(p.Data))
		}
	}
	e.states, e.average = append(e.states, states), append(e.average, average)
	for lo := 0; lo < len(p.Data) && !p.Fixed; lo += chunk {
		hi := min(lo+chunk, len(p.Data))
		u := update{w: p.Data[lo:hi]}
		for _, state := range states {
			u.states = append(u.states, state[lo:hi])
		}
		for _, slot := range e.slots {
			u.slots = append(u.slots, slot.Arrays[i][lo:hi])
		}
		u.gradients = u.slots
		if e.schedule.Clip > 0 {
			u.gradients = u.slots[:1]
		}
		if average != nil {
			u.average = average[lo:hi]
		}
		e.updates = append(e.updates, u)
	}
}

func (e *engine) close() { e.pool.Close() }

// step takes a step, counted from 1, with a batch and returns the mean output over it
// before the step.
func (e *engine) step(step int, batch source, rate float64) float64 {
	e.batch, e.taken = batch, uint64(step)
	e.pool.Run(len(e.slots), e.gradient)
	if e.schedule.Clip > 0 {
		e.pool.Run(len(e.updates), e.clip)
		e.scale = e.clipped()
	}
	e.rule.begin(step, rate, e.scale)
	e.fresh = float32(1 - e.schedule.decay(step))
	e.pool.Run(len(e.updates), e.apply)
	e.pool.Run(e.learner.program.Packs(), e.learner.pack)
	return e.mean()
}

// mean returns the mean output over the rows last run.
func (e *engine) mean() float64 {
	var sum float64
	for _, s := range e.sums {
		sum += s
	}
	return sum / float64(e.batch.size())
}

// gradientSlot sums the gradients of every len(e.slots)-th tile of the batch.
func (e *engine) gradientSlot(w, slot int) {
	e.slots[slot].Reset()
	rows := float32(e.batch.size())
	for tile := slot; tile < len(e.sums); tile += len(e.slots) {
		var n int
		e.learner.workers[w].arena.SetKey(e.seed, e.taken, uint64(tile))
		n, e.sums[tile] = e.learner.forward(w, tile, e.batch)
		worker := &e.learner.workers[w]
		seed := worker.arena.Seed(0)
		for q := range seed.Panels {
			panel := seed.Panel(q)
			clear(panel)
			for l, weight := range worker.tile.weights[q*kernel.Lanes : min((q+1)*kernel.Lanes, n)] {
				panel[l] = -float32(weight) / rows
			}
		}
		worker.arena.Backward(e.slots[slot])
	}
}

func (e *engine) evaluateTile(w, tile int) { _, e.sums[tile] = e.judge.forward(w, tile, e.batch) }

// sumSquares adds up the gradient of a stretch of weights, in its first slot, and its
// squares.
func (e *engine) sumSquares(_, i int) {
	var squares float64
	for _, g := range sum(e.kernels, e.updates[i].slots) {
		squares += float64(g) * float64(g)
	}
	e.squares[i] = squares
}

// clipped returns what the gradient is to be multiplied with. The sum runs over the
// stretches in their order, so it is the same for any number of workers.
func (e *engine) clipped() float32 {
	var squares float64
	for _, s := range e.squares {
		squares += s
	}
	return float32(min(1, e.schedule.Clip/math.Sqrt(squares)))
}

// applyUpdate changes a stretch of weights and their average.
func (e *engine) applyUpdate(_, i int) {
	u := &e.updates[i]
	e.rule.update(u)
	if u.average != nil {
		e.kernels.ScaleShift(u.average, u.average, 1-e.fresh, 0)
		e.kernels.AddScaled(u.average, u.w, e.fresh)
	}
}

// score returns the mean output over all rows of s, evaluated.
func (e *engine) score(s source) float64 {
	keep := e.sums
	e.batch, e.sums = s, make([]float64, e.judge.tiles(s.size()))
	e.pool.Run(e.judge.program.Packs(), e.judge.pack)
	e.pool.Run(len(e.sums), e.evaluate)
	mean := e.mean()
	e.sums = keep
	return mean
}

// startAverage sets the average to the weights.
func (e *engine) startAverage() {
	for i, average := range e.average {
		copy(average, e.params[i].Data)
	}
}

// exchange exchanges the weights with their average, if there is one. Steps want the
// weights back.
func (e *engine) exchange() {
	if e.schedule.Average == 0 {
		return
	}
	for i, p := range e.params {
		for j, a := range e.average[i] {
			e.average[i][j], p.Data[j] = p.Data[j], a
		}
	}
}

// keep remembers the weights as the best, and restore sets them back to those.
func (e *engine) keep() {
	for i, p := range e.params {
		copy(e.best[i], p.Data)
	}
}

func (e *engine) restore() {
	for i, p := range e.params {
		copy(p.Data, e.best[i])
	}
}

func (e *engine) footprint() density.Footprint {
	var fp density.Footprint
	bytes := func(arrays ...[]float32) (n int64) {
		for _, a := range arrays {
			n += 4 * int64(len(a))
		}
		return n
	}
	for i, p := range e.params {
		fp.Parameters += bytes(p.Data)
		fp.Optimiser += bytes(e.states[i]...) + bytes(e.average[i], e.best[i])
	}
	for _, slot := range e.slots {
		fp.Optimiser += bytes(slot.Arrays...)
	}
	for _, w := range append(slices.Clone(e.learner.workers), e.judge.workers...) {
		fp.Arena += w.arena.Bytes() + 8*int64(len(w.tile.weights))
		for _, columns := range w.tile.columns {
			fp.Arena += 8 * int64(len(columns))
		}
	}
	return fp
}
