package main

import (
	"github.com/spf13/cobra"

	"flowcert/report"
)

func compareCommand() *cobra.Command {
	var asJSON, asHTML bool
	var flags labelFlags
	cmd := &cobra.Command{
		Use:   "compare CERT|DIR...",
		Short: "Lay certificates side by side",
		Long: `Print the rows of certificates side by side. Where they are of the same test rows,
the models are compared pairwise row by row. A certificate that does not hold is
refused. With --html the same is a page that stands alone.`,
		Example: `  flowcert compare mine other/certificate.json
  flowcert compare flowcert-run/moons/*/seed-1
  flowcert compare --html --language de mine other > compare.html`,
		Args: arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			labels, err := flags.labels()
			if err != nil {
				return err
			}
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
			if asHTML {
				page, err := comparison.HTML(labels.Language)
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(page)
				return err
			}
			return comparison.Write(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asHTML, "html", false, "print a page instead of text")
	flags.addLanguage(cmd)
	jsonFlag(cmd, &asJSON)
	cmd.MarkFlagsMutuallyExclusive("html", "json")
	return cmd
}

// openAll opens certificates that hold.
func openAll(paths []string) ([]report.Document, error) {
	documents := make([]report.Document, len(paths))
	for i, path := range paths {
		var err error
		if documents[i], err = report.Open(certificateAt(path)); err != nil {
			return nil, err
		}
	}
	return documents, nil
}
