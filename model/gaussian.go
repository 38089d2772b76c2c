package model

import (
	"flowcert/density"
	"flowcert/setting"
)

// Gaussian is the full-covariance Gaussian: the yardstick of every other model.
func Gaussian() Entry {
	return Entry{
		Name:    "gaussian",
		Title:   "Gaussian",
		Family:  "Gaussian",
		Summary: "One bell-shaped cloud of any width and tilt, computed in one step.",
		Fitter:  func(setting.Values) density.Fitter { return density.GaussianFitter{} },
		Restore: func(dim, _ int, _ setting.Values, tensors []density.Tensor) (density.Model, error) {
			return density.RestoreGaussian(dim, tensors)
		},
	}
}
