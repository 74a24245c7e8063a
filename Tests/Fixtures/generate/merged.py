"""Weights after PEFT's `merge_and_unload(safe_merge=True)`.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and adapted/, and writes merged/: a folder each with model.safetensors, the
parameters of a few modules under their plain names, and manifest.json. Where weights have 16 bits,
unsafe.safetensors is the same with `safe_merge=False`, and exact.safetensors in single precision:
what merging gives before anything is rounded, from the 16-bit weights, taken as exact. A row's
`rounds` says how often PEFT rounds in the one and the other way: twice is the update, then the
sum.
"""

import os
import shutil
import warnings

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file

import adapted
import checkpoints
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "merged")
H = "transformer.h"
LAYERS = "model.layers"

MERGED = {  # folder: adapter, modules, and a checkpoint where it is not the adapter's own
    "gpt2-lora": ("gpt2-lora", [f"{H}.0.attn.c_attn", f"{H}.1.mlp.c_proj"]),
    "gpt2-lora-bfloat16": ("gpt2-lora", [f"{H}.0.attn.c_proj", f"{H}.1.mlp.c_fc"],
                           "gpt2-bfloat16"),
    "gpt2-lora-float16": ("gpt2-lora", [f"{H}.0.attn.c_proj", f"{H}.1.mlp.c_fc"], "gpt2-float16"),
    "gpt2-dora": ("gpt2-dora", [f"{H}.0.attn.c_proj", f"{H}.1.mlp.c_proj"]),
    "gpt2-randlora": ("gpt2-randlora-unsaved", [f"{H}.0.attn.c_attn", f"{H}.1.mlp.c_proj"]),
    "gpt2-embedding-tied": ("gpt2-lora-embedding", ["transformer.wte", "lm_head"]),
    "gpt2-embedding-untied": ("gpt2-lora-embedding-untied", ["transformer.wte", "lm_head"]),
    "gpt2-head-tied": ("gpt2-lora-head-tied", ["transformer.wte", "lm_head"]),
    "gpt2-saved-head-tied": ("gpt2-lora-saved-head-tied", ["transformer.wte", "lm_head"]),
    "gpt2-pissa": ("gpt2-lora-pissa", [f"{H}.0.attn.c_proj", f"{H}.1.mlp.c_fc"]),
    "gpt2-lora-bias": ("gpt2-lora-lora-bias", [f"{H}.0.attn.c_proj", f"{H}.1.mlp.c_fc"]),
    "llama-lora-patterns": ("llama-lora-patterns", [
        f"{LAYERS}.0.self_attn.q_proj", f"{LAYERS}.1.self_attn.q_proj",
        f"{LAYERS}.1.mlp.down_proj"]),
    "llama-lora-bfloat16": ("llama-lora", [
        f"{LAYERS}.0.self_attn.q_proj", f"{LAYERS}.1.mlp.down_proj"], "llama-grouped-bfloat16"),
    "llama-dora": ("llama-dora", [f"{LAYERS}.0.self_attn.k_proj", f"{LAYERS}.1.mlp.down_proj"]),
    "llama-dora-bfloat16": ("llama-dora", [
        f"{LAYERS}.0.self_attn.k_proj", f"{LAYERS}.1.mlp.down_proj"], "llama-grouped-bfloat16"),
    "llama-randlora": ("llama-randlora-unsaved", [
        f"{LAYERS}.0.self_attn.k_proj", f"{LAYERS}.1.mlp.down_proj"]),
    "llama-randlora-bfloat16": ("llama-randlora-unsaved", [
        f"{LAYERS}.0.self_attn.k_proj", f"{LAYERS}.1.mlp.down_proj"], "llama-grouped-bfloat16"),
    "llama-randlora-float16": ("llama-randlora-unsaved", [
        f"{LAYERS}.0.self_attn.k_proj", f"{LAYERS}.1.mlp.down_proj"], "llama-grouped-float16"),
    "llama-pissa": ("llama-lora-pissa", [f"{LAYERS}.0.self_attn.q_proj"]),
    "llama-olora": ("llama-lora-olora", [f"{LAYERS}.1.mlp.down_proj"]),
    "bert-lora-bias": ("bert-lora-lora-bias", [
        "bert.encoder.layer.0.attention.self.query", "bert.encoder.layer.1.output.dense",
        "classifier"]),
    "bert-biases": ("bert-lora-patterns-bias", [
        "bert.encoder.layer.0.attention.self.query", "bert.encoder.layer.0.output.LayerNorm",
        "classifier"]),
    "bert-dora-embedding": ("bert-dora-embedding", [
        "bert.embeddings.word_embeddings", "bert.encoder.layer.1.attention.self.query"]),
    "vit-conv2d": ("vit-lora-conv2d", ["vit.embeddings.patch_embeddings.projection"]),
    "vit-conv2d-lora-bias": ("vit-lora-conv2d-lora-bias", [
        "vit.embeddings.patch_embeddings.projection"]),
    "vit-dora-conv2d": ("vit-dora-conv2d", ["vit.embeddings.patch_embeddings.projection"]),
    "llama-replicated": ("llama-lora-layer-replication", [
        f"{LAYERS}.{n}.self_attn.q_proj" for n in (0, 1, 2, 3)]),
}

