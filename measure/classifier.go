package measure

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowcert/internal/random"
)

const (
	// classifierFeatures is the number of random features.
	classifierFeatures = 256
	// classifierPenalty is a compromise of 0.1, 1, 10 and 100 over shifts, scales and
	// correlations planted in 2 to 63 columns of 100 to 2000 rows.
	classifierPenalty = 10
)

// Classify trains a classifier to tell samples from data, rows x columns, on half of
// the rows of each, and returns for each row of the other halves 1 where it is right
// and 0 where it is wrong: first for samples, then for as many rows of data. Where
// one side has more rows, what remains of it after a random choice is left out.
//
// The classifier is a ridge regression of the label on the columns and on random
// Fourier features of one, two or all columns at four scales; Rahimi and Recht,
// "Random features for large-scale kernel machines", 2007. It depends on the seed and
// the rows alone, and on the units: see Standardise. It fails for fewer than ten rows
// and for entries that are not finite, and panics if the numbers of columns differ.
// Source of the test: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests",
// 2017.
func Classify(samples, data *mat.Dense, seed uint64) ([]float64, error) {
	if err := checkTwoSamples(samples, data); err != nil {
		return nil, fmt.Errorf("classifier test: %w", err)
	}
	n, dim := samples.Dims()
	m, _ := data.Dims()
	rows := min(n, m)
	training := rows / 2
	r := random.New(seed, "classifier", 0, 0)
	features := newFourierFeatures(dim, seed)
	// Samples are labelled 1, data -1.
	var halves [2]*mat.Dense
	for side, from := range []*mat.Dense{samples, data} {
		count, _ := from.Dims()
		halves[side] = features.of(from, r.Perm(count)[:rows])
	}
	_, width := halves[0].Dims()
	x, label := mat.NewDense(2*training, width, nil), mat.NewVecDense(2*training, nil)
	for side, half := range halves {
		x.Slice(side*training, (side+1)*training, 0, width).(*mat.Dense).Copy(half.Slice(0, training, 0, width))
		for i := range training {
			label.SetVec(side*training+i, float64(1-2*side))
		}
	}
	weights, err := ridge(x, label, classifierPenalty)
	if err != nil {
		return nil, fmt.Errorf("classifier test: %w", err)
	}
	held := rows - training
	correct := make([]float64, 0, 2*held)
	var score mat.VecDense
	for side, half := range halves {
		score.MulVec(half.Slice(training, rows, 0, width), weights)
		for i := range held {
			right := 0.0
			if (score.AtVec(i) > 0) == (side == 0) {
				right = 1
			}
			correct = append(correct, right)
		}
	}
	return correct, nil
}

// ridge returns the weights that minimise |x w - y|^2 + penalty |w|^2.
func ridge(x *mat.Dense, y *mat.VecDense, penalty float64) (*mat.VecDense, error) {
	_, width := x.Dims()
	var gram mat.SymDense
	gram.SymOuterK(1, x.T())
	for j := range width {
		gram.SetSym(j, j, gram.At(j, j)+penalty)
	}
	var chol mat.Cholesky
	if !chol.Factorize(&gram) {
		return nil, errors.New("the columns are too large to be fitted")
	}
	var right, weights mat.VecDense
	right.MulVec(x.T(), y)
	return &weights, chol.SolveVecTo(&weights, &right)
}

// fourierFeatures are a constant, the columns, and cos(frequency . x + phase).
type fourierFeatures struct {
	frequency *mat.Dense // columns x features
	phase     []float64
}

func newFourierFeatures(dim int, seed uint64) fourierFeatures {
	r := random.New(seed, "features", 0, 0)
	f := fourierFeatures{frequency: mat.NewDense(dim, classifierFeatures, nil), phase: make([]float64, classifierFeatures)}
	for k := range classifierFeatures {
		// Features of few columns see what is wrong with one column or a pair;
		// features of all columns see the rest.
		columns := []int{1, min(2, dim), dim}[k%3]
		scale := []float64{0.5, 1, 2, 4}[k%4]
		for _, j := range r.Perm(dim)[:columns] {
			f.frequency.Set(j, k, scale*r.NormFloat64()/math.Sqrt(float64(columns)))
		}
		f.phase[k] = 2 * math.Pi * r.Float64()
	}
	return f
}

