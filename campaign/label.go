package campaign

import (
	"path/filepath"

	"flowcert/report"
)

// Labels say which labels are written beside a certificate. The zero value is every
// format in English.
type Labels struct {
	Language report.Language
	Formats  []report.Format
}

// LabelFile names a label: label.svg in English, label.de.svg in German.
func LabelFile(f report.Format, l report.Language) string {
	if l == report.English {
		return "label." + string(f)
	}
	return "label." + string(l) + "." + string(f)
}

// Draw writes the labels of the certificate at path into dir, and returns their paths.
// A certificate that does not hold is refused, as report.Open refuses it.
func (s Labels) Draw(dir, path string) ([]string, error) {
	document, err := report.Open(path)
	if err != nil {
		return nil, err
	}
	language, formats := s.Language, s.Formats
	if language == "" {
		language = report.English
	}
	if len(formats) == 0 {
		formats = report.Formats()
	}
	var drawn []string
	for _, format := range formats {
		label, err := report.Label(document, format, language)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, LabelFile(format, language))
		if err := writeFile(file, label); err != nil {
			return nil, err
		}
		drawn = append(drawn, file)
	}
	return drawn, nil
}

// isLabel tells whether a file is the label of a certificate.
func isLabel(name string) bool {
	for _, l := range report.Languages() {
		for _, f := range report.Formats() {
			if name == LabelFile(f, l) {
				return true
			}
		}
	}
	return false
}
