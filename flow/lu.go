package flow

import "flowcert/setting"

// NewLU returns the map z = P L (U x + bias) of dim columns: an upper triangular matrix
// U with diagonal e^s (see Triangular), a lower one L with ones on the diagonal, and a
// fixed permutation P, or none if that is nil (the 1 x 1 convolution of Kingma and
// Dhariwal, Glow, 2018, section 3.2, for vectors; Hoogeboom, van den Berg and Welling,
// Emerging Convolutions, 2019). It is invertible whatever the parameters; its log-det
// is the sum of s. It starts as the permutation. Both directions cost D(D-1)
// multiply-adds; the inverse, by substitution, is a sequence of columns.
func NewLU(name string, dim int, permutation *Permutation, bound float64) *Chain {
	layers := []Bijector{NewTriangular(name+".upper", dim, true, bound), newUnitTriangular(name+".lower", dim, false)}
	if permutation != nil {
		layers = append(layers, permutation)
	}
	return NewChain(layers...)
}

// LUKind is the layer "lu" of descriptions.
func LUKind() Kind {
	return Kind{
		Name:    "lu",
		Summary: "Multiplies the point by a learned matrix, kept as the product of two triangular ones and a reordering.",
		Settings: []setting.Setting{
			{Name: "permutation", Type: setting.Word, Default: "shuffle", Choices: []string{"shuffle", "reverse", "none"},
				Meaning: "how the columns are reordered, which is not learned; with none the layer starts as the identity"},
			{Name: "log_scale_bound", Type: setting.Float, Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the diagonal's logarithm"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			var permutation *Permutation
			switch s.Word("permutation") {
			case "shuffle":
				permutation = Shuffle(p.Dim, p.Number)
			case "reverse":
				permutation = Reverse(p.Dim)
			}
			return NewLU(p.Name, p.Dim, permutation, s.Float("log_scale_bound")), nil
		},
	}
}
