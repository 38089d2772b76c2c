package cert

func guaranteeLines() []Line {
	theory := func(id, statement string) Line {
		return Line{ID: id + ".theory", Block: Guarantees, Statement: statement, Theory: true}
	}
	checked := func(id, statement, unit string, basis Basis) Line {
		return Line{ID: id + ".checked", Block: Guarantees, Statement: statement, Unit: unit, Bases: []Basis{basis}}
	}
	open := func(id, statement, reason string) Line {
		return Line{ID: id + ".checked", Block: Guarantees, Statement: statement, Open: reason}
	}
	return []Line{
		theory("guarantees.invertible", "invertible"),
		checked("guarantees.invertible", "invertible", "relative", Basis{
			Rule: "largest", Inputs: []string{"round_trip.float64"},
			Parameters: map[string]float64{"threshold": roundTripThreshold},
			Method:     "round trips through the map and its inverse in float64, largest relative error"}),
		theory("guarantees.normalised", "density integrates to 1"),
		checked("guarantees.normalised", "density integrates to 1", "", Basis{
			Rule: "integral", Inputs: []string{"integral.refinements"},
			Parameters: map[string]float64{"threshold": integralThreshold},
			Method:     "adaptive Gauss quadrature over all of space, stable when every cell is halved"}),
		theory("guarantees.log_det", "log-determinant exact"),
		checked("guarantees.log_det", "log-determinant exact", "nats", Basis{
			Rule: "largest", Inputs: []string{"log_det.error"},
			Parameters: map[string]float64{"threshold": logDetThreshold},
			Method:     "both directions and the log-density against the determinant of a numeric Jacobian, largest error"}),
		theory("guarantees.universal", "any distribution, in the limit"),
		open("guarantees.universal", "any distribution, in the limit", "a limit cannot be tested"),
		theory("guarantees.tails", "tails like the base's"),
		open("guarantees.tails", "tails like the base's", "no test of tails yet"),
		theory("guarantees.stretch", "stretch of the map"),
		open("guarantees.stretch", "stretch of the map", "no bound of the stretch yet"),
		theory("guarantees.cost", "cost grows"),
		open("guarantees.cost", "cost grows", "no operation counts yet"),
	}
}
