package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"flowcert/internal/random"
)

// PermutationTest returns the test of the hypothesis that two samples have one
// distribution, from the statistic as observed and then under random permutations:
// large values speak against it. Statistic is the observed one and N the number of
// permutations n. P = (1 + #{permuted >= observed})/(1 + n), which is exact for
// every n: Phipson and Smyth, "Permutation p-values should never be zero", 2010. It
// fails without a permutation and for a value that is not finite.
func PermutationTest(statistics []float64) (Test, error) {
	if err := checkSample(statistics, 2); err != nil {
		return Test{}, fmt.Errorf("permutation test: %w", err)
	}
	asLarge := 0
	for _, v := range statistics {
		if v >= statistics[0] {
			asLarge++ // the observed one counts itself
		}
	}
	n := len(statistics)
	return Test{Statistic: statistics[0], P: float64(asLarge) / float64(n), N: n - 1}, nil
}

// blocksInAll is about how many blocks of rows both samples have together.
const blocksInAll = 256

// permutedStatistics returns, for each of several kernels k of the squared
// distance, the unbiased estimate of
//
//	E k(X, X') + E k(Y, Y') - 2 E k(X, Y)
//
// for samples X and data Y, first as observed and then under permutations: entry
// p kernels + i is that of permutation p and kernel i. add adds each kernel's value
// for one squared distance to sums.
//
// What is permuted are blocks of rows of equal size, so that a permutation needs the
// sums of kernels over pairs of blocks only. Any group of permutations gives an exact
// test, and with this many blocks it is about as powerful as with all of them:
// Domingo-Enrich, Dwivedi and Mackey, "Cheap permutation testing", 2025,
// arXiv:2502.07672. The last rows of a sample that fill no block are left out.
func permutedStatistics(samples, data *mat.Dense, kernels int, add func(squared float64, sums []float64), permutations int, seed uint64) ([]float64, error) {
	if err := checkTwoSamples(samples, data); err != nil {
		return nil, err
	}
	if permutations < 1 {
		return nil, errors.New("no permutations")
	}
	n, _ := samples.Dims()
	m, _ := data.Dims()
	size := min(max(1, (n+m)/blocksInAll), min(n, m)/minRows)
	a, b := n/size, m/size
	sums := blockSums(slices.Concat(blocksOf(samples, size), blocksOf(data, size)), kernels, add)

	statistics := make([]float64, 0, (1+permutations)*kernels)
	r := random.New(seed, "permutation", 0, 0)
	inSamples := mat.NewVecDense(a+b, nil)
	for p := range 1 + permutations {
		order := identity(a + b)
		if p > 0 {
			order = r.Perm(a + b)
		}
		inSamples.Zero()
		for _, k := range order[:a] {
			inSamples.SetVec(k, 1)
		}
		for _, s := range sums {
			statistics = append(statistics, s.statistic(inSamples, float64(a*size), float64(b*size)))
		}
	}
	return statistics, nil
}

// blocksOf cuts rows into blocks of that size.
func blocksOf(rows *mat.Dense, size int) [][][]float64 {
	n, _ := rows.Dims()
	blocks := make([][][]float64, n/size)
	for k := range blocks {
		for i := range size {
			blocks[k] = append(blocks[k], rows.RawRowView(k*size+i))
		}
	}
	return blocks
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// kernelSums are the sums of one kernel over the ordered pairs of different rows,
// for each pair of blocks, over all pairs with one block, and over all pairs.
type kernelSums struct {
	pairs *mat.SymDense
	rows  *mat.VecDense
	all   float64
}

func blockSums(blocks [][][]float64, kernels int, add func(squared float64, sums []float64)) []kernelSums {
	sums := make([]kernelSums, kernels)
	for i := range sums {
		sums[i] = kernelSums{pairs: mat.NewSymDense(len(blocks), nil), rows: mat.NewVecDense(len(blocks), nil)}
	}
	pair := make([]float64, kernels)
	for a, block := range blocks {
		for b, other := range blocks[:a+1] {
			clear(pair)
			for i, x := range block {
				if a == b {
					other = block[:i]
				}
				for _, y := range other {
					add(squaredDistance(x, y), pair)
				}
			}
			for i, v := range pair {
				if a == b {
					v *= 2
				}
				sums[i].pairs.SetSym(a, b, v)
			}
		}
	}
	ones := mat.NewVecDense(len(blocks), nil)
	for i := range len(blocks) {
		ones.SetVec(i, 1)
	}
	for i := range sums {
		sums[i].rows.MulVec(sums[i].pairs, ones)
		sums[i].all = mat.Sum(sums[i].rows)
	}
	return sums
}

// statistic is the unbiased estimate where inSamples has 1 for each block of the n
// rows of samples and 0 for each block of the m rows of data.
func (s kernelSums) statistic(inSamples *mat.VecDense, n, m float64) float64 {
	within := mat.Inner(inSamples, s.pairs, inSamples)
	touching := mat.Dot(inSamples, s.rows)
	across := touching - within
	return within/(n*(n-1)) + (s.all-2*touching+within)/(m*(m-1)) - 2*across/(n*m)
}

// largestStandardised returns, for each permutation, the largest of its statistics
// when each kernel's are shifted and divided by their mean and standard deviation
// over all permutations, the observed one among them. It treats all permutations
// alike, so that a test of the result is exact.
func largestStandardised(statistics []float64, kernels int) []float64 {
	count := len(statistics) / kernels
	largest := slices.Repeat([]float64{math.Inf(-1)}, count)
	one := make([]float64, count)
	for i := range kernels {
		for p := range one {
			one[p] = statistics[p*kernels+i]
		}
		mean, deviation := stat.PopMeanStdDev(one, nil)
		if deviation == 0 {
			deviation = 1 // a kernel that is constant over the rows says nothing
		}
		for p, v := range one {
			largest[p] = max(largest[p], (v-mean)/deviation)
		}
	}
	return largest
}
