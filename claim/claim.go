// Package claim holds the claims of a certificate: how a fitted model is examined
// to get the evidence that the lines of package cert rest on.
//
// A claim measures and records; what its figures mean, and the verdicts and grades
// that follow from them, are the format's (cert.Lines). One claim, or a group that
// shares one measurement, is one file; package catalog lists them.
package claim

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"flowcert/cert"
	"flowcert/data"
	"flowcert/density"
	"flowcert/model"
	"flowcert/probe"
	"flowcert/setting"
)

// Claim is a measurement and the lines of a certificate that it carries.
type Claim struct {
	Name string `json:"name"`
	// Lines are the IDs of the lines that get evidence or a reason from it.
	Lines []string `json:"lines"`
	// Assess examines the model: it records evidence, and skips with a reason the
	// lines that this model or machine has none for. An error ends the
	// certification; a fault of the model is evidence, not an error.
	Assess func(ctx context.Context, e *Examination, b *cert.Builder) error `json:"-"`
}

// Examination is a fitted model and what is needed to examine it.
type Examination struct {
	Model density.Model
	Entry model.Entry
	// Settings are those of Entry.
	Settings setting.Values
	// Description is that of the stored model.
	Description model.Description
	Info        data.Info
	// Split is the one that the model was fitted to.
	Split data.Split
	// Truth is the true density, or nil where it is not known.
	Truth data.Truth
	// Gaussian is a full-covariance Gaussian fitted to the same split.
	Gaussian density.Model
	// Reference is the model of FitReference on the same split. It may be nil
	// where the truth is known.
	Reference density.Model
	// Training is what the fit cost and Report what happened in it; nil where they
	// were not recorded.
	Training *probe.Window
	Report   *density.Report
	Meter    *probe.Meter
	// GridIntensity is the carbon dioxide of the electricity in grams per kilowatt-hour;
	// 0 where it is not known.
	GridIntensity float64
	// Thorough asks for what takes minutes: further trainings, and tighter proofs.
	Thorough bool
	// Workers is the number of goroutines; 0 means all processors. Only costs
	// depend on it.
	Workers int

	// What several claims of one examination look at, once it is there.
	drawn    *draw
	compared *compared
}

// draw is what came of drawing samples.
type draw struct {
	x   *mat.Dense
	err error
}

// samples returns sampleRows samples of the model, not to be changed: the same for all
// claims of one examination, as to draw them can take long.
func (e *Examination) samples() (*mat.Dense, error) {
	if e.drawn == nil {
		x, err := e.Model.Sample(sampleRows, e.Description.Seed, e.float64s())
		e.drawn = &draw{x, err}
	}
	return e.drawn.x, e.drawn.err
}

// Examine runs the claims in order and returns the certificate's builder. Progress,
// if not nil, is called with each claim before it runs.
func Examine(ctx context.Context, claims []Claim, e *Examination, environment cert.Environment, progress func(Claim)) (*cert.Builder, error) {
	// The caller may examine another model next.
	once := *e
	once.drawn, once.compared = nil, nil
	e = &once
	// What kind the scores are, one row tells.
	scores, err := e.Model.LogDensity(first(e.Split.Test, 1), e.float64s())
	if err != nil {
		return nil, fmt.Errorf("examine: %w", err)
	}
	b := cert.NewBuilder(e.subject(scores.Kind), e.data(), environment)
	for _, c := range claims {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(c)
		}
		if err := c.Assess(ctx, e, b); err != nil {
			return nil, fmt.Errorf("claim %s: %w", c.Name, err)
		}
	}
	return b, nil
}

func (e *Examination) subject(kind density.Kind) cert.Subject {
	d := e.Description
	return cert.Subject{
		Model: d.Model, Title: e.Entry.Title, Family: e.Entry.Family, Summary: e.Entry.Summary,
		Settings: d.Settings, Seed: d.Seed, Dim: d.Dim, Scores: string(kind),
		DescriptionSHA256: d.SHA256, WeightsSHA256: d.Weights.SHA256,
	}
}

func (e *Examination) data() cert.Data {
	d := e.Description
	return cert.Data{
		Name: e.Info.Name, Title: e.Info.Title, Source: e.Info.Source, Licence: e.Info.Licence,
		Columns: d.Columns, Truth: e.Truth != nil,
		Train: rowsOf(e.Split.Train), Validation: rowsOf(e.Split.Validation), Test: rowsOf(e.Split.Test),
		SplitSeed:   d.Data.SplitSeed,
		TrainSHA256: d.Data.TrainSHA256, ValidationSHA256: d.Data.ValidationSHA256, TestSHA256: d.Data.TestSHA256,
	}
}

// float64s evaluates for judging, float32s as in use.
func (e *Examination) float64s() density.Options {
	return density.Options{Precision: density.Float64, Workers: e.Workers}
}

func (e *Examination) float32s() density.Options {
	return density.Options{Precision: density.Float32, Workers: e.Workers}
}

// encoder returns the model's latent code, if it has one.
func (e *Examination) encoder() (density.Encoder, bool) {
	encoder, ok := e.Model.(density.Encoder)
	return encoder, ok
}

// skipAll gives all lines one reason.
func skipAll(b *cert.Builder, lines []string, format string, args ...any) {
	for _, id := range lines {
		b.Skip(id, fmt.Sprintf(format, args...))
	}
}

// rowsOf returns the number of rows; a nil matrix has none.
func rowsOf(m *mat.Dense) int {
	if m == nil {
		return 0
	}
	rows, _ := m.Dims()
	return rows
}

// first returns the first n rows of m, or all if there are fewer.
func first(m *mat.Dense, n int) *mat.Dense {
	rows, cols := m.Dims()
	return m.Slice(0, min(n, rows), 0, cols).(*mat.Dense)
}
