package measure

import (
	"errors"
	"fmt"
	"math"
)

// Bridge compares a density q and its sampler with a density r that integrates to 1 and
// whose sampler is right. With h = 1/(q + r),
//
//	E_r[q h] / E_q[r h] = integral of q,
//
// where E_q is over what the sampler draws, if that follows q. So the ratio of the means
// of q/(q + r) over draws of r and of r/(q + r) over draws of the sampler is 1 unless q
// does not integrate to 1 or its sampler does not follow it. Both means are of values
// between 0 and 1, in any number of dimensions. Source: Bennett, "Efficient estimation of
// free energy differences from Monte Carlo data", Journal of Computational Physics 22
// (1976), equation 7 with equal constants; Meng and Wong, Statistica Sinica 6 (1996).
//
// The interval is the delta method's for the logarithm of the ratio. differ says whether
// the two means differ beyond the bound of Maurer and Pontil, "Empirical Bernstein bounds
// and sample variance penalization", 2009, theorem 4, each of the four sides with a
// quarter of the probability: whatever the distributions, a sound pair is called
// different with at most that probability. It fails for fewer than ten values on a side,
// for values outside of 0 to 1, and where the means do not differ but the two densities
// overlap so little that the mean of a side cannot be told from 0. Where they differ the
// ratio may be 0, infinite or not a number, and its bounds too.
func Bridge(overR, overQ []float64, level, probability float64) (ratio Interval, differ bool, err error) {
	checkLevel(level)
	for _, side := range [][]float64{overR, overQ} {
		if err := checkProbabilities(side); err != nil {
			return Interval{}, false, fmt.Errorf("bridge: %w", err)
		}
	}
	a, b := momentsOf(overR), momentsOf(overQ)
	differ = math.Abs(a.value-b.value) > bernstein(a, len(overR), probability/4)+bernstein(b, len(overQ), probability/4)
	relative := math.Hypot(a.standardError/a.value, b.standardError/b.value)
	if !(relative < 1./3) && !differ {
		return Interval{}, false, errors.New("bridge: the densities overlap too little for their means to be told from 0")
	}
	ratio = Interval{Value: a.value / b.value, Level: level, N: len(overR) + len(overQ)}
	half := tQuantile(min(len(overR), len(overQ)), level) * relative
	ratio.Lo, ratio.Hi = ratio.Value*math.Exp(-half), ratio.Value*math.Exp(half)
	return ratio, differ, nil
}

// bernstein bounds the error of the mean of n values between 0 and 1 on one side, but
// for a probability.
func bernstein(m moments, n int, probability float64) float64 {
	deviation := m.standardError * math.Sqrt(float64(n))
	log := math.Log(2 / probability)
	return deviation*math.Sqrt(2*log/float64(n)) + 7*log/(3*float64(n-1))
}
