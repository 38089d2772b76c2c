package proof

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"flowcert/internal/taylor"
)

// legendre returns P_7(x) and P_6(x) by Bonnet's recurrence.
func legendre(x *big.Float) (seventh, sixth *big.Float) {
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(v) }
	mul := func(a, b *big.Float) *big.Float { return new(big.Float).Mul(a, b) }
	p, q := x, number(1)
	for n := 1.0; n < nodes; n++ { // (n+1) P_{n+1} = (2n+1) x P_n - n P_{n-1}
		next := new(big.Float).Sub(mul(number(2*n+1), mul(x, p)), mul(number(n), q))
		p, q = new(big.Float).Quo(next, number(n+1)), p
	}
	return p, q
}

// TestGaussNodes: between the neighbours of each node P_7 changes its sign, so the node is
// correctly rounded or next to it; the proof of quadrature.mean needs 2^-53, one unit in
// the last place of numbers below 1.
func TestGaussNodes(t *testing.T) {
	x, w := gauss()
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(v) }
	for i, v := range x {
		below, _ := legendre(number(v - 0x1p-53))
		above, _ := legendre(number(v + 0x1p-53))
		if below.Sign()*above.Sign() > 0 {
			t.Errorf("node %d, %v, is off by more than 2^-53", i, v)
		}
		// w = 2 (1 - x^2)/(7 P_6(x))^2, of which half is listed; at the node to within the
		// change over one unit, some 20 2^-53.
		_, sixth := legendre(number(v))
		p, _ := sixth.Float64()
		if want := (1 - v*v) / (49 * p * p); math.Abs(w[i]-want) > 1e-14 {
			t.Errorf("weight %d is %v, want %v", i, w[i], want)
		}
	}
	// Exact weights integrate 1 and x^2 exactly: sums of 1 and 1/3 tell 2^-50.
	one, square := new(big.Float).SetPrec(200), new(big.Float).SetPrec(200)
	for i := range x {
		one.Add(one, number(w[i]))
		square.Add(square, new(big.Float).Mul(number(w[i]), new(big.Float).Mul(number(x[i]), number(x[i]))))
	}
	if a, _ := one.Float64(); math.Abs(a-1) > 0x1p-52 {
		t.Errorf("the weights sum to %v", a)
	}
	if b, _ := square.Float64(); math.Abs(b-1.0/3) > 0x1p-52 {
		t.Errorf("x^2 has the mean %v", b)
	}
}

// TestMean compares with a midpoint rule, whose error is far below the widths here.
func TestMean(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, dim := range []int{1, 2, 3} {
		q := newQuadrature(dim)
		for trial := range 60 {
			var m taylor.Model
			size := []float64{1e-6, 0.05, 0.2, 0.6}[trial%4]
			for k := range m.C {
				if dim == 3 || k < 6 && dim == 2 || k == 0 || k == 1 || k == 3 {
					m.C[k] = size * r.NormFloat64() / float64(dim)
				}
			}
			m.C[0] = r.NormFloat64()
			got := q.mean(&m)
			const steps = 40
			want, count := 0.0, int(math.Pow(steps, float64(dim)))
			for k := range count {
				var d [3]float64
				for i := range dim {
					d[i] = (float64(k%steps)+0.5)/steps*2 - 1
					k /= steps
				}
				x, y, z := d[0], d[1], d[2]
				c := m.C
				want += math.Exp(c[0]+c[1]*x+c[2]*y+c[3]*x*x+c[4]*x*y+c[5]*y*y+c[6]*z+c[7]*x*z+c[8]*y*z+c[9]*z*z) / float64(count)
			}
			// The midpoint rule is off by h^2/24 times the second derivative, at most 10.
			if slack := 1e-3 * size * want; !(got.Lo <= want+slack && want-slack <= got.Hi) {
				t.Errorf("%d dimensions: mean %v is not in %v", dim, want, got)
			}
			if size <= 0.05 && got.Width() > 1e-7*want {
				t.Errorf("%d dimensions: %v is wide for terms of %v", dim, got, size)
			}
		}
	}
	unknown := taylor.Unknown()
	if i := newQuadrature(2).mean(&unknown); i.Lo != 0 || !math.IsInf(i.Hi, 1) {
		t.Errorf("nothing known: %v", i)
	}
}
