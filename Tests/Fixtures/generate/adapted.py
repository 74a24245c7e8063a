"""Adapters of the small checkpoints as PEFT saves them, and what the adapted models answer.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and writes adapted/: a folder each with adapter_config.json,
adapter_model.safetensors and case.safetensors, and manifest.json. What is trained is drawn anew,
also what starts at zero, so that the update matters; magnitudes are moved by a tenth. Sets in
adapter_config.json are sorted: PEFT writes them in hash order. A row's `kind` is the part of its
folder's name that follows the family's.
"""

import json
import os
import shutil
import tempfile
import zlib

import torch
from peft import PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

import bases
import checkpoints
import families
import singles
import tiny
import zoo
from tuners import TUNERS

FOLDER = os.path.join(zoo.FIXTURES, "adapted")
GPT2 = ["c_attn", "c_proj", "c_fc"]
PATTERNS = dict(use_rslora=True, rank_pattern={"1..*q_proj": 2, "q_proj": 5, "down_proj": 3},
                alpha_pattern={"down_proj": 4, "k_proj": 9})

ADAPTERS = {  # folder: checkpoint, its case, tuner, configuration
    "gpt2-lora": ("gpt2", 2, "LORA", dict(
        r=4, lora_alpha=7, target_modules=GPT2, fan_in_fan_out=True, lora_dropout=0.1,
        task_type="CAUSAL_LM")),
    "gpt2-lora-patterns": ("gpt2", 4, "LORA", dict(
        r=3, lora_alpha=5, target_modules=GPT2, fan_in_fan_out=True, use_rslora=True,
        rank_pattern={"c_attn": 6, "h.1.mlp.c_proj": 1}, alpha_pattern={"mlp.c_proj": 2})),
    "gpt2-randlora": ("gpt2", 5, "RANDLORA", dict(
        r=6, randlora_alpha=15, target_modules=["c_attn", "c_fc"], fan_in_fan_out=True)),
    "gpt2-randlora-unsaved": ("gpt2", 2, "RANDLORA", dict(
        r=7, randlora_alpha=15, target_modules=GPT2, fan_in_fan_out=True, save_projection=False,
        projection_prng_key=5, task_type="CAUSAL_LM")),
    "llama-lora": ("llama-grouped", 2, "LORA", dict(
        r=4, target_modules="all-linear", task_type="CAUSAL_LM")),
    "llama-lora-patterns": ("llama-grouped", 4, "LORA", dict(
        r=4, lora_alpha=3, target_modules="all-linear", **PATTERNS)),
    "llama-randlora": ("llama-grouped", 5, "RANDLORA", dict(
        r=5, randlora_alpha=15, target_modules="all-linear", randlora_dropout=0.1)),
    "llama-randlora-unsaved": ("llama-grouped", 3, "RANDLORA", dict(
        r=9, randlora_alpha=20, target_modules="all-linear", save_projection=False,
        task_type="CAUSAL_LM")),
    "llama-randlora-sparse-unsaved": ("llama-grouped", 4, "RANDLORA", dict(
        r=10, randlora_alpha=20, target_modules=["q_proj", "v_proj", "down_proj"], sparse=True,
        save_projection=False)),
    "bert-lora": ("bert-classifier", 5, "LORA", dict(
        r=4, target_modules=["query", "value"], task_type="SEQ_CLS")),
    "bert-lora-biases": ("bert-classifier", 4, "LORA", dict(
        r=2, lora_alpha=3, target_modules=["query", "value"], bias="all", task_type="SEQ_CLS")),
    "bert-randlora-sparse": ("bert-classifier", 5, "RANDLORA", dict(
        r=5, randlora_alpha=15, target_modules=["query", "value"], sparse=True,
        task_type="SEQ_CLS")),
    "t5-lora": ("t5", 5, "LORA", dict(r=3, target_modules=["q", "v"], task_type="SEQ_2_SEQ_LM")),
    "t5-randlora-very-sparse": ("t5", 5, "RANDLORA", dict(
        r=5, randlora_alpha=15, target_modules=["q", "v"], very_sparse=True,
        task_type="SEQ_2_SEQ_LM")),
    "t5-randlora-very-sparse-unsaved": ("t5", 2, "RANDLORA", dict(
        r=7, randlora_alpha=15, target_modules=["q", "v", "wo"], very_sparse=True,
        save_projection=False)),
    "vit-lora": ("vit-classifier", 2, "LORA", dict(
        r=4, target_modules=["q_proj", "v_proj"], modules_to_save=["classifier"])),
    "vit-randlora": ("vit-classifier", 2, "RANDLORA", dict(
        r=16, randlora_alpha=25, target_modules=["q_proj", "v_proj"])),
}
ADAPTERS = families.adapters() | ADAPTERS | singles.SINGLES | families.later()


