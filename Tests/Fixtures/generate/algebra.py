"""Updates of small weights in numbers, as PEFT computes them from an adapter's tensors.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes algebra.json: for every adapted module of a small model its kind and sizes, the adapter's
tensors, and `delta`, the update in the order in which the weight is stored. All tensors are random,
those that start at zero too.
"""

import torch
from peft import get_peft_model
from torch import nn
from transformers.pytorch_utils import Conv1D

import zoo
from tuners import TUNERS, adapted_modules


def linear(inputs, outputs):
    return nn.Linear(inputs, outputs, bias=False)


class Model(nn.Module):
    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)


CASES = [
    ("LORA", dict(r=2, lora_alpha=3), dict(up=linear(3, 5), down=linear(5, 2))),
    ("LORA", dict(r=3, lora_alpha=4, use_rslora=True), dict(conv=Conv1D(6, 4))),
    ("LORA", dict(r=2, lora_alpha=5), dict(table=nn.Embedding(6, 4))),
    ("LORA", dict(r=2, lora_alpha=1), dict(patches=nn.Conv2d(2, 3, (2, 3), bias=False))),
    ("LORA", dict(r=2, rank_pattern={"b": 1, ".": 3}, alpha_pattern={"c": 7}),
     dict(a=linear(3, 2), b=linear(2, 3), c=linear(2, 2))),
    ("RANDLORA", dict(r=2, randlora_alpha=3), dict(up=linear(3, 5))),
    ("RANDLORA", dict(r=2, randlora_alpha=3), dict(down=linear(5, 3))),
    ("RANDLORA", dict(r=2, randlora_alpha=40), dict(square=linear(4, 4))),
    ("RANDLORA", dict(r=3, randlora_alpha=60), dict(conv=Conv1D(4, 5), back=Conv1D(5, 4))),
    ("RANDLORA", dict(r=2, randlora_alpha=1),
     dict(wide=linear(3, 6), narrow=linear(5, 2), small=linear(2, 2))),
    ("RANDLORA", dict(r=9, randlora_alpha=9), dict(one=linear(4, 3))),
]


def recorded(tensor):
    """Shape and entries; nine digits give a 32-bit number again."""
    return {"shape": list(tensor.shape),
            "values": [float(f"{x:.9g}") for x in tensor.detach().flatten().tolist()]}


def tensors(model, tuner, layer):
    if tuner == "RANDLORA":
        return {"randlora_A": model.base_model.randlora_A["default"],
                "randlora_B": model.base_model.randlora_B["default"],
                "randlora_lambda": layer.randlora_lambda["default"],
                "randlora_gamma": layer.randlora_gamma["default"]}
    if layer.lora_embedding_A:
        return {"lora_embedding_A": layer.lora_embedding_A["default"],
                "lora_embedding_B": layer.lora_embedding_B["default"]}
    return {"lora_A.weight": layer.lora_A["default"].weight,
            "lora_B.weight": layer.lora_B["default"].weight}


def rows(tuner, fields, modules):
    kinds = {name: type(module).__name__ for name, module in modules.items()}
    model = get_peft_model(
        Model(**modules), TUNERS[tuner](target_modules=sorted(modules), **fields))
    result = []
    for path, layer in sorted(adapted_modules(model).items()):
        for tensor in tensors(model, tuner, layer).values():
            if tensor.requires_grad:
                nn.init.uniform_(tensor, -1, 1)
        result.append({
            "path": path, "kind": kinds[path], "weight": list(layer.get_base_layer().weight.shape),
            "tensors": {k: recorded(v) for k, v in tensors(model, tuner, layer).items()},
            "delta": recorded(layer.get_delta_weight("default"))})
    order = {"rank_pattern_order": list(fields["rank_pattern"])} if "rank_pattern" in fields else {}
    return {"tuner": tuner, "config": fields, **order, "sites": result}


if __name__ == "__main__":
    torch.manual_seed(0)
    zoo.write("algebra.json", {"versions": zoo.VERSIONS}, {"rows": [rows(*c) for c in CASES]})
