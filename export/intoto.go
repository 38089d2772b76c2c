package export

import (
	"fmt"

	"flowcert/cert"
)

// testResultType is the predicate's type (in-toto attestation framework, predicate
// test-result, version 0.1).
const testResultType = "https://in-toto.io/attestation/test-result/v0.1"

type testResult struct {
	Result        string          `json:"result"`
	Configuration []cert.Resource `json:"configuration"`
	Passed        []string        `json:"passedTests"`
	Warned        []string        `json:"warnedTests"`
	Failed        []string        `json:"failedTests"`
	// NotAssessed is an extension field: the predicate knows no test that was not run.
	NotAssessed []string `json:"flowcertNotAssessed"`
}

// InToto returns an unsigned in-toto statement about the model's files with a
// test-result predicate: the rows that were proved, bounded or tested on these weights
// have passed, refuted ones have failed. What a theorem says of a family, what is
// only measured and what is declared is no test.
func InToto(c *cert.Certificate) ([]byte, error) {
	d := c.Data
	part := func(name, sum string) cert.Resource {
		return cert.Resource{Name: d.Name + ": " + name + " rows", Digest: cert.Digest{SHA256: sum}}
	}
	t := testResult{
		Result: "PASSED",
		Configuration: []cert.Resource{
			part("training", d.TrainSHA256), part("validation", d.ValidationSHA256), part("test", d.TestSHA256),
			{Name: c.Evidence.File, Digest: cert.Digest{SHA256: c.Evidence.SHA256}},
		},
		Passed: []string{}, Warned: []string{}, Failed: []string{}, NotAssessed: []string{},
	}
	for _, r := range c.Rows {
		switch r.Strength {
		case cert.Proved, cert.Bounded, cert.Tested:
			t.Passed = append(t.Passed, r.ID)
		case cert.Refuted:
			t.Failed, t.Result = append(t.Failed, r.ID), "FAILED"
		case cert.NotAssessed:
			t.NotAssessed = append(t.NotAssessed, r.ID)
		}
	}
	text, err := marshal(cert.Statement{Type: cert.StatementType, Subject: c.Artifacts(), PredicateType: testResultType, Predicate: t})
	if err != nil {
		return nil, fmt.Errorf("export test result: %w", err)
	}
	return text, nil
}
