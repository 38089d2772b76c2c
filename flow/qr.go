package flow

import "flowcert/setting"

// NewQR returns the map z = Q (R x + bias) of dim columns: an upper triangular matrix
// R with diagonal e^s (see Triangular) and an orthogonal Q, a product of reflections
// (see Householder; Hoogeboom, van den Berg and Welling, Emerging Convolutions, 2019).
// It is invertible whatever the parameters; its log-det is the sum of s. With
// an even number of reflections it starts as the identity. Both directions cost
// D(D-1)/2 multiply-adds and about 4D per reflection.
func NewQR(name string, seed uint64, dim, reflections int, bound float64) *Chain {
	return NewChain(
		NewTriangular(name+".triangular", dim, true, bound),
		NewHouseholder(name+".orthogonal", seed, dim, reflections),
	)
}

// QRKind is the layer "qr" of descriptions.
func QRKind() Kind {
	return Kind{
		Name:    "qr",
		Summary: "Multiplies the point by a learned matrix, kept as the product of an orthogonal and a triangular one.",
		Settings: []setting.Setting{
			reflectionsSetting(),
			{Name: "log_scale_bound", Type: setting.Float, Default: 3.0, Min: 0.1, Max: 20, Meaning: "bound of the diagonal's logarithm"},
		},
		Build: func(p Place, s setting.Values) (Bijector, error) {
			return NewQR(p.Name, p.Seed, p.Dim, s.Int("reflections"), s.Float("log_scale_bound")), nil
		},
	}
}
