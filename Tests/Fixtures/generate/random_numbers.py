"""Random numbers as torch and PEFT draw them on the CPU, as digests.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes random.json:
- `draws`: sequences of draws from one generator, and the low 24 bits of the words that follow them;
- `bases`: RandLora's bases from a key, for one linear module. `equal` marks those whose entries are
  all the same, which PEFT divides by a standard deviation of zero or none;
- `adapters`: what a fresh adapter holds right after `torch.manual_seed(seed)`, in PEFT's order.

Digests are of the numbers as 32-bit floats, little-endian: the first 24 digits of the SHA-256 or,
for adapters, FNV-1a with 64 bits. Normal numbers in tensors of 16 or more need a machine with AVX2.
"""

import hashlib
import json

import torch
from peft import get_peft_model
from torch import nn

import zoo
from adapter_files import BERT, GPT2, LLAMA, ROBERTA, T5, VIT
from tuners import TUNERS


def data(tensor):
    return tensor.detach().to(torch.float32).contiguous().numpy().astype("<f4").tobytes()


def recorded(tensor):
    """Shape, digest and first entries; nine digits give a 32-bit number again."""
    first = tensor.detach().flatten()[:4].tolist()
    return {"shape": list(tensor.shape), "sha256": hashlib.sha256(data(tensor)).hexdigest()[:24],
            "first": [float(f"{x:.9g}") for x in first]}


def fnv1a(tensor):
    result = 0xCBF29CE484222325
    for byte in data(tensor):
        result = (result ^ byte) * 0x100000001B3 % 2**64
    return f"{result:016x}"


# Draws: "uniform" with its bounds or "normal" with mean and deviation, each with a shape.

SEEDS = [0, 1, 2**31 + 5, 2**32 - 1, 2**32 + 7, 2**63 - 1, -1, -2**63]

DRAWS = [(seed, [("uniform", [7], 0, 1)]) for seed in SEEDS] + [
    (3, [("uniform", [700], -0.1, 0.1), ("uniform", [5, 3], -2**-0.5, 2**-0.5),
         ("uniform", [1000], 0.3, 17.1)]),
    (5, [("uniform", [2**23], 1, 2)]),  # rounding reaches the upper bound, which becomes the lower
    (4, [("normal", [size], 0, 1) for size in (1, 2, 3, 15)]),
    (4, [("normal", [size], 0, 1) for size in (16, 17, 31, 32, 33, 100)]),
    (5, [("normal", [1], 0, 1), ("normal", [20], 0, 1), ("uniform", [3], 0, 1),
         ("normal", [1], 2, 3), ("normal", [0], 0, 1), ("normal", [2], 0, 1)]),
    (6, [("normal", [8, 5000], 0, 1), ("normal", [40, 41], 0.5, 0.02),
         ("normal", [64, 7], 0, 1 / 8), ("normal", [3, 5], -1, 1 / 3)]),
    (7, [("normal", [2**20 + 3], 0, 1)]),
]


def drawn(seed, draws):
    generator = torch.Generator("cpu").manual_seed(seed)
    rows = []
    for kind, shape, a, b in draws:
        tensor = getattr(torch.empty(shape), kind + "_")(a, b, generator=generator)
        rows.append({"kind": kind, "parameters": [a, b], **recorded(tensor)})
    following = (torch.rand(4, generator=generator) * 2**24).to(torch.int64).tolist()
    return {"seed": seed, "draws": rows, "following": following}


# Bases: out, in, r, key.

BASES = [
    (48, 32, 5, 0), (32, 48, 5, 0), (3072, 768, 32, 0), (768, 768, 7, 12345),
    (10, 7, 3, 2**31 + 5), (7, 10, 3, 2**32 + 1), (7, 10, 3, -1), (5, 3, 8, 1), (9, 5, 1, 2),
    (64, 64, 64, 9), (700, 130, 50, 77), (4, 2, 1, 0), (4, 2, 1, 1), (4, 2, 1, 2), (1, 1, 1, 0),
]

KINDS = {"dense": {}, "sparse": {"sparse": True},
         "very_sparse": {"sparse": True, "very_sparse": True}}

