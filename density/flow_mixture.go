package density

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"flowcert/ad"
	"flowcert/flow"
	"flowcert/internal/random"
)

// FlowMixture is a mixture of flows as a density model. Its scores are exact, unless a
// flow's are estimates: then so are they. It is no Encoder: a point has a code in each
// of the flows.
type FlowMixture struct {
	mixture    *flow.Mixture
	flows      []*Flow
	logDensity recorded
}

// NewFlowMixture returns the model of a mixture of flows between vectors, whose
// parameters must not change afterwards.
func NewFlowMixture(m *flow.Mixture) *FlowMixture {
	f := &FlowMixture{mixture: m}
	for _, d := range m.Flows() {
		f.flows = append(f.flows, NewFlow(d))
	}
	points, condition := m.Columns()
	f.logDensity = recorded{points: points, condition: condition, record: f.record}
	return f
}

// record returns the log-density of x and, for estimates, its standard error.
func (f *FlowMixture) record(p flow.Pass, x ad.Value) []ad.Value {
	logDensity, standardError := f.mixture.Estimate(p, x)
	if standardError.Present() {
		return []ad.Value{logDensity, standardError}
	}
	return []ad.Value{logDensity}
}

// Dim returns the number of columns.
func (f *FlowMixture) Dim() int { return f.logDensity.points }

// ConditionDim returns the number of columns of the condition.
func (f *FlowMixture) ConditionDim() int { return f.logDensity.condition }

// LogDensity scores the rows of x, in o.Precision.
func (f *FlowMixture) LogDensity(x *mat.Dense, o Options) (Scores, error) {
	out, err := f.logDensity.run(x, o)
	if err != nil {
		return Scores{}, fmt.Errorf("log-density: %w", err)
	}
	return scoresOf(out), nil
}

// Sample draws the flow of every row by the weights, and the point from that flow.
func (f *FlowMixture) Sample(n int, seed uint64, o Options) (*mat.Dense, error) {
	if err := checkCondition(n, f.ConditionDim(), o.Condition); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	rows, choose := make([][]int, len(f.flows)), f.mixture.Chooser()
	for i := range n {
		k := choose(random.New(seed, "flow of a mixture", 0, uint64(i)))
		rows[k] = append(rows[k], i)
	}
	x := mat.NewDense(n, f.Dim(), nil)
	for k, own := range rows {
		if len(own) == 0 {
			continue
		}
		inner := o
		inner.Condition = pick(o.Condition, own)
		y, _, err := f.flows[k].Decode(f.flows[k].sampleBase(own, seed, o.Workers), inner)
		if err != nil {
			return nil, fmt.Errorf("sample: flow %d: %w", k, err)
		}
		for at, i := range own {
			x.SetRow(i, y.RawRowView(at))
		}
	}
	return x, nil
}

// pick returns the given rows of a condition; one for all stays that.
func pick(condition *mat.Dense, rows []int) *mat.Dense {
	if condition == nil {
		return nil
	}
	if n, _ := condition.Dims(); n == 1 {
		return condition
	}
	return pickRows(condition, rows)
}

// pickRows returns the given rows of x.
func pickRows(x *mat.Dense, rows []int) *mat.Dense {
	_, columns := x.Dims()
	picked := mat.NewDense(len(rows), columns, nil)
	for at, i := range rows {
		picked.SetRow(at, x.RawRowView(i))
	}
	return picked
}

// Tensors returns the raw weights and the flows' parameters.
func (f *FlowMixture) Tensors() []Tensor { return tensorsOf(f.mixture.Params()) }

// RestoreFlowMixture sets the parameters to the tensors, which must be exactly those
// that Tensors returns for such a mixture, and returns the model.
func RestoreFlowMixture(m *flow.Mixture, tensors []Tensor) (*FlowMixture, error) {
	if err := restoreParams(m.Params(), tensors); err != nil {
		return nil, fmt.Errorf("restore mixture of flows: %w", err)
	}
	return NewFlowMixture(m), nil
}

// FlowMixtureCost counts the operations of a mixture of flows; a sample is one of its
// first flow.
func FlowMixtureCost(m *flow.Mixture) Cost {
	f := NewFlowMixture(m)
	return costOf(&f.logDensity, &f.flows[0].inverse)
}

// Footprint counts the weights and the arenas of an evaluation.
func (f *FlowMixture) Footprint(o Options) Footprint {
	return f.logDensity.footprint(f.Tensors(), o)
}
