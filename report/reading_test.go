package report

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"flowcert/cert"
)

// question is one that a reader asks a label. Its pattern finds the answer among the
// label's words, a line for each text; want is the answer by the certificate.
type question struct {
	asked   string
	pattern string
	want    func(d Document) string
}

// questions are those of docs/reading-a-label.md, in its order. The answers are joined
// by bars where a pattern finds several.
func questions() []question {
	row := func(d Document, id string) cert.Row { return d.byID(id) }
	shown := func(r cert.Row) string { return newTranslator(English).show(r).quantity() }
	return []question{
		{"What is it, and what did it learn from?",
			`certificate of a density model\n(.+)\n(?:.+\n)+?Learnt from (.+) rows of (.+): (.+)\n`,
			func(d Document) string {
				c := d.Certificate
				return strings.Join([]string{c.Subject.Title, number(float64(c.Data.Train)), fmt.Sprintf("%d columns", len(c.Data.Columns)), c.Data.Title}, "|")
			}},
		{"Can it give me samples?",
			`\n([✓–✗]) samples(?:: (.+))?\n`,
			func(d Document) string { return "✓|" + string(row(d, "answers.samples").Strength) }},
		{"How good is it, and what would be better or worse?",
			`\nFit\n(?:.+\n){1,2}A\nB\nC\nD\nE\n(.+)\n(.+)\n(.+)\n(.+)\n(.+)\n`,
			func(d Document) string { return "0.01|0.05|0.2|0.5|" + row(d, "fit.excess_per_dimension").Grade }},
		{"How sure is this number?",
			`\nFit\n(?:.+\n){11,12}(.+)\n(.+)\n(nats per dimension).*\n(?:✗.+\n)*(.+) \((.+) % interval\) · n = (.+)\n`,
			func(d Document) string {
				r := row(d, "fit.excess_per_dimension")
				f := newTranslator(English).show(r)
				interval, _, _ := strings.Cut(f.interval, " (")
				return strings.Join([]string{sign(r.Strength) + " " + string(r.Strength), f.figure, f.unit, interval, number(100 * r.Level), number(float64(r.N))}, "|")
			}},
		{"Which of two models is cheaper to run?",
			`\nTime\n(?:.+\n){1,2}A\nB\nC\nD\nE\n(?:.+\n){6}(.+)\n(.+)\n`,
			func(d Document) string {
				f := show(row(d, "time.density"))
				return f.figure + "|" + f.unit
			}},
		{"What did the training cost?",
			`(. training .+? s)(?: ·|\n)`,
			func(d Document) string {
				r := row(d, "time.training")
				return sign(r.Strength) + " training " + shown(r)
			}},
		{"Was the energy measured?",
			`\nEnergy\n(?:.+\n){1,2}A\nB\nC\nD\nE\n(?:.+\n){5}(.+)\n(?:.+\n)+?energy: (\w+)`,
			func(d Document) string {
				r := row(d, "energy.density")
				return sign(r.Strength) + " " + string(r.Strength) + "|" + strings.Fields(newTranslator(English).energyWords(d.Certificate.Environment.EnergySource))[0]
			}},
		{"What follows from theory, and was it checked on this model?",
			`\ndensity integrates to 1\n(. (?:theorem|proved|not assessed|REFUTED))\n(?:.+\n)+?(. (?:tested|proved|bounded|not assessed|REFUTED))\n`,
			func(d Document) string {
				theory, checked := row(d, "guarantees.normalised.theory"), row(d, "guarantees.normalised.checked")
				t := newTranslator(English)
				return t.wordOf(theory.Strength) + "|" + t.wordOf(checked.Strength)
			}},
		{"What was not checked, and was anything found wrong?",
			`\nNot assessed \((\d+) of (\d+) lines\): (?:.+\n)+?Refuted \((\d+) of`,
			func(d Document) string {
				return fmt.Sprintf("%d|%d|%d", len(d.withStrength(cert.NotAssessed)), len(d.Certificate.Rows), len(d.withStrength(cert.Refuted)))
			}},
		{"Does this label belong to that certificate, and can I check it?",
			`\nSHA-256\nof certificate.json\n(.+)\n(.+)\n(?:.+\n)+Check it yourself: (.+)`,
			func(d Document) string {
				s := strings.ToUpper(d.SHA256)
				return fmt.Sprintf("%s %s|%s %s|flowcert verify certificate.json", s[:4], s[4:8], s[8:12], s[12:16])
			}},
	}
}

// TestLabelAnswersQuestions finds the answer to every question in the words of labels
// of different models, and compares it with the certificate.
func TestLabelAnswersQuestions(t *testing.T) {
	for name, f := range map[string]fixture{
		"flow": spline().withPicture(), "refuted": refuted(), "mixture": rival("mixture", "Gaussian mixture", 0.1, 0.1, 2),
	} {
		f.environment.EnergySource = "model"
		d := f.document(t)
		svg, err := Label(d, SVG, English)
		if err != nil {
			t.Fatal(err)
		}
		words := "\n" + wordsOf(t, svg) + "\n"
		for _, q := range questions() {
			found := regexp.MustCompile(q.pattern).FindStringSubmatch(words)
			if found == nil {
				t.Errorf("%s: %s: no answer on the label", name, q.asked)
				continue
			}
			if got, want := strings.Join(found[1:], "|"), q.want(d); got != want {
				t.Errorf("%s: %s: the label says %q, the certificate %q", name, q.asked, got, want)
			}
		}
	}
}

// TestReadingALabel checks that the guide asks these questions, and that what it quotes
// stands on the label that it shows.
func TestReadingALabel(t *testing.T) {
	guide, err := os.ReadFile("../docs/reading-a-label.md")
	if err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile("../docs/label.svg")
	if err != nil {
		t.Fatal(err)
	}
	words := "\n" + wordsOf(t, svg) + "\n"
	asked := regexp.MustCompile(`(?m)^## \d+\. (.+)$`).FindAllStringSubmatch(string(guide), -1)
	for i, q := range questions() {
		if i >= len(asked) || asked[i][1] != q.asked {
			t.Errorf("question %d of the guide is not %q", i+1, q.asked)
		}
		if regexp.MustCompile(q.pattern).FindString(words) == "" {
			t.Errorf("%s: no answer on docs/label.svg", q.asked)
		}
	}
	if got, want := len(asked), len(questions()); got != want {
		t.Errorf("the guide has %d questions, want %d", got, want)
	}
	quotes := regexp.MustCompile(`(?m)^> (.+)$`).FindAllStringSubmatch(string(guide), -1)
	for _, quote := range quotes {
		for _, part := range strings.Split(quote[1], " … ") {
			if !strings.Contains(words, part) {
				t.Errorf("%q does not stand on docs/label.svg", cmp.Or(part, quote[1]))
			}
		}
	}
	if len(quotes) < 10 {
		t.Errorf("only %d quotes", len(quotes))
	}
}
