package density_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/flow"
	"flowcert/nn"
)

// enclosed returns flows of random weights, by name.
func enclosed(dim int) map[string]*density.Flow {
	network := func(activation string, in, out int) nn.Conditioner {
		return nn.Architecture{Hidden: []int{7, 5}, Activation: activation}.Conditioner("c", 1, in, out)
	}
	couplings := func(e flow.Elementwise, activation string) []flow.Bijector {
		var layers []flow.Bijector
		for _, first := range []bool{false, true} {
			in, out := flow.CouplingWidths(dim, first, e)
			layers = append(layers, flow.NewCoupling(dim, first, e, network(activation, in, out)))
		}
		return layers
	}
	masked := func(e flow.Elementwise) flow.Bijector {
		return flow.NewAutoregressive(dim, e, nn.Architecture{Hidden: []int{6, 5}}.Masked("a", 1, dim, 0, e.Params()))
	}
	affine, rational := flow.Affine{Bound: 3}, flow.RationalQuadratic{Bins: 5, Bound: 2}
	linear, quadratic, cubic := flow.LinearSpline{Bins: 5, Bound: 2}, flow.QuadraticSpline{Bins: 5, Bound: 2}, flow.CubicSpline{Bins: 5, Bound: 2}
	linearRational, circular := flow.LinearRational{Bins: 4, Bound: 2}, flow.CircularSpline{Bins: 4, Bound: 2}
	flows := map[string]*density.Flow{}
	for name, layers := range map[string][]flow.Bijector{
		"affine, tanh":            couplings(affine, "tanh"),
		"affine, rectifiers":      couplings(affine, "relu"),
		"spline, silu":            couplings(rational, "silu"),
		"spline, tanh":            couplings(rational, "tanh"),
		"masked affine":           {masked(affine), flow.Reverse(dim), masked(affine)},
		"masked spline":           {masked(rational)},
		"marginal spline":         {flow.NewMarginal("m", dim, rational)},
		"inverse masked affine":   {flow.Invert(masked(affine))},
		"inverse marginal spline": {flow.Invert(flow.NewMarginal("m", dim, rational))},
		"inverse spline":          {flow.Invert(couplings(rational, "tanh")[0]), flow.Invert(couplings(rational, "tanh")[1])},
		"linear spline":           couplings(linear, "tanh"),
		"quadratic spline":        couplings(quadratic, "tanh"),
		"cubic spline":            {masked(cubic)},
		"linear rational":         couplings(linearRational, "tanh"),
		"circular spline":         {masked(circular)},
		"inverse quadratic":       {flow.Invert(flow.NewMarginal("m", dim, quadratic))},
		"inverse rational":        {flow.Invert(masked(linearRational))},
		"mixture CDF":             {masked(flow.MixtureCDF{Components: 3, Bound: 2}), flow.NewHouseholder("h", 1, dim, dim), flow.NewMarginal("m", dim, flow.MixtureCDF{Components: 2, Bound: 2})},
		"sigmoidal":               {masked(flow.DeepSigmoidal{Units: 3, Layers: 2})},
		"sylvester":               {flow.NewSylvester("s", 1, dim, min(dim, 2), nil), flow.NewHouseholder("h", 1, dim, 2)},
	} {
		r := rand.New(rand.NewPCG(7, 1))
		chain := flow.NewChain(layers...)
		for _, p := range chain.Params() {
			for i := range p.Data {
				p.Data[i] = float32(0.7 * r.NormFloat64())
			}
		}
		var base flow.Base = flow.Normal{}
		if name == "marginal spline" {
			base = flow.NewStudent(dim, 3)
		}
		flows[name] = density.NewFlow(flow.Distribution{Base: base, Bijector: chain})
	}
	return flows
}

