package report

import (
	"fmt"
	"regexp"
	"strings"

	"flowcert/cert"
)

// Language is the language of a label or page, as a tag of BCP 47.
type Language string

// The languages that certificates can be shown in.
const (
	English Language = "en"
	German  Language = "de"
)

// Languages lists the languages, the certificate's own first.
func Languages() []Language { return []Language{English, German} }

// translator turns the English of certificates and of this package into a
// language. What it has no translation for stays English.
type translator struct {
	language Language
	words    map[string]string
	patterns []pattern
}

// pattern translates texts that hold figures or names.
type pattern struct {
	english *regexp.Regexp
	to      string
}

// newTranslator panics for a language that Languages does not list.
func newTranslator(l Language) *translator {
	switch l {
	case English:
		return &translator{language: English}
	case German:
		return &translator{language: German, words: german(), patterns: patterns(germanPatterns())}
	}
	panic(fmt.Sprintf("report: no language %q", l))
}

// patterns compiles pairs of texts in which {} stands for what differs, in the same
// order in both.
func patterns(pairs [][2]string) []pattern {
	var all []pattern
	for _, p := range pairs {
		english := strings.ReplaceAll(regexp.QuoteMeta(p[0]), `\{\}`, `(.+?)`)
		all = append(all, pattern{regexp.MustCompile("^" + english + "$"), p[1]})
	}
	return all
}

// say translates a text that this package or the format of certificates fixes.
func (t *translator) say(english string) string {
	s, _ := t.free(english)
	return s
}

// sayf translates a format and fills it.
func (t *translator) sayf(format string, args ...any) string {
	return fmt.Sprintf(t.say(format), args...)
}

// free translates a text from a certificate, and returns the language that it is in
// then: nothing where that is the translator's.
func (t *translator) free(english string) (string, Language) {
	if t.language == English || strings.TrimSpace(english) == "" {
		return english, ""
	}
	if s, ok := t.words[english]; ok {
		return s, ""
	}
	for _, p := range t.patterns {
		if found := p.english.FindStringSubmatch(english); found != nil {
			if s, ok := t.into(p.to, found[1:]); ok {
				return s, ""
			}
		}
	}
	if parts := strings.Split(english, "; "); len(parts) > 1 {
		for i, part := range parts {
			word, foreign := t.free(part)
			if foreign != "" {
				return english, English
			}
			parts[i] = word
		}
		return strings.Join(parts, "; "), ""
	}
	return english, English
}

// into fills the gaps of a pattern with figures, names and texts that have a
// translation; with others there would be two languages in a sentence.
func (t *translator) into(pattern string, gaps []string) (s string, ok bool) {
	s = pattern
	for _, gap := range gaps {
		word, foreign := t.free(gap)
		if foreign != "" {
			word = t.figures(gap)
			if strings.Contains(gap, " ") {
				return "", false
			}
		}
		s = strings.Replace(s, "{}", word, 1)
	}
	return s, true
}

// knows tells whether a text has a translation.
func (t *translator) knows(english string) bool {
	_, foreign := t.free(english)
	return foreign == ""
}

// figures turns the numbers among the words of a text into what a reader of the
// language is shown: a true minus sign, powers of ten with raised exponents, and the
// language's decimal mark.
func (t *translator) figures(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		open := w[:len(w)-len(strings.TrimLeft(w, "("))]
		core := strings.TrimRight(w[len(open):], ").;:%,")
		closing := w[len(open)+len(core):]
		digits := strings.TrimPrefix(core, "-")
		if digits == "" || digits[0] < '0' || digits[0] > '9' || strings.Trim(digits, "0123456789,.e-") != "" {
			continue
		}
		if t.language == German && strings.Count(digits, ".") < 2 {
			core = strings.NewReplacer(",", ".", ".", ",").Replace(core)
		}
		words[i] = open + typographicNumber(core) + closing
	}
	return strings.Join(words, " ")
}

// number prints a number in the language.
func (t *translator) number(v float64) string { return t.figures(number(v)) }

// strength names a strength in the language.
func (t *translator) strength(s cert.Strength) string { return t.say(clean(string(s))) }
