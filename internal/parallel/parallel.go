// Package parallel runs numbered units of work on a fixed set of workers.
//
// Which worker runs which unit is not determined; results are the same bytes for
// any number of workers when each unit writes only what is its own.
package parallel

import (
	"runtime"
	"sync/atomic"
)

// spins is how often a waiting worker looks for work before it parks, some tens of
// microseconds: longer than the gap between two phases of a training step and
// shorter than what parking and waking would cost there.
const spins = 20_000

// Pool is a set of workers, the caller of Run being the first of them. It must not
// be used by two goroutines at once.
type Pool struct {
	work       func(worker, unit int)
	units      int64
	next       atomic.Int64
	generation atomic.Uint32
	busy       atomic.Int32
	closed     bool
	spins      int
	others     []*worker
}

type worker struct {
	parked atomic.Bool
	wake   chan struct{}
}

// NewPool returns a pool of the given number of workers, or of one per processor
// if it is 0. Close it after use.
func NewPool(workers int) *Pool {
	workers = Workers(workers)
	p := &Pool{}
	if workers <= runtime.GOMAXPROCS(0) {
		p.spins = spins // with fewer processors a spinning worker would keep another from working
	}
	for i := range workers - 1 {
		w := &worker{wake: make(chan struct{}, 1)}
		p.others = append(p.others, w)
		go p.loop(w, i+1)
	}
	return p
}

// Workers returns the number of workers.
func (p *Pool) Workers() int { return len(p.others) + 1 }

// Run calls f(worker, unit) for every unit in [0, units), worker being in
// [0, Workers()), and returns when all calls have.
func (p *Pool) Run(units int, f func(worker, unit int)) {
	if units <= 1 || len(p.others) == 0 {
		for u := range units {
			f(0, u)
		}
		return
	}
	p.work, p.units = f, int64(units)
	p.release()
	p.drain(0)
	for i := 0; p.busy.Load() > 0; i++ {
		if i >= p.spins {
			runtime.Gosched()
		}
	}
	p.work = nil
}

// Close ends the workers.
func (p *Pool) Close() {
	if len(p.others) > 0 {
		p.closed = true
		p.release()
	}
}

func (p *Pool) release() {
	p.next.Store(0)
	p.busy.Store(int32(len(p.others)))
	p.generation.Add(1)
	for _, w := range p.others {
		if w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
}

func (p *Pool) drain(worker int) {
	for {
		u := p.next.Add(1) - 1
		if u >= p.units {
			return
		}
		p.work(worker, int(u))
	}
}

func (p *Pool) loop(w *worker, index int) {
	for seen := uint32(0); ; {
		p.await(w, seen)
		seen = p.generation.Load()
		if p.closed {
			return
		}
		p.drain(index)
		p.busy.Add(-1)
	}
}

// await returns once the generation is no longer seen.
func (p *Pool) await(w *worker, seen uint32) {
	for range p.spins {
		if p.generation.Load() != seen {
			return
		}
	}
	w.parked.Store(true)
	if p.generation.Load() != seen && w.parked.CompareAndSwap(true, false) {
		return
	}
	// Either nothing has been released yet, or release took the mark and sends.
	<-w.wake
}

// Workers returns the number of workers that asking for n means: n itself, or one
// per processor if n is 0.
func Workers(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}

// Each calls f(unit) for every unit in [0, units) on that many workers and returns
// when all calls have.
func Each(units, workers int, f func(unit int)) {
	p := NewPool(min(Workers(workers), max(units, 1)))
	defer p.Close()
	p.Run(units, func(_, unit int) { f(unit) })
}
