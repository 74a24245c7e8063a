"""Random adapters of random models, through `peft run` and `peft merge` and through PEFT, whose answers are
compared; merged checkpoints are read by transformers and by `peft run`.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0 safetensors==0.8.0
    swift build && python Tests/Fixtures/compare/random_adapters.py --count 500 --seed 1

Every difference is at most 1e-4 of the largest entry of an output, or of 1 where that is larger; a checkpoint
in 16 bits, which merging rounds, is compared in its two readings, and loosely with what it was made of.
Prints what differs, what is refused that PEFT runs, by cause, and how many of each there were. A refusal of
an adapter with default fields counts as a failure. A trial is repeated alone with `--only NUMBER`, which
keeps its folder.
"""

import copy
import json
import os
import random
import re
import shutil
import warnings

import trials  # first: it quiets the libraries

import torch
from peft import LoraConfig, PeftModel, RandLoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn
from transformers.pytorch_utils import Conv1D

TOLERANCE = 1e-4
ROUNDING = {torch.float32: TOLERANCE, torch.float16: 0.02, torch.bfloat16: 0.1}
TASKS = {"ForCausalLM": "CAUSAL_LM", "LMHeadModel": "CAUSAL_LM", "ForConditionalGeneration": "SEQ_2_SEQ_LM",
         "ForSequenceClassification": "SEQ_CLS", "Model": "FEATURE_EXTRACTION"}
HAS_DEFAULT_TARGETS = {"llama", "mistral", "qwen2", "qwen3", "gemma", "gpt2", "gpt_neox", "opt", "bert",
                       "roberta", "t5"}
BLOCKS = re.compile(r"(\w+)\.(\d+)\.")


