package data

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
)

// rule returns the places and weights of 8 Gauss-Legendre nodes in each of the panels
// that [lo, hi] is cut into.
func rule(panels int, lo, hi float64) (x, weights []float64) {
	ends := floats.Span(make([]float64, panels+1), lo, hi)
	for p := range panels {
		u, w := make([]float64, 8), make([]float64, 8)
		quad.Legendre{}.FixedLocations(u, w, ends[p], ends[p+1])
		x, weights = append(x, u...), append(weights, w...)
	}
	return x, weights
}

// axisByQuadrature returns the log-density of a normal number plus a uniform one from 0
// to width, by a rule on [0, 1] over those of the uniform numbers that are within 40
// nats.
func axisByQuadrature(nodes, weights []float64, d, width, sigma float64) float64 {
	lo, hi := 0.0, width
	if d < 0 {
		hi = min(hi, 40*sigma*sigma/-d)
	} else if d > width {
		lo = max(lo, width-40*sigma*sigma/(d-width))
	}
	least := min(math.Abs(d-lo), math.Abs(d-hi))
	var sum float64
	for i, node := range nodes {
		z := d - lo - (hi-lo)*node
		sum += weights[i] * math.Exp((least*least-z*z)/(2*sigma*sigma))
	}
	return math.Log(sum*(hi-lo)/width) - least*least/(2*sigma*sigma) - math.Log(2*math.Pi*sigma*sigma)/2
}

// The densities of the sets on curves are compared with the integrals of their
// definitions over many more nodes, and the two spirals' over the uniform numbers too.
func TestCurvesAgreeWithQuadrature(t *testing.T) {
	t.Parallel()
	roll, rollWeights := rule(1000, 1.5*math.Pi, 4.5*math.Pi)
	spiral, spiralWeights := rule(1000, 0, 1) // the root of the uniform number
	offset, offsetWeights := rule(5, 0, 1)
	for _, c := range []struct {
		set  Set
		side float64 // of the cells at whose corners they are compared
		want func(x, y float64) float64
	}{
		{SwissRoll(), 1.3, func(x, y float64) float64 {
			logs := make([]float64, len(roll))
			for i, a := range roll {
				u, v := x-a*math.Cos(a)/5, y-a*math.Sin(a)/5
				logs[i] = math.Log(rollWeights[i]/(3*math.Pi)) - (u*u+v*v)/(2*0.2*0.2)
			}
			return floats.LogSumExp(logs) - math.Log(2*math.Pi*0.2*0.2)
		}},
		{TwoSpirals(), 1.9, func(x, y float64) float64 {
			var logs []float64
			for i, root := range spiral {
				a := 3 * math.Pi * root
				for _, sign := range []float64{1, -1} {
					u, v := sign*x+a*math.Cos(a)/3, sign*y-a*math.Sin(a)/3
					logs = append(logs, math.Log(root*spiralWeights[i])+
						axisByQuadrature(offset, offsetWeights, u, 1.0/6, 0.1)+
						axisByQuadrature(offset, offsetWeights, v, 1.0/6, 0.1))
				}
			}
			return floats.LogSumExp(logs)
		}},
	} {
		for _, far := range []float64{1, 10, 1000} {
			for i := range 25 {
				if far > 1 && i%6 != 0 {
					continue // the diagonal is enough
				}
				x := []float64{far * c.side * float64(i%5-2), far * c.side * (float64(i/5-2) + 0.1)}
				got, want := c.set.(synthetic).logDensity(x), c.want(x[0], x[1])
				// What newCurve promises.
				tolerance := 1e-8
				if want < -700 {
					tolerance = 1e-5 * -want
				}
				if !(math.Abs(got-want) <= tolerance) {
					t.Errorf("%s at %v: log-density %v, by quadrature %v (%g apart)", c.set.Info().Name, x, got, want, got-want)
				}
			}
		}
	}
}