# As drawn under torch 2.11, where dense bases are others.
EARLIER = [
    (48, 32, 5, 0, "4dc4b4ce78fda4c94d879fde", [0.63671875, -1.171875, -0.159179688, 0.921875],
     "614c42fce884883c6110aaa9", [-0.416015625, -0.9140625, 0.484375, 1.3046875]),
    (3072, 768, 32, 0, "5938d3dfcd3c1088364fd1a2", [0.59765625, -1.09375, -0.149414062, 0.8671875],
     "f9d5df355753b2976b6c9aac", [-0.8515625, -0.9609375, 1.015625, 0.41796875]),
    (768, 768, 7, 12345, "8b4e952cabe18ea6520abae7",
     [1.3203125, 1.359375, -1.328125, 0.0134277344],
     "cdb818d382e8455369ba7576", [-1.3671875, 1.078125, 1.6328125, -0.310546875]),
]


class One(nn.Module):
    def __init__(self, outputs, inputs):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs, bias=False)


def bases(outputs, inputs, r, key, kind):
    config = TUNERS["RANDLORA"](
        target_modules=["linear"], r=r, projection_prng_key=key, **KINDS[kind])
    model = get_peft_model(One(outputs, inputs), config).base_model
    row = {"outputs": outputs, "inputs": inputs, "r": r, "key": key, "kind": kind,
           "generation": "float"}
    for name, tensor in (("A", model.randlora_A["default"]), ("B", model.randlora_B["default"])):
        if tensor.isfinite().all():
            row[name] = recorded(tensor)
        else:
            row[name] = {"shape": list(tensor.shape), "equal": True}
    return row


def earlier(outputs, inputs, r, key, a, first_a, b, first_b):
    d, larger = min(outputs, inputs), max(outputs, inputs)
    return {"outputs": outputs, "inputs": inputs, "r": r, "key": key, "kind": "dense",
            "generation": "bfloat16",
            "A": {"shape": [r, 1, d], "sha256": a, "first": first_a},
            "B": {"shape": [larger, -(-d // r), r], "sha256": b, "first": first_b}}


# Adapters: model, tuner, configuration, seed.

ADAPTERS = [
    (GPT2, "LORA", dict(r=4, target_modules=["c_attn", "c_proj", "c_fc"]), 0),
    (GPT2, "LORA", dict(r=4, target_modules=["wte", "c_attn", "wpe"]), 1),
    (LLAMA, "LORA", dict(r=8, target_modules="all-linear"), 2),
    (LLAMA, "LORA", dict(r=8, target_modules=["q_proj", "down_proj"],
                         rank_pattern={"down_proj": 3}), 2**40 + 3),
    (BERT, "LORA", dict(r=3, target_modules="all-linear", task_type="SEQ_CLS"), 3),
    (T5, "LORA", dict(r=1, target_modules=["q", "v", "wi", "wo", "relative_attention_bias"]), 4),
    (VIT, "LORA", dict(r=2, target_modules=["q_proj", "projection"]), 5),
    (LLAMA, "RANDLORA", dict(r=8, target_modules=["q_proj", "v_proj", "down_proj"]), 6),
    (GPT2, "RANDLORA", dict(r=5, target_modules=["c_attn", "c_fc"], init_weights=False), 7),
    (LLAMA, "RANDLORA", dict(r=16, target_modules="all-linear", init_weights=False, sparse=True,
                             projection_prng_key=11), 8),
    (ROBERTA, "RANDLORA", dict(r=40, target_modules=["query", "output.dense"],
                               init_weights=False), 9),
]


def adapter(bundled, tuner, fields, seed):
    name, overrides = bundled
    model = zoo.build(name, device="cpu", **overrides)
    config = TUNERS[tuner](**json.loads(json.dumps(fields)))
    torch.manual_seed(seed)
    adapted = get_peft_model(model, config)
    following = (torch.rand(4) * 2**24).to(torch.int64).tolist()
    tensors = {key.removeprefix("base_model.model."): fnv1a(tensor)
               for key, tensor in adapted.named_parameters() if "lora_" in key}
    for key, tensor in adapted.named_buffers():
        if "randlora_" in key:  # every site refers to the same bases; the first is listed
            tensors[key[key.index("randlora_"):]] = fnv1a(tensor)
    return {"model": name, "overrides": overrides, "tuner": tuner, "config": fields, "seed": seed,
            "following": following, "tensors": tensors}


if __name__ == "__main__":
    torch.set_num_threads(1)
    zoo.write(
        "random.json", {"versions": zoo.VERSIONS},
        {"draws": [drawn(*case) for case in DRAWS],
         "bases": [bases(*case, kind) for case in BASES for kind in KINDS]
         + [earlier(*case) for case in EARLIER],
         "adapters": [adapter(*case) for case in ADAPTERS]})
