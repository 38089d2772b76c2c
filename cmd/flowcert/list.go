package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/data"
	"flowcert/density"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/nn"
	"flowcert/probe"
	"flowcert/recipe"
	"flowcert/setting"
	"flowcert/target"
	"flowcert/train"
)

// lists are what can be listed: each prints a table, or JSON.
var lists = []struct {
	name  string
	print func(w io.Writer, o listOptions) error
}{
	{"models", listModels},
	{"data", listData},
	{"targets", listTargets},
	{"claims", listClaims},
	{"probes", listProbes},
	{"layers", listLayers},
	{"schema", listSchema},
}

// listOptions are the flags of list.
type listOptions struct {
	json bool
	dim  int
	// name is that of one item; "" means all.
	name string
}

func listCommand() *cobra.Command {
	var o listOptions
	var names []string
	for _, l := range lists {
		names = append(names, l.name)
	}
	cmd := &cobra.Command{
		Use:   "list models|data|targets|claims|probes|layers|schema [NAME]",
		Short: "List the models, data sets, targets, claims and probes there are, and what flows are made of",
		Long: `List what there is. "list models NAME" prints the description of a flow, to change
and to fit; "list layers" says what descriptions can name, and "list schema" prints
the JSON Schema with which editors complete and check them.`,
		Example: `  flowcert list models
  flowcert list models realnvp > mine.yaml
  flowcert list data --json`,
		Args:      arguments(1, 2),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				if o.name = args[1]; args[0] != "models" {
					return usage.Errorf("list %s takes no name, but got %q", args[0], o.name)
				}
			}
			for _, l := range lists {
				if l.name == args[0] {
					return l.print(cmd.OutOrStdout(), o)
				}
			}
			return usage.Errorf("there is no list of %q: did you mean %q? (want one of %s)",
				args[0], usage.Nearest(args[0], names), strings.Join(names, ", "))
		},
	}
	jsonFlag(cmd, &o.json)
	cmd.Flags().IntVar(&o.dim, "dim", 2, "with models --json: the number of columns that the operations per row are counted for")
	return cmd
}

// modelItem is what there is to say about a model of the catalogue.
type modelItem struct {
	Name     string            `json:"name"`
	Title    string            `json:"title"`
	Family   string            `json:"family"`
	Summary  string            `json:"summary"`
	Settings []setting.Setting `json:"settings"`
	// Cost is what one row takes with the default settings, where it is counted.
	Cost *costItem `json:"cost,omitempty"`
}

type costItem struct {
	Dim int `json:"dim"`
	density.Cost
}

// maxListDim bounds the memory that counting takes: the networks are built.
const maxListDim = 1000

func listModels(w io.Writer, o listOptions) error {
	if o.dim < 1 || o.dim > maxListDim {
		return usage.Errorf("--dim is %d: want a number of columns from 1 to %d", o.dim, maxListDim)
	}
	if o.name != "" {
		return printModel(w, o.name)
	}
	items := []modelItem{}
	for _, e := range catalog.Models() {
		item := modelItem{e.Name, e.Title, e.Family, e.Summary, append([]setting.Setting{}, e.Settings...), nil}
		if o.json && e.Cost != nil {
			settings, err := e.Resolve(nil)
			if err != nil {
				return err
			}
			cost, err := e.Cost(o.dim, settings)
			if err != nil {
				return err
			}
			item.Cost = &costItem{o.dim, cost}
		}
		items = append(items, item)
	}
	if o.json {
		return writeJSON(w, items)
	}
	for i, item := range items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s (%s)\n  %s\n", item.Name, item.Title, item.Family, item.Summary)
		if err := printSettings(w, item.Settings); err != nil {
			return err
		}
	}
	return nil
}

// printModel prints the description of one flow.
func printModel(w io.Writer, name string) error {
	e, err := model.Find(catalog.Models(), name)
	if err != nil {
		return err
	}
	if e.Text == "" {
		return usage.Errorf("model %q is no flow and has no description: its settings are in \"flowcert list models\"", name)
	}
	_, err = io.WriteString(w, e.Text)
	return err
}

// layerItem is a part that descriptions of flows can name.
type layerItem struct {
	// Part is "layer", "transform" or "base".
	Part     string            `json:"part"`
	Name     string            `json:"name"`
	Summary  string            `json:"summary"`
	Settings []setting.Setting `json:"settings"`
	// Takes are the parts that it is given: "transform", "network".
	Takes []string `json:"takes,omitempty"`
}

