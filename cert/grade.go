package cert

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
)

//go:embed scale-2.json
var scale2 []byte

// GradeScale is a frozen scale: a changed border is a new version.
type GradeScale struct {
	Version string    `json:"version"`
	Grades  []Grading `json:"grades"`
}

// Grading says how the row of one ID is graded.
type Grading struct {
	Block Block  `json:"block"`
	Row   string `json:"row"`
	// Better is "lower" or "higher".
	Better string `json:"better"`
	// Borders part A from B, B from C, C from D and D from E, in the row's unit. A
	// value on a border has the better letter.
	Borders [4]float64 `json:"borders"`
}

// CurrentScale returns the scale that this version grades by, and how a
// certificate names it.
func CurrentScale() (GradeScale, Scale) {
	var s GradeScale
	if err := json.Unmarshal(scale2, &s); err != nil {
		panic(err) // the file is part of the program
	}
	return s, Scale{Version: s.Version, SHA256: digest(scale2)}
}

// Mark returns the row that stands for a block on a label, with the grading it is
// under: the first of the scale whose row is assessed. ok is false where there
// is none, and the block is not assessed.
func (c *Certificate) Mark(block Block) (row Row, g Grading, ok bool) {
	scale, _ := CurrentScale()
	marked, g, ok := scale.markOf(block, c.Rows)
	if !ok {
		return Row{}, Grading{}, false
	}
	return *marked, g, true
}

func (s GradeScale) markOf(block Block, rows []Row) (*Row, Grading, bool) {
	for _, g := range s.Grades {
		if g.Block != block {
			continue
		}
		for i := range rows {
			if rows[i].ID == g.Row && rows[i].Strength != NotAssessed {
				return &rows[i], g, true
			}
		}
	}
	return nil, Grading{}, false
}

// grade returns one letter, or two where the row's interval crosses a border;
// nothing for a refuted row.
func (g Grading) grade(r Row) string {
	if r.Strength == Refuted {
		return ""
	}
	lo, hi := r.Lo, r.Hi
	if lo == nil {
		lo, hi = r.Value, r.Value
	}
	best, worst := g.letter(*lo), g.letter(*hi)
	if g.Better == "higher" {
		best, worst = worst, best
	}
	if best == worst {
		return best
	}
	return best + "–" + worst
}

func (g Grading) letter(v float64) string {
	for i, border := range g.Borders {
		if (g.Better == "higher" && v >= border) || (g.Better == "lower" && v <= border) {
			return "ABCDE"[i : i+1]
		}
	}
	return "E"
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
