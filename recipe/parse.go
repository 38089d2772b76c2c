package recipe

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"flowcert/internal/document"
	"flowcert/internal/usage"
	"flowcert/nn"
	"flowcert/setting"
	"flowcert/train"
)

// Parse reads a description and checks it with the defaults of its settings. name is
// what errors call it. All errors about the text are *usage.Error.
func Parse(name string, text []byte, kinds Kinds) (*Recipe, error) {
	r := &Recipe{Name: name, in: document.Reader{What: "flow", File: name, Wants: "list at least one of layers"}, kinds: kinds}
	var err error
	if r.root, err = r.in.Parse(text); err != nil {
		return nil, err
	}
	if err := r.head(); err != nil {
		return nil, err
	}
	f, err := r.resolve(nil, nil)
	if err != nil {
		return nil, err
	}
	r.Settings = slices.Clone(r.declared)
	for _, s := range train.Settings() {
		s.Default = f.Training[s.Name]
		r.Settings = append(r.Settings, s)
	}
	return r, nil
}

// keys are those of a description, in the order in which it is written.
var keys = []string{"title", "summary", "settings", "columns", "flows", "base", "layers", "training"}

// types are those of the settings that a description declares.
var types = []string{setting.Int, setting.Float, setting.Word, setting.Ints}

// columnsSetting is what is done to the data before the first layer.
func columnsSetting() setting.Setting {
	return setting.Setting{Name: "columns", Type: setting.Word, Choices: []string{"whiten", "standardise", "none"}, Meaning: "what is done to the data before the first layer"}
}

// flowsSetting is the number of flows.
func flowsSetting() setting.Setting {
	return setting.Setting{Name: "flows", Type: setting.Int, Min: 1, Max: 100, Meaning: "flows in a mixture with learned weights"}
}

// repeatSetting is the number of repetitions of layers.
func repeatSetting() setting.Setting {
	return setting.Setting{Name: "repeat", Type: setting.Int, Min: 1, Max: 1000, Meaning: "how often the layers come"}
}

// head reads what does not depend on the settings.
func (r *Recipe) head() error {
	return r.in.Each(r.root, func(key, value *yaml.Node) (err error) {
		switch key.Value {
		case "title":
			r.Title, err = r.in.Word(value)
		case "summary":
			r.Summary, err = r.in.Word(value)
		case "settings":
			err = r.in.Each(value, r.declare)
		default:
			if !slices.Contains(keys, key.Value) {
				err = r.in.Unknown(key, "key", keys)
			}
		}
		return err
	})
}

