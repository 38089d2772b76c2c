package cert

import (
	"math"
	"slices"
)

// comparisonCases are of fit, samples and growth. Quantiles of Student's t are from tables:
// 12.7062, 4.30265, 3.18245 and 2.77645 at 0.975 for one to four degrees of freedom.
func comparisonCases() []ruleCase {
	none := math.NaN() // no value
	inf := math.Inf(1)
	at := map[string]float64{"level": 0.95}
	of := func(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }
	rising := func(n int, step float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = step * float64(i)
		}
		return x
	}
	// Squared lengths at the quantiles of 0.05, 0.15, ... in two dimensions.
	quantiles := make([]float64, 10)
	for i := range quantiles {
		quantiles[i] = -2 * math.Log(1-(float64(i)+0.5)/10)
	}
	third := 4.30265 / math.Sqrt(3) // of the mean of three numbers that are 1 apart
	marked := func(chance float64) map[string]float64 { return map[string]float64{"probability": chance} }
	const lady = 1. / 70 // four of four against none of four: Fisher, 1935
	return []ruleCase{
		{"bits", "bits", [][]float64{{-2 * math.Ln2, -4 * math.Ln2, -6 * math.Ln2}}, map[string]float64{"level": 0.95, "dimensions": 2},
			Measured, 2, 2 - third, 2 + third, ""},
		{"lowest decile", "lowest decile", [][]float64{of(20, 5)}, at, Measured, 5, 5, 5, ""},
		{"lowest decile of few", "lowest decile", [][]float64{of(19, 5)}, at, NotAssessed, none, none, none, "19 values"},
		{"gap", "gap", [][]float64{{3, 3, 3}, {1, 1}}, at, Measured, 2, 2, 2, ""},
		{"no leak", "leakage", [][]float64{{0, 0}, {0, 0}}, marked(1e-9), Tested, 0, none, none, ""},
		{"rows that repeat", "leakage", [][]float64{{1, 0, 0, 0}, {1, 0, 0, 0}}, marked(1e-9), Tested, 1, none, none,
			"no more than rows that repeat by nature: 1 of 4 training rows"},
		{"leak by chance", "leakage", [][]float64{of(4, 1), of(4, 0)}, marked(lady * 0.999), Tested, 4, none, none, "by nature"},
		{"leak", "leakage", [][]float64{of(4, 1), of(4, 0)}, marked(lady * 1.001), Refuted, 4, none, none, "4 of 4 test rows are among the rows of training"},
		{"reverse divergence", "reverse divergence", [][]float64{{3, 3}, {1, 1}}, at, Measured, 2, 2, 2, ""},
		{"effective samples", "effective samples", [][]float64{of(10, math.Ln2), of(10, 0)}, at, Measured, 0.5, 0.5, 0.5, ""},
		// Five trainings, 1 to 5: the standard error is 1/sqrt(2).
		{"error of training", "error of training", [][]float64{{2, 2, 3, 3, 4, 4, 5, 5}, {1, 1}}, at,
			Measured, 3, 3 - 2.77645/math.Sqrt2, 3 + 2.77645/math.Sqrt2, ""},
		{"error of trainings that are alike", "error of training", [][]float64{{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}, {1, 2, 3}}, at, Measured, 2, 2, 2, ""},
		{"error of both", "error of both", [][]float64{{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}, {1, 2, 3}}, at, Measured, 2, 2 - third, 2 + third, ""},
		{"error of four trainings", "error of both", [][]float64{{2, 2, 3, 3, 4, 4}, {1, 1}}, at, NotAssessed, none, none, none, "4 seeds"},
		{"radius", "radius", [][]float64{quantiles}, map[string]float64{"dimensions": 2}, Measured, 0.05, none, none, "cannot be told from the base"},
		{"radius of nothing", "radius", [][]float64{of(10, 0)}, map[string]float64{"dimensions": 2}, Measured, 1, none, none, "differs from the base"},
		{"columns", "columns", [][]float64{{0.02, 0.03, 0.01}, {100}}, nil, Measured, 0.03, none, none, "cannot be told from the base"},
		{"a column", "columns", [][]float64{{0.02, 0.5, 0.01}, {100}}, nil, Measured, 0.5, none, none, "differs from the base"},
		// One of twenty, and two.
		{"energy of codes", "energy of codes", [][]float64{append([]float64{20}, rising(19, 1)...)}, nil, Measured, 20, none, none, "differs from the base (p = 0.05)"},
		{"energy of the base's codes", "energy of codes", [][]float64{append([]float64{18}, rising(19, 1)...)}, nil, Measured, 18, none, none, "cannot be told from the base (p = 0.1)"},
		{"permutations", "permutations", [][]float64{append([]float64{20}, rising(19, 1)...)}, nil, Measured, 20, none, none, "differs from data (p = 0.05)"},
		{"discrepancy", "discrepancy", [][]float64{slices.Concat([]float64{200, 201, 202, 203, 204}, rising(95, 1))}, nil,
			Measured, 202, none, none, "differs from data (p = 0.05)"},
		// 994 of 1,000 samples are denser than every test row; the band is 2 sqrt(ln(80)/2000).
		{"regions", "regions", [][]float64{of(1000, 5), rising(1000, 1)}, at, Bounded, 0.994, 0.994 - 2*math.Sqrt(math.Log(80)/2000), 1, "differs from what the model says"},
		{"regions of few", "regions", [][]float64{of(9, 5), rising(1000, 1)}, at, NotAssessed, none, none, none, "test rows: 9 values"},
		{"total variation", "total variation", [][]float64{of(200, 1)}, at, Bounded,
			1 - 2*math.Sqrt(math.Log(20)/400), 1 - 2*math.Sqrt(math.Log(20)/400), 1, ""},
		// Three or four heads of four coins: 5/16.
		{"told apart by chance", "told apart", [][]float64{{1, 1, 1, 0}}, at, Measured, 0.5, 0.5 - 3.18245/2, 0.5 + 3.18245/2, "cannot be told from data (p = 0.31)"},
		{"told apart", "told apart", [][]float64{of(10, 1)}, at, Measured, 1, 1, 1, "differs from data (p = 0.00098)"},
		{"beside", "beside", [][]float64{{1, 3}, {-0.5}}, nil, Measured, 2, none, none, "training rows in place of samples: -0.5"},
		{"share", "share", [][]float64{{1, 3}, {0.5}}, nil, Measured, 2, none, none, "training rows in place of samples: 0.5"},
		// All of ten below all of five: 2 of the 3,003 orders.
		{"two samples", "two samples", [][]float64{{1}, {10, 5}}, nil, Measured, 1, none, none, "differs from data (p = 0.00067)"},
		{"two samples that are alike", "two samples", [][]float64{{0.2, 0.1}, {10, 5}}, nil, Measured, 0.2, none, none, "cannot be told from data (p = 1)"},
		{"correlations", "correlations", [][]float64{{3, 4}, {0.5}}, nil, Measured, math.Sqrt(50), none, none, "training rows in place of samples: 0.707"},
		{"copies", "copies", [][]float64{of(4, 0), of(4, 1)}, marked(lady * 1.001), Refuted, 4, none, none, "4 of 4 samples are copies of training rows, 0 of 4"},
		{"copies by chance", "copies", [][]float64{of(4, 0), of(4, 1)}, marked(lady * 0.999), NotAssessed, none, none, none, "4 values"},
		{"samples too near", "copies", [][]float64{of(10, 1), of(10, 2)}, marked(1e-6), Tested, 0, none, none, "in 100 of 100 pairs, more often than chance explains"},
		{"samples far out", "copies", [][]float64{of(10, 2), of(10, 1)}, marked(1e-6), Tested, 0, none, none, "in 0 of 100 pairs"},
		{"bridge", "bridge", [][]float64{of(10, 0.5), of(10, 0.5)}, map[string]float64{"level": 0.95, "probability": 1e-6}, Tested, 1, 1, 1, ""},
		{"bridge that breaks", "bridge", [][]float64{of(100, 1), of(100, 0.125)}, map[string]float64{"level": 0.95, "probability": 1e-6},
			Refuted, 8, none, none, "integrates to 8, or the samples do not follow it"},
		{"bridge to nowhere", "bridge", [][]float64{of(100, 1), of(100, 0)}, map[string]float64{"level": 0.95, "probability": 1e-6},
			Refuted, none, none, none, "integrates to +Inf"},
		{"bridge without overlap", "bridge", [][]float64{of(10, 0), of(10, 0)}, map[string]float64{"level": 0.95, "probability": 1e-6},
			NotAssessed, none, none, none, "overlap too little"},
		{"exponent", "exponent", [][]float64{{1, 2, 4}, {3, 12, 48}, {1, 2, 4}}, at, Measured, 2, 2, 2, "the counted operations grow with the exponent 1"},
		{"largest and distance", "largest and distance", [][]float64{{0.5, -2}, {0.05, 0.12}, {200}},
			map[string]float64{"threshold": 2, "probability": 0.01, "samples": 1}, Tested, 2, none, none, ""},
		{"largest and a distance beyond", "largest and distance", [][]float64{{0.5, -2}, {0.13, 0.12}, {200}},
			map[string]float64{"threshold": 2, "probability": 0.01, "samples": 1}, Refuted, 2, none, none, "draws: case 0 is 0.13 away"},
		{"largest and distance, both beyond", "largest and distance", [][]float64{{0.5, -2.5}, {0.13, 0.12}, {200}},
			map[string]float64{"threshold": 2, "probability": 0.01, "samples": 1}, Refuted, 2.5, none, none, "case 1 is off by 2.5"},
		{"largest and distance of a failure", "largest and distance", [][]float64{{inf}, {0.05}, {200}},
			map[string]float64{"threshold": 2, "probability": 0.01, "samples": 1}, Refuted, none, none, none, "case 0 has no finite error"},
		// 7.2 J at 500 g/kWh.
		{"emissions", "emissions of counted joules", [][]float64{{0, 0}, {0, 2}, {0, 7.2e6}, {1e10, 1e10}, {500}},
			map[string]float64{"scale": 1}, Declared, 1e-3, none, none, ""},
		{"emissions of a model", "emissions of modelled joules", [][]float64{{1, 1}, {3.6, 36}, {500}},
			map[string]float64{"scale": 1}, Declared, none, 1e-3, 1e-2, ""},
		{"emissions of nothing", "emissions of counted joules", [][]float64{{0, 0}, {0, 2}, {5, 5}, {1e10, 1e10}, {500}},
			map[string]float64{"scale": 1}, NotAssessed, none, none, none, "did not advance"},
	}
}
