package flowtest

import (
	"flowcert/ad"
	"flowcert/flow"
)

// mutant is a bijector with a planted fault.
type mutant struct {
	flow.Bijector
	fault fault
}

// fault changes what the two directions return.
type fault struct {
	name             string
	forward, inverse func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value)
	blind            bool // the inverse sees another condition
}

func mutants(laws Laws) []fault {
	same := func(_ *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, l }
	negated := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Linear(l, -1, 0) }
	dropped := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Constant(1, 0) }
	shifted := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Linear(l, 1, 0.01) }
	moved := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return t.Linear(y, 1, 0.01), l }
	all := []fault{
		{name: "the forward log-det off by 0.01", forward: shifted, inverse: same},
		{name: "the inverse log-det off by 0.01", forward: same, inverse: shifted},
		{name: "both log-dets off by 0.01, one each way", forward: shifted, inverse: func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Linear(l, 1, -0.01) }},
		{name: "the inverse moved by 0.01", forward: same, inverse: moved},
	}
	if laws.Condition > 0 {
		all = append(all, fault{name: "the inverse under another condition", forward: same, inverse: same, blind: true})
	}
	if laws.VolumePreserving {
		return all
	}
	return append(all,
		fault{name: "the forward log-det's sign flipped", forward: negated, inverse: same},
		fault{name: "the inverse log-det's sign flipped", forward: same, inverse: negated},
		fault{name: "both log-dets' signs flipped", forward: negated, inverse: negated},
		fault{name: "the forward log-det dropped", forward: dropped, inverse: same},
		fault{name: "the inverse log-det dropped", forward: same, inverse: dropped},
		fault{name: "both log-dets dropped", forward: dropped, inverse: dropped},
	)
}

// Forward records the faulty forward map.
func (m mutant) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	z, logDet = m.Bijector.Forward(p, x)
	return m.fault.forward(p.Tape, z, flow.LogDet(p, logDet))
}

// Inverse records the faulty inverse map.
func (m mutant) Inverse(p flow.Pass, z ad.Value) (x, logDet ad.Value) {
	if m.fault.blind {
		p.Condition = p.Tape.Linear(p.Condition, 1, 0.1)
	}
	x, logDet = m.Bijector.Inverse(p, z)
	return m.fault.inverse(p.Tape, x, flow.LogDet(p, logDet))
}
