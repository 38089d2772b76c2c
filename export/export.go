// Package export writes a certificate in forms that other programs and documents
// take: model cards, bills of materials, attestations, tables.
//
// An export is drawn from the certificate alone and says nothing that is not in it.
// Every figure is a row's, with all of its digits; every row that is not assessed is
// there and says so; a refuted row is named as refuted. Exports are not certificates:
// they carry no evidence, so their readers have to take them on trust or open the
// certificate, whose digest those that have a place for it state.
package export

import (
	"encoding/json"
	"fmt"
	"strings"

	"flowcert/cert"
)

// Format is a form of exports.
type Format struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	// Write returns the export of a certificate that holds. It does not change it,
	// and gives the same bytes for the same certificate.
	Write func(c *cert.Certificate) ([]byte, error) `json:"-"`
}

// Formats lists all forms.
func Formats() []Format {
	return []Format{
		{"huggingface", "model card of the Hugging Face Hub, README.md with model-index", HuggingFace},
		{"cyclonedx", "CycloneDX 1.6 bill of materials with a model card, JSON", CycloneDX},
		{"in-toto", "in-toto statement with a test-result predicate, JSON", InToto},
		{"markdown", "tables in Markdown", Markdown},
		{"latex", "rows of a LaTeX table", LaTeX},
	}
}

// figure is a row's content in words: the value or range with its unit, or what
// there is in place of one.
func figure(r cert.Row) string {
	switch {
	case r.Strength == cert.NotAssessed:
		return string(cert.NotAssessed)
	case r.Value != nil:
		return withUnit(number(*r.Value), r.Unit)
	case r.Lo != nil:
		return withUnit(number(*r.Lo)+" to "+number(*r.Hi), r.Unit)
	}
	return ""
}

// interval is the confidence interval of a row's value, or its range, or nothing.
func interval(r cert.Row) string {
	switch {
	case r.Value == nil || r.Lo == nil:
		return ""
	case r.Level == 0:
		return fmt.Sprintf("%s to %s (range)", number(*r.Lo), number(*r.Hi))
	}
	return fmt.Sprintf("%s to %s (%s %%)", number(*r.Lo), number(*r.Hi), percent(r.Level))
}

// remark is what a reader has to know beside the figure: why there is none, what
// refutes the claim, or what it rests on.
func remark(r cert.Row) string {
	var parts []string
	for _, s := range []string{r.Reason, r.Method, r.Source} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}

func withUnit(figure, unit string) string { return strings.TrimSuffix(figure+" "+unit, " ") }

// number prints v as the certificate does.
func number(v float64) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a certificate holds finite numbers only
	}
	return string(text)
}

// percent prints a level without the noise of its last binary digit.
func percent(level float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.4f", 100*level), "0"), ".")
}

// blockTitle is the block's heading.
func blockTitle(b cert.Block) string { return strings.ToUpper(string(b)[:1]) + string(b)[1:] }

// rowsOf returns the rows of a block, in order.
func rowsOf(c *cert.Certificate, b cert.Block) []cert.Row {
	var rows []cert.Row
	for _, r := range c.Rows {
		if r.Block == b {
			rows = append(rows, r)
		}
	}
	return rows
}

// marshal returns v as indented JSON.
func marshal(v any) ([]byte, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(v)
	return []byte(out.String()), err
}
