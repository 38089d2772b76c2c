package campaign

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/claim"
	"flowcert/data"
	"flowcert/density"
	"flowcert/internal/kernel"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/probe"
)

// The verdicts of a replay.
const (
	ReplayHolds       = "holds"
	ReplayRefuted     = "refuted"
	ReplayNotRepeated = "not repeated"
)

// ReplayLine is what a replay says of one part of a certificate.
type ReplayLine struct {
	// Part is "certificate", "model", "data", or a row's ID.
	Part    string `json:"part"`
	Verdict string `json:"verdict"`
	Detail  string `json:"detail"`
}

// Replay is the outcome of repeating a certificate's cheap checks.
type Replay struct {
	Lines []ReplayLine `json:"lines"`
}

// Holds says whether no line is refuted.
func (r Replay) Holds() bool {
	for _, l := range r.Lines {
		if l.Verdict == ReplayRefuted {
			return false
		}
	}
	return true
}

func (r *Replay) say(part, verdict, format string, args ...any) {
	r.Lines = append(r.Lines, ReplayLine{part, verdict, fmt.Sprintf(format, args...)})
}

// RepeatChecks verifies the certificate in the folder dir, compares the model beside it and
// the data set or file of a name with the digests in it, and repeats the cheap checks
// of the evidence on them (claim.Repeat). Costs are not repeated: they are another
// machine's. A certificate, model or data that cannot be read is a *usage.Error.
func RepeatChecks(ctx context.Context, dir, name string, o Options) (Replay, error) {
	var r Replay
	report, err := cert.Verify(filepath.Join(dir, cert.File))
	if err != nil {
		return r, err
	}
	for _, f := range report.Findings {
		r.say("certificate", ReplayRefuted, "%s", f)
	}
	if !report.Holds() {
		return r, nil
	}
	c := report.Certificate
	r.say("certificate", ReplayHolds, "all %d rows follow from the evidence", len(c.Rows))
	e, err := r.subject(dir, name, c)
	if err != nil || !r.Holds() {
		return r, err
	}
	o.progress("fitting the Gaussian", 0, 0)
	e.Workers = o.Workers
	e.Gaussian, _, err = density.GaussianFitter{}.Fit(ctx, e.Split.Train, e.Split.Validation, density.FitOptions{Workers: o.Workers})
	if err != nil {
		return r, fmt.Errorf("fit the Gaussian to compare with: %w", err)
	}
	o.progress("repeating the cheap checks", 0, 0)
	exact, err := sameProgram(c.Environment)
	if err != nil {
		return r, err
	}
	repeated, err := claim.Repeat(ctx, e, report.Arrays, exact)
	if err != nil {
		return r, err
	}
	for _, row := range c.Rows {
		r.row(row, repeated)
	}
	return r, nil
}

// sameProgram says whether it was this program, with the kernels that it has here, that
// made a certificate.
func sameProgram(e cert.Environment) (bool, error) {
	here, err := probe.SystemRoots().Environment()
	if err != nil {
		return false, err
	}
	return e.ProgramSHA256 == here.ProgramSHA256 && e.Arch == here.Arch && e.Kernels == kernel.Best[float32]().Name, nil
}

// subject compares the model and the data with the certificate, and returns them where
// they are its own.
func (r *Replay) subject(dir, name string, c *cert.Certificate) (*claim.Examination, error) {
	path := filepath.Join(dir, model.WeightsFile)
	weights, err := os.ReadFile(path)
	if err != nil {
		return nil, usage.Errorf("replay: %w: want the folder of the model that the certificate is of", err)
	}
	if sum := sha256Of(weights); sum != c.Subject.WeightsSHA256 {
		r.say("model", ReplayRefuted, "%s has the SHA-256 %s, the certificate is of %s", model.WeightsFile, sum, c.Subject.WeightsSHA256)
		return nil, nil
	}
	fitted, d, err := model.Load(dir, catalog.Library())
	if err != nil {
		return nil, err
	}
	if d.SHA256 != c.Subject.DescriptionSHA256 {
		r.say("model", ReplayRefuted, "%s has the SHA-256 %s, the certificate is of %s", model.DescriptionFile, d.SHA256, c.Subject.DescriptionSHA256)
		return nil, nil
	}
	r.say("model", ReplayHolds, "description and weights have the digests of the certificate")
	set, err := catalog.OpenData(name, data.CSVOptions{Drop: d.Data.Drop})
	if err != nil {
		return nil, err
	}
	split, err := set.Split(c.Data.SplitSeed)
	if err != nil {
		return nil, err
	}
	for _, part := range []struct{ name, sum, want string }{
		{"training", data.Digest(split.Train), c.Data.TrainSHA256},
		{"validation", data.Digest(split.Validation), c.Data.ValidationSHA256},
		{"test", data.Digest(split.Test), c.Data.TestSHA256},
	} {
		if part.sum != part.want {
			r.say("data", ReplayRefuted, "the %s rows of %s have the SHA-256 %s, the certificate is of %s", part.name, name, part.sum, part.want)
			return nil, nil
		}
	}
	r.say("data", ReplayHolds, "training, validation and test rows have the digests of the certificate")
	e := &claim.Examination{Model: fitted, Description: d, Info: set.Info(), Split: split}
	if truth, ok := set.(data.Truth); ok {
		e.Truth = truth
	}
	return e, nil
}

// row says what the repetitions mean for a row.
func (r *Replay) row(row cert.Row, repeated []claim.Repetition) {
	switch {
	case row.Strength == cert.Theorem:
		r.say(row.ID, ReplayNotRepeated, "a theorem about the family, whatever the weights")
		return
	case len(row.Inputs) == 0:
		r.say(row.ID, ReplayNotRepeated, "not assessed: %s", row.Reason)
		return
	}
	verdict := ReplayHolds
	var details, missing []string
	for _, input := range row.Inputs {
		found := false
		for _, again := range repeated {
			if again.Array != input {
				continue
			}
			found = true
			details = append(details, again.Detail)
			if !again.Holds {
				verdict = ReplayRefuted
			}
		}
		if !found {
			missing = append(missing, input)
		}
	}
	if details == nil {
		r.say(row.ID, ReplayNotRepeated, "no cheap check makes %s", strings.Join(missing, ", "))
		return
	}
	if missing != nil {
		details = append(details, strings.Join(missing, ", ")+" was not repeated")
	}
	if row.Strength == cert.Refuted {
		details = append(details, "the certificate states the claim as refuted")
	}
	r.say(row.ID, verdict, "%s", strings.Join(details, "; "))
}
