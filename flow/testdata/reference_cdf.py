"""Writes reference_cdf.json: values of the planar, radial and Sylvester flows and of the
mixture CDF, computed in float64 from the papers' formulas. Log-dets are those of the
Jacobian matrix, which automatic differentiation gives. The mixture's tails are computed
with 60 digits, where neither cancellation nor underflow matters. Run in this folder:

    /usr/bin/python3 reference_cdf.py
"""

import datetime
import json
import math

import mpmath
import torch

torch.manual_seed(2)
torch.set_default_dtype(torch.float64)
mpmath.mp.dps = 60
LEAST = 1e-3
cases = []


def weights(*shape, scale=1.0):
    """Random weights that float32 holds exactly."""
    return (scale * torch.randn(*shape)).to(torch.float32).to(torch.float64)


def normals(dim):
    return torch.round(2e4 * torch.randn(6, dim)) / 1e4


def clip(r, bound):
    return r / (1 + r.abs() / bound)


def positive(raw):
    """Softplus, moved and cut off below: 1 at 0."""
    return LEAST + torch.nn.functional.softplus(raw + math.log(math.exp(1 - LEAST) - 1))


def case(layer, parameters, x, f):
    """Adds a layer with f, the map of one point."""
    jacobians = [torch.autograd.functional.jacobian(f, row) for row in x]
    determinants = [torch.linalg.slogdet(j) for j in jacobians]
    assert all(d[0] > 0 for d in determinants)
    add(layer, parameters, x.tolist(), [f(row).tolist() for row in x], [d[1].item() for d in determinants])


def add(layer, parameters, x, z, log_det):
    cases.append({
        "layer": layer, "dim": len(x[0]),
        "parameters": {name: p.flatten().tolist() for name, p in parameters.items()},
        "x": x, "z": z, "log_det": log_det,
    })


def planar(w, u, b):
    raw = torch.cat([w, u, b])
    dim = len(w)
    h = clip(raw, 1000)
    w, u, b = h[:dim], h[dim:2 * dim], h[2 * dim]
    a = w.dot(u)
    m = positive(a) - 1
    v = u + (m - a) * w / w.dot(w)
    case("planar", {"layer.parameters": raw}, normals(dim), lambda x: x + v * torch.tanh(w.dot(x) + b))


def radial(raw):
    dim = len(raw) - 2
    h = clip(raw, 1000)
    centre, alpha = h[:dim], positive(h[dim])
    beta = alpha * (positive(h[dim + 1]) - 1)
    case("radial", {"layer.parameters": raw}, normals(dim),
         lambda x: x + beta / (alpha + (x - centre).norm()) * (x - centre))


def sylvester(dim, rank):
    vectors, into, out, steps = weights(rank, dim), weights(rank, rank), weights(rank, rank), weights(3, rank)
    turn = torch.eye(dim)
    for v in vectors:
        turn = (torch.eye(dim) - 2 * torch.outer(v, v) / v.dot(v)) @ turn
    q = turn[:rank].T
    m, log, b = positive(clip(steps[0], 1000)), clip(clip(steps[1], 1000), 3), clip(steps[2], 1000)
    s = torch.tril(into, -1) + torch.diag(torch.exp(log))
    r = torch.tril(out, -1) + torch.diag((m - 1) / torch.exp(log))
    case("sylvester", {
        "layer.vectors": vectors, "layer.in": into, "layer.out": out, "layer.steps": steps,
    }, normals(dim), lambda x: x + q @ r @ torch.tanh(s @ q.T @ x + b))


