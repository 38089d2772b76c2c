package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"flowcert/cert"
)

// gradedBlock is a block that the label shows with a bar.
type gradedBlock struct {
	block cert.Block
	title string
}

func gradedBlocks() []gradedBlock {
	return []gradedBlock{
		{cert.Fit, "Fit"}, {cert.Samples, "Samples"}, {cert.Numerics, "Numerics"},
		{cert.Time, "Time"}, {cert.Memory, "Memory"}, {cert.Energy, "Energy"},
	}
}

// Where the bar of five cells stands.
const (
	blockPitch = 61
	barLeft    = 178
	barPitch   = 48
	barCell    = 46
	letterAt   = 448
	valueLeft  = 488
	valueWidth = rightEdge - valueLeft

	// The small print of a block, below its value.
	smallSize    = 9.5
	smallLines   = 3
	smallLeading = 11.5
	firstSmall   = 33
)

// letterColours of A to E: solid for the grade held, pale for the others.
func letterColours(i int) (solid, pale string) {
	return [...]string{"#0b6e47", "#4d7f17", "#8a6a00", "#a8480c", "#98201f"}[i],
		[...]string{"#d8ebe3", "#e5eed8", "#f4ecd4", "#f5e2d5", "#f3dada"}[i]
}

func (l *label) blocks() section {
	blocks := gradedBlocks()
	return section{height: 32 + blockPitch*float64(len(blocks)), draw: func(top float64) {
		l.rule(top)
		l.heading(top+22, l.say("How good, how dear"),
			l.sayf("scale %s · the marker spans the interval · borders are in the value's unit", l.doc.Certificate.Scale.Version))
		for i, b := range blocks {
			l.block(top+38+blockPitch*float64(i), b)
		}
	}}
}

// block draws one graded block: its name, its bar, its letter and its figures.
func (l *label) block(top float64, b gradedBlock) {
	h := l.doc.headline(b.block)
	if h.row.Strength == cert.Refuted || len(l.refutedOf(h)) > 0 {
		l.rect(margin-14, top+2, 5, blockPitch-12, alarm)
	}
	l.write(margin, top+16, 130, style{size: 15, bold: true, fill: ink}, l.say(b.title))
	statement, language := l.free(h.row.Statement)
	l.lines(margin, top+31, 12.5, 130, style{size: 10, fill: muted, language: language}, l.face.wrap(clean(statement), 10, 130, false, 2)...)
	l.bar(top, h)
	if assessed(h.row) {
		l.figures(top, h)
	} else {
		l.unassessed(top, h)
	}
}

// bar draws the five cells, those of the grade solid, with the borders below
// and the marker above.
func (l *label) bar(top float64, h headline) {
	first, last, graded := cells(h.row.Grade)
	for i := range len(letters) {
		solid, pale := letterColours(i)
		fill, letter := pale, style{size: 12, bold: true, fill: solid, anchor: "middle"}
		switch {
		case !graded:
			fill, letter.fill = "#eceef1", faint
		case first <= i && i <= last:
			fill, letter.fill = solid, paper
		}
		x := barLeft + barPitch*float64(i)
		l.rect(x, top+5, barCell, 21, fill)
		l.write(x+barCell/2, top+20, barCell, letter, letters[i:i+1])
	}
	if h.grading.Row != "" {
		factor, _ := display(h.row)
		for i, s := range l.borders(h.grading, factor) {
			x := barLeft + barPitch*float64(i+1) - 1
			l.write(x, top+38, barCell, style{size: 9.5, fill: muted, anchor: "middle"}, s)
		}
	}
	if !graded {
		l.write(letterAt, top+22, 60, style{size: 19, bold: true, fill: faint, anchor: "middle"}, "–")
		return
	}
	solid, _ := letterColours(last)
	l.write(letterAt, top+23, 62, style{size: 20, bold: true, fill: solid, anchor: "middle"}, h.row.Grade)
	l.marker(top+5, h)
}

// triangle is the width of a marker; a narrower interval disappears behind it.
const triangle = 11.0

