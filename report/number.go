package report

import (
	"math"
	"strconv"
	"strings"
)

// number prints v for a reader: three significant digits, thousands grouped,
// powers of ten only below a thousandth and from ten million up.
func number(v float64) string {
	a := math.Abs(v)
	switch {
	case v == math.Trunc(v) && a < 1e7:
		return group(strconv.FormatFloat(v, 'f', 0, 64))
	case a < 1e-3 || a >= 1e7:
		return scientific(v, 2)
	}
	return fixedPoint(v, 2-int(math.Floor(math.Log10(a))))
}

// figures prints a value with the bounds of its interval, all with as many
// decimals as two significant digits of the interval's half-width need.
func figures(v, lo, hi float64) (value, low, high string) {
	half := (hi - lo) / 2
	largest := max(math.Abs(lo), math.Abs(hi), math.Abs(v))
	if !(half > 0) || math.IsInf(half, 0) {
		return number(v), number(lo), number(hi)
	}
	if largest < 1e-3 || largest >= 1e7 {
		digits := 1 + max(1, int(math.Floor(math.Log10(largest))-math.Floor(math.Log10(half)))+1)
		return scientific(v, digits), scientific(lo, digits), scientific(hi, digits)
	}
	decimals := 1 - int(math.Floor(math.Log10(half)))
	return fixedPoint(v, decimals), fixedPoint(lo, decimals), fixedPoint(hi, decimals)
}

// fixedPoint prints v with between 0 and 6 decimals.
func fixedPoint(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', min(max(decimals, 0), 6), 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return group(s)
}

// scientific prints v with the given number of significant digits.
func scientific(v float64, digits int) string {
	mantissa, exponent, found := strings.Cut(strconv.FormatFloat(v, 'e', digits-1, 64), "e")
	if !found {
		return mantissa // an infinity or not a number
	}
	sign := strings.TrimPrefix(exponent[:1], "+")
	return mantissa + "e" + sign + strings.TrimPrefix(exponent[1:], "0")
}

// group puts commas between thousands.
func group(s string) string {
	whole, fraction, found := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	return sign + whole
}

// typographicNumber prints a number with a true minus sign, and a power of ten with a
// raised exponent.
func typographicNumber(s string) string {
	if strings.HasPrefix(s, "-") {
		s = "−" + s[1:]
	}
	mantissa, exponent, _ := strings.Cut(s, "e")
	power, err := strconv.Atoi(exponent)
	if err != nil {
		return s
	}
	raised := strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
		"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
	return mantissa + " × 10" + raised.Replace(strconv.Itoa(power))
}
