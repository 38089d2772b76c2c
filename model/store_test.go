package model_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"flowcert/catalog"
	"flowcert/density"
	"flowcert/internal/random"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/setting"
)

func library() model.Library {
	return model.Library{Entries: []model.Entry{model.Gaussian(), model.Mixture()}}
}

func rows(n int, seed uint64) *mat.Dense {
	x := mat.NewDense(n, 2, nil)
	x.Apply(func(i, j int, _ float64) float64 { return random.New(seed, "rows", uint64(j), uint64(i)).NormFloat64() }, x)
	return x
}

// fitted returns a small mixture with its description.
func fitted(t testing.TB) (density.Model, model.Description) {
	t.Helper()
	entry := model.Mixture()
	settings, err := entry.Resolve(map[string]any{"components": 2, "iterations": 5})
	if err != nil {
		t.Fatal(err)
	}
	fitter := entry.Fitter(settings)
	m, _, err := fitter.Fit(context.Background(), rows(100, 1), rows(50, 2), density.FitOptions{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	return m, model.Description{Model: entry.Name, Settings: settings, Columns: []string{"length <cm>", "width"}, Seed: 1<<64 - 1,
		Data: model.Data{Name: "a.csv", Drop: []string{"label"}, SplitSeed: 7}}
}

func save(t testing.TB, dir string) (description, weights []byte) {
	t.Helper()
	m, d := fitted(t)
	if err := model.Save(dir, d, m); err != nil {
		t.Fatal(err)
	}
	return read(t, dir, model.DescriptionFile), read(t, dir, model.WeightsFile)
}

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLoadReturnsWhatWasSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "mixture")
	m, d := fitted(t)
	// An older model in the folder is replaced.
	older := d
	older.Seed = 0
	for _, d := range []model.Description{older, d} {
		if err := model.Save(dir, d, m); err != nil {
			t.Fatal(err)
		}
	}
	got, description, err := model.Load(dir, library())
	if err != nil {
		t.Fatal(err)
	}
	if description.Format != model.Format || description.Dim != 2 || description.Seed != 1<<64-1 ||
		!slices.Equal(description.Columns, d.Columns) || description.Data.Name != "a.csv" || description.Data.SplitSeed != 7 {
		t.Errorf("description is %+v", description)
	}
	if sum := sha256.Sum256(read(t, dir, model.WeightsFile)); description.Weights.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("the digest of the weights is %s", description.Weights.SHA256)
	}
	x := rows(300, 9)
	want, err := m.LogDensity(x, density.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := got.LogDensity(x, density.Options{}); err != nil || !slices.Equal(again.LogDensity, want.LogDensity) {
		t.Errorf("the loaded model scores differently (%v)", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("the folder holds %v (%v), want two files", files, err)
	}
}

func TestSameModelSameBytes(t *testing.T) {
	description, weights := save(t, t.TempDir())
	again, weightsAgain := save(t, t.TempDir())
	if !bytes.Equal(description, again) || !bytes.Equal(weights, weightsAgain) {
		t.Error("two saves of the same fit differ")
	}
}

func TestSaveWhereNothingCanBeWritten(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "file", nil)
	m, d := fitted(t)
	refused(t, model.Save(filepath.Join(dir, "file", "model"), d, m), "choose another folder")
}

func TestLoadRefuses(t *testing.T) {
	original := t.TempDir()
	description, weights := save(t, original)
	for name, c := range map[string]struct {
		file string
		// content is nil for a file that is missing.
		content []byte
		want    string
	}{
		"no description":          {model.DescriptionFile, nil, `there is no file "DIR/model.json": want a folder that a model was fitted into`},
		"no weights":              {model.WeightsFile, nil, `: restore the file or fit the model again`},
		"weights cut in half":     {model.WeightsFile, weights[:len(weights)/2], `"DIR/weights.safetensors" was cut short or changed`},
		"empty weights":           {model.WeightsFile, []byte{}, `"DIR/weights.safetensors" was cut short or changed`},
		"empty description":       {model.DescriptionFile, []byte{}, `"DIR/model.json" was cut short or changed`},
		"description cut in half": {model.DescriptionFile, description[:len(description)/2], `"DIR/model.json" was cut short or changed`},
		"another field":           {model.DescriptionFile, bytes.Replace(description, []byte(`"model"`), []byte(`"extra": 1, "model"`), 1), `"DIR/model.json" was changed`},
		"another format":          {model.DescriptionFile, bytes.Replace(description, []byte("model 2"), []byte("model 1"), 1), `"DIR/model.json" has the format "flowcert model 1": this program reads "flowcert model 2"`},
		"no object":               {model.DescriptionFile, []byte("[1]"), `"DIR/model.json" was cut short or changed`},
	} {
		dir := t.TempDir()
		write(t, dir, model.DescriptionFile, description)
		write(t, dir, model.WeightsFile, weights)
		if c.content != nil {
			write(t, dir, c.file, c.content)
		} else if err := os.Remove(filepath.Join(dir, c.file)); err != nil {
			t.Fatal(err)
		}
		_, _, err := model.Load(dir, library())
		t.Run(name, func(t *testing.T) { refused(t, err, strings.ReplaceAll(c.want, "DIR", dir)) })
	}

	_, _, err := model.Load(filepath.Join(original, "missing"), library())
	refused(t, err, "there is no file")
	_, _, err = model.Load(filepath.Join(original, model.WeightsFile), library())
	refused(t, err, "want a folder that a model was fitted into")
	_, _, err = model.Load(original, model.Library{Entries: []model.Entry{model.Gaussian()}})
	refused(t, err, `unknown model "mixture": did you mean "gaussian"?`)
}