func listLayers(w io.Writer, o listOptions) error {
	k := catalog.Kinds()
	items := []layerItem{}
	for _, l := range k.Layers {
		item := layerItem{Part: "layer", Name: l.Name, Summary: l.Summary, Settings: append([]setting.Setting{}, l.Settings...)}
		if l.Transformer {
			item.Takes = append(item.Takes, "transform")
		}
		if l.Network {
			item.Takes = append(item.Takes, "network")
		}
		items = append(items, item)
	}
	for _, e := range k.Transformers {
		items = append(items, layerItem{Part: "transform", Name: e.Name, Summary: e.Summary, Settings: append([]setting.Setting{}, e.Settings...)})
	}
	for _, b := range k.Bases {
		items = append(items, layerItem{Part: "base", Name: b.Name, Summary: b.Summary, Settings: append([]setting.Setting{}, b.Settings...)})
	}
	items = append(items,
		layerItem{Part: "network", Name: "network", Summary: "Steers a layer that takes one.", Settings: nn.Settings()},
		layerItem{Part: "training", Name: "training", Summary: "How the flow is trained.", Settings: train.Settings()})
	if o.json {
		return writeJSON(w, items)
	}
	for i, item := range items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		takes := ""
		if item.Takes != nil {
			takes = ", takes a " + strings.Join(item.Takes, " and a ")
		}
		fmt.Fprintf(w, "%s (%s%s)\n  %s\n", item.Name, item.Part, takes, item.Summary)
		if err := printSettings(w, item.Settings); err != nil {
			return err
		}
	}
	return nil
}

func listSchema(w io.Writer, _ listOptions) error {
	return writeJSON(w, recipe.Schema(catalog.Kinds()))
}

func printSettings(w io.Writer, settings []setting.Setting) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		fmt.Fprintf(t, "    %s=%v\t%s\t%s\n", s.Name, s.Default, s.Wanted(), s.Meaning)
	}
	return t.Flush()
}

func listData(w io.Writer, o listOptions) error {
	items := []data.Info{}
	for _, s := range catalog.Data() {
		items = append(items, s.Info())
	}
	if o.json {
		return writeJSON(w, items)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tTITLE\tROWS\tCOLUMNS\tENTROPY IN NATS\tLICENCE")
	for _, item := range items {
		entropy := "unknown"
		if item.Entropy != nil {
			entropy = fmt.Sprintf("%.4f", item.Entropy.Nats)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%s\t%s\n", item.Name, item.Title, item.Rows, len(item.Columns), entropy, item.Licence)
	}
	return t.Flush()
}

func listTargets(w io.Writer, o listOptions) error {
	items := []target.Info{}
	for _, t := range catalog.Targets() {
		items = append(items, t.Info())
	}
	if o.json {
		return writeJSON(w, items)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tTITLE\tLOG Z IN NATS\tSOURCE")
	for _, item := range items {
		fmt.Fprintf(t, "%s\t%s\t%.4f\t%s\n", item.Name, item.Title, item.LogZ, item.Source)
	}
	return t.Flush()
}

// claimItem is one line of a certificate and the claim that it rests on.
type claimItem struct {
	ID        string     `json:"id"`
	Block     cert.Block `json:"block"`
	Statement string     `json:"statement"`
	Unit      string     `json:"unit,omitempty"`
	// Claim is empty for lines that follow from a model's family alone, and for those
	// that are open: Open says why.
	Claim string `json:"claim,omitempty"`
	Open  string `json:"open,omitempty"`
}

func listClaims(w io.Writer, o listOptions) error {
	claims := map[string]string{}
	for _, c := range catalog.Claims() {
		for _, id := range c.Lines {
			claims[id] = c.Name
		}
	}
	items := []claimItem{}
	for _, l := range cert.Lines() {
		items = append(items, claimItem{l.ID, l.Block, l.Statement, l.Unit, claims[l.ID], l.Open})
	}
	if o.json {
		return writeJSON(w, items)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTATEMENT\tUNIT\tRESTS ON")
	for _, item := range items {
		rests := item.Claim
		switch {
		case item.Open != "":
			rests = "nothing yet: " + item.Open
		case rests == "":
			rests = "theory"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", item.ID, item.Statement, item.Unit, rests)
	}
	return t.Flush()
}

func listProbes(w io.Writer, o listOptions) error {
	probes := catalog.Probes(probe.SystemRoots())
	if o.json {
		return writeJSON(w, probes)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tUNIT\tHERE\tWHAT")
	for _, p := range probes {
		here := "yes"
		if p.Absent != "" {
			here = "no: " + p.Absent
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.Name, p.Unit, here, p.Meaning)
	}
	return t.Flush()
}
