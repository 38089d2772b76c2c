// Package catalog is the one explicit list of models, data sets, claims and
// probes. What is not listed here does not exist for the command, and what is
// listed here is held to the laws by this package's tests.
package catalog

import (
	"os"
	"path/filepath"
	"strings"

	"flowcert/claim"
	"flowcert/data"
	"flowcert/flow"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/recipe"
	"flowcert/target"
)

// Models returns every model, in the order in which they are listed.
func Models() []model.Entry {
	return []model.Entry{
		model.Gaussian(),
		model.Mixture(),
		model.Preset("nice", Kinds()),
		model.Preset("realnvp", Kinds()),
		model.Preset("gin", Kinds()),
		model.Preset("glow", Kinds()),
		model.Preset("spline-coupling", Kinds()),
		model.Preset("small-table", Kinds()),
		model.Preset("linear-spline", Kinds()),
		model.Preset("quadratic-spline", Kinds()),
		model.Preset("cubic-spline", Kinds()),
		model.Preset("linear-rational", Kinds()),
		model.Preset("mixing-spline", Kinds()),
		model.Preset("student-spline", Kinds()),
		model.Preset("made", Kinds()),
		model.Preset("made-mixture", Kinds()),
		model.Preset("maf", Kinds()),
		model.Preset("iaf", Kinds()),
		model.Preset("spline-autoregressive", Kinds()),
		model.Preset("resampled-spline", Kinds()),
		model.Preset("mixture-of-flows", Kinds()),
		model.Preset("naf", Kinds()),
		model.Preset("naf-dense", Kinds()),
		model.Preset("umnn", Kinds()),
		model.Preset("bnaf", Kinds()),
		model.Preset("sos", Kinds()),
		model.Preset("bernstein", Kinds()),
		model.Preset("planar", Kinds()),
		model.Preset("radial", Kinds()),
		model.Preset("sylvester", Kinds()),
		model.Preset("gaussianization", Kinds()),
		model.Preset("independent-components", Kinds()),
		model.Preset("triangular-spline", Kinds()),
	}
}

// Kinds returns the parts that flows are described with.
func Kinds() recipe.Kinds {
	return recipe.Kinds{
		Layers: []flow.Kind{
			flow.CouplingKind(),
			flow.GINKind(),
			flow.AutoregressiveKind(),
			flow.MarginalKind(),
			flow.PlanarKind(),
			flow.RadialKind(),
			flow.SylvesterKind(),
			flow.BlockAutoregressiveKind(),
			flow.ShuffleKind(),
			flow.ReverseKind(),
			flow.LUKind(),
			flow.TriangularKind(),
			flow.HouseholderKind(),
			flow.QRKind(),
			flow.OrthogonalKind(),
			flow.ActNormKind(),
			flow.BatchNormKind(),
			flow.StandardisationKind(),
			flow.LogitKind(),
			flow.LogKind(),
			flow.InverseSoftplusKind(),
		},
		Transformers: []flow.ElementwiseKind{
			flow.AdditiveKind(),
			flow.AffineKind(),
			flow.LinearSplineKind(),
			flow.QuadraticSplineKind(),
			flow.CubicSplineKind(),
			flow.RationalQuadraticKind(),
			flow.LinearRationalKind(),
			flow.CircularSplineKind(),
			flow.DeepSigmoidalKind(),
			flow.DenseSigmoidalKind(),
			flow.UnconstrainedMonotonicKind(),
			flow.SumOfSquaresKind(),
			flow.BernsteinKind(),
			flow.MixtureCDFKind(),
			flow.PowerKind(),
		},
		Bases: []flow.BaseKind{
			flow.NormalKind(),
			flow.StudentKind(),
			flow.UniformKind(),
			flow.GaussianMixtureKind(),
			flow.ResampledKind(),
		},
	}
}

// Library returns all that models are built from.
func Library() model.Library { return model.Library{Entries: Models(), Kinds: Kinds()} }

