// Excess fits every flow of the catalogue to every synthetic set of two columns, for
// one number of steps and otherwise with its defaults, and writes a table of the
// excess over the true entropy: the mean of log p(x) - log q(x) over fresh rows x, in
// nats, which is the Kullback-Leibler divergence of the model q from the truth p.
//
// Cells that the file of results holds already, with the same description of the flow
// and the same sizes, are kept, so that an interrupted run goes on.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/internal/atomicfile"
	"flowcert/measure"
	"flowcert/model"
)

// options are what a table is made with.
type options struct {
	out          string
	models, sets []string
	steps        int
	workers      int
}

func main() {
	var o options
	var models, sets string
	flag.StringVar(&o.out, "out", "docs", "folder of excess.json and excess.md")
	flag.StringVar(&models, "models", "", "flows or files that describe them, separated by commas; all of the catalogue if empty")
	flag.StringVar(&sets, "data", "", "data sets, separated by commas; all of two columns with a true density if empty")
	flag.IntVar(&o.steps, "steps", 3000, "steps of training, the same for all")
	flag.IntVar(&o.workers, "workers", 0, "goroutines, 0 for all processors; never changes a result")
	flag.Parse()
	o.models, o.sets = words(models), words(sets)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "excess:", err)
		os.Exit(1)
	}
}

func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// trainingRows are those that each flow sees, but for sets that need more.
const trainingRows = 20_000

// hungry are the sets whose modes are so many that they need more rows: 500 a mode.
func hungry(set string) int {
	if set == "diamond" {
		return 10 * trainingRows
	}
	return trainingRows
}

// Cell is one flow on one set.
type Cell struct {
	Model string `json:"model"`
	Data  string `json:"data"`
	// Task is the digest of the flow's description, the sizes and the seed.
	Task string `json:"task"`
	// Excess and StandardError are in nats, over Rows fresh rows.
	Excess        float64 `json:"excess"`
	StandardError float64 `json:"standard_error"`
	Rows          int     `json:"rows"`
	// Stopped is "budget" or "diverged"; BestStep is that of the weights kept.
	Stopped  string `json:"stopped"`
	BestStep int    `json:"best_step"`
}

func run(ctx context.Context, o options) error {
	cells, err := read(o.out)
	if err != nil {
		return err
	}
	sets, err := chosenSets(o.sets)
	if err != nil {
		return err
	}
	entries, err := chosenModels(o.models)
	if err != nil {
		return err
	}
	for _, set := range sets {
		for _, e := range entries {
			if cells, err = cell(ctx, e, set, o, cells); err != nil {
				return fmt.Errorf("%s on %s: %w", e.Name, set.Info().Name, err)
			}
			if err := write(o.out, cells, o.steps); err != nil {
				return err
			}
		}
	}
	return nil
}

func chosenSets(names []string) ([]data.Set, error) {
	var sets []data.Set
	for _, s := range catalog.Data() {
		_, known := s.(data.Truth)
		info := s.Info()
		if known && len(info.Columns) == 2 && (len(names) == 0 || slices.Contains(names, info.Name)) {
			sets = append(sets, s.(data.Resizer).WithRows(hungry(info.Name), 5_000, 100_000))
		}
	}
	if len(names) > 0 && len(sets) != len(names) {
		return nil, fmt.Errorf("-data has a name that is no synthetic set of two columns, or one twice: see flowcert list data")
	}
	return sets, nil
}

func chosenModels(names []string) (entries []model.Entry, err error) {
	if len(names) == 0 {
		for _, e := range catalog.Models() {
			if e.Text != "" {
				entries = append(entries, e)
			}
		}
		return entries, nil
	}
	for _, name := range names {
		e, err := catalog.OpenModel(name)
		if err != nil {
			return nil, err
		}
		if e.Text == "" {
			return nil, fmt.Errorf("%q is no flow: see flowcert list models", name)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// cell returns the cells with that of a flow and a set, which it makes if it is not
// among them.
func cell(ctx context.Context, e model.Entry, set data.Set, o options, cells []Cell) ([]Cell, error) {
	name := set.Info().Name
	settings, err := e.Resolve(map[string]any{"steps": o.steps, "patience": 1_000_000})
	if err != nil {
		return nil, err
	}
	var d model.Description
	if err := d.Describe(e, settings); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %d", d.Flow, name, hungry(name), set.Info().Rows))
	c := Cell{Model: e.Name, Data: name, Task: hex.EncodeToString(sum[:8])}
	at := slices.IndexFunc(cells, func(old Cell) bool { return old.Model == c.Model && old.Data == c.Data })
	if at >= 0 && cells[at].Task == c.Task {
		return cells, nil
	}
	split, err := set.Split(1)
	if err != nil {
		return nil, err
	}
	m, report, err := e.Fitter(settings).Fit(ctx, split.Train, split.Validation, density.FitOptions{Seed: 1, Workers: o.workers})
	if err != nil {
		return nil, err
	}
	scores, err := m.LogDensity(split.Test, density.Options{Workers: o.workers})
	if err != nil {
		return nil, err
	}
	excess, err := measure.PairedDifference(set.(data.Truth).LogDensity(split.Test), scores.LogDensity, 0.95)
	if err != nil {
		return nil, err
	}
	c.Excess, c.StandardError, c.Rows = excess.Value, excess.StandardError, excess.N
	c.Stopped, c.BestStep = report.Stopped, report.BestStep
	fmt.Fprintf(os.Stderr, "%s on %s: %.4f +- %.4f nats\n", c.Model, c.Data, c.Excess, c.StandardError)
	if at >= 0 {
		cells[at] = c
		return cells, nil
	}
	return append(cells, c), nil
}

const (
	resultsFile = "excess.json"
	tableFile   = "excess.md"
)

func read(dir string) (cells []Cell, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, resultsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return cells, json.Unmarshal(raw, &cells)
}

func write(dir string, cells []Cell, steps int) error {
	raw, err := json.MarshalIndent(cells, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(dir,
		atomicfile.File{Name: resultsFile, Content: append(raw, '\n')},
		atomicfile.File{Name: tableFile, Content: table(cells, steps)})
}