def path(folder, file=""):
    return os.path.join(FOLDER, folder, file)


def manifest():
    with open(os.path.join(FOLDER, "manifest.json")) as file:
        return json.load(file)["folders"]


def adapt(folder, base, tuner, fields):
    """The adapted model, what it trains drawn from a seed of the folder's name."""
    config = TUNERS[tuner](**json.loads(json.dumps(fields)))
    torch.manual_seed(0)
    model = get_peft_model(checkpoints.loaded(base), config).eval()
    config.base_model_name_or_path = base
    if folder.endswith("-bases-earlier"):
        bases.draw_earlier(model)
    generator = torch.Generator().manual_seed(zlib.crc32(folder.encode()))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                draw(model, name, parameter, generator)
    return model


def draw(model, name, parameter, generator):
    """Fills a trained parameter."""
    if "lora_magnitude_vector" in name:
        parameter *= 1 + torch.empty_like(parameter).normal_(0, 0.1, generator=generator)
        return
    if ".lora_B." in name or "lora_embedding_B" in name:
        center, spread = 0, 0.2
    elif "randlora_lambda" in name:
        center, spread = 0, 1
    elif "randlora_gamma" in name:
        center = parameter.flatten()[0].item()
        spread = center / 4
    else:
        module = model.get_submodule(name.rpartition(".")[0])
        center, spread = tiny.distribution(name, module, parameter)
    parameter.normal_(center, spread, generator=generator)


def save(model, folder):
    """PEFT's two files, without the card that it writes beside them."""
    os.makedirs(folder)
    with tempfile.TemporaryDirectory() as place:
        model.save_pretrained(place)
        shutil.copyfile(os.path.join(place, "adapter_model.safetensors"),
                        os.path.join(folder, "adapter_model.safetensors"))
        with open(os.path.join(place, "adapter_config.json")) as file:
            config = json.load(file)
    for key in ("target_modules", "exclude_modules", "feedforward_modules"):
        if isinstance(config.get(key), list):
            config[key] = sorted(config[key])
    text = json.dumps(config, indent=2)
    assert "/" not in text, text
    with open(os.path.join(folder, "adapter_config.json"), "w") as file:
        file.write(text + "\n")
    for file in os.listdir(folder):
        os.chmod(os.path.join(folder, file), 0o644)


def other_layout(folder):
    """Rewrites a file in which bases stand more than once: PEFT reads others, too."""
    file = path(folder, "adapter_model.safetensors")
    tensors = load_file(file)
    if folder.endswith("-bases-once"):
        left_out = bases.by_module(tensors)
    elif folder.endswith("-bases-by-module"):
        left_out = bases.SHARED
    else:
        return
    save_file({k: v for k, v in tensors.items() if k not in left_out}, file, {"format": "pt"})


def answered(model, base, case):
    """The inputs of a checkpoint's case, in what way to compare, and the model's answer."""
    manifest = checkpoints.manifest()[base]["cases"][case - 1]
    content = load_file(checkpoints.path(base, manifest["file"]))
    tensors = {k.removeprefix("input."): v for k, v in content.items() if k.startswith("input.")}
    before = {k.removeprefix("output."): v for k, v in content.items() if k.startswith("output.")}
    answer = checkpoints.run(model, tensors)
    change = checkpoints.distance(answer, before, tensors, manifest["compare"])
    assert 0.05 < change < 2, change
    return tensors, manifest["compare"], answer


def check(folder, tensors, answer):
    """What was saved gives the same model again."""
    model = PeftModel.from_pretrained(checkpoints.loaded(ADAPTERS[folder][0]), path(folder)).eval()
    again = checkpoints.run(model, tensors)
    assert all(torch.allclose(again[k], v, rtol=0, atol=1e-6) for k, v in answer.items()), folder


def row(folder):
    base, case, tuner, fields = ADAPTERS[folder]
    model = adapt(folder, base, tuner, fields)
    save(model, path(folder))
    other_layout(folder)
    tensors, compare, answer = answered(model, base, case)
    check(folder, tensors, answer)
    content = {f"input.{k}": v for k, v in tensors.items()}
    content |= {f"output.{k}": v.clone().contiguous() for k, v in answer.items()}
    save_file(content, path(folder, "case.safetensors"), {"compare": compare})
    for file in os.listdir(path(folder)):
        os.chmod(path(folder, file), 0o644)
    trainable, total = model.get_nb_trainable_parameters()
    return {"folder": folder, "kind": folder.partition("-")[2], "checkpoint": base, "tuner": tuner,
            "compare": compare, "trainable": trainable, "all": total}


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    zoo.write("adapted/manifest.json", {"versions": zoo.VERSIONS, "attention": "eager"},
              {"folders": [row(folder) for folder in ADAPTERS]})
