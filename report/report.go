// Package report shows certificates: a one-page label (SVG, PDF, PNG), a page with
// every row (HTML), a comparison, and a summary table; labels and pages in English and
// German. Everything is drawn from an
// opened certificate and the arrays of its evidence, never from the model or
// the data.
package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"flowcert/cert"
)

// Document is an opened certificate with the arrays of its evidence.
type Document struct {
	Certificate *cert.Certificate
	Arrays      cert.Arrays
	// SHA256 is the digest of the certificate's file, in hexadecimal.
	SHA256 string
}

// Open reads the certificate at path and its evidence, and refuses one that does
// not hold. The errors are those of cert.Open.
func Open(path string) (Document, error) {
	c, arrays, err := cert.Open(path)
	if err != nil {
		return Document{}, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Document{}, fmt.Errorf("report: %w", err)
	}
	sum := sha256.Sum256(text)
	return Document{Certificate: c, Arrays: arrays, SHA256: hex.EncodeToString(sum[:])}, nil
}

// rows returns the rows of a block in the certificate's order.
func (d Document) rows(b cert.Block) []cert.Row {
	var rows []cert.Row
	for _, r := range d.Certificate.Rows {
		if r.Block == b {
			rows = append(rows, r)
		}
	}
	return rows
}

// withStrength returns all rows of a strength in the certificate's order.
func (d Document) withStrength(s cert.Strength) []cert.Row {
	var rows []cert.Row
	for _, r := range d.Certificate.Rows {
		if r.Strength == s {
			rows = append(rows, r)
		}
	}
	return rows
}

// headline is what a label shows of a block: one row, how it is graded, and the
// block's other rows.
type headline struct {
	row     cert.Row
	grading cert.Grading
	others  []cert.Row
}

// headline returns the row that is graded, or, where none is assessed, the one
// that would be.
func (d Document) headline(b cert.Block) headline {
	row, grading, ok := d.Certificate.Mark(b)
	if !ok {
		row, grading = d.unmarked(b)
	}
	var others []cert.Row
	for _, r := range d.rows(b) {
		if r.ID != row.ID {
			others = append(others, r)
		}
	}
	return headline{row, grading, others}
}

// unmarked returns the last row of the scale for a block, which asks least of
// the evidence.
func (d Document) unmarked(b cert.Block) (cert.Row, cert.Grading) {
	row, grading := cert.Row{Block: b, Strength: cert.NotAssessed}, cert.Grading{}
	scale, _ := cert.CurrentScale()
	for _, g := range scale.Grades {
		at := slices.IndexFunc(d.Certificate.Rows, func(r cert.Row) bool { return r.ID == g.Row })
		if g.Block == b && at >= 0 {
			row, grading = d.Certificate.Rows[at], g
		}
	}
	return row, grading
}

// assessed tells whether anything is known of a row.
func assessed(r cert.Row) bool { return r.Strength != cert.NotAssessed }

// short returns the first and last digits of a digest.
func short(digest string) string {
	if len(digest) <= 16 {
		return digest
	}
	return digest[:8] + ellipsis + digest[len(digest)-4:]
}

// reading is what a reader is shown of a row's numbers.
type reading struct {
	// figure is the value, or the range where there is no value.
	figure, unit string
	// interval is the range with its confidence, where figure is a value.
	interval string
	// cases is the number of cases behind it.
	cases string
}

// Units of memory.
const (
	kibibyte = 1 << 10
	mebibyte = 1 << 20
)

// display returns what to multiply a row's numbers with and the unit to show
// them in: one unit for each kind of quantity, whatever its size.
func display(r cert.Row) (factor float64, unit string) {
	const thousand = "1,000 "
	if r.Unit == "bytes" {
		return 1.0 / mebibyte, "MiB"
	}
	if strings.HasPrefix(r.Statement, thousand) {
		return 1, strings.TrimSuffix(r.Unit, " per 1,000 rows")
	}
	return 1, r.Unit
}

// sized prints the quantity of a row that stands alone, in the unit that suits its
// size.
func sized(r cert.Row) string {
	factor, unit := display(r)
	var largest float64
	for _, v := range []*float64{r.Value, r.Lo, r.Hi} {
		if v != nil {
			largest = max(largest, math.Abs(*v))
		}
	}
	switch {
	case r.Unit == "bytes" && largest < kibibyte:
		factor, unit = 1, "bytes"
	case r.Unit == "bytes" && largest < mebibyte/10:
		factor, unit = 1.0/kibibyte, "KiB"
	case r.Unit == "s" && largest < 0.1:
		factor, unit = 1e3, "ms"
	}
	return read(r, factor, unit).quantity()
}

// show prints a row's numbers in the unit of their kind.
func show(r cert.Row) reading {
	factor, unit := display(r)
	return read(r, factor, unit)
}

// show prints a row's numbers as a reader of the language is shown them.
func (t *translator) show(r cert.Row) reading {
	f := show(r)
	f.figure, f.interval, f.cases = t.joined(f.figure), t.joined(f.interval), t.joined(f.cases)
	f.unit = t.say(clean(f.unit))
	return f
}

// joined translates the words that join figures.
func (t *translator) joined(s string) string {
	s = t.figures(s)
	if t.language == German {
		s = strings.NewReplacer(" to ", " bis ", "at least", "mindestens", "at most", "höchstens", " % interval", "-%-Intervall").Replace(s)
	}
	return s
}

func read(r cert.Row, factor float64, unit string) reading {
	f := reading{unit: unit}
	if r.N > 0 {
		f.cases = "n = " + number(float64(r.N))
	}
	ranged := r.Lo != nil && r.Hi != nil
	switch {
	case r.Value != nil && ranged:
		v, lo, hi := figures(*r.Value*factor, *r.Lo*factor, *r.Hi*factor)
		f.figure, f.interval = v, lo+" to "+hi
		if r.Level > 0 {
			f.interval += " (" + number(100*r.Level) + " % interval)"
		}
	case r.Value != nil:
		f.figure = number(*r.Value * factor)
	case ranged:
		_, lo, hi := figures((*r.Lo+*r.Hi)/2*factor, *r.Lo*factor, *r.Hi*factor)
		f.figure = lo + " to " + hi
	case r.Lo != nil:
		f.figure = "at least " + number(*r.Lo*factor)
	case r.Hi != nil:
		f.figure = "at most " + number(*r.Hi*factor)
	}
	return f
}

// quantity is the figure with its unit.
func (f reading) quantity() string {
	if f.figure == "" {
		return ""
	}
	return strings.TrimSpace(f.figure + " " + f.unit)
}

// sentence joins parts that are not empty with middle dots.
func sentence(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}
