package report

import (
	"math"
	"strings"
	"testing"

	"flowcert/cert"
)

// TestHeatMap checks where the corners of a small grid come to lie, and that
// shade follows density.
func TestHeatMap(t *testing.T) {
	p, err := newPicture(cert.Arrays{
		pictureFrame: {0, 3, 0, 2, 3, 2},
		// From the bottom left to the right, then the row above.
		pictureLogDensity: {0, math.Inf(-1), math.NaN(), -2, -50, -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	img := p.heatMap(p.model)
	luminance := func(x, y int) uint32 {
		r, g, b, _ := img.At(x, y).RGBA()
		return 299*r + 587*g + 114*b
	}
	// Images count rows from the top: the densest corner, bottom left, is (0, 1).
	if !(luminance(0, 1) < luminance(2, 0) && luminance(2, 0) < luminance(0, 0) && luminance(0, 0) < luminance(1, 0)) {
		t.Error("denser cells are not darker")
	}
	if white := luminance(1, 1); white != luminance(1, 0) || white != 1000*0xffff {
		t.Errorf("no density has luminance %d, want white", white)
	}
	if r, _, b, _ := img.At(2, 1).RGBA(); r <= b {
		t.Error("a cell without a number looks like a density")
	}
}

// TestRampReadsInBlackAndWhite checks that every step towards higher densities is
// darker.
func TestRampReadsInBlackAndWhite(t *testing.T) {
	last := uint32(math.MaxUint32)
	for i, c := range ramp()[:shades] {
		r, g, b, _ := c.RGBA()
		luminance := 299*r + 587*g + 114*b
		if luminance >= last {
			t.Fatalf("shade %d is not darker than the one before", i)
		}
		last = luminance
	}
}

func TestNewPictureRefuses(t *testing.T) {
	grid := make([]float64, 6)
	for name, arrays := range map[string]cert.Arrays{
		"no frame":          {pictureLogDensity: grid},
		"short frame":       {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, 6}},
		"empty range":       {pictureLogDensity: grid, pictureFrame: {1, 1, 0, 1, 3, 2}},
		"other size":        {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, 2, 2}},
		"parts of columns":  {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, 1.5, 4}},
		"huge size":         {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, 1e300, 1e300}},
		"negative size":     {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, -3, -2}},
		"infinite frame":    {pictureLogDensity: grid, pictureFrame: {0, math.Inf(1), 0, 1, 3, 2}},
		"truth of a corner": {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, 3, 2}, pictureTruth: {0}},
		"half a point":      {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, 3, 2}, pictureTestRows: {1, 2, 3}},
		"point at infinity": {pictureLogDensity: grid, pictureFrame: {0, 1, 0, 1, 3, 2}, pictureTestRows: {1, math.Inf(1)}},
		"half a row":        {pairsColumns: {0, 1, 2}, pairsTestRows: {1, 2, 3, 4}},
		"no rows":           {pairsColumns: {0, 1, 2}, pairsSamples: {1, 2, 3}},
	} {
		if _, err := newPicture(arrays); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if p, err := newPicture(nil); p != nil || err != nil {
		t.Errorf("no evidence gives %v, %v, want no picture and no error", p, err)
	}
}

// TestPicturePanels checks which panels each kind of evidence gives.
func TestPicturePanels(t *testing.T) {
	grid := make([]float64, 6)
	frame := []float64{0, 1, 0, 1, 3, 2}
	for _, c := range []struct {
		arrays cert.Arrays
		want   string
	}{
		{cert.Arrays{pictureFrame: frame, pictureLogDensity: grid}, "learned density"},
		{cert.Arrays{pictureFrame: frame, pictureLogDensity: grid, pictureTruth: grid, pictureTestRows: {0, 0}},
			"learned density, test rows, true density"},
	} {
		p, err := newPicture(c.arrays)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, panel := range p.panels(true) {
			titles = append(titles, panel.title)
		}
		if got := strings.Join(titles, ", "); got != c.want {
			t.Errorf("panels are %q, want %q", got, c.want)
		}
	}
}

// TestPairs checks that samples are drawn in the data's frame, and those outside are
// counted.
func TestPairs(t *testing.T) {
	p, err := newPicture(cert.Arrays{
		pairsColumns:  {0, 1, 2},
		pairsTestRows: {0, 0, 0, 10, 20, 30},
		pairsSamples:  {5, 10, 15, 5, 10, 99, math.NaN(), 0, 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	data, samples := p.pairs.pairOf(0, 2)
	if want := (frame{-1, 11, -3, 33}); data.frame != want || samples.frame != want {
		t.Errorf("frames are %v and %v, want %v", data.frame, samples.frame, want)
	}
	if got := p.pairs.outside(3); got != 2 {
		t.Errorf("%d samples are outside, want 2", got)
	}
	if got := p.pairs.outside(2); got != 1 {
		t.Errorf("%d samples are outside of the first two columns, want 1", got)
	}
}