// marker draws the interval as a beam above the bar and the value as a triangle
// pointing at it.
func (l *label) marker(y float64, h headline) {
	at := func(v float64) float64 { return barLeft - 1 + barPitch*position(h.grading, v) }
	if h.row.Lo != nil && h.row.Hi != nil {
		lo, hi := at(*h.row.Lo), at(*h.row.Hi)
		if lo > hi {
			lo, hi = hi, lo
		}
		if hi-lo > triangle || h.row.Value == nil {
			l.add(rectangle{x: lo - 1, y: y - 10, width: hi - lo + 2, height: 3.5, radius: 1.7, fill: ink})
		}
	}
	if h.row.Value != nil {
		x, y := at(*h.row.Value), y-5.5
		l.add(polygon{[]point{{x - triangle/2 - 1.4, y - 0.7}, {x + triangle/2 + 1.4, y - 0.7}, {x, y + 8.4}}, paper})
		l.add(polygon{[]point{{x - triangle/2, y}, {x + triangle/2, y}, {x, y + 7}}, ink})
	}
}

// unassessed writes in grey that nothing is known of the block's headline, why,
// and what else the block holds.
func (l *label) unassessed(top float64, h headline) {
	pill := l.strengthWidth(cert.NotAssessed)
	l.strengthPill(rightEdge-pill, top+16, cert.NotAssessed)
	grey := style{size: smallSize, fill: muted}
	reason, language := l.free(h.row.Reason)
	broken := l.face.wrap(clean(reason), grey.size, valueWidth-pill-10, false, 2)
	y := l.lines(valueLeft, top+16, smallLeading, valueWidth, style{size: grey.size, fill: muted, language: language}, broken...)
	y = l.refuted(y, h)
	left := smallLines + 1 - int((y-top-16)/smallLeading)
	l.lines(valueLeft, y, smallLeading, valueWidth, grey, l.face.flow(l.asides(h), grey.size, valueWidth, left)...)
}

// figures writes the value with its unit and strength, its interval, and what
// else the block holds.
func (l *label) figures(top float64, h headline) {
	pill := l.strengthWidth(h.row.Strength)
	l.strengthPill(rightEdge-pill, top+16, h.row.Strength)
	room := valueWidth - pill - 10
	f := l.show(h.row)
	used := l.write(valueLeft, top+17, room, style{size: 16, bold: true, fill: ink}, f.figure)
	unit := strings.TrimSpace(f.unit + " " + l.say(gloss(h.row.ID)))
	if room -= used + 6; l.face.width(clean(unit), 11, false) > room {
		unit = f.unit
	}
	if room > 20 {
		l.write(valueLeft+used+6, top+17, room, style{size: 11, fill: muted}, unit)
	}
	small := style{size: smallSize, fill: muted}
	if h.row.Strength == cert.Refuted {
		small.bold, small.fill = true, alarm
		reason, language := l.free(h.row.Reason)
		small.language = language
		y := l.lines(valueLeft, top+firstSmall, smallLeading, valueWidth, small, l.face.wrap(clean(reason), small.size, valueWidth, true, 2)...)
		if others := l.refutedOf(h); len(others) > 0 && y < top+firstSmall+smallLeading*smallLines {
			l.write(valueLeft, y, valueWidth, small, strings.Join(others, " · "))
		}
		return
	}
	y := l.refuted(top+firstSmall, h)
	left := smallLines - int((y-top-firstSmall)/smallLeading)
	parts := append([]string{f.interval, f.cases}, l.asides(h)...)
	l.lines(valueLeft, y, smallLeading, valueWidth, small, l.face.flow(parts, small.size, valueWidth, left)...)
}

// refuted writes in red what is refuted of a block beside its headline, and returns the
// next baseline.
func (l *label) refuted(y float64, h headline) float64 {
	red := style{size: smallSize, bold: true, fill: alarm}
	parts := l.refutedOf(h)
	if len(parts) > 1 {
		parts = []string{parts[0], strings.Join(parts[1:], " · ")}
	}
	return l.lines(valueLeft, y, smallLeading, valueWidth, red, parts...)
}

// gloss says in plain words how to read the figure of a row; empty for most.
func gloss(id string) string {
	switch id {
	case "fit.skill":
		return "of the reachable gain"
	case "fit.excess_per_dimension":
		return "(0 is best)"
	case "numerics.round_trip_float32":
		return "error, worst case"
	}
	return ""
}