// enclosable returns all densities that are tried, by name.
func enclosable(t *testing.T, dim int) map[string]density.Model {
	models := map[string]density.Model{}
	for name, f := range enclosed(dim) {
		models[name] = f
	}
	r := rand.New(rand.NewPCG(8, 1))
	normal := func() (mean []float64, covariance *mat.SymDense) {
		factor := mat.NewTriDense(dim, mat.Lower, nil)
		for i := range dim {
			mean = append(mean, r.NormFloat64())
			for j := range i {
				factor.SetTri(i, j, r.NormFloat64())
			}
			factor.SetTri(i, i, 0.5+r.Float64())
		}
		covariance = mat.NewSymDense(dim, nil)
		covariance.SymOuterK(1, factor)
		return mean, covariance
	}
	gaussian, err := density.NewGaussian(normal())
	if err != nil {
		t.Fatal(err)
	}
	models["gaussian"] = gaussian
	weights, means, covariances := []float64{0.25, 0, 0.5, 0.25}, make([][]float64, 4), make([]*mat.SymDense, 4)
	for k := range weights {
		means[k], covariances[k] = normal()
	}
	mixture, err := density.NewMixture(weights, means, covariances)
	if err != nil {
		t.Fatal(err)
	}
	models["mixture"] = mixture
	models["mixture of flows"] = density.NewFlowMixture(flow.NewMixture("mix",
		flow.Distribution{Base: flow.NewGaussianMixture("b", 1, dim, 3, 0.5), Bijector: flow.NewPlanar("p", 1, dim, nil)},
		flow.Distribution{Base: flow.Normal{}, Bijector: flow.NewPlanar("q", 1, dim, nil)}))
	return models
}

// TestEnclosuresContainLogDensities compares enclosures on boxes of several sizes with
// log-densities in float64 at points of the boxes, corners among them.
func TestEnclosuresContainLogDensities(t *testing.T) {
	// What float64 may be off by: some thousand roundings of numbers of about 10.
	const tolerance = 1e-11
	for _, dim := range []int{1, 2, 3} {
		for name, f := range enclosable(t, dim) {
			e, err := f.(density.Enclosable).Enclosure()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			r := rand.New(rand.NewPCG(uint64(dim), 1))
			narrow := 0
			for trial := range 200 {
				size := []float64{0, 1e-6, 1e-3, 0.02, 0.3}[trial%5]
				centre, half := make([]float64, dim), make([]float64, dim)
				for i := range centre {
					centre[i], half[i] = 1.5*r.NormFloat64(), size*r.Float64()
				}
				model := e.Enclose(centre, half)
				if !model.Known() {
					continue
				}
				if model.Radius < 0.01 {
					narrow++
				}
				const points = 20
				x, d := mat.NewDense(points, dim, nil), mat.NewDense(points, 3, nil)
				for i := range points {
					for j := range dim {
						d.Set(i, j, max(-1, min(1, 2.6*r.Float64()-1.3)))
						x.Set(i, j, centre[j]+half[j]*d.At(i, j))
					}
				}
				scores, err := f.LogDensity(x, density.Options{})
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range scores.LogDensity {
					if off := math.Abs(v - quadratic(model.C, d.RawRowView(i))); !(off <= model.Radius+tolerance*max(1, math.Abs(v))) {
						t.Fatalf("%s, %d dimensions, half %v: %v at %v is off by %v, the radius is %v", name, dim, half, v, x.RawRowView(i), off, model.Radius)
					}
				}
			}
			if narrow < 100 {
				t.Errorf("vacuous: %s has %d narrow enclosures", name, narrow)
			}
		}
	}
}

// TestStudentAroundZero: the logarithm of the size of a code, of which the density is made,
// has no bound there.
func TestStudentAroundZero(t *testing.T) {
	e, err := density.NewFlow(flow.Distribution{Base: flow.NewStudent(2, 3), Bijector: flow.Reverse(2)}).Enclosure()
	if err != nil {
		t.Fatal(err)
	}
	if m := e.Enclose([]float64{0, 0.5}, []float64{0.01, 0.01}); !(m.Radius < 1e-3) {
		t.Errorf("the radius is %v", m.Radius)
	}
}

// quadratic evaluates a polynomial of package taylor.
func quadratic(c [10]float64, d []float64) float64 {
	x, y, z := d[0], d[1], d[2]
	return c[0] + c[1]*x + c[2]*y + c[3]*x*x + c[4]*x*y + c[5]*y*y + c[6]*z + c[7]*x*z + c[8]*y*z + c[9]*z*z
}

func TestNoEnclosure(t *testing.T) {
	marginal := func(dim int) flow.Bijector { return flow.NewMarginal("m", dim, flow.Affine{Bound: 3}) }
	for reason, d := range map[string]flow.Distribution{
		"condition":        {Base: flow.Normal{}, Bijector: marginal(2), Condition: 1},
		"three dimensions": {Base: flow.Normal{}, Bijector: marginal(4)},
		"\"mixture CDF inverse\" cannot be enclosed": {Base: flow.Normal{},
			Bijector: flow.Invert(flow.NewMarginal("m", 1, flow.MixtureCDF{Components: 3, Bound: 2}))},
	} {
		if _, err := density.NewFlow(d).Enclosure(); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("got %v, want %q", err, reason)
		}
	}
}