def mixture_parameters(raw, bound):
    """Means, scales and weights, one row per column of the points."""
    k = raw.shape[2]
    reach = min(3, k / 2)
    distance = 2 * reach / max(1, k - 1)
    at = torch.linspace(-reach, reach, k) if k > 1 else torch.zeros(1)
    means = min(0.9, 1.7 / math.hypot(1.7, distance)) * at
    logs = -at ** 2 / 2
    scale = torch.sqrt(1 - (torch.softmax(logs, 0) * means ** 2).sum())
    return clip(raw[:, 0], 1000) + means, scale * torch.exp(clip(raw[:, 1], bound)), torch.softmax(raw[:, 2] + logs, 1)


def mixture(raw, bound=4):
    dim = raw.shape[0]
    means, scales, shares = mixture_parameters(raw, bound)

    def f(x):
        return torch.special.ndtri((shares * torch.special.ndtr((x[:, None] - means) / scales)).sum(1))
    case("mixture", {"layer.parameters": raw}, normals(dim), f)


def log_cdf(u):
    """log Phi(u) for u <= 0."""
    t = -u
    if t < 30:
        return mpmath.log(mpmath.erfc(t / mpmath.sqrt(2)) / 2)
    f = t  # Laplace's continued fraction
    for k in range(300, 0, -1):
        f = t + k / f
    return log_density(u) - mpmath.log(f)


def log_density(u):
    return -u * u / 2 - mpmath.log(2 * mpmath.pi) / 2


def log_sum(terms):
    top = max(terms)
    return top + mpmath.log(sum(mpmath.exp(v - top) for v in terms))


def mixture_tails(raw, points, bound=4):
    """A mixture of one column at points so far out that its tail on their side, which
    the sign of the point tells, is less than a half for each component."""
    means, scales, shares = [[mpmath.mpf(v) for v in p[0].tolist()] for p in mixture_parameters(raw, bound)]
    z, log_det = [], []
    for x in points:
        side = -mpmath.sign(x)
        u = [side * (x - m) / s for m, s in zip(means, scales)]
        assert max(u) < 0
        tail = log_sum([mpmath.log(w) + log_cdf(v) for w, v in zip(shares, u)])
        out = mpmath.findroot(lambda v: log_cdf(v) - tail, -mpmath.sqrt(-2 * tail))
        density = log_sum([mpmath.log(w) + log_density(v) - mpmath.log(s) for w, v, s in zip(shares, u, scales)])
        z.append([float(side * out)])
        log_det.append(float(density - log_density(out)))
    add("mixture", {"layer.parameters": raw}, [[x] for x in points], z, log_det)


def main():
    for dim in 1, 2, 3, 5:
        planar(weights(dim), weights(dim), weights(1))
    # |w| = 5 and w.u = -30, far beyond the constraint; then w.u = 30.
    w = torch.tensor([3.0, 4.0])
    planar(w, torch.tensor([-2.0, -6.0]), torch.tensor([0.5]))
    planar(w, torch.tensor([2.0, 6.0]), torch.tensor([0.5]))
    for dim in 1, 2, 3, 5:
        radial(weights(dim + 2))
    radial(torch.tensor([0.5, -0.25, 1.0, -30.0]))
    radial(torch.tensor([0.5, -0.25, -3.0, 20.0]))
    for dim, rank in (1, 1), (2, 2), (3, 2), (5, 3):
        sylvester(dim, rank)
    for dim, components in (1, 1), (1, 3), (2, 3), (4, 8):
        mixture(weights(dim, 3, components))
    far = [-1e6, -1e3, -50.0, -20.0, 20.0, 50.0, 1e3, 1e6]
    mixture_tails(weights(1, 3, 1), far)
    mixture_tails(weights(1, 3, 4), far)
    mixture_tails(weights(1, 3, 4, scale=0.1), far)
    provenance = "reference_cdf.py, torch %s, mpmath %s, %s" % (torch.__version__, mpmath.__version__, datetime.date.today())
    with open("reference_cdf.json", "w") as f:
        f.write('{"provenance": %s, "cases": [\n' % json.dumps(provenance))
        f.write(",\n".join(json.dumps(c) for c in cases))
        f.write("\n]}\n")


main()
