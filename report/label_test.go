package report

import "testing"

func TestLabelGolden(t *testing.T) {
	for name, f := range fixtures() {
		got, err := Label(f.document(t))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".svg", got)
	}
}

func TestHTMLGolden(t *testing.T) {
	for _, name := range []string{"good", "refuted"} {
		got, err := HTML(fixtures()[name].document(t))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".html", got)
	}
}
