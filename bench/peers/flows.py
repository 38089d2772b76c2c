"""Measures in PyTorch the work of the benchmarks in train/bench_test.go.

Prints one line in the format of Go's benchmarks. The flows are zuko's where that is
installed, and otherwise those below, written from the papers' formulas:

  RealNVP  Dinh, Sohl-Dickstein and Bengio, Density Estimation Using Real NVP, 2017
  MADE     Germain, Gregor, Murray and Larochelle, MADE, 2015
  MAF      Papamakarios, Pavlakou and Murray, Masked Autoregressive Flow, 2017
  RQ-NSF   Durkan, Bekasov, Murray and Papamakarios, Neural Spline Flows, 2019

Every flow is a module with two methods on rows: forward(x), which returns the latent
points and log|det| in nats, and inverse(z).
"""

import argparse
import math
import os
import statistics
import sys
import time

BENCHMARKS = {"step": "Step", "log-density": "LogDensity", "sample": "Sample"}
MODELS = ["realnvp", "spline-coupling", "spline-autoregressive", "maf"]
BINS, BOUND, MIN_BIN, MIN_SLOPE = 8, 5.0, 1e-3, 1e-3


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--benchmark", choices=BENCHMARKS, default="step")
    p.add_argument("--model", choices=MODELS, default="realnvp")
    p.add_argument("--dim", type=int, default=2, help="columns of the data")
    p.add_argument("--batch", type=int, default=256, help="rows of a training step")
    p.add_argument("--hidden", type=int, default=64, help="width of the two hidden layers")
    p.add_argument("--threads", default="1", help="threads of PyTorch; 1+2 gives it 1 and its BLAS 2")
    p.add_argument("--repeats", type=int, default=1, help="measure at least so many times")
    p.add_argument("--seconds", type=float, default=1, help="and until so many seconds have passed")
    p.add_argument("--chunk", type=int, default=10_000, help="rows evaluated at once outside training")
    p.add_argument("--plain", action="store_true", help="measure the flows of this file even where zuko is installed")
    p.add_argument("--check", action="store_true", help="compare log-dets with autograd's Jacobian, and the inverse, instead")
    return p.parse_args()


args = arguments()
torch_threads, _, blas_threads = args.threads.partition("+")
# The libraries read these when they are loaded.
os.environ["OMP_NUM_THREADS"] = torch_threads
os.environ["OPENBLAS_NUM_THREADS"] = blas_threads or torch_threads

try:
    import torch
except ImportError:
    sys.exit("flows.py needs PyTorch (Debian's python3-torch will do)")
from torch import nn
from torch.nn import functional as F

try:
    import zuko
except ImportError:
    zuko = None


class Affine:
    """x e^s + shift with the log-scale clipped softly to |s| < 3."""

    params = 2

    def scale(self, h):
        shift, raw = h.unbind(-1)
        return shift, raw / (1 + raw.abs() / 3)

    def forward(self, x, h):
        shift, s = self.scale(h)
        return x * s.exp() + shift, s

    def inverse(self, z, h):
        shift, s = self.scale(h)
        return (z - shift) * (-s).exp()


class RationalQuadratic:
    """The monotone rational-quadratic spline, the identity outside the box."""

    params = 3 * BINS - 1

    def bin(self, v, h, vertical):
        """The left edges, sizes and end slopes of the bins that the points v fall into."""
        widths, heights, slopes = h.split([BINS, BINS, BINS - 1], -1)
        x, y = self.knots(widths), self.knots(heights)
        slope = F.pad(MIN_SLOPE + F.softplus(slopes + math.log(math.expm1(1 - MIN_SLOPE))), (1, 1), value=1.0)
        edges = y if vertical else x
        left = (edges[..., 1:-1] <= v.unsqueeze(-1)).sum(-1, keepdim=True)
        at = torch.cat([left, left + 1], -1)
        (x0, x1), (y0, y1), (d0, d1) = (k.gather(-1, at).unbind(-1) for k in (x, y, slope))
        return x0, x1 - x0, y0, y1 - y0, d0, d1

    def knots(self, raw):
        share = MIN_BIN + (1 - BINS * MIN_BIN) * raw.softmax(-1)
        return F.pad(share.cumsum(-1), (1, 0)) * (2 * BOUND) - BOUND

    def forward(self, x, h):
        inside = x.abs() < BOUND
        x0, w, y0, height, d0, d1 = self.bin(x, h, vertical=False)
        t = torch.where(inside, (x - x0) / w, torch.zeros_like(x))
        s, u = height / w, t * (1 - t)
        den = s + (d0 + d1 - 2 * s) * u
        y = y0 + height * (s * t * t + d0 * u) / den
        slope = s * s * (d1 * t * t + 2 * s * u + d0 * (1 - t) ** 2) / (den * den)
        return torch.where(inside, y, x), torch.where(inside, slope.log(), torch.zeros_like(x))

    def inverse(self, z, h):
        inside = z.abs() < BOUND
        x0, w, y0, height, d0, d1 = self.bin(z, h, vertical=True)
        s, v = height / w, torch.where(inside, z - y0, torch.zeros_like(z))
        bend = v * (d0 + d1 - 2 * s)
        a, b, c = height * (s - d0) + bend, height * d0 - bend, -s * v
        t = 2 * c / (-b - (b * b - 4 * a * c).sqrt())
        return torch.where(inside, x0 + w * t, z)


