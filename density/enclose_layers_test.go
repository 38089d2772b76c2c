package density_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/density"
	"flowcert/internal/numeric"
	"flowcert/internal/taylor"
)

// TestEnclosuresContainJacobians compares with numeric Jacobians at points of boxes.
func TestEnclosuresContainJacobians(t *testing.T) {
	// Differences over 1e-5 are off by 1e-10 times third derivatives, some thousand here,
	// and second derivatives jump at knots and first ones at rectifiers' corners.
	const step, tolerance = 1e-5, 1e-4
	for _, dim := range []int{1, 2, 3} {
		for name, f := range enclosed(dim) {
			e, err := f.Layers()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			r := rand.New(rand.NewPCG(uint64(dim), 2))
			narrow, j := 0, make([]taylor.Model, dim*dim)
			for trial := range 60 {
				size := []float64{1e-3, 0.02, 0.2}[trial%3]
				centre, half := make([]float64, dim), make([]float64, dim)
				for i := range centre {
					centre[i], half[i] = 1.5*r.NormFloat64(), size*(0.1+r.Float64())
				}
				jacobian(e, j, centre, half)
				const points = 6
				x, d := mat.NewDense(points, dim, nil), mat.NewDense(points, 3, nil)
				for i := range points {
					for k := range dim {
						d.Set(i, k, 1.8*r.Float64()-0.9)
						x.Set(i, k, centre[k]+half[k]*d.At(i, k))
					}
				}
				steps := make([]float64, dim)
				for k := range steps {
					steps[k] = step
				}
				jacobians, err := numeric.Jacobians(func(x *mat.Dense) (*mat.Dense, error) {
					z, _, err := f.Encode(x, density.Options{})
					return z, err
				}, x, steps)
				if err != nil {
					t.Fatal(err)
				}
				for k := range j {
					if !j[k].Known() {
						continue
					}
					if j[k].Radius < 0.01 {
						narrow++
					}
					for i, numeric := range jacobians {
						v := numeric.At(k/dim, k%dim)
						if off := math.Abs(v - quadratic(j[k].C, d.RawRowView(i))); !(off <= j[k].Radius+tolerance*max(1, math.Abs(v))) {
							t.Fatalf("%s, %d dimensions, half %v: derivative %d, %v at %v, is off by %v, the radius is %v", name, dim, half, k, v, x.RawRowView(i), off, j[k].Radius)
						}
					}
				}
			}
			if narrow < 20*dim {
				t.Errorf("vacuous: %s, %d dimensions, has %d narrow enclosures", name, dim, narrow)
			}
		}
	}
}

// jacobian sets j to the Jacobian of all layers at centre + half d, by the chain rule.
func jacobian(e *density.Layers, j []taylor.Model, centre, half []float64) {
	dim := len(centre)
	x, layer := make([]taylor.Model, dim), make([]taylor.Model, dim*dim)
	for i := range x {
		x[i] = taylor.Variable(i, centre[i], half[i])
		for k := range x {
			j[i*dim+k] = taylor.Constant(0)
		}
		j[i*dim+i] = taylor.Constant(1)
	}
	for i := range e.Len() {
		e.Map(i, x, layer, x)
		var before []taylor.Model
		before = append(before, j...)
		for r := range dim {
			for c := range dim {
				sum := taylor.Constant(0)
				for k := range dim {
					term := taylor.Mul(&layer[r*dim+k], &before[k*dim+c])
					sum = taylor.Add(&sum, &term)
				}
				j[r*dim+c] = sum
			}
		}
	}
}