class RandomAdapter:
    """The fields of one adapter's configuration for a model, and what else is done to the two."""

    def __init__(self, seed, trial, model):
        self.rng = random.Random(seed)
        self.is_lora = self.chance(0.65)
        self.dtype = self.pick(*[torch.float32] * 8, torch.float16, torch.bfloat16)
        self.is_beside = self.chance(0.05)
        self.has_name = self.chance(0.05)
        self.new_tokens = 0
        task = next((t for end, t in TASKS.items() if trial.class_name.endswith(end)), None)
        self.fields = {"r": self.pick(1, 2, 3, 4, 6, 8, 16)}
        if task and self.chance(0.8):
            self.fields["task_type"] = task
        self.has_defaults = self.chance(0.2)
        if self.has_defaults:
            if trial.fields["model_type"] not in HAS_DEFAULT_TARGETS:
                self.fields["target_modules"] = "all-linear"
            return
        # T5's three tables are one module afterwards, as which PEFT then adapts them.
        if "vocab_size" in trial.fields and trial.fields["model_type"] != "t5" and self.chance(0.05):
            self.new_tokens = self.pick(1, 5)
        self.linear = [n for n, m in model.named_modules() if isinstance(m, (nn.Linear, Conv1D))]
        self.lookups = [n for n, m in model.named_modules() if isinstance(m, (nn.Embedding, nn.Conv2d))]
        self.rest = [n for n, m in model.named_modules()
                     if not list(m.children()) and list(m.parameters()) and n not in self.linear]
        if not self.is_lora:
            self.lookups = []
        self.add_targets(model)
        self.add_common()
        self.add_lora() if self.is_lora else self.add_randlora()

    def maybe(self, share, name, *choices):
        if self.chance(share):
            self.fields[name] = self.pick(*choices)

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, *choices):
        return self.rng.choice(choices)

    def sample(self, names, most):
        return self.rng.sample(sorted(names), min(len(names), self.rng.randint(1, most)))

    def ending(self, name):
        """A name as it stands in a list: the end of a path, seldom all of it."""
        parts = name.split(".")
        return ".".join(parts[-self.pick(1, 1, 1, 1, 2, 2, 3, 99):])

    def pattern(self, names):
        """A regular expression for paths that end so."""
        ends = "|".join(re.escape(n.split(".")[-1]) for n in names)
        return self.pick(rf".*\.({ends})", rf".*({ends})", rf".*\.\d+\..*({ends})$", rf".*[01]\..*(?:{ends})",
                         rf"(?:.+\.)?({ends})", rf".*\.(?!0)\d+\..*\.({ends})")

    def add_targets(self, model):
        names = self.sample(self.linear, 4)
        if self.lookups and self.chance(0.25):
            names += self.sample(self.lookups, 2)
        form = self.pick("list", "list", "list", "regex", "all-linear", "default")
        if form == "list":
            self.fields["target_modules"] = sorted({self.ending(n) for n in names})
        elif form == "regex":
            self.fields["target_modules"] = self.pattern(names)
        elif form == "all-linear" or model.config.model_type not in HAS_DEFAULT_TARGETS:
            self.fields["target_modules"] = "all-linear"
        if self.is_lora and self.chance(0.15):
            out = self.sample(self.linear, 2)
            self.fields["exclude_modules"] = self.pick([self.ending(n) for n in out], self.pattern(out))
        if form != "regex" and self.chance(0.15):
            self.fields["layers_to_transform"] = self.pick(0, 1, [0], [1], [0, 1], [0, 2])
            found = {m[1] for n in self.linear for m in [BLOCKS.search(n)] if m}
            if found and self.chance(0.5):
                pattern = self.pick(*sorted(found))
                self.fields["layers_pattern"] = self.pick(pattern, [pattern])

    def add_common(self):
        own = "lora_only" if self.is_lora else "randlora_only"
        self.maybe(0.25, "bias", "all", own, own, "none")
        self.maybe(0.15, "fan_in_fan_out", True, False)
        if self.chance(0.3):
            names = self.sample(self.rest, 2)
            if self.chance(0.5):
                names += self.sample(self.linear, 1)
            self.fields["modules_to_save"] = sorted({self.ending(n) for n in names})

    def add_lora(self):
        r = self.fields["r"]
        self.maybe(0.7, "lora_alpha", 1, 3, r, 2 * r, 16)
        self.maybe(0.2, "use_rslora", True, True, False)
        self.maybe(0.25, "use_dora", True, True, False)
        self.maybe(0.2, "lora_dropout", 0.1, 0.5)
        self.maybe(0.4, "init_lora_weights", True, False, "gaussian", "pissa", "pissa", "olora", "orthogonal",
                   "eva", "mica", "pissa_niter_16")
        if self.fields.get("init_lora_weights", True) in (True, False) and not self.fields.get("use_dora"):
            self.maybe(0.15, "lora_bias", True)
        for name, values in (("rank_pattern", (1, 2, 5)), ("alpha_pattern", (1, 4, 7))):
            if self.chance(0.2):
                self.fields[name] = {self.key(n): self.pick(*values) for n in self.sample(self.linear, 3)}
        if self.chance(0.03):
            self.fields["layer_replication"] = self.pick([[0, 1], [0, 1]], [[0, 2], [1, 2]])
        if self.chance(0.02):
            self.fields["ensure_weight_tying"] = True
        if self.chance(0.02):
            self.fields["trainable_token_indices"] = [1, 4]

    def key(self, name):
        """A key of `rank_pattern`: the end of a path, a path from its beginning, or an expression."""
        last = name.split(".")[-1]
        return self.pick(self.ending(name), self.ending(name), "^" + re.escape(name), rf".*\.\d+\..*{last}",
                         rf"(.*)0\.(.*)\.{last}")

    def add_randlora(self):
        r = self.fields["r"]
        self.maybe(0.7, "randlora_alpha", 20 * r, 15, 4 * r, 64)
        self.maybe(0.2, "randlora_dropout", 0.1)
        self.maybe(0.5, "projection_prng_key", 0, 1, 77, 2**31)
        self.maybe(0.4, "save_projection", False, False, True)
        self.maybe(0.3, self.pick("sparse", "very_sparse"), True)
        self.maybe(0.2, "init_weights", False, True)

    def configuration(self):
        return (LoraConfig if self.is_lora else RandLoraConfig)(**copy.deepcopy(self.fields))

    @property
    def scale(self):
        return self.fields.get("randlora_alpha", 640) / self.fields["r"]