// asideRows are the rows that a label adds to a block's headline, the ones that
// say most first.
func asideRows() []string {
	return []string{
		"fit.log_likelihood", "fit.train_test_gap", "fit.regions", "fit.lowest_decile", "fit.gain",
		"samples.total_variation", "samples.copies", "samples.sliced_wasserstein",
		"numerics.round_trip_float64", "numerics.log_det", "numerics.round_trip_float32",
		"time.training", "time.sampling", "time.density",
		"memory.training_arena", "memory.parameters", "memory.answering",
		"energy.training", "energy.sampling", "energy.density",
	}
}

// brief names a row in fewer words than its statement where that is long, with the unit in
// which it is then shown.
func brief(r cert.Row) (name, unit string) {
	_, unit = display(r)
	switch r.ID {
	case "fit.train_test_gap":
		return "train-test gap", "nats"
	case "fit.regions":
		return "calibration error", unit
	case "fit.lowest_decile":
		return "worst tenth", "nats"
	case "samples.total_variation":
		return "total variation at least", unit
	case "samples.copies":
		return "copies", ""
	case "samples.sliced_wasserstein":
		return "sliced Wasserstein", "sd"
	case "guarantees.volume.theory", "guarantees.volume.checked":
		return "volumes change alike", unit
	case "guarantees.mass.proved":
		return "mass in a box", unit
	case "guarantees.lipschitz.proved":
		return "Lipschitz constant", unit
	case "guarantees.lipschitz_inverse.proved":
		return "stretch of the inverse", unit
	case "guarantees.layers.proved":
		return "stretch of a layer", unit
	case "guarantees.condition.proved":
		return "condition", unit
	case "guarantees.round_trip.proved":
		return "float error", "sd"
	case "guarantees.total_variation.proved":
		return "total variation", unit
	}
	return r.Statement, unit
}

// warns tells whether a row's reason is a warning: other rows put into words what a test
// or a yardstick says of their figure.
func warns(r cert.Row) bool {
	alarming := []string{"fit.gain", "time.load", "time.training_load"}
	return assessed(r) && r.Strength != cert.Refuted && r.Reason != "" && slices.Contains(alarming, r.ID)
}

// refutedOf says what is refuted of a block beside its headline.
func (l *label) refutedOf(h headline) []string {
	var parts []string
	for _, r := range h.others {
		if r.Strength == cert.Refuted {
			parts = append(parts, l.wordOf(r.Strength)+": "+clean(l.say(r.Statement)))
		}
	}
	if h.row.Block == cert.Fit && l.doc.refutedGuarantee() != "" {
		parts = append(parts, l.say("✗ REFUTED guarantee: scores may not be densities"))
	}
	return parts
}

// asides are the figures of asideRows in a block's other rows, with the signs of their
// strengths, and after an exclamation mark those that a reason warns of, which the page
// gives.
func (l *label) asides(h headline) []string {
	var parts []string
	subject := l.doc.Certificate.Subject
	if h.row.Block == cert.Fit && subject.Scores != "exact" {
		parts = append(parts, l.sayf("scores are not exact: %s", l.say(subject.Scores)))
	}
	var figures, warnings []string
	for _, id := range asideRows() {
		at := slices.IndexFunc(h.others, func(r cert.Row) bool { return r.ID == id })
		if at >= 0 && assessed(h.others[at]) && h.others[at].Strength != cert.Refuted {
			r := h.others[at]
			name, unit := brief(r)
			figures = append(figures, strings.TrimSpace(sign(r.Strength)+" "+l.say(name)+" "+l.show(r).figure+" "+l.say(unit)))
		}
	}
	for _, r := range h.others {
		if warns(r) {
			warnings = append(warnings, "! "+l.say(r.Statement)+" "+l.show(r).quantity())
		}
	}
	// The first figure, such as the time of training, is wanted before any warning.
	first := min(len(figures), 1)
	return slices.Concat(parts, figures[:first], warnings, figures[first:])
}

// borders prints the borders of a grading, times a factor, all in the same form:
// as powers of ten where one is below a thousandth.
func (t *translator) borders(g cert.Grading, factor float64) [4]string {
	tiny := slices.ContainsFunc(g.Borders[:], func(v float64) bool { return v != 0 && math.Abs(v*factor) < 1e-3 })
	var printed [4]string
	for i, v := range g.Borders {
		if tiny {
			printed[i] = strings.TrimPrefix(t.figures(scientific(v*factor, 1)), "1 × ")
		} else {
			printed[i] = t.figures(group(strconv.FormatFloat(v*factor, 'f', -1, 64)))
		}
	}
	return printed
}
