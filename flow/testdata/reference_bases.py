"""Writes reference_bases.json: log-densities of bases in float64, from
torch.distributions where it has them, otherwise by numeric integrals of the papers'
formulas; gradients by automatic differentiation or differences. Run in this folder:

    /usr/bin/python3 reference_bases.py
"""

import datetime
import json

import numpy
import torch
from torch import distributions

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
DIM = 2


def weights(*shape, scale=0.7):
    """Random weights that float32 holds exactly."""
    return (scale * torch.randn(*shape)).to(torch.float32).to(torch.float64)


def clip(r, bound):
    return r / (1 + r.abs() / bound)


def points(spread=2.0):
    return torch.round(1e4 * spread * torch.randn(12, DIM)) / 1e4


cases = []


def case(base, parameters, z, log_density):
    """Adds a base; log_density takes all points."""
    z = z.clone().requires_grad_()
    values = log_density(z)
    gradient, = torch.autograd.grad(values.sum(), z)
    cases.append({
        "base": base,
        "parameters": {name: p.flatten().tolist() for name, p in parameters.items()},
        "z": z.tolist(),
        "log_density": [None if v == -numpy.inf else v for v in values.tolist()],  # no density
        "gradient": gradient.tolist(),
    })


def mixture(raw_weights, means, raw_scales, start):
    """Parameters have one row per column of the points."""
    scales = start * torch.exp(clip(raw_scales, 5))
    return distributions.MixtureSameFamily(
        distributions.Categorical(logits=raw_weights),
        distributions.Independent(distributions.Normal(means.T, scales.T), 1))


def logistic(z, edge):
    d = distributions.TransformedDistribution(
        distributions.Uniform(0.0, 1.0, validate_args=False),
        [distributions.SigmoidTransform().inv, distributions.AffineTransform(0.0, edge)])
    return torch.exp(d.log_prob(z))


def uniform(bound, edge):
    """The sum of a uniform number and a logistic one: the convolution of their
    densities, by Gauss's rule in pieces no longer than the edge is wide."""
    nodes, w = map(torch.from_numpy, numpy.polynomial.legendre.leggauss(20))
    pieces = int(numpy.ceil(2 * bound / edge))
    half = bound / pieces

    def log_density(z):
        total = torch.zeros_like(z)
        for i in range(pieces):
            u = -bound + half * (2 * i + 1 + nodes)
            total = total + half * (w * logistic(z[..., None] - u, edge)).sum(-1)
        return torch.log(total / (2 * bound)).sum(1)

    return log_density


class Network:
    """A network of two hidden layers of tanh units, whose inputs are clipped at 5."""

    def __init__(self, widths):
        self.layers = [(weights(o, i), weights(o)) for i, o in zip(widths, widths[1:])]

    def parameters(self):
        named = {}
        for i, (w, b) in enumerate(self.layers):
            named[f"base.acceptance.{i}.weight"], named[f"base.acceptance.{i}.bias"] = w, b
        return named

    def acceptance(self, z):
        h = clip(z, 5)
        for i, (w, b) in enumerate(self.layers):
            h = h @ w.T + b
            if i < len(self.layers) - 1:
                h = torch.tanh(h)
        return torch.sigmoid(clip(h[:, 0], 20))


def resampled(network, truncation):
    """The density that the sampler has: the sum over the draw that is kept. The mean of
    the acceptance is an integral over the plane, by Gauss's rule for the normal weight."""
    nodes, w = numpy.polynomial.hermite_e.hermegauss(200)
    grid = torch.tensor([[a, b] for a in nodes for b in nodes])
    w = torch.from_numpy(numpy.outer(w, w).flatten()) / (2 * numpy.pi)
    mean = (w * network.acceptance(grid)).sum()
    normal = distributions.Independent(distributions.Normal(torch.zeros(DIM), torch.ones(DIM)), 1)

    def log_density(z):
        kept = sum((1 - mean) ** (t - 1) * network.acceptance(z) for t in range(1, truncation))
        return normal.log_prob(z) + torch.log(kept + (1 - mean) ** (truncation - 1))

    return log_density


def main():
    normal = distributions.Normal(torch.zeros(DIM), torch.ones(DIM))
    case("normal", {}, points(), lambda z: normal.log_prob(z).sum(1))
    far = torch.tensor([[1e6, -1e6], [0.0, 1e-12], [-30.0, 400.0]])
    student = distributions.StudentT(torch.full((DIM,), 2.5))
    case("student of 2.5", {}, torch.cat([points(), far]), lambda z: student.log_prob(z).sum(1))
    raw = weights(DIM, scale=2)
    learned = distributions.StudentT(0.5 + 9.5 * torch.exp(clip(raw, 7)))
    case("student learned", {"base.degrees": raw}, torch.cat([points(), far]), lambda z: learned.log_prob(z).sum(1))
    one = weights(1, scale=2)
    shared = distributions.StudentT(0.5 + 9.5 * torch.exp(clip(one, 7)).repeat(DIM))
    case("student learned as one", {"base.degrees": one}, points(), lambda z: shared.log_prob(z).sum(1))
    p = {"base.weights": weights(5), "base.means": weights(DIM, 5, scale=2), "base.log_scales": weights(DIM, 5)}
    m = mixture(*p.values(), start=(1 - 0.5**2) ** 0.5)
    case("mixture", p, torch.cat([points(), torch.tensor([[300.0, -1000.0], [0.0, 0.0]])]), m.log_prob)
    case("uniform", {}, points(), uniform(3.0, 0.25))
    box = distributions.Uniform(torch.full((DIM,), -3.0), torch.full((DIM,), 3.0), validate_args=False)
    inside = points(0.8).clamp(-2.9, 2.9)
    outside = torch.tensor([[3.1, 0.0], [0.0, -7.0], [1e6, 1e6]])
    case("box", {}, torch.cat([inside, outside]), lambda z: box.log_prob(z).sum(1) + 0 * z.sum(1))
    for truncation in [1, 2, 5, 100]:
        network = Network([DIM, 6, 6, 1])
        # The mean of the acceptance is an estimate on the other side.
        case(f"resampled {truncation}", network.parameters(), points(), resampled(network, truncation))

    provenance = f"reference_bases.py, torch {torch.__version__}, {datetime.date.today()}"
    with open("reference_bases.json", "w") as out:
        out.write('{"provenance": ' + json.dumps(provenance) + ', "cases": [\n')
        out.write(",\n".join(json.dumps(c) for c in cases))
        out.write("\n]}\n")


main()
