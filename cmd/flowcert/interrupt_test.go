package main

import (
	"context"
	"errors"
	"testing"
)

// TestUntilInterrupted checks that work without an end is left behind, and that the error
// of work that ends is its own.
func TestUntilInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	failed := errors.New("failed")
	if err := untilInterrupted(ctx, func() error { return failed }); !errors.Is(err, failed) {
		t.Errorf("the error of the work is %v", err)
	}
	cancel()
	if err := untilInterrupted(ctx, func() error { select {} }); !errors.Is(err, context.Canceled) {
		t.Errorf("the error of an interruption is %v", err)
	}
}
