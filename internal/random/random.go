// Package random derives random generators from keys instead of sharing a stream.
//
// The numbers depend on the key (seed, purpose, step, row) alone, so they are
// the same whatever the number of workers or the order of the work.
package random

import (
	"hash/fnv"
	"math/rand/v2"
)

// New returns the generator of a key. Keys that differ in any part give generators
// whose numbers are unrelated; the same key always gives the same numbers.
func New(seed uint64, purpose string, step, row uint64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	a := Mix(seed ^ Mix(h.Sum64()))
	b := Mix(a ^ Mix(step+0x9e3779b97f4a7c15))
	return rand.New(rand.NewPCG(b, Mix(b^Mix(row+0xd1b54a32d192ed03))))
}

// Mix is the finaliser of SplitMix64 (Steele, Lea and Flood, Fast Splittable
// Pseudorandom Number Generators, 2014): numbers that differ give unrelated ones.
func Mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
