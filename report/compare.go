package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"flowcert/cert"
)

// Comparison lays certificates side by side. It ranks only what was measured on
// the same rows, or on the same machine by the same program, and says of the
// rest why not. Certificates are numbered from 1 in the order given.
type Comparison struct {
	Certificates []Compared    `json:"certificates"`
	Rows         []ComparedRow `json:"rows"`
	Paired       []Paired      `json:"paired"`
	// Remarks say in a sentence each what is not ranked and why.
	Remarks []string `json:"remarks"`
}

// Compared names one of the certificates.
type Compared struct {
	Certificate int    `json:"certificate"`
	Model       string `json:"model"`
	Title       string `json:"title"`
	Seed        uint64 `json:"seed"`
	Data        string `json:"data"`
	Scores      string `json:"scores"`
	SHA256      string `json:"sha256"`
}

// ComparedRow is the row of one ID in every certificate.
type ComparedRow struct {
	ID        string     `json:"id"`
	Block     cert.Block `json:"block"`
	Statement string     `json:"statement"`
	Unit      string     `json:"unit,omitempty"`
	// NotRanked says why no cell is marked, where the row has an order.
	NotRanked string `json:"not_ranked,omitempty"`
	// Cells has one entry per certificate.
	Cells []Cell `json:"cells"`
}

// Cell is a row of one certificate.
type Cell struct {
	Strength cert.Strength `json:"strength"`
	Grade    string        `json:"grade,omitempty"`
	Value    *float64      `json:"value,omitempty"`
	Lo       *float64      `json:"lo,omitempty"`
	Hi       *float64      `json:"hi,omitempty"`
	Mark     Mark          `json:"mark,omitempty"`
}

// Mark says where a cell stands among the row's.
type Mark string

const (
	// Best is better than every other.
	Best Mark = "best"
	// Tied cells cannot be told apart from the best of them.
	Tied Mark = "tied"
)

// Compare compares certificates. It fails where there are none, or where one's
// evidence cannot be compared though it says it is of the same test rows.
func Compare(documents []Document) (*Comparison, error) {
	if len(documents) == 0 {
		return nil, fmt.Errorf("report: compare: no certificates")
	}
	c := &Comparison{}
	for i, d := range documents {
		s := d.Certificate.Subject
		c.Certificates = append(c.Certificates, Compared{
			Certificate: i + 1, Model: clean(s.Model), Title: clean(s.Title), Seed: s.Seed,
			Data: clean(d.Certificate.Data.Name), Scores: clean(s.Scores), SHA256: d.SHA256,
		})
	}
	for _, line := range cert.Lines() {
		c.Rows = append(c.Rows, sideBySide(documents, line))
	}
	if err := c.pair(documents); err != nil {
		return nil, err
	}
	c.remark()
	return c, nil
}

// sideBySide collects the row of a line from all documents and marks the best of
// what it costs. Quality is marked by paired differences instead.
func sideBySide(documents []Document, line cert.Line) ComparedRow {
	row := ComparedRow{ID: line.ID, Block: line.Block, Statement: line.Statement, Unit: line.Unit}
	for _, d := range documents {
		cell := Cell{Strength: cert.NotAssessed}
		at := slices.IndexFunc(d.Certificate.Rows, func(r cert.Row) bool { return r.ID == line.ID })
		if at >= 0 {
			r := d.Certificate.Rows[at]
			cell = Cell{Strength: r.Strength, Grade: r.Grade, Value: r.Value, Lo: r.Lo, Hi: r.Hi}
		}
		row.Cells = append(row.Cells, cell)
	}
	row.NotRanked = whyNotRanked(documents, line.Block)
	if ranked := line.Block == cert.Time || line.Block == cert.Memory || line.Block == cert.Energy; ranked && row.NotRanked == "" {
		row.mark(line.Block == cert.Memory)
	}
	return row
}

