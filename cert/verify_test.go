package cert

import (
	"testing"
)

func TestSoundCertificateHolds(t *testing.T) {
	path := write(t, fixture())
	r, err := Verify(path)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Holds() {
		t.Errorf("a sound certificate does not hold: %v", r.Findings)
	}
	if ids := r.Refuted(); ids != nil {
		t.Errorf("a sound certificate has refuted rows %q", ids)
	}
	// The fixture is of use only if it exercises every line that has a rule.
	for _, l := range Lines() {
		row := rowOf(t, r.Certificate, l.ID)
		if l.Bases != nil && row.Strength == NotAssessed {
			t.Errorf("row %s is %q: %s", l.ID, row.Strength, row.Reason)
		}
	}
}
