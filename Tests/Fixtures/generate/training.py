"""Loss curves: adapters of adapted/ trained for fifty steps in transformers and PEFT.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and adapted/, writes training/: batches/, first/ and manifest.json. All in single
precision, without dropout. With `--check`, writes nothing, but trains every case once more, which
must give the same numbers, and in double precision, and prints how far that is.
"""

import os
import shutil
import sys
import zlib

import numpy
import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

import adapted
import checkpoints
import families
import optimizers
import zoo
from inputs import Maker, left, right

torch.set_num_threads(1)
FOLDER = os.path.join(zoo.FIXTURES, "training")
STEPS, POOL, SMALLEST = 50, 6, 12
KINDS = [kind for kind, *_ in families.kinds(0, families.FAMILIES["gpt2"])]
FIRST = ("lora", "lora-patterns-bias", "dora", "randlora-unsaved")
VOCABULARY = 61
PADDING = {"llama": "right", "mistral": "left", "qwen2": "both", "qwen3": "left", "phi3": "right",
           "opt": "left", "gpt_neox": "both", "gemma2": "left", "gemma3_text": "right", "olmo2": "both",
           "smollm3": "left", "gptj": "right", "bloom": "both", "falcon": "left"}  # of the causal models; the others have no mask
CLASSES = {"albert": 3, "bert": 5, "roberta": 3, "distilbert": 3, "vit": 7, "electra": 4, "mpnet": 3,
           "modernbert": 3}


# Batches: what the model reads, and `labels`.

def shape(make, low=6, high=12):
    """Rows, and the number of tokens in each."""
    rows = make.tokens(1, low=2, high=5).item()
    return make.tokens(rows, low=low, high=high + 1).tolist()


def causal(make, index, family):
    """The prompt, and the first token that follows padding, are not counted."""
    lengths, padding = shape(make), PADDING.get(family)
    side = ("left", "right")[index % 2] if padding == "both" else padding
    if side is None:
        lengths = [max(lengths)] * len(lengths)
    mask = left(*lengths) if side == "left" else right(*lengths)
    ids = make.tokens(*mask.shape)
    labels = torch.where(mask == 1, ids, -100)
    for row, length in enumerate(lengths):
        prompt = mask.shape[1] - length if side == "left" else 0
        labels[row, :prompt + 1 + index % 3] = -100
    batch = {"input_ids": ids, "labels": labels}
    return batch | ({"attention_mask": mask} if side else {})


def t5(make, index, family):
    lengths = shape(make)
    targets = [max(2, length - 4) for length in lengths]
    mask, wanted = right(*lengths), right(*targets)
    labels = torch.where(wanted == 1, make.tokens(*wanted.shape), -100)
    begun = F.pad(labels[:, :-1], (1, 0), value=0)
    return {"input_ids": make.tokens(*mask.shape), "attention_mask": mask, "labels": labels,
            "decoder_input_ids": torch.where(begun == -100, 0, begun)}


def sentences(make, family):
    mask = right(*shape(make))
    ids = make.tokens(*mask.shape, low=2)
    return {"input_ids": torch.where(mask == 1, ids, 1), "attention_mask": mask}


def classes(make, index, family):
    if family == "vit":
        rows = 2 + index % 3
        batch = {"pixel_values": make.numbers(rows, 1, 15, 15)}
    else:
        batch = sentences(make, family)
    rows = len(next(iter(batch.values())))
    return batch | {"labels": make.tokens(rows, high=CLASSES[family])}


def padded_classes(make, index, family):
    """Token 0 is padding in BERT, and stands in the text, too."""
    batch = classes(make, index, family)
    batch["input_ids"] = torch.where(batch["attention_mask"] == 1, batch["input_ids"], 0)
    batch["input_ids"][:, 2] = 0
    return batch


def token_classes(make, index, family):
    """Padding has no class, and neither have some tokens."""
    batch = sentences(make, family)
    labels = torch.where(batch["attention_mask"] == 1, make.tokens(*batch["input_ids"].shape, high=5), -100)
    labels[:, 3] = -100
    return batch | {"labels": labels}


