package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flowcert/campaign"
	"flowcert/internal/usage"
	"flowcert/report"
)

func labelCommand() *cobra.Command {
	var flags labelFlags
	var out string
	cmd := &cobra.Command{
		Use:   "label CERT|DIR",
		Short: "Draw the label of a certificate",
		Long: `Draw the label of a certificate, from the certificate and its evidence alone: one
page as SVG, PDF and PNG, and as HTML with every row. A certificate that does not
hold is refused.

German labels are label.de.svg and so on. What a label cannot say in German stays
English, and is marked so.`,
		Example: `  flowcert label mine
  flowcert label mine/certificate.json --language de --format pdf,png --out labels`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFolderAndFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			labels, err := flags.labels()
			if err != nil {
				return err
			}
			path := certificateAt(args[0])
			if out == "" {
				out = filepath.Dir(path)
			}
			if err := campaign.Writable(out); err != nil {
				return err
			}
			if err := os.MkdirAll(out, 0o777); err != nil {
				return err
			}
			drawn, err := labels.Draw(out, path)
			d := newDisplay(cmd.ErrOrStderr())
			defer d.end()
			for _, file := range drawn {
				d.note("wrote %s", file)
			}
			return err
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "", "folder to write to (default the certificate's)")
	cmd.MarkFlagDirname("out")
	return cmd
}

// labelFlags are the flags of which labels to draw.
type labelFlags struct {
	language string
	formats  []string
}

func (f *labelFlags) add(cmd *cobra.Command) {
	f.addLanguage(cmd)
	cmd.Flags().StringSliceVar(&f.formats, "format", words(report.Formats()), "formats of the label")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(words(report.Formats()), cobra.ShellCompDirectiveNoFileComp))
}

func (f *labelFlags) addLanguage(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.language, "language", string(report.English), "language of the label, "+strings.Join(words(report.Languages()), " or "))
	cmd.RegisterFlagCompletionFunc("language", cobra.FixedCompletions(words(report.Languages()), cobra.ShellCompDirectiveNoFileComp))
}

// labels returns what the flags ask for.
func (f *labelFlags) labels() (campaign.Labels, error) {
	labels := campaign.Labels{Language: report.Language(f.language)}
	if !slices.Contains(report.Languages(), labels.Language) {
		return labels, usage.Errorf("label: no language %q: give %s", f.language, strings.Join(words(report.Languages()), " or "))
	}
	if f.formats != nil && len(f.formats) == 0 {
		return labels, usage.Errorf("label: no format: give some of %s", strings.Join(words(report.Formats()), ","))
	}
	for _, format := range f.formats {
		if !slices.Contains(report.Formats(), report.Format(format)) {
			return labels, usage.Errorf("label: no format %q: give some of %s", format, strings.Join(words(report.Formats()), ","))
		}
		labels.Formats = append(labels.Formats, report.Format(format))
	}
	return labels, nil
}

func words[S ~string](list []S) []string {
	var all []string
	for _, s := range list {
		all = append(all, string(s))
	}
	return all
}