class Coupling(nn.Module):
    """Maps one half of the columns given the other half."""

    def __init__(self, dim, first, hidden, transformer):
        super().__init__()
        self.split, self.first, self.transformer = dim // 2, first, transformer
        mapped = self.split if first else dim - self.split
        self.net = nn.Sequential(
            nn.Linear(dim - mapped, hidden), nn.ReLU(),
            nn.Linear(hidden, hidden), nn.ReLU(),
            nn.Linear(hidden, mapped * transformer.params))

    def parts(self, x):
        head, tail = x[:, :self.split], x[:, self.split:]
        mapped, alone = (head, tail) if self.first else (tail, head)
        return mapped, alone, self.net(alone).unflatten(-1, (-1, self.transformer.params))

    def join(self, mapped, alone):
        return torch.cat([mapped, alone] if self.first else [alone, mapped], -1)

    def forward(self, x):
        mapped, alone, h = self.parts(x)
        mapped, l = self.transformer.forward(mapped, h)
        return self.join(mapped, alone), l.sum(-1)

    def inverse(self, z):
        mapped, alone, h = self.parts(z)
        return self.join(self.transformer.inverse(mapped, h), alone)


class MaskedLinear(nn.Linear):
    def __init__(self, mask):
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class Autoregressive(nn.Module):
    """Maps each column given those before it; reverse orders them from the last."""

    def __init__(self, dim, reverse, hidden, transformer):
        super().__init__()
        self.dim, self.transformer = dim, transformer
        order = torch.arange(1, dim + 1)
        order = order.flip(0) if reverse else order
        degrees = 1 + torch.arange(hidden) * (dim - 1) // hidden
        out = order.repeat_interleave(transformer.params)

        def mask(condition):
            return condition.to(torch.get_default_dtype())

        self.net = nn.Sequential(
            MaskedLinear(mask(degrees[:, None] >= order)), nn.ReLU(),
            MaskedLinear(mask(degrees[:, None] >= degrees)), nn.ReLU(),
            MaskedLinear(mask(out[:, None] > degrees)))

    def h(self, x):
        return self.net(x).unflatten(-1, (-1, self.transformer.params))

    def forward(self, x):
        z, l = self.transformer.forward(x, self.h(x))
        return z, l.sum(-1)

    def inverse(self, z):
        x = torch.zeros_like(z)
        for _ in range(self.dim):  # pass i makes the i-th column right
            x = self.transformer.inverse(z, self.h(x))
        return x


