package export_test

import (
	"fmt"
	"log"
	"os"
	"strings"

	"flowcert/cert"
	"flowcert/export"
)

// A table of a paper takes its rows from the certificate.
func ExampleLaTeX() {
	text, err := os.ReadFile("testdata/certificate.json") // cert.Open also verifies it
	if err != nil {
		log.Fatal(err)
	}
	c, err := cert.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	rows, err := export.LaTeX(c)
	if err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(string(rows)) {
		if strings.HasPrefix(line, "test log-likelihood") {
			fmt.Fprint(os.Stdout, line)
		}
	}
	// Output:
	// test log-likelihood & $-1.25313$ nats per row & $-1.35229$ to $-1.15396$ (95\,\%) & measured &  \\
}
