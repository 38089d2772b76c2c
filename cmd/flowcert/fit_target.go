package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"flowcert/campaign"
	"flowcert/catalog"
	"flowcert/internal/usage"
)

func targetFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "target", "", "instead of --data: a density of \"flowcert list targets\" to fit to without rows")
	cmd.RegisterFlagCompletionFunc("target", completeTargets)
}

// completeTargets completes to a target of the catalogue.
func completeTargets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, t := range catalog.Targets() {
		names = append(names, t.Name()+"\t"+t.Info().Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// fitTarget fits the job's flow to a target, stores it in the folder out and prints how
// near it came.
func fitTarget(cmd *cobra.Command, d *display, job campaign.Job, name, out string, o campaign.Options) error {
	for _, flag := range []string{"data", "drop", "given", "weights"} {
		if cmd.Flags().Changed(flag) {
			return usage.Errorf("--%s and --target exclude each other: a target has no rows", flag)
		}
	}
	target, err := catalog.OpenTarget(name)
	if err != nil {
		return err
	}
	towards := campaign.TargetJob{Entry: job.Entry, Settings: job.Settings, Target: target, Seed: job.Seed}
	reached, err := towards.Fit(cmd.Context(), out, o)
	if err != nil {
		noteKept(d, out, err)
		return err
	}
	d.note("the model is in %s; next: flowcert sample %s -n 1000", out, quoted(out))
	return writeReached(cmd.OutOrStdout(), reached)
}

func writeReached(w io.Writer, r campaign.Reached) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "evidence lower bound\t%.4f +- %.4f nats\n", r.LowerBound, r.StandardError)
	fmt.Fprintf(t, "log Z\t%.4f nats\n", r.LogZ)
	fmt.Fprintf(t, "log Z by importance sampling\t%.4f +- %.4f nats\n", r.Estimate, r.EstimateStandardError)
	fmt.Fprintf(t, "effective sample size\t%.1f %% of %d samples\n", 100*r.EffectiveSampleSize, r.Samples)
	return t.Flush()
}
