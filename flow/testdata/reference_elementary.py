"""Writes reference_elementary.json: values of the linear layers, the norms and the
elementwise maps, computed in float64 from the papers' formulas. Log-dets are those of
the Jacobian matrix, which automatic differentiation gives. Run in this folder:

    /usr/bin/python3 reference_elementary.py
"""

import datetime
import json

import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
DIM = 4


def weights(*shape, scale=0.4):
    """Random weights that float32 holds exactly."""
    return (scale * torch.randn(*shape)).to(torch.float32).to(torch.float64)


def clip(r, bound):
    return r / (1 + r.abs() / bound)


def lower(weight, diagonal):
    return torch.tril(weight, -1) + torch.diag(diagonal)


def upper(weight, diagonal):
    """Rows, columns and diagonal are counted from the last."""
    return lower(weight, diagonal).flip(0, 1)


def reflection(v):
    return torch.eye(DIM) - 2 * torch.outer(v, v) / v.dot(v)


def givens(i, j, angle):
    """Turns columns i and j of a point by an angle."""
    g = torch.eye(DIM)
    g[i, i] = g[j, j] = torch.cos(angle)
    g[i, j], g[j, i] = -torch.sin(angle), torch.sin(angle)
    return g


def yeo_johnson(x, p):
    if x >= 0:
        return (torch.pow(1 + x, p) - 1) / p
    return -(torch.pow(1 - x, 2 - p) - 1) / (2 - p)


cases = []


def case(layer, parameters, x, f):
    """Adds a layer with f, the map of one point."""
    jacobians = [torch.autograd.functional.jacobian(f, row) for row in x]
    cases.append({
        "layer": layer,
        "parameters": {name: p.flatten().tolist() for name, p in parameters.items()},
        "x": x.tolist(),
        "z": [f(row).tolist() for row in x],
        "log_det": [torch.linalg.slogdet(j)[1].item() for j in jacobians],
    })


def normals():
    return torch.round(2e4 * torch.randn(5, DIM)) / 1e4


def main():
    w, s, b = weights(DIM, DIM), weights(DIM, scale=3), weights(DIM)
    triangular = {"layer.weight": w, "layer.scale": s, "layer.bias": b}
    t = lower(w, torch.exp(clip(s, 2)))
    case("lower", triangular, normals(), lambda x: t @ x + b)
    u = upper(w, torch.exp(clip(s, 2)).clone())
    bu = b.flip(0)
    case("upper", triangular, normals(), lambda x: u @ x + bu)

    wl = weights(DIM, DIM)
    l = lower(wl, torch.ones(DIM))
    case("lu", {
        "layer.upper.weight": w, "layer.upper.scale": s, "layer.upper.bias": b, "layer.lower.weight": wl,
    }, normals(), lambda x: (l @ (u @ x + bu)).flip(0))

    vectors = weights(3, DIM, scale=2)
    q = reflection(vectors[2]) @ reflection(vectors[1]) @ reflection(vectors[0])
    case("householder", {"layer.vectors": vectors}, normals(), lambda x: q @ x)
    case("qr", {
        "layer.triangular.weight": w, "layer.triangular.scale": s, "layer.triangular.bias": b,
        "layer.orthogonal.vectors": vectors,
    }, normals(), lambda x: q @ (u @ x + bu))

    angles = weights(6, scale=2)
    a = 2 * torch.atan(angles)
    o = torch.eye(DIM)
    for k, (i, j) in enumerate([(0, 1), (2, 3), (1, 2), (0, 1), (2, 3), (1, 2)]):
        o = givens(i, j, a[k]) @ o
    case("orthogonal", {"layer.angles": angles}, normals(), lambda x: o @ x)

    h = weights(DIM, 2, scale=2)
    case("actnorm", {"layer.parameters": h}, normals(), lambda x: (x - h[:, 0]) / torch.exp(clip(h[:, 1], 4)))
    case("standardisation", {"layer.statistics": h}, normals(), lambda x: (x - h[:, 0]) / torch.exp(clip(h[:, 1], 40)))
    g = weights(DIM, 2, scale=2)
    case("batchnorm", {"layer.statistics": h, "layer.parameters": g}, normals(),
         lambda x: (x - h[:, 0]) / torch.exp(clip(h[:, 1], 40)) * torch.exp(clip(g[:, 1], 4)) + g[:, 0])

    inside = torch.round(1e4 * torch.rand(5, DIM)) / 1e4
    low, high = -2 - 0.01 * 5, 3 + 0.01 * 5
    case("logit", {}, -2 + 5 * inside, lambda x: torch.logit((x - low) / (high - low)))
    positive = torch.tensor([1e-6, 1e-3, 0.1, 1, 3, 10, 30, 100, 1e3, 1e6] * 2).reshape(5, DIM)
    case("log", {}, positive - 0.5, lambda x: torch.log(x + 0.5))
    case("inverse-softplus", {}, positive, lambda x: x + torch.log(-torch.expm1(-x)))

    r = weights(DIM, scale=1)
    p = 1 + 0.8 * torch.tanh(r)
    case("power", {"layer.parameters": r}, normals(),
         lambda x: torch.stack([yeo_johnson(x[i], p[i]) for i in range(DIM)]))

    provenance = "reference_elementary.py, torch %s, %s" % (torch.__version__, datetime.date.today())
    with open("reference_elementary.json", "w") as f:
        f.write('{"provenance": %s, "cases": [\n' % json.dumps(provenance))
        f.write(",\n".join(json.dumps(c) for c in cases))
        f.write("\n]}\n")


main()
