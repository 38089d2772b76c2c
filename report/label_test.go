package report

import "testing"

func TestLabelGolden(t *testing.T) {
	for name, f := range fixtures() {
		got, err := Label(f.document(t), SVG, English)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".svg", got)
	}
	for _, name := range []string{"good", "refuted"} {
		got, err := Label(fixtures()[name].document(t), SVG, German)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".de.svg", got)
	}
}

func TestHTMLGolden(t *testing.T) {
	for _, name := range []string{"good", "refuted"} {
		got, err := Label(fixtures()[name].document(t), HTML, English)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".html", got)
	}
}
