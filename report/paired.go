package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"flowcert/cert"
	"flowcert/measure"
)

// Paired compares the models that were scored on the same test rows, row by row, as
// measure.Compare does. Models that cannot be told apart have no order: see Groups.
type Paired struct {
	TestSHA256 string `json:"test_sha256"`
	Rows       int    `json:"rows"`
	// Models are in the order of their first certificates, by which they are named below.
	Models []PairedModel `json:"models"`
	// Best is the model with the highest mean. It is better than the others only if it
	// stands alone in its group.
	Best int `json:"best"`
	// Groups are the largest sets of models no two of which can be told apart, the one
	// with the highest mean first. Inside a group there is no order. A model may be in
	// several groups.
	Groups [][]int `json:"groups"`
	// Differences has every two models once. All that are told apart are different with
	// a probability of at least 0.95 (Holm's correction).
	Differences []Difference `json:"differences"`
}

// PairedModel is a model, trained once or with several seeds on the same rows.
type PairedModel struct {
	Certificates []int `json:"certificates"`
	// Seeds is the number of trainings, of which Mean is the mean log-density, in nats
	// per row. Further trainings in the evidence count where there is one certificate.
	Seeds int     `json:"seeds"`
	Mean  float64 `json:"mean"`
	// OverSeeds is whether what is said of the model holds for other seeds too, which
	// takes measure.MinSeeds trainings. Otherwise it is said of these weights.
	OverSeeds bool `json:"over_seeds"`
}

// Difference is the mean log-density of a model less that of another one whose mean is at
// least as high, in nats per row.
type Difference struct {
	Model int     `json:"model"`
	From  int     `json:"from"`
	Value float64 `json:"value"`
	// Lo and Hi bound it at the confidence Level, the one at which Holm's procedure
	// tested the pair; an end is absent where too few rows differ to bound it.
	Lo    *float64 `json:"lo,omitempty"`
	Hi    *float64 `json:"hi,omitempty"`
	Level float64  `json:"level"`
	// P is Holm's adjusted p-value of no difference.
	P         float64 `json:"p"`
	ToldApart bool    `json:"told_apart"`
}

// The row that paired comparisons order, and the evidence that they are made from.
const (
	likelihoodRow = "fit.log_likelihood"
	scoresOfRows  = "test.log_density"
	scoresOfSeeds = "seeds.log_density"
	pairedLevel   = 0.95
)

// trained is a model with its scores of the test rows, one slice for each training.
type trained struct {
	key     string
	members []int // indices of documents
	seeds   []uint64
	scores  [][]float64
}

// pair compares, within each group of certificates of the same test rows and the same
// kind of scores, every two models.
func (c *Comparison) pair(documents []Document) error {
	type group struct{ test, scores string }
	groups := map[group][]int{}
	var order []group
	for i, d := range documents {
		g := group{d.Certificate.Data.TestSHA256, d.Certificate.Subject.Scores}
		if len(d.Arrays[scoresOfRows]) == 0 || d.refutedGuarantee() != "" {
			continue
		}
		if !finite(d.Arrays[scoresOfRows]) {
			c.Remarks = append(c.Remarks, fmt.Sprintf("certificate %d is not compared row by row: a test row has no finite score", i+1))
			continue
		}
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], i)
	}
	for _, g := range order {
		models, err := trainings(documents, groups[g])
		if err != nil {
			return err
		}
		if len(models) < 2 {
			continue
		}
		p, err := compareModels(models)
		if err != nil { // what else measure.Compare refuses is ruled out above
			c.Remarks = append(c.Remarks, fmt.Sprintf("%d test rows are too few to compare log-likelihoods row by row", len(models[0].scores[0])))
			continue
		}
		p.TestSHA256 = g.test
		c.Paired = append(c.Paired, p)
	}
	if row := c.row(likelihoodRow); row.NotRanked == "" && len(c.Paired) == 1 {
		c.Paired[0].lead(row)
	}
	return nil
}