// of returns the features of the rows at those places, in their order.
func (f fourierFeatures) of(rows *mat.Dense, places []int) *mat.Dense {
	_, dim := rows.Dims()
	features := mat.NewDense(len(places), 1+dim+classifierFeatures, nil)
	for i, place := range places {
		features.Set(i, 0, 1)
		copy(features.RawRowView(i)[1:], rows.RawRowView(place))
	}
	waves := features.Slice(0, len(places), 1+dim, 1+dim+classifierFeatures).(*mat.Dense)
	waves.Mul(features.Slice(0, len(places), 1, 1+dim), f.frequency)
	waves.Apply(func(_, k int, v float64) float64 { return math.Cos(v + f.phase[k]) }, waves)
	return features
}

// ClassifierTest returns the test of the hypothesis that samples and data have one
// distribution, from the result of Classify. Statistic is the accuracy, 0.5 on
// average where the hypothesis holds, N the number of rows, and P the probability
// that as many fair coins show at least as many heads. The rows are right with
// probability p on one side and 1 - p on the other then, which spreads less than
// coins: Hoeffding, "On the distribution of the number of successes in independent
// trials", 1956. So a P below one half is valid for every number of rows. It fails for
// values other than 0 and 1, and for none.
func ClassifierTest(correct []float64) (Test, error) {
	right, err := successes(correct)
	if err != nil {
		return Test{}, fmt.Errorf("classifier test: %w", err)
	}
	n := float64(len(correct))
	// Symmetry turns the upper tail, which CDF would round to 1, into a lower one.
	p := distuv.Binomial{N: n, P: 0.5}.CDF(n - right)
	return Test{Statistic: right / n, P: p, N: len(correct)}, nil
}

// TotalVariation returns a lower bound of the total variation distance between the
// model and the data, sup over sets A of P(A) - Q(A), from the result of Classify. Lo
// is at most the distance with probability at least level, for any distributions, any
// classifier and any number of rows; Hi is 1, as rows alone cannot bound it from above.
// Value is the estimate 2 accuracy - 1, or 0 where that is negative.
//
// The bound: let A be where the classifier says "sample". It was trained on other
// rows, so A is fixed. With h held-out rows on each side the accuracy a, the mean of
// n = 2h independent values in [0, 1], has the mean
//
//	E a = (P(A) + 1 - Q(A))/2 <= (1 + TV)/2.
//
// By Hoeffding's inequality ("Probability inequalities for sums of bounded random
// variables", 1963, theorem 1) a - E a exceeds sqrt(ln(1/d)/(2n)) with probability at
// most d, so that with d = 1 - level
//
//	TV >= 2 E a - 1 >= 2 a - 1 - 2 sqrt(ln(1/d)/(2n)).
//
// Equal numbers on both sides are needed for the mean, and independence of all
// held-out rows: samples drawn one by one, and data that neither the model nor the
// standardisation has seen. It fails for values other than 0 and 1.
func TotalVariation(correct []float64, level float64) (Interval, error) {
	checkLevel(level)
	right, err := successes(correct)
	if err != nil {
		return Interval{}, fmt.Errorf("total variation: %w", err)
	}
	n := float64(len(correct))
	estimate := 2*right/n - 1
	margin := 2 * math.Sqrt(math.Log(1/(1-level))/(2*n))
	return Interval{Value: max(0, estimate), Lo: max(0, estimate-margin), Hi: 1, Level: level, N: len(correct)}, nil
}

// successes counts the ones among values that are 0 or 1.
func successes(x []float64) (float64, error) {
	if err := checkSample(x, 1); err != nil {
		return 0, err
	}
	ones := 0.0
	for i, v := range x {
		if v != 0 && v != 1 {
			return 0, fmt.Errorf("value %d is %v, want 0 or 1", i, v)
		}
		ones += v
	}
	return ones, nil
}
