"""Writes reference_monotone.json: values of monotone networks and polynomials, computed
in float64 from the papers' formulas, without regard to their precision far out.
Integrals are taken by a rule of 200 nodes or from a polynomial's coefficients; log-dets
are those of the Jacobian matrix, which automatic differentiation gives. Run in this
folder:

    /usr/bin/python3 reference_monotone.py
"""

import datetime
import json
import math

import numpy
import torch
from torch.nn.functional import softplus

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)

LEAST = 1e-3  # the least slope


def weights(*shape, scale=0.5):
    """Random weights that float32 holds exactly."""
    return (scale * torch.randn(*shape)).to(torch.float32).to(torch.float64)


def clip(r, bound):
    return r / (1 + r.abs() / bound)


def slope(r):
    """A positive number, 1 for 0."""
    return LEAST + softplus(clip(r, 1 / LEAST) + math.log(math.expm1(1 - LEAST)))


def sigmoidal_offsets(units):
    """Where the sigmoids are at raw zeros: the first at 0, the others spread over (-2, 2)."""
    return torch.tensor([0.0] + [2 * (2 * (k - 0.5) / (units - 1) - 1) for k in range(1, units)])


def sigmoidal_weights(units, out):
    """Log-weights at raw zeros: 2 % are shared by all but the first unit; unit i counts
    twice in output i, if there are several."""
    w = torch.zeros(units, out)
    for k in range(1, units):
        for i in range(out):
            w[k, i] = math.log(0.02 / 0.98 / (units - 1) * (2 if out > 1 and i == k else 1))
    return w


def sigmoidal(h, x, sizes):
    """Deep (dense) sigmoidal flow of one number; sizes are of the layers (in, units, out)."""
    values = x.reshape(1)
    at = 0

    def take(*shape):
        nonlocal at
        n = math.prod(shape)
        at += n
        return h[at - n:at].reshape(shape)

    for into, units, out in sizes:
        a, b = slope(take(units)), take(units) + sigmoidal_offsets(units)
        mixed = values if into == 1 else torch.softmax(take(into, units), 0).T @ values
        w = torch.softmax(take(units, out) + sigmoidal_weights(units, out), 0)
        values = torch.logit(w.T @ torch.sigmoid(a * mixed + b))
    assert at == len(h)
    return values[0]


def inside(x, bound):
    return torch.clamp(x, -bound, bound)


def continued(f, x, bound):
    """f in the box, and outside the tangent at the edge."""
    edge = inside(x, bound).detach().requires_grad_(True)
    y = f(edge)
    derivative, = torch.autograd.grad(y, edge, create_graph=True)
    if abs(x) > bound:
        return y.detach() + derivative.detach() * (x - edge.detach())
    return f(x)


def integrand(h, t, units, nodes, bound):
    sharpness = nodes / 5
    v, w, b, c = h[:units], h[units:2 * units], h[2 * units:3 * units], h[3 * units]
    v = 3 * v / (1 + v.abs().sum())
    w = clip(w + sharpness, sharpness) / bound
    places = (torch.arange(units) + 0.5) / units - 0.5
    b = b - sharpness / 2 * places
    return torch.exp(clip(c, 3) + torch.tanh(t[:, None] * w + b) @ v)


def unconstrained(h, x, units, nodes, bound):
    points, rule = numpy.polynomial.legendre.leggauss(200)
    points, rule = torch.tensor((points + 1) / 2), torch.tensor(rule / 2)
    f = lambda x: x * (rule * integrand(h, x * points, units, nodes, bound)).sum()
    return continued(f, x, bound) + h[3 * units + 1]


def sum_of_squares(h, x, polynomials, degree, bound):
    """The polynomial's coefficients, one after the other, from those of the squares."""
    a = clip(h[:-1].reshape(degree + 1, polynomials), 30).flip(0)
    start = [math.sqrt(2 * (k + 1) / (polynomials * (polynomials + 1))) for k in range(polynomials)]
    a = torch.cat([a[:1] + torch.tensor(start), a[1:]])
    density = torch.zeros(2 * degree + 1)
    for k in range(polynomials):
        for i in range(degree + 1):
            for j in range(degree + 1):
                density[i + j] = density[i + j] + a[i, k] * a[j, k]

    def f(x):
        u = x / bound
        powers = torch.stack([u ** (i + 1) / (i + 1) for i in range(2 * degree + 1)])
        return LEAST * x + (1 - LEAST) * bound * (density * powers).sum()

    return continued(f, x, bound) + h[-1]


