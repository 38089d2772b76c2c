package ad

import (
	"math"
	"testing"

	"flowcert/internal/interval"
)

// TestStudentNormaliserOn compares with the float64 normaliser, which is right to 1e-14 and
// is tested by itself, and from 1e8 degrees on with that of the normal distribution, from
// which the normaliser differs by 1/(4 nu) to first order.
func TestStudentNormaliserOn(t *testing.T) {
	for nu := 0.5; nu < 1e9; nu *= 1.37 {
		got := studentNormaliserOn(interval.Point(nu))
		want, _ := studentNormaliser(nu)
		off := 3e-14
		if nu > 1e8 {
			want = -logRoot2Pi - 0.25/nu
		}
		if !(want-off <= got.Hi && want+off >= got.Lo) || !(got.Width() < 1e-11) {
			t.Errorf("nu = %v: %v, want %v", nu, got, want)
		}
		if wide := studentNormaliserOn(interval.Interval{Lo: 0.99 * nu, Hi: nu}); !got.Within(wide) {
			t.Errorf("nu = %v: %v is not within %v", nu, got, wide)
		}
	}
	for _, i := range []interval.Interval{{Lo: 0, Hi: 1}, interval.All()} {
		if got := studentNormaliserOn(i); !math.IsInf(got.Lo, -1) {
			t.Errorf("of %v it is %v", i, got)
		}
	}
}
