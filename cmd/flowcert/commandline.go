package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flowcert/internal/usage"
)

// What is wrong with a command line, in one sentence each.

// refuseUnknown has a command that only groups others show its help when it is
// alone, and refuse words that are none of its commands.
func refuseUnknown(group *cobra.Command) {
	group.Args = cobra.ArbitraryArgs
	group.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknownCommand(cmd, args[0])
	}
}

func unknownCommand(group *cobra.Command, word string) error {
	var names []string
	for _, c := range group.Commands() {
		names = append(names, c.Name())
	}
	if len(names) == 0 {
		return usage.Errorf("%q has no command %q", group.CommandPath(), word)
	}
	return usage.Errorf("unknown command %q: did you mean %q?", word, usage.Nearest(word, names))
}

// arguments accepts between least and most positional arguments (most < 0: any
// number) with all flags that are required, and says otherwise what is wanted.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			noun := "arguments"
			if len(args) == 1 {
				noun = "argument"
			}
			return usage.Errorf("want \"%s %s\", got %d %s: see \"%s --help\"",
				cmd.Parent().CommandPath(), cmd.Use, len(args), noun, cmd.CommandPath())
		}
		var missing []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if _, required := f.Annotations[cobra.BashCompOneRequiredFlag]; required && !f.Changed {
				missing = append(missing, "--"+f.Name)
			}
		})
		if len(missing) > 0 {
			return usage.Errorf("%q needs %s: see \"%s --help\"",
				cmd.CommandPath(), strings.Join(missing, " and "), cmd.CommandPath())
		}
		return nil
	}
}

// flagError says what is wrong with a flag in place of the library's words.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		name := unknown.GetSpecifiedName()
		return usage.Errorf("%q has no flag --%s: did you mean --%s?", cmd.CommandPath(), name, usage.Nearest(name, names))
	case errors.As(err, &invalid):
		return usage.Errorf("--%s is %q: want %s", invalid.GetFlag().Name, invalid.GetValue(), wantedBy(invalid.GetFlag()))
	}
	return usage.Errorf("%w: see \"%s --help\"", err, cmd.CommandPath())
}

// wantedBy says which values a flag takes.
func wantedBy(f *pflag.Flag) string {
	switch t := f.Value.Type(); {
	case t == "bool":
		return "true or false"
	case slices.Contains([]string{"uint", "uint64"}, t):
		return "a whole number of at least 0"
	default:
		return "a whole number"
	}
}
