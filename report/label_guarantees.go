package report

import (
	"slices"
	"strings"

	"flowcert/cert"
)

// guarantee is one statement with what theory says and what was checked; a side of which the
// certificate has no row is one without an ID.
type guarantee struct {
	statement       string
	theory, checked cert.Row
	most            lineLimits
}

// unknown tells whether nothing is known of either side.
func (g guarantee) unknown() bool { return !assessed(g.theory) && !assessed(g.checked) }

// guarantees pairs the block's rows by their IDs, which end in ".theory" and ".checked", or
// in ".proved" for what is proved of these weights.
func (d Document) guarantees() []guarantee {
	var all []guarantee
	at := map[string]int{}
	for _, r := range d.rows(cert.Guarantees) {
		stem, theory := strings.CutSuffix(r.ID, ".theory")
		stem = strings.TrimSuffix(stem, ".checked")
		i, ok := at[stem]
		if !ok {
			i = len(all)
			at[stem] = i
			none := cert.Row{Strength: cert.NotAssessed}
			statement, _ := brief(r)
			all = append(all, guarantee{statement: statement, theory: none, checked: none})
		}
		if theory {
			all[i].theory = r
		} else {
			all[i].checked = r
		}
	}
	return all
}

// besideStretch puts what is proved of the map's stretch beside what was seen of it, where no
// theorem stands there.
func besideStretch(all []guarantee) []guarantee {
	seen := slices.IndexFunc(all, func(g guarantee) bool { return g.checked.ID == "guarantees.stretch.checked" })
	proved := slices.IndexFunc(all, func(g guarantee) bool { return g.checked.ID == "guarantees.lipschitz.proved" })
	if seen < 0 || proved < 0 || assessed(all[seen].theory) || all[proved].checked.Strength != cert.Proved {
		return all
	}
	all[seen].theory = all[proved].checked
	return slices.Delete(all, proved, proved+1)
}

// Where the columns of the guarantees stand, and their line height.
const (
	theoryLeft   = 230
	checkedLeft  = 558
	claimSize    = 9
	claimLeading = 11
	claimGap     = 8

	statementSize    = 11
	statementLeading = 12.5
	pillRow          = 21 // what a pill takes up
)

// guarantees shows theory beside what was checked. Where there is no room for two lines
// each, those of which nothing is known are left out, which the footer lists; then as many are
// shown as fit in the height that is free: what is refuted in two lines, the others in one,
// and the first of them in more where there is room.
func (l *label) guarantees(free float64) section {
	const head, air = 32.0, 18.0 // above, and for the gaps between sections
	shown := besideStretch(l.doc.guarantees())
	total := len(shown)
	fits := func() bool { return head+l.heights(shown) <= free }
	for i := range shown {
		shown[i].most = lineLimits{known: 2, unknown: 1}
	}
	for !fits() && slices.ContainsFunc(shown, guarantee.unknown) {
		shown = withoutLeast(shown)
	}
	for i, g := range shown {
		if g.theory.Strength != cert.Refuted && g.checked.Strength != cert.Refuted {
			shown[i].most = lineLimits{known: 1, unknown: 1}
		}
	}
	for len(shown) > 0 && !fits() {
		shown = withoutLeast(shown)
	}
	for _, roomier := range []lineLimits{{2, 1}, {2, 2}, {3, 2}} {
		for i := range shown {
			was := shown[i].most
			if shown[i].most = roomier; head+l.heights(shown) > free-air {
				shown[i].most = was
			}
		}
	}
	return section{height: head + l.heights(shown), draw: func(top float64) {
		l.rule(top)
		column := style{size: 11, bold: true, fill: muted}
		l.write(margin, top+22, theoryLeft-margin-10, column, strings.ToUpper(l.say("What is guaranteed")))
		l.write(theoryLeft, top+22, 200, column, l.say("theory says"))
		l.write(checkedLeft, top+22, rightEdge-checkedLeft, column, l.say("checked on these weights"))
		if rest := total - len(shown); rest > 0 {
			l.write(checkedLeft-14, top+22, 120, style{size: 10, fill: muted, anchor: "end"}, l.sayf("+%d in label.html", rest))
		}
		y := top + head
		for i, g := range shown {
			if i > 0 {
				l.rule(y)
			}
			height := l.heights(shown[i : i+1])
			middle := y + height/2 + 4
			lines, st := l.statementLines(g)
			l.lines(margin, middle-statementLeading/2*float64(len(lines)-1), statementLeading, theoryLeft-margin-10, st, lines...)
			l.claim(theoryLeft, middle, checkedLeft-theoryLeft-14, g.most, g.theory)
			l.claim(checkedLeft, middle, rightEdge-checkedLeft, g.most, g.checked)
			y += height
		}
	}}
}

