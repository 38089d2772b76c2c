package density

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"flowcert/internal/parallel"
)

// tileRows is the number of rows worked on at a time: long enough for the
// vector loops of BLAS, short enough to stay in cache.
const tileRows = 256

// normal is a multivariate normal distribution. Rows pass through it in tiles,
// stored variable by variable (dim x rows), so that BLAS runs along the rows and
// a row's result does not depend on its neighbours.
type normal struct {
	mean       []float64
	covariance *mat.SymDense
	// factor is the lower Cholesky factor of the covariance.
	factor blas64.Triangular
	// logDet is that of the whitening map, -log det(factor).
	logDet float64
}

// newNormal keeps the slices it is given. It fails if the covariance is not
// positive definite.
func newNormal(mean []float64, covariance *mat.SymDense) (normal, error) {
	var cholesky mat.Cholesky
	if !cholesky.Factorize(covariance) {
		return normal{}, errors.New("covariance is not positive definite")
	}
	var lower mat.TriDense
	cholesky.LTo(&lower)
	n := normal{mean, covariance, lower.RawTriangular(), -cholesky.LogDet() / 2}
	if math.IsNaN(n.logDet) || math.IsInf(n.logDet, 0) || math.IsNaN(floats.Sum(mean)) {
		return normal{}, errors.New("mean or covariance is not finite")
	}
	return n, nil
}

func newTile(dim int) blas64.General {
	return blas64.General{Rows: dim, Cols: tileRows, Stride: tileRows, Data: make([]float64, dim*tileRows)}
}

// load sets tile to the rows lo to hi of x, less the centre.
func load(tile *blas64.General, x *mat.Dense, lo, hi int, centre []float64) {
	tile.Cols = hi - lo
	for i := lo; i < hi; i++ {
		for j, v := range x.RawRowView(i) {
			tile.Data[j*tile.Stride+i-lo] = v - centre[j]
		}
	}
}

// store sets the rows of x from lo on to those of tile, plus the centre.
func store(x *mat.Dense, lo int, tile blas64.General, centre []float64) {
	for i := range tile.Cols {
		row := x.RawRowView(lo + i)
		for j := range row {
			row[j] = tile.Data[j*tile.Stride+i] + centre[j]
		}
	}
}

// whiten turns centred rows into standard normal ones, colour does the reverse.
func (n normal) whiten(tile blas64.General) { blas64.Trsm(blas.Left, blas.NoTrans, 1, n.factor, tile) }
func (n normal) colour(tile blas64.General) { blas64.Trmm(blas.Left, blas.NoTrans, 1, n.factor, tile) }

// logDensity sets dst to the log-density of every centred row of tile, which it
// whitens.
func (n normal) logDensity(dst []float64, tile blas64.General) {
	n.whiten(tile)
	for i := range dst {
		dst[i] = 0
	}
	for j := range tile.Rows {
		for i, z := range tile.Data[j*tile.Stride:][:tile.Cols] {
			dst[i] += z * z
		}
	}
	c := n.logDet - float64(tile.Rows)*math.Log(2*math.Pi)/2
	for i, s := range dst {
		dst[i] = c - s/2
	}
}

// eachTile calls work for every tile of rows, on several goroutines. Each
// goroutine gets its own work function, with its own scratch memory.
func eachTile(rows, workers int, newWork func() func(lo, hi int)) {
	each(tiles(rows), workers, func() func(int) {
		work := newWork()
		return func(t int) { work(t*tileRows, min((t+1)*tileRows, rows)) }
	})
}

func tiles(rows int) int { return (rows + tileRows - 1) / tileRows }

// each calls work for 0 to units-1, as eachTile does.
func each(units, workers int, newWork func() func(unit int)) {
	pool := parallel.NewPool(min(parallel.Workers(workers), units))
	defer pool.Close()
	works := make([]func(int), pool.Workers())
	pool.Run(units, func(worker, unit int) {
		if works[worker] == nil {
			works[worker] = newWork()
		}
		works[worker](unit)
	})
}

// checkRows refuses what an unconditional model of dim variables cannot score.
func checkRows(dim int, x *mat.Dense, o Options) error {
	if o.Condition != nil {
		return errors.New("the model takes no condition")
	}
	if _, columns := x.Dims(); columns != dim {
		return fmt.Errorf("got rows of %d columns, want %d", columns, dim)
	}
	return nil
}

// exactScores are scores computed in float64 and given in the type asked for.
func exactScores(logDensity []float64, o Options) Scores {
	if o.Precision == Float32 {
		for i, v := range logDensity {
			logDensity[i] = float64(float32(v))
		}
	}
	return Scores{Kind: Exact, LogDensity: logDensity}
}
