package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"flowcert/cert"
)

// header names the model, says in a sentence what it learnt from what, and
// prints the digest that ties the label to its certificate.
func (l *label) header() section {
	const height, width = 120, 570
	c := l.doc.Certificate
	return section{height: height, draw: func(top float64) {
		l.rect(0, top, pageWidth, height, navy)
		used := l.write(margin, top+36, width, style{size: 14, bold: true, fill: navyFaint}, "flowcert")
		l.write(margin+used+8, top+36, width, style{size: 14, fill: navyFaint}, "certificate of a density model")
		size := 30.0
		for size > 20 && l.face.width(clean(c.Subject.Title), size, true) > width {
			size--
		}
		l.write(margin, top+69, width, style{size: size, bold: true, fill: paper}, c.Subject.Title)
		plain := style{size: 12.5, fill: navyText}
		l.write(margin, top+90, width, plain, c.Subject.Summary)
		rows := number(float64(c.Data.Train))
		l.write(margin, top+107, width, plain, fmt.Sprintf("Learnt from %s rows of %s: %s", rows, columns(c.Data), c.Data.Title))
		l.digest(top)
	}}
}

// columns says how many columns the data have.
func columns(d cert.Data) string {
	if len(d.Columns) == 1 {
		return "1 column"
	}
	return number(float64(len(d.Columns))) + " columns"
}

// digest prints the certificate's SHA-256 so that it can be read out.
func (l *label) digest(top float64) {
	digits := strings.ToUpper(clean(l.doc.SHA256))
	if len(digits) < 16 {
		return
	}
	right := style{size: 10.5, fill: navyFaint, anchor: "end"}
	l.write(rightEdge, top+36, 190, right, "sha256 of certificate.json")
	right = style{size: 15, bold: true, fill: paper, anchor: "end"}
	l.write(rightEdge, top+58, 190, right, digits[:4]+" "+digits[4:8])
	l.write(rightEdge, top+77, 190, right, digits[8:12]+" "+digits[12:16])
}

// refutations is a band across the page that says what does not hold and why;
// it takes no room where nothing is refuted.
func (l *label) refutations() section {
	const most = 3
	var reasons []string
	for _, r := range l.doc.withStrength(cert.Refuted) {
		reasons = append(reasons, r.Statement+": "+r.Reason)
	}
	if len(reasons) == 0 {
		return section{draw: func(float64) {}}
	}
	title := "REFUTED: one claim does not hold. Do not use the model where it matters."
	if n := len(reasons); n > 1 {
		title = fmt.Sprintf("REFUTED: %d claims do not hold. Do not use the model where they matter.", n)
	}
	if n := len(reasons); n > most {
		reasons = append(reasons[:most-1], fmt.Sprintf("and %d more in the full table (label.html)", n-most+1))
	}
	box := 32 + 15*float64(len(reasons))
	return section{height: box + 14, draw: func(top float64) {
		l.items = append(l.items, svgRect{X: margin, Y: px(top + 12), Width: textWidth, Height: px(box), Fill: alarmPale, Stroke: alarm, Line: 2.5})
		l.write(margin+14, top+32, textWidth-28, style{size: 14, bold: true, fill: alarm}, "✗ "+title)
		l.lines(margin+14, top+49, 15, textWidth-28, style{size: 11, fill: ink}, reasons...)
	}}
}

// badge is what the model can answer, or not, or is not known to.
type badge struct {
	word  string
	look  pillLook
	width float64
}

func (l *label) badge(r cert.Row) badge {
	word, look := "– "+clean(r.Statement), lookOf(cert.NotAssessed)
	switch {
	case r.Strength == cert.Refuted:
		word, look = "✗ "+clean(r.Statement)+": REFUTED", lookOf(cert.Refuted)
	case assessed(r):
		word, look = "✓ "+clean(r.Statement), pillLook{fill: bluePale, stroke: blue, text: blue, line: 1.2, radius: 8.5}
	}
	word = l.face.shorten(word, pillSize, textWidth-14, true)
	return badge{word, look, l.face.width(word, pillSize, true) + 14}
}

// answers shows the badges on as many lines as they need, three at most.
func (l *label) answers() section {
	const gap, pitch, most = 8.0, 25.0, 3
	var lines [][]badge
	room := 0.0
	for _, r := range l.doc.rows(cert.Answers) {
		b := l.badge(r)
		if b.width > room {
			if len(lines) == most {
				break
			}
			lines, room = append(lines, nil), textWidth
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], b)
		room -= b.width + gap
	}
	return section{height: 36 + pitch*float64(max(len(lines), 1)), draw: func(top float64) {
		l.heading(top+22, "What it can answer", "✓ yes, checked · – not assessed")
		if len(lines) == 0 {
			l.write(margin, top+46, textWidth, style{size: 11, fill: muted}, "not assessed")
		}
		for i, line := range lines {
			x := float64(margin)
			for _, b := range line {
				l.pill(x, top+46+pitch*float64(i), b.look, b.word)
				x += b.width + gap
			}
		}
	}}
}

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
	theoryLeft   = 250
	checkedLeft  = 515
	claimSize    = 9.5
	claimLeading = 12
)

