"""Writes reference.json: unnormalised log-densities and their gradients at fixed
points, and the logarithms of the integrals by the trapezoidal rule, in float64.

The formulas are those of the papers: Rezende and Mohamed, Variational Inference with
Normalizing Flows, 2015, table 1 (U1 to U4, here with a smooth box in z1), and Stimper
et al., normflows: A PyTorch Package for Normalizing Flows, 2023 (the others).
"""
import datetime
import json
import math

import torch

torch.set_default_dtype(torch.float64)


def normal(v, scale):
    return -0.5 * (v / scale) ** 2


def two_modes(z, radius, across, along):
    r = torch.sqrt((z**2).sum(1))
    ends = torch.logaddexp(normal(z[:, 0] - radius, along), normal(z[:, 0] + radius, along))
    return normal(r - radius, across) + ends


def box(z):
    edge, width = 4.0, 0.05
    inside = torch.nn.functional.logsigmoid
    return inside((edge - z[:, 0]) / width) + inside((edge + z[:, 0]) / width)


def w1(z):
    return torch.sin(2 * math.pi * z[:, 0] / 4)


def w2(z):
    return 3 * torch.exp(-0.5 * ((z[:, 0] - 1) / 0.6) ** 2)


def w3(z):
    return 3 * torch.sigmoid((z[:, 0] - 1) / 0.3)


def envelope(z, scale):
    return -0.5 * (z**4).sum(1) / (20 * scale) ** 4


def circular(z):
    scale = 2 / 3 * math.sin(math.pi / 8)
    terms = []
    for i in range(8):
        angle = 2 * math.pi / 8 * i
        centre = torch.tensor([2 * math.sin(angle), 2 * math.cos(angle)])
        terms.append(-((z - centre) ** 2).sum(1) / (2 * scale**2))
    return torch.logsumexp(torch.stack(terms), 0) - math.log(2 * math.pi * scale**2 * 8)


def rings(z):
    r = torch.sqrt((z**2).sum(1))
    return torch.logaddexp(normal(r - 1, 1 / 8), normal(r - 2, 1 / 8))


def smiley(z):
    r = torch.sqrt((z**2).sum(1))
    return normal(r - 2, 0.3) + normal(torch.abs(z[:, 1] + 0.8) - 1.2, 0.3)


# name: log-density, half the side of the square that is integrated over
targets = {
    "u1": (lambda z: two_modes(z, 2, 0.4, 0.6), 8),
    "u2": (lambda z: normal(z[:, 1] - w1(z), 0.4) + box(z), 9),
    "u3": (lambda z: torch.logaddexp(normal(z[:, 1] - w1(z), 0.35), normal(z[:, 1] - w1(z) + w2(z), 0.35)) + box(z), 9),
    "u4": (lambda z: torch.logaddexp(normal(z[:, 1] - w1(z), 0.4), normal(z[:, 1] - w1(z) + w3(z), 0.35)) + box(z), 9),
    "two-moons": (lambda z: two_modes(z, 2, 0.2, 0.3), 6),
    "circular-gaussians": (circular, 6),
    "rings": (rings, 6),
    "sinusoid": (lambda z: normal(z[:, 1] - w1(z), 0.4) + envelope(z, 0.4), 30),
    "sinusoid-gap": (lambda z: torch.logaddexp(normal(z[:, 1] - w1(z), 0.4), normal(z[:, 1] - w1(z) + w2(z), 0.4)) + envelope(z, 0.4), 30),
    "sinusoid-split": (lambda z: torch.logaddexp(normal(z[:, 1] - w1(z), 0.4), normal(z[:, 1] - w1(z) + w3(z), 0.4)) + envelope(z, 0.4), 30),
    "smiley": (smiley, 6),
}

points = [[0.3, -0.7], [2.0, 0.1], [-1.9, 0.4], [1.0, -2.5], [-3.9, 1.1], [4.02, 0.2], [0.0, -0.8], [-0.5, 3.0], [5.0, -5.0]]


def log_integral(f, half, cells):
    """The trapezoidal rule in blocks of rows; the integrands vanish at the border."""
    step = 2 * half / cells
    grid = -half + step * (torch.arange(cells) + 0.5)
    total = 0.0
    for block in grid.split(200):
        z = torch.cartesian_prod(block, grid)
        total += torch.exp(f(z)).sum().item()
    return math.log(total * step * step)


def record(f, half):
    z = torch.tensor(points, requires_grad=True)
    y = f(z)
    (gradient,) = torch.autograd.grad(y.sum(), z)
    coarse, fine = log_integral(f, half, 3000), log_integral(f, half, 4500)
    print(f"{fine:.12f} {fine - coarse:.1e}")
    return {"log_density": y.tolist(), "gradient": gradient.tolist(), "log_z": fine, "log_z_change": abs(fine - coarse)}


if __name__ == "__main__":
    out = {
        "script": "reference.py",
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
        "points": points,
        "targets": {name: record(f, half) for name, (f, half) in targets.items()},
    }
    with open("reference.json", "w") as file:
        json.dump(out, file, indent=1)
        file.write("\n")
