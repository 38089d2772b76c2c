package data

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"flowcert/internal/usage"

	"gonum.org/v1/gonum/mat"
)

// table reads a delimited text record by record.
type table struct {
	path   string
	csv    *csv.Reader
	spaces bool // cells stand apart by runs of spaces
	width  int  // cells in every record
	// ahead holds the first two records, or the one there is, until next has
	// returned them: they tell whether there is a header.
	ahead []record
}

// record is one row of text and the line that it starts on.
type record struct {
	line  int
	cells []string
}

// column is one column of a table.
type column struct {
	index int
	// name is that of the header, or x and the number.
	name string
	// weight says that it holds the rows' weights.
	weight bool
}

// String says where the column is.
func (c column) String() string { return fmt.Sprintf("column %d (%q)", c.index+1, c.name) }

// readFile returns the text of a file without byte order mark, unpacked when
// the name ends in .gz.
func readFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err == nil && strings.HasSuffix(path, ".gz") {
		text, err = unpack(text)
	}
	var cause *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage.Errorf("read %q: there is no such file; check its name", path)
	case errors.As(err, &cause):
		return nil, usage.Errorf("read %q: %w; give a file of rows of numbers", path, cause.Err)
	case err != nil:
		return nil, usage.Errorf("read %q: %w; give a complete gzip file", path, err)
	}
	if at := invalidUTF8(text); at >= 0 {
		return nil, usage.Errorf("read %q: line %d is not text in UTF-8; save the file as CSV in UTF-8",
			path, 1+bytes.Count(text[:at], []byte("\n")))
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

// invalidUTF8 returns where the first byte stands that is no part of a character in
// UTF-8, or -1.
func invalidUTF8(text []byte) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// newTable starts reading a text; path is for messages.
func newTable(path string, text []byte) (*table, error) {
	t := &table{path: path, csv: csv.NewReader(bytes.NewReader(text))}
	t.csv.Comma = sniff(text)
	t.csv.FieldsPerRecord = -1 // next says more
	t.csv.TrimLeadingSpace = t.csv.Comma != '\t'
	t.spaces = t.csv.Comma == ' '
	for range 2 {
		r, err := t.read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		t.ahead = append(t.ahead, r)
	}
	if len(t.ahead) == 0 {
		return nil, t.errorf("the file is empty; give it rows of numbers")
	}
	return t, nil
}

// sniff returns the delimiter: the first of tab, semicolon, pipe, comma and
// space that occurs outside quotes in each of the first ten lines. If rows are
// of different length there may be none, and the first line decides, for spaces
// the first two, since a name may have spaces.
func sniff(text []byte) rune {
	lines := bytes.SplitN(bytes.TrimLeft(text, "\r\n"), []byte("\n"), 11)
	lines = slices.DeleteFunc(lines[:min(len(lines), 10)], func(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 })
	for _, sample := range []struct {
		lines      [][]byte
		delimiters string
	}{
		{lines, "\t;|, "},
		{lines[:min(len(lines), 1)], "\t;|,"},
		{lines[:min(len(lines), 2)], " "},
	} {
		for _, d := range sample.delimiters {
			missing := func(line []byte) bool { return !occursUnquoted(line, byte(d)) }
			if !slices.ContainsFunc(sample.lines, missing) {
				return d
			}
		}
	}
	return ',' // one column
}

// occursUnquoted reports whether d occurs in line outside double quotes.
func occursUnquoted(line []byte, d byte) bool {
	quoted := false
	for _, b := range line {
		switch {
		case b == '"':
			quoted = !quoted
		case b == d && !quoted:
			return true
		}
	}
	return false
}

// errorf formats a *usage.Error that starts with the file.
func (t *table) errorf(format string, args ...any) error {
	return usage.Errorf("read %q: %w", t.path, fmt.Errorf(format, args...))
}

// next returns the next record, which has as many cells as the first, or io.EOF.
func (t *table) next() (record, error) {
	if len(t.ahead) > 0 {
		r := t.ahead[0]
		t.ahead = t.ahead[1:]
		return r, nil
	}
	return t.read()
}

// read reads the next record that is not blank.
func (t *table) read() (record, error) {
	cells, err := t.csv.Read()
	for err == nil && len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
		cells, err = t.csv.Read()
	}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return record{}, t.errorf("line %d: %w; put text between two double quotes, or remove them", parse.StartLine, parse.Err)
	}
	if err != nil {
		return record{}, err
	}
	line, _ := t.csv.FieldPos(0)
	if last := len(cells) - 1; t.spaces && last > 0 && cells[last] == "" {
		cells = cells[:last] // spaces at the end of a line
	}
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
	}
	if t.width == 0 {
		t.width = len(cells)
	}
	switch n := len(cells); {
	case n < t.width:
		return record{}, t.errorf("line %d ends after column %d, but the first row goes on to column %d; complete or delete the row", line, n, t.width)
	case n > t.width:
		return record{}, t.errorf("line %d goes on to column %d, but the first row ends after column %d; shorten or delete the row", line, n, t.width)
	}
	return record{line, cells}, nil
}