def draw(name, parameter, adapter, generator):
    """Changes a trained parameter, also what starts at zero, so that it matters."""
    noise = torch.empty_like(parameter).normal_(generator=generator)
    if "magnitude" in name or "gamma" in name:
        parameter *= 1 + 0.2 * noise
    elif "lambda" in name:
        parameter += noise / adapter.scale
    elif "lora_A" in name or "lora_embedding_A" in name:
        parameter += 0.1 * noise
    else:
        parameter += 0.2 * noise


def base(folder, trial, adapter):
    model = trials.loaded(folder, trial)
    if adapter and adapter.new_tokens:
        model.resize_token_embeddings(model.config.vocab_size + adapter.new_tokens, mean_resizing=False)
    return model.eval()


def make(folder, trial, number, seed):
    """Writes model, adapter and inputs; the adapter, and PEFT's answer once it has read the files."""
    model_folder = f"{folder}/model"
    os.mkdir(model_folder)
    generator = torch.Generator().manual_seed(number)
    trials.write(model_folder, trial, generator)
    adapter = RandomAdapter(f"{seed}/{number}/adapter", trial, trials.loaded(model_folder, trial))
    if adapter.dtype != torch.float32:
        file = f"{model_folder}/model.safetensors"
        save_file({k: v.to(adapter.dtype) for k, v in load_file(file).items()}, file, {"format": "pt"})
    torch.manual_seed(number)
    name = "other" if adapter.has_name else "default"
    model = base(model_folder, trial, adapter)
    inputs = trials.given(model.config, generator)
    if adapter.new_tokens:
        inputs["input_ids"][0, 0] = model.config.vocab_size - 1
    plain = trials.answered(model, inputs, trial)
    model = get_peft_model(model, adapter.configuration(), adapter_name=name).eval()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if parameter.requires_grad:
                draw(key, parameter, adapter, generator)
    model.save_pretrained(f"{folder}/adapter")
    adapter.folder = f"{folder}/adapter/other" if adapter.has_name else f"{folder}/adapter"
    save_file(inputs, f"{folder}/input.safetensors")
    expected = trials.answered(reloaded(folder, trial, adapter), inputs, trial)
    return adapter, inputs, plain, expected


def reloaded(folder, trial, adapter):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(base(f"{folder}/model", trial, adapter), adapter.folder)
    missing = [str(w.message) for w in said if "missing adapter keys" in str(w.message)]
    if missing:
        raise ValueError(missing[0])
    return model.eval().get_base_model()


def kind_of_refusal(text):
    """An error without numbers and names."""
    words = re.sub(r"'[^']*'", "'…'", trials.cause(text))
    words = re.sub(r"\S*[./]\S*\w", "NAME", words)
    return re.sub(r"\d[\d,]*", "N", words)


def run(folder, number, seed):
    trial = trials.Trial(f"{seed}/{number}")
    kind = trial.fields["model_type"]
    try:
        adapter, inputs, plain, expected = make(folder, trial, number, seed)
    except Exception as error:  # what PEFT does not make or read again is no measure
        return "skipped", f"{kind}: {type(error).__name__}: {str(error)[:90]}"
    if any(not v.isfinite().all() for v in expected.values()):
        return "skipped", "not finite"
    change = 0 if adapter.new_tokens else trials.distance(plain, expected)
    verdict, detail = compare(folder, trial, adapter, inputs, expected)
    if verdict != "same" and (why := amiss_without(folder, trial, inputs)):
        return "skipped", f"{kind}: the model alone: {why}"
    if verdict.startswith(("different", "refused")) and is_random(folder, trial, adapter, inputs, expected):
        return "skipped", f"{kind}: PEFT answers otherwise each time that it loads"
    if verdict == "refused by merge" and (why := amiss_with_merging(folder, trial, adapter)):
        return "same, but neither merges it", why
    default = ", default fields" if adapter.has_defaults and verdict.startswith("refused") else ""
    if not verdict.startswith("same"):
        detail = f"{detail} | {kind} {adapter.dtype} {trial.changes} {json.dumps(adapter.fields)}"
    return verdict + default + (", unchanged" if not adapter.new_tokens and change < 1e-3 else ""), detail


