package ad

import "flowcert/internal/taylor"

// tangentLogSumExp encloses the mean of the derivatives, each with the share that its
// entry has of the sum.
func tangentLogSumExp(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	for j := range dy {
		dy[j] = taylor.Constant(0)
	}
	for i, dx := range t.moves(n, 0) {
		j := i % n.block
		share := taylor.Sub(&t.in(n, 0)[i], &y[j])
		share = taylor.Exp(&share)
		share = taylor.Mul(&share, &dx)
		dy[j] = taylor.Add(&dy[j], &share)
	}
}

func tangentLogSoftmax(t *TangentEnclosure, n *node, y, dy []taylor.Model) {
	dx := t.moves(n, 0)
	tangentLogSumExp(t, n, y[len(dx):], dy[len(dx):])
	for i := range dx {
		dy[i] = taylor.Sub(&dx[i], &dy[len(dx)+i%n.block])
	}
}
