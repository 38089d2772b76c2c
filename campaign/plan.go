// Package campaign runs plans: every model of a plan on every data set with
// every seed, into one folder per cell that appears only when it is complete.
package campaign

import (
	_ "embed"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"flowcert/internal/document"
	"flowcert/internal/usage"
)

//go:embed default.yaml
var defaultPlan []byte

// Plan is models x data x seeds. Its file is YAML:
//
//	data:
//	  - moons                 # a set of the catalogue, or a CSV file
//	  - name: mine.csv
//	    drop: [class]         # columns to leave out
//	    as: mine              # folder; the name without its extension if absent
//	models:
//	  - gaussian
//	  - name: mixture
//	    as: mixture-3
//	    settings: {components: 3}
//	seeds: [1, 2]             # 1 if absent
type Plan struct {
	Data   []DataItem
	Models []ModelItem
	Seeds  []uint64
	// file is what errors call the plan.
	file string
}

// DataItem is one data set of a plan.
type DataItem struct {
	Name string
	Drop []string
	// As is the name of its folder.
	As   string
	line int
}

// ModelItem is one model of a plan, with the settings that differ from its
// defaults as key=value.
type ModelItem struct {
	Name     string
	Settings []string
	// As is the name of its folder.
	As   string
	line int
}

// Default returns the plan that is run when none is given.
func Default() (Plan, error) { return Parse("default.yaml", defaultPlan) }

// Parse reads a plan strictly: what it does not know it refuses with the line
// and the nearest known word. It looks at no other file; names of models and
// data sets are looked up when the plan is run.
func Parse(file string, text []byte) (Plan, error) {
	r := reader{in: document.Reader{What: "plan", File: file, Wants: "list at least one of data and one of models"}}
	root, err := r.in.Parse(text)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{file: file, Seeds: []uint64{1}}
	err = r.in.Fields(root, []document.Field{
		{Name: "data", Take: func(n *yaml.Node) (err error) { p.Data, err = document.List(r.in, n, r.dataItem); return err }},
		{Name: "models", Take: func(n *yaml.Node) (err error) { p.Models, err = document.List(r.in, n, r.modelItem); return err }},
		{Name: "seeds", Take: func(n *yaml.Node) (err error) { p.Seeds, err = document.List(r.in, n, r.seed); return err }},
	})
	if err != nil {
		return Plan{}, err
	}
	return p, p.check()
}

// check refuses a plan without cells and cells that share a folder.
func (p Plan) check() error {
	if len(p.Data) == 0 {
		return usage.Errorf("plan %q names no data: add a list \"data\" with at least one set or file", p.file)
	}
	if len(p.Models) == 0 {
		return usage.Errorf("plan %q names no models: add a list \"models\" with at least one model", p.file)
	}
	folders := map[string]bool{}
	for _, d := range p.Data {
		if folders[d.As] {
			return p.errorf(d.line, "a second data set would be kept in folder %q: give it another name with \"as\"", d.As)
		}
		folders[d.As] = true
	}
	folders = map[string]bool{}
	for _, m := range p.Models {
		if folders[m.As] {
			return p.errorf(m.line, "a second model would be kept in folder %q: give it another name with \"as\"", m.As)
		}
		folders[m.As] = true
	}
	seeds := slices.Clone(p.Seeds)
	slices.Sort(seeds)
	if len(slices.Compact(seeds)) < len(p.Seeds) {
		return usage.Errorf("plan %q names a seed twice: keep each seed once", p.file)
	}
	return nil
}

func (p Plan) errorf(line int, format string, args ...any) error {
	return document.Reader{What: "plan", File: p.file}.Errorf(line, format, args...)
}

// reader turns YAML nodes into a plan's parts.
type reader struct{ in document.Reader }

func (r reader) dataItem(n *yaml.Node) (DataItem, error) {
	d := DataItem{line: n.Line}
	name := func(n *yaml.Node) (err error) { d.Name, err = r.in.Word(n); return err }
	err := r.item(n, name, []document.Field{
		{Name: "name", Take: name},
		{Name: "drop", Take: func(n *yaml.Node) (err error) { d.Drop, err = document.List(r.in, n, r.in.Word); return err }},
		{Name: "as", Take: func(n *yaml.Node) (err error) { d.As, err = r.folder(n); return err }},
	})
	if err != nil {
		return DataItem{}, err
	}
	if d.Name == "" {
		return DataItem{}, r.in.Errorf(n.Line, "this data set has no \"name\": give a set of the catalogue or a file")
	}
	if d.As == "" {
		d.As, err = r.folderOf(n, d.Name)
	}
	return d, err
}

func (r reader) modelItem(n *yaml.Node) (ModelItem, error) {
	m := ModelItem{line: n.Line}
	name := func(n *yaml.Node) (err error) { m.Name, err = r.in.Word(n); return err }
	err := r.item(n, name, []document.Field{
		{Name: "name", Take: name},
		{Name: "settings", Take: func(n *yaml.Node) (err error) { m.Settings, err = r.settings(n); return err }},
		{Name: "as", Take: func(n *yaml.Node) (err error) { m.As, err = r.folder(n); return err }},
	})
	if err != nil {
		return ModelItem{}, err
	}
	if m.Name == "" {
		return ModelItem{}, r.in.Errorf(n.Line, "this model has no \"name\": give a model of the catalogue or a file")
	}
	if m.As == "" {
		m.As, err = r.folderOf(n, m.Name)
	}
	return m, err
}

// item reads an entry of a list that is a bare name or a mapping.
func (r reader) item(n *yaml.Node, name func(*yaml.Node) error, known []document.Field) error {
	if n.Kind == yaml.ScalarNode {
		return name(n)
	}
	return r.in.Fields(n, known)
}

// settings reads a mapping of words; the model checks names and values.
func (r reader) settings(n *yaml.Node) ([]string, error) {
	if n.Kind != yaml.MappingNode {
		return nil, r.in.Errorf(n.Line, "want \"setting: value\" lines here")
	}
	var settings []string
	for i := 0; i < len(n.Content); i += 2 {
		key, err := r.in.Word(n.Content[i])
		if err != nil {
			return nil, err
		}
		value, err := r.in.Word(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		settings = append(settings, key+"="+value)
	}
	return settings, nil
}

func (r reader) seed(n *yaml.Node) (uint64, error) {
	word, err := r.in.Word(n)
	if err != nil {
		return 0, err
	}
	seed, err := strconv.ParseUint(word, 10, 64)
	if err != nil {
		return 0, r.in.Errorf(n.Line, "seed %q is not a whole number of at least 0", word)
	}
	return seed, nil
}

// folderName is what is safe as one element of a path everywhere.
var folderName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// folderOf returns the folder of an item that names none: the item's name, without the
// folders and the extension of a file's.
func (r reader) folderOf(n *yaml.Node, name string) (string, error) {
	base := filepath.Base(name)
	folder := strings.TrimSuffix(base, filepath.Ext(base))
	if !folderName.MatchString(folder) {
		return "", r.in.Errorf(n.Line, "%q makes no name for a folder: give it one with \"as\"", name)
	}
	return folder, nil
}

func (r reader) folder(n *yaml.Node) (string, error) {
	word, err := r.in.Word(n)
	if err != nil {
		return "", err
	}
	if !folderName.MatchString(word) {
		return "", r.in.Errorf(n.Line, "%q is no name for a folder: use letters, digits, dots, dashes and underscores", word)
	}
	return word, nil
}
