"""Loads adapters that swift-peft wrote with PEFT, and compares what the models answer.

    pip install torch peft==0.21.2 transformers safetensors
    swift run WrittenAdapters Tests/Fixtures FOLDER
    python Scripts/check_with_peft.py FOLDER

Each folder in FOLDER holds `adapter/` (adapter_config.json and adapter_model.safetensors),
`base.txt` (the path of the base's checkpoint, from the folder or from where the script runs) and
`case.safetensors`: `input.NAME`, and `output.NAME` as swift-peft computes it. With the metadata
`compare: unmasked`, only the rows of tokens that the mask shows count.

An adapter passes where PEFT knows every tensor, misses none, and answers the same within 2e-5 of
the largest entry, or of 1 where that is smaller. RandLora's bases may stand in the file once: the
copies that PEFT 0.21 writes for every module are counted, not missed. One that was trained must load with
the AutoPeftModel class of its task, or with AutoPeftModel where it has none, have as many trained
parameters as its file has entries, and answer the same; a README.md must be one that the Hub
takes, and PEFT can add to.
"""

import argparse
import json
import os
import pathlib
import sys
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TQDM_DISABLE", "1")

import peft
import torch
import transformers
from huggingface_hub import ModelCard
from peft import PeftModel
from safetensors import safe_open
from safetensors.torch import load_file

TOLERANCE = 2e-5
SHARED = ("base_model.randlora_A", "base_model.randlora_B")


class Failure(Exception):
    """What is wrong with an adapter."""


def base_model(folder):
    text = (folder / "base.txt").read_text().strip()
    path = folder / text if (folder / text).exists() else pathlib.Path(text)
    if not path.exists():
        raise Failure(f"no checkpoint at {text}")
    name = json.loads((path / "config.json").read_text())["architectures"][0]
    model, found = getattr(transformers, name).from_pretrained(
        path, attn_implementation="eager", dtype=torch.float32, output_loading_info=True)
    if found["missing_keys"] or found["mismatched_keys"]:
        raise Failure(f"the base lacks {listed(found['missing_keys'] or found['mismatched_keys'])}")
    return model.eval()


def listed(keys):
    keys = sorted(map(str, keys))
    return ", ".join(keys[:3]) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")


def adapted_model(folder):
    """The model; how many copies of RandLora's bases its file does without; PEFT's warnings."""
    results = []
    load = PeftModel.load_adapter

    def recording(*arguments, **named):
        results.append(load(*arguments, **named))
        return results[-1]

    PeftModel.load_adapter = recording  # `from_pretrained` calls it, and keeps its result to itself
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model = PeftModel.from_pretrained(base_model(folder), folder / "adapter").eval()
    finally:
        PeftModel.load_adapter = load
    (result,) = results
    with safe_open(folder / "adapter/adapter_model.safetensors", "pt") as file:
        keys = set(file.keys())
    copies = absent_copies(result.missing_keys, keys)
    missing = set(result.missing_keys) - copies
    if missing:
        raise Failure(f"PEFT misses {listed(missing)}")
    if result.unexpected_keys:
        raise Failure(f"PEFT does not know {listed(result.unexpected_keys)}")
    told = {str(item.message).partition("\n")[0] for item in caught
            if item.category not in (DeprecationWarning, FutureWarning)
            and not (copies and str(item.message).startswith("Found missing adapter keys"))}
    return model, len(copies), told


AUTO_CLASSES = {
    "SEQ_CLS": peft.AutoPeftModelForSequenceClassification,
    "SEQ_2_SEQ_LM": peft.AutoPeftModelForSeq2SeqLM,
    "CAUSAL_LM": peft.AutoPeftModelForCausalLM,
    "TOKEN_CLS": peft.AutoPeftModelForTokenClassification,
    "QUESTION_ANS": peft.AutoPeftModelForQuestionAnswering,
    "FEATURE_EXTRACTION": peft.AutoPeftModelForFeatureExtraction,
}