// weight orders guarantees by what must not be missed: what is refuted, then what is proved,
// then what else is known.
func (g guarantee) weight() int {
	has := func(s cert.Strength) bool { return g.theory.Strength == s || g.checked.Strength == s }
	switch {
	case has(cert.Refuted):
		return 3
	case has(cert.Proved):
		return 2
	case g.unknown():
		return 0
	}
	return 1
}

// withoutLeast leaves out one guarantee: the last of the least weight.
func withoutLeast(all []guarantee) []guarantee {
	least := len(all) - 1
	for i, g := range slices.Backward(all) {
		if g.weight() < all[least].weight() {
			least = i
		}
	}
	return slices.Delete(slices.Clone(all), least, least+1)
}

// lineLimits are the most lines for what a claim rests on, and for why it is not
// assessed.
type lineLimits struct{ known, unknown int }

// statementLines breaks a statement, into two lines where claims have two; otherwise one
// that is a little too long is written smaller.
func (l *label) statementLines(g guarantee) ([]string, style) {
	const room = theoryLeft - margin - 10
	st := style{size: statementSize, bold: true, fill: ink}
	words, language := l.free(g.statement)
	st.language = language
	for g.most.known == 1 && st.size > statementSize-1 && l.face.width(clean(words), st.size, true) > room {
		st.size -= 0.5
	}
	return l.face.wrap(clean(words), st.size, room, true, min(g.most.known, 2)), st
}

// heights is the height of some guarantees.
func (l *label) heights(all []guarantee) float64 {
	var sum float64
	for _, g := range all {
		theory, _ := l.claimLines(checkedLeft-theoryLeft-14, g.most, g.theory)
		checked, _ := l.claimLines(rightEdge-checkedLeft, g.most, g.checked)
		statement, _ := l.statementLines(g)
		sum += max(claimGap+claimLeading*float64(max(len(theory), len(checked))), claimGap+statementLeading*float64(len(statement)), pillRow)
	}
	return sum
}

// claimLines breaks what a claim rests on into lines beside its pill.
func (l *label) claimLines(width float64, most lineLimits, r cert.Row) ([]string, style) {
	st := style{size: claimSize, fill: muted}
	words, limit := "", most.known
	switch r.Strength {
	case cert.NotAssessed:
		limit = most.unknown
		words, st.language = l.free(r.Reason)
	case cert.Refuted:
		st.bold, st.fill = true, alarm
		words, st.language = l.free(r.Reason)
	default:
		f := l.show(r)
		method, language := l.free(r.Method)
		if f.figure == "" && f.cases == "" {
			st.language = language
		}
		figure := strings.TrimSpace(l.say(figureName(r.ID)) + " " + f.quantity())
		words = sentence(figure, f.cases, method)
		if room := width - l.strengthWidth(r.Strength) - 7; limit == 1 && f.figure != "" && l.face.width(clean(words), st.size, false) > room {
			words = sentence(figure, f.cases) // rather than the beginning of a sentence
			if l.face.width(clean(words), st.size, false) > room {
				words = figure
			}
		}
	}
	return l.face.wrap(clean(words), st.size, width-l.strengthWidth(r.Strength)-7, st.bold, limit), st
}

// figureName says what the figure of a check is, where its statement and unit do not.
func figureName(id string) string {
	switch id {
	case "guarantees.normalised.checked", "guarantees.sampler.checked":
		return "integral"
	case "guarantees.preconditions.checked":
		return "least margin"
	case "guarantees.tails.checked":
		return "power of the distance"
	case "guarantees.stretch.checked":
		return "largest over least"
	case "guarantees.cost.checked":
		return "degree in columns"
	case "guarantees.lipschitz.proved", "guarantees.lipschitz_inverse.proved", "guarantees.condition.proved",
		"guarantees.layers.proved", "guarantees.round_trip.proved":
		return "on a box at most"
	case "guarantees.total_variation.proved":
		return "at least"
	}
	return ""
}

// claim writes a row's strength and what it rests on, around a middle line, or a dash for
// no row.
func (l *label) claim(x, middle, width float64, most lineLimits, r cert.Row) {
	if r.ID == "" {
		l.write(x+7, middle, width, style{size: pillSize, fill: muted}, "–")
		return
	}
	pill := l.strengthPill(x, middle, r.Strength)
	lines, st := l.claimLines(width, most, r)
	l.lines(x+pill+7, middle-claimLeading/2*float64(max(len(lines)-1, 0)), claimLeading, width-pill-7, st, lines...)
}
