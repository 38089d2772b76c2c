package recipe

import (
	"flowcert/nn"
	"flowcert/setting"
	"flowcert/train"
)

// Schema returns the JSON Schema (draft 2020-12) of descriptions made of the kinds,
// for the completion and the checks of editors.
func Schema(k Kinds) map[string]any {
	var layers, transforms, bases []part
	for _, kind := range k.Layers {
		layers = append(layers, part{kind.Name, kind.Summary, kind.Settings, kind.Transformer, kind.Network})
	}
	for _, kind := range k.Transformers {
		transforms = append(transforms, part{kind.Name, kind.Summary, kind.Settings, false, false})
	}
	for _, kind := range k.Bases {
		bases = append(bases, part{kind.Name, kind.Summary, kind.Settings, false, false})
	}
	list := object{"type": "array", "minItems": 1, "items": reference("layer")}
	structure := []any{
		strict(object{"repeat": value(repeatSetting()), "layers": list}, "repeat", "layers"),
		strict(object{"inverse": list}, "inverse"),
	}
	root := strict(object{
		"title":    object{"type": "string"},
		"summary":  object{"type": "string"},
		"settings": object{"type": "object", "additionalProperties": reference("setting")},
		"columns":  object{"enum": columnsSetting().Choices, "description": columnsSetting().Meaning},
		"flows":    value(flowsSetting()),
		"base":     reference("base"),
		"layers":   list,
		"training": settings(train.Settings()),
	}, "layers")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "A flow for flowcert"
	root["$defs"] = object{
		"layer":     object{"anyOf": append(alternatives(layers), structure...)},
		"transform": object{"anyOf": alternatives(transforms)},
		"base":      object{"anyOf": alternatives(bases)},
		"setting": strict(object{
			"type":    object{"enum": types},
			"default": object{},
			"min":     object{"type": "number"},
			"max":     object{"type": "number"},
			"choices": object{"type": "array", "items": object{"type": "string"}},
			"meaning": object{"type": "string"},
		}, "type", "default", "meaning"),
	}
	return root
}

type object = map[string]any

// part is what layers, transformations and bases have in common.
type part struct {
	name, summary        string
	settings             []setting.Setting
	transformer, network bool
}

func reference(name string) object { return object{"$ref": "#/$defs/" + name} }

// strict describes an object without other properties.
func strict(properties object, required ...string) object {
	o := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// alternatives describes parts that are their name, or their name with settings.
func alternatives(parts []part) []any {
	var all []any
	for _, p := range parts {
		inside := settings(p.settings)
		if p.transformer {
			inside["properties"].(object)["transform"] = reference("transform")
			inside["required"] = []string{"transform"}
		} else {
			all = append(all, object{"const": p.name, "description": p.summary})
		}
		if p.network {
			inside["properties"].(object)["network"] = settings(nn.Settings())
		}
		with := strict(object{p.name: inside}, p.name)
		with["description"] = p.summary
		all = append(all, with)
	}
	return all
}

func settings(list []setting.Setting) object {
	properties := object{}
	for _, s := range list {
		properties[s.Name] = value(s)
	}
	return strict(properties)
}

// value describes a setting's value, or the name of a setting in its place.
func value(s setting.Setting) object {
	one := object{"type": "integer", "minimum": s.Min, "maximum": s.Max}
	own := one
	switch s.Type {
	case setting.Float:
		own = object{"type": "number", "minimum": s.Min, "maximum": s.Max}
	case setting.Word:
		own = object{"enum": s.Choices}
	case setting.Ints:
		own = object{"type": "array", "items": object{"anyOf": []any{one, named()}}}
	}
	out := object{"anyOf": []any{own, named()}, "description": s.Meaning}
	if s.Default != nil {
		out["default"] = s.Default
	}
	return out
}

// named is a setting that the description declares.
func named() object { return object{"type": "string", "pattern": `^\$`} }
