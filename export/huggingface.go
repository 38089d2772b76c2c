package export

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"

	"flowcert/cert"
)

// The front matter of a model card, as far as a certificate has what to put in it
// (huggingface/hub-docs, modelcard.md).
type frontMatter struct {
	Library    string       `yaml:"library_name"`
	Tags       []string     `yaml:"tags"`
	ModelIndex []modelIndex `yaml:"model-index"`
}

type modelIndex struct {
	Name    string        `yaml:"name"`
	Results []modelResult `yaml:"results"`
}

type modelResult struct {
	Task    named         `yaml:"task"`
	Dataset modelDataset  `yaml:"dataset"`
	Metrics []modelMetric `yaml:"metrics"`
}

type named struct {
	Type string `yaml:"type"`
	Name string `yaml:"name"`
}

type modelDataset struct {
	named    `yaml:",inline"`
	Split    string `yaml:"split"`
	Revision string `yaml:"revision"`
}

type modelMetric struct {
	named `yaml:",inline"`
	Value any `yaml:"value"`
	// Verified is about evaluations by Hugging Face, which this is not.
	Verified bool `yaml:"verified"`
}

// HuggingFace returns the README.md of a model repository: the rows that have a
// figure as metrics of the model index, which has no place for others, and all rows
// in the text. A metric's name carries unit, interval, number and strength, for which
// the index has no fields.
func HuggingFace(c *cert.Certificate) ([]byte, error) {
	front, err := yaml.Marshal(frontMatter{
		Library: "flowcert",
		Tags:    []string{"density-estimation", "tabular", c.Subject.Family},
		ModelIndex: []modelIndex{{
			Name: c.Subject.Model,
			Results: []modelResult{{
				Task:    named{"density-estimation", "Density estimation"},
				Dataset: modelDataset{named{c.Data.Name, c.Data.Title}, "test", c.Data.TestSHA256},
				Metrics: metrics(c),
			}},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("export model card: %w", err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "---\n%s---\n\n# %s on %s\n\n", front, markdown(c.Subject.Title), markdown(c.Data.Title))
	out.Write(body(c))
	return out.Bytes(), nil
}

func metrics(c *cert.Certificate) []modelMetric {
	var list []modelMetric
	for _, r := range c.Rows {
		name := r.Statement
		if r.Unit != "" {
			name += ", " + r.Unit
		}
		if i := interval(r); i != "" {
			name += ", interval " + i
		}
		if r.N > 0 {
			name += fmt.Sprintf(", n = %d", r.N)
		}
		name += ", " + string(r.Strength)
		m := modelMetric{named: named{r.ID, name}}
		switch {
		case r.Value != nil:
			m.Value = *r.Value
		case r.Lo != nil:
			m.Value = number(*r.Lo) + " to " + number(*r.Hi)
		default:
			continue
		}
		list = append(list, m)
	}
	return list
}
