package cert

// flowTheorems is what holds of families by how their layers are made here, and what the
// literature proves of them. Families that share a reason share an entry.
func flowTheorems() []theorem {
	const construction = "by construction"
	const (
		additive      = "additive coupling and affine marginal flow"
		gin           = "gin and affine marginal flow"
		affineC       = "affine coupling flow"
		affineA       = "affine autoregressive flow"
		splineC       = "spline coupling flow"
		splineA       = "spline autoregressive flow"
		mixingSpline  = "lu and spline coupling flow"
		triangular    = "triangular and spline marginal flow"
		linearC       = "linear-spline coupling flow"
		quadraticC    = "quadratic-spline coupling flow"
		cubicC        = "cubic-spline coupling flow"
		rationalC     = "linear-rational coupling flow"
		deep          = "deep-sigmoidal autoregressive flow"
		dense         = "dense-sigmoidal autoregressive flow"
		block         = "block-autoregressive flow"
		integral      = "unconstrained-monotonic autoregressive flow"
		squares       = "sum-of-squares autoregressive flow"
		bernstein     = "bernstein autoregressive flow"
		mixtureA      = "mixture-cdf autoregressive flow"
		gaussianising = "mixture-cdf marginal and householder flow"
		components    = "lu and mixture-cdf marginal flow"
		planar        = "planar flow"
		radial        = "radial flow"
		sylvester     = "sylvester flow"
		anyFlow       = " flow"
		gaussian      = "Gaussian"
		mixture       = "mixture"
	)
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
	add("invertible", 1, "one network with positive weights within a column, and a residual that makes it onto", bnafPaper, block)

	add("log_det", 1, "the sum of the layers' log-determinants, each in closed form", construction, anyFlow)

	add("inverse", 1, "in closed form, both halves at once", construction, additive, gin, affineC, splineC, linearC, quadraticC, rationalC)
	add("inverse", 1, "in closed form, one column after the other", construction, affineA, splineA, mixingSpline, triangular)
	add("inverse", 1, "in closed form: the root of a quadratic", construction, radial)
	add("inverse", 1, "numeric: roots of increasing functions in shrinking brackets, to rounding", construction,
		cubicC, deep, dense, block, integral, squares, bernstein, mixtureA, gaussianising, components, planar, sylvester)
	add("inverse", 1, "in closed form: a triangular matrix", construction, gaussian)

	add("volume", 1, "shifts keep volumes, one scaling is the same everywhere; so not any distribution in the sense of KL, however large", volume, additive)
	add("volume", 1, "log-scales add up to 0, one scaling is the same everywhere; so not any distribution in the sense of KL, however large", volume, gin)
	add("volume", 1, "one linear map", construction, gaussian)

	const limit = ": in the limit of ever more units and weights without bounds; says nothing of this size"
	add("universal", 1, "any continuous distribution"+limit, nafPaper, deep, dense)
	add("universal", 1, "any continuous distribution"+limit, bnafPaper, block)
	add("universal", 1, "any distribution with a density"+limit, sosPaper, squares)
	add("universal", 1, "any distribution with a density, as layers grow without end; says nothing of this size", gaussPaper, gaussianising)

	add("topology", 1, "continuous both ways: what is connected stays so, and gaps between parts of the data are only approached, by ever steeper maps", topology, anyFlow)

	const scaled = "scales are bounded, and so are shifts, for networks see bounded inputs: distances of points and codes stay within constant factors"
	add("tails", 1, scaled, construction, affineC, affineA, additive, gin)
	add("tails", 1, "outside their box splines are the identity: whitened data and code differ by a bounded amount", construction, linearC, quadraticC, cubicC, rationalC)
	add("tails", 1, "outside their box splines are the identity, and the other layers are linear", construction, mixingSpline, triangular)
	add("tails", 1, "what is added to a point is bounded", construction, planar, radial, sylvester)
	add("tails", 1, "a scaling, and what is added is bounded", construction, block)
	add("tails", 1, "outside a box maps are lines with bounded slopes and, for networks see bounded inputs, bounded offsets", construction, integral, squares, bernstein)

	add("stretch", 1, "each layer at most 1 + |u'||w|, its inverse at most 1 + |u'||w| / min(1, 1 + w.u')", construction, planar)
	add("stretch", 1, "the same everywhere: the whitening matrix", construction, gaussian)

	const perRow = "linear in rows; a density and a sample take one pass of every network; "
	add("cost", 1, perRow+"linear in columns for networks of a fixed width", construction,
		affineC, affineA, additive, gin, splineC, splineA, linearC, quadraticC, cubicC, rationalC, deep, dense, integral, squares, bernstein, mixtureA)
	add("cost", 1, perRow+"quadratic in columns", construction, block)
	add("cost", 1, "linear in rows; quadratic in columns, by matrices", construction, mixingSpline, triangular, gaussianising, components, gaussian, mixture)
	add("cost", 1, "linear in rows and in columns", construction, planar, radial, sylvester)
	return all
}
