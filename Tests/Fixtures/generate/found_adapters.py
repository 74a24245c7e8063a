"""Adapters as they are found: with weights of the base model in their files, and shared biases.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0
    python Tests/Fixtures/generate/found_adapters.py

Reads checkpoints/ and writes found_adapters/: a folder each with adapter_config.json,
adapter_model.safetensors and case.safetensors (inputs, and what PEFT answers to them once it has
loaded those very files), and manifest.json with the base's parameters whose place the file's take.
"""

import os
import shutil
import zlib

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

import adapted
import checkpoints
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "found_adapters")
INSIDE = "base_model.model."
LLAMA = ["q_proj", "v_proj"]


def other(model, *names):
    """Weights of the base, under the names that they have in the adapted model, with other numbers."""
    state = model.state_dict()
    generator = torch.Generator().manual_seed(len(names[0]))
    result = {}
    for name in names:
        weight = state[INSIDE + name]
        noise = torch.empty_like(weight).normal_(0, 0.1, generator=generator)
        result[INSIDE + name] = weight + noise
    return result


def alike(model, *names):
    """One tensor under the names of all modules that share it."""
    first = other(model, names[0])
    return {INSIDE + name: next(iter(first.values())).clone() for name in names}


EMBEDDING, HEAD = "model.embed_tokens.weight", "lm_head.weight"
ADAPTERS = {  # folder: checkpoint, its case, configuration, what is added to the file, what changes
    "llama-embeddings": (
        "llama-grouped", 2, dict(target_modules=LLAMA),
        lambda m: other(m, EMBEDDING, HEAD), [EMBEDDING, HEAD]),
    "llama-norms": (
        "llama-grouped", 4, dict(target_modules=LLAMA),
        lambda m: other(m, "model.norm.weight", "model.layers.1.input_layernorm.weight"),
        ["model.layers.1.input_layernorm.weight", "model.norm.weight"]),
    "llama-dora-weight": (
        "llama-grouped", 3, dict(target_modules=LLAMA, use_dora=True),
        lambda m: other(m, "model.layers.0.self_attn.q_proj.base_layer.weight"),
        ["model.layers.0.self_attn.q_proj.weight"]),
    "llama-target-embedding": (
        "llama-grouped", 2, dict(target_modules=["embed_tokens", "q_proj"]),
        lambda m: other(m, "model.embed_tokens.base_layer.weight"), [EMBEDDING]),
    "llama-same-embeddings": (
        "llama-grouped", 2, dict(target_modules=LLAMA),
        lambda m: {k: v.clone() for k, v in m.state_dict().items()
                   if k in (INSIDE + EMBEDDING, INSIDE + HEAD)}, []),
    "gpt2-tied-embeddings": (
        "gpt2", 2, dict(target_modules=["c_attn"], fan_in_fan_out=True),
        lambda m: alike(m, "transformer.wte.weight", HEAD), ["transformer.wte.weight"]),
    "gpt2-tied-head": (
        "gpt2", 2, dict(target_modules=["c_attn", "lm_head"], fan_in_fan_out=True),
        lambda m: alike(m, "transformer.wte.weight", "lm_head.base_layer.weight"),
        ["transformer.wte.weight"]),
    "bert-head": (
        "bert-classifier", 5, dict(target_modules=["query", "value"]),
        lambda m: other(m, "classifier.weight", "classifier.bias"),
        ["classifier.bias", "classifier.weight"]),
    "bert-shared-bias": (
        "bert-masked-lm", 2, dict(target_modules=["query"], bias="all"), lambda m: {}, []),
    "bert-decoder": (
        "bert-masked-lm", 2, dict(target_modules=["query", "decoder"], bias="lora_only"),
        lambda m: {}, []),
    "roberta-shared-bias": (
        "roberta-masked-lm", 2, dict(target_modules=["query"], bias="all"), lambda m: {}, []),
    "distilbert-projector": (
        "distilbert-masked-lm", 2, dict(target_modules=["q_lin", "vocab_projector"], bias="all"),
        lambda m: {}, []),
}


def row(folder):
    base, case, fields, added, replaced = ADAPTERS[folder]
    torch.manual_seed(0)
    config = LoraConfig(r=2, lora_alpha=3, **fields)
    model = get_peft_model(checkpoints.loaded(base), config).eval()
    config.base_model_name_or_path = base
    generator = torch.Generator().manual_seed(zlib.crc32(folder.encode()))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                adapted.draw(model, name, parameter, generator)
    place = os.path.join(FOLDER, folder)
    adapted.save(model, place)
    file = os.path.join(place, "adapter_model.safetensors")
    tensors = load_file(file) | added(model)
    save_file({k: v.contiguous() for k, v in tensors.items()}, file, {"format": "pt"})
    loaded = PeftModel.from_pretrained(checkpoints.loaded(base), place).eval()
    inputs, compare, answer = adapted.answered(loaded, base, case)
    content = {f"input.{k}": v for k, v in inputs.items()}
    content |= {f"output.{k}": v.clone().contiguous() for k, v in answer.items()}
    save_file(content, os.path.join(place, "case.safetensors"), {"compare": compare})
    for name in os.listdir(place):
        os.chmod(os.path.join(place, name), 0o644)
    return {"folder": folder, "checkpoint": base, "compare": compare, "replaced": sorted(replaced)}


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    zoo.write("found_adapters/manifest.json", {"versions": zoo.VERSIONS},
              {"folders": [row(folder) for folder in ADAPTERS]})
