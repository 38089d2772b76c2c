package report

import (
	"slices"
	"strings"

	"flowcert/cert"
)

// guarantee is one statement with what theory says and what was checked.
type guarantee struct {
	statement       string
	theory, checked cert.Row
}

// guarantees pairs the block's rows by their IDs, which end in ".theory" and
// ".checked".
func (d Document) guarantees() []guarantee {
	var all []guarantee
	at := map[string]int{}
	for _, r := range d.rows(cert.Guarantees) {
		stem, checked := strings.CutSuffix(r.ID, ".checked")
		stem = strings.TrimSuffix(stem, ".theory")
		i, ok := at[stem]
		if !ok {
			i = len(all)
			at[stem] = i
			none := cert.Row{Strength: cert.NotAssessed}
			all = append(all, guarantee{r.Statement, none, none})
		}
		if checked {
			all[i].checked = r
		} else {
			all[i].theory = r
		}
	}
	return all
}

// Where the columns of the guarantees stand, and their line height.
const (
	theoryLeft   = 230
	checkedLeft  = 510
	claimSize    = 9.5
	claimLeading = 12
)

// guarantees shows theory beside what was checked: in as many lines as fit in the
// height that is free, and if one each does not fit, as many as do; those that say
// nothing are left out first.
func (l *label) guarantees(free float64) section {
	const head = 32.0
	shown := l.doc.guarantees()
	total := len(shown)
	most := lineLimits{known: 1, unknown: 1}
	for _, roomier := range []lineLimits{{2, 1}, {2, 2}, {3, 2}} {
		if head+l.heights(shown, roomier) <= free {
			most = roomier
		}
	}
	for len(shown) > 0 && head+l.heights(shown, most) > free {
		shown = withoutLeast(shown)
	}
	return section{height: head + l.heights(shown, most), draw: func(top float64) {
		l.rule(top)
		column := style{size: 11, bold: true, fill: muted}
		l.write(margin, top+22, theoryLeft-margin-10, column, strings.ToUpper(l.say("What is guaranteed")))
		l.write(theoryLeft, top+22, 200, column, l.say("theory says"))
		used := l.write(checkedLeft, top+22, 200, column, l.say("checked on these weights"))
		if rest := total - len(shown); rest > 0 {
			l.write(rightEdge, top+22, rightEdge-checkedLeft-used-10, style{size: 10, fill: muted, anchor: "end"}, l.sayf("%d more in label.html", rest))
		}
		y := top + head
		for i, g := range shown {
			if i > 0 {
				l.rule(y)
			}
			height := l.heights(shown[i:i+1], most)
			middle := y + height/2 + 4
			lines, st := l.statementLines(most, g)
			l.lines(margin, middle-6.5*float64(len(lines)-1), 13, theoryLeft-margin-10, st, lines...)
			l.claim(theoryLeft, middle, checkedLeft-theoryLeft-14, most, g.theory)
			l.claim(checkedLeft, middle, rightEdge-checkedLeft, most, g.checked)
			y += height
		}
	}}
}

// withoutLeast leaves out one guarantee: the last of which nothing is known, or
// otherwise the last that is not refuted.
func withoutLeast(all []guarantee) []guarantee {
	least := len(all) - 1
	for i, g := range slices.Backward(all) {
		if g.theory.Strength != cert.Refuted && g.checked.Strength != cert.Refuted {
			least = i
			break
		}
	}
	for i, g := range slices.Backward(all) {
		if !assessed(g.theory) && !assessed(g.checked) {
			least = i
			break
		}
	}
	return slices.Delete(slices.Clone(all), least, least+1)
}

// lineLimits are the most lines for what a claim rests on, and for why it is not
// assessed.
type lineLimits struct{ known, unknown int }

// statementLines breaks a statement, into two lines where claims have two.
func (l *label) statementLines(most lineLimits, g guarantee) ([]string, style) {
	st := style{size: 11.5, bold: true, fill: ink}
	words, language := l.free(g.statement)
	st.language = language
	return l.face.wrap(clean(words), st.size, theoryLeft-margin-10, true, min(most.known, 2)), st
}

// heights is the height of some guarantees.
func (l *label) heights(all []guarantee, most lineLimits) float64 {
	var sum float64
	for _, g := range all {
		theory, _ := l.claimLines(checkedLeft-theoryLeft-14, most, g.theory)
		checked, _ := l.claimLines(rightEdge-checkedLeft, most, g.checked)
		statement, _ := l.statementLines(most, g)
		sum += 11 + claimLeading*float64(max(len(theory), len(checked), len(statement), 1))
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
		words = sentence(f.quantity(), f.cases, method)
	}
	return l.face.wrap(clean(words), st.size, width-l.strengthWidth(r.Strength)-7, st.bold, limit), st
}

// claim writes a row's strength and what it rests on, around a middle line.
func (l *label) claim(x, middle, width float64, most lineLimits, r cert.Row) {
	pill := l.strengthPill(x, middle, r.Strength)
	lines, st := l.claimLines(width, most, r)
	l.lines(x+pill+7, middle-claimLeading/2*float64(max(len(lines)-1, 0)), claimLeading, width-pill-7, st, lines...)
}
