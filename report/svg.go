package report

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image/png"
	"math"
	"strconv"
	"strings"
)

// Elements are marshalled by encoding/xml, which escapes every string, so no
// name in a certificate can break out of its element.

// px is a coordinate, printed with one decimal.
type px float64

// MarshalXMLAttr implements xml.MarshalerAttr.
func (v px) MarshalXMLAttr(name xml.Name) (xml.Attr, error) {
	return xml.Attr{Name: name, Value: strconv.FormatFloat(math.Round(float64(v)*10)/10, 'f', -1, 64)}, nil
}

type svgRoot struct {
	XMLName    xml.Name `xml:"svg"`
	Namespace  string   `xml:"xmlns,attr"`
	ViewBox    string   `xml:"viewBox,attr"`
	Language   string   `xml:"lang,attr"`
	FontFamily string   `xml:"font-family,attr"`
	Role       string   `xml:"role,attr"`
	Labelled   string   `xml:"aria-labelledby,attr"`
	Title      svgNote
	Desc       svgNote
	Items      []any
}

// svgNote is a title or desc.
type svgNote struct {
	XMLName xml.Name
	ID      string `xml:"id,attr"`
	Text    string `xml:",chardata"`
}

type svgRect struct {
	XMLName xml.Name `xml:"rect"`
	Class   string   `xml:"class,attr,omitempty"`
	X       px       `xml:"x,attr"`
	Y       px       `xml:"y,attr"`
	Width   px       `xml:"width,attr"`
	Height  px       `xml:"height,attr"`
	Radius  px       `xml:"rx,attr,omitempty"`
	Fill    string   `xml:"fill,attr"`
	Stroke  string   `xml:"stroke,attr,omitempty"`
	Line    px       `xml:"stroke-width,attr,omitempty"`
	Dashes  string   `xml:"stroke-dasharray,attr,omitempty"`
}

type svgPath struct {
	XMLName   xml.Name `xml:"path"`
	D         string   `xml:"d,attr"`
	Fill      string   `xml:"fill,attr"`
	Stroke    string   `xml:"stroke,attr,omitempty"`
	Line      px       `xml:"stroke-width,attr,omitempty"`
	Cap       string   `xml:"stroke-linecap,attr,omitempty"`
	Rendering string   `xml:"shape-rendering,attr,omitempty"`
}

type svgText struct {
	XMLName  xml.Name `xml:"text"`
	X        px       `xml:"x,attr"`
	Y        px       `xml:"y,attr"`
	Size     px       `xml:"font-size,attr"`
	Weight   string   `xml:"font-weight,attr,omitempty"`
	Anchor   string   `xml:"text-anchor,attr,omitempty"`
	Fill     string   `xml:"fill,attr"`
	Language string   `xml:"lang,attr,omitempty"`
	Text     string   `xml:",chardata"`
}

type svgImage struct {
	XMLName xml.Name `xml:"image"`
	X       px       `xml:"x,attr"`
	Y       px       `xml:"y,attr"`
	Width   px       `xml:"width,attr"`
	Height  px       `xml:"height,attr"`
	Aspect  string   `xml:"preserveAspectRatio,attr"`
	Href    string   `xml:"href,attr"`
}

// svgCanvas collects elements.
type svgCanvas struct{ items []any }

func (c *svgCanvas) add(item any) { c.items = append(c.items, item) }

func (c *svgCanvas) rectangle(r rectangle) {
	e := svgRect{X: px(r.x), Y: px(r.y), Width: px(r.width), Height: px(r.height), Radius: px(r.radius), Fill: "none"}
	if r.fill != "" {
		e.Fill = r.fill
	}
	if r.stroke != "" {
		e.Stroke, e.Line = r.stroke, px(r.line)
	}
	if r.dashed {
		e.Dashes = fmt.Sprintf("%g %g", dashLength, pauseLength)
	}
	if r.pill {
		e.Class = "pill"
	}
	c.add(e)
}

func (c *svgCanvas) polygon(p polygon) {
	var d strings.Builder
	for i, at := range p.points {
		fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], at.x, at.y)
	}
	c.add(svgPath{D: d.String() + "z", Fill: p.fill})
}

func (c *svgCanvas) marks(m marks) {
	var d strings.Builder
	for _, at := range m.centres {
		if m.square {
			fmt.Fprintf(&d, "M%g %gh%gv%gh%gz", at.x-m.size/2, at.y-m.size/2, m.size, m.size, -m.size)
		} else {
			fmt.Fprintf(&d, "M%.1f %.1fh0", at.x, at.y)
		}
	}
	if m.square {
		c.add(svgPath{D: d.String(), Fill: m.fill, Rendering: "crispEdges"})
	} else {
		c.add(svgPath{D: d.String(), Fill: "none", Stroke: m.fill, Line: px(m.size), Cap: "round"})
	}
}

func (c *svgCanvas) text(t text) {
	weight := ""
	if t.bold {
		weight = "700"
	}
	c.add(svgText{X: px(t.x), Y: px(t.y), Size: px(t.size), Weight: weight, Anchor: t.anchor,
		Fill: t.fill, Language: string(t.language), Text: t.content})
}

// bitmap embeds the image uncompressed, so that the same certificate gives the
// same bytes.
func (c *svgCanvas) bitmap(b bitmap) {
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&file, b.image); err != nil {
		panic("report: encoding to memory: " + err.Error())
	}
	c.add(svgImage{X: px(b.x), Y: px(b.y), Width: px(b.width), Height: px(b.height), Aspect: "none",
		Href: "data:image/png;base64," + base64.StdEncoding.EncodeToString(file.Bytes())})
}

// svg writes a self-contained image that screen readers announce by its title and
// description, whose ids start with name.
func (d *drawing) svg(name string) ([]byte, error) {
	var c svgCanvas
	d.draw(&c)
	root := svgRoot{
		Namespace:  "http://www.w3.org/2000/svg",
		ViewBox:    fmt.Sprintf("0 0 %g %g", d.width, d.height),
		Language:   string(d.language),
		FontFamily: fontFamily,
		Role:       "img",
		Labelled:   name + "-title " + name + "-desc",
		Title:      svgNote{XMLName: xml.Name{Local: "title"}, ID: name + "-title", Text: d.title},
		Desc:       svgNote{XMLName: xml.Name{Local: "desc"}, ID: name + "-desc", Text: d.description},
		Items:      c.items,
	}
	var b bytes.Buffer
	encoder := xml.NewEncoder(&b)
	encoder.Indent("", " ")
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("report: %s: %w", name, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
