"""Which modules PEFT adapts, for many generated configurations.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes matching/FAMILY.json. Models keep their full width and lose layers (both towers of CLIP, both
stacks of T5), so that `trainable` can be recomputed from the bundled descriptions.

A row has either `matched` (with `trainable`, and `saved`, `ranks`, `resolved`, `fan_in_fan_out`,
`warnings` where there is something to say) or `error`, `stage` and `message`. `accident` marks
results that look unintended in PEFT.
"""

import copy
import json
import random
import re
import warnings

from peft.utils.other import ModulesToSaveWrapper

import zoo
from parts import parts
from tuners import TUNERS, adapted_modules, apply

ROWS_PER_FAMILY = 84
FAMILIES = {
    "gpt2": ["gpt2", "distilgpt2"], "llama": ["llama-2-7b", "llama-3-8b"],
    "llama-tied": ["llama-3.2-1b"], "qwen2": ["qwen2-0.5b", "qwen2-7b"], "qwen3": ["qwen3-8b"],
    "mistral": ["mistral-7b"], "phi3": ["phi-3-mini"], "gemma": ["gemma-2b"],
    "opt": ["opt-125m"], "gpt_neox": ["pythia-70m"], "bert": ["bert-base"],
    "bert-classifier": ["bert-base-classifier"], "roberta": ["roberta-base"],
    "roberta-classifier": ["roberta-base-classifier"], "distilbert": ["distilbert"],
    "distilbert-classifier": ["distilbert-classifier"], "vit": ["vit-b16"],
    "dinov2": ["dinov2-b14"], "clip": ["clip-vit-b32"], "t5": ["t5-small"],
}

BAD_PATTERNS = ["(", "[", "*", "+", ".*(q|v", ".*q)", "(?P<x>", r"\K.*", "(?P<n>a)(?P<n>b)",
                "a{2,1}", "(?<=.*)q", r".*\hq", "[z-a]", "(?R)", r"\1", "(?P=n)", "x**", "(?'n'a)",
                ".*\\"]


class Tree:
    """What a generator wants to know about a model's modules."""

    def __init__(self, name, layers):
        self.name, self.layers = name, layers
        model = zoo.build(name, layers=layers)
        self.paths = [path for path, _ in model.named_modules() if path]
        kinds = {path: type(module).__name__ for path, module in model.named_modules()}
        self.linears = [p for p in self.paths if kinds[p] in ("Linear", "Conv1D")]
        self.inner = [p for p in self.linears if re.search(r"\.\d+\.", p)]
        self.containers = sorted({p.rsplit(".", 1)[0] for p in self.paths if "." in p})
        self.norms = [p for p in self.paths if "orm" in kinds[p]]
        self.dropouts = [p for p in self.paths if "drop" in p or "act" in p.rsplit(".", 1)[-1]]
        self.embeddings = [p for p in self.paths if "Embedding" in kinds[p] and
                           hasattr(model.get_submodule(p), "num_embeddings")]
        self.lists = [p for p in self.paths if kinds[p] == "ModuleList"]
        self.parts = parts(name, model.config.model_type) if self.inner else None
        self.leaves = sorted({leaf(p) for p in self.inner})


def leaf(path):
    return path.rsplit(".", 1)[-1]


def suffix(path, random):
    pieces = path.split(".")
    return ".".join(pieces[-random.randint(1, len(pieces)):])


def misspelled(name, random):
    at = random.randrange(len(name))
    return random.choice([
        name[:at] + name[at + 1:], name[:at] + name[at] + name[at:], name.upper(), name + "s",
        name[1:], name[:-1], "." + name, name + ".", "x" + name, "base_model.model." + name])


