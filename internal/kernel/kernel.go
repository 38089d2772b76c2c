// Package kernel holds the arithmetic that everything else is made of: dense
// layers, elementary functions, splines and the optimiser's update, over values
// stored as feature-major panels of rows.
//
// Every operation exists in portable Go; on processors that allow it the float32
// ones run in assembly, tested to agree.
package kernel

//go:generate go run ./gen

// Float is the types that programs are evaluated in.
type Float interface{ float32 | float64 }

// Lanes is the number of rows in a panel.
const Lanes = 16

// Block is a view of rows x columns values: column c of panel p is
// Data[p*Stride+c*Lanes:][:Lanes]. Lanes beyond the last row are padding; they
// are computed like the others.
type Block[T Float] struct {
	Data   []T
	Cols   int
	Stride int
	Panels int
}

// Panel returns the Cols*Lanes contiguous values of panel p.
func (b Block[T]) Panel(p int) []T {
	return b.Data[p*b.Stride : p*b.Stride+b.Cols*Lanes]
}

// Activation is the function that Dense applies to its sums.
type Activation uint8

// The activations: x itself, the greater of x and 0, and the hyperbolic tangent.
const (
	Identity Activation = iota
	ReLU
	Tanh
)

// String returns the activation's name in lower case.
func (a Activation) String() string {
	return [...]string{"identity", "relu", "tanh"}[a]
}