// trainings merges the certificates of one model that was trained with several seeds on
// the same rows. The models, and the trainings of each, come in an order that does not
// depend on that of the documents, and so do the draws of the bootstrap.
func trainings(documents []Document, members []int) ([]trained, error) {
	rows := documents[members[0]].Arrays[scoresOfRows]
	for _, i := range members {
		if scores := documents[i].Arrays[scoresOfRows]; len(scores) != len(rows) {
			return nil, fmt.Errorf("report: compare: certificates %d and %d have scores of %d and %d rows, though their test rows are the same",
				members[0]+1, i+1, len(rows), len(scores))
		}
	}
	keys := make([]string, len(documents))
	for _, i := range members {
		keys[i] = trainedAs(documents[i].Certificate)
	}
	seed := func(i int) uint64 { return documents[i].Certificate.Subject.Seed }
	members = slices.SortedFunc(slices.Values(members), func(i, j int) int {
		return cmp.Or(cmp.Compare(keys[i], keys[j]), cmp.Compare(seed(i), seed(j)), cmp.Compare(documents[i].SHA256, documents[j].SHA256))
	})
	var models []trained
	for _, i := range members {
		// A seed that the model has already is a second certificate of the same training,
		// or by another program: it stands for itself.
		at := slices.IndexFunc(models, func(m trained) bool { return m.key == keys[i] && !slices.Contains(m.seeds, seed(i)) })
		if at < 0 {
			at = len(models)
			models = append(models, trained{key: keys[i]})
		}
		m := &models[at]
		m.members, m.seeds, m.scores = append(m.members, i), append(m.seeds, seed(i)), append(m.scores, documents[i].Arrays[scoresOfRows])
	}
	for m := range models {
		if len(models[m].members) == 1 {
			models[m].addFurther(documents[models[m].members[0]].Arrays[scoresOfSeeds], len(rows))
		}
	}
	return models, nil
}

// addFurther adds the further trainings of a certificate's evidence.
func (m *trained) addFurther(scores []float64, rows int) {
	if len(scores)%rows == 0 && finite(scores) {
		m.scores = slices.AppendSeq(m.scores, slices.Chunk(scores, rows))
	}
}

// trainedAs tells models apart, but for the seed.
func trainedAs(c *cert.Certificate) string {
	s := c.Subject
	s.Seed, s.DescriptionSHA256, s.WeightsSHA256 = 0, "", ""
	text, err := json.Marshal([]any{s.Model, c.Data.TrainSHA256, s})
	if err != nil {
		panic(err) // a certificate is made of JSON
	}
	return string(text)
}

func finite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsInf(v, 0) || math.IsNaN(v) })
}

// compareModels fails where measure.Compare does.
func compareModels(models []trained) (Paired, error) {
	scores := make([][][]float64, len(models))
	names := make([]int, len(models)) // first certificates
	p := Paired{Rows: len(models[0].scores[0])}
	for i, m := range models {
		scores[i] = m.scores
		names[i] = slices.Min(m.members) + 1
	}
	compared, err := measure.Compare(scores, pairedLevel)
	if err != nil {
		return Paired{}, err
	}
	for i, m := range models {
		numbers := slices.Sorted(slices.Values(m.members))
		for j := range numbers {
			numbers[j]++
		}
		k := len(m.scores)
		p.Models = append(p.Models, PairedModel{Certificates: numbers, Seeds: k, Mean: compared.Means[i], OverSeeds: k >= measure.MinSeeds})
	}
	slices.SortFunc(p.Models, func(a, b PairedModel) int { return cmp.Compare(a.Certificates[0], b.Certificates[0]) })
	p.Best = slices.MaxFunc(p.Models, func(a, b PairedModel) int { return cmp.Compare(a.Mean, b.Mean) }).Certificates[0]
	for _, group := range compared.Groups {
		var numbers []int
		for _, i := range group {
			numbers = append(numbers, names[i])
		}
		slices.Sort(numbers)
		p.Groups = append(p.Groups, numbers)
	}
	for _, pair := range compared.Pairs {
		if cmp.Or(cmp.Compare(compared.Means[pair.A], compared.Means[pair.B]), cmp.Compare(names[pair.B], names[pair.A])) > 0 {
			pair.A, pair.B = pair.B, pair.A
			d := &pair.Difference
			d.Value, d.Lo, d.Hi = 0-d.Value, 0-d.Hi, 0-d.Lo
		}
		p.Differences = append(p.Differences, differenceOf(pair, names[pair.A], names[pair.B]))
	}
	slices.SortFunc(p.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Model, b.Model))
	})
	return p, nil
}

// differenceOf subtracts the second model from the first.
func differenceOf(pair measure.Pair, model, from int) Difference {
	i := pair.Difference
	d := Difference{Model: model, From: from, Value: i.Value, Level: i.Level, P: pair.P, ToldApart: pair.Apart}
	if finite([]float64{i.Lo}) {
		d.Lo = &i.Lo
	}
	if finite([]float64{i.Hi}) {
		d.Hi = &i.Hi
	}
	return d
}

// lead marks the certificates of the best model, or those of all that cannot be told from
// it as tied.
func (p Paired) lead(row *ComparedRow) {
	var leaders []PairedModel
	for _, m := range p.Models {
		if slices.ContainsFunc(p.Groups, func(group []int) bool {
			return slices.Contains(group, p.Best) && slices.Contains(group, m.Certificates[0])
		}) {
			leaders = append(leaders, m)
		}
	}
	for _, m := range leaders {
		for _, certificate := range m.Certificates {
			row.Cells[certificate-1].Mark = leading(len(leaders))
		}
	}
}
