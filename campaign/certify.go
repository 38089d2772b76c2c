package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

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

// Certify examines the model in the folder dir on the data set or file that it was
// fitted to, and writes the certificate, its evidence, its signature (if o has a key)
// and its labels into dir. It returns the certificate's path. Other data than the
// model's, a model of a kind that has no certificates, and a folder that cannot be
// written, are a *usage.Error.
func Certify(ctx context.Context, dir, name string, o Options) (string, error) {
	if err := Writable(dir); err != nil {
		return "", err
	}
	stored, err := model.Open(dir, catalog.Library())
	if err != nil {
		return "", err
	}
	if err := certifiable(dir, stored.Description); err != nil {
		return "", err
	}
	set, err := catalog.OpenData(name, data.CSVOptions{Drop: stored.Description.Data.Drop})
	if err != nil {
		return "", err
	}
	return certify(ctx, dir, stored, set, &yardsticks{}, o)
}

func certify(ctx context.Context, dir string, stored model.Stored, set data.Set, y *yardsticks, o Options) (string, error) {
	e, err := examination(ctx, dir, stored, set, y, o)
	if err != nil {
		return "", err
	}
	environment, err := environment(e)
	if err != nil {
		return "", err
	}
	claims := catalog.Claims()
	stage := fmt.Sprintf("certifying %s on %s", e.Description.Model, e.Info.Name)
	done, began, measured := 0, probe.Now(), e.Meter.Seconds()
	builder, err := claim.Examine(ctx, claims, e, environment, func(claim.Claim) {
		o.progress(stage, done, len(claims))
		done++
	})
	if err != nil {
		return "", fmt.Errorf("%s: %w", stage, err)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	o.progress(fmt.Sprintf("%s took %.1f s, %.1f s of it to measure costs", stage, probe.Now().Sub(began).Seconds(), e.Meter.Seconds()-measured), 0, 0)
	err = staged(dir, func(staging string) error {
		path, err := builder.Write(staging)
		if err != nil {
			return err
		}
		if o.Key != nil {
			if err := cert.Sign(ctx, path, o.Key); err != nil {
				return err
			}
		}
		if _, err := o.Labels.Draw(staging, path); err != nil {
			return err
		}
		return removeCertificate(dir)
	})
	return filepath.Join(dir, cert.File), err
}

// certifiable returns a *usage.Error for a model of a kind that has no certificates.
func certifiable(dir string, d model.Description) error {
	switch {
	case d.Target != "":
		return usage.Errorf("certify %q: the model was fitted to the target %q, and certificates are of models fitted to data: how near it came is in %q",
			dir, d.Target, TrainingFile)
	case len(d.Condition) > 0:
		return usage.Errorf("certify %q: the model is conditional on %q, and there are no certificates of conditional models yet: fit one without --given",
			dir, strings.Join(d.Condition, ", "))
	case d.Data.Weights != "":
		return usage.Errorf("certify %q: the rows were weighed by %q, and there are no certificates of weighted rows yet: fit a model without --weights",
			dir, d.Data.Weights)
	}
	return nil
}

// examination gathers what the claims about the model in dir need.
func examination(ctx context.Context, dir string, stored model.Stored, set data.Set, y *yardsticks, o Options) (*claim.Examination, error) {
	d := stored.Description.Data
	split, err := set.Split(d.SplitSeed)
	if err != nil {
		return nil, err
	}
	if data.Digest(split.Train) != d.TrainSHA256 || data.Digest(split.Validation) != d.ValidationSHA256 || data.Digest(split.Test) != d.TestSHA256 {
		return nil, usage.Errorf("certify %q: %q is not the data that the model was fitted to, which was %q: give that, or fit a model to this",
			dir, set.Info().Name, d.Name)
	}
	training, found, err := readTraining(dir, stored.Description)
	if err != nil {
		return nil, err
	}
	if err := y.fit(ctx, d.TrainSHA256, split, o); err != nil {
		return nil, err
	}
	e := &claim.Examination{
		Model: stored.Model, Entry: stored.Entry, Settings: stored.Settings, Description: stored.Description,
		Info: set.Info(), Split: split,
		Gaussian: y.gaussian, Reference: y.reference,
		Meter: o.measuring(), Thorough: o.Thorough, GridIntensity: o.GridIntensity, Workers: o.Workers,
	}
	if truth, ok := set.(data.Truth); ok {
		e.Truth = truth
	}
	if found {
		e.Report = &training.Report
		if training.ResumedAt == 0 { // else a part of the fit was not measured
			e.Training = &training.Window
		}
	}
	return e, nil
}

// environment says where and with what e is examined.
func environment(e *claim.Examination) (cert.Environment, error) {
	here, err := probe.SystemRoots().Environment()
	if err != nil {
		return cert.Environment{}, err
	}
	source, reason := e.Meter.EnergySource()
	workers := e.Workers
	if workers == 0 {
		workers = here.Cores
	}
	environment := cert.Environment{
		Program: here.Program, ProgramSHA256: here.ProgramSHA256,
		Go: here.Go, OS: here.OS, Arch: here.Arch,
		Processor: here.Processor, Cores: here.Cores,
		Kernels: kernel.Best[float32]().Name, Workers: workers,
		EnergySource: string(source),
		Issued:       probe.Now().UTC().Format(time.RFC3339),
	}
	if reason != "" {
		environment.Notes = append(environment.Notes, "energy counters: "+reason)
	}
	if note := e.Meter.Note(); note != "" {
		environment.Notes = append(environment.Notes, note)
	}
	return environment, nil
}

// yardsticks are the models that every other model on the same split is compared
// with.
type yardsticks struct {
	trainSHA256         string
	gaussian, reference density.Model
}

// fit fits the yardsticks to a split, unless they already are.
func (y *yardsticks) fit(ctx context.Context, trainSHA256 string, s data.Split, o Options) error {
	if y.trainSHA256 == trainSHA256 {
		return nil
	}
	o.progress("fitting the comparators", 0, 0)
	gaussian, _, err := density.GaussianFitter{}.Fit(ctx, s.Train, s.Validation, density.FitOptions{Workers: o.Workers})
	if err != nil {
		return fmt.Errorf("fit the Gaussian to compare with: %w", err)
	}
	reference, err := claim.FitReference(ctx, s, o.Workers)
	if err != nil {
		return fmt.Errorf("fit the reference to compare with: %w", err)
	}
	*y = yardsticks{trainSHA256, gaussian, reference}
	return nil
}

// readTraining reads what the fit of a model cost. It is not found where there is
// no such file or it is of another model.
func readTraining(dir string, d model.Description) (t Training, found bool, err error) {
	path := filepath.Join(dir, TrainingFile)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Training{}, false, nil
	}
	if err != nil {
		return Training{}, false, err
	}
	if err := json.Unmarshal(content, &t); err != nil {
		return Training{}, false, usage.Errorf("read %q: %w; restore the file, or delete it to certify without the cost of training", path, err)
	}
	return t, t.ModelSHA256 == d.SHA256, nil
}
