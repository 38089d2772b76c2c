package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestCorrelationDistance(t *testing.T) {
	// The matrix has each difference twice.
	near(t, "distance", CorrelationDistance([]float64{1, -2, 2}), math.Sqrt(18))
	near(t, "distance of equal correlations", CorrelationDistance([]float64{0, 0, 0}), 0)
}

// TestCorrelationDistanceWhereNothingDiffers: a correlation of n independent normal
// pairs has the variance 1/(n-1).
func TestCorrelationDistanceWhereNothingDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 61))
	const n, m, dim = 40, 25, 6
	var squares []float64
	for range replications(400) {
		distance := CorrelationDistance(mustArray(t)(CorrelationDifferences(normalRows(r, n, dim, 0, 1), normalRows(r, m, dim, 3, 2))))
		squares = append(squares, distance*distance)
	}
	checkMean(t, "squared distance", squares, dim*(dim-1)*(1./(n-1)+1./(m-1)))
}

func TestCorrelationDistanceSeesACorrelation(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 61))
	const n, dim = 2000, 5
	differences := mustArray(t)(CorrelationDifferences(correlatedRows(r, n, dim, 0.6), normalRows(r, n, dim, 0, 1)))
	// The first pair differs by 0.6, the others by about sqrt(2/n) = 0.03.
	if d := differences[0]; math.Abs(d-0.6) > 0.1 {
		t.Errorf("difference of the first pair = %v, want 0.6", d)
	}
	want := math.Sqrt(2*0.6*0.6 + dim*(dim-1)*2./n)
	if got := CorrelationDistance(differences); math.Abs(got-want) > 0.1 {
		t.Errorf("distance = %v, want %v", got, want)
	}
}

func TestNoCorrelationOfSuchColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 61))
	x, constant := normalRows(r, 20, 2, 0, 1), normalRows(r, 20, 2, 0, 1)
	for i := range 20 {
		constant.Set(i, 1, 4)
	}
	if _, err := CorrelationDifferences(x, constant); err == nil || !strings.Contains(err.Error(), "constant") {
		t.Errorf("a constant column: error %v", err)
	}
	if _, err := CorrelationDifferences(normalRows(r, 20, 1, 0, 1), normalRows(r, 20, 1, 0, 1)); err == nil || !strings.Contains(err.Error(), "1 column") {
		t.Errorf("one column: error %v", err)
	}
}
