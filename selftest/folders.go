package selftest

import (
	"context"
	"os"
	"path/filepath"

	"flowcert/campaign"
	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/claim"
	"flowcert/data"
	"flowcert/density"
	"flowcert/model"
)

// replayedSet is a set that comes with the program, and small.
const replayedSet = "iris"

// folderControls are folders of a model and its certificate, which verifying alone cannot
// tell from sound ones.
func folderControls() []Control {
	replayed := func(name, planted, line string, alter func(ctx context.Context, dir string) error) Control {
		return Control{Folders, name, planted, []string{line}, func(ctx context.Context, w *workshop) ([]finding, error) {
			dir, err := w.folder()
			if err != nil {
				return nil, err
			}
			if err := store(ctx, dir, 1); err != nil {
				return nil, err
			}
			if err := certify(ctx, dir); err != nil {
				return nil, err
			}
			if err := alter(ctx, dir); err != nil {
				return nil, err
			}
			r, err := campaign.RepeatChecks(ctx, dir, replayedSet, campaign.Options{})
			if err != nil {
				return nil, err
			}
			var found []finding
			for _, l := range r.Lines {
				if l.Verdict == campaign.ReplayRefuted {
					found = append(found, finding{l.Part, l.Detail})
				}
			}
			return found, nil
		}}
	}
	return []Control{
		replayed("folder of a model and its certificate", "", "model", func(context.Context, string) error { return nil }),
		replayed("swapped model file", "The weights are those of another flow of the same description.", "model", func(ctx context.Context, dir string) error {
			other := filepath.Join(dir, "other")
			if err := store(ctx, other, 2); err != nil {
				return err
			}
			return os.Rename(filepath.Join(other, model.WeightsFile), filepath.Join(dir, model.WeightsFile))
		}),
		replayed("invented evidence", "The scores were raised by 0.5 nats before the certificate was made of them.", "fit.log_likelihood", func(_ context.Context, dir string) error {
			c, arrays, err := cert.Open(filepath.Join(dir, cert.File))
			if err != nil {
				return err
			}
			b := cert.NewBuilder(c.Subject, c.Data, c.Environment)
			for name, values := range arrays {
				if name == "test.log_density" {
					for i := range values {
						values[i] += 0.5
					}
				}
				b.Record(name, values)
			}
			leaveOpen(b)
			_, err = b.Write(dir)
			return err
		}),
	}
}

// store fits a small flow and writes it into a folder.
func store(ctx context.Context, dir string, seed uint64) error {
	entry, err := model.Find(catalog.Models(), "realnvp")
	if err != nil {
		return err
	}
	settings, err := entry.Resolve(map[string]any{"couplings": "2", "hidden": "8", "steps": 20})
	if err != nil {
		return err
	}
	set, err := catalog.OpenData(replayedSet, data.CSVOptions{})
	if err != nil {
		return err
	}
	split, err := set.Split(1)
	if err != nil {
		return err
	}
	m, _, err := entry.Fitter(settings).Fit(ctx, split.Train, split.Validation, density.FitOptions{Seed: seed})
	if err != nil {
		return err
	}
	d := model.Description{Columns: set.Info().Columns, Seed: seed, Data: model.Data{Name: replayedSet, SplitSeed: 1,
		TrainSHA256: data.Digest(split.Train), ValidationSHA256: data.Digest(split.Validation), TestSHA256: data.Digest(split.Test)}}
	if err := d.Describe(entry, settings); err != nil {
		return err
	}
	return model.Save(dir, d, m)
}

// certify writes a certificate of the model in a folder, of what a replay repeats.
func certify(ctx context.Context, dir string) error {
	stored, err := model.Open(dir, catalog.Library())
	if err != nil {
		return err
	}
	set, err := catalog.OpenData(replayedSet, data.CSVOptions{})
	if err != nil {
		return err
	}
	split, err := set.Split(stored.Description.Data.SplitSeed)
	if err != nil {
		return err
	}
	gaussian, _, err := density.GaussianFitter{}.Fit(ctx, split.Train, split.Validation, density.FitOptions{})
	if err != nil {
		return err
	}
	reference, err := claim.FitReference(ctx, split, 0)
	if err != nil {
		return err
	}
	b, err := build(ctx, &claim.Examination{Model: stored.Model, Entry: stored.Entry, Settings: stored.Settings, Description: stored.Description,
		Info: set.Info(), Split: split, Gaussian: gaussian, Reference: reference},
		[]claim.Claim{claim.Likelihood(), claim.Samples(), claim.RoundTrip(), claim.LogDet(), claim.Precision()})
	if err != nil {
		return err
	}
	_, err = b.Write(dir)
	return err
}