// declare reads the declaration of one setting.
func (r *Recipe) declare(key, value *yaml.Node) error {
	type declaration struct {
		Type     string
		Default  any
		Min, Max float64
		Choices  []string
		Meaning  string
	}
	var d declaration
	var fields []string
	err := r.in.Each(value, func(key, _ *yaml.Node) error {
		known := []string{"type", "default", "min", "max", "choices", "meaning"}
		if fields = append(fields, key.Value); !slices.Contains(known, key.Value) {
			return r.in.Unknown(key, "key", known)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := value.Decode(&d); err != nil {
		return r.in.Errorf(value.Line, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if !slices.Contains(types, d.Type) {
		return r.in.Errorf(value.Line, "setting %q has the type %q: want one of %s", key.Value, d.Type, strings.Join(types, ", "))
	}
	if d.Default == nil || d.Meaning == "" {
		return r.in.Errorf(value.Line, "setting %q has no default or no meaning: give both", key.Value)
	}
	for _, s := range train.Settings() {
		if s.Name == key.Value {
			return r.in.Errorf(key.Line, "setting %q is one of the training: give it under \"training\", where the user may set it too", key.Value)
		}
	}
	r.declared = append(r.declared, setting.Setting{Name: key.Value, Type: d.Type, Default: d.Default, Min: d.Min, Max: d.Max, Choices: d.Choices, Meaning: d.Meaning})
	return nil
}

// Resolve puts the given values, or the defaults, in the place of the settings and
// checks everything that does not depend on the data.
func (r *Recipe) Resolve(given map[string]any) (*Flow, error) {
	if _, err := setting.Resolve(fmt.Sprintf("flow %q", r.Name), r.Settings, given); err != nil {
		return nil, err
	}
	declared, training := map[string]any{}, map[string]any{}
	for name, value := range given {
		if slices.ContainsFunc(r.declared, func(s setting.Setting) bool { return s.Name == name }) {
			declared[name] = value
		} else {
			training[name] = value
		}
	}
	return r.resolve(declared, training)
}

// resolve does so for the declared settings and those of the training, each of which
// may be partly given.
func (r *Recipe) resolve(declared, trained map[string]any) (*Flow, error) {
	values, err := setting.Resolve(fmt.Sprintf("flow %q", r.Name), r.declared, declared)
	if err != nil {
		return nil, err
	}
	v := resolver{r.in, r.kinds, values, map[string]bool{}}
	f := &Flow{Title: r.Title, Summary: r.Summary, Columns: "whiten", Flows: 1, Base: Part{Kind: "normal", Settings: setting.Values{}}, in: r.in, kinds: r.kinds}
	training := map[string]any{}
	err = r.in.Each(r.root, func(key, value *yaml.Node) (err error) {
		switch key.Value {
		case "columns":
			f.Columns, err = one[string](v, value, columnsSetting())
		case "flows":
			f.Flows, err = one[int](v, value, flowsSetting())
		case "base":
			f.Base, err = v.base(value)
		case "layers":
			f.Layers, err = document.List(r.in, value, v.layer)
		case "training":
			err = v.settings(value, training)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	maps.Copy(training, trained)
	if f.Training, err = setting.Resolve(fmt.Sprintf("flow %q: training", r.Name), train.Settings(), training); err != nil {
		return nil, err
	}
	if len(f.Layers) == 0 {
		return nil, r.in.Errorf(r.root.Line, "there are no layers: add a list \"layers\" with at least one")
	}
	for _, s := range r.declared {
		if !v.used[s.Name] {
			return nil, r.in.Errorf(r.root.Line, "nothing uses the setting %q: write $%s where it belongs or leave it out", s.Name, s.Name)
		}
	}
	return f, nil
}

// resolver turns nodes into parts.
type resolver struct {
	in     document.Reader
	kinds  Kinds
	values setting.Values
	used   map[string]bool
}

// value returns what a node holds, with $name replaced by the setting of that name.
func (v resolver) value(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			item, err := v.value(c)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	case yaml.ScalarNode:
		if name, is := strings.CutPrefix(n.Value, "$"); is {
			value, ok := v.values[name]
			if !ok {
				declared := slices.Sorted(maps.Keys(v.values))
				return nil, v.in.Errorf(n.Line, "there is no setting %q: declare it under \"settings\" (there are %s)", name, strings.Join(declared, ", "))
			}
			v.used[name] = true
			return value, nil
		}
		var out any
		err := n.Decode(&out)
		return out, err
	}
	return nil, v.in.Errorf(n.Line, "want a word, a number or a list here")
}

// settings adds the values of a mapping to given.
func (v resolver) settings(n *yaml.Node, given map[string]any) error {
	return v.in.Each(n, func(key, value *yaml.Node) (err error) {
		given[key.Value], err = v.value(value)
		return err
	})
}

// one reads the value of one setting.
func one[T any](v resolver, n *yaml.Node, s setting.Setting) (out T, err error) {
	value, err := v.value(n)
	if err != nil {
		return out, err
	}
	values, err := setting.Resolve("flow", []setting.Setting{s}, map[string]any{s.Name: value})
	if err != nil {
		return out, v.in.Errorf(n.Line, "%w", trimmed(err))
	}
	return values[s.Name].(T), nil
}

// trimmed leaves a usage error its words only, for the line is said by another.
func trimmed(err error) error {
	var user *usage.Error
	if errors.As(err, &user) {
		return user.Unwrap()
	}
	return err
}

// named splits a part that is a name, or a mapping of one name to its settings.
func (v resolver) named(n *yaml.Node, what string) (name, settings *yaml.Node, err error) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Value != "":
		return n, &yaml.Node{Kind: yaml.MappingNode, Line: n.Line}, nil
	case n.Kind == yaml.MappingNode && len(n.Content) == 2:
		return n.Content[0], n.Content[1], nil
	}
	return nil, nil, v.in.Errorf(n.Line, "want the name of one %s here, or the name with its settings", what)
}

// structural are the keys of an item of layers that hold other layers.
var structural = []string{"repeat", "inverse"}

// layer reads an item of a list of layers.
func (v resolver) layer(n *yaml.Node) (Layer, error) {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		for i := 0; i < len(n.Content); i += 2 {
			switch n.Content[i].Value {
			case "repeat":
				return v.repeated(n)
			case "inverse":
				layers, err := document.List(v.in, n.Content[i+1], v.layer)
				return Layer{Layers: layers, Part: Part{line: n.Line}}, err
			}
		}
	}
	name, settings, err := v.named(n, "layer")
	if err != nil {
		return Layer{}, err
	}
	kind, names, ok := v.kinds.layer(name.Value)
	if !ok {
		return Layer{}, v.in.Unknown(name, "layer", append(names, structural...))
	}
	part, err := v.part(kind.Name, kind.Settings, kind.Transformer, kind.Network, name.Line, settings)
	return Layer{Part: part, Repeat: 1}, err
}

func (v resolver) repeated(n *yaml.Node) (Layer, error) {
	l := Layer{Part: Part{line: n.Line}}
	err := v.in.Fields(n, []document.Field{
		{Name: "repeat", Take: func(n *yaml.Node) (err error) {
			l.Repeat, err = one[int](v, n, repeatSetting())
			return err
		}},
		{Name: "layers", Take: func(n *yaml.Node) (err error) {
			l.Layers, err = document.List(v.in, n, v.layer)
			return err
		}},
	})
	if err == nil && len(l.Layers) == 0 {
		err = v.in.Errorf(n.Line, "there is nothing to repeat: add a list \"layers\"")
	}
	return l, err
}

// part reads the settings of a layer, a transformation or a base.
func (v resolver) part(name string, settings []setting.Setting, transformer, network bool, line int, n *yaml.Node) (Part, error) {
	p := Part{Kind: name, line: line}
	given, net := map[string]any{}, map[string]any{}
	err := v.in.Each(n, func(key, value *yaml.Node) (err error) {
		switch {
		case key.Value == "transform" && transformer:
			p.Transform, err = v.transform(value)
		case key.Value == "network" && network:
			err = v.settings(value, net)
		default:
			given[key.Value], err = v.value(value)
		}
		return err
	})
	if err != nil {
		return Part{}, err
	}
	if transformer && p.Transform == nil {
		return Part{}, v.in.Errorf(line, "%q has no transformation: give one with \"transform\"", name)
	}
	if network {
		if p.Network, err = setting.Resolve(fmt.Sprintf("%q: network", name), nn.Settings(), net); err != nil {
			return Part{}, v.in.Errorf(line, "%w", trimmed(err))
		}
	}
	if p.Settings, err = setting.Resolve(fmt.Sprintf("%q", name), settings, given); err != nil {
		return Part{}, v.in.Errorf(line, "%w", trimmed(err))
	}
	return p, nil
}

func (v resolver) transform(n *yaml.Node) (*Part, error) {
	name, settings, err := v.named(n, "transformation")
	if err != nil {
		return nil, err
	}
	kind, names, ok := v.kinds.transformer(name.Value)
	if !ok {
		return nil, v.in.Unknown(name, "transformation", names)
	}
	part, err := v.part(kind.Name, kind.Settings, false, false, name.Line, settings)
	return &part, err
}

func (v resolver) base(n *yaml.Node) (Part, error) {
	name, settings, err := v.named(n, "base")
	if err != nil {
		return Part{}, err
	}
	kind, names, ok := v.kinds.base(name.Value)
	if !ok {
		return Part{}, v.in.Unknown(name, "base", names)
	}
	return v.part(kind.Name, kind.Settings, false, false, name.Line, settings)
}
