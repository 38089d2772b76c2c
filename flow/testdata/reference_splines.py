"""Writes reference_splines.json: values of the splines on a box and of couplings and
autoregressive flows with small networks, computed in float64 from the papers' formulas.
Log-dets are those of the Jacobian matrix, which automatic differentiation gives. Run in
this folder:

    /usr/bin/python3 reference_splines.py
"""

import datetime
import json
import math

import torch

torch.manual_seed(4)
torch.set_default_dtype(torch.float64)
LEAST = 1e-3
INPUT_BOUND = 5.0
cases = []


def weights(*shape, scale=1.0):
    """Random weights that float32 holds exactly."""
    return (scale * torch.randn(*shape)).to(torch.float32).to(torch.float64)


def points(dim, rows=12, scale=2e4):
    return torch.round(scale * torch.randn(rows, dim)) / 1e4


def clip(r, bound):
    return r / (1 + r.abs() / bound)


def case(layer, settings, parameters, x, f):
    """Adds a layer with f, the map of one point. parameters are in the layer's order."""
    jacobians = [torch.autograd.functional.jacobian(f, row) for row in x]
    determinants = [torch.linalg.slogdet(j) for j in jacobians]
    cases.append({
        "layer": layer, "dim": x.shape[1], "settings": settings,
        "parameters": [p.flatten().tolist() for p in parameters],
        "x": x.tolist(), "z": [f(row).tolist() for row in x],
        "log_det": [d[1].item() for d in determinants],
    })


# Splines: maps of one number x with the raw parameters h, on [-bound, bound].


def sizes(raw, bound):
    k = len(raw)
    return 2 * bound * (LEAST + (1 - k * LEAST) * torch.softmax(raw, 0))


def knots(sizes, bound):
    return torch.cat([torch.tensor([-bound]), -bound + torch.cumsum(sizes, 0)])


def bin_of(x, edges):
    return int(torch.searchsorted(edges[1:-1].detach(), x.detach(), right=True))


def derivative(raw):
    """Softplus of the softly clipped parameter, moved and cut off below: 1 at 0."""
    return LEAST + torch.nn.functional.softplus(clip(raw, 1 / LEAST) + math.log(math.exp(1 - LEAST) - 1))


def unclipped_derivative(raw):
    return LEAST + torch.nn.functional.softplus(raw + math.log(math.exp(1 - LEAST) - 1))


def linear(x, h, bins, bound):
    """Mueller et al.: a piecewise-linear distribution function."""
    y = knots(sizes(h, bound), bound)
    width = 2 * bound / bins
    edges = -bound + width * torch.arange(bins + 1)
    k = bin_of(x, edges)
    alpha = (x - edges[k]) / width
    return y[k] + alpha * (y[k + 1] - y[k])


def quadratic(x, h, bins, bound):
    """Mueller et al.: a piecewise-linear density with vertices v, on the unit interval."""
    w = sizes(h[:bins], bound) / (2 * bound)
    inner = torch.exp(h[bins:])
    area = sum(inner[i] * (w[i] + w[i + 1]) / 2 for i in range(bins - 1))
    inner = inner / area * (1 - w[0] / 2 - w[-1] / 2)
    one = torch.ones(1)
    v = torch.cat([one, LEAST + (1 - LEAST) * inner, one])
    edges = torch.cat([torch.zeros(1), torch.cumsum(w, 0)])
    u = (x + bound) / (2 * bound)
    b = bin_of(u, edges)
    alpha = (u - edges[b]) / w[b]
    below = sum((v[k] + v[k + 1]) / 2 * w[k] for k in range(b))
    c = alpha ** 2 / 2 * (v[b + 1] - v[b]) * w[b] + alpha * v[b] * w[b] + below
    return 2 * bound * c - bound


def cubic(x, h, bins, bound):
    """Durkan et al., Cubic-Spline Flows; derivatives by Steffen; a little identity."""
    w, t = sizes(h[:bins], bound), sizes(h[bins:2 * bins], bound)
    s = t / w
    d = [3 * s[0] * torch.sigmoid(h[2 * bins] - math.log(2))]
    for i in range(1, bins):
        p = (s[i - 1] * w[i] + s[i] * w[i - 1]) / (w[i - 1] + w[i])
        d.append(2 * torch.min(torch.stack([s[i - 1], s[i], p / 2])))
    d.append(3 * s[-1] * torch.sigmoid(h[2 * bins + 1] - math.log(2)))
    edges, y = knots(w, bound), knots(t, bound)
    # The bin is that of x; the blend with the identity leaves the knots where they are.
    k = bin_of(x, edges)
    xi = x - edges[k]
    a3 = (d[k] + d[k + 1] - 2 * s[k]) / w[k] ** 2
    a2 = (3 * s[k] - 2 * d[k] - d[k + 1]) / w[k]
    g = a3 * xi ** 3 + a2 * xi ** 2 + d[k] * xi + y[k]
    return LEAST * x + (1 - LEAST) * g


