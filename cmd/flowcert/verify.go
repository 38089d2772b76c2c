package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"flowcert/cert"
)

func verifyCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify CERT",
		Short: "Check that a certificate follows from its evidence",
		Long: `Compute every estimate, interval, verdict and grade of a certificate again from
the evidence beside it, and compare. Neither the model nor the data are needed.

The exit status is 0 if the certificate holds, 1 if it is refuted, in which case
each line that does not hold is named, and 2 if the file cannot be read as a
certificate.`,
		Example: `  flowcert verify mine/certificate.json`,
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := cert.Verify(args[0])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if !asJSON {
				printVerdict(out, args[0], report)
			} else if err := writeJSON(out, verdictOf(report)); err != nil {
				return err
			}
			if !report.Holds() {
				return errRefuted
			}
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// verdict is the outcome of a verification.
type verdict struct {
	Holds bool `json:"holds"`
	// Findings are the lines that do not hold.
	Findings []finding `json:"findings"`
	// Refuted are the lines that the certificate itself states as refuted.
	Refuted []string `json:"refuted"`
}

type finding struct {
	Part    string `json:"part"`
	Problem string `json:"problem"`
}

func verdictOf(r cert.Report) verdict {
	v := verdict{Holds: r.Holds(), Findings: []finding{}, Refuted: append([]string{}, r.Refuted()...)}
	for _, f := range r.Findings {
		v.Findings = append(v.Findings, finding{f.Part, f.Problem})
	}
	return v
}

func printVerdict(w io.Writer, path string, r cert.Report) {
	good, bad := colours(isTerminal(w), os.Getenv("NO_COLOR"))
	if r.Holds() {
		fmt.Fprintf(w, "%s: %s, all %d rows follow from the evidence\n", path, good("holds"), len(r.Certificate.Rows))
	} else {
		fmt.Fprintf(w, "%s: %s\n", path, bad("refuted"))
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "  %s\n", f)
	}
	for _, id := range r.Refuted() {
		fmt.Fprintf(w, "  %s: the certificate itself states that this claim is refuted\n", id)
	}
}
