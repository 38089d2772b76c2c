//go:build amd64 && !purego

package kernel

// peakAVX2 runs 384 floating-point operations a round and nothing else.
func peakAVX2(rounds int)

// Peak keeps the multiply-add units of one core busy and returns the number of
// floating-point operations that it did: what benchmarks compare themselves with. It
// does none, and returns 0, where there is no assembly.
func Peak(rounds int) (operations int) {
	if accelerated() == nil {
		return 0
	}
	peakAVX2(rounds)
	return 384 * rounds
}
