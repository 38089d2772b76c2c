package claim

import (
	"context"

	"flowcert/cert"
)

// Open gives the reasons for the lines that nothing examines in this version.
func Open() Claim {
	reasons := []struct{ line, reason string }{
		{"answers.marginals", "no model here offers marginals yet"},
		{"answers.conditionals", "no model here offers conditionals yet"},
		{"answers.mode", "no model here offers a mode yet"},
		{"answers.missing_values", "no model here takes rows with missing values yet"},
		{"guarantees.universal.checked", "a limit cannot be tested"},
		{"guarantees.tails.checked", "no test of tails in this version"},
		{"guarantees.stretch.checked", "no bound of the map's stretch in this version"},
		{"guarantees.cost.checked", "no operation counts in this version"},
		{"samples.total_variation", "no comparison of samples with data in this version"},
	}
	var lines []string
	for _, r := range reasons {
		lines = append(lines, r.line)
	}
	return Claim{Name: "open", Lines: lines, Assess: func(_ context.Context, _ *Examination, b *cert.Builder) error {
		for _, r := range reasons {
			b.Skip(r.line, r.reason)
		}
		return nil
	}}
}