def multi_label(make, index, family):
    batch = sentences(make, family)
    rows = len(batch["input_ids"])
    return batch | {"labels": make.tokens(rows, CLASSES[family], high=2).float()}


def regression(make, index, family):
    batch = sentences(make, family)
    return batch | {"labels": make.numbers(len(batch["input_ids"]), CLASSES[family])}


def clip(make, index, family):
    """The largest token ends a text."""
    lengths = shape(make)
    mask = right(*lengths)
    ids = make.tokens(*mask.shape, low=3, high=VOCABULARY - 1)
    for row, length in enumerate(lengths):
        ids[row, length - 1] = VOCABULARY - 1
    return {"input_ids": ids, "attention_mask": mask,
            "pixel_values": make.numbers(len(lengths), 3, 15, 15)}


MAKERS = {"causal": causal, "tokens": t5, "classes": classes, "multi_label": multi_label,
          "regression": regression, "contrastive": clip, "token_classes": token_classes}


def own_loss(family):
    return {"t5": "tokens", "clip": "contrastive", "bert_tokens": "token_classes"}.get(
        family, "classes" if family in CLASSES else "causal")


def pool(family, loss, batches):
    make = Maker(zlib.crc32(f"{family} {loss}".encode()), VOCABULARY)
    maker = padded_classes if batches.endswith("-padding") else MAKERS[loss]
    return [maker(make, index, family) for index in range(POOL)]


# Losses: a sum, of which the number of what was counted makes a mean.

def counted(loss, batch):
    labels = batch.get("labels")
    if loss == "contrastive":
        return len(batch["input_ids"])
    if loss == "causal":
        labels = labels[:, 1:]
    return int((labels != -100).sum()) if loss != "regression" else labels.numel()


def summed(loss, answer, batch, smoothing):
    if loss == "contrastive":
        logits = answer.logits_per_text
        places = torch.arange(len(logits))
        both = (F.cross_entropy(x, places, reduction="sum") for x in (logits, logits.T))
        return sum(both) / 2
    logits, labels = answer.logits, batch["labels"]
    if loss == "multi_label":
        return F.binary_cross_entropy_with_logits(logits, labels, reduction="sum")
    if loss == "regression":
        return (logits - labels).pow(2).sum()
    if loss == "causal":
        logits, labels = logits[:, :-1], labels[:, 1:]
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1),
                           reduction="sum", label_smoothing=smoothing)


# Training.

