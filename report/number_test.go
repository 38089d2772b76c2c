package report

import "testing"

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {12000, "12,000"}, {-1234567, "-1,234,567"}, {1234, "1,234"},
		{0.8234, "0.823"}, {-0.0523, "-0.0523"}, {41.27, "41.3"}, {99999.5, "100,000"},
		{3.14e-6, "3.1e-6"}, {-2.5e12, "-2.5e12"}, {0.001, "0.00100"},
	} {
		if got := number(c.v); got != c.want {
			t.Errorf("number(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		v, lo, hi float64
		want      [3]string
	}{
		{0.8234, 0.741, 0.869, [3]string{"0.823", "0.741", "0.869"}},
		{-31.2471, -33.9, -28.6, [3]string{"-31.2", "-33.9", "-28.6"}},
		{3.12e-6, 3.0e-6, 3.25e-6, [3]string{"3.12e-6", "3.00e-6", "3.25e-6"}},
		{5, 5, 5, [3]string{"5", "5", "5"}},
		{-0.0001, -0.02, 0.02, [3]string{"0.000", "-0.020", "0.020"}},
		{104812, 98000, 111000, [3]string{"104,812", "98,000", "111,000"}},
	} {
		v, lo, hi := figures(c.v, c.lo, c.hi)
		if got := [3]string{v, lo, hi}; got != c.want {
			t.Errorf("figures(%v, %v, %v) = %q, want %q", c.v, c.lo, c.hi, got, c.want)
		}
	}
}

func TestFiguresInLanguages(t *testing.T) {
	for in, want := range map[string][2]string{
		"-31.2":  {"−31.2", "−31,2"},
		"3.1e-6": {"3.1 × 10⁻⁶", "3,1 × 10⁻⁶"},
		"2.5e12": {"2.5 × 10¹²", "2,5 × 10¹²"},
		"2e-9 to -3 (95.5 % interval) per 1,000 rows": {"2 × 10⁻⁹ to −3 (95.5 % interval) per 1,000 rows", "2 × 10⁻⁹ to −3 (95,5 % interval) per 1.000 rows"},
		"(-0.5, 1.5), go1.26 0.1.2 x1.":               {"(−0.5, 1.5), go1.26 0.1.2 x1.", "(−0,5, 1,5), go1.26 0.1.2 x1."},
		"-":                                           {"-", "-"},
	} {
		for i, l := range Languages() {
			if got := newTranslator(l).figures(in); got != want[i] {
				t.Errorf("figures(%q) in %s is %q, want %q", in, l, got, want[i])
			}
		}
	}
}
