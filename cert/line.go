package cert

// Line is what a row ID means in this format. Every certificate has one row per
// line, in this order.
type Line struct {
	ID        string
	Block     Block
	Statement string
	Unit      string
	// Theory marks a line whose row follows from the subject's family (Theorem),
	// not from evidence.
	Theory bool
	// Bases are the ways to assess the line. The first whose inputs are all in
	// the evidence is the one that counts, so that none can be chosen for its
	// result.
	Bases []Basis
	// Open says why a line that is not of theory has no bases: it cannot be assessed
	// in this format yet.
	Open string
}

// Basis says how a row follows from the evidence.
type Basis struct {
	Rule       string
	Inputs     []string
	Parameters map[string]float64
	// PerDimension adds the parameter "dimensions", the subject's Dim.
	PerDimension bool
	// Method is the row's method in words.
	Method string
}

// level is the confidence level of every interval in a certificate.
const level = 0.95

// Thresholds beyond which a tested guarantee is refuted.
const (
	// A float64 map that is a bijection returns to within 1e-6 of where it
	// started unless it stretches by more than 1e9.
	roundTripThreshold = 1e-6
	// Central differences are good to about 1e-5 where a spline's second
	// derivative jumps; a wrong sign or a missing term is off by 1e-1 or so.
	logDetThreshold = 1e-3
	// The adaptive quadrature is stable to better than this under halving.
	integralThreshold = 1e-3
)

// Lines lists every line of this format in order. IDs never change their
// meaning: a changed meaning is a new ID.
func Lines() []Line {
	var lines []Line
	for _, block := range [][]Line{
		answerLines(), guaranteeLines(), fitLines(), sampleLines(),
		numericsLines(), timeLines(), memoryLines(), energyLines(),
	} {
		lines = append(lines, block...)
	}
	return lines
}

// lineOf returns the line of an ID.
func lineOf(id string) (Line, bool) {
	for _, l := range Lines() {
		if l.ID == id {
			return l, true
		}
	}
	return Line{}, false
}

func numericsLines() []Line {
	largest := func(input, method string) []Basis {
		return []Basis{{Rule: "largest", Inputs: []string{input}, Method: method}}
	}
	return []Line{
		{ID: "numerics.round_trip_float32", Block: Numerics, Statement: "round trip, float32", Unit: "relative",
			Bases: largest("round_trip.float32", "row to latent code and back, largest error relative to the value or the column's standard deviation")},
		{ID: "numerics.round_trip_float64", Block: Numerics, Statement: "round trip, float64", Unit: "relative",
			Bases: largest("round_trip.float64", "row to latent code and back, largest error relative to the value or the column's standard deviation")},
		{ID: "numerics.log_det", Block: Numerics, Statement: "log-determinant", Unit: "nats",
			Bases: largest("log_det.error", "both directions and the log-density against the determinant of a numeric Jacobian, largest error")},
		{ID: "numerics.precision_gap", Block: Numerics, Statement: "float32 against float64", Unit: "nats",
			Bases: largest("precision.gap", "largest difference of a row's log-density between the two precisions")},
		{ID: "numerics.determinism", Block: Numerics, Statement: "same seed, same bytes", Bases: []Basis{{
			Rule: "largest", Inputs: []string{"determinism.differences"}, Parameters: map[string]float64{"threshold": 0},
			Method: "samples, densities and codes computed again and by other numbers of workers, values that differ"}}},
		{ID: "numerics.far_out", Block: Numerics, Statement: "far out, without a finite density", Bases: []Basis{{
			Rule: "share not finite", Inputs: []string{"far_out.log_density"},
			Method: "float32 densities of test rows moved away from the mean up to 1,000,000 times as far, share that is not finite"}}},
		{ID: "numerics.missing", Block: Numerics, Statement: "a missing value", Bases: []Basis{{
			Rule: "missing", Inputs: []string{"missing.log_density", "missing.whole", "missing.column"},
			Method: "test rows of which every other one misses a value, in either precision: those that have a density all the same, and whole rows beside them that have another one"}}},
		{ID: "numerics.noise", Block: Numerics, Statement: "with noise of 1% of a deviation", Unit: "nats", Bases: []Basis{{
			Rule: "mean", Inputs: []string{"noise.change"}, Parameters: map[string]float64{"level": level},
			Method: "mean change of a test row's log-density, Hall's interval"}}},
		{ID: "numerics.shift", Block: Numerics, Statement: "shifted by a deviation", Unit: "nats", Bases: []Basis{{
			Rule: "mean", Inputs: []string{"shift.change"}, Parameters: map[string]float64{"level": level},
			Method: "mean change of a test row's log-density, Hall's interval"}}},
	}
}
