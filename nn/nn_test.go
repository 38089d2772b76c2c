package nn_test

import (
	"fmt"
	"math"
	"testing"

	"flowcert/ad"
	"flowcert/internal/kernel"
	"flowcert/internal/random"
	"flowcert/nn"
)

func randomise(params []*ad.Param) {
	for _, p := range params {
		r := random.New(1, p.Name, 0, 0)
		for i := range p.Data {
			p.Data[i] = float32(r.NormFloat64())
		}
	}
}

// run evaluates a recording with one input on a panel of rows.
func run(t *ad.Tape, out ad.Value, fill func(c, lane int) float64) (y [][]float64, program *ad.Program[float64]) {
	p := ad.Compile(kernel.Portable[float64](), t, ad.Config{Panels: 1}, out)
	a := p.NewArena()
	in := a.Input(0)
	for c := range in.Cols {
		for l := range kernel.Lanes {
			in.Data[c*kernel.Lanes+l] = fill(c, l)
		}
	}
	a.Forward(1)
	for c := range out.Cols() {
		y = append(y, a.Output(0).Data[c*kernel.Lanes:(c+1)*kernel.Lanes])
	}
	return y, p
}

// normals fills all lanes of a column alike.
func normals(c, _ int) float64 { return random.New(7, "input", 0, uint64(c)).NormFloat64() }

func TestMLPStartsAtZero(t *testing.T) {
	tape := ad.NewTape()
	m := nn.Architecture{Hidden: []int{8, 8}}.Conditioner("net", 1, 3, 5)
	y, _ := run(tape, m.Apply(tape, tape.Input(3)), normals)
	for c := range y {
		if y[c][0] != 0 {
			t.Errorf("output %d is %v", c, y[c][0])
		}
	}
	first := func(seed uint64) float32 {
		return nn.Architecture{Hidden: []int{8}}.Conditioner("net", seed, 3, 1).Params()[0].Data[0]
	}
	if first(1) == first(2) {
		t.Error("two seeds give the same weight")
	}
}

// TestMADEDependencies moves one input at a time: exactly the groups after it move.
func TestMADEDependencies(t *testing.T) {
	for _, dim := range []int{1, 2, 3, 6} {
		for _, condition := range []int{0, 2} {
			dependencies(t, dim, condition, nn.Architecture{Hidden: []int{4 * dim, 5 * dim}})
			dependencies(t, dim, condition, nn.Architecture{Hidden: []int{4 * dim, 4 * dim}, Residual: true, Activation: "silu"})
		}
	}
}

func dependencies(t *testing.T, dim, condition int, a nn.Architecture) {
	t.Run(fmt.Sprintf("dim=%d/condition=%d/%v", dim, condition, a), func(t *testing.T) {
		const group = 2
		tape := ad.NewTape()
		m := a.Masked("net", 1, dim, condition, group)
		randomise(m.Params())
		// Lane l moves input l-1; lane 0 moves none.
		y, _ := run(tape, m.Apply(tape, tape.Input(condition+dim)), func(c, l int) float64 {
			x := normals(c, 0)
			if c == l-1 {
				x += 0.5
			}
			return x
		})
		for in := range condition + dim {
			for out := range y {
				moved := y[out][in+1] != y[out][0]
				if want := in < condition+out/group; moved != want {
					t.Errorf("input %d moves output %d: %v, want %v", in, out, moved, want)
				}
			}
		}
	})
}

// TestSequenceIsApply compares the outputs computed group by group with those of a
// single pass, and the work of both.
func TestSequenceIsApply(t *testing.T) {
	for _, a := range []nn.Architecture{
		{Hidden: []int{64, 64}}, {Hidden: []int{64, 40}, Activation: "silu"}, {Hidden: []int{50}, Activation: "tanh"},
		{Hidden: []int{40, 40}, Residual: true}, {Hidden: []int{30}, Residual: true, Activation: "tanh"}, {Hidden: []int{40}, Residual: true, Activation: "silu"},
	} {
		t.Run(fmt.Sprint(a), func(t *testing.T) { testSequence(t, a) })
	}
}

func testSequence(t *testing.T, a nn.Architecture) {
	const dim, group = 7, 3
	m := a.Masked("net", 1, dim, 0, group)
	randomise(m.Params())
	once := ad.NewTape()
	want, single := run(once, m.Apply(once, once.Input(dim)), normals)

	steps := ad.NewTape()
	x := steps.Input(dim)
	var groups []ad.Value
	m.Sequence(steps, ad.Value{}, func(i int, h ad.Value) ad.Value {
		groups = append(groups, h)
		return steps.Slice(x, i, i+1)
	})
	got, sequence := run(steps, steps.Concat(groups...), normals)
	for c := range want {
		// The two sum in blocks of other sizes.
		if d := math.Abs(got[c][0] - want[c][0]); !(d <= 1e-12*(1+math.Abs(want[c][0]))) {
			t.Errorf("output %d is %v in sequence and %v in one pass", c, got[c][0], want[c][0])
		}
	}
	if s, o := sequence.Cost().MultiplyAdds, single.Cost().MultiplyAdds; s > o {
		t.Errorf("the sequence takes %d multiply-adds, one pass %d", s, o)
	}
}
