package flow

import (
	"flowcert/ad"
	"flowcert/internal/random"
	"flowcert/setting"
)

// Permutation reorders the columns: column j of the latent is column index[j] of
// the data. It preserves volume.
type Permutation struct {
	index, inverse []int
}

// NewPermutation returns the permutation of the given index.
func NewPermutation(index []int) *Permutation {
	p := &Permutation{index: index, inverse: make([]int, len(index))}
	for j, i := range index {
		p.inverse[i] = j
	}
	return p
}

// Shuffle returns the k-th of a fixed sequence of random permutations of dim
// columns. It is part of a flow's architecture: it does not depend on the seed of
// the weights.
func Shuffle(dim, k int) *Permutation {
	return NewPermutation(random.New(0, "flow permutation", uint64(k), uint64(dim)).Perm(dim))
}

// Reverse returns the permutation that reverses the order of dim columns.
func Reverse(dim int) *Permutation {
	index := make([]int, dim)
	for j := range index {
		index[j] = dim - 1 - j
	}
	return NewPermutation(index)
}

// Forward records the reordering.
func (p *Permutation) Forward(pass Pass, x ad.Value) (z, logDet ad.Value) {
	return pass.Tape.Permute(x, p.index), ad.Value{}
}

// Inverse records the reordering back.
func (p *Permutation) Inverse(pass Pass, z ad.Value) (x, logDet ad.Value) {
	return pass.Tape.Permute(z, p.inverse), ad.Value{}
}

// Params returns nothing.
func (p *Permutation) Params() []*ad.Param { return nil }

// Shapes returns vectors.
func (p *Permutation) Shapes() (data, latent Shape) {
	return Vector(len(p.index)), Vector(len(p.index))
}

// ShuffleKind is the layer "shuffle" of descriptions.
func ShuffleKind() Kind {
	return Kind{
		Name:    "shuffle",
		Summary: "Reorders the columns at random, the same way in every flow of that many columns.",
		Settings: []setting.Setting{
			{Name: "every", Type: setting.Int, Default: 1, Min: 1, Max: 64, Meaning: "only the last of so many shuffles of the flow reorders; the others leave the columns alone"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			if p.Dim > 2 && (p.Number+1)%s.Int("every") == 0 {
				return Shuffle(p.Dim, p.Number), nil
			}
			// Of two columns one order is as good as the other for layers that take turns.
			identity := make([]int, p.Dim)
			for j := range identity {
				identity[j] = j
			}
			return NewPermutation(identity), nil
		},
	}
}

// ReverseKind is the layer "reverse" of descriptions.
func ReverseKind() Kind {
	return Kind{
		Name:    "reverse",
		Summary: "Reverses the order of the columns.",
		Build:   func(p Place, _ setting.Values) (Bijector, error) { return Reverse(p.Dim), nil },
	}
}
