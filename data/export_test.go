package data

// Generators returns the names of the sets that are held to the laws of a true density.
func Generators() []string {
	var names []string
	for _, g := range generators() {
		names = append(names, g.set.Info().Name)
	}
	return names
}
