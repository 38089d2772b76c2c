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
}

func mutants(laws Laws) []fault {
	same := func(_ *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, l }
	negated := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Linear(l, -1, 0) }
	dropped := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Constant(1, 0) }
	shifted := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Linear(l, 1, 0.01) }
	moved := func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return t.Linear(y, 1, 0.01), l }
	all := []fault{
		{"the forward log-det off by 0.01", shifted, same},
		{"the inverse log-det off by 0.01", same, shifted},
		{"both log-dets off by 0.01, one each way", shifted, func(t *ad.Tape, y, l ad.Value) (ad.Value, ad.Value) { return y, t.Linear(l, 1, -0.01) }},
		{"the inverse moved by 0.01", same, moved},
	}
	if laws.VolumePreserving {
		return all
	}
	return append(all,
		fault{"the forward log-det's sign flipped", negated, same},
		fault{"the inverse log-det's sign flipped", same, negated},
		fault{"both log-dets' signs flipped", negated, negated},
		fault{"the forward log-det dropped", dropped, same},
		fault{"the inverse log-det dropped", same, dropped},
		fault{"both log-dets dropped", dropped, dropped},
	)
}

// Forward records the faulty forward map.
func (m mutant) Forward(p flow.Pass, x ad.Value) (z, logDet ad.Value) {
	z, logDet = m.Bijector.Forward(p, x)
	return m.fault.forward(p.Tape, z, flow.LogDet(p, logDet))
}

// Inverse records the faulty inverse map.
func (m mutant) Inverse(p flow.Pass, z ad.Value) (x, logDet ad.Value) {
	x, logDet = m.Bijector.Inverse(p, z)
	return m.fault.inverse(p.Tape, x, flow.LogDet(p, logDet))
}
