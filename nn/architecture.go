package nn

// Architecture is the form of a conditioner network, whatever it is used for.
type Architecture struct {
	// Hidden are the widths of the hidden layers.
	Hidden []int
}

// Conditioner returns a network of in inputs and out outputs.
func (a Architecture) Conditioner(name string, seed uint64, in, out int) Conditioner {
	return NewMLP(name, seed, in, a.Hidden, out)
}

// Masked returns a network whose group i of outputs depends on the condition's
// columns and the first i inputs alone.
func (a Architecture) Masked(name string, seed uint64, dim, condition, groupSize int) *MADE {
	return NewMADE(name, seed, dim, condition, a.Hidden, groupSize)
}
