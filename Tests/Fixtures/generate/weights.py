"""Small files of numbers as Python writes them: safetensors, whole and in shards, and .npy.

    pip install torch==2.13.0 safetensors==0.8.0 numpy==2.4.6

Writes the folder weights. `types.safetensors` has 0 to 5 (truth values: 0, 1, 1, 0, 1, 0) in each
type, a scalar 1 and an empty tensor; `small.safetensors` is what a fuzz test damages; `sharded` is a
model in two files with an index; each `.npy` holds 0 to 5 as [2, 3].
"""

import json
import os

import numpy
import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "..", "weights")
TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16,
         "BF16": torch.bfloat16, "I64": torch.int64, "I32": torch.int32, "U16": torch.uint16,
         "U8": torch.uint8, "BOOL": torch.bool}


def types():
    tensors = {"ü.\U0001F600": torch.ones(1, 1, 1)}
    for name, dtype in TYPES.items():
        numbers = [0, 1, 1, 0, 1, 0] if dtype == torch.bool else range(6)
        tensors[name] = torch.tensor(list(numbers)).reshape(2, 3).to(dtype)
        tensors["scalar " + name] = torch.tensor(1).to(dtype)
        tensors["empty " + name] = torch.zeros(3, 0, dtype=dtype)
    save_file(tensors, os.path.join(FOLDER, "types.safetensors"),
              {"quote": "é \"\\\n\u0001"})  # several would come in any order


def small():
    tensors = {"a": torch.arange(3.0), "b.c": torch.ones(2, 2, dtype=torch.bfloat16),
               "d": torch.tensor(True)}
    save_file(tensors, os.path.join(FOLDER, "small.safetensors"))


def sharded():
    folder = os.path.join(FOLDER, "sharded")
    os.makedirs(folder, exist_ok=True)
    shards = [{"l0.weight": torch.arange(6.0).reshape(2, 3), "l0.bias": torch.ones(2)},
              {"l1.weight": torch.arange(2.0).reshape(1, 2).half(), "l1.bias": torch.zeros(1)}]
    names = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    for name, tensors in zip(names, shards):
        save_file(tensors, os.path.join(folder, name), {"format": "pt"})
    index = {"metadata": {"total_size": 24 + 8 + 4 + 4},
             "weight_map": {key: name for name, shard in zip(names, shards) for key in shard}}
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as file:
        file.write(json.dumps(index, indent=2, sort_keys=True) + "\n")


def arrays():
    numbers = numpy.arange(6).reshape(2, 3)
    for name in ["f8", "f4", "f2", "i8", "i4", "u2", "u1", "b1"]:
        numpy.save(os.path.join(FOLDER, name + ".npy"), numbers.astype(name))
    numpy.save(os.path.join(FOLDER, "scalar.npy"), numpy.float32(1.5))
    numpy.save(os.path.join(FOLDER, "empty.npy"), numpy.zeros((0, 4), "<f4"))
    for version in [(2, 0), (3, 0)]:
        with open(os.path.join(FOLDER, f"version{version[0]}.npy"), "wb") as file:
            numpy.lib.format.write_array(file, numbers.astype("<f4"), version=version)


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    types()
    small()
    sharded()
    arrays()
