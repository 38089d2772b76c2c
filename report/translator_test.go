package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"flowcert/cert"
)

// TestGermanOfTheFormat checks that every text that the format of certificates fixes
// has a translation. A new line of package cert fails here until germanLines or
// germanMethods has it.
func TestGermanOfTheFormat(t *testing.T) {
	german := newTranslator(German)
	check := func(of, english string) {
		if !german.knows(english) {
			t.Errorf("%s: no German for %q", of, english)
		}
	}
	for _, l := range cert.Lines() {
		check(l.ID, l.Statement)
		check(l.ID, l.Unit)
		check(l.ID, l.Open)
		_, unit := display(cert.Row{Statement: l.Statement, Unit: l.Unit})
		check(l.ID, unit)
		for _, b := range l.Bases {
			check(l.ID, b.Method)
		}
	}
	for _, s := range strengths() {
		check("strength", string(s))
	}
	for _, b := range cert.Blocks() {
		check("block", string(b))
		check("block", strings.ToUpper(string(b[:1]))+string(b[1:]))
		for _, c := range conditions(b) {
			check("condition", c.name)
		}
	}
}

func strengths() []cert.Strength {
	return []cert.Strength{cert.Theorem, cert.Proved, cert.Bounded, cert.Tested, cert.Measured, cert.Declared, cert.NotAssessed, cert.Refuted}
}

// TestGermanOfThePackage checks that every text that this package says has a
// translation, and that formats keep their verbs.
func TestGermanOfThePackage(t *testing.T) {
	german := newTranslator(German)
	texts := said(t)
	if len(texts) < 100 {
		t.Errorf("vacuous: only %d texts", len(texts))
	}
	verbs := regexp.MustCompile(`%[sd%]`)
	for _, english := range texts {
		s, foreign := german.free(english)
		if foreign != "" {
			t.Errorf("no German for %q", english)
		}
		if got, want := verbs.FindAllString(s, -1), verbs.FindAllString(english, -1); !slices.Equal(got, want) {
			t.Errorf("%q has the verbs %q, want %q", s, got, want)
		}
	}
	// A translation that nothing says is out of date.
	for english := range germanLabel() {
		if !slices.Contains(texts, english) {
			t.Errorf("nothing says %q any more", english)
		}
	}
}

// said returns the literals that are given to say and sayf in this package's sources
// and templates, and the names of tables.
func said(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, g := range gradedBlocks() {
		texts = append(texts, g.title)
	}
	for _, l := range cert.Lines() {
		name, unit := brief(cert.Row{ID: l.ID, Statement: l.Statement, Unit: l.Unit})
		texts = append(texts, gloss(l.ID), figureName(l.ID), name, unit)
	}
	texts = append(texts, string(Best), string(Tied))
	grid := make([]float64, 6)
	p, err := newPicture(cert.Arrays{pictureFrame: {0, 1, 0, 1, 3, 2}, pictureLogDensity: grid, pictureTruth: grid, pictureTestRows: {0, 0}})
	if err != nil {
		t.Fatal(err)
	}
	for _, panel := range p.panels(true) {
		texts = append(texts, panel.title)
	}
	for _, f := range newTranslator(English).facts(spline().document(t)) {
		texts = append(texts, f.Name)
	}
	templates := regexp.MustCompile(`\bsayf? ("(?:[^"\\]|\\.)*")`)
	sources, _ := filepath.Glob("*.go")
	pages, _ := filepath.Glob("*.html")
	for _, name := range append(sources, pages...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".html") {
			for _, found := range templates.FindAllStringSubmatch(string(content), -1) {
				texts = append(texts, unquote(t, found[1]))
			}
			continue
		}
		if !strings.HasSuffix(name, "_test.go") {
			texts = append(texts, saidIn(t, name, content)...)
		}
	}
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

func saidIn(t *testing.T, name string, source []byte) []string {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"say", "sayf", "list"}, method.Sel.Name) {
			return true
		}
		for _, argument := range call.Args[:min(2, len(call.Args))] {
			if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				texts = append(texts, unquote(t, literal.Value))
				break
			}
		}
		return true
	})
	return texts
}

func unquote(t *testing.T, s string) string {
	t.Helper()
	text, err := strconv.Unquote(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestGermanOfReasons checks the reasons that rules and claims give: the literals that
// they are printed from, with figures and names put in. What another package's error adds
// is left out.
func TestGermanOfReasons(t *testing.T) {
	german := newTranslator(German)
	verb := regexp.MustCompile(`%[.0-9]*[dgvs]`)
	known := 0
	for glob, calls := range map[string][]string{
		"../cert/rule_*.go": {"Sprintf", "inWords", "significance", "unassessed"},
		"../claim/*.go":     {"Skip", "skipAll"},
	} {
		files, _ := filepath.Glob(glob)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, reason := range reasonsIn(t, name, calls) {
				known++
				if reason = verb.ReplaceAllString(reason, "0.5"); !german.knows(reason) {
					t.Errorf("%s: no German for %q", name, reason)
				}
			}
		}
	}
	if known < 50 {
		t.Errorf("vacuous: only %d reasons", known)
	}
}

// reasonsIn returns the literals with a blank in calls by some names. Those that end in a
// colon or begin with a comma are parts of a sentence.
func reasonsIn(t *testing.T, name string, calls []string) []string {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		called := ""
		switch f := call.Fun.(type) {
		case *ast.Ident:
			called = f.Name
		case *ast.SelectorExpr:
			called = f.Sel.Name
		}
		if !slices.Contains(calls, called) {
			return true
		}
		ast.Inspect(call, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text := unquote(t, literal.Value)
				if called == "inWords" || called == "significance" {
					reasons = append(reasons, "differs from "+text+" (p = 0.5)", "cannot be told from "+text+" (p = 0.5)")
					return true
				}
				part := strings.HasPrefix(text, ",") || strings.HasSuffix(text, ": ") || strings.HasSuffix(text, ": %v") || strings.Contains(text, "%s")
				if strings.Contains(text, " ") && !part {
					reasons = append(reasons, text)
				}
			}
			return true
		})
		return true
	})
	return reasons
}