// guarantees shows theory beside what was checked: in as many lines as fit in
// the height that is free, and if one each does not fit, as many as do.
func (l *label) guarantees(free float64) section {
	const head = 32.0
	all := l.doc.guarantees()
	most := lineLimits{known: 1, unknown: 1}
	for _, roomier := range []lineLimits{{2, 1}, {3, 1}, {3, 2}} {
		if head+l.heights(all, roomier) <= free {
			most = roomier
		}
	}
	shown := all
	for len(shown) > 0 && head+l.heights(shown, most) > free {
		shown = shown[:len(shown)-1]
	}
	return section{height: head + l.heights(shown, most), draw: func(top float64) {
		l.rule(top)
		column := style{size: 11, bold: true, fill: muted}
		l.write(margin, top+22, 200, column, "WHAT IS GUARANTEED")
		l.write(theoryLeft, top+22, 200, column, "theory says")
		l.write(checkedLeft, top+22, 175, column, "checked on these weights")
		if rest := len(all) - len(shown); rest > 0 {
			l.write(rightEdge, top+22, 100, style{size: 10, fill: muted, anchor: "end"}, fmt.Sprintf("%d more in label.html", rest))
		}
		y := top + head
		for i, g := range shown {
			if i > 0 {
				l.rule(y)
			}
			height := l.heights(shown[i:i+1], most)
			middle := y + height/2 + 4
			l.write(margin, middle, theoryLeft-margin-10, style{size: 12, bold: true, fill: ink}, g.statement)
			l.claim(theoryLeft, middle, checkedLeft-theoryLeft-14, most, g.theory)
			l.claim(checkedLeft, middle, rightEdge-checkedLeft, most, g.checked)
			y += height
		}
	}}
}

// lineLimits are the most lines for what a claim rests on, and for why it is not
// assessed.
type lineLimits struct{ known, unknown int }

// heights is the height of some guarantees.
func (l *label) heights(all []guarantee, most lineLimits) float64 {
	var sum float64
	for _, g := range all {
		theory, _ := l.claimLines(checkedLeft-theoryLeft-14, most, g.theory)
		checked, _ := l.claimLines(rightEdge-checkedLeft, most, g.checked)
		sum += 11 + claimLeading*float64(max(len(theory), len(checked), 1))
	}
	return sum
}

// claimLines breaks what a claim rests on into lines beside its pill.
func (l *label) claimLines(width float64, most lineLimits, r cert.Row) ([]string, style) {
	st := style{size: claimSize, fill: muted}
	words, limit := r.Reason, most.known
	switch r.Strength {
	case cert.NotAssessed:
		limit = most.unknown
	case cert.Refuted:
		st.bold, st.fill = true, alarm
	default:
		f := show(r)
		words = sentence(typographic(f.quantity()), f.cases, r.Method)
	}
	return l.face.wrap(clean(words), st.size, width-l.strengthWidth(r.Strength)-7, st.bold, limit), st
}

// claim writes a row's strength and what it rests on, around a middle line.
func (l *label) claim(x, middle, width float64, most lineLimits, r cert.Row) {
	pill := l.strength(x, middle, r.Strength)
	lines, st := l.claimLines(width, most, r)
	l.lines(x+pill+7, middle-claimLeading/2*float64(max(len(lines)-1, 0)), claimLeading, width-pill-7, st, lines...)
}

// facts shows the data, the run and the picture side by side.
func (l *label) facts() section {
	return section{height: 176, draw: func(top float64) {
		l.rule(top)
		head := style{size: 11, bold: true, fill: muted}
		l.write(margin, top+22, 200, head, "DATA")
		l.write(302, top+22, 200, head, "RUN")
		l.paragraphs(margin, top+40, 246, l.dataFacts())
		l.paragraphs(302, top+40, 240, l.runFacts())
		l.pictureBox(560, top+10, rightEdge-560, 166)
	}}
}

// paragraphs writes facts of up to two lines each, as many as there is room for.
func (l *label) paragraphs(x, y, width float64, facts []string) {
	const size, most = 10, 9
	var lines []string
	for _, f := range facts {
		lines = append(lines, l.face.wrap(clean(f), size, width, false, 2)...)
	}
	l.lines(x, y, 15.5, width, style{size: size, fill: ink}, lines[:min(len(lines), most)]...)
}

func (l *label) dataFacts() []string {
	d := l.doc.Certificate.Data
	truth := "true density not known"
	if d.Truth {
		truth = "true density known"
	}
	count := func(n int) string { return number(float64(n)) }
	name := d.Name
	if name == d.Title {
		name = "" // a file goes by its name
	}
	return []string{
		d.Title,
		sentence(name, columns(d)),
		fmt.Sprintf("%s train, %s validation, %s test rows", count(d.Train), count(d.Validation), count(d.Test)),
		sentence(fmt.Sprintf("split by seed %d", d.SplitSeed), truth),
		"sha256 of the test rows " + short(d.TestSHA256),
		sentence(d.Licence, d.Source),
	}
}