def automatic_model(folder):
    """The model as its automatic class loads it; nothing where the configuration names no base."""
    config = json.loads((folder / "adapter/adapter_config.json").read_text())
    base = pathlib.Path(config["base_model_name_or_path"] or "nowhere")
    if not base.exists() or not (config["task_type"] or config["auto_mapping"]):
        return None
    loader = AUTO_CLASSES.get(config["task_type"], peft.AutoPeftModel)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = loader.from_pretrained(
            folder / "adapter", attn_implementation="eager", is_trainable=True)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    saved = sum(tensor.numel() for tensor in load_file(
        folder / "adapter/adapter_model.safetensors").values())
    if trained != saved:
        raise Failure(f"PEFT trains {trained} parameters with the task, and the file has {saved}")
    return model.eval()


def check_card(folder, model):
    """The model card is one that PEFT can go on with."""
    path = folder / "adapter/README.md"
    if not path.exists():
        return
    card = ModelCard.load(path)
    if card.data.library_name != "peft" or (card.data.base_model or "").startswith((".", "/")):
        raise Failure(f"its model card has {card.data.to_dict()}")
    before = path.read_text()
    model.create_or_update_model_card(str(folder / "adapter"))
    ModelCard.load(path)
    path.write_text(before)


def absent_copies(missing, keys):
    """The missing keys of bases that the file holds once for the model, and for no module."""
    ends = (".randlora_A.default", ".randlora_B.default")
    copies = {key for key in missing if key.endswith(ends) and key.count(".") > 2}
    once = all(key in keys for key in SHARED) and not any(
        key.endswith((".randlora_A", ".randlora_B")) and key not in SHARED for key in keys)
    return copies if once else set()


def distance(folder, model):
    """The largest difference of an output, over the larger of 1 and its largest entry."""
    path = folder / "case.safetensors"
    tensors = load_file(path)
    with safe_open(path, "pt") as file:
        compare = (file.metadata() or {}).get("compare", "all")
    inputs, outputs = ({key.removeprefix(kind): value for key, value in tensors.items()
                        if key.startswith(kind)} for kind in ("input.", "output."))
    if not outputs:
        raise Failure("the case has no outputs")
    with torch.no_grad():
        answer = model(**inputs)
    mask = inputs.get("decoder_attention_mask", inputs.get("attention_mask"))
    worst = 0.0
    for name, found in outputs.items():
        expected = answer[name]
        if found.shape != expected.shape:
            raise Failure(f"{name} is {list(found.shape)}, PEFT's {list(expected.shape)}")
        if compare == "unmasked" and found.dim() == 3:
            found, expected = found[mask == 1], expected[mask == 1]
        gap = (found.double() - expected.double()).abs().max() / max(1, expected.abs().max().item())
        worst = max(worst, gap.item()) if gap.isfinite() else float("inf")
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    folders = sorted(path.parent for path in parser.parse_args().folder.glob("*/adapter"))
    failed = once = loaded = 0
    for folder in folders:
        try:
            model, copies, told = adapted_model(folder)
            gap = distance(folder, model)
            automatic = automatic_model(folder)
            if automatic is not None:
                gap = max(gap, distance(folder, automatic))
            if not gap <= TOLERANCE:
                raise Failure(f"answers differ by {gap:.1e}")
            check_card(folder, model)
        except Exception as error:  # one that PEFT or transformers raises is a failure, too
            kind = "" if isinstance(error, Failure) else f"{type(error).__name__}: "
            print(f"FAILED {folder.name}: {kind}{' '.join(str(error).split())[:300]}")
            failed += 1
            continue
        once += copies > 0
        loaded += automatic is not None
        more = f", bases once ({copies} copies absent)" if copies else ""
        more += f", {type(automatic).__name__}" if automatic is not None else ""
        print(f"ok {folder.name}: {gap:.1e}{more}")
        for text in sorted(told):
            print(f"   PEFT: {text[:150]}")
    print(f"{len(folders) - failed} of {len(folders)} adapters agree; {once} with bases once, {loaded} loaded by class")
    return 1 if failed or not folders else 0


if __name__ == "__main__":
    sys.exit(main())
