package main

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flowcert/cert"
)

func verifyCommand() *cobra.Command {
	var keys []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify CERT|DIR",
		Short: "Check that a certificate follows from its evidence",
		Long: `Compute every estimate, interval, verdict and grade of a certificate again from
the evidence beside it, and compare. Neither the model nor the data are needed.

A signature beside the certificate must be of its very bytes. With --key it must
also be by one of the keys given; without, anybody may have made it.

The exit status is 0 if the certificate holds, 1 if it is refuted, in which case
each line that does not hold is named, and 2 if the file cannot be read as a
certificate.`,
		Example: `  flowcert verify mine/certificate.json
  flowcert verify mine --key me.pub`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var trusted []ed25519.PublicKey
			for _, path := range keys {
				key, err := cert.ReadPublicKey(path)
				if err != nil {
					return err
				}
				trusted = append(trusted, key)
			}
			path := certificateAt(args[0])
			report, err := cert.Verify(path, trusted...)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if !asJSON {
				printVerdict(out, path, report)
			} else if err := writeJSON(out, verdictOf(report)); err != nil {
				return err
			}
			if !report.Holds() {
				return errRefuted
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "public key to trust, NAME.pub of \"flowcert keygen\"; may be repeated")
	cmd.MarkFlagFilename("key", "pub")
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
	// KeyIDs are the keys that the signature names, and TrustedKeyIDs those of them
	// that were trusted and whose signatures fit.
	KeyIDs        []string `json:"key_ids"`
	TrustedKeyIDs []string `json:"trusted_key_ids"`
}

type finding struct {
	Part    string `json:"part"`
	Problem string `json:"problem"`
}

func verdictOf(r cert.Report) verdict {
	v := verdict{
		Holds: r.Holds(), Findings: []finding{}, Refuted: append([]string{}, r.Refuted()...),
		KeyIDs:        append([]string{}, r.Signature.KeyIDs...),
		TrustedKeyIDs: append([]string{}, r.Signature.Trusted...),
	}
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
	fmt.Fprintf(w, "  %s\n", signed(r))
	for _, id := range r.Refuted() {
		fmt.Fprintf(w, "  %s: the certificate itself states that this claim is refuted\n", id)
	}
}

// signed says in words who signed a certificate.
func signed(r cert.Report) string {
	s := r.Signature
	other := slices.ContainsFunc(r.Findings, func(f cert.Finding) bool { return f.Part == "signature" })
	switch {
	case len(s.Trusted) > 0 && other:
		return "what the trusted key " + strings.Join(s.Trusted, ", ") + " signed is not this"
	case len(s.Trusted) > 0:
		return "signed by the trusted key " + strings.Join(s.Trusted, ", ")
	case len(s.KeyIDs) > 0:
		return "signature by the key " + strings.Join(s.KeyIDs, ", ") + ", not checked against a trusted key"
	}
	return "unsigned"
}
