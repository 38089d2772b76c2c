package selftest

import (
	"context"
	"fmt"
	"slices"

	"flowcert/cert"
	"flowcert/claim"
)

// examiner returns a new examination of a model.
type examiner func(ctx context.Context, w *workshop) (*claim.Examination, error)

// original is a sound model, and the faults that are planted in it.
type original struct {
	kind    Kind
	name    string
	examine examiner
	// claims are those that the model is held to, and a fault if it has none of its own.
	claims []claim.Claim
	faults []fault
}

// fault is planted in an examination of a sound model.
type fault struct {
	name, planted string
	lines         []string
	plant         func(e *claim.Examination) error
	// claims are those that the fault is held to; nil is all of the original's.
	claims []claim.Claim
}

// modelControls are the faults that a certificate of the model states as refuted.
func modelControls() []Control {
	var controls []Control
	for _, o := range slices.Concat(flowOriginals(), []original{missingOriginal(), splitOriginal(), mixtureOriginal()}) {
		var lines []string
		for _, f := range o.faults {
			for _, line := range f.lines {
				if !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
		}
		controls = append(controls, Control{o.kind, o.name, "", lines, inspected(o.examine, o.claims, lines, nil)})
		for _, f := range o.faults {
			claims := f.claims
			if claims == nil {
				claims = o.claims
			}
			controls = append(controls, Control{o.kind, f.name, f.planted, f.lines, inspected(o.examine, claims, nil, f.plant)})
		}
	}
	return controls
}

// inspected certifies a model, with a fault if there is one. Found are the rows that the
// certificate states as refuted and, of the lines, those that are not assessed: a line that
// says nothing of the sound model would accept anything.
func inspected(examine examiner, claims []claim.Claim, lines []string, plant func(*claim.Examination) error) func(context.Context, *workshop) ([]finding, error) {
	return func(ctx context.Context, w *workshop) ([]finding, error) {
		e, err := examine(ctx, w)
		if err != nil {
			return nil, err
		}
		if plant != nil {
			if err := plant(e); err != nil {
				return nil, err
			}
		}
		b, err := build(ctx, e, claims)
		if err != nil {
			return nil, err
		}
		c, _, err := b.Certificate()
		if err != nil {
			return nil, err
		}
		return stated(c, lines), nil
	}
}

// stated returns the rows that a certificate states as refuted and, of the lines, those
// that it leaves open.
func stated(c *cert.Certificate, lines []string) []finding {
	var found []finding
	for _, r := range c.Rows {
		switch {
		case r.Strength == cert.Refuted:
			found = append(found, finding{r.ID, r.Reason})
		case r.Strength == cert.NotAssessed && slices.Contains(lines, r.ID):
			found = append(found, finding{r.ID, "not assessed: " + r.Reason})
		}
	}
	return found
}

// build gathers the evidence of some claims; the lines of others are left open.
func build(ctx context.Context, e *claim.Examination, claims []claim.Claim) (*cert.Builder, error) {
	rest := claim.Claim{Name: "rest", Assess: func(_ context.Context, _ *claim.Examination, b *cert.Builder) error {
		leaveOpen(b)
		return nil
	}}
	b, err := claim.Examine(ctx, append([]claim.Claim{rest}, claims...), e, cert.Environment{}, nil)
	if err != nil {
		return nil, fmt.Errorf("certify: %w", err)
	}
	return b, nil
}

// leaveOpen gives every line a reason for having no evidence.
func leaveOpen(b *cert.Builder) {
	for _, l := range cert.Lines() {
		if !l.Theory && l.Open == "" {
			b.Skip(l.ID, "not part of this control")
		}
	}
}
