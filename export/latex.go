package export

import (
	"bytes"
	"fmt"
	"strings"

	"flowcert/cert"
)

// LaTeX returns the rows of a table of five columns: claim, figure, interval, how it
// is known, grade. Each block begins with a comment. Text and figures are safe in any
// tabular, with UTF-8 input.
func LaTeX(c *cert.Certificate) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%% %s on %s, issued %s\n", comment(c.Subject.Title), comment(c.Data.Title), comment(c.Environment.Issued))
	out.WriteString("% claim & figure & interval & known & grade\n")
	for _, b := range cert.Blocks() {
		fmt.Fprintf(&out, "%% %s\n", b)
		for _, r := range rowsOf(c, b) {
			fmt.Fprintf(&out, "%s & %s & %s & %s & %s \\\\\n", latex(r.Statement), latexFigure(r), latexInterval(r),
				latex(string(r.Strength)), latex(r.Grade))
		}
	}
	return out.Bytes(), nil
}

func latexFigure(r cert.Row) string {
	switch {
	case r.Strength == cert.NotAssessed:
		return latex(string(cert.NotAssessed))
	case r.Value != nil:
		return withUnit(latexNumber(*r.Value), latex(r.Unit))
	case r.Lo != nil:
		return withUnit(latexNumber(*r.Lo)+" to "+latexNumber(*r.Hi), latex(r.Unit))
	}
	return ""
}

func latexInterval(r cert.Row) string {
	switch {
	case r.Value == nil || r.Lo == nil:
		return ""
	case r.Level == 0:
		return fmt.Sprintf("%s to %s (range)", latexNumber(*r.Lo), latexNumber(*r.Hi))
	}
	return fmt.Sprintf("%s to %s (%s\\,\\%%)", latexNumber(*r.Lo), latexNumber(*r.Hi), percent(r.Level))
}

// latexNumber is the number in math mode, with a power of ten where the certificate
// writes an exponent.
func latexNumber(v float64) string {
	mantissa, exponent, ok := strings.Cut(number(v), "e")
	if !ok {
		return "$" + mantissa + "$"
	}
	return fmt.Sprintf("$%s \\times 10^{%s}$", mantissa, strings.TrimPrefix(exponent, "+"))
}

// latex escapes text.
func latex(s string) string {
	return strings.NewReplacer(
		`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `&`, `\&`, `%`, `\%`, `$`, `\$`, `#`, `\#`, `_`, `\_`,
		`~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`, `<`, `\textless{}`, `>`, `\textgreater{}`, `|`, `\textbar{}`,
		`"`, `\char34{}`, "–", "--", "\n", " ", "\r", " ", "\t", " ",
	).Replace(s)
}

// comment keeps text on the comment's line.
func comment(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }
