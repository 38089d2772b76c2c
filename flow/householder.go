package flow

import (
	"flowcert/ad"
	"flowcert/internal/random"
	"flowcert/setting"
)

// Householder is an orthogonal map, a product of reflections x - 2 v (v.x)/(v.v)
// (Tomczak and Welling, Improving Variational Auto-Encoders using Householder Flow,
// 2016); D reflections of D columns make every orthogonal map. A v whose length is not
// between 1e-6 and 1e18 stands for no reflection, so the map is orthogonal up to
// rounding whatever the parameters; its log-det is 0, and zeros are the identity. Both
// directions cost 3D multiply-adds a reflection.
type Householder struct {
	dim     int
	vectors *ad.Param // one per row; the first is applied to the data first
}

// NewHouseholder returns the given number of reflections of dim columns. They start in
// equal pairs, which undo each other, along directions drawn by seed and name; an odd
// one out starts along the last column. 0 stands for as many as there are columns, or
// one more if that is odd.
func NewHouseholder(name string, seed uint64, dim, reflections int) *Householder {
	if reflections == 0 {
		reflections = dim + dim%2
	}
	h := &Householder{dim, ad.NewParam(name+".vectors", reflections, dim)}
	for i := 0; i+1 < reflections; i += 2 {
		r, pair := random.New(seed, h.vectors.Name, 0, uint64(i)), h.vectors.Data[i*dim:(i+2)*dim]
		for j := range dim {
			pair[j] = float32(r.NormFloat64())
		}
		copy(pair[dim:], pair)
	}
	if reflections%2 == 1 {
		h.vectors.Data[len(h.vectors.Data)-1] = 1
	}
	return h
}

// Forward records the reflections from first to last.
func (h *Householder) Forward(p Pass, x ad.Value) (z, logDet ad.Value) {
	return p.Tape.Reflect(x, p.Tape.Parameter(h.vectors)), ad.Value{}
}

// Inverse records the reflections from last to first; each is its own inverse.
func (h *Householder) Inverse(p Pass, z ad.Value) (x, logDet ad.Value) {
	return p.Tape.ReflectInverse(z, p.Tape.Parameter(h.vectors)), ad.Value{}
}

// Params returns the vectors.
func (h *Householder) Params() []*ad.Param { return []*ad.Param{h.vectors} }

// Shapes returns vectors.
func (h *Householder) Shapes() (data, latent Shape) { return Vector(h.dim), Vector(h.dim) }

// reflectionsSetting is the number of reflections.
func reflectionsSetting() setting.Setting {
	return setting.Setting{Name: "reflections", Type: setting.Int, Default: 0, Min: 0, Max: 4096,
		Meaning: "reflections that the orthogonal map is a product of; 0 takes as many as there are columns, which make every such map, or one more if that is odd"}
}

// HouseholderKind is the layer "householder" of descriptions.
func HouseholderKind() Kind {
	return Kind{
		Name:     "householder",
		Summary:  "Turns space by a learned product of reflections.",
		Settings: []setting.Setting{reflectionsSetting()},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return NewHouseholder(p.Name, p.Seed, p.Dim, s.Int("reflections")), nil
		},
	}
}
