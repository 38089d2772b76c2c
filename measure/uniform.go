package measure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Uniform returns the Kolmogorov-Smirnov test of the hypothesis that u, which lie
// between 0 and 1, are independent and uniform. Statistic is the largest distance of
// their distribution function from the uniform one. It fails for fewer than ten
// values and for a value that is not between 0 and 1.
func Uniform(u []float64) (Test, error) {
	if err := checkProbabilities(u); err != nil {
		return Test{}, fmt.Errorf("test of uniformity: %w", err)
	}
	distance := uniformDistance(u)
	return Test{Statistic: distance, P: kolmogorovP(distance, len(u)), N: len(u)}, nil
}

// UniformDistances returns, for each column of rows x columns, the distance that
// Uniform tests, of the column's values mapped by cdf. With the distribution
// function of the base they are latent codes; with the identity, the probability
// integral transforms that an autoregressive model makes of its test rows. It fails as
// Uniform does.
func UniformDistances(rows *mat.Dense, cdf func(float64) float64) ([]float64, error) {
	_, dim := rows.Dims()
	distances := make([]float64, dim)
	for j := range distances {
		u := mat.Col(nil, j, rows)
		for i, v := range u {
			u[i] = cdf(v)
		}
		if err := checkProbabilities(u); err != nil {
			return nil, fmt.Errorf("test of uniformity: column %d: %w", j, err)
		}
		distances[j] = uniformDistance(u)
	}
	return distances, nil
}

// UniformColumns returns one test per column, from the result of UniformDistances for
// n rows. Each P is adjusted by Holm for the number of columns, so that the columns
// whose P is at most alpha can be named, all of them right but for probability alpha.
// It fails for no columns and for a value that is not a distance.
func UniformColumns(distances []float64, n int) ([]Test, error) {
	if err := checkSample(distances, 1); err != nil {
		return nil, fmt.Errorf("tests of uniformity: %w", err)
	}
	p := make([]float64, len(distances))
	for j, d := range distances {
		if !(d >= 0 && d <= 1) {
			return nil, fmt.Errorf("tests of uniformity: distance %d is %v, want 0 to 1", j, d)
		}
		p[j] = kolmogorovP(d, n)
	}
	tests := make([]Test, len(distances))
	for j, adjusted := range holm(p) {
		tests[j] = Test{Statistic: distances[j], P: adjusted, N: n}
	}
	return tests, nil
}

// kolmogorovP returns the probability that the distribution function of n values
// lies somewhere at least distance from the one they are drawn from, which is
// continuous.
//
// Kolmogorov's limit is taken at a corrected argument: Vrbik, "Small-sample
// corrections to Kolmogorov-Smirnov test statistic", Pioneer Journal of Theoretical
// and Applied Statistics 15 (2018). From ten values on it is off by less than 0.002
// where the probability is 0.01 or more, and too large, by less than half from 0.001
// on, where it is smaller. It panics if n is not positive.
func kolmogorovP(distance float64, n int) float64 {
	if n < 1 {
		panic("measure: no values to test")
	}
	root := math.Sqrt(float64(n))
	x := distance * root
	x += 1/(6*root) + (x-1)/(4*float64(n))
	// 2 sum (-1)^(k-1) exp(-2 k^2 x^2) converges for large x, the theta function's
	// other form for small x; either has reached rounding after six terms.
	var sum float64
	if x < 1 {
		if x <= 0.1 { // where the other side is below 1e-50
			return 1
		}
		for k := range 6 {
			odd := float64(2*k + 1)
			sum += math.Exp(-odd * odd * math.Pi * math.Pi / (8 * x * x))
		}
		return 1 - math.Sqrt(2*math.Pi)/x*sum
	}
	sign := 1.0
	for k := 1.0; k <= 6; k++ {
		sum += sign * math.Exp(-2*k*k*x*x)
		sign = -sign
	}
	return 2 * sum
}

// dkw returns half the width of a band around the distribution function of n values
// that holds, everywhere at once, the one they are drawn from, with a probability of
// at least level: the inequality of Dvoretzky, Kiefer and Wolfowitz with the constant
// of Massart, "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality",
// Annals of Probability 18 (1990). It panics if n is not positive.
func dkw(n int, level float64) float64 {
	checkLevel(level)
	if n < 1 {
		panic("measure: no values for a band")
	}
	return math.Sqrt(math.Log(2/(1-level)) / (2 * float64(n)))
}

// uniformDistance is the largest distance between the distribution function of u and
// the uniform one, which lies on either side of a step.
func uniformDistance(u []float64) float64 {
	n, distance := float64(len(u)), 0.0
	for i, v := range slices.Sorted(slices.Values(u)) {
		distance = max(distance, v-float64(i)/n, float64(i+1)/n-v)
	}
	return distance
}

func checkProbabilities(u []float64) error {
	if err := checkSample(u, minRows); err != nil {
		return err
	}
	for i, v := range u {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("value %d is %v, want 0 to 1", i, v)
		}
	}
	return nil
}
