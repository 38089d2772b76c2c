package cert

import "strings"

// theorem is what the architecture of a family implies, for every value of the
// weights.
type theorem struct {
	line, family string
	// dimensions is the least number for which it holds.
	dimensions        int
	statement, source string
}

// The families, as models name them.
const (
	additiveCoupling        = "additive coupling and affine marginal flow"
	incompressible          = "gin and affine marginal flow"
	affineCoupling          = "affine coupling flow"
	affineAutoregressive    = "affine autoregressive flow"
	splineCoupling          = "spline coupling flow"
	splineAutoregressive    = "spline autoregressive flow"
	luSplineCoupling        = "lu and spline coupling flow"
	triangularSpline        = "triangular and spline marginal flow"
	linearSplineCoupling    = "linear-spline coupling flow"
	quadraticSplineCoupling = "quadratic-spline coupling flow"
	cubicSplineCoupling     = "cubic-spline coupling flow"
	linearRationalCoupling  = "linear-rational coupling flow"
	deepSigmoidal           = "deep-sigmoidal autoregressive flow"
	denseSigmoidal          = "dense-sigmoidal autoregressive flow"
	blockAutoregressive     = "block-autoregressive flow"
	unconstrainedMonotonic  = "unconstrained-monotonic autoregressive flow"
	sumOfSquares            = "sum-of-squares autoregressive flow"
	bernsteinPolynomial     = "bernstein autoregressive flow"
	mixtureCDF              = "mixture-cdf autoregressive flow"
	gaussianization         = "mixture-cdf marginal and householder flow"
	luMixtureCDF            = "lu and mixture-cdf marginal flow"
	planar                  = "planar flow"
	radial                  = "radial flow"
	sylvester               = "sylvester flow"
	mixtureOfFlows          = "mixture of flows"
	gaussian                = "Gaussian"
	mixture                 = "mixture"
	anyFlow                 = " flow" // how the families of flows end
)

const construction = "by construction"

// theorems is the knowledge of families: only what is proved, with what it supposes.
func theorems() []theorem {
	const (
		realNVP      = "Dinh, Sohl-Dickstein and Bengio 2017, Density estimation using Real NVP, arXiv:1605.08803"
		maf          = "Papamakarios, Pavlakou and Murray 2017, Masked autoregressive flow for density estimation, arXiv:1705.07057"
		neuralSpline = "Durkan, Bekasov, Murray and Papamakarios 2019, Neural spline flows, arXiv:1906.04032"
		universal    = "Teshima et al. 2020, Coupling-based invertible neural networks are universal diffeomorphism approximators, arXiv:2006.11469"
	)
	const (
		changeOfVariables = "a bijection onto the base's support carries its density over by the change of variables"
		positiveScales    = "layers that scale by positive numbers and shift, steered by the other coordinates"
		risingSplines     = "layers of splines that rise strictly and onto: positive bin widths, heights and slopes"
		logScales         = "the Jacobian of a layer is triangular: the sum of the log-scales"
		logSlopes         = "the Jacobian of a layer is triangular: the sum of the splines' log-slopes"
		chain             = "a chain of layers, each a bijection for all values of its weights"
		bounded           = "outside their box splines are the identity: whitened data and code differ by a bounded amount"
	)
	return append([]theorem{
		{"guarantees.invertible.theory", affineCoupling, 1, positiveScales, realNVP},
		{"guarantees.invertible.theory", affineAutoregressive, 1, positiveScales, maf},
		{"guarantees.invertible.theory", splineCoupling, 1, risingSplines, neuralSpline},
		{"guarantees.invertible.theory", splineAutoregressive, 1, risingSplines, neuralSpline},
		{"guarantees.invertible.theory", gaussian, 1, "whitening by a triangular matrix with a positive diagonal", construction},
		{"guarantees.normalised.theory", affineCoupling, 1, changeOfVariables, realNVP},
		{"guarantees.normalised.theory", affineAutoregressive, 1, changeOfVariables, maf},
		{"guarantees.normalised.theory", splineCoupling, 1, changeOfVariables, neuralSpline},
		{"guarantees.normalised.theory", splineAutoregressive, 1, changeOfVariables, neuralSpline},
		{"guarantees.normalised.theory", gaussian, 1, "the normal density with its closed-form constant", construction},
		{"guarantees.normalised.theory", mixtureOfFlows, 1, "densities of flows with weights that sum to 1", construction},
		{"guarantees.normalised.theory", mixture, 1, "normal densities with weights that sum to 1", construction},
		{"guarantees.log_det.theory", affineCoupling, 1, logScales, realNVP},
		{"guarantees.log_det.theory", affineAutoregressive, 1, logScales, maf},
		{"guarantees.log_det.theory", splineCoupling, 1, logSlopes, neuralSpline},
		{"guarantees.log_det.theory", splineAutoregressive, 1, logSlopes, neuralSpline},
		{"guarantees.log_det.theory", gaussian, 1, "the sum of the logarithms of a triangular matrix's diagonal", construction},
		// One dimension leaves a coupling nothing to depend on.
		{"guarantees.invertible.theory", anyFlow, 1, chain, construction},
		{"guarantees.normalised.theory", anyFlow, 1, changeOfVariables, construction},
		{"guarantees.universal.theory", affineCoupling, 2, "weakly, as depth and width grow without end, perhaps ill-conditioned; says nothing of this size", universal},
		{"guarantees.tails.theory", splineCoupling, 1, bounded, neuralSpline},
		{"guarantees.tails.theory", splineAutoregressive, 1, bounded, neuralSpline},
		{"guarantees.tails.theory", gaussian, 1, "the density is its own base", construction},
	}, flowTheorems()...)
}

// theoremOf returns the theorem of a line for a family, if there is one in so many
// dimensions; of a flow's own family rather than of all flows.
func theoremOf(line, family string, dimensions int) (general theorem, ok bool) {
	for _, t := range theorems() {
		if t.line != line || dimensions < t.dimensions {
			continue
		}
		if t.family == family {
			return t, true
		}
		if strings.HasPrefix(t.family, " ") && strings.HasSuffix(family, t.family) {
			general, ok = t, true
		}
	}
	return general, ok
}
