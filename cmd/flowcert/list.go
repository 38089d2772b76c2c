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
	"flowcert/probe"
	"flowcert/setting"
)

// lists are what can be listed: each prints a table, or JSON.
var lists = []struct {
	name  string
	print func(w io.Writer, o listOptions) error
}{
	{"models", listModels},
	{"data", listData},
	{"claims", listClaims},
	{"probes", listProbes},
}

// listOptions are the flags of list.
type listOptions struct {
	json bool
	dim  int
}

func listCommand() *cobra.Command {
	var o listOptions
	var names []string
	for _, l := range lists {
		names = append(names, l.name)
	}
	cmd := &cobra.Command{
		Use:   "list models|data|claims|probes",
		Short: "List the models, data sets, claims and probes there are",
		Example: `  flowcert list models
  flowcert list data --json`,
		Args:      arguments(1, 1),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
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
	items := []modelItem{}
	for _, e := range catalog.Models() {
		item := modelItem{e.Name, e.Title, e.Family, e.Summary, append([]setting.Setting{}, e.Settings...), nil}
		if o.json && e.Cost != nil {
			settings, err := e.Resolve(nil)
			if err != nil {
				return err
			}
			item.Cost = &costItem{o.dim, e.Cost(o.dim, settings)}
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
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, s := range item.Settings {
			fmt.Fprintf(t, "    %s=%v\t%s\t%s\n", s.Name, s.Default, s.Wanted(), s.Meaning)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
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
