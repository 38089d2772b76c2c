// Package taylor is arithmetic on Taylor models of second order: functions of at most
// three variables over a box, each enclosed by a quadratic polynomial plus or minus a
// number (Makino and Berz, Taylor Models and Other Validated Functional Inclusion
// Methods, 2003).
//
// The variables d are those of the box [-1, 1]^D. A Model encloses a function f if
// |f(d) - P(d)| <= Radius for all d of the box, P being the polynomial. Every operation
// of this package encloses what it makes of any functions that its operands enclose.
//
// # Rounding
//
// Coefficients are computed in float64, rounded to nearest, and the radius takes up what
// that can be off. Let u = 2^-53, and let the norm of a polynomial be the sum of the
// absolute values of its coefficients, which no |P(d)| exceeds.
//
//   - A sum of m products a_i b_i is off by at most (m+1) u sum |a_i b_i| for m <= 2^13,
//     in any order and fused or not (Higham, Accuracy and Stability of Numerical
//     Algorithms, 2nd ed., section 3.1, with one u more than needed for the square of u).
//   - A radius is a sum of products of non-negative numbers. At most 2^13 operations, each
//     rounded, take off at most a factor 1 - 2^-39, and outward multiplies by 1 + 2^-37,
//     after which one more rounding does no harm.
//   - A product that underflows is off by at most 2^-1074 besides. Where numbers are at
//     most 2^64 in absolute value, 2^14 of these, times what they are multiplied with, are
//     less than the 2^-960 that outward adds. A model with a larger number has an infinite
//     radius: it says nothing.
package taylor

import (
	"math"

	"flowcert/internal/interval"
)

const (
	// Terms is the number of coefficients of a polynomial.
	Terms = 10
	// MaxVariables is the largest number of variables.
	MaxVariables = 3

	unit    = 0x1p-53
	largest = 0x1p64
)

// Model is a polynomial and how far from it the enclosed function may be. C holds the
// coefficients of 1, x, y, x^2, xy, y^2, z, xz, yz and z^2. Functions of at most two
// variables have zeros in the last four.
type Model struct {
	C      [Terms]float64
	Radius float64
}

// linearTerm returns the index of the coefficient of variable i.
func linearTerm(i int) int { return [MaxVariables]int{1, 2, 6}[i] }

// Constant returns the model of a number.
func Constant(c float64) Model { return Model{C: [Terms]float64{c}} }

// Between returns the model of a constant that lies in i.
func Between(i interval.Interval) Model {
	middle, radius := i.Middle()
	return checked(Model{C: [Terms]float64{middle}, Radius: radius})
}

// Unknown returns the model that says nothing.
func Unknown() Model { return Model{Radius: math.Inf(1)} }

// Variable returns the model of centre + half d, d being variable i.
func Variable(i int, centre, half float64) Model {
	m := Constant(centre)
	m.C[linearTerm(i)] = half
	return m
}

// Known reports whether m says anything.
func (m *Model) Known() bool { return m.Radius <= largest }

// outward returns a number that is at least what x >= 0 was computed for.
func outward(x float64) float64 { return x*(1+0x1p-37) + 0x1p-960 }

// Wider returns a radius that is at least the sum of both.
func Wider(radius, by float64) float64 { return outward(radius + by) }

// checked returns m, or Unknown if a number in it is too large or NaN.
func checked(m Model) Model {
	sum := m.Radius
	for _, c := range m.C {
		sum += math.Abs(c)
	}
	if !(sum <= largest) {
		return Unknown()
	}
	return m
}

// linear and quadratic return the norms of the terms of first and of second order.
func (m *Model) linear() float64 {
	return math.Abs(m.C[1]) + math.Abs(m.C[2]) + math.Abs(m.C[6])
}

func (m *Model) quadratic() float64 {
	c := &m.C
	return math.Abs(c[3]) + math.Abs(c[4]) + math.Abs(c[5]) + math.Abs(c[7]) + math.Abs(c[8]) + math.Abs(c[9])
}

// norm returns the norm of the polynomial.
func (m *Model) norm() float64 { return math.Abs(m.C[0]) + m.linear() + m.quadratic() }

// Spread returns how far from C[0] a function that m encloses can be.
func (m *Model) Spread() float64 { return outward(m.linear() + m.quadratic() + m.Radius) }

// Range returns an interval that contains all values of a function that m encloses.
func (m *Model) Range() interval.Interval { return interval.Around(m.C[0], m.Spread()) }

// Add returns x + y.
func Add(x, y *Model) Model {
	var z Model
	for k := range z.C {
		z.C[k] = x.C[k] + y.C[k]
	}
	z.Radius = outward(x.Radius + y.Radius + 2*unit*(x.norm()+y.norm()))
	return checked(z)
}