class KeepingDouble(TorchFunctionMode):
    """Models compute norms and softmax in single precision: here they stay in double."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        double = args and isinstance(args[0], torch.Tensor) and args[0].dtype == torch.float64
        if double and function is torch.Tensor.float:
            return args[0]
        if double and function is torch.Tensor.to:
            args = tuple(torch.float64 if a is torch.float32 else a for a in args)
        if double and kwargs.get("dtype") is torch.float32:
            kwargs["dtype"] = torch.float64
        return function(*args, **kwargs)


def without_dropout(case):
    """The adapted model in training, its dropout off."""
    file = checkpoints.path(case["checkpoint"])
    config = transformers.AutoConfig.from_pretrained(file)
    for part in (config, *(getattr(config, name, None) for name in
                           ("text_config", "vision_config"))):
        for name, value in list(vars(part).items()) if part else []:
            if ("drop" in name or name.endswith("pdrop")) and isinstance(value, float):
                setattr(part, name, 0.0)
    kind = getattr(transformers, config.architectures[0])
    base = kind.from_pretrained(file, config=config, attn_implementation="eager",
                                dtype=torch.float32)
    for parameter in base.parameters():
        parameter.data = parameter.data.clone()
    model = PeftModel.from_pretrained(base, adapted.path(case["adapter"]), is_trainable=True)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model.train()


def inputs_of(batch):
    return {k: v for k, v in batch.items() if k != "labels"}


def groups(model, optimizer):
    """The trained parameters; those named lora_B apart where they have a rate of their own."""
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    ratio = optimizer.get("lora_plus")
    if ratio is None:
        return [{"params": [p for _, p in trained]}]
    return [{"params": [p for n, p in trained if ".lora_B." not in n]},
            {"params": [p for n, p in trained if ".lora_B." in n],
             "lr": optimizer["lr"] * ratio}]


def train(case, batches, double=False):
    """Losses, norms of gradients, and the first step's gradients by name."""
    model = without_dropout(case)
    if double:
        model = model.double()
        batches = [checkpoints.converted(batch, torch.float64) for batch in batches]
    settings = {k: v for k, v in case["optimizer"].items() if k not in ("name", "lora_plus")}
    optimizer = optimizers.maker(case["optimizer"]["name"])(
        groups(model, case["optimizer"]), **settings)
    schedule = transformers.get_scheduler(
        case["schedule"]["name"], optimizer, num_warmup_steps=case["schedule"]["warmup"],
        num_training_steps=STEPS)
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    losses, norms, first = [], [], {}
    for step in range(STEPS):
        taken = [batches[(step * case["accumulate"] + i) % POOL]
                 for i in range(case["accumulate"])]
        total = sum(counted(case["loss"], batch) for batch in taken)
        parts = []
        for batch in taken:
            answer = model(**inputs_of(batch))
            part = summed(case["loss"], answer, batch, case["label_smoothing"]) / total
            part.backward()
            parts.append(part.item())
        losses.append(sum(parts))
        if step == 0:
            first = {n: p.grad.clone() for n, p in trained.items() if p.grad is not None}
        limit = case["clip_grad_norm"] or float("inf")
        norms.append(nn.utils.clip_grad_norm_(trained.values(), limit, foreach=False).item())
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return losses, norms, first


# Cases.

