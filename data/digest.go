package data

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Digest returns the SHA-256, in lower-case hexadecimal, of "rows columns\n" in
// ASCII followed by the values as little-endian float64, row by row. A nil or
// empty matrix counts as 0 rows of 0 columns.
func Digest(m *mat.Dense) string {
	rows, cols := 0, 0
	if m != nil {
		rows, cols = m.Dims()
	}
	h := sha256.New()
	w := bufio.NewWriter(h) // neither returns errors
	fmt.Fprintf(w, "%d %d\n", rows, cols)
	var b [8]byte
	for i := range rows {
		for _, v := range m.RawRowView(i) {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			w.Write(b[:])
		}
	}
	w.Flush()
	return hex.EncodeToString(h.Sum(nil))
}
