package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"flowcert/selftest"
)

func selftestCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "Show that planted faults are refuted",
		Long: `Plant faults in flows, samplers, data, answers, counter reads, certificates,
signatures and folders, and check that each is refuted by the line that is there for
it, and that the same without the fault is accepted. It takes well under two minutes.

The exit status is 0 if all come out as they must, and 1 if one does not.`,
		Example: "  flowcert selftest\n  flowcert selftest --json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := newDisplay(cmd.ErrOrStderr())
			defer d.end()
			controls := selftest.Controls()
			results, err := selftest.Run(cmd.Context(), controls, func(done int, _ selftest.Control) {
				d.show("planting faults", done, len(controls))
			})
			d.end()
			if err != nil {
				return err
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), results)
			} else {
				err = printControls(cmd.OutOrStdout(), results)
			}
			for _, r := range results {
				if err == nil && !r.Holds() {
					err = errRefuted
				}
			}
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// printControls lists the controls with what came of them, and counts them.
func printControls(w io.Writer, results []selftest.Result) error {
	good, bad := colours(isTerminal(w), os.Getenv("NO_COLOR"))
	failed, sound := 0, 0
	for _, r := range results {
		verdict := good(r.Verdict)
		if !r.Holds() {
			verdict = bad(r.Verdict)
			failed++
		}
		if r.Sound() {
			sound++
		}
		line := fmt.Sprintf("%s  %s", verdict, r.Name)
		if r.Detail != "" {
			line += ": " + r.Detail
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d faults and %d sound originals: %d came out wrong\n", len(results)-sound, sound, failed)
	return err
}