func (l *label) runFacts() []string {
	e := l.doc.Certificate.Environment
	facts := append([]string{"energy: " + energyWords(e.EnergySource)}, e.Notes...)
	return append(facts,
		sentence(e.Processor, fmt.Sprintf("%d cores", e.Cores), e.OS+"/"+e.Arch),
		sentence(e.Program, e.Go, e.Kernels, fmt.Sprintf("%d workers", e.Workers)),
		sentence(fmt.Sprintf("model seed %d", l.doc.Certificate.Subject.Seed), "issued "+e.Issued),
		"sha256 of the weights "+short(l.doc.Certificate.Subject.WeightsSHA256),
		"unsigned: the issuer is not checked",
	)
}

// energyWords says where figures of energy come from.
func energyWords(source string) string {
	switch source {
	case "rapl":
		return "read from the processor's counters (RAPL)"
	case "model":
		return "modelled from processor time"
	}
	return cmp.Or(source, "none")
}

// footer lists what is not assessed and what is refuted, says what the
// strengths mean, and how to check the certificate.
func (l *label) footer() section {
	const size = 10.5
	unknown := l.face.wrap("Not assessed: "+l.list(cert.NotAssessed), size, textWidth, false, 3)
	refuted := l.face.wrap("Refuted: "+l.list(cert.Refuted), size, textWidth, true, 2)
	height := 80 + 14.5*float64(len(unknown)+len(refuted))
	return section{height: height, draw: func(top float64) {
		l.rect(0, top, pageWidth, height, pale)
		y := l.lines(margin, top+22, 14.5, textWidth, style{size: size, fill: ink}, unknown...)
		y = l.lines(margin, y, 14.5, textWidth, style{size: size, bold: true, fill: ink}, refuted...)
		y = l.lines(margin, y+3, 14.5, textWidth, style{size: 10, fill: muted},
			"theorem, proved: follows from mathematics, preconditions checked · bounded: holds with the stated confidence",
			"tested, measured: seen in n cases, no more · declared: said, not checked · refuted: a counterexample is on file")
		l.write(margin, y+3, textWidth, style{size: 10, bold: true, fill: ink}, "Check it yourself: flowcert verify certificate.json")
	}}
}

// list names the rows of a strength, or says that there are none. A guarantee of
// which both sides have the strength is named once.
func (l *label) list(s cert.Strength) string {
	names := map[string]string{}
	for _, g := range l.doc.guarantees() {
		switch theory, checked := g.theory.Strength == s, g.checked.Strength == s; {
		case theory && !checked:
			names[g.theory.ID] = g.statement + " (theory)"
		case checked && !theory:
			names[g.checked.ID] = g.statement + " (check)"
		}
	}
	var list []string
	for _, r := range l.doc.withStrength(s) {
		list = append(list, clean(cmp.Or(names[r.ID], r.Statement)))
	}
	if len(list) == 0 {
		return "nothing."
	}
	return strings.Join(unique(list), "; ") + "."
}

// unique drops repetitions.
func unique(list []string) []string {
	var kept []string
	for _, s := range list {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// pictureBox draws the learned density and the test rows in the same axes, or
// says why there is no picture.
func (l *label) pictureBox(x, y, width, height float64) {
	caption := style{size: captionSize, fill: muted, anchor: "middle"}
	if l.picture == nil {
		l.rect(x, y, width, height, pale)
		why := "no picture: the data have " + columns(l.doc.Certificate.Data)
		if len(l.doc.Certificate.Data.Columns) == 2 {
			why = "no picture in the evidence"
		}
		l.write(x+width/2, y+height/2, width-20, caption, why)
		return
	}
	panels := l.picture.panels(false)
	const gap = 8.0
	side := math.Min((width-gap*float64(len(panels)-1))/float64(len(panels)), height-44)
	left := x + (width-side*float64(len(panels))-gap*float64(len(panels)-1))/2
	for i, p := range panels {
		at := left + (side+gap)*float64(i)
		l.items = append(l.items, l.picture.draw(at, y+14, side, p)...)
		l.write(at+side/2, y+10, side, style{size: 10, bold: true, fill: ink, anchor: "middle"}, p.title)
	}
	p := l.picture
	l.write(x+width/2, y+side+28, width, caption, l.axis("across", 0, p.left, p.right, width))
	l.write(x+width/2, y+side+40, width, caption, l.axis("up", 1, p.bottom, p.top, width))
}

// axis says which column runs in a direction of the picture, and its range, with
// the column's name shortened until all fits in a width.
func (l *label) axis(direction string, column int, lo, hi, width float64) string {
	direction += ": "
	ends := fmt.Sprintf(", %s to %s", typographic(number(lo)), typographic(number(hi)))
	room := width - l.face.width(direction+ends, captionSize, false)
	return direction + l.face.shorten(clean(l.doc.column(column)), captionSize, room, false) + ends
}

const captionSize = 9.5
