package density

import (
	"context"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/internal/parallel"
	"flowcert/internal/random"
)

// MixtureFitter fits a mixture of Gaussians by expectation maximisation
// (Dempster, Laird and Rubin, 1977), started from k-means (Lloyd, 1982) whose
// centres start by k-means++ (Arthur and Vassilvitskii, 2007). A start ends when
// the validation score stops rising; of all steps of all starts the mixture that
// scores the validation rows best is kept, the first of equals.
type MixtureFitter struct {
	// Components are the numbers of Gaussians to try.
	Components []int
	// Starts is how often to start from other centres, for each number.
	Starts int
	// Iterations is the largest number of steps of a start.
	Iterations int
	// Floor is added to every variance of every component, as a share of the
	// mean variance of the training columns; it keeps a component from
	// collapsing onto a point.
	Floor float64
}

const (
	// A start ends when this many steps have not raised the validation score by
	// mixtureGain nats per row, well below what a validation set can resolve.
	mixturePatience = 10
	mixtureGain     = 1e-5
	// lloydSteps is enough for a start; EM does the rest.
	lloydSteps = 10
	// parts is the number of sums that a step adds up. It does not depend on the
	// number of workers, so that neither does the result.
	parts = 16
)

// Fit implements Fitter. The report's Stopped is that of the start that is kept.
func (f MixtureFitter) Fit(ctx context.Context, train, validation *mat.Dense, o FitOptions) (Model, Report, error) {
	if len(f.Components) == 0 || slices.Min(f.Components) < 1 || f.Starts < 1 || f.Iterations < 1 || !(f.Floor > 0) {
		return nil, Report{}, errors.New("fit mixture: components, starts, iterations and floor must be positive")
	}
	if err := o.unweighted(); err != nil {
		return nil, Report{}, err
	}
	s := search{fitter: f, validation: validation, options: o, highest: math.Inf(-1)}
	for _, components := range f.Components {
		e := newEM(components, f.Floor, train, o)
		for start := range f.Starts {
			if err := s.climb(ctx, e, start); err != nil {
				return nil, Report{}, err
			}
		}
	}
	if s.best == nil {
		return nil, Report{}, errors.New("fit mixture: the validation score is not a number")
	}
	s.report.Footprint = emFootprint(slices.Max(f.Components), s.best.Dim(), o.Workers)
	s.report.Footprint.Parameters = bytesOf(s.best.Tensors())
	return s.best, s.report, nil
}

// search is a fit under way: what all starts share.
type search struct {
	fitter     MixtureFitter
	validation *mat.Dense
	options    FitOptions
	report     Report
	// best is the mixture that scores highest on the validation rows so far.
	best    *Mixture
	highest float64
}

// climb takes the steps of one start.
func (s *search) climb(ctx context.Context, e *em, start int) error {
	m, err := e.start(start)
	if err != nil {
		return err
	}
	kept, stopped := false, "budget"
	stale, highest := 0, math.Inf(-1)
	for range s.fitter.Iterations {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, score, err := e.step(m)
		if err != nil {
			return err
		}
		p := s.record(m, score)
		if p.Validation > s.highest {
			s.best, s.highest, s.report.BestStep, kept = m, p.Validation, p.Step, true
		}
		if stale++; p.Validation > highest+mixtureGain {
			stale, highest = 0, p.Validation
		}
		if stale == mixturePatience {
			stopped = "no improvement"
			break
		}
		m = next
	}
	if kept {
		s.report.Stopped = stopped
	}
	return nil
}

// record adds the step that found m to the report and tells whoever listens.
func (s *search) record(m *Mixture, train float64) Progress {
	p := Progress{
		Step: s.report.Steps, Steps: len(s.fitter.Components) * s.fitter.Starts * s.fitter.Iterations,
		Train: train, Validation: meanLogDensity(m, s.validation, s.options.Workers),
	}
	s.report.Steps++
	s.report.History = append(s.report.History, p)
	if s.options.Progress != nil {
		s.options.Progress(p)
	}
	return p
}

