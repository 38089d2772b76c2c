package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"flowcert/probe"
)

// How often a bar is drawn, and how often a long stage reports itself where there
// is no terminal.
const (
	barEvery  = 100 * time.Millisecond
	lineEvery = 5 * time.Second
)

// display shows how far a task is: bars with the time left on a terminal, plain
// and few lines elsewhere.
type display struct {
	w        io.Writer
	terminal bool
	stage    string
	bar      *progressbar.ProgressBar
	// first is the step that the stage began at: a fit may go on from a later one.
	first int
	// began is the start of the stage, and said when it was last reported.
	began, said time.Time
}

func newDisplay(w io.Writer) *display {
	return &display{w: w, terminal: isTerminal(w)}
}

// isTerminal says whether w can redraw a line.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// colours returns what marks a word as good or bad news: green and red on a
// terminal, and nothing elsewhere or where the value of NO_COLOR is not empty
// (https://no-color.org).
func colours(terminal bool, noColour string) (good, bad func(string) string) {
	paint := func(code string) func(string) string {
		return func(s string) string {
			if !terminal || noColour != "" {
				return s
			}
			return "\x1b[" + code + "m" + s + "\x1b[0m"
		}
	}
	return paint("32"), paint("31")
}

// show reports that step of steps of a stage are done; steps is 0 where the
// length of the stage is not known.
func (d *display) show(stage string, step, steps int) {
	now := probe.Now()
	if stage != d.stage {
		d.end()
		d.stage, d.first, d.began, d.said = stage, step, now, now
		fmt.Fprintln(d.w, stage)
	}
	left := ""
	if step > d.first {
		seconds := now.Sub(d.began).Seconds() * float64(steps-step) / float64(step-d.first)
		left = "about " + (time.Duration(math.Ceil(seconds)) * time.Second).String() + " left"
	}
	switch {
	case steps == 0:
	case d.terminal && d.bar != nil && now.Sub(d.said) < barEvery:
	case d.terminal:
		d.said = now
		if d.bar == nil {
			d.bar = progressbar.NewOptions(steps,
				progressbar.OptionSetWriter(d.w),
				progressbar.OptionSetWidth(40),
				progressbar.OptionSetPredictTime(false),
				progressbar.OptionSetElapsedTime(false),
				progressbar.OptionShowDescriptionAtLineEnd(),
				progressbar.OptionUseANSICodes(true),
				progressbar.OptionClearOnFinish())
		}
		d.bar.Describe(left)
		d.bar.Set(step)
	case step > d.first && now.Sub(d.said) >= lineEvery:
		d.said = now
		fmt.Fprintf(d.w, "%s: %d of %d, %s\n", stage, step, steps, left)
	}
}

// end closes the stage and takes its bar away.
func (d *display) end() {
	if d.bar != nil {
		d.bar.Clear()
	}
	d.bar, d.stage = nil, ""
}

// note prints a line between stages.
func (d *display) note(format string, args ...any) {
	d.end()
	fmt.Fprintf(d.w, format+"\n", args...)
}