def linear_rational(x, h, bins, bound):
    """Dolatabadi et al.: two quotients of linear functions in each bin."""
    xk, yk = knots(sizes(h[:bins], bound), bound), knots(sizes(h[bins:2 * bins], bound), bound)
    one = torch.ones(1)
    d = torch.cat([one, derivative(h[2 * bins:3 * bins - 1]), one])
    lam = 0.025 + 0.95 * torch.sigmoid(h[3 * bins - 1:])
    k = bin_of(x, xk)
    l, phi = lam[k], (x - xk[k]) / (xk[k + 1] - xk[k])
    s = (yk[k + 1] - yk[k]) / (xk[k + 1] - xk[k])
    wa = torch.tensor(1.0)
    wb = torch.sqrt(d[k] / d[k + 1]) * wa
    wm = (l * wa * d[k] + (1 - l) * wb * d[k + 1]) / s
    ya, yb = yk[k], yk[k + 1]
    ym = ((1 - l) * wa * ya + l * wb * yb) / ((1 - l) * wa + l * wb)
    if phi <= l:
        return (wa * ya * (l - phi) + wm * ym * phi) / (wa * (l - phi) + wm * phi)
    return (wm * ym * (1 - phi) + wb * yb * (phi - l)) / (wm * (1 - phi) + wb * (phi - l))


def rational_quadratic_bin(x, xk, yk, d):
    """Durkan et al., Neural Spline Flows, equation 4."""
    k = bin_of(x, xk)
    s = (yk[k + 1] - yk[k]) / (xk[k + 1] - xk[k])
    xi = (x - xk[k]) / (xk[k + 1] - xk[k])
    top = (yk[k + 1] - yk[k]) * (s * xi ** 2 + d[k] * xi * (1 - xi))
    return yk[k] + top / (s + (d[k + 1] + d[k] - 2 * s) * xi * (1 - xi))


def rational_quadratic(x, h, bins, bound):
    xk, yk = knots(sizes(h[:bins], bound), bound), knots(sizes(h[bins:2 * bins], bound), bound)
    one = torch.ones(1)
    return rational_quadratic_bin(x, xk, yk, torch.cat([one, unclipped_derivative(h[2 * bins:]), one]))


def circular(x, h, bins, bound):
    """Rezende et al.: equal derivatives at both ends, and a rotation."""
    xk, yk = knots(sizes(h[:bins], bound), bound), knots(sizes(h[bins:2 * bins], bound), bound)
    d = derivative(h[2 * bins:3 * bins])
    y = rational_quadratic_bin(x, xk, yk, torch.cat([d, d[:1]])) + clip(h[3 * bins], bound)
    return y - 2 * bound * torch.floor((y.detach() + bound) / (2 * bound))


SPLINES = {
    "linear-spline": (linear, lambda k: k),
    "quadratic-spline": (quadratic, lambda k: 2 * k - 1),
    "cubic-spline": (cubic, lambda k: 2 * k + 2),
    "linear-rational": (linear_rational, lambda k: 4 * k - 1),
    "rational-quadratic": (rational_quadratic, lambda k: 3 * k - 1),
    "circular-spline": (circular, lambda k: 3 * k + 1),
}


def elementwise(f, count, bins, bound):
    """The map of a row x with the raw parameters h of all its columns."""
    def apply(x, h):
        n = count(bins)
        return torch.stack([
            f(v, h[i * n:(i + 1) * n], bins, bound) if -bound <= v < bound else v for i, v in enumerate(x)
        ])
    return apply


def affine(bound):
    """Dinh et al., Real NVP: a shift and a raw log-scale per column."""
    return lambda x, h: x * torch.exp(clip(h[1::2], bound)) + h[0::2]


def gin(bound):
    """Sorrenson et al.: log-scales that add up to 0."""
    def apply(x, h):
        s = clip(h[1::2], bound)
        return x * torch.exp(s - s.mean()) + h[0::2]
    return apply