def pattern(tree, random):
    """A valid regular expression that means to hit something."""
    a, b, c = (random.choice(tree.leaves) for _ in range(3))
    path = random.choice(tree.inner)
    parent = path.split(".")[-2]
    stack = random.choice(tree.lists)
    first = a[0]
    return random.choice([
        rf".*\.{a}", rf".*\.({a}|{b})$", rf".*({a}|{b})", rf"{stack}\.\d+\..*\.{a}",
        rf"{stack}\.[01]\..*({a}|{b})", rf"(?P<layer>.*\.\d+)\.(?:.*\.)?{a}", rf"^.*\.{a}$",
        rf"(?!.*{b}).*\.({a}|{c})", rf".*\.(?=[{first}])\w*{a[1:]}", rf".*(?<!{b})\.{a}",
        rf"(?i).*{a.upper()}", rf".*\.\d\.(?:\w+\.)*{a}", rf"[A-Za-z_.]+\d+[A-Za-z_.\d]*{a}", a,
        rf".*{a}\Z", rf"\A.*{a}", re.escape(path), path, rf".*\.{parent}\.(?:{a}|{b}|{c})",
        rf".*\.(0|2|11)\..*{a}", rf".*\.[0-9]{{1,2}}\..*\.{a}", rf"(.*)\.(\d+)\.(.*)\.{a}",
        rf".*?\.{a}", rf"\S+\b{a}\b", rf".*\.{a[:2]}\w*", r".*_proj", r".*proj$",
        rf".*\.{a}|.*\.{b}", rf"(?:.*\.)?{a}", rf"(?x) .* \. {a}  # the last component",
        rf".*\.(?P<n>{a})(?#named)", rf".*\.{a}\n?$", rf"(model\.)?(?(1).*|.*){a}",
        rf"(?>\w+\.)+{a}", rf"(?:\w++\.)+{a}", rf"(?s:.)*\.{a}", rf".*\.1\..*\.{a}",
        rf"(?=.*\.0\.).*\.{a}", rf"(?!.*\.0\.).*\.(?:{a}|{b})", rf".*[.]{a}",
        rf"{path.split('.')[0]}.*\.{a}", rf".*\.\d+\.[^.]+\.{a}", rf"(?:.*\.)*({a}|{b})",
        rf".*\.(?P<leaf>{a}|{b})", rf"(\w+)(?:\.\w+)*\.{a}", rf".*[^\d]\.{a}",
        rf".*\.{a}(?!x)", rf".*\.{a}$|^lm_head$", rf"(.*)\.{first}[\w]+", rf".{{5,}}\.{a}"])


def hopeless_pattern(tree, random):
    """A valid regular expression that hits nothing, or a container, or more than it can adapt."""
    a = random.choice(tree.leaves)
    return random.choice([
        "", ".*", rf"{a}\..*", rf"\.{a}", rf"{tree.lists[0]}\.\d+", r"\d+", rf".*\.{a}\.weight",
        rf"(?!).*{a}", rf".*\.{a}x", rf"base_model\.model\..*{a}", "nothing", r".*norm.*", r".*\.0",
        rf".*\.9\..*{a}", rf"^{a}$", r"[[:alpha:]]*"])


