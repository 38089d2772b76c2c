package measure

import (
	"fmt"

	"gonum.org/v1/gonum/stat"
)

// MinSeeds is the least number of trainings from which an error of training is
// estimated.
const MinSeeds = 5

// Errors is the mean of scores over seeds and rows with its two components of error
// kept apart, in the unit of the scores. All three have the same Value but for rounding.
type Errors struct {
	// Test says how far the mean could lie elsewhere for other test rows, given
	// these trained models.
	Test Interval
	// Training says how far for other seeds, given these test rows: Student's t
	// over the means of the seeds.
	Training Interval
	// Combined says how far for both.
	Combined Interval
}

// ErrorsOf takes scores[seed][row] of one model, trained from at least MinSeeds
// seeds and scored on the same test rows.
//
// Rows and seeds are crossed random effects, both independent. The variance of the
// combined error is the sum of both, with Satterthwaite's degrees of freedom; what
// depends on row and seed together is in both, so that it is a little too wide. The
// skewness of the rows is corrected for as in SkewedMean. It fails for fewer seeds or
// fewer than two rows, and for a score that is not finite, and panics if the numbers
// of rows differ.
func ErrorsOf(scores [][]float64, level float64) (Errors, error) {
	checkLevel(level)
	if len(scores) < MinSeeds {
		return Errors{}, fmt.Errorf("errors of test and training: %d seeds, want at least %d", len(scores), MinSeeds)
	}
	if err := checkSeeds(scores); err != nil {
		return Errors{}, fmt.Errorf("errors of test and training: %w", err)
	}
	rows, seeds := momentsOf(meanOverSeeds(scores)), momentsOf(meanOverRows(scores))
	// The seeds are taken for normal, as Student's t does: five tell no skewness.
	seeds.third = 0
	combined := rows.plus(0, seeds)
	return Errors{
		Test:     rows.interval(level, len(scores[0])),
		Training: seeds.interval(level, len(scores)),
		Combined: combined.interval(level, len(scores[0])),
	}, nil
}

// checkSeeds fails where a seed's scores carry no estimate.
func checkSeeds(scores [][]float64) error {
	for s, x := range scores {
		if len(x) != len(scores[0]) {
			panic("measure: seeds differ in their number of rows")
		}
		if err := checkSample(x, 2); err != nil {
			return fmt.Errorf("seed %d: %w", s, err)
		}
	}
	return nil
}

func meanOverSeeds(scores [][]float64) []float64 {
	mean := make([]float64, len(scores[0]))
	for _, x := range scores {
		for row, v := range x {
			mean[row] += v / float64(len(scores))
		}
	}
	return mean
}

func meanOverRows(scores [][]float64) []float64 {
	mean := make([]float64, len(scores))
	for s, x := range scores {
		mean[s] = stat.Mean(x, nil)
	}
	return mean
}
