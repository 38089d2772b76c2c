package report

import (
	"strings"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// fontFamily starts with the font that is measured. Verdana has nearly the same
// widths, and the generic fonts that may follow are narrower, so that a line
// that fits here fits everywhere.
const fontFamily = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"

// emUnits is the size at which glyphs are measured: the fonts' own units.
const emUnits = 2048

// missingGlyph is the width, in em, that a character outside the font is taken
// to have: that of a wide emoji.
const missingGlyph = 1.4

const ellipsis = "…"

// typeface measures text. It is not safe for concurrent use.
type typeface struct {
	regular, bold *sfnt.Font
	buffer        sfnt.Buffer
}

func newTypeface() *typeface {
	return &typeface{regular: parseFont(dejavusans.TTF), bold: parseFont(dejavusansbold.TTF)}
}

func parseFont(ttf []byte) *sfnt.Font {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic("report: embedded font: " + err.Error())
	}
	return f
}

func (t *typeface) font(bold bool) *sfnt.Font {
	if bold {
		return t.bold
	}
	return t.regular
}

// width returns the advance of s in the unit of size. Kerning, which only
// narrows text in these fonts, is left out.
func (t *typeface) width(s string, size float64, bold bool) float64 {
	f := t.font(bold)
	var em float64
	for _, r := range s {
		glyph, err := f.GlyphIndex(&t.buffer, r)
		if err != nil || glyph == 0 {
			em += missingGlyph
			continue
		}
		advance, err := f.GlyphAdvance(&t.buffer, glyph, fixed.I(emUnits), font.HintingNone)
		if err != nil {
			em += missingGlyph
			continue
		}
		em += float64(advance) / 64 / emUnits
	}
	return em * size
}

// shorten returns s, cut with an ellipsis if it is wider than most: after a clause or a
// word where one ends near enough.
func (t *typeface) shorten(s string, size, most float64, bold bool) string {
	room := most - t.width(ellipsis, size, bold)
	width, cut := 0.0, 0 // of what has been read, and where it has to be cut
	for i, r := range s {
		if width <= room {
			cut = i
		}
		if width += t.width(string(r), size, bold); width > most {
			kept := s[:cut]
			if clause := max(strings.LastIndex(kept, ": "), strings.LastIndex(kept, "; "), strings.LastIndex(kept, ", ")); clause > cut/2 {
				kept = kept[:clause]
			} else if word := strings.LastIndex(kept, " "); word > cut*2/3 {
				kept = kept[:word]
			}
			return strings.TrimRight(kept, " ,.;:·") + ellipsis
		}
	}
	return s
}

// wrap breaks s at spaces into at most lines lines no wider than max; what does
// not fit is cut with an ellipsis. An empty text has no lines.
func (t *typeface) wrap(s string, size, max float64, bold bool, lines int) []string {
	words := strings.Fields(s)
	var out []string
	for len(words) > 0 {
		if len(out) == lines-1 {
			return append(out, t.shorten(strings.Join(words, " "), size, max, bold))
		}
		n := 1
		for n < len(words) && t.width(strings.Join(words[:n+1], " "), size, bold) <= max {
			n++
		}
		out = append(out, t.shorten(strings.Join(words[:n], " "), size, max, bold))
		words = words[n:]
	}
	return out
}

// flow sets parts between middle dots in at most lines lines no wider than max.
// Parts stay whole where they fit on a line, and those that do not fit on the
// last line are left out.
func (t *typeface) flow(parts []string, size, max float64, lines int) []string {
	var out []string
	for _, part := range parts {
		part = clean(part)
		if part == "" {
			continue
		}
		if n := len(out); n > 0 {
			if joined := out[n-1] + " · " + part; t.width(joined, size, false) <= max {
				out[n-1] = joined
				continue
			}
		}
		if len(out) < lines {
			out = append(out, t.shorten(part, size, max, false))
		}
	}
	return out
}

// clean makes a string safe to lay out: white space becomes single spaces, and
// control characters and invisible format characters (such as those that turn
// the direction of writing) are dropped.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}
