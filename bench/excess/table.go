package main

import (
	"bytes"
	"fmt"
	"slices"
)

// table returns the cells in Markdown: a line per flow, a column per set, in the
// order in which they first occur.
func table(cells []Cell, steps int) []byte {
	var models, sets []string
	for _, c := range cells {
		if !slices.Contains(models, c.Model) {
			models = append(models, c.Model)
		}
		if !slices.Contains(sets, c.Data) {
			sets = append(sets, c.Data)
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `# Excess over the true entropy

Nats by which a flow's mean log-density falls short of the truth's, on 100,000 fresh
rows, times 1000; the standard error of the paired difference in brackets. Every flow
took %d steps on 20,000 training rows (diamond, with 400 modes: 200,000), with its
defaults otherwise. The least of a set is bold, and what cannot be told from it
(twice the standard errors) too. A run that diverged is marked.

Made by `+"`go run ./bench/excess`"+`; excess.json has the figures.

| flow |`, steps)
	for _, s := range sets {
		fmt.Fprintf(&out, " %s |", s)
	}
	fmt.Fprint(&out, "\n| --- |")
	for range sets {
		fmt.Fprint(&out, " ---: |")
	}
	for _, m := range models {
		fmt.Fprintf(&out, "\n| %s |", m)
		for _, s := range sets {
			fmt.Fprintf(&out, " %s |", entry(cells, m, s))
		}
	}
	fmt.Fprintln(&out)
	return out.Bytes()
}

func entry(cells []Cell, model, set string) string {
	at := slices.IndexFunc(cells, func(c Cell) bool { return c.Model == model && c.Data == set })
	if at < 0 {
		return "not measured"
	}
	c, best := cells[at], least(cells, set)
	text := fmt.Sprintf("%.1f (%.1f)", 1000*c.Excess, 1000*c.StandardError)
	if c.Excess-best.Excess <= 2*(c.StandardError+best.StandardError) {
		text = "**" + text + "**"
	}
	if c.Stopped == "diverged" {
		text += " diverged"
	}
	return text
}

// least returns the cell of a set with the smallest excess.
func least(cells []Cell, set string) (best Cell) {
	for _, c := range cells {
		if c.Data == set && (best.Data == "" || c.Excess < best.Excess) {
			best = c
		}
	}
	return best
}