ACCIDENTS = {  # the merged model answers something else than the adapted one
    "gpt2-embedding-tied": "the head, which is tied and was not adapted, changes as well",
    "gpt2-head-tied": "the embedding, which is tied and was not adapted, changes as well",
    "llama-replicated": "layers made of one layer share its weight, to which all updates are added",
}


def merged(adapter, base, dtype, safe=True):
    model = PeftModel.from_pretrained(checkpoints.loaded(base, dtype=dtype), adapted.path(adapter))
    with warnings.catch_warnings(record=True):
        return model.merge_and_unload(safe_merge=safe).eval()


def parameters(model, modules):
    return {f"{path}.{name}": parameter.detach().clone() for path in modules
            for name, parameter in model.get_submodule(path).named_parameters()}


def row(folder):
    adapter, modules, *other = MERGED[folder]
    own = adapted.ADAPTERS[adapter][0]
    base = other[0] if other else own
    dtype = base.rpartition("-")[2] if other else "float32"
    model = merged(adapter, base, getattr(torch, dtype))
    place = os.path.join(FOLDER, folder)
    os.makedirs(place)
    files = {"model.safetensors": parameters(model, modules)}
    result = {"folder": folder, "adapter": adapter, "checkpoint": base, "dtype": dtype,
              "modules": modules}
    if other:
        exact = parameters(merged(adapter, base, torch.float32), modules)
        unsafe = parameters(merged(adapter, base, getattr(torch, dtype), safe=False), modules)
        result["rounds"] = {"safe": rounds(files["model.safetensors"], exact),
                            "unsafe": rounds(unsafe, exact)}
        files |= {"unsafe.safetensors": unsafe, "exact.safetensors": exact}
    else:
        if folder in ACCIDENTS:
            result["accident"] = ACCIDENTS[folder]
        assert (change(model, adapter) > 2e-5) == (folder in ACCIDENTS), folder
        head = model.get_output_embeddings()
        if head is not None:
            result["tied"] = head.weight is model.get_input_embeddings().weight
            result["tie_word_embeddings"] = bool(model.config.tie_word_embeddings)
    for name, tensors in files.items():
        save_file(tensors, os.path.join(place, name), {"format": "pt"})
        os.chmod(os.path.join(place, name), 0o644)
    return result


def rounds(tensors, exact):
    """One where every entry is the nearest to the exact one, else two."""
    return 1 if all(torch.equal(v, exact[k].to(v.dtype)) for k, v in tensors.items()) else 2


def change(model, adapter):
    """How far the merged model's answer is from the adapted model's."""
    content = load_file(adapted.path(adapter, "case.safetensors"))
    inputs, before = ({k.removeprefix(part): v for k, v in content.items() if k.startswith(part)}
                      for part in ("input.", "output."))
    compare = next(row["compare"] for row in adapted.manifest() if row["folder"] == adapter)
    return checkpoints.distance(checkpoints.run(model, inputs), before, inputs, compare)


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    zoo.write("merged/manifest.json", {"versions": zoo.VERSIONS},
              {"folders": [row(folder) for folder in MERGED]})
