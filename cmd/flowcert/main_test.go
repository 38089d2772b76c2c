package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flowcert/cert"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

// windowSeconds does for scripts, which hold what is said of costs and no figure.
const windowSeconds = 0.02

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"flowcert": func() { os.Exit(interruptible(windowSeconds)) }})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Getuid() == 0, nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"holds":   holds,
			"await":   await,
			"flip":    flip,
			"cut":     cut,
			"edit":    edit,
			"quality": quality,
		},
	})
}

// exits runs a command line and checks its exit status:
//
//	exits STATUS COMMAND...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	status := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if status != want {
		ts.Fatalf("exit status %d, want %d", status, want)
	}
	if stderr := ts.ReadFile("stderr"); want == statusUsage && strings.Count(stderr, "\n") != 1 {
		ts.Fatalf("want one sentence on standard error, got %q", stderr)
	}
}

// holds checks that a folder holds these files, below it and in lexical order,
// and no others; * stands for any characters within one name:
//
//	holds FOLDER FILE...
func holds(ts *testscript.TestScript, _ bool, args []string) {
	root := ts.MkAbs(args[0])
	var found []string
	ts.Check(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if !entry.IsDir() || isEmpty(path) && path != root {
			found = append(found, filepath.ToSlash(name))
		}
		return err
	}))
	if !slices.EqualFunc(found, args[1:], func(name, pattern string) bool {
		ok, err := filepath.Match(pattern, name)
		ts.Check(err)
		return ok
	}) {
		ts.Fatalf("%s holds %q, want %q", args[0], found, args[1:])
	}
}

func isEmpty(folder string) bool {
	entries, err := os.ReadDir(folder)
	return err == nil && len(entries) == 0
}

// await waits until a file exists, and has a text if that is given:
//
//	await FILE [TEXT]
func await(ts *testscript.TestScript, _ bool, args []string) {
	for range 6000 {
		content, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(content), strings.Join(args[1:], " ")) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%q does not appear", args)
}

// flip changes one bit in the middle of the file that a pattern names:
//
//	flip PATTERN
func flip(ts *testscript.TestScript, _ bool, args []string) {
	change(ts, args[0], func(content []byte) []byte {
		content[len(content)/2] ^= 1
		return content
	})
}

// cut drops the second half of a file:
//
//	cut PATTERN
func cut(ts *testscript.TestScript, _ bool, args []string) {
	change(ts, args[0], func(content []byte) []byte { return content[:len(content)/2] })
}

// edit replaces what a regular expression matches first in a file:
//
//	edit PATTERN REGEXP REPLACEMENT
func edit(ts *testscript.TestScript, _ bool, args []string) {
	change(ts, args[0], func(content []byte) []byte {
		at := regexp.MustCompile(args[1]).FindSubmatchIndex(content)
		if at == nil {
			ts.Fatalf("%s does not match %q", args[0], args[1])
		}
		replacement := regexp.MustCompile(args[1]).Expand(nil, []byte(args[2]), content, at)
		return slices.Replace(content, at[0], at[1], replacement...)
	})
}

func change(ts *testscript.TestScript, pattern string, f func([]byte) []byte) {
	found, err := filepath.Glob(ts.MkAbs(pattern))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%s names %d files, want one", pattern, len(found))
	}
	content, err := os.ReadFile(found[0])
	ts.Check(err)
	ts.Check(os.WriteFile(found[0], f(content), 0o644))
}

// quality writes the rows of a certificate that must not differ between two runs,
// which are all but costs:
//
//	quality CERTIFICATE FILE
func quality(ts *testscript.TestScript, _ bool, args []string) {
	var c cert.Certificate
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &c))
	rows := slices.DeleteFunc(c.Rows, func(r cert.Row) bool {
		return slices.Contains([]cert.Block{cert.Time, cert.Memory, cert.Energy}, r.Block)
	})
	text, err := json.MarshalIndent(rows, "", "  ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o644))
}

func TestStatusOfAnInterruptedCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr strings.Builder
	out := filepath.Join(t.TempDir(), "out")
	for _, args := range [][]string{
		{"fit", "realnvp", "--data", "iris", "--out", out},
		{"run", "--out", out},
	} {
		if status := run(ctx, windowSeconds, args, strings.NewReader(""), &stdout, &stderr); status != statusInterrupted {
			t.Errorf("%q: status %d, want %d; %s", args, status, statusInterrupted, stderr.String())
		}
	}
	if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

// Every command and every flag says what it is for, and every command but the
// library's own shows how it is used.
func TestHelpIsComplete(t *testing.T) {
	commands := slices.DeleteFunc(rootCommand(windowSeconds).Commands(), func(c *cobra.Command) bool {
		return c.Name() == "help" || c.Name() == "completion"
	})
	if len(commands) < 8 {
		t.Fatalf("only %d commands", len(commands))
	}
	for _, c := range commands {
		if c.Short == "" || c.Example == "" {
			t.Errorf("%s lacks a line of help or an example", c.Name())
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s lacks help", c.Name(), f.Name)
			}
		})
	}
}

func TestColours(t *testing.T) {
	good, bad := colours(true, "")
	if got := good("a") + bad("b"); got != "\x1b[32ma\x1b[0m\x1b[31mb\x1b[0m" {
		t.Errorf("on a terminal: %q", got)
	}
	for _, c := range []struct {
		terminal bool
		noColour string
	}{{false, ""}, {true, "1"}} {
		good, bad := colours(c.terminal, c.noColour)
		if got := good("a") + bad("b"); got != "ab" {
			t.Errorf("terminal %v, NO_COLOR %q: %q", c.terminal, c.noColour, got)
		}
	}
}

func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"a/b-1.csv": "a/b-1.csv",
		"my data":   "'my data'",
		"it's":      `'it'\''s'`,
		"":          "''",
	} {
		if got := quoted(word); got != want {
			t.Errorf("quoted(%q) = %s, want %s", word, got, want)
		}
	}
}
