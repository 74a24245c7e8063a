"""What fresh adapters of the small checkpoints hold right after `torch.manual_seed(seed)`.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and writes initial.json and initial/NAME.safetensors: everything that the adapter
trains, and the weights of the base that it changed (`...base_layer.weight`). `following` are the
low 24 bits of the words that the generator gives next. `compare` says what another program can
share:
- "bits": draws and constants. Draws of 16 or more normal numbers need a machine with AVX2;
- "close": rounding may differ. A QR decomposition has the signs of Householder's reflections;
- "products": signs of singular vectors are open, so only B · A and the base are determined.
"""

import json
import os
import shutil

import torch
from peft import get_peft_model
from safetensors.torch import save_file

import checkpoints
import zoo
from tuners import TUNERS

FOLDER = os.path.join(zoo.FIXTURES, "initial")


def llama(**fields):
    return "llama-grouped", "LORA", dict(r=4, lora_alpha=6, layers_to_transform=[1],
                                         target_modules=["q_proj", "down_proj", "k_proj"], **fields)


def gpt2(**fields):
    return "gpt2", "LORA", dict(r=4, lora_alpha=6, layers_to_transform=[0], fan_in_fan_out=True,
                                target_modules=["c_proj", "c_fc"], **fields)


def other(checkpoint, *targets, **fields):
    return checkpoint, "LORA", dict(r=3, target_modules=list(targets), **fields)


def randlora(checkpoint, **fields):
    return checkpoint, "RANDLORA", dict(init_weights=False, save_projection=False, **fields)


ADAPTERS = {  # name: compare, then checkpoint, tuner, configuration
    "llama-true": ("bits", llama()),
    "llama-false": ("bits", llama(init_lora_weights=False)),
    "llama-gaussian": ("bits", llama(init_lora_weights="gaussian")),
    "llama-gaussian-patterns": ("bits", llama(
        init_lora_weights="gaussian", rank_pattern={"q_proj": 7, "k_proj": 1})),
    "llama-orthogonal": ("close", llama(init_lora_weights="orthogonal")),
    "llama-pissa": ("products", llama(init_lora_weights="pissa")),
    "llama-pissa-rslora": ("products", llama(init_lora_weights="pissa", use_rslora=True)),
    "llama-olora": ("close", llama(init_lora_weights="olora")),
    "llama-olora-rslora": ("close", llama(init_lora_weights="olora", use_rslora=True)),
    "llama-dora": ("close", llama(use_dora=True)),
    "llama-dora-false": ("close", llama(use_dora=True, init_lora_weights=False)),
    "llama-dora-pissa": ("products", llama(use_dora=True, init_lora_weights="pissa")),
    "llama-bias": ("bits", llama(lora_bias=True)),
    "llama-bias-false": ("bits", llama(lora_bias=True, init_lora_weights=False)),
    "gpt2-false": ("bits", gpt2(init_lora_weights=False)),
    "gpt2-gaussian": ("bits", gpt2(init_lora_weights="gaussian")),
    "gpt2-orthogonal": ("close", gpt2(init_lora_weights="orthogonal")),
    "gpt2-pissa": ("products", gpt2(init_lora_weights="pissa")),
    "gpt2-dora": ("close", gpt2(use_dora=True)),
    "gpt2-bias-false": ("bits", gpt2(lora_bias=True, init_lora_weights=False)),
    "gpt2-embedding": ("bits", other("gpt2", "wte", "wpe")),
    "gpt2-embedding-false": ("bits", other("gpt2", "wte", "wpe", init_lora_weights=False)),
    "gpt2-embedding-gaussian": ("bits", other(
        "gpt2", "wte", "attn.c_proj", fan_in_fan_out=True, init_lora_weights="gaussian")),
    "gpt2-embedding-dora": ("close", other("gpt2", "wte", use_dora=True)),
    "vit-conv2d": ("bits", other("vit-classifier", "projection")),
    "vit-conv2d-false": ("bits", other("vit-classifier", "projection", init_lora_weights=False)),
    "vit-conv2d-gaussian": ("bits", other(
        "vit-classifier", "projection", "q_proj", init_lora_weights="gaussian")),
    "vit-conv2d-bias-false": ("bits", other(
        "vit-classifier", "projection", lora_bias=True, init_lora_weights=False)),
    "clip-conv2d-dora": ("close", other("clip", "patch_embedding", use_dora=True)),
    "llama-randlora": ("bits", randlora(
        "llama-grouped", r=7, target_modules=["q_proj", "k_proj", "down_proj"])),
    "gpt2-randlora": ("bits", randlora(
        "gpt2", r=50, target_modules=["c_attn", "c_fc"], fan_in_fan_out=True)),
}


def row(index, name):
    compare, (checkpoint, tuner, fields) = ADAPTERS[name]
    model = checkpoints.loaded(checkpoint)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    config = TUNERS[tuner](**json.loads(json.dumps(fields)))
    torch.manual_seed(100 + index)
    adapted = get_peft_model(model, config)
    following = (torch.rand(4) * 2**24).to(torch.int64).tolist()
    tensors = {}
    for key, value in adapted.named_parameters():
        key = key.removeprefix("base_model.model.")
        changed = key.endswith(".base_layer.weight") and not torch.equal(
            value, before[key.replace(".base_layer", "")])
        if "lora_" in key or changed:
            tensors[key] = value.detach().clone().contiguous()
    changed = any("base_layer" in key for key in tensors)
    assert changed == ("pissa" in name or "olora" in name), name
    file = os.path.join(FOLDER, f"{name}.safetensors")
    save_file(tensors, file)
    os.chmod(file, 0o644)
    return {"name": name, "checkpoint": checkpoint, "tuner": tuner, "config": fields,
            "compare": compare, "seed": 100 + index, "following": following}


if __name__ == "__main__":
    torch.set_num_threads(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    zoo.write("initial.json", {"versions": zoo.VERSIONS},
              {"adapters": [row(index, name) for index, name in enumerate(ADAPTERS)]})
