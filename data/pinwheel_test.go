package data

import (
	"math"
	"testing"

	"flowcert/internal/random"
)

// pinwheelByScan looks for the places that the arms bring to a point by the changes of
// sign along each arm, in steps too short for two, and returns the log-density.
func pinwheelByScan(x, y float64) float64 {
	r, phi := math.Hypot(x, y)/2, math.Atan2(y, x)
	var density float64
	for arm := range 5 {
		angle := func(a float64) float64 { return phi + 2*math.Pi*float64(arm)/5 + math.Exp(a)/4 }
		gap := func(a float64) float64 { return a - r*math.Cos(angle(a)) }
		const steps = 4000
		for i := range steps {
			lo, hi := r*(2*float64(i)/steps-1), r*(2*float64(i+1)/steps-1)
			if (gap(lo) < 0) == (gap(hi) < 0) {
				continue
			}
			below := gap(lo) < 0
			for range 60 {
				if middle := (lo + hi) / 2; (gap(middle) < 0) == below {
					lo = middle
				} else {
					hi = middle
				}
			}
			b := r * math.Sin(angle(lo))
			density += math.Exp(-(lo-1)*(lo-1)/(2*0.09)-b*b/(2*0.01)) / (2 * math.Pi * 0.3 * 0.1) /
				(5 * 4 * math.Abs(1+math.Exp(lo)/4*b))
		}
	}
	return math.Log(density)
}

func TestPinwheelAgreesWithScan(t *testing.T) {
	t.Parallel()
	set := Pinwheel().(synthetic)
	draw := random.New(1, "pinwheel test", 0, 0)
	for i := range 400 {
		r := 7 * float64(i+1) / 400 // arms fold over from 3.4 on
		sin, cos := math.Sincos(2 * math.Pi * draw.Float64())
		x, y := r*cos, r*sin
		got, want := set.logDensity([]float64{x, y}), pinwheelByScan(x, y)
		if !(math.Abs(got-want) <= 1e-8) {
			t.Errorf("(%v, %v): log-density %v, by scan %v (%g apart)", x, y, got, want, got-want)
		}
	}
}

// Where the arms are no longer told apart, the mean over a circle goes on.
func TestPinwheelFarAway(t *testing.T) {
	t.Parallel()
	const n = 500
	var mean float64
	for i := range n {
		mean += math.Exp(pinwheelNear(pinwheelReach, 2*math.Pi*float64(i)/n)) / n
	}
	// To leading order only, and the circle has few points at a fold's edge, where the
	// density has no bound.
	if got, want := pinwheelFar(pinwheelReach), math.Log(mean); math.Abs(got-want) > 0.2 {
		t.Errorf("log-density %v beyond, mean over the circle %v", got, want)
	}
}
