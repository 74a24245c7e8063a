"""RandLora's bases as other releases draw or lay them out."""

import json
import os

import numpy
import torch

import random_numbers
import zoo

SHARED = ("base_model.randlora_A", "base_model.randlora_B")


def by_module(tensors):
    """The keys of the copies that PEFT 0.21 writes for every module."""
    return [k for k in tensors if k.endswith((".randlora_A", ".randlora_B")) and k not in SHARED]


def earlier(outputs, inputs, r, key):
    """Dense bases as torch 2.11 draws them: from the low eight bits of a word, in bfloat16."""
    stream = numpy.random.RandomState(key)
    d, larger = min(outputs, inputs), max(outputs, inputs)

    def uniform(shape, fan):
        bound = torch.tensor(fan**-0.5, dtype=torch.bfloat16).double()
        words = stream.randint(0, 2**32, shape, dtype=numpy.uint32) & 0xFF
        numbers = torch.from_numpy(words.astype(numpy.float64)) / 2**8 * (2 * bound) - bound
        return numbers.to(torch.bfloat16)  # exact before: the bound has eight digits, the words too

    a = uniform([r, 1, d], d)
    b = torch.cat([uniform([larger, 1, r], r) for _ in range(-(-d // r))], dim=1)
    return [(tensor / tensor.std()).float() for tensor in (a, b)]


def draw_earlier(model):
    """Replaces a fresh adapter's bases, once their generator has been checked."""
    check()
    model = model.base_model
    config = model.peft_config["default"]
    outputs, inputs = model._find_dim(config)
    drawn = earlier(outputs, inputs, config.r, config.projection_prng_key)
    for held, tensor in zip((model.randlora_A["default"], model.randlora_B["default"]), drawn):
        assert held.shape == tensor.shape and not torch.equal(held, tensor)
        held.copy_(tensor)


def check():
    """What torch 2.11 drew is recorded."""
    with open(os.path.join(zoo.FIXTURES, "random.json")) as file:
        rows = [row for row in json.load(file)["bases"] if row["generation"] == "bfloat16"]
    assert rows
    for row in rows:
        drawn = earlier(row["outputs"], row["inputs"], row["r"], row["key"])
        for name, tensor in zip("AB", drawn):
            assert random_numbers.recorded(tensor) == row[name], (row, name)
