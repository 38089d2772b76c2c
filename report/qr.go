package report

import (
	"encoding/hex"
	"math"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// Sizes of a QR code: a module of 0.625 mm, and the margin of four modules that
// readers need (ISO/IEC 18004, 9.1).
const (
	module    = 2.5
	quietZone = 4
)

// digestCode returns the QR code of "SHA256:" and the digest's 64 digits in
// capitals, which is the form that its alphanumeric mode keeps short, with 15 %
// error correction, on a white square with its right edge and its middle at
// (right, middle), and the square's left edge. There is none where digest is not a
// SHA-256 in hexadecimal.
func digestCode(digest string, right, middle float64) (shapes []shape, left float64) {
	if b, err := hex.DecodeString(digest); err != nil || len(b) != 32 {
		return nil, right
	}
	code, err := qr.Encode("SHA256:"+strings.ToUpper(digest), qr.M, qr.AlphaNumeric)
	if err != nil {
		panic("report: QR code: " + err.Error()) // 71 characters fit
	}
	n := code.Bounds().Dx()
	side := module * float64(n+2*quietZone)
	left = right - side
	top := math.Round((middle-side/2)*pixels) / pixels // whole pixels: readers take blurred modules badly
	dark := marks{size: module, square: true, fill: "#000000"}
	for row := range n {
		for column := range n {
			if r, _, _, _ := code.At(column, row).RGBA(); r == 0 {
				dark.centres = append(dark.centres, point{left + module*(float64(column+quietZone)+0.5), top + module*(float64(row+quietZone)+0.5)})
			}
		}
	}
	return []shape{rectangle{x: left, y: top, width: side, height: side, fill: paper}, dark}, left
}
