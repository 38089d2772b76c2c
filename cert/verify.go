package cert

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"flowcert/internal/usage"
)

// Report is what Verify found.
type Report struct {
	Certificate *Certificate
	// Arrays is the evidence; nil where it could not be identified.
	Arrays Arrays
	// Signature says who signed the certificate.
	Signature Signature
	// Findings are the lines that do not hold.
	Findings []Finding
}

// Holds says whether everything in the certificate follows from its evidence. A
// certificate that states a refuted claim as refuted holds.
func (r Report) Holds() bool { return len(r.Findings) == 0 }

// Refuted lists the IDs of the rows that the certificate itself states as refuted.
func (r Report) Refuted() []string {
	var ids []string
	for _, row := range r.Certificate.Rows {
		if row.Strength == Refuted {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

// Finding is one line that does not hold.
type Finding struct {
	// Part is a row's ID, or the JSON name of a header block.
	Part string
	// Problem is what the file says against what follows from the evidence.
	Problem string
}

// String returns "PART: PROBLEM".
func (f Finding) String() string { return f.Part + ": " + f.Problem }

// Verify reads the certificate at path and the evidence beside it, checks every
// digest, makes every row and grade anew from the evidence and reports each line
// that differs. It needs neither model nor data, and cannot tell whether the
// evidence itself was invented. A signature beside the certificate must be of these
// files; where keys are trusted, there must be one by one of them.
//
// The error is a *usage.Error for a file that cannot be read as a certificate at
// all (missing, no JSON, cut short, of another format, with unknown fields), and
// where the evidence is missing.
func Verify(path string, trusted ...ed25519.PublicKey) (Report, error) {
	text, r, err := verifyContent(path)
	if err != nil {
		return Report{}, err
	}
	v := verification{r}
	if err := v.signature(path, text, trusted); err != nil {
		return Report{}, err
	}
	return v.Report, nil
}

// verifyContent is Verify but for the signature. It also returns the certificate's
// bytes.
func verifyContent(path string) ([]byte, Report, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Report{}, usage.Errorf("verify: there is no certificate %q: give the path of a %s", path, File)
	}
	if err != nil {
		return nil, Report{}, usage.Errorf("verify: %w: give the path of a %s", err, File)
	}
	c, err := decode(text)
	if err != nil {
		return nil, Report{}, usage.Errorf("verify: %q cannot be read as a certificate: %w: ask for the original", path, err)
	}
	v := verification{Report{Certificate: c}}
	if err := v.form(text); err != nil {
		return nil, Report{}, usage.Errorf("verify: %q cannot be read as a certificate: %w: ask for the original", path, err)
	}
	if err := v.readEvidence(filepath.Dir(path)); err != nil {
		return nil, Report{}, err
	}
	v.header()
	v.rows()
	return text, v.Report, nil
}

// Open returns the certificate at path and its evidence if it holds. Its errors
// are Verify's, and one that names the first finding.
func Open(path string) (*Certificate, Arrays, error) {
	r, err := Verify(path)
	if err != nil {
		return nil, nil, err
	}
	if !r.Holds() {
		return nil, nil, r.failure(path)
	}
	return r.Certificate, r.Arrays, nil
}

// failure is the error of a certificate that does not hold.
func (r Report) failure(path string) error {
	return fmt.Errorf("certificate %q does not hold: %s", path, r.Findings[0])
}

type verification struct{ Report }

func (v *verification) find(part, format string, args ...any) {
	v.Findings = append(v.Findings, Finding{Part: part, Problem: fmt.Sprintf(format, args...)})
}

// form compares the text with the one form of its content, and the seals with the
// content.
func (v *verification) form(text []byte) error {
	canonical, err := encode(v.Certificate, true)
	if err != nil {
		return err
	}
	if at, same := firstDifference(text, canonical); !same {
		p := locate(text, at)
		v.find(cmp.Or(p.part, "format"), "line %d is not in the one form of certificates, so it was written by other means", p.line)
	}
	seals, err := v.Certificate.seals()
	if err != nil {
		return err
	}
	listed := v.Certificate.Seals
	if len(listed) != len(seals) {
		v.find("seals", "the file has %d seals for %d parts", len(listed), len(seals))
	}
	for i, s := range seals[:min(len(seals), len(listed))] {
		switch {
		case listed[i].Part != s.Part:
			v.find("seals", "seal %d is of %q, want one of %q", i, listed[i].Part, s.Part)
		case listed[i].SHA256 != s.SHA256:
			v.find(s.Part, "changed since it was sealed")
		}
	}
	return nil
}

// readEvidence fails only where there is no side file; one that does not fit is a
// finding.
func (v *verification) readEvidence(dir string) error {
	e := v.Certificate.Evidence
	if !isDigest(e.SHA256) || e.File != evidenceFile(e.SHA256) {
		v.find("evidence", "the side file's name %q does not follow from its SHA-256", e.File)
		return nil
	}
	path := filepath.Join(dir, e.File)
	file, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usage.Errorf("verify: the evidence %q is missing: put it beside the certificate", path)
	}
	if err != nil {
		return usage.Errorf("verify: read the evidence: %w: make it a file that can be read", err)
	}
	got := digest(file)
	if got != e.SHA256 {
		v.find("evidence", "%s has the SHA-256 %s, the certificate was made from %s", e.File, got, e.SHA256)
	}
	arrays, err := decodeArrays(file)
	if err != nil {
		v.find("evidence", "%s cannot be read: %v", e.File, err)
		return nil
	}
	v.Arrays = arrays
	return v.listed(arrays, got)
}

// listed compares the list of arrays with the arrays, and the side file's SHA-256
// with that of their one form.
func (v *verification) listed(arrays Arrays, got string) error {
	_, want, err := arrays.encode()
	if err != nil {
		return err
	}
	if want.SHA256 != got && len(want.Arrays) == len(arrays) {
		v.find("evidence", "the side file is not in the one form of evidence, so it was written by other means")
	}
	specs := arraySpecsByName()
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		if _, ok := specs[name]; !ok {
			v.find("evidence", "array %q is not of this format", name)
		}
	}
	list := v.Certificate.Evidence.Arrays
	if len(list) != len(want.Arrays) {
		v.find("evidence", "%d arrays are listed, the side file has %d", len(list), len(want.Arrays))
	}
	for i, a := range want.Arrays[:min(len(list), len(want.Arrays))] {
		if list[i] != a {
			v.find("evidence", "array %d is listed as %+v, the side file has %+v", i, list[i], a)
		}
	}
	return nil
}

