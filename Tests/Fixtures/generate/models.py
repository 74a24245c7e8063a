"""Modules, parameters and configurations of the bundled models, as transformers builds them.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes models.json, modules/FAMILY.json and configs/NAME.json.
"""

import hashlib
import os
import tempfile

import torch

import zoo


def module_rows(model):
    return [[path, type(module).__name__] for path, module in model.named_modules() if path]


def fnv1a(text):
    """A 64-bit hash that needs no library anywhere."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def output_embeddings(model):
    head = model.get_output_embeddings()
    return next((path for path, module in model.named_modules() if module is head), None)


def padding_rows(model):
    """The rows of embeddings that torch does not train."""
    return {path: module.padding_idx for path, module in model.named_modules()
            if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None}


def families():
    for family, name in zoo.FAMILIES.items():
        model = zoo.build(name, layers=2)
        first = {}
        tied = []
        for path, parameter in model.named_parameters(remove_duplicate=False):
            if id(parameter) in first:
                tied.append([path, first[id(parameter)]])
            first.setdefault(id(parameter), path)
        zoo.write(
            f"modules/{family}.json",
            {"versions": zoo.VERSIONS, "model": name, "layers": 2, "class": type(model).__name__,
             "model_type": model.config.model_type, "output_embeddings": output_embeddings(model),
             "tied": tied, "padding": padding_rows(model)},
            {"modules": module_rows(model),
             "parameters": [[path, list(p.shape)] for path, p in model.named_parameters()],
             "buffers": [path for path, _ in model.named_buffers()]})


def full_size():
    rows = []
    for name in zoo.CONFIGS:
        model = zoo.build(name)
        modules = module_rows(model)
        lines = "\n".join(" ".join(row) for row in modules)
        rows.append({
            "model": name, "class": type(model).__name__, "model_type": model.config.model_type,
            "parameters": sum(p.numel() for p in model.parameters()), "modules": len(modules),
            "paths": fnv1a("\n".join(path for path, _ in modules)),
            "sha256": hashlib.sha256(lines.encode()).hexdigest()})
        path = os.path.join(zoo.FIXTURES, "configs", f"{name}.json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            zoo.configuration(name).save_pretrained(folder)
            with open(os.path.join(folder, "config.json")) as written, open(path, "w") as file:
                file.write(written.read())
    zoo.write("models.json", {"versions": zoo.VERSIONS}, {"models": rows})


if __name__ == "__main__":
    families()
    full_size()