// header reports whether the first record names the columns: when some column
// that is not dropped by its number has text there and none below, or when one
// of the names is a text there.
func (t *table) header(drop []string) bool {
	first := t.ahead[0].cells
	for i, cell := range first {
		switch {
		case !isText(cell):
		case slices.Contains(drop, cell):
			return true
		case slices.Contains(drop, strconv.Itoa(i+1)):
		case len(t.ahead) < 2 || !isText(t.ahead[1].cells[i]):
			return true
		}
	}
	return false
}

// columns returns all columns; when the first record is a header it is taken
// off.
func (t *table) columns(header bool) ([]column, error) {
	columns := make([]column, t.width)
	for i := range columns {
		columns[i] = column{index: i, name: fmt.Sprintf("x%d", i+1)}
	}
	if !header {
		return columns, nil
	}
	names, _ := t.next()
	if len(t.ahead) == 0 {
		return nil, t.errorf("line %d is a header and no row follows; add rows of numbers", names.line)
	}
	for i, name := range names.cells {
		if name != "" {
			columns[i].name = name
		}
	}
	return columns, nil
}

// fault is the first cell that is no finite number, or a negative weight.
type fault struct {
	line   int
	column column
	cell   string
	// everywhere is true when no cell of the column is a finite number.
	everywhere bool
}

// String says where the cell is and what is wrong.
func (f fault) String() string {
	v, numeric := number(f.cell)
	what := fmt.Sprintf("%q is not a number", f.cell)
	switch {
	case f.cell == "":
		what = "the cell is empty"
	case numeric && v < 0 && f.column.weight:
		what = fmt.Sprintf("%q is no weight", f.cell)
	case numeric:
		what = fmt.Sprintf("%q is not a finite number", f.cell)
	}
	return fmt.Sprintf("line %d, %v: %s", f.line, f.column, what)
}

// remedy says what to do about the fault.
func (f fault) remedy() string {
	switch {
	case hasDecimalComma(f.cell):
		return "write decimals with a point"
	case f.column.weight:
		return "write a number of at least 0 or delete the row"
	case f.everywhere:
		return fmt.Sprintf("as no cell of the column is a finite number, leave it out with --drop %q", f.column.name)
	}
	return "write a number or delete the row"
}

// numbers reads the remaining records, at least one, and returns the values of
// the columns, all finite; or the first fault.
func (t *table) numbers(columns []column) (*mat.Dense, *fault, error) {
	var (
		values []float64
		rows   int
		first  *fault
		faults = make([]int, len(columns))
	)
	for {
		r, err := t.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		rows++
		for j, c := range columns {
			v, numeric := number(r.cells[c.index])
			if !numeric || math.IsInf(v, 0) || math.IsNaN(v) || c.weight && v < 0 {
				faults[j]++
				if first == nil {
					first = &fault{line: r.line, column: c, cell: r.cells[c.index]}
				}
			}
			values = append(values, v)
		}
	}
	if first != nil {
		j := slices.Index(columns, first.column)
		first.everywhere = faults[j] == rows
		return nil, first, nil
	}
	return mat.NewDense(rows, len(columns), values), nil, nil
}

// number parses a cell; values too large for a float64 are infinite.
func number(cell string) (v float64, numeric bool) {
	v, err := strconv.ParseFloat(cell, 64)
	return v, err == nil || errors.Is(err, strconv.ErrRange)
}

// isText reports whether a cell is neither a number nor a usual mark of a
// missing one.
func isText(cell string) bool {
	_, numeric := number(cell)
	return !numeric && !hasDecimalComma(cell) &&
		!slices.Contains([]string{"", "?", "-", "NA", "N/A", "null"}, cell)
}

// hasDecimalComma reports whether a cell would be a number with a point for its
// comma.
func hasDecimalComma(cell string) bool {
	whole, fraction, found := strings.Cut(cell, ",")
	_, numeric := number(whole + "." + fraction)
	return found && numeric
}