// header checks what can be checked of the parts before the rows.
func (v *verification) header() {
	c := v.Certificate
	if _, known := CurrentScale(); c.Scale != known {
		v.find("scale", "the grades refer to scale %q with SHA-256 %q, this program knows %q with %q",
			c.Scale.Version, c.Scale.SHA256, known.Version, known.SHA256)
	}
	if c.Subject.Dim < 1 || c.Subject.Dim != len(c.Data.Columns) {
		v.find("subject", "a model of %d dimensions for %d columns", c.Subject.Dim, len(c.Data.Columns))
	}
	if v.Arrays != nil {
		if err := checkArrays(v.Arrays, c.Data); err != nil {
			v.find("evidence", "%v", err)
		}
	}
}

// rows compares the rows with those that follow from the evidence.
func (v *verification) rows() {
	if !v.sameLines() || v.Arrays == nil || v.Certificate.Subject.Dim < 1 {
		return
	}
	scale, _ := CurrentScale()
	reasons := map[string]string{}
	for _, r := range v.Certificate.Rows {
		reasons[r.ID] = r.Reason
	}
	want, errs := makeRows(v.Certificate.Subject, v.Arrays, scale, reasons)
	for i, r := range v.Certificate.Rows {
		if err := errs[r.ID]; err != nil {
			v.find(r.ID, "%v", err)
			continue
		}
		v.compare(r, want[i])
	}
}

// sameLines says whether the rows are those of the format, in order.
func (v *verification) sameLines() bool {
	count := map[string]int{}
	for _, r := range v.Certificate.Rows {
		count[r.ID]++
	}
	same := true
	problem := func(id, text string) {
		same = false
		v.find(id, "%s", text)
	}
	lines := Lines()
	for _, l := range lines {
		switch count[l.ID] {
		case 0:
			problem(l.ID, "the row is missing")
		case 1:
		default:
			problem(l.ID, fmt.Sprintf("the row is there %d times", count[l.ID]))
		}
		delete(count, l.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(count)) {
		problem(id, "no row of this format")
	}
	for i := 0; same && i < len(lines); i++ {
		if v.Certificate.Rows[i].ID != lines[i].ID {
			problem(v.Certificate.Rows[i].ID, fmt.Sprintf("the row stands where %s belongs", lines[i].ID))
		}
	}
	return same
}

// compare reports the fields in which a row differs from what follows.
func (v *verification) compare(got, want Row) {
	var differences []string
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		says, follows := g.Field(i).Interface(), w.Field(i).Interface()
		if !reflect.DeepEqual(says, follows) {
			name, _, _ := strings.Cut(g.Type().Field(i).Tag.Get("json"), ",")
			differences = append(differences, fmt.Sprintf("%s is %s, the evidence gives %s", name, show(says), show(follows)))
		}
	}
	if differences != nil {
		v.find(got.ID, "%s", strings.Join(differences, "; "))
	}
}

// show prints a field as a reader of the file sees it.
func show(field any) string {
	if text, err := encode(field, false); err == nil {
		return string(text)
	}
	return fmt.Sprint(field)
}
