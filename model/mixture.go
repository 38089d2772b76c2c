package model

import "flowcert/density"

// Mixture is a mixture of full-covariance Gaussians fitted by EM.
func Mixture() Entry {
	return Entry{
		Name:    "mixture",
		Title:   "Gaussian mixture",
		Family:  "mixture",
		Summary: "Several bell-shaped clouds, each with its own place, width, tilt and weight.",
		Settings: []Setting{
			{Name: "components", Type: "int", Default: 8, Min: 1, Max: 1000, Meaning: "number of Gaussians"},
			{Name: "starts", Type: "int", Default: 3, Min: 1, Max: 100, Meaning: "how often to start from other centres; the best on the validation rows is kept"},
			{Name: "iterations", Type: "int", Default: 200, Min: 1, Max: 100_000, Meaning: "largest number of EM steps of a start"},
			{Name: "floor", Type: "float", Default: 1e-6, Min: 1e-12, Max: 1, Meaning: "added to every variance, in units of the columns' own variances"},
		},
		Fitter: func(_ int, s Settings) (density.Fitter, error) {
			return density.Standardise(density.MixtureFitter{
				Components: s.Int("components"),
				Starts:     s.Int("starts"),
				Iterations: s.Int("iterations"),
				Floor:      s.Float("floor"),
			}), nil
		},
		Restore: func(dim int, s Settings, tensors []density.Tensor) (density.Model, error) {
			return density.RestoreStandardised(dim, tensors, func(rest []density.Tensor) (density.Model, error) {
				return density.RestoreMixture(dim, s.Int("components"), rest)
			})
		},
	}
}