def amiss_without(folder, trial, inputs):
    """Why the model is no measure, which has no adapter; None where it answers as in transformers."""
    if "vocab_size" in trial.fields:
        inputs = {k: v % trial.fields["vocab_size"] if "ids" in k else v for k, v in inputs.items()}
        save_file(inputs, f"{folder}/input.safetensors")
    result = answer(f"{folder}/model", folder, trial)
    if result.returncode:
        return trials.cause(result.stderr)
    expected = trials.answered(base(f"{folder}/model", trial, None), inputs, trial)
    return got_wrong(folder, expected)


def is_random(folder, trial, adapter, inputs, expected):
    """Whether what PEFT loads depends on chance: some initial values, which it takes from the base again."""
    torch.manual_seed(1)
    again = trials.answered(reloaded(folder, trial, adapter), inputs, trial)
    return trials.distance(again, expected) > TOLERANCE


def amiss_with_merging(folder, trial, adapter):
    """Why PEFT does not merge the adapter; None where it does."""
    model = PeftModel.from_pretrained(base(f"{folder}/model", trial, adapter), adapter.folder)
    try:
        model.merge_and_unload()
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:90]}"


def answer(model, folder, trial, *options):
    wanted = ["--wanted", trial.wanted] if trial.wanted else []
    return trials.peft("run", model, "--input", f"{folder}/input.safetensors", "--output",
                       f"{folder}/got.safetensors", *wanted, *options)


def got_wrong(folder, expected, tolerance=TOLERANCE):
    try:
        worst = trials.distance(load_file(f"{folder}/got.safetensors"), expected)
    except ValueError as error:
        return str(error)
    return f"{worst:.1e}" if worst > tolerance else None


def failure(result, what):
    """The verdict on a command that failed."""
    if result.returncode == 1:
        return f"refused by {what}", kind_of_refusal(result.stderr)
    return "crashed", f"{what}: {result.stderr[:300]}"


def compare(folder, trial, adapter, inputs, expected):
    model, options = f"{folder}/model", ["--adapter", adapter.folder]
    if adapter.is_beside:
        model, options = f"{folder}/beside", []
        shutil.copytree(f"{folder}/model", model)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            shutil.copyfile(f"{adapter.folder}/{name}", f"{model}/{name}")
    if adapter.new_tokens:
        options += ["--set", f"vocabulary={trial.fields['vocab_size'] + adapter.new_tokens}"]
    result = answer(model, folder, trial, *options)
    if result.returncode:
        return failure(result, "run")
    warned = ", with a warning" if "warning" in result.stderr else ""
    # Weights of the base in an adapter's file are rounded to the base's type.
    rounding = ROUNDING[adapter.dtype]
    tolerance = rounding if "has weights of the base model" in result.stderr else TOLERANCE
    if why := got_wrong(folder, expected, tolerance):
        return f"different{warned}", f"run: {why}"
    result = trials.peft("merge", model, *options, "--output", f"{folder}/merged")
    if result.returncode:
        return failure(result, "merge")
    result = answer(f"{folder}/merged", folder, trial)
    if result.returncode:
        return failure(result, "run of what was merged")
    if why := got_wrong(folder, expected, rounding):
        return f"different{warned}", f"merged: {why}"
    try:
        read = trials.answered(trials.loaded(f"{folder}/merged", trial), inputs, trial)
    except Exception as error:
        return "different", f"merged, in transformers: {type(error).__name__}: {str(error)[:90]}"
    if why := got_wrong(folder, read):
        return f"different{warned}", f"merged, in transformers: {why}"
    return f"same{warned}", ""


def kind(verdict, detail):
    words = detail.split(" | ")[0]
    return re.sub(r"\d+|'.*", "", words.split(": ", 1)[-1]) if verdict == "skipped" else words


if __name__ == "__main__":
    failures = ["different", "crashed", "refused by run, default fields", "refused by merge, default fields",
                "refused by run of what was merged", "refused by run of what was merged, default fields"]
    trials.main(run, 100, kind, failures)
