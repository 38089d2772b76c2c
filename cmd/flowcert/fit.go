package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"flowcert/campaign"
	"flowcert/catalog"
	"flowcert/model"
)

func fitCommand() *cobra.Command {
	var job campaign.Job
	var out string
	var settings, given []string
	var workers uint
	cmd := &cobra.Command{
		Use:   "fit MODEL|FILE.yaml --data SET|FILE --out DIR",
		Short: "Fit a model to a data set or a CSV file",
		Long: `Fit one model of "flowcert list models", or the flow that a file describes
("flowcert list models NAME" prints a description to start from), and store it in the folder DIR, in place
of an older one: weights.safetensors, model.json, and training.json with what the
fit cost. The same seed gives the same model, byte for byte, whatever the number
of workers.`,
		Example: `  flowcert fit spline-coupling --data mine.csv --drop class --out mine
  flowcert fit mine.yaml --data mine.csv --given year --out mine-by-year
  flowcert fit mixture --data iris --set components=3 --seed 7 --out iris-mixture`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeModels,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if job.Entry, err = catalog.OpenModel(args[0]); err != nil {
				return err
			}
			values, err := model.ParseSettings(settings)
			if err != nil {
				return err
			}
			if job.Settings, err = job.Entry.Resolve(values); err != nil {
				return err
			}
			if job.Set, err = catalog.OpenData(job.Name, job.Drop); err != nil {
				return err
			}
			if job.Given, err = model.Given(job.Set.Info().Columns, given); err != nil {
				return err
			}
			d := newDisplay(cmd.ErrOrStderr())
			defer d.end()
			if err := job.Fit(cmd.Context(), out, campaign.Options{Workers: int(workers), Progress: d.show}); err != nil {
				return err
			}
			if len(job.Given) > 0 {
				d.note("the model is in %s; next: flowcert score %s %s", out, quoted(out), quoted(job.Name))
			} else {
				d.note("the model is in %s; next: flowcert certify %s --data %s", out, quoted(out), quoted(job.Name))
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), out)
			return err
		},
	}
	dataFlag(cmd, &job.Name)
	dropFlag(cmd, &job.Drop)
	cmd.Flags().StringArrayVar(&given, "given", nil, "column that the density of the others is conditional on, by name or by number from 1; may be repeated")
	cmd.Flags().StringVarP(&out, "out", "o", "", "folder to store the model in")
	cmd.MarkFlagRequired("out")
	cmd.MarkFlagDirname("out")
	cmd.Flags().StringArrayVar(&settings, "set", nil, "setting of the model as key=value; may be repeated")
	cmd.RegisterFlagCompletionFunc("set", completeSettings)
	cmd.Flags().Uint64Var(&job.Seed, "seed", 1, "seed of the split and of the fit")
	workersFlag(cmd, &workers)
	return cmd
}

// quoted returns a word as a shell takes it.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)
