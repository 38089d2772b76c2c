// Package train fits flows by maximum likelihood.
package train

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
)

// Flow fits a normalizing flow with a standard normal base by maximum likelihood
// with Adam, stopping early and keeping the weights of the best validation score.
// It trains in float32; the weights are the same bytes for any number of workers.
type Flow struct {
	// Build returns the flow for vectors of dim entries with its starting weights.
	Build    func(dim int, seed uint64) flow.Bijector
	Schedule Schedule
}

// Fit trains on the rows of train, which should have about unit scale (see
// density.Standardise). A run whose likelihood stops being finite ends as
// "diverged" with its best weights, at worst the starting ones.
func (f Flow) Fit(ctx context.Context, train, validation *mat.Dense, o density.FitOptions) (density.Model, density.Report, error) {
	_, dim := train.Dims()
	bijector := f.Build(dim, o.Seed)
	t := newTrainer(bijector, f.Schedule, train, o)
	defer t.close()
	report := density.Report{Stopped: "budget", Footprint: t.footprint()}
	best := t.score(validation)
	if !finite(best) {
		return nil, report, fmt.Errorf("fit: the validation rows' log-likelihood is %v under the starting weights", best)
	}
	t.keep()
	rows, _ := validation.Dims()
	every := t.schedule.every(rows)
	rows, _ = train.Dims()
	patience := t.schedule.patience(rows)
	var sum float64
	for step := 1; step <= f.Schedule.Steps; step++ {
		if err := ctx.Err(); err != nil {
			return nil, density.Report{}, err
		}
		sum += t.step(step)
		report.Steps = step
		if step%every != 0 && step != f.Schedule.Steps {
			continue
		}
		taken := (step-1)%every + 1
		p := density.Progress{Step: step, Steps: f.Schedule.Steps, Train: sum / float64(taken), Validation: t.score(validation)}
		sum = 0
		if !finite(p.Train) || !finite(p.Validation) {
			report.Stopped = "diverged"
			break
		}
		report.History = append(report.History, p)
		if o.Progress != nil {
			o.Progress(p)
		}
		if p.Validation > best {
			best, report.BestStep = p.Validation, step
			t.keep()
		}
		if step-report.BestStep >= patience {
			report.Stopped = "no improvement"
			break
		}
	}
	t.restore()
	return density.NewFlow(bijector), report, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
