package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// size is a case of the benchmarks: the dimension, the rows of a training step and
// the width of the hidden layers.
type size struct{ dim, batch, hidden int }

func parseSize(text string) (size, error) {
	fields := strings.Split(text, "/")
	numbers := make([]int, len(fields))
	for i, field := range fields {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 || len(fields) != 3 {
			return size{}, fmt.Errorf("size %q: want D/batch/h, as in 43/512/512", text)
		}
		numbers[i] = n
	}
	return size{numbers[0], numbers[1], numbers[2]}, nil
}

// samples are times per operation in nanoseconds by number of threads.
type samples map[string][]float64

// best returns the number of threads of the least median, and its times in order.
func (s samples) best() (threads string, sorted []float64) {
	for _, n := range slices.Sorted(maps.Keys(s)) {
		times := slices.Sorted(slices.Values(s[n]))
		if sorted == nil || median(times) < median(sorted) {
			threads, sorted = n, times
		}
	}
	return threads, sorted
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// row is a benchmark of a model of one size, on both sides.
type row struct {
	benchmark, model string
	size             size
	flowcert, peer   samples
}

// name is the benchmark's name without its prefix and the number of workers.
func (r row) name() string {
	return fmt.Sprintf("%s/model=%s/D=%d/batch=%d/h=%d", r.benchmark, r.model, r.size.dim, r.size.batch, r.size.hidden)
}

// target returns the least ratio aimed at, or "" where none is set.
func (r row) target() string {
	coupling := map[size]string{{2, 256, 64}: "20x", {2, 256, 128}: "9x", {21, 256, 256}: "4x", {43, 512, 512}: "2.2x"}
	spline := map[size]string{{2, 256, 64}: "8x", {2, 256, 128}: "6x", {21, 256, 256}: "3.5x", {43, 512, 512}: "2.2x"}
	switch {
	case r.model == "realnvp" && r.benchmark != "Sample":
		return coupling[r.size]
	case strings.HasPrefix(r.model, "spline-") && r.benchmark == "Step":
		return spline[r.size]
	case r.model == "maf" && r.benchmark == "Sample" && r.size == size{43, 512, 512}:
		return "80x"
	}
	return ""
}

// writeTable writes a line for every row: the median and range of flowcert and the
// median of the peer in milliseconds, each at its best number of threads, which
// follows the @, and how many times faster flowcert is.
func writeTable(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "benchmark\tflowcert ms\tpeer ms\tratio\ttarget")
	for _, r := range rows {
		workers, ours := r.flowcert.best()
		threads, theirs := r.peer.best()
		fmt.Fprintf(t, "%s\t%.2f (%.2f..%.2f) @%s\t%.2f @%s\t%.1fx\t%s\n", r.name(),
			median(ours)/1e6, ours[0]/1e6, ours[len(ours)-1]/1e6, workers,
			median(theirs)/1e6, threads, median(theirs)/median(ours), r.target())
	}
	return t.Flush()
}
