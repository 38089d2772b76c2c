package cert

import (
	"errors"
	"fmt"
	"maps"
	"math"
)

// makeRows returns the row of every line, as it follows from the subject and the
// evidence. Reasons say why the others are not assessed, by ID. Errors, by ID, are
// of rows that cannot be made; they are left without content.
func makeRows(s Subject, arrays Arrays, scale GradeScale, reasons map[string]string) ([]Row, map[string]error) {
	var rows []Row
	errs := map[string]error{}
	for _, line := range Lines() {
		row, err := line.row(s, arrays, reasons[line.ID])
		if err != nil {
			row, errs[line.ID] = Row{ID: line.ID, Block: line.Block, Strength: NotAssessed}, err
		}
		rows = append(rows, row)
	}
	for _, block := range Blocks() {
		if row, g, ok := scale.markOf(block, rows); ok {
			row.Grade = g.grade(*row)
		}
	}
	return rows, errs
}

func (l Line) row(s Subject, arrays Arrays, reason string) (Row, error) {
	r := Row{ID: l.ID, Block: l.Block, Statement: l.Statement, Unit: l.Unit}
	if l.Theory {
		return r.byTheorem(s.Family, s.Dim), nil
	}
	if basis, ok := l.basis(arrays); ok {
		return r.byRule(basis, s.Dim, arrays)
	}
	if l.Open != "" {
		reason = l.Open
	}
	if reason == "" {
		return Row{}, errors.New("neither assessed nor given a reason")
	}
	r.Strength, r.Reason = NotAssessed, reason
	return r, nil
}

// basis returns the first basis whose inputs are all there.
func (l Line) basis(arrays Arrays) (Basis, bool) {
	for _, b := range l.Bases {
		missing := 0
		for _, name := range b.Inputs {
			if _, ok := arrays[name]; !ok {
				missing++
			}
		}
		if missing == 0 {
			return b, true
		}
	}
	return Basis{}, false
}

func (r Row) byTheorem(family string, dim int) Row {
	t, ok := theoremOf(r.ID, family, dim)
	if !ok {
		r.Strength, r.Reason = NotAssessed, "no theorem on record"
		return r
	}
	r.Strength, r.Method, r.Source = Theorem, t.statement, t.source
	return r
}

func (r Row) byRule(b Basis, dim int, arrays Arrays) (Row, error) {
	r.Rule, r.Inputs, r.Method = b.Rule, b.Inputs, b.Method
	r.Parameters = maps.Clone(b.Parameters)
	if b.PerDimension {
		r.Parameters["dimensions"] = float64(dim)
	}
	in := make([][]float64, len(b.Inputs))
	for i, name := range b.Inputs {
		in[i] = arrays[name]
		if len(in[i]) == 0 {
			return Row{}, fmt.Errorf("array %q is empty", name)
		}
	}
	o, err := ruleOf(b.Rule)(in, r.Parameters)
	if err != nil {
		return Row{}, err
	}
	r.Strength, r.N, r.Reason, r.Level = o.Strength, o.N, o.Reason, round(o.Level)
	for _, number := range []struct{ from, to **float64 }{{&o.Value, &r.Value}, {&o.Lo, &r.Lo}, {&o.Hi, &r.Hi}} {
		if *number.from == nil {
			continue
		}
		v := round(**number.from)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Row{}, fmt.Errorf("the evidence gives %v", v)
		}
		*number.to = &v
	}
	return r, nil
}
