// Package cert holds the certificate: its rows, the evidence that they rest on,
// and the rules that turn evidence into values, intervals, verdicts and grades.
//
// A certificate is one JSON file and one side file of arrays (the evidence).
// Every row names the rule by which it follows from the evidence, so that
// Verify can compute it again without the model, the data or any code that
// trained it. What a row means, from which arrays it follows and by which rule
// is fixed by its ID (Lines), not by the file; a certificate contributes the
// arrays, and reasons where arrays are missing. Verify therefore makes the rows
// anew and compares.
//
// SPEC.md, beside this module's go.mod, is the specification in full, written so that
// another implementation can be made; docs/ has the lines, arrays and theorems of the
// format as data, and testdata/vectors files with the verdicts that they must get. The
// following is its summary.
//
// # Form
//
// certificate.json is UTF-8 JSON in one form: the fields in the order of the
// types below, absent ones left out, two spaces of indentation, no escapes that
// JSON does not demand, and a newline at the end. Numbers in rows are rounded to
// six significant digits (integers are kept). The evidence is a safetensors file
// of one-dimensional F64 arrays, named evidence-H.safetensors where H is the
// first 16 hexadecimal digits of its SHA-256.
//
// The seal of a part is the SHA-256 of the part's JSON without indentation. Seals
// locate a change; they do not prevent one, which is what recomputing is for.
//
// # Signature
//
// certificate.dsse.json, which may be missing, is a DSSE envelope with an in-toto
// statement of the digests of the certificate, its evidence and the model's files,
// signed with Ed25519.
package cert

// Format is the version of the certificate's form.
const Format = "flowcert certificate 1"

// Strength says how strongly a row is known, strongest first.
type Strength string

// The ladder of strengths. Not assessed is neither good nor bad; Refuted stores
// its counterexample in the row's reason and evidence.
const (
	Theorem     Strength = "theorem"
	Proved      Strength = "proved"
	Bounded     Strength = "bounded"
	Tested      Strength = "tested"
	Measured    Strength = "measured"
	Declared    Strength = "declared"
	NotAssessed Strength = "not assessed"
	Refuted     Strength = "refuted"
)

// Block is a section of every certificate; all certificates have the same
// blocks in the same order.
type Block string

// The blocks, in order.
const (
	Answers    Block = "answers"
	Guarantees Block = "guarantees"
	Fit        Block = "fit"
	Samples    Block = "samples"
	Numerics   Block = "numerics"
	Time       Block = "time"
	Memory     Block = "memory"
	Energy     Block = "energy"
)

// Blocks lists the blocks in their fixed order.
func Blocks() []Block {
	return []Block{Answers, Guarantees, Fit, Samples, Numerics, Time, Memory, Energy}
}

// Certificate is what is written to certificate.json.
type Certificate struct {
	Format      string      `json:"format"`
	Subject     Subject     `json:"subject"`
	Data        Data        `json:"data"`
	Environment Environment `json:"environment"`
	Scale       Scale       `json:"scale"`
	Rows        []Row       `json:"rows"`
	Evidence    Evidence    `json:"evidence"`
	Seals       []Seal      `json:"seals"`
}

// Subject is the model that the certificate speaks of.
type Subject struct {
	Model    string         `json:"model"`
	Title    string         `json:"title"`
	Family   string         `json:"family"`
	Summary  string         `json:"summary"`
	Settings map[string]any `json:"settings"`
	Seed     uint64         `json:"seed"`
	Dim      int            `json:"dim"`
	// Scores is the density.Kind of the model's scores.
	Scores string `json:"scores"`
	// DescriptionSHA256 is the digest that model.json states of itself, and
	// WeightsSHA256 that of weights.safetensors.
	DescriptionSHA256 string `json:"description_sha256"`
	WeightsSHA256     string `json:"weights_sha256"`
}

// Data is the data set and its split.
type Data struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Source  string   `json:"source"`
	Licence string   `json:"licence"`
	Columns []string `json:"columns"`
	// Truth says whether the true density is known.
	Truth      bool   `json:"truth"`
	Train      int    `json:"train_rows"`
	Validation int    `json:"validation_rows"`
	Test       int    `json:"test_rows"`
	SplitSeed  uint64 `json:"split_seed"`
	// SHA256 of the three parts, as float64 little-endian row-major bytes.
	TrainSHA256      string `json:"train_sha256"`
	ValidationSHA256 string `json:"validation_sha256"`
	TestSHA256       string `json:"test_sha256"`
}

// Environment is where and with what the certificate was made.
type Environment struct {
	Program       string   `json:"program"`
	ProgramSHA256 string   `json:"program_sha256"`
	Go            string   `json:"go"`
	OS            string   `json:"os"`
	Arch          string   `json:"arch"`
	Processor     string   `json:"processor"`
	Cores         int      `json:"cores"`
	Kernels       string   `json:"kernels"`
	Workers       int      `json:"workers"`
	EnergySource  string   `json:"energy_source"`
	Issued        string   `json:"issued"`
	Notes         []string `json:"notes,omitempty"`
}

// Scale names the frozen scale file that the grades refer to.
type Scale struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// Row is one claim about the subject.
type Row struct {
	// ID never changes its meaning; a changed meaning is a new ID.
	ID        string   `json:"id"`
	Block     Block    `json:"block"`
	Statement string   `json:"statement"`
	Strength  Strength `json:"strength"`
	// Value and the bounds are absent where there is none.
	Value *float64 `json:"value,omitempty"`
	Lo    *float64 `json:"lo,omitempty"`
	Hi    *float64 `json:"hi,omitempty"`
	// Level is the confidence level of [Lo, Hi]; 0 when it is a range, not an interval.
	Level float64 `json:"level,omitempty"`
	Unit  string  `json:"unit,omitempty"`
	// N is the number of cases, rows or repeats behind the value.
	N int `json:"n,omitempty"`
	// Rule names the computation from Inputs (names of evidence arrays) and
	// Parameters to Strength, Value, Lo, Hi, Level, N and Reason.
	Rule       string             `json:"rule,omitempty"`
	Inputs     []string           `json:"inputs,omitempty"`
	Parameters map[string]float64 `json:"parameters,omitempty"`
	// Grade is one letter, or two joined by an en dash where the interval crosses a border.
	Grade string `json:"grade,omitempty"`
	// Method says in words how it was obtained; Source cites the theory.
	Method string `json:"method,omitempty"`
	Source string `json:"source,omitempty"`
	// Reason says why a row is not assessed, what refutes it, or what follows from its
	// figure.
	Reason string `json:"reason,omitempty"`
}

// Evidence names the side file and the arrays in it.
type Evidence struct {
	File   string  `json:"file"`
	SHA256 string  `json:"sha256"`
	Arrays []Array `json:"arrays"`
}

// Array is one float64 array of the evidence.
type Array struct {
	Name   string `json:"name"`
	Length int    `json:"length"`
	Unit   string `json:"unit"`
	SHA256 string `json:"sha256"`
	// Meaning is one line on what an entry is.
	Meaning string `json:"meaning"`
}

// Seal is the digest of one part of the certificate (a row, by its ID, or a
// header block, by its JSON name), so that a change can be located.
type Seal struct {
	Part   string `json:"part"`
	SHA256 string `json:"sha256"`
}
