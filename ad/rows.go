package ad

import "flowcert/internal/kernel"

// LoadRows fills the first n rows of b from row-major src, whose rows are stride
// apart, and the padding of the last panel with zeros.
func LoadRows[T kernel.Float](b kernel.Block[T], src []float64, stride, n int) {
	for q := 0; q*kernel.Lanes < n; q++ {
		panel := b.Panel(q)
		lanes := min(kernel.Lanes, n-q*kernel.Lanes)
		if lanes < kernel.Lanes {
			clear(panel)
		}
		for l := range lanes {
			row := src[(q*kernel.Lanes+l)*stride:]
			for c := range b.Cols {
				panel[c*kernel.Lanes+l] = T(row[c])
			}
		}
	}
}

// StoreRows writes the first n rows of b to row-major dst, whose rows are stride apart.
func StoreRows[T kernel.Float](dst []float64, stride int, b kernel.Block[T], n int) {
	for i := range n {
		panel, l := b.Panel(i/kernel.Lanes), i%kernel.Lanes
		for c := range b.Cols {
			dst[i*stride+c] = float64(panel[c*kernel.Lanes+l])
		}
	}
}