// mark marks the least of the assessed cells, and those whose interval reaches
// down into its; nothing where that is all of them. Values without an interval
// are compared only if they are counted exactly: a single measurement orders
// nothing.
func (r *ComparedRow) mark(exact bool) {
	ranked, reach, least := 0, 0.0, math.Inf(1)
	for _, c := range r.Cells {
		if lo, hi, ok := c.bounds(exact); ok {
			ranked++
			if lo < least {
				least, reach = lo, hi
			}
		}
	}
	var leaders []int
	for i, c := range r.Cells {
		if lo, _, ok := c.bounds(exact); ok && lo <= reach {
			leaders = append(leaders, i)
		}
	}
	if len(leaders) == ranked {
		return
	}
	for _, i := range leaders {
		r.Cells[i].Mark = leading(len(leaders))
	}
}

// leading is the mark of so many leaders.
func leading(n int) Mark {
	if n > 1 {
		return Tied
	}
	return Best
}

// bounds returns the interval that a cell is ranked by.
func (c Cell) bounds(exact bool) (lo, hi float64, ok bool) {
	switch {
	case c.Strength == cert.NotAssessed || c.Strength == cert.Refuted:
		return 0, 0, false
	case c.Lo != nil && c.Hi != nil:
		return *c.Lo, *c.Hi, true
	case exact && c.Value != nil:
		return *c.Value, *c.Value, true
	}
	return 0, 0, false
}

// condition is something that has to be the same for figures to be comparable.
type condition struct {
	name string
	of   func(*cert.Certificate) string
}

// conditions lists what has to be the same for a block's rows to be ranked;
// nothing for blocks whose rows have no order.
func conditions(b cert.Block) []condition {
	testRows := condition{"test rows", func(c *cert.Certificate) string { return c.Data.TestSHA256 }}
	scores := condition{"kind of scores", func(c *cert.Certificate) string { return c.Subject.Scores }}
	cost := []condition{
		{"training rows", func(c *cert.Certificate) string { return c.Data.TrainSHA256 }},
		{"program", func(c *cert.Certificate) string { return c.Environment.ProgramSHA256 }},
		{"number of workers", func(c *cert.Certificate) string { return strconv.Itoa(c.Environment.Workers) }},
		{"kernels", func(c *cert.Certificate) string { return c.Environment.Kernels }},
	}
	machine := condition{"machine", func(c *cert.Certificate) string {
		e := c.Environment
		return fmt.Sprintf("%q %d %s %s", e.Processor, e.Cores, e.OS, e.Arch)
	}}
	source := condition{"source of energy figures", func(c *cert.Certificate) string { return c.Environment.EnergySource }}
	switch b {
	case cert.Fit:
		return []condition{testRows, scores}
	case cert.Samples, cert.Numerics:
		return []condition{testRows}
	case cert.Time:
		return append(cost, machine)
	case cert.Memory:
		return cost
	case cert.Energy:
		return append(cost, machine, source)
	}
	return nil
}

// whyNotRanked says why a block's rows are not ranked: a certificate whose density
// is not what it claims to be, or the first condition that two do not share.
func whyNotRanked(documents []Document, b cert.Block) string {
	for i, d := range documents {
		if r := d.refutedGuarantee(); b == cert.Fit && r != "" {
			return fmt.Sprintf("certificate %d is refuted (%s)", i+1, r)
		}
	}
	for _, condition := range conditions(b) {
		want := condition.of(documents[0].Certificate)
		for i, d := range documents {
			if condition.of(d.Certificate) != want {
				return fmt.Sprintf("certificates 1 and %d are not of the same %s", i+1, condition.name)
			}
		}
	}
	return ""
}

// refutedGuarantee names a guarantee that is refuted. Scores of such a model need
// not be those of a density, so they are compared with no others.
func (d Document) refutedGuarantee() string {
	for _, r := range d.rows(cert.Guarantees) {
		if r.Strength == cert.Refuted {
			return clean(r.Statement)
		}
	}
	return ""
}

func (c *Comparison) row(id string) *ComparedRow {
	return &c.Rows[slices.IndexFunc(c.Rows, func(r ComparedRow) bool { return r.ID == id })]
}

// remark collects why blocks are not ranked.
func (c *Comparison) remark() {
	for _, b := range cert.Blocks() {
		at := slices.IndexFunc(c.Rows, func(r ComparedRow) bool { return r.Block == b && r.NotRanked != "" })
		if at >= 0 {
			c.Remarks = append(c.Remarks, fmt.Sprintf("%s is not ranked: %s", b, c.Rows[at].NotRanked))
		}
	}
}
