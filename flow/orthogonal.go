package flow

import (
	"flowcert/ad"
	"flowcert/setting"
)

// Orthogonal is a rotation of space, a product of rotations of pairs of neighbouring
// columns by learned angles. A round turns columns 0 and 1, 2 and 3, and so on, the next
// one 1 and 2, 3 and 4; D rounds of D columns make every rotation (the arrangement of
// Clements et al., Optimal Design for Universal Multiport Interferometers, 2016, with
// real angles). The parameter of an angle a is r = tan(a/2):
//
//	cos a = 2/(1 + r^2) - 1,  sin a = 2r/(1 + r^2),
//
// of which the half turn is the limit. The map is orthogonal up to rounding whatever the
// parameters; its log-det is 0, and zeros are the identity. Both directions cost 2D
// multiply-adds a round.
type Orthogonal struct {
	dim    int
	pairs  [][2]int  // of columns, the first applied to the data first
	angles *ad.Param // by pair
}

// NewOrthogonal returns the given number of rounds of dim columns, which start as the
// identity. 0 stands for as many as there are columns.
func NewOrthogonal(name string, dim, rounds int) *Orthogonal {
	if rounds == 0 {
		rounds = dim
	}
	o := &Orthogonal{dim: dim}
	for round := range rounds {
		for j := round % 2; j+1 < dim; j += 2 {
			o.pairs = append(o.pairs, [2]int{j, j + 1})
		}
	}
	o.angles = ad.NewParam(name+".angles", 1, len(o.pairs))
	return o
}

// Forward records the rotations from first to last.
func (o *Orthogonal) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	return p.Tape.Rotate(x, p.Tape.Parameter(o.angles), o.pairs), ad.Value{}
}

// Inverse records the rotations from last to first, turned back.
func (o *Orthogonal) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	return p.Tape.RotateInverse(z, p.Tape.Parameter(o.angles), o.pairs), ad.Value{}
}

// Params returns the angles' parameters.
func (o *Orthogonal) Params() []*ad.Param { return []*ad.Param{o.angles} }

// Shapes returns vectors.
func (o *Orthogonal) Shapes() (data, latent Shape) { return Vector(o.dim), Vector(o.dim) }

// OrthogonalKind is the layer "orthogonal" of descriptions.
func OrthogonalKind() Kind {
	return Kind{
		Name:    "orthogonal",
		Summary: "Turns space by learned rotations of two columns at a time.",
		Settings: []setting.Setting{
			{Name: "rounds", Type: setting.Int, Default: 0, Min: 0, Max: 4096,
				Meaning: "rounds in which every column is turned with a neighbour; 0 takes as many as there are columns, which make every rotation"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return NewOrthogonal(p.Name, p.Dim, s.Int("rounds")), nil
		},
	}
}
