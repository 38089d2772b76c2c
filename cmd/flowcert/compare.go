package main

import (
	"github.com/spf13/cobra"

	"flowcert/report"
)

func compareCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare CERT...",
		Short: "Lay certificates side by side",
		Long: `Print the rows of certificates side by side. Where they are of the same test rows,
the models are compared pairwise row by row. A certificate that does not hold is
refused.`,
		Example: `  flowcert compare mine/certificate.json other/certificate.json
  flowcert compare flowcert-run/moons/*/seed-1/certificate.json`,
		Args: arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			documents, err := openAll(args)
			if err != nil {
				return err
			}
			comparison, err := report.Compare(documents)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), comparison)
			}
			return comparison.Write(cmd.OutOrStdout())
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// openAll opens certificates that hold.
func openAll(paths []string) ([]report.Document, error) {
	documents := make([]report.Document, len(paths))
	for i, path := range paths {
		var err error
		if documents[i], err = report.Open(path); err != nil {
			return nil, err
		}
	}
	return documents, nil
}
