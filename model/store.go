package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"flowcert/density"
	"flowcert/internal/atomicfile"
	"flowcert/internal/usage"
	"flowcert/setting"
)

// Format is the version of a stored model's form.
const Format = "flowcert model 2"

// The files of a stored model.
const (
	DescriptionFile = "model.json"
	WeightsFile     = "weights.safetensors"
)

// Description says what a stored model is and what it was fitted to. It holds
// no dates, times or worker counts: the same fit gives the same bytes.
type Description struct {
	Format string `json:"format"`
	// Model is the name of the catalogue's entry.
	Model string `json:"model"`
	// Settings are all settings, resolved.
	Settings setting.Values `json:"settings"`
	// Flow is the resolved description of a flow (see package recipe).
	Flow    json.RawMessage `json:"flow,omitempty"`
	Dim     int             `json:"dim"`
	Columns []string        `json:"columns"`
	// Condition are those of the columns that the density of the others is conditional on.
	Condition []string `json:"condition,omitempty"`
	Seed      uint64   `json:"seed"`
	// Data is what the model was fitted to, or Target the density without rows.
	Data    Data   `json:"data,omitzero"`
	Target  string `json:"target,omitempty"`
	Weights File   `json:"weights"`
	// SHA256 is that of this description, written without this field.
	SHA256 string `json:"sha256,omitempty"`
}

// Data is what the model was fitted to.
type Data struct {
	// Name is the data set's name or the file's path as the user gave it.
	Name string `json:"name"`
	// Drop are the columns that were left out.
	Drop []string `json:"drop,omitempty"`
	// Weights is the column that held the rows' weights; "" if all weighed the same.
	Weights   string `json:"weights,omitempty"`
	SplitSeed uint64 `json:"split_seed"`
	// The digests of the three parts of the split, weights in a last column.
	TrainSHA256      string `json:"train_sha256"`
	ValidationSHA256 string `json:"validation_sha256"`
	TestSHA256       string `json:"test_sha256"`
}

// File is a file beside the description, and its digest.
type File struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// Describe fills in what the entry with its settings says of the model, whose Target is
// known.
func (d *Description) Describe(e Entry, s setting.Values) (err error) {
	d.Model, d.Settings = e.Name, s
	d.Flow, err = e.describe(s, d.Target != "")
	return err
}

// Save writes m into the folder dir, which is made if need be; an older model
// there is replaced. It fills in d's Format, Dim, Weights and SHA256. Nothing is
// left half-written. A folder that cannot be written is a *usage.Error.
func Save(dir string, d Description, m density.Model) error {
	weights, err := encodeWeights(m.Tensors())
	if err != nil {
		return fmt.Errorf("save model: %w", err)
	}
	d.Format, d.Dim = Format, m.Dim()
	d.Weights = File{File: WeightsFile, SHA256: digest(weights)}
	description, err := encodeDescription(d)
	if err != nil {
		return fmt.Errorf("save model: %w", err)
	}
	// Between the two renames an older description does not match the new
	// weights, and Load says so.
	err = atomicfile.Write(dir,
		atomicfile.File{Name: WeightsFile, Content: weights},
		atomicfile.File{Name: DescriptionFile, Content: description})
	if err != nil {
		return usage.Errorf("save model: %w: choose another folder or make room in this one", err)
	}
	return nil
}

// Stored is a model that was read from its folder.
type Stored struct {
	Model       density.Model
	Description Description
	// Entry is what the model was rebuilt from, and Settings are those of the entry.
	Entry    Entry
	Settings setting.Values
}

// Open reads the model that Save wrote into dir and rebuilds it from the parts of the
// library. A folder or file that is missing, was cut short or changed, or
// names an unknown model is a *usage.Error.
func Open(dir string, l Library) (Stored, error) {
	d, err := loadDescription(filepath.Join(dir, DescriptionFile))
	if err != nil {
		return Stored{}, err
	}
	return loadModel(dir, d, l)
}

// Load is Open for the model and its description alone.
func Load(dir string, l Library) (density.Model, Description, error) {
	s, err := Open(dir, l)
	return s.Model, s.Description, err
}

func loadDescription(path string) (Description, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Description{}, usage.Errorf("load model: there is no file %q: want a folder that a model was fitted into", path)
	}
	if err != nil {
		return Description{}, usage.Errorf("load model: %w: want a folder that a model was fitted into", err)
	}
	d, err := decodeDescription(raw)
	if err != nil {
		return Description{}, usage.Errorf("load model: %q %w", path, err)
	}
	return d, nil
}

func loadModel(dir string, d Description, l Library) (Stored, error) {
	description := filepath.Join(dir, DescriptionFile)
	path := filepath.Join(dir, WeightsFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		return Stored{}, usage.Errorf("load model: %w: restore the file or fit the model again", err)
	}
	if got := digest(raw); got != d.Weights.SHA256 {
		return Stored{}, usage.Errorf("load model: %q was cut short or changed since it was written (its SHA-256 is %s, %q says %s): restore the file or fit the model again",
			path, got, DescriptionFile, d.Weights.SHA256)
	}
	tensors, err := decodeWeights(raw)
	if err != nil {
		return Stored{}, usage.Errorf("load model: %q is not a weights file: %w", path, err)
	}
	entry, settings, err := l.entryOf(d)
	if err != nil {
		return Stored{}, usage.Errorf("load model: %q: %w", description, err)
	}
	m, err := entry.Restore(d.Dim, len(d.Condition), settings, tensors)
	if err != nil {
		return Stored{}, usage.Errorf("load model: %q does not hold a %q of %d columns: %w", path, d.Model, d.Dim, err)
	}
	return Stored{m, d, entry, settings}, nil
}

// encodeDescription returns the bytes of model.json, with the digest filled in.
func encodeDescription(d Description) ([]byte, error) {
	d.SHA256 = ""
	bare, err := marshal(d)
	if err != nil {
		return nil, err
	}
	d.SHA256 = digest(bare)
	return marshal(d)
}

// decodeDescription reads model.json and refuses every byte that
// encodeDescription would not have written. Its error continues "FILE ...".
func decodeDescription(raw []byte) (Description, error) {
	var d Description
	var version struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(raw, &version); err != nil {
		return d, fmt.Errorf("was cut short or changed since it was written (%w): restore the file or fit the model again", err)
	}
	if version.Format != Format {
		return d, fmt.Errorf("has the format %q: this program reads %q", version.Format, Format)
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	err := in.Decode(&d)
	if err == nil {
		var again []byte
		if again, err = encodeDescription(d); err == nil && !bytes.Equal(again, raw) {
			err = errors.New("its SHA-256 does not hold")
		}
	}
	if err != nil {
		return d, fmt.Errorf("was changed since it was written (%w): restore the file or fit the model again", err)
	}
	if points, condition := d.Partition(); d.Dim < 1 || d.Dim != len(points) || len(condition) != len(d.Condition) {
		return d, fmt.Errorf("has %d columns, %d of them given, for %d dimensions: fit the model again", len(d.Columns), len(d.Condition), d.Dim)
	}
	return d, nil
}

func marshal(d Description) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(d)
	return out.Bytes(), err
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