// Data returns every data set that comes with the program.
func Data() []data.Set {
	return []data.Set{
		data.Iris(),
		data.Wine(),
		data.BreastCancer(),
		data.EightGaussians(),
		data.Moons(),
		data.Checkerboard(),
		data.Circles(),
		data.Rings(),
		data.SwissRoll(),
		data.TwoSpirals(),
		data.Pinwheel(),
		data.FlowJAXMoons(),
		data.PlaneGaussian(),
		data.Crescent(),
		data.CrescentCubed(),
		data.SineWave(),
		data.Abs(),
		data.Sign(),
		data.FourCircles(),
		data.Diamond(),
	}
}

// Claims returns every claim of a certificate, in the order in which a model is
// examined.
func Claims() []claim.Claim {
	return []claim.Claim{
		claim.Likelihood(),
		claim.Generalisation(),
		claim.Leakage(),
		claim.Samples(),
		claim.Divergence(),
		claim.Codes(),
		claim.TwoSamples(),
		claim.Classifier(),
		claim.Manifold(),
		claim.Memorisation(),
		claim.Bridge(),
		claim.RoundTrip(),
		claim.LogDet(),
		claim.Integral(),
		claim.Mass(),
		claim.Lipschitz(),
		claim.LayerStretch(),
		claim.Rounding(),
		claim.Balls(),
		claim.Precision(),
		claim.Marginals(),
		claim.Conditionals(),
		claim.Mode(),
		claim.Distribution(),
		claim.Preconditions(),
		claim.Volume(),
		claim.Tails(),
		claim.Stretch(),
		claim.Growth(),
		claim.Stress(),
		claim.Picture(),
		claim.Seeds(),
		claim.Scaling(),
		claim.Training(),
		claim.DensityCost(),
		claim.SamplingCost(),
		claim.IdlePower(),
		claim.Memory(),
		claim.Emissions(),
	}
}

// Targets returns every density that flows are fitted to without rows.
func Targets() []target.Target {
	return []target.Target{
		target.U1(),
		target.U2(),
		target.U3(),
		target.U4(),
		target.TwoMoons(),
		target.CircularGaussians(),
		target.Rings(),
		target.Sinusoid(),
		target.SinusoidGap(),
		target.SinusoidSplit(),
		target.Smiley(),
	}
}

// OpenModel returns the model that a user means by name: one of the catalogue, or a
// file that describes a flow. Whatever is wrong with them is a *usage.Error.
func OpenModel(name string) (model.Entry, error) {
	extension := filepath.Ext(name)
	if extension != ".yaml" && extension != ".yml" && extension != ".json" {
		return model.Find(Models(), name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return model.Entry{}, usage.Errorf("%w: want a model of \"flowcert list models\", or a file that describes a flow", err)
	}
	return model.FlowEntry(strings.TrimSuffix(filepath.Base(name), extension), text, Kinds())
}

// OpenTarget returns the target that a user means by name, in letters of either case.
// An unknown one is a *usage.Error.
func OpenTarget(name string) (target.Target, error) {
	var names []string
	for _, t := range Targets() {
		if strings.EqualFold(t.Name(), name) {
			return t, nil
		}
		names = append(names, t.Name())
	}
	return target.Target{}, usage.Errorf("unknown target %q: did you mean %q? (\"flowcert list targets\" lists them)", name, usage.Nearest(name, names))
}

// OpenData returns the data set that a user means by name: a set of the
// catalogue, or a file of delimited text, which o says how to read. Whatever is
// wrong with them is a *usage.Error.
func OpenData(name string, o data.CSVOptions) (data.Set, error) {
	var names []string
	for _, set := range Data() {
		if set.Info().Name != name {
			names = append(names, set.Info().Name)
			continue
		}
		if len(o.Drop) > 0 {
			return nil, usage.Errorf("data set %q comes with the program and keeps all its columns: leave %q out of files only", name, o.Drop[0])
		}
		if o.Weights != "" {
			return nil, usage.Errorf("data set %q comes with the program and has no weights %q: weigh the rows of files only", name, o.Weights)
		}
		return set, nil
	}
	if _, err := os.Stat(name); err != nil && filepath.Ext(name) == "" && !strings.ContainsRune(name, filepath.Separator) {
		return nil, usage.Errorf("there is neither a data set nor a file %q: did you mean %q? (\"flowcert list data\" lists the sets)",
			name, usage.Nearest(name, names))
	}
	return data.Open(name, o)
}
