//go:build !amd64 || purego

package kernel

// accelerated returns nothing: there is no assembly in this build.
func accelerated() []*Set[float32] { return nil }
