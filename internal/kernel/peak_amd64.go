//go:build amd64 && !purego

package kernel

// peakAVX2 runs 384 floating-point operations a round and nothing else.
func peakAVX2(rounds int)
