package density

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// ConditionDim returns the number of columns of the condition that a model takes; 0
// for one that takes none.
func ConditionDim(m Model) int {
	if c, ok := m.(Conditional); ok {
		return c.ConditionDim()
	}
	return 0
}

// BaseLogDensity returns the log-density that a model whose codes are e's says its
// codes have, at every row of z in nats: what a Based encoder states, or that of the
// standard normal distribution.
func BaseLogDensity(e Encoder, z *mat.Dense, o Options) ([]float64, error) {
	if b, ok := e.(Based); ok {
		return b.BaseLogDensity(z, o)
	}
	rows, dim := z.Dims()
	logDensity := make([]float64, rows)
	for i := range logDensity {
		row := z.RawRowView(i)
		logDensity[i] = -floats.Dot(row, row)/2 - float64(dim)*math.Log(2*math.Pi)/2
	}
	return logDensity, nil
}
