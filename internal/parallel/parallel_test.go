package parallel

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestEveryUnitRunsOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		p := NewPool(workers)
		for _, units := range []int{0, 1, 2, 3, 16, 1000} {
			for range 50 {
				ran := make([]atomic.Int32, units)
				p.Run(units, func(worker, unit int) {
					if worker < 0 || worker >= workers {
						t.Errorf("worker %d of %d", worker, workers)
					}
					ran[unit].Add(1)
				})
				for u := range ran {
					if n := ran[u].Load(); n != 1 {
						t.Fatalf("%d workers: unit %d of %d ran %d times", workers, u, units, n)
					}
				}
			}
		}
		p.Close()
	}
}

// TestParkedWorkersWake lets the workers park before each run.
func TestParkedWorkersWake(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	var sum atomic.Int64
	for range 20 {
		time.Sleep(time.Millisecond)
		p.Run(100, func(_, unit int) { sum.Add(int64(unit)) })
	}
	if sum.Load() != 20*4950 {
		t.Errorf("sum %d", sum.Load())
	}
}
