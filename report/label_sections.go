package report

import (
	"cmp"
	"slices"
	"strings"

	"flowcert/cert"
)

// header names the model, says in a sentence what it is and in another what it
// learnt from, and carries the digest that ties the label to its certificate, to be
// read out and as a QR code.
func (l *label) header() section {
	const height, width = 124, 540
	c := l.doc.Certificate
	return section{height: height, draw: func(top float64) {
		l.rect(0, top, pageWidth, height, navy)
		used := l.write(margin, top+32, width, style{size: 14, bold: true, fill: navyFaint}, "flowcert")
		l.write(margin+used+8, top+32, width-used-8, style{size: 14, fill: navyFaint}, l.say("certificate of a density model"))
		title, language := l.free(c.Subject.Title)
		size := 30.0
		for size > 18 && l.face.width(clean(title), size, true) > width {
			size--
		}
		l.write(margin, top+65, width, style{size: size, bold: true, fill: paper, language: language}, title)
		plain := style{size: 11.5, fill: navyText}
		summary, language := l.free(c.Subject.Summary)
		summaries := l.face.wrap(clean(summary), plain.size, width, false, 2)
		y := l.lines(margin, top+85, 16, width, style{size: plain.size, fill: navyText, language: language}, summaries...)
		rows := l.number(float64(c.Data.Train))
		l.write(margin, y, width, plain, l.sayf("Learnt from %s rows of %s: %s", rows, l.columns(c.Data), l.say(c.Data.Title)))
		l.digest(top, height)
	}}
}

// columns says how many columns the data have.
func (t *translator) columns(d cert.Data) string {
	if len(d.Columns) == 1 {
		return t.say("1 column")
	}
	return t.sayf("%s columns", t.number(float64(len(d.Columns))))
}

// digest prints the certificate's SHA-256, its first digits large.
func (l *label) digest(top, height float64) {
	digits := strings.ToUpper(clean(l.doc.SHA256))
	code, left := digestCode(digits, rightEdge, top+height/2)
	if code == nil {
		return
	}
	l.add(code...)
	right := left - 12
	small := style{size: 9.5, fill: navyFaint, anchor: "end"}
	l.write(right, top+32, 95, small, "SHA-256")
	l.write(right, top+45, 95, small, l.say("of certificate.json"))
	large := style{size: 14, bold: true, fill: paper, anchor: "end"}
	l.write(right, top+67, 95, large, digits[:4]+" "+digits[4:8])
	l.write(right, top+85, 95, large, digits[8:12]+" "+digits[12:16])
	l.write(right, top+104, 95, small, l.say("in full: QR code"))
}

// refutations is a band across the page that says what does not hold and why;
// it takes no room where nothing is refuted.
func (l *label) refutations() section {
	const most = 5
	refuted := l.doc.withStrength(cert.Refuted)
	if len(refuted) == 0 {
		return section{draw: func(float64) {}}
	}
	title := l.say("REFUTED: one claim does not hold. Do not use the model where it matters.")
	if n := len(refuted); n > 1 {
		title = l.sayf("REFUTED: %d claims do not hold. Do not use the model where they matter.", n)
	}
	shown, lines := refuted, len(refuted)
	if lines > most {
		shown, lines = refuted[:most-1], most
	}
	box := 32 + 15*float64(lines)
	return section{height: box + 14, draw: func(top float64) {
		l.add(rectangle{x: margin, y: top + 12, width: textWidth, height: box, fill: alarmPale, stroke: alarm, line: 2.5})
		l.write(margin+14, top+32, textWidth-28, style{size: 14, bold: true, fill: alarm}, "✗ "+title)
		y := top + 49
		for _, r := range shown {
			statement := style{size: 11, bold: true, fill: ink}
			used := l.quote(margin+14, y, 300, statement, r.Statement)
			l.quote(margin+14+used+8, y, textWidth-28-used-8, style{size: 11, fill: ink}, r.Reason)
			y += 15
		}
		if rest := len(refuted) - len(shown); rest > 0 {
			l.write(margin+14, y, textWidth-28, style{size: 11, fill: ink}, l.sayf("and %d more in label.html", rest))
		}
	}}
}

