//go:build !amd64 || purego

package kernel

// Peak keeps the multiply-add units of one core busy, with the instructions of the
// best set, and returns the number of floating-point operations that it did: what
// benchmarks compare themselves with. It does none, and returns 0, where there is no
// assembly.
func Peak(rounds int) (operations int) { return 0 }