def targets(tree, random):
    """`target_modules` of some kind; "default" leaves the field out."""
    kind = random.choices(
        ["leaves", "suffixes", "paths", "pattern", "all-linear", "default", "many", "misspelled",
         "some-misspelled", "containers", "norms", "embedding", "regex-in-list", "hopeless", "bad",
         "empty", "digits", "head", "conv", "all-linear-in-list"],
        [24, 12, 9, 30, 12, 4, 4, 4, 5, 3, 3, 3, 2, 4, 4, 1, 1, 4, 2, 1])[0]

    def pick(pool, low=1, high=3):
        return random.sample(pool, min(len(pool), random.randint(low, high)))

    if kind == "leaves":
        return pick(tree.leaves)
    if kind == "suffixes":
        return sorted({suffix(p, random) for p in pick(tree.inner, 1, 4)})
    if kind == "paths":
        return pick(tree.linears, 1, 5)
    if kind == "many":
        return pick(tree.linears, 18, 26)
    if kind == "pattern":
        return pattern(tree, random)
    if kind == "hopeless":
        return hopeless_pattern(tree, random)
    if kind == "bad":
        return random.choice(BAD_PATTERNS)
    if kind == "all-linear":
        return random.choice(["all-linear"] * 3 + ["ALL-LINEAR", "All-Linear"])
    if kind == "misspelled":
        return [misspelled(name, random) for name in pick(tree.leaves, 1, 2)]
    if kind == "some-misspelled":
        return pick(tree.leaves) + [misspelled(random.choice(tree.leaves), random)]
    if kind == "containers":
        return [random.choice([leaf, lambda p: p])(random.choice(tree.containers))]
    if kind == "norms":
        return [leaf(random.choice(tree.norms + tree.dropouts))] + pick(tree.leaves, 0, 1)
    if kind == "embedding" and tree.embeddings:
        return [leaf(random.choice(tree.embeddings))] + pick(tree.leaves, 0, 1)
    if kind == "regex-in-list":
        return [f".*{random.choice(tree.leaves)}"] + pick(tree.leaves, 0, 1)
    if kind == "empty":
        return []
    if kind == "digits":
        return [random.choice(["0", "1", "2", "9"])] + pick(tree.leaves, 0, 1)
    if kind == "head" and tree.parts["head"]:
        return [tree.parts["head"]] + pick(tree.leaves, 0, 1)
    if kind == "conv" and "conv" in tree.parts:
        return [tree.parts["conv"]] + pick(tree.leaves, 0, 1)
    if kind == "all-linear-in-list":
        return ["all-linear"] + pick(tree.leaves, 0, 1)
    return "default"


def exclusions(tree, random):
    choice = random.random()
    if choice < 0.35:
        return random.sample(tree.leaves, random.randint(1, min(2, len(tree.leaves))))
    if choice < 0.55:
        return sorted({suffix(p, random) for p in random.sample(tree.paths, 2)})
    if choice < 0.8:
        return pattern(tree, random)
    return random.choice([".*", [], "", "nothing", ["nothing"], [".*"], r".*\.0\..*",
                          r".*\.[1-9]\..*", "(", [leaf(tree.containers[0])], [tree.containers[-1]],
                          ["0"], "0",
                          r"(?:.*\.)?(?:mlp|output|ffn)\..*", r".*attn.*|.*attention.*"])


def saved(tree, random):
    options = [[p] for p in tree.parts["norms"] + tree.parts["embeddings"]]
    if tree.parts["head"]:
        options += [[tree.parts["head"]]] * 3
    options += [["nothing"], [random.choice(tree.leaves)], [leaf(random.choice(tree.containers))],
                [misspelled(random.choice(tree.leaves), random)], [], ["0"], ["nor."],
                ["(mlp|ffn)"], tree.parts["norms"][:2]]
    return random.choice(options)


def layer_choice(tree, random):
    return random.choice([0, 1, [0], [1], [0, 1], [], [7], 9, [0, 2], [1, 2, 3], [-1], [-1, 0], 0])


def layer_pattern(tree, random):
    stack = leaf(random.choice(tree.lists))
    return random.choice([
        stack, [stack], stack, [stack], "wrong", ["wrong", stack], "", [], [""], stack[:-1],
        rf"{stack[:2]}.*", rf"(?:{stack}|block)", tree.lists[0], r"\w+", "(", [stack, "layer"],
        "layers", "layer", "h", "block", stack.upper()])


def pattern_keys(tree, random, values):
    path = random.choice(tree.inner)
    a, b = random.choice(tree.leaves), random.choice(tree.leaves)
    keys = [a, suffix(path, random), path, "^" + path, "^" + a, f"{a}|{b}", r".*\.0\..*",
            "layers.0", ".".join(path.split(".")[2:]), "base_model.model." + path, "nothing",
            rf"{a}$", "0." + a,
            rf"(?:.*\.)?1\..*\.{a}", rf".*{b}", rf"[{a[0]}]\w+", re.escape(path), path.upper()]
    if random.random() < 0.05:
        keys = ["(", "*"]
    return {key: random.choice(values) for key in random.sample(keys, random.randint(1, 2))}