// Sub returns x - y.
func Sub(x, y *Model) Model {
	var z Model
	for k := range z.C {
		z.C[k] = x.C[k] - y.C[k]
	}
	z.Radius = outward(x.Radius + y.Radius + 2*unit*(x.norm()+y.norm()))
	return checked(z)
}

// Neg returns -x.
func Neg(x *Model) Model {
	z := Model{Radius: x.Radius}
	for k := range z.C {
		z.C[k] = -x.C[k]
	}
	return z
}

// Linear returns scale x + offset.
func Linear(x *Model, scale, offset float64) Model {
	var z Model
	for k := range z.C {
		z.C[k] = scale * x.C[k]
	}
	z.C[0] += offset
	z.Radius = outward(math.Abs(scale)*x.Radius + 3*unit*(math.Abs(scale)*x.norm()+math.Abs(offset)))
	return checked(z)
}

// Shift returns x + c for a number c in i.
func Shift(x *Model, i interval.Interval) Model {
	c := Between(i)
	return Add(x, &c)
}

// Mul returns x y. What is of third and fourth order goes to the radius.
func Mul(x, y *Model) Model {
	a, b := &x.C, &y.C
	z := Model{C: [Terms]float64{
		a[0] * b[0],
		a[0]*b[1] + a[1]*b[0],
		a[0]*b[2] + a[2]*b[0],
		a[0]*b[3] + a[3]*b[0] + a[1]*b[1],
		a[0]*b[4] + a[4]*b[0] + a[1]*b[2] + a[2]*b[1],
		a[0]*b[5] + a[5]*b[0] + a[2]*b[2],
	}}
	if a[6] != 0 || b[6] != 0 || a[7] != 0 || b[7] != 0 || a[8] != 0 || b[8] != 0 || a[9] != 0 || b[9] != 0 {
		z.C[6] = a[0]*b[6] + a[6]*b[0]
		z.C[7] = a[0]*b[7] + a[7]*b[0] + a[1]*b[6] + a[6]*b[1]
		z.C[8] = a[0]*b[8] + a[8]*b[0] + a[2]*b[6] + a[6]*b[2]
		z.C[9] = a[0]*b[9] + a[9]*b[0] + a[6]*b[6]
	}
	lx, qx, ly, qy := x.linear(), x.quadratic(), y.linear(), y.quadratic()
	nx, ny := math.Abs(a[0])+lx+qx, math.Abs(b[0])+ly+qy
	// At most four products make a coefficient.
	z.Radius = outward(lx*qy + qx*ly + qx*qy + nx*y.Radius + ny*x.Radius + x.Radius*y.Radius + 5*unit*(nx*ny))
	return checked(z)
}

// Square returns x^2.
func Square(x *Model) Model { return Mul(x, x) }

// Dot returns the sum of w_i x_i plus b, the radius of each x_i being stated by Share.
// The weights must not number more than 2^13.
func Dot(w []float32, x []Model, shares []float64, b float64) Model {
	z := Constant(b)
	n := len(w)
	x, shares = x[:n], shares[:n]
	radius := math.Abs(b) * (float64(n) + 2) * unit
	wide := false
	for i, v := range w {
		weight, c := float64(v), &x[i].C
		z.C[0] += weight * c[0]
		z.C[1] += weight * c[1]
		z.C[2] += weight * c[2]
		z.C[3] += weight * c[3]
		z.C[4] += weight * c[4]
		z.C[5] += weight * c[5]
		radius += math.Abs(weight) * shares[i]
		wide = wide || c[6] != 0 || c[7] != 0 || c[8] != 0 || c[9] != 0
	}
	if wide {
		for i, v := range w {
			weight, c := float64(v), &x[i].C
			z.C[6] += weight * c[6]
			z.C[7] += weight * c[7]
			z.C[8] += weight * c[8]
			z.C[9] += weight * c[9]
		}
	}
	z.Radius = outward(radius)
	return checked(z)
}

// Share returns what x adds to the radius of a sum of n products, per unit of its
// weight: its own radius and the rounding of its products.
func Share(x *Model, n int) float64 {
	return outward(x.Radius + (float64(n)+2)*unit*x.norm())
}

// Either returns a model of every function that equals, at each d, one of two functions
// that x and y enclose.
func Either(x, y *Model) Model {
	var z Model
	apart := 0.0
	for k := range z.C {
		z.C[k] = x.C[k]/2 + y.C[k]/2
		apart += math.Abs(x.C[k] - y.C[k])
	}
	z.Radius = outward(max(x.Radius, y.Radius) + apart/2 + 2*unit*(x.norm()+y.norm()))
	return checked(z)
}
