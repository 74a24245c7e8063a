"""LoRA adapters combined by PEFT's `add_weighted_adapter`.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and writes combined/: adapters/, the sources, a folder each with
adapter_config.json and adapter_model.safetensors; NAME.safetensors, the update `[out, in]` of every
module in the new adapter, at the scale 1 that its rank and alpha ask for; and manifest.json.

PEFT (issue 3761) takes `use_rslora` from the first adapter and then scales the result, which is
complete already, by the root of its rank: `scaling` is what it uses, and left out here. Types that
draw at random (`dare_...`) are not recorded, nor `svd_clamp`: its bound is a quantile of entries
whose signs the decomposition leaves open.
"""

import os
import shutil
import warnings

import torch
from peft import PeftModel
from peft.tuners.lora.layer import LoraLayer
from safetensors.torch import save_file

import adapted
import checkpoints
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "combined")


def gpt2(*targets, **fields):
    return "gpt2", dict(layers_to_transform=[0], target_modules=list(targets), fan_in_fan_out=True,
                        **fields)


def llama(*targets, **fields):
    return "llama-grouped", dict(layers_to_transform=[1], target_modules=list(targets), **fields)


ADAPTERS = {
    "gpt2-plain": gpt2("attn.c_proj", "c_fc", r=4, lora_alpha=7),
    "gpt2-root": gpt2("attn.c_proj", "mlp.c_proj", r=4, lora_alpha=3, use_rslora=True),
    "gpt2-alphas": gpt2("attn.c_proj", "c_fc", r=4, lora_alpha=5,
                        alpha_pattern={"c_proj": 2, "c_fc": 9}),
    "gpt2-six": gpt2("attn.c_proj", "mlp.c_proj", r=6, lora_alpha=6, use_rslora=True),
    "gpt2-table": ("gpt2", dict(r=4, lora_alpha=4, target_modules=["wte"])),
    "gpt2-table-root": ("gpt2", dict(r=4, lora_alpha=3, target_modules=["wte"], use_rslora=True)),
    "llama-plain": llama("q_proj", "k_proj", r=3, lora_alpha=6),
    "llama-root": llama("q_proj", "down_proj", r=3, lora_alpha=4, use_rslora=True),
    "llama-alphas": llama("q_proj", "k_proj", "down_proj", r=3, lora_alpha=5,
                          alpha_pattern={"k_proj": 2}),
    "llama-ranks": llama("q_proj", "k_proj", "down_proj", r=5, lora_alpha=7, use_rslora=True,
                         rank_pattern={"q_proj": 2, "down_proj": 6}, alpha_pattern={"q_proj": 3}),
}

THREE = ["plain", "root", "alphas"]
CASES = {  # name: adapters, weights, type, other arguments
    "linear": (THREE[:2], [1, 0.5], "linear", {}),
    "linear-negative": (["root", "plain", "alphas"], [0.7, -0.4, 1.2], "linear", {}),
    "linear-one": (["root"], [-0.6], "svd", {}),
    "cat": (["plain", "root", None], [0.5, -1, 0.8], "cat", {}),
    "cat-root-first": ([None, "plain"], [1.5, 0.3], "cat", {}),
    "svd": (["plain", "root", None], [0.5, -1, 0.8], "svd", {}),
    "svd-rank-2": (["root", None], [1, 1], "svd", {"svd_rank": 2}),
    "svd-rank-20": (THREE, [0.3, 0.6, 0.9], "svd", {"svd_rank": 20, "svd_full_matrices": False}),
    "ties": (THREE, [1, 0.5, 0.8], "ties", {"density": 0.5}),
    "ties-frequency": (THREE, [1, -0.5, 0.8], "ties", {
        "density": 0.3, "majority_sign_method": "frequency"}),
    "ties-whole": (THREE[:2], [1, 1], "ties", {"density": 1.0}),
    "ties_svd": (["root", "alphas", "plain"], [1, 0.5, 0.8], "ties_svd", {"density": 0.4}),
    "ties_svd-frequency": ([None, "alphas", "plain"], [1, 0.5, -0.8], "ties_svd", {
        "density": 0.7, "majority_sign_method": "frequency", "svd_rank": 4}),
    "magnitude_prune": (THREE, [1, -0.5, 0.8], "magnitude_prune", {"density": 0.45}),
    "magnitude_prune-nothing": (THREE[:2], [1, 0.5], "magnitude_prune", {"density": 0.001}),
    "magnitude_prune_svd": (["plain", None], [1, 0.8], "magnitude_prune_svd", {"density": 0.25}),
}
TABLES = {
    "linear": (["table", "table-root"], [1, -0.5], "linear", {}),
    "cat": (["table-root", "table"], [1, 0.5], "cat", {}),
    "svd": (["table", "table-root"], [1, 0.5], "svd", {"svd_rank": 3}),
    "ties": (["table", "table-root"], [1, 0.5], "ties", {"density": 0.5}),
}


def source(name):
    return os.path.join(FOLDER, "adapters", name)


def combined(base, names, weights, kind, more):
    model = PeftModel.from_pretrained(checkpoints.loaded(base), source(names[0]), names[0])
    for name in names[1:]:
        model.load_adapter(source(name), name)
    with warnings.catch_warnings(record=True):
        model.add_weighted_adapter(names, weights, "new", combination_type=kind, **more)
    return model


def updates(model):
    """Each module's product, and what PEFT would multiply it by."""
    products, factors = {}, set()
    for path, module in model.named_modules():
        if isinstance(module, LoraLayer) and "new" in module.scaling:
            if "new" in module.lora_embedding_A:
                a, b = module.lora_embedding_A["new"], module.lora_embedding_B["new"]
            else:
                a, b = module.lora_A["new"].weight, module.lora_B["new"].weight
            products[path.removeprefix("base_model.model.")] = (b @ a).detach()
            factors.add(module.scaling["new"])
    return products, factors


def row(model_name, base, case, names, weights, kind, more):
    names = [f"{model_name}-{name}" for name in names]
    model = combined(base, names, weights, kind, more)
    products, factors = updates(model)
    file = os.path.join(FOLDER, f"{model_name}-{case}.safetensors")
    save_file({k: v.contiguous() for k, v in products.items()}, file)
    os.chmod(file, 0o644)
    (scaling,), config = factors, model.peft_config["new"]
    return {"file": os.path.basename(file), "checkpoint": base, "adapters": names,
            "weights": weights, "combination_type": kind, **more, "rank": config.r,
            "scaling": round(scaling, 6), "target_modules": sorted(config.target_modules)}


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, (base, fields) in ADAPTERS.items():
        adapted.save(adapted.adapt(name, base, "LORA", fields), source(name))
    rows = []
    for model_name, base, other in (("gpt2", "gpt2", "six"), ("llama", "llama-grouped", "ranks")):
        for case, (names, *rest) in CASES.items():
            rows.append(row(model_name, base, case, [name or other for name in names], *rest))
    rows += [row("gpt2", "gpt2", f"table-{case}", *rest) for case, rest in TABLES.items()]
    zoo.write("combined/manifest.json", {"versions": zoo.VERSIONS}, {"cases": rows})


if __name__ == "__main__":
    main()
