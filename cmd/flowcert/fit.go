package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"flowcert/campaign"
	"flowcert/catalog"
	"flowcert/data"
	"flowcert/internal/usage"
	"flowcert/model"
)

func fitCommand() *cobra.Command {
	var job campaign.Job
	var out, weights, towards string
	var settings, given []string
	var workers uint
	cmd := &cobra.Command{
		Use:   "fit MODEL|FILE.yaml --data SET|FILE --out DIR",
		Short: "Fit a model to a data set or a CSV file",
		Long: `Fit one model of "flowcert list models", or the flow that a file describes
("flowcert list models NAME" prints a description to start from), and store it in the folder DIR, in place
of an older one: weights.safetensors, model.json, and training.json with what the
fit cost. The same seed gives the same model, byte for byte, whatever the number
of workers. A fit of a flow that is interrupted is kept in the folder, and the same
command goes on from there to the same model.

With --target a flow is fitted without rows, by reverse Kullback-Leibler divergence,
to an unnormalised density of "flowcert list targets", and what is printed says how
near it came: the evidence lower bound, which is at most log Z, the effective sample
size, and log Z as importance sampling estimates it.`,
		Example: `  flowcert fit spline-coupling --data mine.csv --drop class --out mine
  flowcert fit mine.yaml --data mine.csv --given year --out mine-by-year
  flowcert fit realnvp --data survey.csv --weights weight --out survey
  flowcert fit realnvp --target u1 --out arcs
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
			d := newDisplay(cmd.ErrOrStderr())
			defer d.end()
			options := campaign.Options{Workers: int(workers), Progress: d.show}
			if towards != "" {
				return fitTarget(cmd, d, job, towards, out, options)
			}
			if job.Name == "" {
				return usage.Errorf("%q needs --data or --target: see \"%s --help\"", cmd.CommandPath(), cmd.CommandPath())
			}
			if job.Set, err = catalog.OpenData(job.Name, data.CSVOptions{Drop: job.Drop, Weights: weights}); err != nil {
				return err
			}
			if job.Given, err = model.Given(job.Set.Info().Columns, given); err != nil {
				return err
			}
			if err := job.Fit(cmd.Context(), out, options); err != nil {
				noteKept(d, out, err)
				return err
			}
			if len(job.Given) > 0 || weights != "" {
				d.note("the model is in %s; next: flowcert score %s %s", out, quoted(out), quoted(job.Name))
			} else {
				d.note("the model is in %s; next: flowcert certify %s --data %s", out, quoted(out), quoted(job.Name))
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), out)
			return err
		},
	}
	optionalDataFlag(cmd, &job.Name)
	dropFlag(cmd, &job.Drop)
	targetFlag(cmd, &towards)
	cmd.Flags().StringVar(&weights, "weights", "", "column of the file with a weight of at least 0 for each row, by name or by number from 1; no column of the model")
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

// noteKept says that a fit which was interrupted by err can go on.
func noteKept(d *display, out string, err error) {
	if _, failed := os.Stat(filepath.Join(out, campaign.CheckpointFile)); failed == nil && errors.Is(err, context.Canceled) {
		d.note("the fit is kept in %s; the same command goes on from there", out)
	}
}

// quoted returns a word as a shell takes it.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)
