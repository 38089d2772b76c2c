package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
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
	XMLName xml.Name `xml:"path"`
	D       string   `xml:"d,attr"`
	Fill    string   `xml:"fill,attr"`
	Stroke  string   `xml:"stroke,attr,omitempty"`
	Line    px       `xml:"stroke-width,attr,omitempty"`
	Cap     string   `xml:"stroke-linecap,attr,omitempty"`
}

type svgText struct {
	XMLName xml.Name `xml:"text"`
	X       px       `xml:"x,attr"`
	Y       px       `xml:"y,attr"`
	Size    px       `xml:"font-size,attr"`
	Weight  string   `xml:"font-weight,attr,omitempty"`
	Anchor  string   `xml:"text-anchor,attr,omitempty"`
	Fill    string   `xml:"fill,attr"`
	Turn    string   `xml:"transform,attr,omitempty"`
	Text    string   `xml:",chardata"`
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

// encodeSVG writes a self-contained image that screen readers announce by its
// title and description, whose ids start with name.
func encodeSVG(width, height float64, name, title, description string, items []any) ([]byte, error) {
	root := svgRoot{
		Namespace:  "http://www.w3.org/2000/svg",
		ViewBox:    fmt.Sprintf("0 0 %g %g", width, height),
		FontFamily: fontFamily,
		Role:       "img",
		Labelled:   name + "-title " + name + "-desc",
		Title:      svgNote{XMLName: xml.Name{Local: "title"}, ID: name + "-title", Text: title},
		Desc:       svgNote{XMLName: xml.Name{Local: "desc"}, ID: name + "-desc", Text: description},
		Items:      items,
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
