package data

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// ringByQuadrature integrates the definition over angles from 0 to end, without polar
// coordinates or cuts, over panels so many that the exponent changes by at most 1 in
// each.
func ringByQuadrature(x, y, radius, sigma, end float64) float64 {
	nodes, weights := make([]float64, 8), make([]float64, 8)
	quad.Legendre{}.FixedLocations(nodes, weights, 0, 1)
	panels := 100 + int(end*math.Hypot(x, y)*radius/(sigma*sigma))
	var logs []float64
	for p := range panels {
		for i, node := range nodes {
			sin, cos := math.Sincos(end * (float64(p) + node) / float64(panels))
			dx, dy := x-radius*cos, y-radius*sin
			logs = append(logs, math.Log(weights[i]/float64(panels))-(dx*dx+dy*dy)/(2*sigma*sigma))
		}
	}
	return floats.LogSumExp(logs) - math.Log(2*math.Pi*sigma*sigma)
}

func TestRingAgreesWithQuadrature(t *testing.T) {
	t.Parallel()
	const radius, sigma = 2, 0.2
	ring := newRing(radius, sigma)
	agree := func(part string, r, phi, got, want float64) {
		// An error e of the logarithm is a relative error e of the density;
		// a logarithm of size l is itself rounded to about l times 1e-15.
		if tolerance := 1e-11 + 2e-15*math.Abs(want); !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s at r = %v, phi = %v: log-density %v, by quadrature %v (%g apart)", part, r, phi, got, want, got-want)
		}
	}
	for _, r := range []float64{0, 1e-9, 0.01, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 100, 1000} {
		step := 0.23
		if r > 10 {
			step = 1.1 // the quadrature takes its time
		}
		for _, phi := range append(floats.Span(make([]float64, int(2*math.Pi/step)), -math.Pi, math.Pi), 0, 1e-7, -1e-7, math.Pi-1e-7, 1e-7-math.Pi) {
			x, y := r*math.Cos(phi), r*math.Sin(phi)
			agree("half", r, phi, ring.logHalf(x, y), ringByQuadrature(x, y, radius, sigma, math.Pi))
		}
		const phi = 2.3
		x, y := r*math.Cos(phi), r*math.Sin(phi)
		agree("whole", r, phi, ring.logWhole(x, y), ringByQuadrature(x, y, radius, sigma, 2*math.Pi))
	}
}
