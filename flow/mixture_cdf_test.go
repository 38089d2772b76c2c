package flow_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/flow"
	"flowcert/flow/flowtest"
	"flowcert/setting"
)

func marginalMixture(dim, components int) flow.Bijector {
	return flow.NewMarginal("m", dim, flow.MixtureCDF{Components: components, Bound: 3})
}

// gaussianization is a chain of marginal mixtures and rotations.
func gaussianization(dim int) flow.Bijector {
	mixture := flow.MixtureCDF{Components: 3, Bound: 3}
	return flow.NewChain(flow.NewMarginal("a", dim, mixture), flow.NewHouseholder("b", 1, dim, 0), flow.NewMarginal("c", dim, mixture))
}

func TestMixtureLaws(t *testing.T) {
	mixture := flow.MixtureCDF{Components: 3, Bound: 3}
	cases := []struct {
		name     string
		bijector func(dim int) flow.Bijector
	}{
		{"marginal", func(dim int) flow.Bijector { return marginalMixture(dim, 4) }},
		{"single Gaussian", func(dim int) flow.Bijector { return marginalMixture(dim, 1) }},
		{"autoregressive", func(dim int) flow.Bijector { return autoregressive("a", dim, mixture) }},
		{"coupling", func(dim int) flow.Bijector { return coupling("c", dim, true, mixture) }},
		{"gaussianization", gaussianization},
	}
	for _, c := range cases {
		for _, dim := range []int{1, 2, 3, 7} {
			t.Run(fmt.Sprintf("%s/dim=%d", c.name, dim), func(t *testing.T) {
				b := c.bijector(dim)
				if err := flowtest.Check(b, flowtest.Laws{}); c.name != "single Gaussian" && err != nil {
					t.Error(err)
				}
				flowtest.Randomise(b, 2, 0.5)
				flowtest.Test(t, b, flowtest.Laws{})
			})
		}
	}
}

// TestMixtureDensity: with a normal base the density is that of the mixture.
func TestMixtureDensity(t *testing.T) {
	const components = 3
	b := flow.NewMarginal("m", 1, flow.MixtureCDF{Components: components, Bound: 1e9}) // clips nothing
	flowtest.Randomise(b, 4, 1)
	h := b.Params()[0].Data
	// Untrained, the means lie at 0 and 1.5 spreads to either side, with the weights of
	// the normal density, and the variance of the whole is 1.
	mean, side := 1.5*1.7/math.Hypot(1.7, 1.5), math.Exp(-1.5*1.5/2)
	scale := math.Sqrt(1 - mean*mean*2*side/(1+2*side))
	x := normalRows(16, 1, 2)
	z, l, _ := evaluated[float64](b, x, true)
	for i := range l {
		var density, weights float64
		for k, start := range []struct{ mean, weight float64 }{{-mean, side}, {0, 1}, {mean, side}} {
			m := float64(h[k])
			m = m/(1+math.Abs(m)/1000) + start.mean
			s, w := scale*math.Exp(float64(h[components+k])), start.weight*math.Exp(float64(h[2*components+k]))
			u := (x.At(i, 0) - m) / s
			density += w * math.Exp(-u*u/2) / s
			weights += w
		}
		sameNumber(t, "density", l[i]-z.At(i, 0)*z.At(i, 0)/2, math.Log(density/weights))
	}
}

// TestMixtureTails: a mixture of one is a line, however far out, in both precisions.
// Next to the base's log-density of -5e17 the log-derivative would be lost if it were
// taken as the difference of two log-densities.
func TestMixtureTails(t *testing.T) {
	b := marginalMixture(1, 1)
	copy(b.Params()[0].Data, []float32{0.5, -1.5, 7})
	mean, log := 0.5/(1+0.5/1000), -1.0
	for _, u := range []float64{0, 1, -5, 30, -1e3, 1e6, -1e6, 1e9, -1e9} {
		x := mat.NewDense(1, 1, []float64{mean + u*math.Exp(log)})
		z, l, g := evaluated[float64](b, x, true)
		z32, l32, _ := evaluated[float32](b, x, true)
		back, lBack, _ := evaluated[float64](b, z, false)
		sameNumber(t, "image", z.At(0, 0), u)
		sameNumber(t, "log-derivative", l[0], -log)
		sameNumber(t, "inverse", back.At(0, 0), x.At(0, 0))
		sameNumber(t, "inverse's log-derivative", lBack[0], log)
		// The derivatives of the sum of both along the mean, the raw log-scale and x.
		root := 1 / (1 + 0.5/1000)
		sameNumber(t, "derivative along the mean", g[0][0], -math.Exp(-log)*root*root)
		if want := -(u + 1) / 2.25; !(math.Abs(g[0][1]-want) <= 1e-13*(1+math.Abs(want))) {
			t.Errorf("at %v the derivative along the raw log-scale is %v, want %v", u, g[0][1], want)
		}
		sameNumber(t, "derivative along the weight", g[0][2], 0)
		sameNumber(t, "derivative along x", g[1][0], math.Exp(-log))
		if off := math.Abs(z32.At(0, 0) - u); !(off <= 1e-6*max(1, math.Abs(u))) || math.Abs(l32[0]+log) > 1e-6 {
			t.Errorf("in float32, %v becomes %v with log-derivative %v", u, z32.At(0, 0), l32[0])
		}
	}
}

