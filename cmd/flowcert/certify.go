package main

import (
	"math"
	"path/filepath"

	"github.com/spf13/cobra"

	"flowcert/campaign"
	"flowcert/internal/usage"
	"flowcert/report"
)

func certifyCommand(windowSeconds float64) *cobra.Command {
	var name, key string
	var workers uint
	var asJSON, thorough bool
	var intensity float64
	var flags labelFlags
	cmd := &cobra.Command{
		Use:   "certify DIR --data SET|FILE",
		Short: "Examine a fitted model and issue its certificate",
		Long: `Examine the model that "flowcert fit" stored in the folder DIR on the test rows of
the data that it was fitted to, and write beside it: certificate.json, its
evidence, and the label as label.svg, .html, .pdf and .png. With a key of "flowcert keygen"
the certificate is signed, in certificate.dsse.json.

The data are split again as they were for the fit, and must be the same.`,
		Example: `  flowcert certify mine --data mine.csv
  flowcert certify mine --data mine.csv --key me.key`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFolders,
		RunE: func(cmd *cobra.Command, args []string) error {
			private, err := signingKey(key)
			if err != nil {
				return err
			}
			if !(intensity >= 0) || math.IsInf(intensity, 1) {
				return usage.Errorf("--grid-intensity %g: want grams of carbon dioxide per kWh, such as 380", intensity)
			}
			labels, err := flags.labels()
			if err != nil {
				return err
			}
			d := newDisplay(cmd.ErrOrStderr())
			defer d.end()
			path, err := campaign.Certify(cmd.Context(), args[0], name, campaign.Options{Workers: int(workers), Progress: d.show, Key: private, Labels: labels, Thorough: thorough, GridIntensity: intensity, WindowSeconds: windowSeconds})
			if err != nil {
				return err
			}
			document, err := report.Open(path)
			if err != nil {
				return err
			}
			d.note("the certificate is %s, its label %s", path, filepath.Join(args[0], campaign.LabelFile(labels.Formats[0], labels.Language)))
			noteSigned(d, private)
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), document.Certificate)
			}
			c := document.Certificate
			return report.Summary(cmd.OutOrStdout(), []report.Entry{{Data: c.Data.Name, Model: c.Subject.Model, Document: document}})
		},
	}
	dataFlag(cmd, &name)
	flags.add(cmd)
	keyFlag(cmd, &key)
	cmd.Flags().Float64Var(&intensity, "grid-intensity", 0, "carbon dioxide of the electricity in g/kWh, to state emissions beside energy")
	thoroughFlag(cmd, &thorough)
	workersFlag(cmd, &workers)
	jsonFlag(cmd, &asJSON)
	return cmd
}
