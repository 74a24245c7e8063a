"""More than one adapter at a time: an adapter for every row of a batch, or several for all rows.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and adapted/, and writes rows/: NAME.safetensors, cases like those of adapted/;
adapters/, RandLora adapters; and manifest.json. `rows` names an adapter a row, "__base__" for none;
`active` the adapters that work together, in their order.

All RandLora adapters of a model use the bases of the first that came. Those called "first" and
"second" would draw the same; "wider" needs larger ones (`accident`).
"""

import os
import shutil
import zlib

import torch
from peft import PeftModel
from safetensors.torch import save_file

import adapted
import checkpoints
import inputs
import zoo
from tiny import POSITIONS

FOLDER = os.path.join(zoo.FIXTURES, "rows")
BASE = "__base__"
MIXED = ["second", BASE, "first", "first", BASE]

RANDLORA = {  # folder: checkpoint, configuration
    "gpt2-randlora-first": ("gpt2", dict(
        r=7, randlora_alpha=12, target_modules=["c_attn", "c_fc"], fan_in_fan_out=True,
        projection_prng_key=9, save_projection=False)),
    "gpt2-randlora-second": ("gpt2", dict(
        r=7, randlora_alpha=5, target_modules=["c_attn", "attn.c_proj"], fan_in_fan_out=True,
        projection_prng_key=9, save_projection=False)),
    "gpt2-randlora-wider": ("gpt2", dict(
        r=7, randlora_alpha=5, target_modules=["c_attn", "mlp.c_proj"], fan_in_fan_out=True,
        projection_prng_key=9, save_projection=False)),
    "llama-randlora-first": ("llama-grouped", dict(
        r=5, randlora_alpha=10, target_modules=["q_proj", "down_proj"], sparse=True,
        save_projection=False)),
    "llama-randlora-second": ("llama-grouped", dict(
        r=5, randlora_alpha=5, target_modules=["q_proj", "k_proj"], sparse=True,
        save_projection=False)),
}

CASES = {  # name: checkpoint, folders of the adapters "first" and "second", rows or active adapters
    "gpt2-mixed": ("gpt2", "adapted/gpt2-lora", "adapted/gpt2-lora-patterns", {"rows": MIXED}),
    "gpt2-mixed-embedding": ("gpt2", "adapted/gpt2-lora-embedding", "adapted/gpt2-lora", {
        "rows": MIXED}),
    "gpt2-mixed-bias": ("gpt2", "adapted/gpt2-lora-lora-bias", "adapted/gpt2-lora-head-tied", {
        "rows": MIXED}),
    "llama-mixed": ("llama-grouped", "adapted/llama-lora", "adapted/llama-lora-patterns", {
        "rows": MIXED}),
    "llama-mixed-base-only": ("llama-grouped", "adapted/llama-lora", "adapted/llama-lora-patterns",
                              {"rows": [BASE, BASE]}),
    "bert-mixed-saved": ("bert-classifier", "adapted/bert-lora", "adapted/bert-lora-lora-bias", {
        "rows": MIXED}),
    "vit-mixed-conv2d": ("vit-classifier", "adapted/vit-lora-conv2d",
                         "adapted/vit-lora-conv2d-lora-bias", {"rows": MIXED}),
    "gpt2-both": ("gpt2", "adapted/gpt2-lora", "adapted/gpt2-lora-patterns", {
        "active": ["first", "second"]}),
    "llama-both": ("llama-grouped", "adapted/llama-lora-patterns", "adapted/llama-lora-layers", {
        "active": ["second", "first"]}),
    "llama-both-dora-last": ("llama-grouped", "adapted/llama-lora-layers", "adapted/llama-dora", {
        "active": ["first", "second"]}),
    "llama-both-dora-first": ("llama-grouped", "adapted/llama-lora-layers", "adapted/llama-dora", {
        "active": ["second", "first"]}),
    "gpt2-both-randlora": ("gpt2", "rows/adapters/gpt2-randlora-first",
                           "rows/adapters/gpt2-randlora-second", {"active": ["first", "second"]}),
    "gpt2-second-randlora": ("gpt2", "rows/adapters/gpt2-randlora-first",
                             "rows/adapters/gpt2-randlora-second", {"active": ["second"]}),
    "gpt2-wider-randlora": ("gpt2", "rows/adapters/gpt2-randlora-first",
                            "rows/adapters/gpt2-randlora-wider", {"active": ["second"]}),
    "llama-both-randlora": ("llama-grouped", "rows/adapters/llama-randlora-first",
                            "rows/adapters/llama-randlora-second", {"active": ["first", "second"]}),
}


def batch(model, base, count):
    """Inputs of so many rows."""
    config = model.config
    make = inputs.Maker(zlib.crc32(base.encode()), getattr(config, "vocab_size", 0))
    if config.model_type == "vit":
        size = config.image_size
        return {"pixel_values": make.numbers(count, config.num_channels, size, size)}, "all"
    lengths = [9, 4, 9, 6, 7][:count]
    assert max(lengths) < POSITIONS
    tokens = make.tokens(count, 9)
    return {"input_ids": tokens, "attention_mask": inputs.right(*lengths)}, "unmasked"


def row(name):
    base, first, second, how = CASES[name]
    model = PeftModel.from_pretrained(
        checkpoints.loaded(base), os.path.join(zoo.FIXTURES, first), "first")
    model.load_adapter(os.path.join(zoo.FIXTURES, second), "second")
    model.eval()
    tensors, compare = batch(model, base, len(how.get("rows", [0, 0])))
    if "active" in how:
        model.base_model.set_adapter(how["active"])
        answer = checkpoints.run(model, tensors)
        if len(how["active"]) == 1:
            how = how | alone(base, second, tensors, answer)
    else:
        answer = checkpoints.run(model, {**tensors, "adapter_names": how["rows"]})
        check(model, base, tensors, how["rows"], answer)
    content = {f"input.{k}": v for k, v in tensors.items()}
    content |= {f"output.{k}": v.clone().contiguous() for k, v in answer.items()}
    file = os.path.join(FOLDER, f"{name}.safetensors")
    save_file(content, file, {"compare": compare})
    os.chmod(file, 0o644)
    return {"file": os.path.basename(file), "checkpoint": base, "compare": compare,
            "adapters": {"first": first, "second": second}, **how}


def alone(base, folder, tensors, answer):
    """Whether an adapter that comes second, and has to use the bases of the first, suffers."""
    model = PeftModel.from_pretrained(
        checkpoints.loaded(base), os.path.join(zoo.FIXTURES, folder)).eval()
    gap = (checkpoints.run(model, tensors)["logits"] - answer["logits"]).abs().max()
    assert gap < 1e-5 or gap > 0.1
    accident = {"accident": "alone, with bases of its own size, the answer differs"}
    return accident if gap > 0.1 else {}


def check(model, base, tensors, names, answer):
    """Each row is what its adapter answers to the whole batch."""
    answers = {BASE: checkpoints.run(checkpoints.loaded(base), tensors)}
    for name in ("first", "second"):
        model.set_adapter(name)
        answers[name] = checkpoints.run(model, tensors)
    for index, name in enumerate(names):
        for key, output in answer.items():
            assert torch.allclose(output[index], answers[name][key][index], rtol=0, atol=1e-5)


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, (base, fields) in RANDLORA.items():
        model = adapted.adapt(name, base, "RANDLORA", fields)
        adapted.save(model, os.path.join(FOLDER, "adapters", name))
    zoo.write("rows/manifest.json", {"versions": zoo.VERSIONS, "attention": "eager"},
              {"cases": [row(name) for name in CASES]})