def additive(x, h):
    return x + h


# Networks.


def mlp_weights(widths, scale=0.7):
    parameters = []
    for n, m in zip(widths, widths[1:]):
        parameters += [weights(m, n, scale=scale), weights(m, scale=scale)]
    return parameters


def mlp(parameters, x):
    x = clip(x, INPUT_BOUND)
    for i in range(0, len(parameters), 2):
        x = parameters[i] @ x + parameters[i + 1]
        if i + 2 < len(parameters):
            x = torch.relu(x)
    return x


def coupling(dim, first, transform, parameters):
    """Maps the last dim - dim//2 columns given the others, or the first dim//2."""
    split = dim // 2

    def f(x):
        head, tail = x[:split], x[split:]
        if first:
            return torch.cat([transform(head, mlp(parameters, tail)), tail])
        return torch.cat([head, transform(tail, mlp(parameters, head))])
    return f


def made_masks(dim, hidden, group):
    """A unit depends on its degree's number of first inputs: masks by layer."""
    below, masks = torch.arange(1, dim + 1), []  # an input is known from this degree on
    least = min(1, dim - 1)
    for width in hidden:
        degrees = torch.tensor([least + u * (dim - least) // width for u in range(width)])
        masks.append((degrees[:, None] >= below[None, :]).double())
        below = degrees
    out = torch.arange(dim).repeat_interleave(group)
    masks.append((out[:, None] >= below[None, :]).double())
    return masks


def autoregressive(masks, transform, parameters):
    masked = [p * masks[i // 2] if i % 2 == 0 else p for i, p in enumerate(parameters)]
    return lambda x: transform(x, mlp(masked, x))


def chain(*maps):
    def f(x):
        for m in maps:
            x = m(x)
        return x
    return f


def main():
    for layer, (f, count) in SPLINES.items():
        for bins, bound, scale in [(2, 3.0, 0.7), (5, 3.0, 1.0), (8, 5.0, 2.0)]:
            h = weights(2 * count(bins), scale=scale)
            apply = elementwise(f, count, bins, bound)
            case(layer, {"bins": bins, "bound": bound}, [h], points(2), lambda x: apply(x, h))
    h = weights(6)
    case("affine", {"bound": 2.0}, [h], points(3), lambda x: affine(2.0)(x, h))

    def network(dim, first, per_column):
        mapped = dim // 2 if first else dim - dim // 2
        return mlp_weights([dim - mapped, 4, 3, per_column * mapped])

    for first in [False, True]:
        p = network(3, first, 2)
        case("affine coupling", {"bound": 2.0, "first": first}, p, points(3), coupling(3, first, affine(2.0), p))
        p = network(5, first, 2)
        case("gin", {"bound": 2.0, "first": first}, p, points(5), coupling(5, first, gin(2.0), p))
        p = network(3, first, 1)
        case("nice", {"first": first}, p, points(3), coupling(3, first, additive, p))
    rational = elementwise(*SPLINES["rational-quadratic"], 4, 3.0)
    p = network(3, False, 11)
    case("spline coupling", {"bins": 4, "bound": 3.0, "first": False}, p, points(3), coupling(3, False, rational, p))

    a, b = network(4, False, 2), network(4, True, 2)
    maps = coupling(4, False, affine(2.0), a), coupling(4, True, affine(2.0), b)
    case("realnvp", {"bound": 2.0}, a + b, points(4), chain(*maps))

    masks = made_masks(3, [6, 5], 2)
    a, b = mlp_weights([3, 6, 5, 6]), mlp_weights([3, 6, 5, 6])
    maps = autoregressive(masks, affine(2.0), a), autoregressive(masks, affine(2.0), b)
    case("maf", {"bound": 2.0}, a + b, points(3), chain(maps[0], lambda x: x.flip(0), maps[1]))

    masks = made_masks(3, [6, 5], 11)
    p = mlp_weights([3, 6, 5, 33])
    case("spline autoregressive", {"bins": 4, "bound": 3.0}, p, points(3), autoregressive(masks, rational, p))

    provenance = f"reference_splines.py, torch {torch.__version__}, {datetime.date.today().isoformat()}"
    with open("reference_splines.json", "w", encoding="utf-8") as file:
        file.write('{"provenance": ' + json.dumps(provenance) + ', "cases": [\n')
        file.write(",\n".join(json.dumps(c) for c in cases) + "\n]}\n")


main()
