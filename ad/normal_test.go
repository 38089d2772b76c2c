package ad

import (
	"math"
	"testing"
)

// normalReference is computed with mpmath 1.2.1 at 60 digits from
// Phi(u) = erfc(-u/sqrt(2))/2 and, far out, from Laplace's continued fraction.
var normalReference = []struct{ u, below, above, rise, fall, excess float64 }{
	{-1e6, -500000000014.73445, 0, 1000000.000001, 0, 9.99999999998e-7},
	{-1000, -500007.82669481218, 0, 1000.000999998, 0, 0.00099999800000999993},
	{-40, -804.60844201375379, 0, 40.024968847207264, 0, 0.024968847207263723},
	{-8, -35.01343715991455, -6.2209605742717861e-16, 8.1213681122361127, 5.0522710835368954e-15, 0.12136811223611268},
	{-5.25, -16.391880010037793, -7.6049608056658512e-8, 5.4286553883860983, 4.1284713025986109e-7, 0.17865538838609829},
	{-4.75, -13.798571593147467, -1.017083759798215e-6, 4.9450301392146927, 5.0295124040252298e-6, 0.19503013921469274},
	{-2, -3.7831843336820319, -0.023012909328963488, 2.3732155328228409, 0.055247862678989959, 0.37321553282284087},
	{-0.5, -1.1759117615936186, -0.36894641528865639, 1.1410777703680645, 0.50916043383703349, 0.64107777036806448},
	{0, -0.69314718055994531, -0.69314718055994531, 0.79788456080286536, 0.79788456080286536, 0.79788456080286536},
	{0.3, -0.4814101615884812, -0.96210281816885067, 0.61722085361273444, 0.99816596885848333, 0.69816596885848333},
	{1, -0.17275377902344989, -1.8410216450092635, 0.28759997093917836, 1.5251352761609812, 0.52513527616098121},
	{3, -0.0013508099647481938, -6.6077262215103495, 0.0044378390421256638, 3.2830986549304365, 0.28309865493043651},
	{6, -9.8658764552437573e-10, -20.736768949974706, 6.0758828558176764e-9, 6.1584826045445989, 0.15848260454459892},
	{12, -1.776482112077679e-33, -75.410673001568796, 2.1463837356630603e-32, 12.082214175254284, 0.08221417525428433},
}

func TestNormalTails(t *testing.T) {
	for _, want := range normalReference {
		got := normalTails(want.u)
		for _, c := range []struct {
			name      string
			got, want float64
			tolerance float64
		}{
			{"log Phi(u)", got.below, want.below, 1e-14},
			{"log Phi(-u)", got.above, want.above, 1e-14},
			{"phi(u)/Phi(u)", got.rise, want.rise, 1e-14},
			{"phi(u)/Phi(-u)", got.fall, want.fall, 1e-14},
			// Below the continued fraction it is a difference of numbers ten times as large.
			{"the excess", got.excess, want.excess, 1e-13},
		} {
			if off := math.Abs(c.got - c.want); !(off <= c.tolerance*math.Abs(c.want)) {
				t.Errorf("%s at %g is %.17g, want %.17g", c.name, want.u, c.got, c.want)
			}
		}
	}
}

// TestNormalQuantile goes to the logit and back, where the logit tells u apart.
func TestNormalQuantile(t *testing.T) {
	for _, want := range normalReference {
		if got := normalQuantile(want.below - want.above); !(math.Abs(got-want.u) <= 2e-15*max(1, math.Abs(want.u))) {
			t.Errorf("quantile at Phi(%g) is %.17g", want.u, got)
		}
	}
	for _, logit := range []float64{1e-300, 1e-9, 0.01, 0.7, 700, 1e18, 1e300} {
		z := normalQuantile(logit)
		if back := normalTails(z).below - normalTails(z).above; !(z > 0) || math.Abs(back-logit) > 1e-15*(1+logit) {
			t.Errorf("the quantile at logit %g is %g, which has logit %g", logit, z, back)
		}
		if minus := normalQuantile(-logit); minus != -z {
			t.Errorf("the quantiles at logits %g and %g are %g and %g", logit, -logit, z, minus)
		}
	}
}
