// Package usage holds the errors that a user can put right: bad input, an
// unknown name, a setting out of range. The command prints them as they are and
// exits with status 2.
package usage

import (
	"fmt"
	"math"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Error is a mistake in what the user gave. Its text is one sentence that says
// what is wrong, where (file, row, column) and what to do. Errors that wrap one
// are found by errors.As.
type Error struct{ err error }

// Errorf formats an *Error as fmt.Errorf does; %w wraps.
func Errorf(format string, args ...any) error {
	return &Error{fmt.Errorf(format, args...)}
}

// Error returns the sentence.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap returns what Errorf was given with %w, if anything.
func (e *Error) Unwrap() error { return e.err }

// Nearest returns the candidate with the fewest edits (Levenshtein) from word,
// ignoring case; the first of equals, and "" only when there are no candidates.
func Nearest(word string, candidates []string) string {
	nearest, fewest := "", math.MaxInt
	for _, c := range candidates {
		d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(c))
		if d < fewest {
			nearest, fewest = c, d
		}
	}
	return nearest
}