// badge is what the model can answer, or not, or is not known to.
type badge struct {
	word  string
	look  pillLook
	width float64
}

// badge names an answer and how strongly it is known that the model gives it.
func (l *label) badge(r cert.Row) badge {
	mark, look := "✓", pillLook{fill: bluePale, stroke: blue, text: blue, line: 1.2, radius: 8.5}
	words := l.say(r.Statement) + ": " + l.strength(r.Strength)
	switch {
	case r.Strength == cert.Refuted:
		mark, look, words = "✗", lookOf(cert.Refuted), l.say(r.Statement)+": "+strings.ToUpper(l.strength(r.Strength))
	case !assessed(r):
		mark, look, words = "–", lookOf(cert.NotAssessed), l.say(r.Statement)
	}
	word := l.face.shorten(mark+" "+clean(words), pillSize, textWidth-14, true)
	return badge{word, look, l.face.width(word, pillSize, true) + 14}
}

// answers shows the badges on as many lines as they need, three at most.
func (l *label) answers() section {
	const gap, pitch, most = 8.0, 25.0, 3
	var lines [][]badge
	room, rest := 0.0, 0
	for _, r := range l.doc.rows(cert.Answers) {
		b := l.badge(r)
		if rest > 0 || b.width > room && len(lines) == most {
			rest++
			continue
		}
		if b.width > room {
			lines, room = append(lines, nil), textWidth
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], b)
		room -= b.width + gap
	}
	note := l.say("✓ yes, with how it is known · – not assessed")
	if rest > 0 {
		note += " · " + l.sayf("%d more in label.html", rest)
	}
	return section{height: 36 + pitch*float64(max(len(lines), 1)), draw: func(top float64) {
		l.heading(top+22, l.say("What it can answer"), note)
		if len(lines) == 0 {
			l.write(margin, top+46, textWidth, style{size: 11, fill: muted}, l.strength(cert.NotAssessed))
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

// facts shows the data, the run and the picture side by side.
func (l *label) facts() section {
	return section{height: 174, draw: func(top float64) {
		l.rule(top)
		head := style{size: 11, bold: true, fill: muted}
		l.write(margin, top+22, 200, head, strings.ToUpper(l.say("Data")))
		l.write(302, top+22, 200, head, strings.ToUpper(l.say("Run")))
		l.paragraphs(margin, top+40, 246, l.dataFacts())
		l.paragraphs(302, top+40, 240, l.runFacts())
		l.pictureBox(560, top+10, rightEdge-560, 164)
	}}
}

// paragraphs writes facts of up to two lines each, as many as there is room for.
func (l *label) paragraphs(x, y, width float64, facts []string) {
	const size, most = 10, 10
	var lines []string
	for _, f := range facts {
		lines = append(lines, l.face.wrap(clean(f), size, width, false, 2)...)
	}
	l.lines(x, y, 13.5, width, style{size: size, fill: ink}, lines[:min(len(lines), most)]...)
}

func (l *label) dataFacts() []string {
	d := l.doc.Certificate.Data
	truth := l.say("true density not known")
	if d.Truth {
		truth = l.say("true density known")
	}
	count := func(n int) string { return l.number(float64(n)) }
	name := d.Name
	if name == d.Title {
		name = "" // a file goes by its name
	}
	return []string{
		l.say(d.Title),
		sentence(name, l.columns(d)),
		l.sayf("%s train, %s validation, %s test rows", count(d.Train), count(d.Validation), count(d.Test)),
		sentence(l.sayf("split by seed %d", d.SplitSeed), truth),
		l.sayf("SHA-256 of the test rows %s", short(d.TestSHA256)),
		sentence(d.Licence, d.Source),
	}
}

func (l *label) runFacts() []string {
	c := l.doc.Certificate
	e := c.Environment
	facts := []string{l.sayf("energy: %s", l.energyWords(e.EnergySource))}
	for _, note := range e.Notes {
		facts = append(facts, l.say(note))
	}
	return append(facts,
		sentence(e.Processor, l.sayf("%d cores", e.Cores), e.OS+"/"+e.Arch),
		sentence(e.Program, e.Go, e.Kernels, l.sayf("%d workers", e.Workers)),
		sentence(l.sayf("model seed %d", c.Subject.Seed), l.settings(len(c.Subject.Settings))),
		l.sayf("issued %s", e.Issued),
		l.sayf("SHA-256 of the weights %s", short(c.Subject.WeightsSHA256)),
		l.say("who issued it is not checked here"),
	)
}

// settings says how much there is to choose about a model.
func (t *translator) settings(n int) string {
	switch n {
	case 0:
		return t.say("nothing to set")
	case 1:
		return t.say("1 setting")
	}
	return t.sayf("%d settings", n)
}

// energyWords says where figures of energy come from.
func (t *translator) energyWords(source string) string {
	switch source {
	case "wall meter":
		return t.say("read from a meter at the socket")
	case "rapl":
		return t.say("read from the processor's counters (RAPL)")
	case "perf":
		return t.say("read from the processor's counters (perf)")
	case "none":
		return t.say("no figures")
	case "model":
		return t.say("modelled from processor time, not measured")
	}
	return cmp.Or(source, t.say("no figures"))
}

// footer lists what is not assessed and what is refuted, says what the
// strengths mean, and how to check the certificate.
func (l *label) footer() section {
	const size = 10
	unknown := l.list(cert.NotAssessed, "Not assessed (%d of %d lines): ", size, 3)
	refuted := l.list(cert.Refuted, "Refuted (%d of %d lines): ", size, 2)
	legend := []string{
		l.say("● theorem, ◕ proved: follows from mathematics, preconditions checked · ◑ bounded: holds with the stated confidence"),
		l.say("◔ tested, ○ measured: seen in n cases, no more · ◌ declared: said, not checked · ✗ refuted: a counterexample is on file"),
	}
	height := 48 + 14*float64(len(unknown)+len(refuted)+len(legend))
	return section{height: height, draw: func(top float64) {
		l.rect(0, top, pageWidth, height, pale)
		y := l.lines(margin, top+20, 14, textWidth, style{size: size, fill: ink}, unknown...)
		y = l.lines(margin, y, 14, textWidth, style{size: size, bold: true, fill: ink}, refuted...)
		y = l.lines(margin, y+3, 14, textWidth, style{size: 9.5, fill: muted}, legend...)
		l.write(margin, y+3, textWidth, style{size: size, bold: true, fill: ink}, l.say("Check it yourself:")+" flowcert verify certificate.json")
	}}
}

// list says how many rows have a strength and names as many as fit in some lines; a
// guarantee of which both sides have it is named once.
func (l *label) list(s cert.Strength, head string, size float64, lines int) []string {
	names := map[string]string{}
	for _, g := range l.doc.guarantees() {
		switch theory, checked := g.theory.Strength == s, g.checked.Strength == s; {
		case theory && !checked:
			names[g.theory.ID] = l.say(g.statement) + " (" + l.say("theory") + ")"
		case checked && !theory:
			names[g.checked.ID] = l.say(g.statement) + " (" + l.say("check") + ")"
		}
	}
	rows := l.doc.withStrength(s)
	var list []string
	for _, r := range rows {
		list = append(list, clean(cmp.Or(names[r.ID], l.say(r.Statement))))
	}
	list = unique(list)
	head = l.sayf(head, len(rows), len(l.doc.Certificate.Rows))
	bold := s == cert.Refuted
	for shown := len(list); shown > 0; shown-- {
		sentence := head + strings.Join(list[:shown], "; ") + "."
		if shown < len(list) {
			sentence = head + strings.Join(list[:shown], "; ") + "; " + l.say("the rest in label.html")
		}
		broken := l.face.wrap(sentence, size, textWidth, bold, lines+1)
		if len(broken) <= lines || shown == 1 {
			return l.face.wrap(sentence, size, textWidth, bold, lines)
		}
	}
	return []string{head + l.say("nothing.")}
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
