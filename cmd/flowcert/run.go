package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"flowcert/campaign"
	"flowcert/internal/usage"
	"flowcert/report"
)

func runCommand(windowSeconds float64) *cobra.Command {
	var out, key string
	var workers uint
	var asJSON, thorough bool
	var flags labelFlags
	cmd := &cobra.Command{
		Use:   "run [PLAN.yaml]",
		Short: "Fit, certify and compare every model of a plan on every data set",
		Long: `Run a plan: every model on every data set with every seed, each fitted, measured,
checked and certified in a folder of its own, DIR/DATA/MODEL/seed-N. Without a
plan it runs four models on two embedded data sets.

A folder appears only when it is complete. An interrupted run picks up where it
stopped when the same command is given again.

A plan is YAML:

  data:
    - moons                  # a set of "flowcert list data", or a CSV file
    - name: mine.csv
      drop: [class]          # columns to leave out
      as: mine               # name of the folder
  models:
    - gaussian
    - name: mixture
      as: mixture-3
      settings: {components: 3}
  seeds: [1, 2, 3]`,
		Example: `  flowcert run
  flowcert run plan.yaml --out study`,
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			plan, err := readPlan(args)
			if err != nil {
				return err
			}
			private, err := signingKey(key)
			if err != nil {
				return err
			}
			labels, err := flags.labels()
			if err != nil {
				return err
			}
			d := newDisplay(cmd.ErrOrStderr())
			defer d.end()
			cells, err := campaign.Run(cmd.Context(), plan, out, campaign.Options{Workers: int(workers), Progress: d.show, Key: private, Labels: labels, Thorough: thorough, WindowSeconds: windowSeconds})
			d.end()
			if cmd.Context().Err() != nil {
				d.note("%d of %d certificates are complete in %s; the same command goes on from there",
					len(cells), len(plan.Data)*len(plan.Models)*len(plan.Seeds), out)
				return context.Canceled
			}
			if len(cells) == 0 {
				return err
			}
			noteSigned(d, private)
			if failed := writeCells(cmd.OutOrStdout(), cells, asJSON); err == nil {
				err = failed
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "flowcert-run", "folder to keep the records in")
	cmd.MarkFlagDirname("out")
	flags.add(cmd)
	keyFlag(cmd, &key)
	thoroughFlag(cmd, &thorough)
	workersFlag(cmd, &workers)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// readPlan reads the plan of the arguments, or the default one.
func readPlan(args []string) (campaign.Plan, error) {
	if len(args) == 0 {
		return campaign.Default()
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return campaign.Plan{}, usage.Errorf("read plan: %w; give a YAML file as \"flowcert run --help\" shows", err)
	}
	return campaign.Parse(args[0], text)
}

// writeCells prints the comparison of the cells and where their certificates are.
func writeCells(w io.Writer, cells []campaign.Cell, asJSON bool) error {
	if asJSON {
		return writeJSON(w, cells)
	}
	var entries []report.Entry
	for _, c := range cells {
		document, err := report.Open(c.Certificate)
		if err != nil {
			return err
		}
		entries = append(entries, report.Entry{Data: c.Data, Model: c.Model, Document: document})
	}
	if err := report.Summary(w, entries); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nCertificates, each with its labels beside it:")
	for _, c := range cells {
		fmt.Fprintf(w, "  %s\n", c.Certificate)
	}
	return nil
}