def configuration(tree, random):
    tuner = random.choice(["LORA", "LORA", "RANDLORA"])
    fields = {"r": random.choice([1, 2, 4, 8, 16, 32])}
    chosen = targets(tree, random)
    if chosen != "default":
        fields["target_modules"] = chosen
    layered = 0.30 if isinstance(chosen, list) or chosen == "default" else 0.08
    if random.random() < layered:
        fields["layers_to_transform"] = layer_choice(tree, random)
        if random.random() < 0.55:
            fields["layers_pattern"] = layer_pattern(tree, random)
    elif random.random() < 0.02:
        fields["layers_pattern"] = layer_pattern(tree, random)
    if random.random() < 0.14:
        fields["modules_to_save"] = saved(tree, random)
    if random.random() < 0.12:
        fields["task_type"] = random.choice(
            [tree.parts["task"], tree.parts["task"], "SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS",
             "FEATURE_EXTRACTION", "CAUSAL_LM", "SEQ_2_SEQ_LM", "WRONG"])
    if random.random() < 0.08:
        fields["fan_in_fan_out"] = random.random() < 0.6
    if random.random() < 0.06:
        fields["bias"] = random.choice(
            ["all", "none", "lora_only" if tuner == "LORA" else "randlora_only", "wrong"])
    if tuner == "LORA":
        if random.random() < 0.24:
            fields["exclude_modules"] = exclusions(tree, random)
        if random.random() < 0.14:
            fields["rank_pattern"] = pattern_keys(tree, random, [1, 2, 3, 5, 64])
        if random.random() < 0.08:
            fields["alpha_pattern"] = pattern_keys(tree, random, [1, 2, 16, 64])
        if random.random() < 0.04:
            fields["use_rslora"] = True
    if random.random() < 0.015:
        fields["r"] = random.choice([0, -1])
    return tuner, fields


def chosen_by_hand(tree):
    """Rows that document one fact each."""
    a, stack = tree.leaves[0], leaf(tree.lists[0])
    rows = [
        ("LORA", {}), ("RANDLORA", {}),
        ("LORA", dict(target_modules=tree.parts["attention"])),
        ("RANDLORA", dict(target_modules=tree.parts["attention"])),
        ("LORA", dict(target_modules=tree.parts["mlp"])),
        ("RANDLORA", dict(target_modules="all-linear")),
        ("LORA", dict(target_modules="all-linear")),
        ("LORA", dict(target_modules="all-linear", task_type=tree.parts["task"])),
        ("LORA", dict(target_modules="all-linear", task_type="TOKEN_CLS")),
        ("RANDLORA", dict(target_modules="all-linear", layers_to_transform=[0])),
        ("LORA", dict(target_modules="all-linear", layers_to_transform=[0])),
        ("RANDLORA", dict(target_modules=rf".*\.{a}", layers_to_transform=[0])),
        ("LORA", dict(target_modules=[a], layers_pattern=stack)),
        ("RANDLORA", dict(target_modules=[a], layers_pattern=stack)),
        ("LORA", dict(target_modules=[a], layers_to_transform=[1])),
        ("LORA", dict(target_modules=tree.inner, layers_to_transform=[1])),
        ("LORA", dict(target_modules=[a], layers_to_transform=[1], layers_pattern=stack)),
        ("LORA", dict(target_modules=[a], layers_to_transform=[1], layers_pattern=[stack])),
        ("LORA", dict(target_modules=[a], exclude_modules=".*")),
        ("LORA", dict(target_modules=[a], exclude_modules=[a])),
        ("LORA", dict(target_modules=[a], exclude_modules=rf".*\.0\..*")),
        ("LORA", dict(target_modules=[a], modules_to_save=[a])),
    ]
    if tree.layers > 2:
        return [(tuner, {"r": 8, **fields}) for tuner, fields in rows]
    rows += [
        ("RANDLORA", dict(target_modules=[a], r=0)),
        ("LORA", dict(target_modules=[a], r=0)),
        ("LORA", dict(target_modules=[])), ("RANDLORA", dict(target_modules=[])),
        ("LORA", dict(target_modules="")), ("RANDLORA", dict(target_modules="")),
        # Alternatives at the top of a pattern are not grouped before PEFT adds to both ends.
        ("LORA", dict(target_modules=[a], layers_to_transform=[1], layers_pattern=f"{stack}|x")),
        ("LORA", dict(target_modules=[a], layers_to_transform=[1], layers_pattern=f"x|{stack}")),
        ("LORA", dict(target_modules=tree.leaves, modules_to_save=[f"{a}|nothing"])),
        ("LORA", dict(target_modules=tree.leaves, modules_to_save=[f"nothing|{a}"])),
    ]
    return [(tuner, {"r": 8, **fields}) for tuner, fields in rows]


