//go:build amd64 && !purego

package kernel

// These run 24 vectors of multiply-adds a round and nothing else.

func peakAVX2(rounds int)

func peakAVX512(rounds int)

// Peak keeps the multiply-add units of one core busy, with the instructions of the
// best set, and returns the number of floating-point operations that it did: what
// benchmarks compare themselves with. It does none, and returns 0, where there is no
// assembly.
func Peak(rounds int) (operations int) {
	switch Best[float32]().Name {
	case "avx512":
		peakAVX512(rounds)
		return 24 * 2 * 16 * rounds
	case "avx2":
		peakAVX2(rounds)
		return 24 * 2 * 8 * rounds
	}
	return 0
}
