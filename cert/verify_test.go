package cert

import (
	"bytes"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowcert/internal/usage"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files")
	long   = flag.Bool("long", false, "change every digit of a certificate, not one in eleven")
)

func TestSoundCertificateHolds(t *testing.T) {
	r, err := Verify(write(t, fixture()))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Holds() || r.Refuted() != nil {
		t.Errorf("a sound certificate: findings %v, refuted rows %q", r.Findings, r.Refuted())
	}
	// The fixture is of use only if it exercises every line that has a rule.
	for _, l := range Lines() {
		if row := rowOf(t, r.Certificate, l.ID); l.Bases != nil && row.Strength == NotAssessed {
			t.Errorf("row %s is %q: %s", l.ID, row.Strength, row.Reason)
		}
	}
}

func TestSoundCertificateOfOneDimension(t *testing.T) {
	b := fixture()
	b.subject.Dim, b.data.Columns = 1, []string{"x"}
	if found := findings(t, write(t, b)); found != nil {
		t.Errorf("a sound certificate: findings %v", found)
	}
}

// TestFormatStays verifies a certificate that an earlier version wrote, and that
// this one would write the same bytes.
func TestFormatStays(t *testing.T) {
	const dir = "testdata/format1"
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := fixture().Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, File)
	if found := findings(t, path); found != nil {
		t.Errorf("an earlier certificate does not hold: %v", found)
	}
	earlier, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	now, err := os.ReadFile(write(t, fixture()))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(now, earlier) {
		at, _ := firstDifference(now, earlier)
		t.Errorf("the form has changed at %s: a change needs a new format (or -update before the first release)", locate(now, at))
	}
}

// TestEveryDigitCounts changes each digit of a certificate, one at a time, and
// nothing else; of the digits within a digest, which are all alike, every seventh.
// Verify must not say that it holds, and must name the part.
func TestEveryDigitCounts(t *testing.T) {
	path := write(t, fixture())
	original, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for i, digit := range original {
		if digit < '0' || digit > '9' {
			continue
		}
		line := lineAt(original, i)
		if !*long && i%23 != 0 { // each costs a verification
			continue
		}
		tried++
		altered := bytes.Clone(original)
		altered[i] = '0' + (digit-'0'+1+byte(i%9))%10
		if err := os.WriteFile(path, altered, 0o644); err != nil {
			t.Fatal(err)
		}
		where := locate(original, int64(i))
		r, err := Verify(path)
		var unusable *usage.Error
		switch {
		case errors.As(err, &unusable):
			// An altered ID is no longer the name of its part.
			if !strings.Contains(err.Error(), where.part) && !strings.Contains(line, `"id"`) {
				t.Errorf("%s: %v does not name the part", where, err)
			}
		case err != nil:
			t.Errorf("%s: %v", where, err)
		case r.Holds():
			t.Errorf("%s: holds with digit %d changed from %q to %q", where, i, digit, altered[i])
		default:
			checkNamed(t, r, where, line)
		}
	}
	if tried < 150 {
		t.Errorf("vacuous: only %d digits", tried)
	}
}

// checkNamed checks that a finding names the part that was altered; a seal is
// found by what it seals.
func checkNamed(t *testing.T, r Report, where place, line string) {
	t.Helper()
	if where.part == "seals" || strings.Contains(line, `"id"`) {
		return
	}
	for _, f := range r.Findings {
		if f.Part == where.part {
			return
		}
	}
	t.Errorf("%s: found %v", where, r.Findings)
}

func lineAt(text []byte, i int) string {
	from := bytes.LastIndexByte(text[:i], '\n') + 1
	return string(text[from : i+bytes.IndexByte(text[i:], '\n')])
}

func TestUnusable(t *testing.T) {
	path := write(t, fixture())
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	for _, c := range []struct {
		name, content, want string
	}{
		{"empty", "", "line 1: the file ends in the middle"},
		{"cut in half", string(text[:len(text)/2]), "the file ends in the middle"},
		{"without its end", string(text[:len(text)-2]), "the file ends in the middle"},
		{"no JSON", "a,b\n1,2\n", "line 1: invalid character"},
		{"other JSON", "[1, 2]\n", "line 1: json: cannot unmarshal array"},
		{"an empty object", "{}\n", `the format is ""`},
		{"a later format", strings.Replace(string(text), Format, "flowcert certificate 9", 1), `the format is "flowcert certificate 9", want "flowcert certificate 1"`},
		{"an unknown field", strings.Replace(string(text), `"dim"`, `"dimension"`, 1), `unknown field "dimension"`},
		{"text after the end", string(text) + "{}", "text after the certificate"},
		{"a number out of range", strings.Replace(string(text), `"n": 40`, `"n": 1e400`, 1), "(answers.density)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, "altered.json")
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			wantUnusable(t, path, c.want)
		})
	}
	wantUnusable(t, filepath.Join(dir, "absent.json"), "there is no certificate")
	wantUnusable(t, dir, "is a directory")
	if err := os.Remove(filepath.Join(dir, sound(t).Evidence.File)); err != nil {
		t.Fatal(err)
	}
	wantUnusable(t, path, "is missing")
}

