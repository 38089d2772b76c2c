package data

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// halfRingByQuadrature integrates the definition, without polar coordinates or
// cuts, over panels so many that the exponent changes by at most 1 in each.
func halfRingByQuadrature(x, y, radius, sigma float64) float64 {
	nodes, weights := make([]float64, 8), make([]float64, 8)
	quad.Legendre{}.FixedLocations(nodes, weights, 0, 1)
	panels := 100 + int(math.Pi*math.Hypot(x, y)*radius/(sigma*sigma))
	var logs []float64
	for p := range panels {
		for i, node := range nodes {
			sin, cos := math.Sincos(math.Pi * (float64(p) + node) / float64(panels))
			dx, dy := x-radius*cos, y-radius*sin
			logs = append(logs, math.Log(weights[i]/float64(panels))-(dx*dx+dy*dy)/(2*sigma*sigma))
		}
	}
	return floats.LogSumExp(logs) - math.Log(2*math.Pi*sigma*sigma)
}

func TestHalfRingAgreesWithQuadrature(t *testing.T) {
	const radius, sigma = 2, 0.2
	ring := newHalfRing(radius, sigma)
	for _, r := range []float64{0, 1e-9, 0.01, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 100, 1000} {
		step := 0.23
		if r > 10 {
			step = 1.1 // the quadrature takes its time
		}
		for _, phi := range append(floats.Span(make([]float64, int(2*math.Pi/step)), -math.Pi, math.Pi), 0, 1e-7, -1e-7, math.Pi-1e-7, 1e-7-math.Pi) {
			x, y := r*math.Cos(phi), r*math.Sin(phi)
			got, want := ring.logDensity(x, y), halfRingByQuadrature(x, y, radius, sigma)
			// An error e of the logarithm is a relative error e of the density;
			// a logarithm of size l is itself rounded to about l times 1e-15.
			if tolerance := 1e-11 + 2e-15*math.Abs(want); !(math.Abs(got-want) <= tolerance) {
				t.Errorf("r = %v, phi = %v: log-density %v, by quadrature %v (%g apart)", r, phi, got, want, got-want)
			}
		}
	}
}

// TestTruthsFarAway asks for points where exponentials, and at last squares,
// leave the range of float64.
func TestTruthsFarAway(t *testing.T) {
	for _, s := range generators() {
		last := 0.0
		for _, far := range []float64{1e1, 1e3, 1e8, 1e20, 1e100, 1e160, 1e300, math.MaxFloat64} {
			for _, x := range [][]float64{{far, 0}, {-far, 0}, {0, far}, {0, -far}, {far, far}, {-far, -far}} {
				l := s.logDensity(x)
				if math.IsNaN(l) || l > last {
					t.Errorf("%s at %v: log-density %v, nearer in it was %v", s.info.Name, x, l, last)
				}
				if zero := far > 1e150 || s.info.Name == "checkerboard"; math.IsInf(l, -1) != zero {
					t.Errorf("%s at %v: log-density %v, want -Inf: %v", s.info.Name, x, l, zero)
				}
			}
			last = s.logDensity([]float64{far, 0})
		}
	}
}