class Chain(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        total = 0
        for layer in self.layers:
            x, l = layer(x)
            total = total + l
        return x, total

    def inverse(self, z):
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


class Zuko(nn.Module):
    def __init__(self, flow):
        super().__init__()
        self.flow = flow

    def forward(self, x):
        return self.flow().transform.call_and_ladj(x)

    def inverse(self, z):
        return self.flow().transform.inv(z)


def plain_model(name, dim, hidden):
    return Chain({
        "realnvp": lambda: [Coupling(dim, i % 2 == 1, hidden, Affine()) for i in range(8)],
        "spline-coupling": lambda: [Coupling(dim, i % 2 == 1, hidden, RationalQuadratic()) for i in range(5)],
        "spline-autoregressive": lambda: [Autoregressive(dim, i % 2 == 1, hidden, RationalQuadratic()) for i in range(5)],
        "maf": lambda: [Autoregressive(dim, i % 2 == 1, hidden, Affine()) for i in range(5)],
    }[name]())


def zuko_model(name, dim, hidden):
    widths = {"hidden_features": [hidden, hidden]}
    return Zuko({
        "realnvp": lambda: zuko.flows.NICE(dim, transforms=8, **widths),
        "spline-coupling": lambda: zuko.flows.NICE(
            dim, transforms=5, univariate=zuko.transforms.MonotonicRQSTransform,
            shapes=[(BINS,), (BINS,), (BINS - 1,)], **widths),
        "spline-autoregressive": lambda: zuko.flows.NSF(dim, transforms=5, bins=BINS, **widths),
        "maf": lambda: zuko.flows.MAF(dim, transforms=5, **widths),
    }[name]())


def log_density(flow, x):
    z, log_det = flow(x)
    return log_det - 0.5 * (z * z).sum(-1) - 0.5 * z.shape[-1] * math.log(2 * math.pi)


def training(flow, dim, batch):
    """A function that makes one step of training: forward, backward, Adam."""
    data = torch.randn(4096, dim)
    optimiser = torch.optim.Adam(flow.parameters(), lr=1e-4)

    def batches():
        while True:
            yield from data[torch.randperm(len(data))].split(batch)

    left = batches()

    def step():
        loss = -log_density(flow, next(left)).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    return step


def evaluation(function, rows, chunk):
    """A function that maps all rows without gradients, chunk of them at a time."""

    def run():
        with torch.no_grad():
            for part in rows.split(chunk):
                function(part)

    return run


def work(benchmark, flow, dim, batch, chunk):
    """What to measure, and a short piece of the same to warm up with."""
    if benchmark == "step":
        step = training(flow, dim, batch)
        return step, step
    if benchmark == "log-density":
        function, rows = lambda x: log_density(flow, x), torch.randn(100_000, dim)
    else:
        function, rows = flow.inverse, torch.randn(10_000, dim)
    return evaluation(function, rows, chunk), evaluation(function, rows[:100], chunk)


def measure(run, warm_up, repeats, seconds):
    """The times in seconds."""
    for _ in range(3):
        warm_up()
    times = []
    while len(times) < repeats or sum(times) < seconds:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


def check(build, dim=5):
    """Holds the flows to their definition in float64; the error of each is returned."""
    errors = {}
    for name in MODELS:
        flow = build(name, dim, 16).double()
        x = torch.linspace(-1.5, 2, dim, dtype=torch.float64)
        jacobian = torch.autograd.functional.jacobian(lambda v: flow(v[None])[0][0], x)
        with torch.no_grad():
            z, log_det = flow(x[None])
            away = (flow.inverse(z) - x).abs().max()
        errors[name] = ((torch.linalg.slogdet(jacobian)[1] - log_det[0]).abs() + away).item()
    return errors


def matmul_rate():
    """Gigaflops of a product of matrices, which tells a slow BLAS from a fast one."""
    a, b = torch.randn(1000, 512), torch.randn(512, 512)
    times = measure(lambda: a @ b, lambda: a @ b, 5, 0)
    return 2 * 1000 * 512 * 512 / min(times) / 1e9


def main():
    torch.set_num_threads(int(torch_threads))
    torch.manual_seed(1)
    use_zuko = zuko is not None and not args.plain
    build = zuko_model if use_zuko else plain_model
    flows = f"zuko {zuko.__version__}" if use_zuko else "flows of flows.py"
    print(f"peer: torch {torch.__version__}, {flows}, matrix products {matmul_rate():.0f} GF/s")
    if args.check:
        errors = check(build)
        for name, error in errors.items():
            print(f"{name}: {error:.1e} from autograd's log-det or the inverse")
        if not all(error < 1e-9 for error in errors.values()):
            sys.exit("flows.py: a flow does not agree with its Jacobian or its inverse")
        return
    flow = build(args.model, args.dim, args.hidden)
    run, warm_up = work(args.benchmark, flow, args.dim, args.batch, args.chunk)
    times = measure(run, warm_up, args.repeats, args.seconds)
    name = f"Benchmark{BENCHMARKS[args.benchmark]}/model={args.model}/D={args.dim}/batch={args.batch}/h={args.hidden}/workers={args.threads}"
    print(f"{name}\t{len(times)}\t{1e9 * statistics.median(times):.0f} ns/op")


if __name__ == "__main__":
    main()
