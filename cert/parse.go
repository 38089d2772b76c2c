package cert

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Parse reads a certificate and refuses all bytes that Write would not have
// written: other fields, fields twice or in another order, another form of a
// number. It says nothing of whether the certificate holds; Verify does.
func Parse(text []byte) (*Certificate, error) {
	c, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("parse certificate: %w", err)
	}
	canonical, err := encode(c, true)
	if err != nil {
		return nil, fmt.Errorf("parse certificate: %w", err)
	}
	if at, same := firstDifference(text, canonical); !same {
		return nil, fmt.Errorf("parse certificate: %s is not in the one form of certificates", locate(text, at))
	}
	return c, nil
}

// decode reads JSON of the certificate's fields in any form.
func decode(text []byte) (*Certificate, error) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	var c Certificate
	if err := in.Decode(&c); err != nil {
		return nil, fmt.Errorf("%s: %w", locate(text, errorOffset(text, in, err)), plain(err))
	}
	if c.Format != Format {
		return nil, fmt.Errorf("the format is %q, want %q", c.Format, Format)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: text after the certificate", locate(text, in.InputOffset()))
	}
	return &c, nil
}

// errorOffset is about where the decoder stumbled.
func errorOffset(text []byte, in *json.Decoder, err error) int64 {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Offset
	}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return mismatch.Offset
	}
	// Of an unknown field the decoder says the name only.
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return int64(bytes.Index(text, []byte(name)))
	}
	return in.InputOffset()
}

// plain says what a text that ends too early is.
func plain(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the file ends in the middle")
	}
	return err
}

// place is a position in a certificate's text, as a reader finds it.
type place struct {
	line int
	// part is the row's ID or the header block's JSON name; "" before the first.
	part string
}

func (p place) String() string {
	if p.part == "" {
		return fmt.Sprintf("line %d", p.line)
	}
	return fmt.Sprintf("line %d (%s)", p.line, p.part)
}

// locate finds the line of a byte and the part that it is in, by the indentation
// of the one form, which holds for a certificate that was edited here or there.
func locate(text []byte, offset int64) place {
	var p place
	for _, line := range strings.SplitAfter(string(text), "\n") {
		if id, ok := strings.CutPrefix(line, `      "id": "`); ok {
			p.part, _, _ = strings.Cut(id, `"`)
		} else if name, ok := strings.CutPrefix(line, `  "`); ok {
			p.part, _, _ = strings.Cut(name, `"`)
		}
		p.line++
		if offset -= int64(len(line)); offset < 0 {
			break
		}
	}
	return p
}

// firstDifference returns the offset in a at which b differs.
func firstDifference(a, b []byte) (offset int64, same bool) {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return int64(i), false
		}
	}
	return int64(n), len(a) == len(b)
}
