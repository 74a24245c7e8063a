"""Singular values and QR of small matrices, as NumPy and torch compute them.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0 numpy==2.4.6

Writes decompositions.json:
- `matrices`: a matrix of 32-bit floats; `spectrum`, its singular values in 64 bits (NumPy), and
  `errors`, the least relative error in the Frobenius norm for every rank from 1 on;
- `qr`: a matrix, and the first `rank` columns of Q and rows of R from `torch.linalg.qr` in 32 bits.
"""

import math

import numpy as np
import torch

import zoo


def floats(values):
    """Nine digits give a 32-bit number again."""
    return [float(f"{x:.9g}") for x in np.asarray(values, dtype=np.float64).flatten()]


def reals(values, largest):
    """Without the digits that are rounding beside the largest number."""
    digits = 12 - math.floor(math.log10(largest)) if largest else 0
    return [round(float(x), digits) for x in values]


def with_spectrum(rows, columns, values, seed):
    """A matrix with these singular values, up to the rounding of its entries."""
    generator = np.random.default_rng(seed)
    size = len(values)
    left = np.linalg.qr(generator.standard_normal((rows, size)))[0]
    right = np.linalg.qr(generator.standard_normal((columns, size)))[0]
    return (left * np.asarray(values)) @ right.T


def normal(rows, columns, seed):
    return np.random.default_rng(seed).standard_normal((rows, columns))


MATRICES = {
    "random, wide": normal(12, 30, 1),
    "random, tall": normal(30, 12, 2),
    "random, square": normal(16, 16, 3),
    "flat, wide": with_spectrum(10, 14, np.full(10, 2.5), 4),
    "flat, square": np.eye(8)[::-1] * -3,
    "steep, wide": with_spectrum(12, 20, 10.0 ** -np.arange(12), 5),
    "steep, tall": with_spectrum(20, 12, 10.0 ** (-0.5 * np.arange(12)), 6),
    "of rank 3": with_spectrum(9, 13, [5, 2, 1], 7),
    "of rank 1": np.outer(np.arange(1, 8), np.arange(-3, 3)),
    "zero": np.zeros((4, 6)),
    "one row": normal(1, 9, 8),
    "one column": normal(9, 1, 9),
    "one entry": np.array([[-2.5]]),
    "a zero column and row": np.pad(normal(5, 4, 10), ((1, 0), (0, 1))),
    "large entries": normal(5, 7, 11) * 1e37,
    "small entries": normal(7, 5, 12) * 1e-37,
}

QR = {
    "tall": (normal(14, 5, 21), 5),
    "tall, in part": (normal(14, 9, 22), 4),
    "wide": (normal(5, 12, 23), 5),
    "wide, in part": (normal(6, 12, 24), 2),
    "square": (normal(7, 7, 25), 7),
    "square, in part": (normal(9, 9, 26), 3),
    "triangular already": (np.triu(normal(5, 5, 27)), 5),
    "one row": (normal(1, 6, 28), 1),
    "one column": (normal(6, 1, 29), 1),
    "one negative entry": (np.array([[-2.0]]), 1),
    "zero": (np.zeros((4, 3)), 2),
}


def decomposed(name, matrix):
    matrix = matrix.astype(np.float32)
    spectrum = np.linalg.svd(matrix.astype(np.float64), compute_uv=False)
    squares = spectrum ** 2
    total = squares.sum()
    rest = [squares[rank:].sum() for rank in range(1, len(spectrum) + 1)]
    errors = [np.sqrt(square / total) if total else 0.0 for square in rest]
    return {"name": name, "shape": list(matrix.shape), "entries": floats(matrix),
            "spectrum": reals(spectrum, spectrum[0]), "errors": reals(errors, 1)}


def factored(name, matrix, rank):
    matrix = torch.from_numpy(matrix.astype(np.float32))
    q, r = torch.linalg.qr(matrix)
    return {"name": name, "shape": list(matrix.shape), "rank": rank, "entries": floats(matrix),
            "q": floats(q[:, :rank]), "r": floats(r[:rank])}


if __name__ == "__main__":
    torch.set_num_threads(1)
    zoo.write(
        "decompositions.json",
        {"versions": {"numpy": np.__version__, "torch": zoo.VERSIONS["torch"]}},
        {"matrices": [decomposed(*pair) for pair in MATRICES.items()],
         "qr": [factored(name, *pair) for name, pair in QR.items()]})
