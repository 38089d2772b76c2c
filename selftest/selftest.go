// Package selftest holds negative controls: models, measurements and certificates with
// one planted fault each, which the checks of this program must refute, beside the same
// without the fault, which they must accept. A check that refutes nothing shows nothing;
// whoever has the program can see here that its checks can fail.
package selftest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"flowcert/internal/usage"
)

// Kind is what a fault is planted in.
type Kind string

// The kinds of controls, in their order.
const (
	Flows        Kind = "flow"
	Samplers     Kind = "sampler"
	Data         Kind = "data"
	Answers      Kind = "answer"
	Energy       Kind = "energy"
	Certificates Kind = "certificate"
	Signatures   Kind = "signature"
	Folders      Kind = "folder"
)

// Control is a planted fault, or a sound original.
type Control struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	// Planted says in one sentence what is wrong; "" for a sound original.
	Planted string `json:"planted,omitempty"`
	// Lines must all come out refuted: rows of a certificate by their IDs, or the parts
	// that verifying or replaying one names. Of an original they must be assessed and
	// hold.
	Lines []string `json:"lines,omitempty"`

	inspect func(ctx context.Context, w *workshop) ([]finding, error)
}

// Sound says whether c is an original without a fault.
func (c Control) Sound() bool { return c.Planted == "" }

// finding is what a check says against a control.
type finding struct{ line, problem string }

// Controls returns every control, each original before its faults.
func Controls() []Control {
	return slices.Concat(modelControls(), energyControls(), certificateControls(), signatureControls(), folderControls())
}

// The verdicts on a control.
const (
	Accepted    = "accepted"
	Refuted     = "refuted"
	Unusable    = "unusable"
	NotAccepted = "not accepted"
	NotRefuted  = "not refuted"
)

// Result is what came of a control.
type Result struct {
	Control
	Verdict string `json:"verdict"`
	// Detail is "LINE: PROBLEM" of the first of the control's lines, or what is wrong
	// with a control that does not come out as it must.
	Detail string `json:"detail,omitempty"`
}

// Holds says whether the control came out as it must: an original accepted, a fault
// refuted, or unusable, for its lines.
func (r Result) Holds() bool { return r.Verdict != NotAccepted && r.Verdict != NotRefuted }

// Run inspects the controls. It trains small flows and writes into a folder for
// temporary files, which it removes. Progress, if not nil, is called with the number of
// controls done and the next. The error says that a control could not be inspected,
// which is no refutation.
func Run(ctx context.Context, controls []Control, progress func(done int, next Control)) ([]Result, error) {
	root, err := os.MkdirTemp("", "flowcert-selftest-")
	if err != nil {
		return nil, usage.Errorf("selftest: %w: set TMPDIR to a folder that can be written", err)
	}
	defer os.RemoveAll(root)
	w := &workshop{root: root, fitted: map[string]fitted{}}
	var results []Result
	for i, c := range controls {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(i, c)
		}
		found, err := c.inspect(ctx, w)
		if bad := (*usage.Error)(nil); err != nil && !errors.As(err, &bad) {
			return nil, fmt.Errorf("selftest: %s: %w", c.Name, err)
		}
		results = append(results, c.judge(found, err))
	}
	return results, nil
}

// judge gives the verdict on a control from all findings, or from the error of what is
// unusable.
func (c Control) judge(found []finding, unusable error) Result {
	of := func(line string) (finding, bool) {
		i := slices.IndexFunc(found, func(f finding) bool { return f.line == line })
		if i < 0 {
			return finding{}, false
		}
		return found[i], true
	}
	switch {
	case c.Sound() && unusable != nil:
		return Result{c, NotAccepted, unusable.Error()}
	case c.Sound() && len(found) > 0:
		return Result{c, NotAccepted, found[0].line + ": " + found[0].problem}
	case c.Sound():
		return Result{Control: c, Verdict: Accepted}
	case unusable != nil:
		return Result{c, Unusable, unusable.Error()}
	}
	for _, line := range c.Lines {
		if _, ok := of(line); !ok {
			return Result{c, NotRefuted, fmt.Sprintf("%s: want it refuted, found is %s", line, cmp.Or(words(found), "nothing"))}
		}
	}
	first, _ := of(c.Lines[0])
	return Result{c, Refuted, first.line + ": " + first.problem}
}

func words(found []finding) string {
	var lines []string
	for _, f := range found {
		lines = append(lines, f.line)
	}
	return strings.Join(lines, ", ")
}

// workshop is what controls share.
type workshop struct {
	root   string
	fitted map[string]fitted // by the name of the original
}

// folder returns a new empty folder.
func (w *workshop) folder() (string, error) { return os.MkdirTemp(w.root, "") }
