//go:build !amd64 || purego

package kernel

// peak returns zero: without assembly there is nothing to measure it with.
func peak() float64 { return 0 }