# What happened.

MESSAGES = [
    ("all_excluded", "All modules were excluded"),
    ("not_found", "not found in the base model"),
    ("no_targets", "No `target_modules` passed"),
    ("some_excluded", "No modules were targeted for adaptation"),
    ("no_linear_found", "No layers types compatible with RandLora"),
    ("unsupported_module", "is not supported. Currently"),
    ("no_default_targets", "Please specify `target_modules`"),
    ("unsavable_module", "cannot be applied to modules of type"),
    ("task_unsupported", "prepare_inputs_for_generation"),
    ("unknown_bias", "Requested bias"),
    ("bad_rank", "should be a positive integer"), ("bad_rank", "negative dimension"),
]

WARNINGS = [
    ("exclude_unused", "but no modules were excluded"),
    ("rank_pattern_unused", "The following rank_pattern keys"),
    ("alpha_pattern_unused", "The following alpha_pattern keys"),
    ("fan_in_fan_out", "Setting fan_in_fan_out to"),
    ("tied", "tie_word_embeddings"), ("tied", "tied"), ("tied", "weight tying"),
]


def kind_of(error, stage):
    message = str(error)
    for kind, text in MESSAGES:
        if text in message:
            return kind
    if isinstance(error, re.error):
        return "bad_pattern"
    if isinstance(error, ZeroDivisionError):
        return "bad_rank"
    return "invalid_config" if stage == "construct" else "other"


def accident(tree, tuner, fields, resolved=()):
    given = fields.get("target_modules")
    layers = fields.get("layers_to_transform")
    layered = layers is not None and layers != []
    if tuner == "RANDLORA" and isinstance(given, str):
        if given.lower() == "all-linear" and layered:
            return "all-linear with layer settings"
        if given.lower() != "all-linear" and (layered or fields.get("layers_pattern")):
            return "string target with layer settings"
    if isinstance(given, list) and len(resolved) < len(set(given)) and layered and resolved:
        return "condensed list with layer settings"
    if tuner == "RANDLORA" and fields.get("layers_pattern") and not layered:
        return "layers_pattern alone"
    entries = list(fields.get("modules_to_save") or [])
    if fields.get("task_type") in ("SEQ_CLS", "TOKEN_CLS"):
        entries += ["classifier", "score"]
    if any(path.endswith(entry) and not ("." + path).endswith("." + entry)
           for entry in entries for path in tree.paths):
        return "modules_to_save matched the end of a name"
    return None


