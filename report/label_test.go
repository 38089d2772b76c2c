package report

import (
	"slices"
	"testing"

	"flowcert/cert"
)

func TestLabelGolden(t *testing.T) {
	for name, f := range fixtures() {
		got, err := Label(f.document(t), SVG, English)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".svg", got)
	}
	for _, name := range []string{"good", "refuted"} {
		got, err := Label(fixtures()[name].document(t), SVG, German)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".de.svg", got)
	}
}

func TestHTMLGolden(t *testing.T) {
	for _, name := range []string{"good", "refuted"} {
		got, err := Label(fixtures()[name].document(t), HTML, English)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".html", got)
	}
}

// TestWithoutLeast: what is known least is left out first, and what is proved or refuted last.
func TestWithoutLeast(t *testing.T) {
	of := func(statement string, theory, checked cert.Strength) guarantee {
		return guarantee{statement: statement, theory: cert.Row{Strength: theory}, checked: cert.Row{Strength: checked}}
	}
	all := []guarantee{
		of("unknown", cert.NotAssessed, cert.NotAssessed),
		of("theorem", cert.Theorem, cert.NotAssessed),
		of("proved", cert.NotAssessed, cert.Proved),
		of("refuted", cert.Theorem, cert.Refuted),
		of("tested", cert.NotAssessed, cert.Tested),
		of("also refuted", cert.Refuted, cert.NotAssessed),
	}
	for _, left := range []string{"unknown", "tested", "theorem", "proved", "also refuted", "refuted"} {
		rest := withoutLeast(all)
		for _, g := range all {
			if kept := slices.ContainsFunc(rest, func(r guarantee) bool { return r.statement == g.statement }); kept != (g.statement != left) {
				t.Fatalf("of %d statements, %s is kept: %t; want %s left out", len(all), g.statement, kept, left)
			}
		}
		all = rest
	}
}

// TestBesideStretch: a proved bound stands beside the stretch seen unless a theorem does, and
// one that is refuted stays where it is.
func TestBesideStretch(t *testing.T) {
	row := func(id string, s cert.Strength) cert.Row { return cert.Row{ID: id, Strength: s} }
	for _, c := range []struct {
		theory, bound cert.Strength
		beside        bool
	}{
		{cert.NotAssessed, cert.Proved, true},
		{cert.Theorem, cert.Proved, false},
		{cert.NotAssessed, cert.Refuted, false},
		{cert.NotAssessed, cert.NotAssessed, false},
	} {
		all := besideStretch([]guarantee{
			{theory: row("guarantees.stretch.theory", c.theory), checked: row("guarantees.stretch.checked", cert.Tested)},
			{theory: row("", cert.NotAssessed), checked: row("guarantees.lipschitz.proved", c.bound)},
		})
		if beside := len(all) == 1 && all[0].theory.ID == "guarantees.lipschitz.proved"; beside != c.beside {
			t.Errorf("theory %s, bound %s: beside is %t", c.theory, c.bound, beside)
		}
	}
}
