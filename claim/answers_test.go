package claim_test

import (
	"strings"
	"testing"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/selftest"
)

// answers are the claims about what a model answers beside densities, samples and codes.
// Wrong answers are planted by package selftest.
func answers() []claim.Claim {
	return []claim.Claim{claim.Marginals(), claim.Conditionals(), claim.Mode(), claim.Distribution()}
}

func TestAnswersOfAMixture(t *testing.T) {
	e, err := selftest.ThreeBells(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := certify(t, e, append(answers(), claim.Likelihood())...)
	for _, a := range answers() {
		for _, id := range a.Lines {
			if r := rowOf(t, c, id); r.Strength != cert.Tested || r.Value == nil {
				t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
			}
		}
	}
	// Quadrature settles to 1e-5, and so should what is compared with it.
	for _, id := range []string{"answers.marginals", "answers.conditionals", "answers.missing_values"} {
		if r := rowOf(t, c, id); r.Value != nil && *r.Value > 1e-4 {
			t.Errorf("%s is off by %v", id, *r.Value)
		}
	}
}

func TestAnswersThatAreNotOffered(t *testing.T) {
	e := examination(t)
	e.Model = kinked{e.Gaussian, []float64{0, 0}, 2}
	c := certify(t, e, append(answers(), claim.Likelihood())...)
	for _, a := range answers() {
		for _, id := range a.Lines {
			if r := rowOf(t, c, id); r.Strength != cert.NotAssessed || !strings.Contains(r.Reason, "not offered by this family") {
				t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
			}
		}
	}
}

func TestAnswersOfOneColumn(t *testing.T) {
	c := certify(t, ofNormalRows(t, 1), answers()...)
	for id, want := range map[string]cert.Strength{
		"answers.marginals": cert.NotAssessed, "answers.conditionals": cert.NotAssessed, "answers.missing_values": cert.NotAssessed,
		"answers.mode": cert.Tested, "answers.cdf": cert.Tested,
	} {
		if r := rowOf(t, c, id); r.Strength != want {
			t.Errorf("%s is %s: %s", id, r.Strength, r.Reason)
		}
	}
}