// TestLoadRefusesEveryChangedByte of both files.
func TestLoadRefusesEveryChangedByte(t *testing.T) {
	dir := t.TempDir()
	description, weights := save(t, dir)
	for file, content := range map[string][]byte{model.DescriptionFile: description, model.WeightsFile: weights} {
		for i := range content {
			content[i] ^= 1
			write(t, dir, file, content)
			content[i] ^= 1
			_, _, err := model.Load(dir, library())
			var user *usage.Error
			if !errors.As(err, &user) || !strings.Contains(err.Error(), file) {
				t.Fatalf("%s with byte %d changed: got error %v, want a usage error that names the file", file, i, err)
			}
		}
		write(t, dir, file, content)
	}
}

// TestLoadRefusesWhatDoesNotFit: whole files with right digests that do not
// belong together.
func TestLoadRefusesWhatDoesNotFit(t *testing.T) {
	m, d := fitted(t)
	for want, change := range map[string]func(*model.Description){
		`does not hold a "mixture" of 2 columns: tensor "weights" has 2 float64 values in shape [2]: want 3 in [3]`: func(d *model.Description) {
			d.Settings = setting.Values{"components": 3}
		},
		`does not hold a "gaussian" of 2 columns: tensor "mean" is missing`: func(d *model.Description) {
			d.Model, d.Settings = "gaussian", nil
		},
		`model "mixture" has no setting "component"`:                                        func(d *model.Description) { d.Settings = setting.Values{"component": 3} },
		`setting "components" is "-1": want a whole number from 0 to 1000`:                  func(d *model.Description) { d.Settings = setting.Values{"components": -1} },
		`model.json" has 1 columns, 0 of them given, for 2 dimensions: fit the model again`: func(d *model.Description) { d.Columns = []string{"a"} },
		`model.json": unknown model "mixtures": did you mean "mixture"?`:                    func(d *model.Description) { d.Model = "mixtures" },
	} {
		d := d
		change(&d)
		dir := t.TempDir()
		if err := model.Save(dir, d, m); err != nil {
			t.Fatal(err)
		}
		_, _, err := model.Load(dir, library())
		refused(t, err, want)
	}
}

// TestLoadRefusesAFlowWithoutDescription: the preset of today may be another flow.
func TestLoadRefusesAFlowWithoutDescription(t *testing.T) {
	m, d := fitted(t)
	entry, err := catalog.OpenModel("realnvp")
	if err != nil {
		t.Fatal(err)
	}
	d.Model = entry.Name
	if d.Settings, err = entry.Resolve(nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := model.Save(dir, d, m); err != nil {
		t.Fatal(err)
	}
	_, _, err = model.Load(dir, catalog.Library())
	refused(t, err, `model.json": "realnvp" is a flow, and its description is missing`)
}

// TestMixtureOfAChosenNumber: by default the settings do not say how many components
// the weights hold.
func TestMixtureOfAChosenNumber(t *testing.T) {
	entry := model.Mixture()
	settings, err := entry.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	fitter := entry.Fitter(settings)
	m, report, err := fitter.Fit(t.Context(), rows(60, 1), rows(200, 2), density.FitOptions{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	// Many components cannot help with 60 rows of one cloud; they must have been tried.
	if n := m.Tensors()[2].Shape[0]; n > 2 || report.Steps < 5*settings.Int("starts") {
		t.Errorf("kept %d components after %d steps", n, report.Steps)
	}
	dir := t.TempDir()
	if err := model.Save(dir, model.Description{Model: entry.Name, Settings: settings, Columns: []string{"a", "b"}}, m); err != nil {
		t.Fatal(err)
	}
	again, _, err := model.Load(dir, library())
	if err != nil {
		t.Fatal(err)
	}
	if want := m.Tensors()[2]; !slices.Equal(again.Tensors()[2].F64, want.F64) {
		t.Errorf("loaded the weights %v, want %v", again.Tensors()[2].F64, want.F64)
	}
}

// TestSaveRefusesTensorsThatCannotBeRead is about bugs of a model, not of a user.
func TestSaveRefusesTensorsThatCannotBeRead(t *testing.T) {
	for want, tensors := range map[string][]density.Tensor{
		`two tensors are named "a"`: {{Name: "a", Shape: []int{1}, F64: []float64{1}}, {Name: "a", Shape: []int{1}, F32: []float32{1}}},
		`tensor "b"`:                {{Name: "b", Shape: []int{2}, F64: []float64{1}}},
		`tensor "c"`:                {{Name: "c", F32: []float32{1}}},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		err := model.Save(dir, model.Description{}, stub{tensors})
		var user *usage.Error
		if err == nil || !strings.Contains(err.Error(), want) || errors.As(err, &user) {
			t.Errorf("got error %v, want one with %q that is no usage error", err, want)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the folder was made all the same (%v)", err)
		}
	}
}

// stub is a model of which only the tensors matter.
type stub struct{ tensors []density.Tensor }

func (s stub) Dim() int                  { return 1 }
func (s stub) Tensors() []density.Tensor { return s.tensors }
func (s stub) LogDensity(*mat.Dense, density.Options) (density.Scores, error) {
	return density.Scores{}, errors.ErrUnsupported
}
func (s stub) Sample(int, uint64, density.Options) (*mat.Dense, error) {
	return nil, errors.ErrUnsupported
}
