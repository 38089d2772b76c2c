"""Writes reference_samples.json: metrics of two small samples from scipy, scikit-learn
and numpy. Run in this folder:

    /usr/bin/python3 reference_samples.py
"""

import datetime
import json

import numpy
import scipy
import sklearn
from scipy import stats
from sklearn.metrics.pairwise import euclidean_distances, rbf_kernel
from sklearn.neighbors import NearestNeighbors

rng = numpy.random.default_rng(3)
SAMPLES, DATA, DIM, K = 40, 30, 3, 5
x = numpy.round(rng.normal(size=(SAMPLES, DIM)) @ rng.normal(size=(DIM, DIM)), 3)
y = numpy.round(rng.gamma(2.0, size=(DATA, DIM)) - 1.5, 3)
# Equal values in a column, and a row that both have.
y[:6, 0] = x[:6, 0]
y[7] = x[9]


def off_diagonal(a):
    return (a.sum() - numpy.trace(a)) / (len(a) * (len(a) - 1))


def unbiased(kernel):
    return off_diagonal(kernel(x, x)) + off_diagonal(kernel(y, y)) - 2 * kernel(x, y).mean()


MEDIAN = 1.7
bandwidths = [MEDIAN * f for f in (0.25, 0.5, 1, 2, 4)]


def radii(rows):
    # The row itself is its own nearest neighbour.
    return NearestNeighbors(n_neighbors=K + 1).fit(rows).kneighbors(rows)[0][:, K]


across = euclidean_distances(x, y)
in_data_ball = across <= radii(y)[None, :]
in_sample_ball = across <= radii(x)[:, None]

nearest = NearestNeighbors(n_neighbors=1).fit(y).kneighbors(x)[0][:, 0]
first, second = numpy.round(rng.gamma(2.0, size=35), 1), numpy.round(rng.gamma(2.6, size=28), 1)
rank = stats.mannwhitneyu(first, second, alternative="less", method="asymptotic", use_continuity=True)

result = {
    "source": f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, numpy {numpy.__version__}; {datetime.date.today()}",
    "samples": x.tolist(),
    "data": y.tolist(),
    "wasserstein": [stats.wasserstein_distance(x[:, j], y[:, j]) for j in range(DIM)],
    "energy": -unbiased(euclidean_distances),
    "median": MEDIAN,
    "mmd": [unbiased(lambda a, b: rbf_kernel(a, b, gamma=1 / (2 * h * h))) for h in bandwidths],
    "median_distance": float(numpy.median(euclidean_distances(x)[numpy.triu_indices(SAMPLES, 1)])),
    "kolmogorov_smirnov": [stats.ks_2samp(x[:, j], y[:, j]).statistic for j in range(DIM)],
    "kolmogorov_smirnov_p": [
        {"distance": float(h / (n * m)), "n": n, "m": m, "p": float(stats.ks_2samp(a, b, method="exact").pvalue)}
        for n, m, shift in [(10, 10, 0.3), (40, 30, 0.2), (40, 30, 1.5), (17, 90, 0.5), (250, 100, 0.1), (1000, 300, 0.05), (1000, 300, 0.25)]
        for a, b in [(rng.normal(size=n), rng.normal(size=m) + shift)]
        for h in [round(stats.ks_2samp(a, b).statistic * n * m)]
    ],
    "correlation_distance": float(numpy.linalg.norm(numpy.corrcoef(x.T) - numpy.corrcoef(y.T))),
    "precision": in_data_ball.any(axis=1).mean(),
    "recall": in_sample_ball.any(axis=0).mean(),
    "density": in_data_ball.sum() / (K * SAMPLES),
    "coverage": in_data_ball.any(axis=0).mean(),
    "nearest": nearest.tolist(),
    "first": first.tolist(),
    "second": second.tolist(),
    "nearer": 1 - rank.statistic / (len(first) * len(second)),
    "nearer_p": rank.pvalue,
    "accuracy": [
        {"right": r, "n": n, "p": stats.binomtest(r, n, alternative="greater").pvalue}
        for r, n in [(0, 10), (5, 10), (10, 10), (520, 1000), (700, 1000), (480, 1000)]
    ],
}
with open("reference_samples.json", "w") as f:
    json.dump(result, f, indent=1)
    f.write("\n")
