package recipe

import "encoding/json"

// MarshalJSON writes the resolved description, which Parse reads.
func (f *Flow) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Title    string         `json:"title,omitempty"`
		Summary  string         `json:"summary,omitempty"`
		Columns  string         `json:"columns"`
		Flows    int            `json:"flows"`
		Base     Part           `json:"base"`
		Layers   []Layer        `json:"layers"`
		Training map[string]any `json:"training"`
	}{f.Title, f.Summary, f.Columns, f.Flows, f.Base, f.Layers, f.Training})
}

// MarshalJSON writes a layer, or layers that are repeated or inverted.
func (l Layer) MarshalJSON() ([]byte, error) {
	switch {
	case l.Layers == nil:
		return json.Marshal(l.Part)
	case l.Repeat == 0:
		return json.Marshal(map[string]any{"inverse": l.Layers})
	}
	return json.Marshal(map[string]any{"repeat": l.Repeat, "layers": l.Layers})
}

// MarshalJSON writes the part's name with its settings.
func (p Part) MarshalJSON() ([]byte, error) {
	settings := map[string]any{}
	for name, value := range p.Settings {
		settings[name] = value
	}
	if p.Transform != nil {
		settings["transform"] = *p.Transform
	}
	if p.Network != nil {
		settings["network"] = p.Network
	}
	return json.Marshal(map[string]any{p.Kind: settings})
}