def bernstein(h, x, degree, bound):
    increases = slope(h[:-1])
    coefficients = torch.cat([torch.zeros(1), torch.cumsum(increases, 0)]) * 2 * bound / degree

    def polynomial(t):
        basis = [math.comb(degree, j) * t ** j * (1 - t) ** (degree - j) for j in range(degree + 1)]
        return (coefficients * torch.stack(basis)).sum()

    f = lambda x: polynomial((x + bound) / (2 * bound)) - polynomial(torch.tensor(0.5))
    return continued(f, x, bound) + h[-1]


def block_matrix(weight, blocks, dim, into, out, start, steepness):
    """Lower block-triangular, with positive blocks on the diagonal."""
    full = torch.zeros(dim * out, dim * into)
    positive = torch.exp(clip(steepness * blocks, 10) + start).reshape(into, dim, out)
    for i in range(dim):
        rows = slice(i * out, (i + 1) * out)
        full[rows, :i * into] = weight[rows, :i * into]
        full[rows, i * into:(i + 1) * into] = positive[:, i, :].T
    return full


def block_autoregressive(parameters, x, dim, units, hidden):
    h, into = x, 1
    for i in range(hidden + 1):
        weight, bias, blocks = parameters[3 * i:3 * i + 3]
        out, start, steepness = units, -math.log(into), 1
        if i == hidden:
            out, start, steepness = 1, start + math.log(0.02), -math.log(0.02)
        h = block_matrix(weight, blocks, dim, into, out, start, steepness) @ h + bias
        if i < hidden:
            h = torch.tanh(h)
        into = units
    return torch.exp(clip(parameters[-1], 10)) * x + h


cases = []


def case(layer, settings, parameters, x, f):
    """Adds a layer with f, the map of one point."""
    jacobians = [torch.autograd.functional.jacobian(f, row) for row in x]
    cases.append({
        "layer": layer,
        "dim": x.shape[1],
        "settings": settings,
        "parameters": [p.flatten().tolist() for p in parameters],
        "x": x.tolist(),
        "z": [f(row).tolist() for row in x],
        "log_det": [torch.linalg.slogdet(j)[1].item() for j in jacobians],
    })


def points(dim, spread=2.0):
    return torch.round(1e4 * spread * torch.randn(10, dim)) / 1e4


def marginal(layer, settings, params, f, dim=2, scale=0.5):
    h = weights(dim, params, scale=scale)
    case(layer, settings, [h], points(dim), lambda x: torch.stack([f(h[j], x[j]) for j in range(dim)]))


def main():
    for units, layers in [(1, 1), (4, 1), (3, 2)]:
        marginal("deep-sigmoidal", {"units": units, "layers": layers}, 3 * units * layers,
                 lambda h, x: sigmoidal(h, x, [(1, units, 1)] * layers))
    for units, layers in [(3, 1), (2, 2), (3, 3)]:
        sizes = [(units, units, units)] * layers
        sizes[0] = (1,) + sizes[0][1:]
        sizes[-1] = sizes[-1][:2] + (1,)
        count = sum(2 * u + u * o + (i * u if i > 1 else 0) for i, u, o in sizes)
        marginal("dense-sigmoidal", {"units": units, "layers": layers}, count, lambda h, x: sigmoidal(h, x, sizes))
    for units, nodes, scale in [(4, 32, 0.5), (8, 64, 1.0)]:
        marginal("unconstrained-monotonic", {"units": units, "nodes": nodes, "bound": 3.0}, 3 * units + 2,
                 lambda h, x: unconstrained(h, x, units, nodes, 3.0), scale=scale)
    for polynomials, degree in [(1, 0), (2, 3), (3, 4)]:
        marginal("sum-of-squares", {"polynomials": polynomials, "degree": degree, "bound": 3.0},
                 polynomials * (degree + 1) + 1, lambda h, x: sum_of_squares(h, x, polynomials, degree, 3.0))
    for degree in [1, 6, 16]:
        marginal("bernstein", {"degree": degree, "bound": 3.0}, degree + 1, lambda h, x: bernstein(h, x, degree, 3.0))
    for dim, units, hidden in [(1, 4, 2), (3, 3, 1), (3, 2, 2)]:
        parameters, into = [], 1
        for out in [units] * hidden + [1]:
            parameters += [weights(dim * out, dim * into), weights(dim * out), weights(into * dim * out)]
            into = units
        parameters.append(weights(dim))
        case("block-autoregressive", {"units": units, "hidden": hidden}, parameters, points(dim),
             lambda x: block_autoregressive(parameters, x, dim, units, hidden))

    provenance = "reference_monotone.py, torch %s, %s" % (torch.__version__, datetime.date.today())
    with open("reference_monotone.json", "w") as f:
        f.write('{"provenance": %s, "cases": [\n' % json.dumps(provenance))
        f.write(",\n".join(json.dumps(c) for c in cases))
        f.write("\n]}\n")


main()
