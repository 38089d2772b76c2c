package cert

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"flowcert/internal/atomicfile"
	"flowcert/internal/usage"
)

// File is the certificate's name in a model's folder.
const File = "certificate.json"

// Builder collects the evidence of a certificate.
type Builder struct {
	subject     Subject
	data        Data
	environment Environment
	arrays      Arrays
	reasons     map[string]string
	specs       map[string]arraySpec
}

// NewBuilder returns a builder without evidence.
func NewBuilder(s Subject, d Data, e Environment) *Builder {
	return &Builder{subject: s, data: d, environment: e, arrays: Arrays{}, reasons: map[string]string{}, specs: arraySpecsByName()}
}

// Record adds an array to the evidence; it is copied. Recording an array of a
// name that the format does not know, or one twice, or an empty one panics.
func (b *Builder) Record(name string, values []float64) {
	if _, ok := b.specs[name]; !ok {
		panic(fmt.Sprintf("cert: no array %q in this format", name))
	}
	if _, twice := b.arrays[name]; twice || len(values) == 0 {
		panic(fmt.Sprintf("cert: array %q is empty or recorded twice", name))
	}
	b.arrays[name] = append([]float64(nil), values...)
}

// Arrays returns what has been recorded, as a copy of the map.
func (b *Builder) Arrays() Arrays { return maps.Clone(b.arrays) }

// Skip says why a line is not assessed. The reason is not used where the evidence
// carries the line after all, and where the format has one of its own (Line.Open).
// An unknown ID or an empty reason panics.
func (b *Builder) Skip(id, reason string) {
	if _, ok := lineOf(id); !ok || reason == "" {
		panic(fmt.Sprintf("cert: skip of %q for the reason %q", id, reason))
	}
	b.reasons[id] = reason
}

// Certificate returns the finished certificate and the bytes of its evidence. It
// fails where a line has neither evidence nor a reason, and where arrays do not fit
// each other or the data.
func (b *Builder) Certificate() (*Certificate, []byte, error) {
	if err := checkArrays(b.arrays, b.data); err != nil {
		return nil, nil, fmt.Errorf("build certificate: %w", err)
	}
	grades, scale := CurrentScale()
	rows, errs := makeRows(b.subject, b.arrays, grades, b.reasons)
	for _, row := range rows {
		if err := errs[row.ID]; err != nil {
			return nil, nil, fmt.Errorf("build certificate: row %s: %w", row.ID, err)
		}
	}
	side, evidence, err := b.arrays.encode()
	if err != nil {
		return nil, nil, fmt.Errorf("build certificate: %w", err)
	}
	c := &Certificate{
		Format: Format, Subject: b.subject, Data: b.data, Environment: b.environment,
		Scale: scale, Rows: rows, Evidence: evidence,
	}
	if c.Seals, err = c.seals(); err != nil {
		return nil, nil, fmt.Errorf("build certificate: %w", err)
	}
	return c, side, nil
}

// Write writes the certificate and its evidence into the folder dir, replacing an
// older certificate there, and returns the certificate's path. The folder is made if
// need be. The evidence comes first and each file appears only when complete, so a
// certificate that is there is whole. A folder that cannot be written is a *usage.Error.
func (b *Builder) Write(dir string) (string, error) {
	c, side, err := b.Certificate()
	if err != nil {
		return "", err
	}
	text, err := encode(c, true)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, File)
	older, obsolete := namedEvidence(path), c.Evidence.File
	err = atomicfile.Write(dir, atomicfile.File{Name: c.Evidence.File, Content: side}, atomicfile.File{Name: File, Content: text})
	if err != nil {
		err = usage.Errorf("write certificate: %w: choose a folder that can be written", err)
	} else {
		obsolete = older
	}
	if obsolete != "" && older != c.Evidence.File {
		// No certificate names it; left behind it would do no harm.
		_ = os.Remove(filepath.Join(dir, obsolete))
	}
	return path, err
}

// namedEvidence returns the side file that the certificate at path names, or
// nothing if there is no sound one.
func namedEvidence(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	c, err := Parse(text)
	if err != nil || !isDigest(c.Evidence.SHA256) || c.Evidence.File != evidenceFile(c.Evidence.SHA256) {
		return ""
	}
	return c.Evidence.File
}

// checkArrays says where arrays contradict what the certificate says of the data,
// and where one is missing that is made together with others: one that speaks
// against the model could have been left out.
func checkArrays(arrays Arrays, d Data) error {
	for _, spec := range arraySpecs() {
		values, ok := arrays[spec.name]
		if ok && spec.perTestRow && len(values) != d.Test {
			return fmt.Errorf("array %q has %d entries for %d test rows", spec.name, len(values), d.Test)
		}
	}
	if _, ok := arrays["test.true_log_density"]; ok != d.Truth {
		return errors.New("the true log-densities are in the evidence if and only if the truth is known")
	}
	likelihood := []string{"test.log_density", "test.gaussian_log_density"}
	if !d.Truth {
		likelihood = append(likelihood, "test.reference_log_density")
	}
	for _, together := range [][]string{
		likelihood,
		{"imputed.distance", "imputed.rows"},
		{"bridge.gaussian", "bridge.samples"},
		{"leakage.test", "leakage.train"},
		{"codes.squared_length", "codes.distance", "codes.rows", "codes.energy"},
		{"sliced.distance", "sliced.distance_of_training", "energy_distance.statistic", "mmd.statistic",
			"marginal.distance", "marginal.rows"},
		{"correlation.difference", "correlation.difference_of_training"},
		{"manifold.precision", "manifold.precision_of_training", "manifold.recall", "manifold.recall_of_training",
			"manifold.density", "manifold.density_of_training", "manifold.coverage", "manifold.coverage_of_training"},
		{"nearest.samples", "nearest.test"},
		{"growth.rows", "growth.rows_seconds", "growth.rows_operations"},
		{"cdf.distance", "cdf.rows"},
		{"preconditions.margin", "preconditions.part"},
		{"stretch.largest", "stretch.least"},
		{"lipschitz.forward", "lipschitz.secants"},
		{"lipschitz.inverse", "lipschitz.inverse_secants"},
		{"layer.forward", "layer.inverse"},
		{"rounding.bound", "rounding.met"},
		{"ball.inside", "ball.radius", "ball.lipschitz", "ball.inverse", "ball.code", "ball.rows"},
		{"cost.dimensions", "cost.density", "cost.sampling"},
		{"round_trip.float32", "round_trip.float64"},
		{"density.seconds", "density.rows", "density.overhead_seconds"},
		{"sampling.seconds", "sampling.rows", "sampling.overhead_seconds"},
	} {
		_, first := arrays[together[0]]
		for _, name := range together[1:] {
			if _, ok := arrays[name]; ok != first {
				return fmt.Errorf("arrays %q are made together, but not all are in the evidence", together)
			}
		}
	}
	return nil
}