// TestGermanOfModelsAndSets checks that the models and data sets that come with the
// program have German names.
func TestGermanOfModelsAndSets(t *testing.T) {
	german := newTranslator(German)
	known := 0
	for glob, texts := range map[string]*regexp.Regexp{
		"../model/presets/*.yaml": regexp.MustCompile(`(?m)^(?:title|summary): (.+)$`),
		"../data/*.go":            regexp.MustCompile(`(?m)^\s+Title: +"(.+)",$`),
		"../model/*.go":           regexp.MustCompile(`(?m)(?:Title|Summary): +"(.+?)",$`),
	} {
		files, _ := filepath.Glob(glob)
		for _, name := range files {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range texts.FindAllStringSubmatch(string(content), -1) {
				known++
				if !strings.HasSuffix(name, "_test.go") && !german.knows(found[1]) {
					t.Errorf("%s: no German for %q", name, found[1])
				}
			}
		}
	}
	if known < 50 {
		t.Errorf("vacuous: only %d texts", known)
	}
}

// TestGermanOfTheorems checks the statements of theorems, which are constants and
// fields in the tables of package cert.
func TestGermanOfTheorems(t *testing.T) {
	german := newTranslator(German)
	for _, family := range []string{
		"affine coupling flow", "spline coupling flow", "affine autoregressive flow", "spline autoregressive flow",
		"planar flow", "Gaussian", "mixture", "mixture of flows",
	} {
		f := spline()
		f.subject.Family = family
		for _, r := range f.document(t).Certificate.Rows {
			for _, text := range []string{r.Method, r.Reason} {
				if r.Block == cert.Guarantees && !german.knows(text) && !strings.Contains(text, madeUp) {
					t.Errorf("%s of %s: no German for %q", r.ID, family, text)
				}
			}
		}
	}
}

func TestPatterns(t *testing.T) {
	german := newTranslator(German)
	for english, want := range map[string]string{
		"case 3 is off by 0.37, more than 1e-06":                                            "Fall 3 weicht um 0,37 ab, mehr als 1 × 10⁻⁶",
		"the quadrature has not settled: 1.25, then 0.5":                                    "die Quadratur hat sich nicht beruhigt: 1,25, dann 0,5",
		"energy counters: this system shows no energy counters":                             "Energiezähler: dieses System zeigt keine Energiezähler",
		"cannot be told from data (p = 0.42)":                                               "von Daten nicht zu unterscheiden (p = 0,42)",
		"differs from the base (p = 1.2e-05)":                                               "unterscheidet sich von der Basis (p = 1,2 × 10⁻⁵)",
		"training rows in place of samples: 0.12":                                           "Trainingszeilen anstelle der Stichproben: 0,12",
		"no more than rows that repeat by nature: 8 of 100 training rows equal another row": "nicht mehr als Zeilen, die sich von Natur aus wiederholen: 8 von 100 Trainingszeilen gleichen einer anderen Zeile",
		"classifier test: 5 rows, want at least 20":                                         "Klassifikatortest: 5 Zeilen, mindestens 20 sind nötig",
		"time is not ranked: certificates 1 and 2 are not of the same machine":              "Zeit: keine Rangfolge: die Zertifikate 1 und 2 haben nicht gleich: Rechner",
	} {
		if got, foreign := german.free(english); got != want || foreign != "" {
			t.Errorf("%q is %q (%s), want %q", english, got, foreign, want)
		}
	}
	// No sentence is half translated.
	const unknown = "energy counters: something that nobody foresaw"
	if got, foreign := german.free(unknown); got != unknown || foreign != English {
		t.Errorf("%q is %q in %q, want it as it is, in English", unknown, got, foreign)
	}
}

// TestForeignTextsAreMarked checks that what has no translation is on the label in
// English and says so.
func TestForeignTextsAreMarked(t *testing.T) {
	d := spline().document(t)
	const title = "Nobody's flow"
	d.Certificate.Subject.Title = title
	for f, want := range map[Format]string{SVG: `lang="en">Nobody&#39;s flow</text>`, HTML: `<html lang="de">`} {
		label, err := Label(d, f, German)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(label), want) {
			t.Errorf("%s: no %s", f, want)
		}
	}
	if got := newTranslator(German).quoted(title); got != `<span lang="en">Nobody&#39;s flow</span>` {
		t.Errorf("quoted as %s", got)
	}
}