// TestMixtureTailsInFloat32 compares the two precisions far out, where float32 holds no
// digits of differences of log-densities.
func TestMixtureTailsInFloat32(t *testing.T) {
	b := marginalMixture(2, 6)
	flowtest.Randomise(b, 3, 1)
	x := mat.NewDense(5, 2, []float64{1e6, -1e6, -3e4, 2e5, 100, -100, 1e4, 17, 2, -1})
	for _, forward := range []bool{true, false} {
		y, l, _ := evaluated[float64](b, x, forward)
		y32, l32, _ := evaluated[float32](b, x, forward)
		for i := range l {
			for j := range 2 {
				if off := math.Abs(y.At(i, j) - y32.At(i, j)); !(off <= 1e-5*(1+math.Abs(y.At(i, j)))) {
					t.Errorf("forward %v: the images are %v and %v", forward, y.At(i, j), y32.At(i, j))
				}
			}
			if !(math.Abs(l[i]-l32[i]) <= 1e-5) {
				t.Errorf("forward %v: the log-dets are %v and %v", forward, l[i], l32[i])
			}
		}
	}
}

func TestMixtureFarOut(t *testing.T) {
	const dim = 3
	x := mat.NewDense(5, dim, []float64{1e6, 1e6, 1e6, -1e6, -1e6, -1e6, 0, 0, 0, 1e6, 0, -1e6, 1e-30, -1e-30, 1})
	for name, b := range map[string]flow.Bijector{
		"marginal":        marginalMixture(dim, 4),
		"autoregressive":  autoregressive("a", dim, flow.MixtureCDF{Components: 4, Bound: 3}),
		"gaussianization": gaussianization(dim),
	} {
		t.Run(name, func(t *testing.T) {
			noNaN(t, b, x, true)
			for _, deviation := range []float64{0.3, 2, 30} {
				flowtest.Randomise(b, 2, deviation)
				noNaN(t, b, x, true)
			}
		})
	}
	marginal := marginalMixture(dim, 4)
	flowtest.Randomise(marginal, 2, 1e30)
	noNaN(t, marginal, x, true)
}

// TestMixtureGap: between narrow components far apart the density underflows, and its
// logarithm does not.
func TestMixtureGap(t *testing.T) {
	b := marginalMixture(1, 2)
	copy(b.Params()[0].Data, []float32{-60, 60, -6, -6, 0, 0})
	x := mat.NewDense(3, 1, []float64{-20, 0, 20})
	noNaN(t, b, x, true)
	z, l, _ := evaluated[float64](b, x, true)
	for i := range l {
		// log dz/dx is the mixture's log-density less the base's, and z is near 0.
		// Untrained, the means would be at plus and minus one spread.
		spread := 1.7 / math.Hypot(1.7, 2)
		scale := math.Exp(-2) * math.Sqrt(1-spread*spread)
		u := (60/(1+60.0/1000) + spread - math.Abs(x.At(i, 0))) / scale
		want := -u*u/2 - math.Log(2*scale) + z.At(i, 0)*z.At(i, 0)/2
		if x.At(i, 0) == 0 {
			want += math.Log(2) // both components are as far
		}
		if math.Abs(z.At(i, 0)) > 1e-9 || !(math.Abs(l[i]-want) <= 1e-9*math.Abs(want)) {
			t.Errorf("%v becomes %v with log-derivative %v, want %v", x.At(i, 0), z.At(i, 0), l[i], want)
		}
	}
}

// TestMixtureStarts: raw zeros are close to the identity, and no two components have the
// same gradients.
func TestMixtureStarts(t *testing.T) {
	const points, width = 256, 0.05
	x := mat.NewDense(points, 1, nil)
	for i := range points {
		x.Set(i, 0, width*(float64(i)-points/2))
	}
	for _, components := range []int{1, 2, 3, 4, 5, 8, 16, 64} {
		z, l, g := evaluated[float64](marginalMixture(1, components), x, true)
		var divergence float64 // from the standard normal
		for i := range l {
			at, image := x.At(i, 0), z.At(i, 0)
			divergence += width * math.Exp(-at*at/2) / math.Sqrt(2*math.Pi) * (image*image/2 - l[i] - at*at/2)
		}
		most := 1e-3
		if components == 2 {
			most = 5e-3
		}
		if !(divergence < most) || components == 1 && math.Abs(divergence) > 1e-12 {
			t.Errorf("%d components start %v nats from the standard normal", components, divergence)
		}
		for k := range components - 1 {
			if math.Abs(g[0][k]-g[0][k+1]) < 1e-6 {
				t.Errorf("components %d and %d of %d have the same gradient %v", k, k+1, components, g[0][k])
			}
		}
	}
}

func TestMixtureKind(t *testing.T) {
	kind := flow.MixtureCDFKind()
	for _, given := range []map[string]any{nil, {"components": 64, "log_scale_bound": 20}, {"components": 1, "log_scale_bound": 0.1}} {
		s, err := setting.Resolve(kind.Name, kind.Settings, given)
		if err != nil {
			t.Fatal(err)
		}
		e, err := kind.Build(s)
		if err != nil {
			t.Fatal(err)
		}
		b := flow.NewMarginal("m", 2, e)
		flowtest.Randomise(b, 5, 0.5)
		if err := flowtest.Check(b, flowtest.Laws{}); err != nil {
			t.Errorf("%v: %v", given, err)
		}
	}
}
