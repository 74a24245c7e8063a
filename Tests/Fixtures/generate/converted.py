"""How well updates can be had from fewer ranks, and what PEFT's conversion to LoRA chooses.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and adapted/, and writes converted.json:
- `modules`: the update of a module as PEFT merges it, in double precision: its Frobenius norm, and
  for ranks, and for fractions of the sum of squared singular values, the relative Frobenius error
  of the best approximation. No conversion can be better. `peft` are the ranks that PEFT takes for
  the fractions; they differ for DoRA, whose magnitudes its conversion forgets (`accident`).
- `configurations`: PEFT's, of the converted adapter, for a rank and for a fraction.
"""

import warnings

import numpy
import torch
from peft import PeftModel
from peft.tuners.lora.conversion import convert_to_lora

import adapted
import checkpoints
import zoo
from tuners import adapted_modules

ADAPTERS = ["gpt2-randlora-unsaved", "llama-randlora-unsaved", "t5-randlora-very-sparse-unsaved",
            "llama-randlora-sparse-unsaved", "gpt2-lora", "llama-dora"]
RANKS = [1, 4, 16]
FRACTIONS = [0.5, 0.9]
MARGIN = 1e-5  # of energy: further from a fraction than single precision can move it


def loaded(adapter, dtype=torch.float32):
    base = checkpoints.loaded(adapted.ADAPTERS[adapter][0], dtype=dtype)
    return PeftModel.from_pretrained(base, adapted.path(adapter)).double().eval()


def converted(adapter, rank):
    model = loaded(adapter).float()
    with warnings.catch_warnings(record=True):
        config, tensors = convert_to_lora(model, rank)
    return config, {k.removeprefix("base_model.model.").removesuffix(".lora_A.weight"): len(v)
                    for k, v in tensors.items() if k.endswith(".lora_A.weight")}


def updates(adapter):
    """`[out, in]` in double precision: what merging adds."""
    before = checkpoints.loaded(adapted.ADAPTERS[adapter][0])
    after = loaded(adapter).merge_and_unload(safe_merge=True)
    for path, module in adapted_modules(loaded(adapter)).items():
        old, new = (model.get_submodule(path).weight.detach().double().numpy()
                    for model in (before, after))
        yield path, (new - old).T if module.fan_in_fan_out else new - old


def rounded(number):
    return float(f"{number:.7g}")


def rows(adapter):
    peft = {fraction: converted(adapter, fraction)[1] for fraction in FRACTIONS}
    for path, update in updates(adapter):
        energy = numpy.linalg.svd(update, compute_uv=False)**2
        total = energy.sum()

        def error(rank):
            rest = energy[rank:].sum() / total
            return rounded(rest**0.5) if rest > 1e-24 else 0.0

        fractions = []
        for fraction in FRACTIONS:
            kept = energy.cumsum() / total
            rank = int((kept < fraction).sum()) + 1
            assert abs(kept - fraction).min() > MARGIN, (adapter, path, fraction)
            chosen = peft[fraction][path]
            assert chosen == rank or adapter == "llama-dora", (adapter, path, chosen, rank)
            fractions.append({"fraction": fraction, "rank": rank, "error": error(rank),
                              "peft": chosen})
        row = {"adapter": adapter, "module": path, "shape": list(update.shape),
               "norm": rounded(total**0.5), "fractions": fractions,
               "ranks": [{"rank": rank, "error": error(rank)} for rank in RANKS]}
        if any(item["rank"] != item["peft"] for item in fractions):
            row["accident"] = "magnitudes are left out"
        yield row


def configuration(adapter, rank):
    config, _ = converted(adapter, rank)
    return {"adapter": adapter, "rank": rank, "r": config.r, "lora_alpha": config.lora_alpha,
            "target_modules": sorted(config.target_modules), "modules_to_save":
            config.modules_to_save, "rank_pattern": config.rank_pattern,
            "alpha_pattern": config.alpha_pattern}


if __name__ == "__main__":
    zoo.write("converted.json", {"versions": zoo.VERSIONS},
              {"modules": [row for adapter in ADAPTERS for row in rows(adapter)],
               "configurations": [configuration(adapter, rank) for adapter in ADAPTERS[:3]
                                  for rank in (4, 0.9)]})
