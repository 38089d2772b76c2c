package densitytest

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
)

// located is a Gaussian moved by twice the condition's only column.
type located struct{ *density.Gaussian }

func (located) ConditionDim() int { return 1 }

// moved returns the rows moved by the condition.
func moved(x *mat.Dense, o density.Options, sign float64) (*mat.Dense, density.Options, error) {
	rows, _ := x.Dims()
	c := o.Condition
	o.Condition = nil
	if c == nil {
		return nil, o, errors.New("no condition")
	}
	n, columns := c.Dims()
	if columns != 1 || n != 1 && n != rows {
		return nil, o, errors.New("a condition that does not fit")
	}
	y := mat.DenseCopyOf(x)
	y.Apply(func(i, _ int, v float64) float64 { return v + 2*sign*c.At(min(i, n-1), 0) }, y)
	return y, o, nil
}

func (l located) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	y, o, err := moved(x, o, -1)
	if err != nil {
		return density.Scores{}, err
	}
	return l.Gaussian.LogDensity(y, o)
}

func (l located) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	y, err := l.Gaussian.Sample(n, seed, density.Options{})
	if err != nil {
		return nil, err
	}
	x, _, err := moved(y, o, 1)
	return x, err
}

func (l located) Encode(x *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	y, o, err := moved(x, o, -1)
	if err != nil {
		return nil, nil, err
	}
	return l.Gaussian.Encode(y, o)
}

func (l located) Decode(z *mat.Dense, o density.Options) (*mat.Dense, []float64, error) {
	if _, _, err := moved(z, o, 1); err != nil {
		return nil, nil, err
	}
	y, logDet, err := l.Gaussian.Decode(z, density.Options{})
	if err != nil {
		return nil, nil, err
	}
	x, _, err := moved(y, o, 1)
	return x, logDet, err
}

func TestConditionalModelPasses(t *testing.T) {
	TestConditional(t, located{gaussian(t, []float64{1, 0}, 3, 1, 1, 2)})
}

// deaf ignores its condition, and lax takes any.
type deaf struct{ located }

func (d deaf) LogDensity(x *mat.Dense, o density.Options) (density.Scores, error) {
	if o.Condition != nil {
		o.Condition = mat.NewDense(1, 1, nil)
	}
	return d.located.LogDensity(x, o)
}

type lax struct{ located }

func (l lax) Sample(n int, seed uint64, o density.Options) (*mat.Dense, error) {
	if o.Condition == nil {
		o.Condition = mat.NewDense(1, 1, nil)
	}
	return l.located.Sample(n, seed, o)
}

func TestConditionLawNamesTheFault(t *testing.T) {
	m := located{gaussian(t, []float64{1, 0}, 3, 1, 1, 2)}
	for want, faulty := range map[string]density.Model{
		"the same under all conditions": deaf{m},
		"sample accepts no condition":   lax{m},
	} {
		if err := checkCondition(faulty); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// wide says that its codes, which are standard normal, have the deviation 2.
type wide struct{ *density.Gaussian }

func (wide) BaseLogDensity(z *mat.Dense, _ density.Options) ([]float64, error) {
	rows, dim := z.Dims()
	l := make([]float64, rows)
	for i := range l {
		for _, v := range z.RawRowView(i) {
			l[i] -= v * v / 8
		}
		l[i] -= float64(dim) * math.Log(8*math.Pi) / 2
	}
	return l, nil
}

// TestWrongBaseIsSeen: a base that the codes do not follow is named by both laws that
// rest on it.
func TestWrongBaseIsSeen(t *testing.T) {
	err := Check(wide{gaussian(t, []float64{1, 0}, 3, 1, 1, 2)})
	for _, want := range []string{"latent codes: ", "change of variables: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "integral: ") {
		t.Errorf("%v, although the density itself is right", err)
	}
}
