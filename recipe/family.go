package recipe

import "strings"

// Family names what the flow is made of, such as "affine coupling flow". Layers that
// only reorder the columns do not count. What theorems say of flows, which is found by
// this name, does not hold for mixtures of them, nor where the base's density is an
// estimate.
func (f *Flow) Family() string {
	switch {
	case f.Flows > 1:
		return "mixture of flows"
	case f.Base.Kind == "resampled":
		return f.chain() + " with a resampled base"
	}
	return f.chain()
}

func (f *Flow) chain() string {
	var parts []string
	seen := map[string]bool{"shuffle": true, "reverse": true}
	var walk func(layers []Layer)
	walk = func(layers []Layer) {
		for _, l := range layers {
			walk(l.Layers)
			if name := l.family(); name != "" && !seen[name] {
				seen[name] = true
				parts = append(parts, name)
			}
		}
	}
	walk(f.Layers)
	switch len(parts) {
	case 0:
		return "permutation flow"
	case 1, 2:
		return strings.Join(parts, " and ") + " flow"
	}
	return "composed flow"
}

func (l Layer) family() string {
	switch {
	case l.Layers != nil:
		return ""
	case l.Transform == nil:
		return l.Kind
	case l.Transform.Kind == "rational-quadratic": // the name that theorems know
		return "spline " + l.Kind
	}
	return l.Transform.Kind + " " + l.Kind
}
