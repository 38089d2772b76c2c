package data

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"flowcert/internal/random"
	"flowcert/internal/usage"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Each digest is what the shell says of the bytes, as in
//
//	printf '1 2\n\0\0\0\0\0\0\360\77\0\0\0\0\0\0\0\300' | sha256sum
func TestDigest(t *testing.T) {
	for _, c := range []struct {
		name string
		m    *mat.Dense
		want string
	}{
		{"nil", nil, "0ccdb5a77ba5bf7687f2565a8ed97dfb9c1af45503c496fb646312239fab5101"},
		{"empty", &mat.Dense{}, "0ccdb5a77ba5bf7687f2565a8ed97dfb9c1af45503c496fb646312239fab5101"},
		{"1, -2", mat.NewDense(1, 2, []float64{1, -2}), "debc5bba75503bf81904a782762881f18a01c288ea4ef8f9c74ac9cfd924553f"},
		{"1, -2 as a column", mat.NewDense(2, 1, []float64{1, -2}), "fb562817737c245233e8456ff768333a0d49b487ae2f289ff429688b9a009765"},
		{"1, -2 within a larger matrix", mat.NewDense(2, 3, []float64{0, 1, -2, 3, 4, 5}).Slice(0, 1, 1, 3).(*mat.Dense), "debc5bba75503bf81904a782762881f18a01c288ea4ef8f9c74ac9cfd924553f"},
	} {
		if got := Digest(c.m); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestEmbedded compares the sets with their files, and the parts of seed 1 with
// those that stored models were fitted to.
func TestEmbedded(t *testing.T) {
	for _, c := range []struct {
		set               Set
		rows, tenth, cols int
		// Two cells and the mean of the last column.
		first, last, mean float64
		train             string
	}{
		{Iris(), 150, 15, 4, 5.1, 1.8, 1.1993333333, "34c88184f67e21afe9a7fd1c81390e419cfb3ff35e73c4dc36c59bad9d8e6bca"},
		{Wine(), 178, 18, 13, 14.23, 560, 746.8932584270, "9953a015dc7da5762bf293528838eaa0392ddca2703a245327e3099e8523ffd9"},
		{BreastCancer(), 569, 57, 30, 17.99, 0.07039, 0.0839458172, "cadc494573624b6de53b29587070ec72fbeedfd5bdf6ead5cf15781f402e2b63"},
	} {
		info, x := c.set.Info(), c.set.(finite).x
		if rows, cols := x.Dims(); rows != c.rows || info.Rows != c.rows || cols != c.cols || len(info.Columns) != c.cols {
			t.Errorf("%s: %d x %d values, info %+v", info.Name, rows, cols, info)
		}
		if first, last := x.At(0, 0), x.At(c.rows-1, c.cols-1); first != c.first || last != c.last {
			t.Errorf("%s: corners %v and %v, want %v and %v", info.Name, first, last, c.first, c.last)
		}
		mean := stat.Mean(mat.Col(nil, c.cols-1, x), nil)
		if math.Abs(mean-c.mean) > 1e-9*c.mean { // the digits given
			t.Errorf("%s: mean of the last column %v, want %v", info.Name, mean, c.mean)
		}
		_, _, constant := constantColumn(x)
		if _, dependent := dependentColumn(x); constant || dependent || c.rows < rowsNeeded(c.cols) {
			t.Errorf("%s is no set that Open would accept", info.Name)
		}

		split, err := c.set.Split(1)
		if err != nil {
			t.Fatal(err)
		}
		if got := Digest(split.Train); got != c.train {
			t.Errorf("%s: training rows of seed 1 have digest %s, want %s", info.Name, got, c.train)
		}
		for part, m := range map[string]*mat.Dense{"validation": split.Validation, "test": split.Test} {
			if rows, _ := m.Dims(); rows != c.tenth {
				t.Errorf("%s: %d %s rows, want %d", info.Name, rows, part, c.tenth)
			}
		}
		if got, want := sortedRows(split.Train, split.Validation, split.Test), sortedRows(x); !slices.Equal(got, want) {
			t.Errorf("%s: the parts are not the rows", info.Name)
		}
	}
}

// sortedRows returns the rows of all matrices as text, in order.
func sortedRows(parts ...*mat.Dense) (rows []string) {
	for _, m := range parts {
		n, _ := m.Dims()
		for i := range n {
			rows = append(rows, fmt.Sprint(m.RawRowView(i)))
		}
	}
	slices.Sort(rows)
	return rows
}

// TestSplitIsKeyedBySeed holds for every set.
func TestSplitIsKeyedBySeed(t *testing.T) {
	for _, s := range []Set{
		Iris(), Wine(), BreastCancer(),
		Moons(), EightGaussians(), Checkerboard(),
	} {
		if r, ok := s.(Resizer); ok {
			s = r.WithRows(30, 20, 10)
		}
		digests := func(seed uint64) [3]string {
			split, err := s.Split(seed)
			if err != nil {
				t.Fatal(err)
			}
			return [3]string{Digest(split.Train), Digest(split.Validation), Digest(split.Test)}
		}
		first, again, other := digests(1), digests(1), digests(2)
		if first != again {
			t.Errorf("%s: one seed gives %v and %v", s.Info().Name, first, again)
		}
		for i := range first {
			if first[i] == other[i] {
				t.Errorf("%s: two seeds give the same part %d", s.Info().Name, i)
			}
		}
	}
}

func TestSplitSizes(t *testing.T) {
	for _, c := range []struct{ cols, rows int }{
		// The parts at the border: 11/2/2, 11/2/2 and 31/4/4 rows.
		{1, 15}, {10, 15}, {30, 39},
	} {
		if got := rowsNeeded(c.cols); got != c.rows {
			t.Errorf("%d columns need %d rows, want %d", c.cols, got, c.rows)
		}
	}
}

// TestSplitConstantInTraining meets a column that varies in the test rows only.
func TestSplitConstantInTraining(t *testing.T) {
	text := "a,b\n"
	for i := range 20 {
		text += fmt.Sprintf("%d,%d\n", i, i/19)
	}
	s, err := parseSet("a.csv", []byte(text), CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const want = `split "a.csv" with seed SEED: column "b" is 0 in all 16 training rows; leave it out with --drop "b"`
	var refused int
	for seed := range uint64(40) {
		_, err := s.Split(seed)
		if err == nil {
			continue
		}
		refused++
		var e *usage.Error
		if want := strings.Replace(want, "SEED", fmt.Sprint(seed), 1); !errors.As(err, &e) || err.Error() != want {
			t.Errorf("got %v, want a *usage.Error %q", err, want)
		}
	}
	// A fifth of the seeds take the odd row away; 40 seeds spread by 2.5.
	if refused < 1 || refused > 20 {
		t.Errorf("%d of 40 seeds are refused, want about 8", refused)
	}
}

// TestDependentColumn mixes a column of others in units far apart: with a trace of
// noise it stands, without one it is found.
func TestDependentColumn(t *testing.T) {
	r := random.New(1, "data test", 0, 0)
	units := []float64{1e12, 1e-12, 1, 1e3}
	for _, noise := range []float64{1e-4, 0} {
		x := mat.NewDense(50, 5, nil)
		for i := range 50 {
			var sum float64
			for j, unit := range units {
				v := 7 + r.NormFloat64()
				x.Set(i, j, v*unit)
				sum += v
			}
			x.Set(i, 4, 1e6*(sum+noise*r.NormFloat64()))
		}
		if j, found := dependentColumn(x); found != (noise == 0) || found && j != 4 {
			t.Errorf("noise %v: found %v, column %d", noise, found, j)
		}
	}
}
