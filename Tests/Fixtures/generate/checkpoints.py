"""Small checkpoints as transformers saves them, and what the models answer to a few inputs.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes checkpoints/: a folder each with config.json, model.safetensors and case-N.safetensors, and
manifest.json. A case holds `input.NAME` and `output.NAME`, in single precision with eager
attention; PyTorch's own attention gives the same up to `AGREEMENT`, which is checked.
"""

import json
import os
import shutil
import zlib

import torch
import transformers
from safetensors.torch import load_file, save_file

import inputs
import tiny
import variants
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "checkpoints")
OUTPUTS = ("logits", "last_hidden_state", "pooler_output", "logits_per_image", "logits_per_text",
           "text_embeds", "image_embeds")
AGREEMENT = 1e-6  # of the largest entry, or of one where that is smaller
DTYPES = {"float16": torch.float16, "bfloat16": torch.bfloat16}
IN_16_BITS = [(name, dtype) for name in ("gpt2", "llama-grouped", "bert-classifier", "vit")
              for dtype in DTYPES]
IN_16_BITS += [(name, "bfloat16") for name in ("gemma2", "gemma3_text", "gptj", "bloom", "falcon-grouped",
                                               "modernbert")]
SHARDED = ("gpt2", "llama-grouped")


def path(folder, file=""):
    return os.path.join(FOLDER, folder, file)


def manifest():
    """The folders that were written, by name."""
    with open(os.path.join(FOLDER, "manifest.json")) as file:
        return {row["folder"]: row for row in json.load(file)["folders"]}


def loaded(folder, attention="eager", dtype=torch.float32):
    """The model in a folder, in evaluation."""
    with open(path(folder, "config.json")) as file:
        name = json.load(file)["architectures"][0]
    model, found = getattr(transformers, name).from_pretrained(
        path(folder), attn_implementation=attention, dtype=dtype, output_loading_info=True)
    assert not found["missing_keys"] and not found["mismatched_keys"], (folder, found)
    for parameter in model.parameters():  # where numbers lie in memory can change the last digit
        parameter.data = parameter.data.clone()
    return model.eval()


def run(model, tensors):
    with torch.no_grad():
        answer = model(**tensors)
    if "start_logits" in answer:  # what the head computes, before it is taken apart
        return {"logits": torch.stack([answer["start_logits"], answer["end_logits"]], -1)}
    if type(model).__name__ == "ElectraForPreTraining":
        return {"logits": answer["logits"][..., None]}
    return {name: answer[name] for name in OUTPUTS if answer.get(name) is not None}


def rows(output, tensors, compare):
    """The part of an output that has a meaning."""
    name = "decoder_attention_mask" if "decoder_input_ids" in tensors else "attention_mask"
    if compare == "all" or output.dim() < 3:
        return output
    return output[tensors[name] == 1]


def distance(first, second, tensors, compare):
    """The largest difference of two answers, in units of the larger of one and their size."""
    worst = 0.0
    for name, output in first.items():
        a, b = (rows(x.double(), tensors, compare) for x in (output, second[name]))
        assert a.isfinite().all() and b.isfinite().all() and a.shape == b.shape, name
        worst = max(worst, ((a - b).abs().max() / max(1, b.abs().max())).item())
    return worst


def write_cases(folder, seed, native=None):
    """Writes a folder's cases; `native` is a type to run the model in besides."""
    eager = loaded(folder)
    sdpa = loaded(folder, "sdpa") if eager._supports_sdpa else eager  # there may be no attention
    own = loaded(folder, dtype=native) if native else None
    described = []
    for index, (tensors, compare) in enumerate(inputs.cases(eager, seed), start=1):
        answer = run(eager, tensors)
        gap = distance(answer, run(sdpa, tensors), tensors, compare)
        assert gap < AGREEMENT, (folder, index, gap)
        content = {f"input.{k}": v for k, v in tensors.items()}
        content |= {f"output.{k}": v for k, v in answer.items()}
        if own:
            content |= {f"native.{k}": v for k, v in run(own, converted(tensors, native)).items()}
        file = f"case-{index}.safetensors"
        save_file({k: v.clone().contiguous() for k, v in content.items()}, path(folder, file),
                  {"compare": compare})
        described.append({"file": file, "compare": compare})
    return described


def converted(tensors, dtype):
    return {k: v.to(dtype) if v.is_floating_point() else v for k, v in tensors.items()}


def row(folder, **more):
    model = loaded(folder)
    return {"folder": folder, "architecture": type(model).__name__,
            "parameters": sum(p.numel() for p in model.parameters()), **more}


def plain(name):
    tiny.build(name).save_pretrained(path(name))
    tidy(name)
    return row(name, cases=write_cases(name, zlib.crc32(name.encode()) + 1))


def in_16_bits(name, dtype):
    folder = f"{name}-{dtype}"
    tiny.build(name).to(DTYPES[dtype]).save_pretrained(path(folder))
    tidy(folder)
    cases = write_cases(folder, zlib.crc32(name.encode()) + 1, native=DTYPES[dtype])
    return row(folder, dtype=dtype, cases=cases)


def sharded(name):
    folder = f"{name}-sharded"
    tiny.build(name).save_pretrained(path(folder), max_shard_size="40KB")
    tidy(folder)
    shards = sum(file.startswith("model-") for file in os.listdir(path(folder)))
    assert shards >= 3, shards
    return same_cases(folder, name, shards=shards)


def older(folder):
    """A checkpoint under the names, and with the additions, of files that came before."""
    base, change = variants.OLDER[folder]
    os.makedirs(path(folder))
    with open(path(base, "config.json")) as file:
        config = json.load(file)
    tensors = change(load_file(path(base, "model.safetensors")), config)
    with open(path(folder, "config.json"), "w") as file:
        file.write(json.dumps(config, indent=2, sort_keys=True) + "\n")
    save_file(tensors, path(folder, "model.safetensors"), {"format": "pt"})
    return same_cases(folder, base)


def same_cases(folder, other, **more):
    """A folder whose cases are another's, which is checked."""
    model = loaded(folder)
    files = sorted(file for file in os.listdir(path(other)) if file.startswith("case-"))
    for file in files:
        content = load_file(path(other, file))
        tensors, wanted = (
            {k.removeprefix(part): v for k, v in content.items() if k.startswith(part)}
            for part in ("input.", "output."))
        answer = run(model, tensors)
        assert all(torch.equal(answer[k], v) for k, v in wanted.items()), (folder, file)
    with open(path(folder, "cases_of"), "w") as file:
        file.write(other + "\n")
    return row(folder, cases_of=other, **more)


def tidy(folder):
    """Leaves only what a model is made of."""
    for file in os.listdir(path(folder)):
        if not file.startswith(("config.json", "model")):
            os.remove(path(folder, file))
        else:
            os.chmod(path(folder, file), 0o644)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    folders = [plain(name) for name in tiny.MODELS]
    folders += [in_16_bits(name, dtype) for name, dtype in IN_16_BITS]
    folders += [sharded(name) for name in SHARDED]
    folders += [older(folder) for folder in variants.OLDER]
    versions = {k: v for k, v in zoo.VERSIONS.items() if k != "peft"}
    zoo.write("checkpoints/manifest.json", {"versions": versions, "attention": "eager"},
              {"folders": folders})


if __name__ == "__main__":
    main()
