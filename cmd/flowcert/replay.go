package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"flowcert/campaign"
)

func replayCommand() *cobra.Command {
	var name string
	var workers uint
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "replay DIR --data SET|FILE",
		Short: "Repeat the cheap checks of a certificate on its model and data",
		Long: `Verify the certificate in the folder DIR, compare the model beside it and the data
with the digests that it states, and repeat its cheap checks: log-densities of test
rows and samples, round trips, log-determinants, precision. Each row of the
certificate is listed with what still holds. Times, memory and energy are not
repeated, nor what takes long.

The exit status is 0 if nothing is refuted, 1 if something is, and 2 if the
certificate, the model or the data cannot be read.`,
		Example:           `  flowcert replay mine --data mine.csv`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFolders,
		RunE: func(cmd *cobra.Command, args []string) error {
			d := newDisplay(cmd.ErrOrStderr())
			defer d.end()
			replay, err := campaign.RepeatChecks(cmd.Context(), args[0], name, campaign.Options{Workers: int(workers), Progress: d.show})
			d.end()
			if err != nil {
				return err
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), replay)
			} else {
				err = printReplay(cmd.OutOrStdout(), replay)
			}
			if err == nil && !replay.Holds() {
				err = errRefuted
			}
			return err
		},
	}
	dataFlag(cmd, &name)
	workersFlag(cmd, &workers)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func printReplay(w io.Writer, r campaign.Replay) error {
	good, bad := colours(isTerminal(w), os.Getenv("NO_COLOR"))
	for _, l := range r.Lines {
		verdict := l.Verdict
		switch verdict {
		case campaign.ReplayHolds:
			verdict = good(verdict)
		case campaign.ReplayRefuted:
			verdict = bad(verdict)
		}
		if _, err := fmt.Fprintf(w, "%s: %s: %s\n", l.Part, verdict, l.Detail); err != nil {
			return err
		}
	}
	return nil
}
