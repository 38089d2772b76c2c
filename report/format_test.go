package report

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"flowcert/cert"
)

// TestQRCodeOfTheImage reads the digest off the painted label, with another library
// than the one that wrote it.
func TestQRCodeOfTheImage(t *testing.T) {
	d := spline().document(t)
	file, err := Label(d, PNG, German)
	if err != nil {
		t.Fatal(err)
	}
	label, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if got := label.Bounds().Size(); got != (image.Point{pageWidth * pixels, pageHeight * pixels}) {
		t.Errorf("the image has %v pixels", got)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(label)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the QR code cannot be read: %v", err)
	}
	if want := "SHA256:" + strings.ToUpper(d.SHA256); read.GetText() != want {
		t.Errorf("the QR code says %q, want %q", read.GetText(), want)
	}
	// A blurred module is one that some readers miss.
	code, left := digestCode(d.SHA256, rightEdge, pageHeight/2-0.2)
	if top := code[0].(rectangle).y * pixels; top != math.Trunc(top) || left*pixels != math.Trunc(left*pixels) {
		t.Errorf("the QR code begins between pixels, at %g, %g", left*pixels, top)
	}
	if other, _ := digestCode("no digest", 0, 0); other != nil {
		t.Error("there is a QR code of something that is no digest")
	}
}

// recorder is a canvas that keeps what is drawn.
type recorder struct{ drawn []shape }

func (r *recorder) rectangle(s rectangle) { r.drawn = append(r.drawn, s) }
func (r *recorder) polygon(s polygon)     { r.drawn = append(r.drawn, s) }
func (r *recorder) marks(s marks)         { r.drawn = append(r.drawn, s) }
func (r *recorder) text(s text)           { r.drawn = append(r.drawn, s) }
func (r *recorder) bitmap(s bitmap)       { r.drawn = append(r.drawn, s) }

// TestFormatsHoldTheSame checks that every text of the drawing is ink on the image, and
// that the page in PDF is one of A4 that names its language.
func TestFormatsHoldTheSame(t *testing.T) {
	d := fixtures()["good"].document(t)
	drawn, err := d.label(newTranslator(German))
	if err != nil {
		t.Fatal(err)
	}
	file, err := Label(d, PNG, German)
	if err != nil {
		t.Fatal(err)
	}
	painted, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var r recorder
	drawn.draw(&r)
	face := newTypeface()
	texts := 0
	for _, s := range r.drawn {
		line, ok := s.(text)
		if !ok {
			continue
		}
		texts++
		width := face.width(line.content, line.size, line.bold)
		box := image.Rect(int(line.left(width)*pixels), int((line.y-0.74*line.size)*pixels), int((line.left(width)+width)*pixels), int(line.y*pixels))
		if !inked(painted, box, rgb(line.fill)) {
			t.Errorf("%q is not on the image", line.content)
		}
	}
	if texts < 100 {
		t.Errorf("vacuous: only %d texts", texts)
	}
	page, err := Label(d, PDF, German)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"%PDF-", "/Lang (de)", "/MediaBox [0 0 595.28 841.89]", "/Count 1"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the PDF has no %q", want)
		}
	}
}

// inked tells whether a box has pixels near a colour.
func inked(m image.Image, box image.Rectangle, colour interface{ RGBA() (r, g, b, a uint32) }) bool {
	r, g, b, _ := colour.RGBA()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			pr, pg, pb, _ := m.At(x, y).RGBA()
			if apart(pr, r)+apart(pg, g)+apart(pb, b) < 0x6000 {
				return true
			}
		}
	}
	return false
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

func TestLabelsAreReproducible(t *testing.T) {
	d := fixtures()["wide"].document(t)
	for _, f := range Formats() {
		first, err := Label(d, f, English)
		if err != nil {
			t.Fatal(err)
		}
		if second, _ := Label(d, f, English); !bytes.Equal(first, second) {
			t.Errorf("%s differs from one time to the next", f)
		}
	}
}

// TestEveryFormatTakesAnything draws names of all kinds in the formats that embed fonts.
func TestEveryFormatTakesAnything(t *testing.T) {
	d := long().document(t)
	c := d.Certificate
	c.Subject.Title, c.Subject.Summary, c.Data.Title = "列の名前 🌍", "\x00\xff", ""
	for _, f := range []Format{PDF, PNG} {
		if _, err := Label(d, f, English); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// TestAllModelsHaveTheSameForm checks that labels and pages of different kinds of models
// have the same blocks and lines in the same order.
func TestAllModelsHaveTheSameForm(t *testing.T) {
	flow, autoregressive, gaussian, mixture := spline(), spline(), spline(), rival("mixture", "Gaussian mixture", 0.1, 0.1, 2)
	autoregressive.subject.Family, gaussian.subject.Family = "affine autoregressive flow", "Gaussian"
	delete(gaussian.arrays, "training.seconds")
	var want []string
	for _, f := range []fixture{flow, autoregressive, gaussian, mixture, bare()} {
		d := f.document(t)
		svg, err := Label(d, SVG, English)
		if err != nil {
			t.Fatal(err)
		}
		words := "\n" + wordsOf(t, svg)
		form := ids(d)
		at := 0
		for _, heading := range []string{"WHAT IT CAN ANSWER", "Fit", "Samples", "Numerics", "Time", "Memory", "Energy", "WHAT IS GUARANTEED", "DATA", "RUN"} {
			next := strings.Index(words[at:], "\n"+heading+"\n")
			if next < 0 {
				t.Fatalf("%s: %q is missing or out of place", d.Certificate.Subject.Family, heading)
			}
			at += next
		}
		if want == nil {
			want = form
		}
		if !slices.Equal(form, want) {
			t.Errorf("%s has the lines %q, want %q", d.Certificate.Subject.Family, form, want)
		}
	}
}

func ids(d Document) []string {
	var all []string
	for _, b := range cert.Blocks() {
		for _, r := range d.rows(b) {
			all = append(all, r.ID)
		}
	}
	return all
}

func TestComparePageGolden(t *testing.T) {
	c := compare(t, spline(), rival("mixture", "Gaussian mixture", 0.1, 0.1, 2), refuted())
	for _, l := range Languages() {
		page, err := c.HTML(l)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "compare."+string(l)+".html", page)
	}
}
