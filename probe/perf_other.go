//go:build !linux

package probe

import "errors"

func openPerf(uint32, uint64, int) (func() (uint64, error), error) {
	return nil, errors.ErrUnsupported
}
