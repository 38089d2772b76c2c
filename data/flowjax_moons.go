package data

// FlowJAXMoons returns two half rings with Gaussian noise in the form of FlowJAX's
// two_moons with noise 0.2. Its half rings end at one height, while those of Moons
// reach into each other.
func FlowJAXMoons() Set {
	return halfRings(
		Info{
			Name:    "flowjax-moons",
			Title:   "Two moons of FlowJAX",
			Source:  "FlowJAX, D. Ward, https://github.com/danielward27/flowjax",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule.
			Entropy: &Entropy{Nats: 2.39571693503},
		},
		[2]float64{-1, 0}, [2]float64{1, 0})
}