// em holds what the starts of one number of components share.
type em struct {
	components int
	x          *mat.Dense
	seed       uint64
	workers    int
	// Moments are taken about centre, the mean of the rows.
	centre []float64
	// floor is in the squared units of the data.
	floor float64
	sums  [parts]moments
}

// moments are sums over rows, per component.
type moments struct {
	logDensity float64
	count      []float64
	// first and second are sums of the centred rows and of their outer products.
	first  [][]float64
	second []blas64.Symmetric
}

func newMoments(components, dim int) moments {
	s := moments{count: make([]float64, components)}
	for range components {
		s.first = append(s.first, make([]float64, dim))
		s.second = append(s.second, mat.NewSymDense(dim, nil).RawSymmetric())
	}
	return s
}

func (s *moments) reset() {
	s.logDensity = 0
	clear(s.count)
	for k := range s.first {
		clear(s.first[k])
		clear(s.second[k].Data)
	}
}

func (s *moments) add(t moments) {
	s.logDensity += t.logDensity
	floats.Add(s.count, t.count)
	for k := range s.first {
		floats.Add(s.first[k], t.first[k])
		floats.Add(s.second[k].Data, t.second[k].Data)
	}
}

func newEM(components int, floor float64, x *mat.Dense, o FitOptions) *em {
	_, dim := x.Dims()
	e := &em{components: components, x: x, seed: o.Seed, workers: o.Workers, centre: make([]float64, dim)}
	for j := range dim {
		mean, variance := stat.PopMeanVariance(mat.Col(nil, j, x), nil)
		e.centre[j] = mean
		e.floor += floor * variance / float64(dim)
	}
	for p := range e.sums {
		e.sums[p] = newMoments(components, dim)
	}
	return e
}

// emFootprint counts the arrays of the steps beside the mixture; those of k-means
// are smaller.
func emFootprint(components, dim, workers int) Footprint {
	k, d := int64(components), int64(dim)
	return Footprint{
		Optimiser: 8 * parts * k * (1 + d + d*d),
		Arena:     8 * int64(min(parallel.Workers(workers), parts)) * (k + 2*d + 1) * tileRows,
	}
}

// step returns the mixture after one step of EM from m, and the mean
// log-density of the rows under m.
func (e *em) step(m *Mixture) (*Mixture, float64, error) {
	rows, dim := e.x.Dims()
	all := tiles(rows)
	each(parts, e.workers, func() func(part int) {
		tile, centred := newTile(dim), newTile(dim)
		shares, scores := make([]float64, e.components*tileRows), make([]float64, tileRows)
		return func(part int) {
			s := &e.sums[part]
			s.reset()
			for t := part * all / parts; t < (part+1)*all/parts; t++ {
				lo, hi := t*tileRows, min((t+1)*tileRows, rows)
				m.posterior(scores[:hi-lo], shares, &tile, e.x, lo, hi)
				s.logDensity += floats.Sum(scores[:hi-lo])
				load(&centred, e.x, lo, hi, e.centre)
				s.collect(centred, tile, shares)
			}
		}
	})
	for _, s := range e.sums[1:] {
		e.sums[0].add(s)
	}
	next, err := e.maximise(e.sums[0], m)
	return next, e.sums[0].logDensity / float64(rows), err
}

// collect adds the rows of a tile with their shares; scratch is overwritten.
func (s *moments) collect(centred, scratch blas64.General, shares []float64) {
	for k := range s.count {
		share := shares[k*tileRows:][:centred.Cols]
		s.count[k] += floats.Sum(share)
		for j := range centred.Rows {
			row := centred.Data[j*centred.Stride:][:centred.Cols]
			s.first[k][j] += floats.Dot(row, share)
			weighted := scratch.Data[j*scratch.Stride:]
			for i, v := range row {
				weighted[i] = v * math.Sqrt(share[i])
			}
		}
		blas64.Syrk(blas.NoTrans, 1, scratch, 1, s.second[k])
	}
}

