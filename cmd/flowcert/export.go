package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flowcert/cert"
	"flowcert/export"
	"flowcert/internal/usage"
)

func exportCommand() *cobra.Command {
	var as string
	var names, completions []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
		completions = append(completions, f.Name+"\t"+f.Title)
	}
	cmd := &cobra.Command{
		Use:   "export CERT|DIR --as FORMAT",
		Short: "Print a certificate in a form that other programs take",
		Long: `Print a certificate in a form that other programs and documents take. Every row is
in it, those that are not assessed too. A certificate that does not hold is refused.

  ` + strings.ReplaceAll(strings.Join(completions, "\n  "), "\t", ": "),
		Example: `  flowcert export mine/certificate.json --as huggingface > README.md
  flowcert export mine --as latex`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at := slices.Index(names, as)
			if at < 0 {
				return usage.Errorf("--as is %q: did you mean %q? (want one of %s)", as, usage.Nearest(as, names), strings.Join(names, ", "))
			}
			c, _, err := cert.Open(certificateAt(args[0]))
			if err != nil {
				return err
			}
			text, err := export.Formats()[at].Write(c)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s", text)
			return err
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "one of "+strings.Join(names, ", "))
	cmd.MarkFlagRequired("as")
	cmd.RegisterFlagCompletionFunc("as", cobra.FixedCompletions(completions, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}
