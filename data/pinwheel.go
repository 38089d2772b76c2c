package data

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// The pinwheel of FFJORD's toy data.
const (
	pinwheelArms  = 5
	pinwheelRate  = 0.25
	pinwheelScale = 2
	// The standard deviations along an arm, about 1, and across it, about 0.
	pinwheelAlong, pinwheelAcross = 0.3, 0.1
)

// Pinwheel returns five bent arms in FFJORD's form: a point (a, b) of an arm, normal
// about (1, 0), is turned clockwise by the arm's angle and exp(a)/4 more, and doubled.
// FFJORD draws the same number of points for each arm; here the arm is drawn too.
//
// Where exp(a) b < -4, as for one point in 700 million, an arm folds over on itself. Along the
// fold's edge the density has no bound.
func Pinwheel() Set {
	return generator(
		Info{
			Name:    "pinwheel",
			Title:   "Pinwheel",
			Source:  "FFJORD, Grathwohl et al., 2019, arXiv:1810.01367",
			Columns: []string{"x1", "x2"},
			// Converged to the digits given under halved steps of the trapezoidal rule in a
			// and b.
			Entropy: &Entropy{Nats: 2.3177880358},
		},
		func(r *rand.Rand, x []float64) {
			a, b := 1+pinwheelAlong*r.NormFloat64(), pinwheelAcross*r.NormFloat64()
			arm := 2 * math.Pi / pinwheelArms * float64(r.IntN(pinwheelArms))
			sin, cos := math.Sincos(arm + pinwheelRate*math.Exp(a))
			x[0], x[1] = pinwheelScale*(a*cos+b*sin), pinwheelScale*(b*cos-a*sin)
		},
		func(x []float64) float64 {
			r := math.Hypot(x[0], x[1]) / pinwheelScale
			if r > pinwheelReach {
				return pinwheelFar(r)
			}
			return pinwheelNear(r, math.Atan2(x[1], x[0]))
		})
}

// pinwheelLog is the log-density of (a, b).
func pinwheelLog(a, b float64) float64 {
	u, v := (a-1)/pinwheelAlong, b/pinwheelAcross
	return -(u*u+v*v)/2 - math.Log(2*math.Pi*pinwheelAlong*pinwheelAcross)
}

// pinwheelReach is the distance from the origin, before doubling, from which on the
// arms, which lie ever closer together, are no longer told apart.
const pinwheelReach = 8

// pinwheelFar returns the log-density at distance r, averaged over a circle to leading
// order. All of it is below exp(-270).
func pinwheelFar(r float64) float64 {
	// On the circle, -log p grows by curvature/2 times the square of b.
	curvature := 1/(pinwheelAcross*pinwheelAcross) - (1-1/r)/(pinwheelAlong*pinwheelAlong)
	return pinwheelLog(r, 0) + math.Log(2*math.Pi/curvature)/2 -
		math.Log(2*math.Pi*r*pinwheelScale*pinwheelScale)
}

// pinwheelNear returns the log-density at distance r and angle phi. The places that
// some arm brings there are (r cos t, r sin t) for the t at which
//
//	winding(t) = t - phi - exp(r cos t)/4
//
// is the arm's angle but for whole turns, and so a multiple of 2 pi/5. From t to
// t + 2 pi it gains 2 pi; on the way it falls for a while where r is so large that
// arms fold over.
func pinwheelNear(r, phi float64) float64 {
	const level = 2 * math.Pi / pinwheelArms
	winding := func(t float64) (value, slope float64) {
		sin, cos := math.Sincos(t)
		turn := pinwheelRate * math.Exp(r*cos)
		return t - phi - turn, 1 + turn*r*sin
	}
	var logs []float64
	// search adds the places between lo and hi, where winding is monotone and goes
	// through n levels from the given one on.
	search := func(lo, hi float64, first, n int) {
		for i := range n {
			t := root(winding, level*float64(first+i), lo, hi)
			_, slope := winding(t)
			sin, cos := math.Sincos(t)
			logs = append(logs, pinwheelLog(r*cos, r*sin)-math.Log(math.Abs(slope)))
		}
	}
	if peak, valley, folds := pinwheelFold(r); folds {
		top, _ := winding(peak)
		bottom, _ := winding(valley)
		first := int(math.Ceil(bottom / level))
		search(peak, valley, first, int(math.Floor(top/level))-first+1)
		search(valley, peak+2*math.Pi, first, int(math.Floor((top+2*math.Pi)/level))-first+1)
	} else {
		start, _ := winding(-math.Pi)
		search(-math.Pi, math.Pi, int(math.Ceil(start/level)), pinwheelArms)
	}
	return floats.LogSumExp(logs) - math.Log(pinwheelArms*pinwheelScale*pinwheelScale)
}

// pinwheelFold returns the angles between which winding falls at distance r: those at
// which the slope r sin(t) exp(r cos t)/4 + 1 is zero, if there are any.
func pinwheelFold(r float64) (peak, valley float64, folds bool) {
	slope := func(t float64) (value, slope float64) {
		sin, cos := math.Sincos(t)
		turn := pinwheelRate * r * math.Exp(r*cos)
		return 1 + turn*sin, turn * (cos - r*sin*sin)
	}
	// Where the slope is least, r sin^2 t = cos t.
	steepest := -math.Acos(2 * r / (1 + math.Sqrt(1+4*r*r)))
	if least, _ := slope(steepest); least >= 0 {
		return 0, 0, false
	}
	return root(slope, 0, -math.Pi, steepest), root(slope, 0, steepest, 0), true
}

// root returns the t between lo and hi at which a monotone function, given with its
// slope, has a value that lies between those at lo and hi: by Newton's method, or by
// halving the range where that leaves it or gains less.
func root(f func(t float64) (value, slope float64), value, lo, hi float64) float64 {
	low, _ := f(lo)
	high, _ := f(hi)
	t, last := lo+(hi-lo)*(value-low)/(high-low), hi-lo
	for range 200 {
		v, slope := f(t)
		if (v < value) == (low < high) {
			lo = t
		} else {
			hi = t
		}
		step := (value - v) / slope
		if next := t + step; !(next >= lo && next <= hi) || math.Abs(step) > last/2 {
			step = (lo+hi)/2 - t
		}
		if last = math.Abs(step); t+step == t {
			break
		}
		t += step
	}
	return t
}
