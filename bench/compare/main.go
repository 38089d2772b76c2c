// Command compare measures the benchmarks of package train and the same work in
// PyTorch (bench/peers/flows.py), taking turns so that both see the same machine,
// and prints how much faster flowcert is, each side at its best number of threads.
// Run it from the root of the module: go run ./bench/compare
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const script = "bench/peers/flows.py"

// peerNames are the benchmarks of package train as the script calls them.
var peerNames = map[string]string{"Step": "step", "LogDensity": "log-density", "Sample": "sample"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "compare: %v\n", err)
		os.Exit(1)
	}
}

// plan is what to measure, and how.
type plan struct {
	benchmarks, models, sizes, workers, threads []string
	rounds                                      int
	duration                                    time.Duration
	python, binary                              string
}

func run() error {
	benchmarks := flag.String("benchmarks", "Step", "`names` among Step, LogDensity and Sample, separated by commas")
	models := flag.String("models", "realnvp", "`names` among realnvp, spline-coupling, spline-autoregressive and maf, separated by commas")
	sizes := flag.String("sizes", "2/256/64,2/256/128,21/256/256,43/512/512", "`D/batch/h`, separated by commas: dimension, rows of a training step, hidden width")
	workers := flag.String("workers", "1,2", "`numbers` of workers to try for flowcert, separated by commas")
	threads := flag.String("threads", "1,2,1+2", "`numbers` of threads to try for PyTorch, separated by commas; 1+2 gives it 1 and its BLAS 2")
	p := plan{}
	flag.IntVar(&p.rounds, "rounds", 3, "how often the sides take turns")
	flag.DurationVar(&p.duration, "time", time.Second, "how long a measurement lasts at least")
	flag.StringVar(&p.python, "python", "python3", "Python `interpreter` that has PyTorch, and zuko if that is to be measured")
	flag.Parse()
	list := func(text *string) []string { return strings.Split(*text, ",") }
	p.benchmarks, p.models, p.sizes, p.workers, p.threads = list(benchmarks), list(models), list(sizes), list(workers), list(threads)

	rows, err := p.rows()
	if err != nil {
		return err
	}
	peer, err := peerVersion(p.python)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	p.binary = filepath.Join(folder, "train.test")
	if _, err := output("go", "test", "-c", "-o", p.binary, "./train"); err != nil {
		return err
	}
	for _, r := range rows {
		if err := p.measure(r); err != nil {
			return err
		}
	}
	fmt.Println(peer)
	return writeTable(os.Stdout, rows)
}

// rows returns the combinations of benchmarks, models and sizes, yet without times.
func (p plan) rows() ([]row, error) {
	if p.rounds < 1 {
		return nil, fmt.Errorf("-rounds %d: want at least 1", p.rounds)
	}
	var rows []row
	for _, benchmark := range p.benchmarks {
		if peerNames[benchmark] == "" {
			return nil, fmt.Errorf("unknown benchmark %q: want one of Step, LogDensity, Sample", benchmark)
		}
		for _, model := range p.models {
			for _, text := range p.sizes {
				s, err := parseSize(text)
				if err != nil {
					return nil, err
				}
				rows = append(rows, row{benchmark, model, s, samples{}, samples{}})
			}
		}
	}
	return rows, nil
}

// measure lets the sides take turns and adds their times to the row.
func (p plan) measure(r row) error {
	for round := range p.rounds {
		fmt.Fprintf(os.Stderr, "%s, round %d of %d\n", r.name(), round+1, p.rounds)
		for _, n := range p.workers {
			pattern := "^Benchmark" + strings.ReplaceAll(r.name()+"/workers="+n, "/", "$/^") + "$"
			if err := r.flowcert.add(n, p.binary, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+p.duration.String()); err != nil {
				return err
			}
		}
		for _, n := range p.threads {
			if err := r.peer.add(n, p.python, script, "--benchmark", peerNames[r.benchmark], "--model", r.model,
				"--dim", strconv.Itoa(r.size.dim), "--batch", strconv.Itoa(r.size.batch), "--hidden", strconv.Itoa(r.size.hidden),
				"--threads", n, "--seconds", fmt.Sprint(p.duration.Seconds())); err != nil {
				return err
			}
		}
	}
	return nil
}

// peerVersion returns what the script says it measures.
func peerVersion(python string) (string, error) {
	if _, err := exec.LookPath(python); err != nil {
		return "", fmt.Errorf("no Python interpreter %q: install Python 3 with PyTorch, or name another by -python", python)
	}
	out, err := output(python, script, "--check")
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first, nil
}

// add runs a command and keeps the time per operation that it prints, as one more
// sample of the given number of threads.
func (s samples) add(threads, name string, args ...string) error {
	out, err := output(name, args...)
	if err != nil {
		return err
	}
	ns, err := parseLine(out)
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	s[threads] = append(s[threads], ns)
	return nil
}

// parseLine returns the time per operation in nanoseconds of the one benchmark in
// out, which is in Go's format.
func parseLine(out []byte) (float64, error) {
	var found []string
	for line := range bytes.Lines(out) {
		fields := strings.Fields(string(line))
		if len(fields) >= 4 && strings.HasPrefix(fields[0], "Benchmark") && fields[3] == "ns/op" {
			found = append(found, fields[2])
		}
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("want one benchmark, found %d: are the model and the size among those of train/bench_test.go?", len(found))
	}
	return strconv.ParseFloat(found[0], 64)
}

// output runs a command and returns what it prints; if it fails, the error is what
// it complains about.
func output(name string, args ...string) ([]byte, error) {
	out, err := exec.Command(name, args...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && len(failed.Stderr) > 0 {
		return nil, errors.New(string(bytes.TrimSpace(failed.Stderr)))
	}
	return out, err
}
