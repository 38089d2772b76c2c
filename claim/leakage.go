package claim

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/data"
)

// Leakage looks for test rows among the rows that training has seen, by the digests of
// rows, and for training rows that repeat, as rounded data do by nature.
func Leakage() Claim {
	return Claim{Name: "leakage", Lines: []string{"fit.leakage"}, Assess: leakage}
}

func leakage(_ context.Context, e *Examination, b *cert.Builder) error {
	seen := map[string]int{}
	for _, part := range []*mat.Dense{e.Split.Train, e.Split.Validation} {
		for i := range rowsOf(part) {
			seen[rowDigest(part, i)]++
		}
	}
	// marks are 1 for a row that is there more often than it is there itself.
	marks := func(part *mat.Dense, itself int) []float64 {
		marked := make([]float64, rowsOf(part))
		for i := range marked {
			if seen[rowDigest(part, i)] > itself {
				marked[i] = 1
			}
		}
		return marked
	}
	b.Record("leakage.test", marks(e.Split.Test, 0))
	b.Record("leakage.train", marks(e.Split.Train, 1))
	return nil
}

func rowDigest(m *mat.Dense, i int) string {
	_, columns := m.Dims()
	return data.Digest(m.Slice(i, i+1, 0, columns).(*mat.Dense))
}