def outcome(tree, tuner, fields):
    row = {"model": tree.name, "layers": tree.layers, "tuner": tuner, "config": fields}
    for key in ("rank_pattern", "alpha_pattern"):
        if len(fields.get(key, {})) > 1:
            row[key + "_order"] = list(fields[key])
    stage = "construct"
    try:
        TUNERS[tuner](**copy.deepcopy(fields))
        stage = "apply"
        base = zoo.build(tree.name, layers=tree.layers)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model = apply(base, tuner, fields)
    except Exception as error:
        mark = accident(tree, tuner, fields)
        if mark:
            row["accident"] = mark
        message = f"{type(error).__name__}: {error}"
        return {**row, "error": kind_of(error, stage), "stage": stage, "message": message[:160]}
    adapted = adapted_modules(model)
    wrapped = [path.removeprefix("base_model.model.") for path, module in model.named_modules()
               if isinstance(module, ModulesToSaveWrapper)]
    used = model.peft_config["default"]
    resolved = used.target_modules
    mark = accident(tree, tuner, fields, resolved)
    if mark:
        row["accident"] = mark
    row["matched"] = sorted(adapted)
    row["trainable"] = model.get_nb_trainable_parameters()[0]
    if wrapped:
        row["saved"] = sorted(wrapped)
    if "rank_pattern" in fields or "alpha_pattern" in fields:
        row["ranks"] = {path: [module.r["default"], module.lora_alpha["default"]]
                        for path, module in sorted(adapted.items())}
    if not isinstance(resolved, str) and len(resolved) <= 12:
        given = fields.get("target_modules")
        if isinstance(given, str) or given is None or set(given) != set(resolved):
            row["resolved"] = sorted(resolved)
    if used.fan_in_fan_out != fields.get("fan_in_fan_out", False):
        row["fan_in_fan_out"] = used.fan_in_fan_out
    texts = [str(item.message) for item in caught]
    said = {kind for kind, text in WARNINGS if any(text in message for message in texts)}
    if said:
        row["warnings"] = sorted(said)
    return row


def of_convolutions():
    """Rows for models whose layers are convolutions, which RandLora refuses."""
    for name, layers in (("resnet-50", 2), ("resnet-18", 3)):
        tree = Tree(name, layers)
        for targets in (["convolution"], ["shortcut.convolution"], r".*\.layer\.[01]\.convolution",
                        ["0.convolution", "classifier.1"], ["classifier.1"], "all-linear",
                        ["normalization"], ["layer"], r".*embedder.*convolution", ["conv"], None):
            fields = {} if targets is None else dict(target_modules=targets)
            for tuner in ("LORA", "RANDLORA"):
                yield outcome(tree, tuner, fields)
        yield outcome(tree, "LORA", dict(
            target_modules=["convolution"], exclude_modules=["shortcut.convolution"],
            rank_pattern={"0.convolution": 3}))
        yield outcome(tree, "LORA", dict(
            target_modules=["convolution"], modules_to_save=["classifier"],
            layers_to_transform=[1], layers_pattern="stages"))


if __name__ == "__main__":
    zoo.write("matching_convolutions.json", {"versions": zoo.VERSIONS},
              {"rows": list(of_convolutions())})
    total, matched, failed = 0, 0, 0
    kinds = {}
    for family, names in FAMILIES.items():
        chance = random.Random(f"matching {family}")
        trees = [Tree(name, layers) for name in names for layers in (2, 3, 4)]
        rows, seen = [], set()
        pending = [(tree, *row) for tree in (trees[0], trees[2]) for row in chosen_by_hand(tree)]
        wanted = len(pending) + ROWS_PER_FAMILY
        while len(rows) < wanted:
            if pending:
                tree, tuner, fields = pending.pop(0)
            else:
                tree = chance.choice(trees)
                tuner, fields = configuration(tree, chance)
            key = json.dumps([tree.name, tree.layers, tuner, fields])
            if key in seen:
                continue
            seen.add(key)
            rows.append(outcome(tree, tuner, fields))
        total += len(rows)
        matched += sum(bool(row.get("matched")) for row in rows)
        failed += sum("error" in row for row in rows)
        for row in rows:
            kind = row.get("error", "matched")
            kinds[kind] = kinds.get(kind, 0) + 1
        zoo.write(f"matching/{family}.json", {"versions": zoo.VERSIONS}, {"rows": rows})
    print(total, "rows;", matched, "match;", failed, "fail", kinds)
    assert total >= 1200 and matched / total >= 0.35 and 0.20 <= failed / total <= 0.35