func wantUnusable(t *testing.T, path, want string) {
	t.Helper()
	_, err := Verify(path)
	var unusable *usage.Error
	if !errors.As(err, &unusable) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one sentence with %q", err, want)
	}
	if _, _, err := Open(path); !errors.As(err, &unusable) {
		t.Errorf("Open: got %v", err)
	}
}

// TestOtherForm writes the same content in other bytes.
func TestOtherForm(t *testing.T) {
	path := write(t, fixture())
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, to, part string }{
		{"a space", `"dim": 2`, `"dim":  2`, "subject"},
		{"a field twice", `"dim": 2`, `"dim": 3, "dim": 2`, "subject"},
		{"another case", `"dim": 2`, `"Dim": 2`, "subject"},
		{"another form of a number", `"level": 0.95`, `"level": 9.5e-1`, "guarantees.sampler.checked"},
		{"an escape", "One <ellipsoid>", `One \u003cellipsoid>`, "subject"},
		{"a zero that goes without saying", `"unit": "nats per row"`, `"unit": "nats per row", "grade": ""`, "fit.log_likelihood"},
		{"no end of line", "}\n", "}", "seals"},
	} {
		t.Run(c.name, func(t *testing.T) {
			altered := strings.Replace(string(text), c.from, c.to, 1)
			if c.from == "}\n" {
				altered = strings.TrimSuffix(string(text), "\n")
			}
			if altered == string(text) {
				t.Fatal("vacuous: nothing was changed")
			}
			if err := os.WriteFile(path, []byte(altered), 0o644); err != nil {
				t.Fatal(err)
			}
			wantFinding(t, path, c.part)
			if _, err := Parse([]byte(altered)); err == nil {
				t.Error("Parse takes it")
			}
		})
	}
}

func TestOpen(t *testing.T) {
	path := write(t, fixture())
	c, arrays, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Rows) != len(Lines()) || len(arrays["test.log_density"]) != c.Data.Test {
		t.Errorf("%d rows, %d scores", len(c.Rows), len(arrays["test.log_density"]))
	}
	path = forge(t, fixture(), func(c *Certificate) { *rowOf(t, c, "fit.gain").Value = 9.75 })
	if _, _, err := Open(path); err == nil || !strings.Contains(err.Error(), "fit.gain: value is 9.75, the evidence gives 0.372266") {
		t.Errorf("a forged certificate: %v", err)
	}
}

// FuzzParse starts from short certificates: what the parser does to a row it does
// to all of them, and the fuzzer takes minutes to shorten a whole one.
func FuzzParse(f *testing.F) {
	c, _, err := fixture().Certificate()
	if err != nil {
		f.Fatal(err)
	}
	c.Rows = c.Rows[at(c, "fit.excess_per_dimension"):][:1]
	c.Evidence.Arrays, c.Seals = c.Evidence.Arrays[:1], c.Seals[:1]
	text, err := encode(c, true)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := Parse(text); err != nil {
		f.Fatalf("the seed is refused: %v", err)
	}
	f.Add(text)
	f.Add([]byte(strings.Replace(string(text), `"dim": 2`, `"dim": 3, "dim": 2`, 1)))
	f.Add([]byte(`{"format": "` + Format + `"}`))
	f.Add(text[:len(text)/3])
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		again, err := encode(c, true)
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("parsed, but written otherwise (%v)", err)
		}
	})
}

// FuzzEvidence reads side files, whose bytes a forger chooses.
func FuzzEvidence(f *testing.F) {
	side, _, err := Arrays{"picture.frame": {0, 1, 0, 1, 1, 1}, "precision.gap": {math.NaN()}}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(side)
	f.Add(side[:len(side)-8])
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, side []byte) {
		arrays, err := decodeArrays(side)
		if err != nil {
			return
		}
		again, _, err := arrays.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeArrays(again)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range arraySpecs() {
			if !bytes.Equal(rawBytes(back[spec.name]), rawBytes(arrays[spec.name])) {
				t.Errorf("array %q is read back otherwise", spec.name)
			}
		}
	})
}
