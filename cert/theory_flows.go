package cert

// flowTheorems is what holds of families by how their layers are made here, and what the
// literature proves of them. Families that share a reason share an entry.
func flowTheorems() []theorem {
	const (
		planarPaper = "Rezende and Mohamed 2015, Variational inference with normalizing flows, arXiv:1505.05770"
		topology    = "Cornish, Caterini, Deligiannidis and Doucet 2020, Relaxing bijectivity constraints with continuously indexed normalising flows, arXiv:1909.13833"
		volume      = "Draxler, Wahl, Schnoerr and Koethe 2024, On the universality of volume-preserving and coupling-based normalizing flows, arXiv:2402.06578"
		nafPaper    = "Huang, Krueger, Lacoste and Courville 2018, Neural autoregressive flows, arXiv:1804.00779"
		bnafPaper   = "De Cao, Titov and Aziz 2019, Block neural autoregressive flow, arXiv:1904.04676"
		sosPaper    = "Jaini, Selby and Yu 2019, Sum-of-squares polynomial flow, arXiv:1905.02325"
		gaussPaper  = "Meng, Song, Song and Ermon 2020, Gaussianization flows, arXiv:2003.01941"
	)
	var all []theorem
	add := func(line string, dimensions int, statement, source string, families ...string) {
		for _, f := range families {
			all = append(all, theorem{"guarantees." + line + ".theory", f, dimensions, statement, source})
		}
	}

	add("invertible", 1, "x + u' tanh(w.x + b) with w.u' > -1 for all weights, by the paper's m", planarPaper, planar)
	add("invertible", 1, "beta > -alpha for all weights", planarPaper, radial)
	add("invertible", 1, "one network with positive weights within a column, and a residual that makes it onto", bnafPaper, blockAutoregressive)

	add("log_det", 1, "the sum of the layers' log-determinants, each in closed form", construction, anyFlow)

	add("inverse", 1, "in closed form, both halves at once", construction, additiveCoupling, incompressible, affineCoupling, splineCoupling, linearSplineCoupling, quadraticSplineCoupling, linearRationalCoupling)
	add("inverse", 1, "in closed form, one column after the other", construction, affineAutoregressive, splineAutoregressive, luSplineCoupling, triangularSpline)
	add("inverse", 1, "in closed form: the root of a quadratic", construction, radial)
	add("inverse", 1, "numeric: roots of increasing functions in shrinking brackets, to rounding", construction,
		cubicSplineCoupling, deepSigmoidal, denseSigmoidal, blockAutoregressive, unconstrainedMonotonic, sumOfSquares, bernsteinPolynomial, mixtureCDF, gaussianization, luMixtureCDF, planar, sylvester)
	add("inverse", 1, "in closed form: a triangular matrix", construction, gaussian)

	add("volume", 1, "shifts keep volumes, one scaling is the same everywhere; so not any distribution in the sense of KL, however large", volume, additiveCoupling)
	add("volume", 1, "log-scales add up to 0, one scaling is the same everywhere; so not any distribution in the sense of KL, however large", volume, incompressible)
	add("volume", 1, "one linear map", construction, gaussian)

	const limit = ": in the limit of ever more units and weights without bounds; says nothing of this size"
	add("universal", 1, "any continuous distribution"+limit, nafPaper, deepSigmoidal, denseSigmoidal)
	add("universal", 1, "any continuous distribution"+limit, bnafPaper, blockAutoregressive)
	add("universal", 1, "any distribution with a density"+limit, sosPaper, sumOfSquares)
	add("universal", 1, "any distribution with a density, as layers grow without end; says nothing of this size", gaussPaper, gaussianization)

	add("topology", 1, "continuous both ways: what is connected stays so, and gaps between parts of the data are only approached, by ever steeper maps", topology, anyFlow)

	const scaled = "scales are bounded, and so are shifts, for networks see bounded inputs: distances of points and codes stay within constant factors"
	add("tails", 1, scaled, construction, affineCoupling, affineAutoregressive, additiveCoupling, incompressible)
	add("tails", 1, "outside their box splines are the identity: whitened data and code differ by a bounded amount", construction, linearSplineCoupling, quadraticSplineCoupling, cubicSplineCoupling, linearRationalCoupling)
	add("tails", 1, "outside their box splines are the identity, and the other layers are linear", construction, luSplineCoupling, triangularSpline)
	add("tails", 1, "what is added to a point is bounded", construction, planar, radial, sylvester)
	add("tails", 1, "a scaling, and what is added is bounded", construction, blockAutoregressive)
	add("tails", 1, "outside a box maps are lines with bounded slopes and, for networks see bounded inputs, bounded offsets", construction, unconstrainedMonotonic, sumOfSquares, bernsteinPolynomial)

	add("stretch", 1, "each layer at most 1 + |u'||w|, its inverse at most 1 + |u'||w| / min(1, 1 + w.u')", construction, planar)
	add("stretch", 1, "the same everywhere: the whitening matrix", construction, gaussian)

	const perRow = "linear in rows; a density and a sample take one pass of every network; "
	add("cost", 1, perRow+"linear in columns for networks of a fixed width", construction,
		affineCoupling, affineAutoregressive, additiveCoupling, incompressible, splineCoupling, splineAutoregressive, linearSplineCoupling, quadraticSplineCoupling, cubicSplineCoupling, linearRationalCoupling, deepSigmoidal, denseSigmoidal, unconstrainedMonotonic, sumOfSquares, bernsteinPolynomial, mixtureCDF)
	add("cost", 1, perRow+"quadratic in columns", construction, blockAutoregressive)
	add("cost", 1, "linear in rows; quadratic in columns, by matrices", construction, luSplineCoupling, triangularSpline, gaussianization, luMixtureCDF, gaussian, mixture)
	add("cost", 1, "linear in rows and in columns", construction, planar, radial, sylvester)
	return all
}
