// Command flowcert fits density models to tables, measures and checks them, and
// issues certificates that anybody can verify.
//
// Results go to standard output; progress and notes go to standard error. It
// exits with 0, with 1 where a task failed or a certificate is refuted, with 2
// where the input is at fault, and with 130 when interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"flowcert/internal/usage"
	"flowcert/measure"
)

func main() { os.Exit(interruptible(measure.MinSeconds)) }

// interruptible runs the command until it ends or a first signal asks it to
// stop; a second signal kills the process. Each cost is measured for so many seconds.
func interruptible(windowSeconds float64) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, windowSeconds, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// The statuses that the command exits with.
const (
	statusHolds       = 0
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130
)

// errRefuted ends a command whose output already says what is refuted.
var errRefuted = errors.New("refuted")

// run executes one command line and returns the status to exit with.
func run(ctx context.Context, windowSeconds float64, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand(windowSeconds)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var bad *usage.Error
	switch {
	case err == nil:
		return statusHolds
	case errors.Is(err, errRefuted):
		return statusFailed
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "flowcert: interrupted")
		return statusInterrupted
	}
	for line := range strings.Lines(err.Error()) { // one for each cell of a run that failed
		fmt.Fprintf(stderr, "flowcert: %s\n", strings.TrimSpace(line))
	}
	if errors.As(err, &bad) {
		return statusUsage
	}
	return statusFailed
}

// untilInterrupted does work that does not watch the context, and leaves it behind when a
// signal comes. The process ends then, so it is for commands that write to stdout alone.
func untilInterrupted(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func rootCommand(windowSeconds float64) *cobra.Command {
	root := &cobra.Command{
		Use:   "flowcert",
		Short: "Fit density models to tables and issue certificates that can be checked",
		Long: `flowcert fits normalizing flows and other density models to tables, measures
and checks them, and issues one certificate per model and data set that anybody
can verify.

Start with "flowcert run": it fits four models to two embedded data sets and
lays their certificates side by side.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(runCommand(windowSeconds), fitCommand(), scoreCommand(), sampleCommand(),
		certifyCommand(windowSeconds), verifyCommand(), replayCommand(), labelCommand(), keygenCommand(), compareCommand(), exportCommand(), listCommand(), doctorCommand(), selftestCommand())
	root.SetHelpCommand(helpCommand())
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		panic(err) // the library has just added it
	}
	refuseUnknown(root)
	refuseUnknown(completion)
	return root
}

// helpCommand shows the help of another command.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(about, args[len(args)-1])
			}
			return about.Help()
		},
	}
}

// version is that of the module, as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