// maximise returns the mixture of the moments. A component that has lost all
// its rows stays where it was in m, with weight 0.
func (e *em) maximise(s moments, m *Mixture) (*Mixture, error) {
	dim := len(e.centre)
	weights := slices.Clone(s.count)
	floats.Scale(1/floats.Sum(weights), weights)
	means := make([][]float64, e.components)
	covariances := make([]*mat.SymDense, e.components)
	for k, n := range s.count {
		if n == 0 {
			means[k], covariances[k] = m.components[k].mean, m.components[k].covariance
			continue
		}
		floats.Scale(1/n, s.first[k])
		means[k] = make([]float64, dim)
		floats.AddTo(means[k], s.first[k], e.centre)
		covariances[k] = mat.NewSymDense(dim, nil)
		for i := range dim {
			for j := range i + 1 {
				c := s.second[k].Data[j*dim+i]/n - s.first[k][i]*s.first[k][j]
				if i == j {
					c += e.floor
				}
				covariances[k].SetSym(i, j, c)
			}
		}
	}
	return NewMixture(weights, means, covariances)
}

// start returns a mixture whose means are the centres of k-means and whose
// components share one covariance, that of the rows about their centres.
func (e *em) start(start int) (*Mixture, error) {
	rows, dim := e.x.Dims()
	centres := e.spread(start)
	nearest := make([]int, rows)
	counts := make([]float64, e.components)
	for range lloydSteps {
		e.assign(nearest, centres)
		clear(counts)
		sums := mat.NewDense(e.components, dim, nil)
		for i, k := range nearest {
			counts[k]++
			floats.Add(sums.RawRowView(k), e.x.RawRowView(i))
		}
		for k, n := range counts {
			// A centre that no row is nearest to stays.
			if n > 0 {
				floats.ScaleTo(centres[k], 1/n, sums.RawRowView(k))
			}
		}
	}

	residuals := mat.DenseCopyOf(e.x)
	for i, k := range nearest {
		floats.Sub(residuals.RawRowView(i), centres[k])
	}
	shared := mat.NewSymDense(dim, nil)
	shared.SymOuterK(1/float64(rows), residuals.T())
	for j := range dim {
		shared.SetSym(j, j, shared.At(j, j)+e.floor)
	}
	covariances := make([]*mat.SymDense, e.components)
	for k := range covariances {
		covariances[k] = shared
		// No component starts without weight, since EM could never revive it.
		counts[k] = (counts[k] + 1) / float64(rows+e.components)
	}
	return NewMixture(counts, centres, covariances)
}

// assign sets nearest to the index of the centre closest to every row.
func (e *em) assign(nearest []int, centres [][]float64) {
	eachTile(len(nearest), e.workers, func() func(lo, hi int) {
		return func(lo, hi int) {
			for i := lo; i < hi; i++ {
				closest := math.Inf(1)
				for k, c := range centres {
					if d := squaredDistance(e.x.RawRowView(i), c); d < closest {
						nearest[i], closest = k, d
					}
				}
			}
		}
	})
}

// spread draws rows as centres by k-means++: each with probability in proportion
// to its squared distance from the centres drawn before.
func (e *em) spread(start int) [][]float64 {
	rows, _ := e.x.Dims()
	r := random.New(e.seed, "mixture start", uint64(start), 0)
	distance := make([]float64, rows)
	for i := range distance {
		distance[i] = math.Inf(1)
	}
	at := r.IntN(rows)
	var centres [][]float64
	for {
		centre := slices.Clone(e.x.RawRowView(at))
		centres = append(centres, centre)
		if len(centres) == e.components {
			return centres
		}
		for i := range distance {
			distance[i] = min(distance[i], squaredDistance(e.x.RawRowView(i), centre))
		}
		u := r.Float64() * floats.Sum(distance)
		at = 0
		for at < rows-1 && u >= distance[at] {
			u -= distance[at]
			at++
		}
	}
}

func squaredDistance(a, b []float64) float64 {
	s := 0.0
	for j, v := range a {
		s += (v - b[j]) * (v - b[j])
	}
	return s
}
