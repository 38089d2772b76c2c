package model

import (
	"flowcert/density"
	"flowcert/setting"
)

// Mixture is a mixture of full-covariance Gaussians fitted by EM.
func Mixture() Entry {
	return Entry{
		Name:    "mixture",
		Title:   "Gaussian mixture",
		Family:  "mixture",
		Summary: "Several bell-shaped clouds, each with its own place, width, tilt and weight.",
		Settings: []setting.Setting{
			{Name: "components", Type: "int", Default: 0, Min: 0, Max: 1000, Meaning: "number of Gaussians; 0 means the one of 1, 2, 4, 8 and 16 that scores the validation rows best"},
			{Name: "starts", Type: "int", Default: 2, Min: 1, Max: 100, Meaning: "how often to start from other centres, for each number; the best on the validation rows is kept"},
			{Name: "iterations", Type: "int", Default: 100, Min: 1, Max: 100_000, Meaning: "largest number of EM steps of a start"},
			{Name: "floor", Type: "float", Default: 1e-6, Min: 1e-12, Max: 1, Meaning: "added to every variance, in units of the columns' own variances"},
		},
		Fitter: func(s setting.Values) density.Fitter {
			components := []int{s.Int("components")}
			if components[0] == 0 {
				components = []int{1, 2, 4, 8, 16}
			}
			return density.Standardise(density.MixtureFitter{
				Components: components,
				Starts:     s.Int("starts"),
				Iterations: s.Int("iterations"),
				Floor:      s.Float("floor"),
			})
		},
		Restore: func(dim, _ int, s setting.Values, tensors []density.Tensor) (density.Model, error) {
			return density.RestoreStandardised(dim, tensors, func(rest []density.Tensor) (density.Model, error) {
				return density.RestoreMixture(dim, s.Int("components"), rest)
			})
		},
	}
}
