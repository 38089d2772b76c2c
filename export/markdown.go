package export

import (
	"bytes"
	"fmt"
	"strings"

	"flowcert/cert"
)

// Markdown returns the certificate as CommonMark with the tables of GitHub: one per
// block, every row in it.
func Markdown(c *cert.Certificate) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# %s on %s\n\n", markdown(c.Subject.Title), markdown(c.Data.Title))
	out.Write(body(c))
	return out.Bytes(), nil
}

// body is the text below the title, which model cards share.
func body(c *cert.Certificate) []byte {
	var out bytes.Buffer
	s, d, e := c.Subject, c.Data, c.Environment
	fmt.Fprintf(&out, "%s\n\n", markdown(s.Summary))
	fmt.Fprintf(&out, "- Model: %s (%s), %d dimensions, %s scores, seed %d\n", markdown(s.Model), markdown(s.Family), s.Dim, markdown(s.Scores), s.Seed)
	fmt.Fprintf(&out, "- Weights: SHA-256 %s\n", s.WeightsSHA256)
	fmt.Fprintf(&out, "- Data: %s, %d training, %d validation and %d test rows, split seed %d", markdown(d.Name), d.Train, d.Validation, d.Test, d.SplitSeed)
	if d.Source != "" { // a user's file states none
		fmt.Fprintf(&out, "; source: %s; licence: %s", markdown(d.Source), markdown(d.Licence))
	}
	fmt.Fprintln(&out)
	fmt.Fprintf(&out, "- Machine: %s, %d cores, %s/%s, %s kernels, %d workers; energy: %s\n",
		markdown(e.Processor), e.Cores, markdown(e.OS), markdown(e.Arch), markdown(e.Kernels), e.Workers, markdown(e.EnergySource))
	fmt.Fprintf(&out, "- Issued: %s by %s, self-attested; grades by scale %s\n", markdown(e.Issued), markdown(e.Program), markdown(c.Scale.Version))
	fmt.Fprintf(&out, "- Evidence: SHA-256 %s\n", c.Evidence.SHA256)
	for _, b := range cert.Blocks() {
		fmt.Fprintf(&out, "\n## %s\n\n", blockTitle(b))
		out.WriteString("| Claim | Figure | Interval | Known | Grade | Remark |\n| --- | --- | --- | --- | --- | --- |\n")
		for _, r := range rowsOf(c, b) {
			fmt.Fprintf(&out, "| %s (%s) | %s | %s | %s | %s | %s |\n", markdown(r.Statement), markdown(r.ID),
				markdown(figure(r)), markdown(interval(r)), markdown(string(r.Strength)), markdown(r.Grade), markdown(remark(r)))
		}
	}
	return out.Bytes()
}

// markdown escapes what Markdown would take for markup or the end of a cell.
func markdown(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>|#~&", r):
			out.WriteByte('\\')
			out.WriteRune(r)
		case r < ' ':
			out.WriteByte(' ')
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
