//go:build !unix

package probe

// cpuSeconds is absent where there is no getrusage.
func cpuSeconds() *float64 { return nil }