def case(adapter, family, index, kind, loss=None, suffix="", **more):
    """Settings alternate over families and kinds."""
    loss = loss or own_loss(family)
    name, number = adapter + suffix, index + 2 * kind
    return {
        "name": name, "checkpoint": adapted.ADAPTERS[adapter][0], "adapter": adapter,
        "family": family, "loss": loss,
        "batches": family if loss == own_loss(family) else f"{family}-{loss}",
        "accumulate": 1 + (index + kind) % 2,
        "optimizer": {"name": "AdamW", "weight_decay": 0.01,
                      "lr": RATES.get(name, (0.002, 0.003, 0.005)[number % 3])},
        "schedule": {"name": ("linear", "cosine")[number // 2 % 2], "warmup": (0, 5, 10)[kind % 3]},
        "clip_grad_norm": (1.0, 1.0, None)[number % 3], "label_smoothing": 0, "steps": STEPS,
        **more}


SINGLES = [  # of adapted/, beside the kinds that every family has
    "gpt2-lora-embedding", "gpt2-lora-embedding-untied", "llama-lora-embedding-tied",
    "gemma-lora-embedding-scaled", "t5-lora-position-bias", "gpt2-dora-embedding",
    "bert-dora-embedding", "gpt2-lora-head-tied", "gpt2-randlora-head-tied", "vit-lora-conv2d",
    "clip-lora-conv2d", "vit-dora-conv2d", "gpt2-lora-lora-bias", "vit-lora-conv2d-lora-bias",
    "llama-lora-layer-replication", "bert-lora-layer-replication", "llama-lora-pissa",
    "llama-lora-olora", "gpt2-lora-saved-head-tied", "gpt2-lora-saved-embedding-tied",
    "bert-lora-saved-embedding", "llama-lora-saved-embeddings", "qwen3-lora-saved-norms",
    "roberta-lora-saved-parts-bias", "bert-randlora-bias-all", "gpt2-randlora-sparse-bases-once",
    "albert-lora", "albert-dora"]
PADDED = ["bert-dora-embedding", "bert-lora-saved-embedding"]  # padding's row is not trained
SLOW = {  # RandLora multiplies rounding errors: rates that keep single precision close to double
    0.001: ["qwen2-randlora-sparse-unsaved-module", "qwen3-randlora-unsaved",
           "gpt_neox-randlora-unsaved",
           "distilbert-randlora", "clip-randlora", "clip-randlora-unsaved",
           "clip-randlora-sparse-unsaved-module", "clip-randlora-very-sparse-unsaved-bias"],
    0.0005: ["gpt2-randlora", "qwen3-randlora-sparse-unsaved-module",
           "qwen3-randlora-very-sparse-unsaved-bias", "gpt_neox-randlora-very-sparse-unsaved-bias",
           "roberta-randlora-sparse-unsaved-module", "roberta-randlora-very-sparse-unsaved-bias",
           "t5-randlora-unsaved"],
    0.0002: ["opt-randlora-sparse-unsaved-module", "gpt2-randlora-sparse-unsaved-module",
           "mistral-randlora-unsaved",
           "qwen2-randlora-unsaved", "qwen2-randlora-very-sparse-unsaved-bias",
           "gemma-randlora-sparse-unsaved-module", "roberta-randlora-unsaved",
           "vit-randlora-sparse-unsaved-module", "roberta-randlora-unsaved-smoothed"],
    0.0001: ["llama-randlora", "llama-randlora-unsaved", "llama-randlora-sparse-unsaved-module",
           "llama-randlora-very-sparse-unsaved-bias", "mistral-randlora-sparse-unsaved-module",
           "phi3-randlora-unsaved", "phi3-randlora-sparse-unsaved-module",
           "gemma-randlora-unsaved", "gemma-randlora-very-sparse-unsaved-bias",
           "bert-randlora-sparse-unsaved-module", "bert-randlora-very-sparse-unsaved-bias",
           "distilbert-randlora-unsaved", "vit-randlora-unsaved",
           "t5-randlora-very-sparse-unsaved-bias"],
    5e-05: ["gpt2-randlora-unsaved", "gpt2-randlora-very-sparse-unsaved-bias",
           "phi3-randlora-very-sparse-unsaved-bias", "opt-randlora-unsaved",
           "gpt2-randlora-sparse-bases-once"],
    2e-05: ["mistral-randlora-very-sparse-unsaved-bias", "opt-randlora-very-sparse-unsaved-bias",
           "bert-randlora-unsaved", "distilbert-randlora-very-sparse-unsaved-bias"],
    1e-05: ["distilbert-randlora-sparse-unsaved-module"],
    3e-06: ["vit-randlora-very-sparse-unsaved-bias"],
}
RATES = {name: rate for rate, names in SLOW.items() for name in names}


def cases():
    # DINOv2 has nothing to predict; ALBERT is one of `SINGLES`.
    names = [name for name in families.FAMILIES if name not in ("dinov2", "albert")]
    for index, family in enumerate(names):
        for kind, name in enumerate(KINDS):
            yield case(f"{family}-{name}", family, index, kind)
    for index, adapter in enumerate(SINGLES):
        yield case(adapter, adapter.partition("-")[0], index, index // 3)
    for name in PADDED:
        yield case(name, "bert", 9, 1, suffix="-padding", batches="bert-padding")
    yield case("bert-lora", "bert", 9, 0, "multi_label", "-multi-label")
    yield case("bert-randlora", "bert", 9, 3, "regression", "-regression")
    yield case("llama-lora", "llama", 1, 0, suffix="-smoothed", label_smoothing=0.1)
    yield case("roberta-randlora-unsaved", "roberta", 10, 4, suffix="-smoothed",
               label_smoothing=0.1)
    yield case("mistral-lora", "mistral", 2, 0, suffix="-adam", optimizer={
        "name": "Adam", "lr": 0.003, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.02})
    yield case("gpt2-randlora-unsaved", "gpt2", 0, 4, suffix="-sgd", clip_grad_norm=1.0,
               optimizer={"name": "SGD", "lr": 0.0002, "momentum": 0.9, "weight_decay": 0.01})
    yield case("opt-lora", "opt", 7, 0, suffix="-lion", optimizer={
        "name": "Lion", "lr": 0.0005, "betas": [0.9, 0.99], "weight_decay": 0.1})
    yield case("vit-lora-conv2d", "vit", 11, 0, suffix="-adafactor", optimizer={
        "name": "Adafactor", "lr": 0.01, "weight_decay": 0.02})
    yield case("qwen2-lora", "qwen2", 3, 0, suffix="-plus", optimizer={
        "name": "AdamW", "lr": 0.0005, "weight_decay": 0.01, "lora_plus": 16})


def later():
    """The cases of later families, which have a file of their own."""
    for index, family in enumerate(families.LATER):
        yield case(f"{family}-lora", family, index, 0)


def path(*names):
    place = os.path.join(FOLDER, *names)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    return place


def keep(tensors, *names):
    save_file({k: v.clone().contiguous() for k, v in tensors.items()}, path(*names))
    os.chmod(path(*names), 0o644)


def row(case):
    batches = pool(case["family"], case["loss"], case["batches"])
    keep({f"{i}.{k}": v for i, batch in enumerate(batches) for k, v in batch.items()},
         "batches", case["batches"] + ".safetensors")
    losses, norms, first = train(case, batches)
    if case["name"].removesuffix("-padding") in [*SINGLES, *families.later(), *(f"{case['family']}-{kind}" for kind in FIRST)]:
        names = sorted(first, key=lambda name: (first[name].numel(), name))[:SMALLEST]
        keep({name: first[name] for name in names}, "first", case["name"] + ".safetensors")
    return {**{k: v for k, v in case.items() if k != "family"}, "losses": losses,
            "grad_norms": norms}


def recorded():
    rows = {}
    for name in ("manifest.json", "later.json"):
        with open(path(name)) as file:
            rows |= {row["name"]: row for row in zoo.json.load(file)["cases"]}
    return rows


def gap(first, second):
    return max(abs(a - b) / max(abs(b), 1e-30) for a, b in zip(first, second))


def check():
    """Whether all comes out as recorded, and the distance from double precision."""
    rows = recorded()
    for case in [*cases(), *later()]:
        file = load_file(path("batches", case["batches"] + ".safetensors"))
        batches = [{k.partition(".")[2]: v for k, v in file.items() if k.startswith(f"{i}.")}
                   for i in range(POOL)]
        row = rows[case["name"]]
        losses, norms, _ = train(case, batches)
        assert losses == row["losses"] and norms == row["grad_norms"], case["name"]
        model = without_dropout(case)
        with torch.no_grad():
            first, second = (checkpoints.run(m, inputs_of(batches[0]))
                             for m in (model, model.eval()))
        assert all(torch.equal(first[k], second[k]) for k in first), case["name"]
        with KeepingDouble():
            exact, exact_norms, _ = train(case, batches, double=True)
        print(f"{gap(losses, exact):.1e} {gap(norms, exact_norms):.1e} "
              f"{losses[0]:.4f} {losses[-1]:.4f} {max(norms):.2f} {min(norms):.2f} "
              f"{case['optimizer']['lr']} {case['name']}", flush=True)


def write_tokens():
    """A stream of tokens with something to learn: each follows from the one before, mostly."""
    generator = torch.Generator().manual_seed(0)
    tokens = [1]
    for _ in range(3999):
        surprise = torch.rand(1, generator=generator).item() < 0.1
        other = torch.randint(0, 61, (1,), generator=generator).item()
        tokens.append(other if surprise else (7 * tokens[-1] + 3) % 61)
    numpy.save(path("tokens.npy"), numpy.array(tokens, dtype=numpy.int32))


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    write_tokens()
    zoo.write("training/manifest.json", {"versions": zoo.VERSIONS, "attention": "eager"},
              {"cases": [row(case) for case in cases()]})
    zoo.write("training/later.json", {"versions": zoo.VERSIONS, "attention": "eager"},
              {"cases": [row(case) for case in later()]})


if __name__ == "__main__":
    check() if "--check" in sys.argv else main()
