package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowcert/internal/usage"

	"github.com/rogpeppe/go-internal/diff"
	"gonum.org/v1/gonum/mat"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// lines returns n rows of two numbers that split and vary.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,%d\n", i, i*i%7)
	}
	return b.String()
}

// sums returns n rows of which the third number is the sum of the others.
func sums(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,%d\n", i, i*i%7, i+i*i%7)
	}
	return b.String()
}

// replace returns the text with its line (counted from 1) replaced.
func replace(text string, line int, by string) string {
	all := strings.Split(text, "\n")
	all[line-1] = by
	return strings.Join(all, "\n")
}

// pack returns the text packed by gzip.
func pack(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBadInput holds every message about a file that cannot be used.
func TestBadInput(t *testing.T) {
	good := lines(20)
	labelled := "width,height,species\n" + strings.ReplaceAll(good, "\n", ",setosa\n")
	model := []string{"width", "height"}
	golden, err := filepath.Abs("testdata/bad-input.golden")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir()) // so that messages name no folder
	var got strings.Builder
	for _, c := range []struct {
		name, file, text string
		drop             []string
		weights          string
		// columns, if not nil, are those of a model that rows are read for.
		columns []string
	}{
		{name: "missing file", file: "nosuch.csv"},
		{name: "folder", file: "."},
		{name: "cut gzip file", file: "a.csv.gz", text: pack(t, good)[:40]},
		{name: "text called gzip", file: "a.csv.gz", text: good},
		{name: "empty file", text: "\ufeff"},
		{name: "Latin-1", text: "width,height\n" + replace(good, 3, "2,4\xe9")},
		{name: "UTF-16", text: "\xff\xfew\x00,\x00h\x00\n\x00"},
		{name: "blank lines", text: "\r\n \r\n"},
		{name: "header only", text: "width,height\n"},
		{name: "text cell", text: replace("width,height\n"+good, 5, "4,tall")},
		{name: "text cell without header", text: replace(good, 5, "4,tall")},
		{name: "empty cell", text: replace("width,height\n"+good, 5, "4,")},
		{name: "empty column", text: strings.ReplaceAll("width,height\n"+good, "\n", ",\n")},
		{name: "text column", text: labelled},
		{name: "text column without header", text: strings.ReplaceAll(good, "\n", ",setosa\n")},
		{name: "decimal comma", text: "width;height\n" + strings.Repeat("1,5;2,5\n", 20)},
		{name: "NaN", text: replace(good, 7, "nan,1")},
		{name: "infinite", text: replace(good, 7, "1,-Inf")},
		{name: "too large", text: replace(good, 7, "1e999,1")},
		{name: "short row", text: replace("width,height\n"+good, 3, "1")},
		{name: "short row of words", text: strings.ReplaceAll(replace(good, 3, "1"), ",", " ")},
		{name: "long row", text: replace("width,height\n"+good, 3, "1,2,3")},
		{name: "stray quote", text: replace(good, 3, `1"2,3`)},
		{name: "open quote", text: replace(good, 3, `"12,3`)},
		{name: "constant column", text: "width,height,depth\n" + strings.ReplaceAll(good, "\n", ",0.5\n")},
		{name: "constant column without header", text: strings.ReplaceAll(good, "\n", ",0.5\n")},
		{name: "values too large", text: strings.ReplaceAll("width,height\n"+good, "\n1,", "\n-1e200,")},
		{name: "values too near", text: "width,height\n" + strings.ReplaceAll(good, ",", "e-200,")},
		{name: "sum of other columns", text: "width,height,sum\n" + sums(20)},
		{name: "few rows", text: lines(14)},
		{name: "one row", text: "1,2\n"},
		{name: "fewer rows than columns", text: strings.Repeat(strings.Repeat("1,", 29)+"1\n", 29)},
		{name: "one name twice", text: "width,height,width\n" + strings.ReplaceAll(good, "\n", ",1\n")},
		{name: "unknown name to drop", text: labelled, drop: []string{"specis"}},
		{name: "name to drop without header", text: good, drop: []string{"species"}},
		{name: "number to drop too large", text: labelled, drop: []string{"4"}},
		{name: "everything dropped", text: labelled, drop: []string{"width", "2", "species"}},

		{name: "unknown name of weights", text: labelled, drop: []string{"species"}, weights: "hieght"},
		{name: "number of weights too large", text: good, weights: "3"},
		{name: "negative weight", text: replace("width,height\n"+good, 5, "4,-0.5"), weights: "height"},
		{name: "weight that is no number", text: replace("width,height\n"+good, 5, "4,nan"), weights: "height"},
		{name: "text as weights", text: labelled, weights: "species"},
		{name: "nothing beside the weights", text: labelled, drop: []string{"1", "3"}, weights: "2"},

		{name: "rows: missing file", file: "nosuch.csv", columns: model},
		{name: "rows: empty file", columns: model},
		{name: "rows: header only", text: "width,height\n", columns: model},
		{name: "rows: missing column", text: "width,hight\n" + good, columns: model},
		{name: "rows: column dropped", text: labelled, drop: []string{"height"}, columns: model},
		{name: "rows: one name twice", text: "width,height,width\n1,2,3\n", columns: model},
		{name: "rows: too many columns", text: "1,2,3\n", columns: model},
		{name: "rows: text in every row", text: "width,height\n1,small\n2,tall\n", columns: []string{"height"}},
		{name: "rows: unknown name to drop", text: labelled, drop: []string{"sepcies"}, columns: model},
		{name: "rows: short row", text: "1,2\n3\n", columns: model},
	} {
		if c.file == "" {
			c.file = "a.csv"
		}
		if c.file != "nosuch.csv" && c.file != "." {
			if err := os.WriteFile(c.file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if c.columns == nil {
			_, err = Open(c.file, CSVOptions{Drop: c.drop, Weights: c.weights})
		} else {
			_, err = ReadRows(c.file, c.columns, CSVOptions{Drop: c.drop})
		}
		var e *usage.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want a *usage.Error", c.name, err)
		}
		fmt.Fprintf(&got, "%s\n\t%v\n", c.name, err)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := diff.Diff("want", want, "got", []byte(got.String())); d != nil {
		t.Errorf("messages changed; see whether they are better and run with -update\n%s", d)
	}
}

// table20 is what lines(20) says.
func table20() *mat.Dense {
	x := mat.NewDense(20, 2, nil)
	for i := range 20 {
		x.SetRow(i, []float64{float64(i), float64(i * i % 7)})
	}
	return x
}

// TestForms reads one table in every form that a file may have.
func TestForms(t *testing.T) {
	rows := lines(20)
	header := "width,height\n"
	text := header + rows
	each := func(text, old, new string) string { return strings.ReplaceAll(text, old, new) }
	for name, c := range map[string]struct {
		text, drop, columns string
	}{
		"bare":                      {rows, "", "x1,x2"},
		"header":                    {text, "", "width,height"},
		"no newline at the end":     {strings.TrimSpace(text), "", "width,height"},
		"byte order mark":           {"\ufeff" + text, "", "width,height"},
		"carriage returns":          {each(text, "\n", "\r\n"), "", "width,height"},
		"blank lines":               {each(text, "\n", "\n \n\n"), "", "width,height"},
		"semicolons":                {each(text, ",", ";"), "", "width,height"},
		"tabs":                      {each(text, ",", "\t"), "", "width,height"},
		"pipes":                     {each(text, ",", "|"), "", "width,height"},
		"spaces":                    {each(text, ",", " "), "", "width,height"},
		"runs of spaces":            {each(each(text, ",", "   "), "\n", "  \n "), "", "width,height"},
		"spaces after commas":       {each(text, ",", " , "), "", "width,height"},
		"delimiters in names":       {"\"wi;dth\";\"he|ight\"\n" + each(rows, ",", ";"), "", "wi;dth,he|ight"},
		"column without name":       {",height\n" + rows, "", "x1,height"},
		"tabs, column without name": {"\theight\n" + each(rows, ",", "\t"), "", "x1,height"},
		"drop a name":               {"width,height,class\n" + each(rows, "\n", ",1\n"), "class", "width,height"},
		"drop text by name":         {"width,height,class\n" + each(rows, "\n", ",a\n"), "class", "width,height"},
		"drop text, names numbers":  {"0,1,class\n" + each(rows, "\n", ",a\n"), "class", "0,1"},
		"drop a number":             {"width,height,class\n" + each(rows, "\n", ",1\n"), "3", "width,height"},
		"drop text without header":  {each(rows, "\n", ",a\n"), "3", "x1,x2"},
		"drop a name by default":    {each(rows, "\n", ",a\n"), "x3", "x1,x2"},
		"drop the first":            {"a," + each(strings.TrimSpace(rows), "\n", "\na,"), "1", "x2,x3"},
		"a name that is a number":   {"width,height,1\n" + each(rows, "\n", ",5\n"), "1", "width,height"},
		"numbers of every kind":     {strings.Replace(rows, "10,2", "+1.0e1,0x2p0", 1), "", "x1,x2"},
	} {
		t.Run(name, func(t *testing.T) {
			var o CSVOptions
			if c.drop != "" {
				o.Drop = []string{c.drop}
			}
			plain := filepath.Join(t.TempDir(), "a.csv")
			for path, text := range map[string]string{plain: c.text, plain + ".gz": pack(t, c.text)} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				s, err := Open(path, o)
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(s.Info().Columns, ","); got != c.columns {
					t.Errorf("columns %s, want %s", got, c.columns)
				}
				if got := s.(finite).x; !mat.Equal(got, table20()) {
					t.Errorf("read %v", mat.Formatted(got))
				}
				if info := s.Info(); info.Name != filepath.Base(path) || info.Title != filepath.Base(path) || info.Rows != 20 {
					t.Errorf("info %+v", info)
				}
				got, err := ReadRows(path, s.Info().Columns, o)
				if err != nil {
					t.Fatal(err)
				}
				if !mat.Equal(got, table20()) {
					t.Errorf("rows %v", mat.Formatted(got))
				}
			}
		})
	}
}

// TestWeights: the column of weights is none of the set's, may be constant or follow
// from others, and each row keeps its weight in the split.
func TestWeights(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("width,height,both\n"+sums(20)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"both", "3"} {
		s, err := Open(path, CSVOptions{Weights: word})
		if err != nil {
			t.Fatal(err)
		}
		if info := s.Info(); !slices.Equal(info.Columns, []string{"width", "height"}) || info.Weights != "both" {
			t.Errorf("%q: info %+v", word, info)
		}
		split, err := s.Split(1)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct {
			x       *mat.Dense
			weights []float64
		}{{split.Train, split.TrainWeights}, {split.Validation, split.ValidationWeights}} {
			for i, w := range part.weights {
				if w != part.x.At(i, 0)+part.x.At(i, 1) {
					t.Errorf("%q: row %v weighs %v", word, part.x.RawRowView(i), w)
				}
			}
			if rows, _ := part.x.Dims(); rows != len(part.weights) {
				t.Errorf("%q: %d weights of %d rows", word, len(part.weights), rows)
			}
		}
	}
	weightless := strings.ReplaceAll(lines(20), "\n", ",0\n")
	if err := os.WriteFile(path, []byte(weightless), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, CSVOptions{Weights: "x3"})
	if err != nil {
		t.Fatal(err)
	}
	var bad *usage.Error
	if _, err := s.Split(1); !errors.As(err, &bad) {
		t.Errorf("weights of 0: got %v, want a *usage.Error", err)
	}
}

// TestReadRows reads what may differ from the file that a model was fitted to.
func TestReadRows(t *testing.T) {
	for name, c := range map[string]struct {
		text, drop, columns string
		want                []float64
	}{
		"one row":                   {"1,2\n", "", "a,b", []float64{1, 2}},
		"other order, other column": {"label,b,a\nx,2,1\ny,4,3\n", "", "a,b", []float64{1, 2, 3, 4}},
		"constant":                  {"a,b\n1,1\n1,1\n", "", "a,b", []float64{1, 1, 1, 1}},
		"names are numbers":         {"1,0\n2,1\n4,3\n", "", "0,1", []float64{1, 2, 3, 4}},
		"one row with its label":    {"1,2,x\n", "3", "a,b", []float64{1, 2}},
		"two columns of no concern": {"a,c,c\n1,2,3\n", "", "a", []float64{1}},
		"one column":                {"sepal length\n1\n2\n", "", "sepal length", []float64{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			var o CSVOptions
			if c.drop != "" {
				o.Drop = []string{c.drop}
			}
			columns := strings.Split(c.columns, ",")
			got, err := parseRows("a.csv", []byte(c.text), columns, o)
			if err != nil {
				t.Fatal(err)
			}
			if want := mat.NewDense(len(c.want)/len(columns), len(columns), c.want); !mat.Equal(got, want) {
				t.Errorf("got %v", mat.Formatted(got))
			}
		})
	}
}

// FuzzCSV checks that whatever is read is finite and as wide as its columns are
// many, splits into parts that hold all rows, is read again the same for a
// model, and that whatever is refused is the user's to put right.
func FuzzCSV(f *testing.F) {
	rows := lines(15)
	f.Add([]byte(rows), "")
	f.Add([]byte("a,b\n"+rows), "b")
	f.Add([]byte("\ufeffa;b;c\r\n"+strings.ReplaceAll(rows, "\n", ";x\r\n")), "3")
	f.Add([]byte("\"a \"\"b\" c\n"+strings.ReplaceAll(rows, ",", " ")), "c")
	f.Add([]byte("a,,a\n1,NaN,\n"), "2")
	f.Add([]byte("1e999\t-\n"), "0")
	f.Add([]byte("\"\n"), "")
	f.Fuzz(func(t *testing.T, text []byte, drop string) {
		var o CSVOptions
		if drop != "" {
			o.Drop = []string{drop}
		}
		var e *usage.Error
		s, err := parseSet("a.csv", text, o)
		if err != nil {
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *usage.Error", err)
			}
			return
		}
		info, x := s.Info(), s.(finite).x
		if n, d := x.Dims(); n != info.Rows || d != len(info.Columns) {
			t.Fatalf("%d x %d values, info %+v", n, d, info)
		}
		if slices.ContainsFunc(x.RawMatrix().Data, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
			t.Fatalf("not finite: %v", x)
		}
		again, err := parseRows("a.csv", text, info.Columns, o)
		if err != nil || !mat.Equal(again, x) {
			t.Fatalf("read again: %v, %v, want %v", again, err, x)
		}
		split, err := s.Split(1)
		if err != nil {
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *usage.Error", err)
			}
			return
		}
		train, d := split.Train.Dims()
		validation, _ := split.Validation.Dims()
		test, _ := split.Test.Dims()
		if train < d+1 || validation < 1 || test < 2 || train+validation+test != info.Rows {
			t.Fatalf("%d rows of %d columns split %d/%d/%d", info.Rows, d, train, validation, test)
		}
	})
}
