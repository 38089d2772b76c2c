package kernel

func pack[T Float](packed, w []T, out, in int) {
	copy(packed[:out*in], w[:out*in])
}

func packTransposed[T Float](packed, w []T, out, in int) {
	packed, w = packed[:out*in], w[:out*in]
	for o := range out {
		for i, v := range w[o*in : (o+1)*in] {
			packed[i*out+o] = v
		}
	}
}

func dense[T Float](y, x Block[T], packed, bias []T, a Activation) {
	checkDense(y, x, packed, bias)
	var products [Lanes]T
	for p := range y.Panels {
		yp, xp := y.Panel(p), x.Panel(p)
		for o := range y.Cols {
			var b T
			if bias != nil {
				b = bias[o]
			}
			weigh(&products, packed[o*x.Cols:(o+1)*x.Cols], xp, b)
			to := yp[o*Lanes:][:Lanes]
			copy(to, products[:])
			switch a {
			case ReLU:
				for i, v := range to {
					if v < 0 {
						to[i] = 0
					}
				}
			case Tanh:
				tanh(to, to)
			}
		}
	}
}

func denseInput[T Float](dx, dy Block[T], packed []T, mask Block[T], accumulate bool) {
	checkDenseInput(dx, dy, packed, mask, accumulate)
	var products [Lanes]T
	for p := range dx.Panels {
		xp, yp := dx.Panel(p), dy.Panel(p)
		for i := range dx.Cols {
			weigh(&products, packed[i*dy.Cols:(i+1)*dy.Cols], yp, 0)
			to := xp[i*Lanes:][:Lanes]
			switch {
			case accumulate:
				add(to, to, products[:])
			case mask.Data != nil:
				for lane, v := range mask.Panel(p)[i*Lanes:][:Lanes] {
					to[lane] = 0
					if v > 0 {
						to[lane] = products[lane]
					}
				}
			default:
				copy(to, products[:])
			}
		}
	}
}

// weigh sets sum to start plus the columns of the panel x weighted by w. Eight
// lanes are as many sums as stay in registers.
func weigh[T Float](sum *[Lanes]T, w, x []T, start T) {
	for half := 0; half < Lanes; half += 8 {
		s0, s1, s2, s3 := start, start, start, start
		s4, s5, s6, s7 := start, start, start, start
		for k, v := range w {
			c := (*[8]T)(x[k*Lanes+half:])
			s0 += v * c[0]
			s1 += v * c[1]
			s2 += v * c[2]
			s3 += v * c[3]
			s4 += v * c[4]
			s5 += v * c[5]
			s6 += v * c[6]
			s7 += v * c[7]
		}
		*(*[8]T)(sum[half:]) = [8]T{s0, s1, s2, s3, s4, s5, s6, s7}
	}
}

func denseWeight[T Float](dw, db []T, x, dy Block[T], scratch []T, accumulate bool) {
	checkDenseWeight(dw, db, x, dy)
	if !accumulate {
		clear(dw)
		clear(db)
	}
	for p := range x.Panels {
		xp, yp := x.Panel(p), dy.Panel(p)
		for o := range dy.Cols {
			column := (*[Lanes]T)(yp[o*Lanes:])
			row := dw[o*x.Cols : (o+1)*x.Cols]
			for i := range row {
				row[i] += dot(column, (*[Lanes]T)(xp[i*Lanes:]))
			}
			if db != nil {
				var s T
				for _, v := range column {
					s += v
				}
				db[o] += s
			}
		}
	}
}

// dot returns the inner product of two columns of a panel.
func dot[T Float](x, y *[Lanes]T) T {
	var s0, s1, s2, s3 T
	for i := 0; i < Lanes; i += 4 {
		s0 += x[i] * y[i]
		s1 += x[i+1] * y[i+1]
		s2 += x[i+2] * y[i+2]
		s3 += x[i+3] * y[i+3]
	}
	return (s0 + s1) + (s2 + s3)
}
