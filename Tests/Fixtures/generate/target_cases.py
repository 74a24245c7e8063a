"""Small cases of target matching and of PEFT's condensing of long target lists.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes target_cases.json: `keys` (one path against one configuration), `models` (small module trees,
described in `trees` by path, class and shapes of weight and bias, against one configuration) and
`condensed` (lists of target names against the names that must stay out). The table UPSTREAM holds
the cases of PEFT's own tests/test_tuners_utils.py (Apache-2.0) at commit 5d602fdb; what is recorded
is what the installed release answers, and `upstream` where that table says otherwise.
"""

import random

import torch
from peft.tuners.tuners_utils import (
    _ExcludedModule, _find_minimal_target_modules, check_target_module_exists)
from torch import nn

import zoo
from matching import kind_of
from tuners import TUNERS, adapted_modules, apply

GPT = "transformer.h.1.attn.attention.q_proj"

# key, target_modules, layers_to_transform, layers_pattern, what upstream expects
UPSTREAM = [
    ("", [], None, None, False),
    ("", ["foo"], None, None, False),
    ("foo", [], None, None, False),
    ("foo", ["foo"], None, None, True),
    ("foo", ["bar"], None, None, False),
    ("foo", ["foo", "bar"], None, None, True),
    ("foo", "foo", None, None, True),
    ("foo", ".*oo", None, None, True),
    ("foo", "fo.*", None, None, True),
    ("foo", ".*bar.*", None, None, False),
    ("foobar", ".*oba.*", None, None, True),
    ("foo.bar.1.baz", ["baz"], [1], ["bar"], True),
    ("foo.bar.1.baz", ["baz"], [0], ["bar"], False),
    ("foo.bar.1.baz", ["baz"], [2], ["bar"], False),
    ("foo.bar.10.baz", ["baz"], [0], ["bar"], False),
    ("foo.bar.10.baz", ["baz"], [1], ["bar"], False),
    ("foo.bar.1.baz", ["baz"], [0, 1, 2], ["bar"], True),
    ("foo.bar.1.baz", ["baz", "spam"], [1], ["bar"], True),
    ("foo.bar.1.baz", ["baz", "spam"], [0, 1, 2], ["bar"], True),
    ("foo.whatever.1.baz", ["baz"], [1], [], True),
    ("foo.whatever.1.baz", ["baz"], [0], [], False),
    ("foo.whatever.1.baz", ["baz"], [1], "", True),
    ("foo.whatever.1.baz", ["baz"], [0], "", False),
    ("foo.whatever.1.baz", ["baz"], [1], None, True),
    ("foo.whatever.1.baz", ["baz"], [0], None, False),
    (GPT + ".foo", ["q_proj"], None, [], False),
    (GPT, [], None, [], False),
    (GPT, ["q_proj"], None, [], True),
    (GPT, ["q_proj", "v_proj"], None, [], True),
    ("transformer.h.1.attn.attention.resid_dropout", ["q_proj", "v_proj"], None, [], False),
    (GPT, ["q_proj"], [1], ["h"], True),
    (GPT, ["q_proj"], [0], ["h"], False),
    (GPT, ["q_proj"], [2], ["h"], False),
    (GPT, ["q_proj"], [0, 1, 2], ["h"], True),
    (GPT, ["q_proj", "v_proj"], [0, 1, 2], ["h"], True),
    ("foo.bar.q_proj", ["q_proj"], None, [], True),
    ("foo.bar.1.baz", ["baz"], [1], ["foo"], False),
    ("foo.bar.1.baz", ["baz"], [1], ["baz"], False),
    ("bar.1.baz", ["baz"], [1], ["bar"], False),
    ("foo.bar.001.baz", ["baz"], [1], ["bar"], True),
    ("foo.bar.1.spam.2.baz", ["baz"], [1], ["bar"], True),
    ("foo.bar.2.spam.1.baz", ["baz"], [1], ["bar"], False),
    ("blocks.1.weight", ["weight"], [1], ["blocks"], False),
    ("blocks.1.bias", ["weight"], [1], ["blocks"], False),
    ("mlp.blocks.1.weight", ["weight"], [1], ["blocks"], True),
    ("mlp.blocks.1.bias", ["weight"], [1], ["blocks"], False),
]

EXPERT = "model.layers.1.mlp.experts.0.up_proj"
UP = {"target_modules": ["up_proj"]}
QUERY = "model.layers.3.self_attn.q_proj"

# tuner, key, configuration
MORE = [
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=["q_proj"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=["layers.3"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=["3.self_attn.q_proj"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=[QUERY])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=["_proj"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=[".*"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules="q_proj")),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=".*q_proj")),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=r".*\.3\..*")),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules="")),
    ("LORA", QUERY, dict(target_modules=["q_proj"], exclude_modules=[])),
    ("LORA", "model.norm", dict(target_modules=["q_proj"], exclude_modules=["norm"])),
    ("LORA", "lm_head", dict(target_modules=["lm_head"], modules_to_save=["lm_head"])),
    ("LORA", "lm_head", dict(target_modules=["lm_head"], modules_to_save=["head"])),
    ("LORA", "classifier.dense", dict(target_modules=["dense"], modules_to_save=["classifier"])),
    ("LORA", "my_classifier.dense", dict(target_modules=["dense"], modules_to_save=["classifier"])),
    ("LORA", "x.classifier.y.dense", dict(target_modules=["dense"],
                                         modules_to_save=["classifier"])),
    ("LORA", "x.classifier2.dense", dict(target_modules=["dense"], modules_to_save=["classifier"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], modules_to_save=["layers.3"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], modules_to_save=["layers.."])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], modules_to_save=["q_proj|v_proj"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], modules_to_save=["v_proj|k_proj"])),
    ("LORA", "q_proj.x.y", dict(target_modules=["y"], modules_to_save=["v_proj|q_proj"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], modules_to_save=["(self_attn|mlp)"])),
    ("LORA", QUERY, dict(target_modules=["q_proj"], modules_to_save=[])),
    ("LORA", QUERY, dict(target_modules="q_proj", modules_to_save=["self_attn"])),
    ("RANDLORA", QUERY, dict(target_modules=["q_proj"], modules_to_save=["self_attn"])),
    ("LORA", EXPERT, dict(UP, layers_to_transform=[1])),
    ("LORA", EXPERT, dict(UP, layers_to_transform=[0])),
    ("LORA", EXPERT, dict(UP, layers_to_transform=[0], layers_pattern="experts")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=[1], layers_pattern="layers")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=[0],
                          layers_pattern=["layers", "experts"])),
    ("LORA", EXPERT, dict(UP, layers_to_transform=[0],
                          layers_pattern=["wrong", "experts"])),
    ("LORA", EXPERT, dict(UP, layers_to_transform=[0],
                          layers_pattern=["experts", "wrong"])),
    ("LORA", EXPERT, dict(UP, layers_to_transform=0, layers_pattern=r"\w+")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=1, layers_pattern=r"\w+")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=1, layers_pattern=".*")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=0, layers_pattern=".*")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=1, layers_pattern="layers|x")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=1, layers_pattern="x|layers")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=1, layers_pattern="(?:x|layers)")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=1,
                          layers_pattern="(?P<idx>layers)")),
    ("LORA", EXPERT, dict(UP, layers_to_transform=1, layers_pattern="(")),
    ("LORA", "x.up_proj", dict(target_modules=["q_proj"], layers_to_transform=1,
                               layers_pattern="(")),
    ("LORA", EXPERT, dict(target_modules=[EXPERT], layers_to_transform=[7])),
    ("LORA", EXPERT, dict(target_modules=[EXPERT, "up_proj"], layers_to_transform=[7])),
    ("LORA", "layers.3.q", dict(target_modules=["q"], layers_to_transform=[3])),
    ("LORA", "layers.3.q", dict(target_modules=["q"], layers_to_transform=[3],
                                layers_pattern="layers")),
    ("LORA", "a.b.3", dict(target_modules=["3"], layers_to_transform=[3])),
    ("LORA", "a.b.3.4", dict(target_modules=["4"], layers_to_transform=[3])),
    ("LORA", "a.1.2.q", dict(target_modules=["q"], layers_to_transform=[1])),
    ("LORA", "a.1.2.q", dict(target_modules=["q"], layers_to_transform=[2])),
    ("LORA", "a.b3.q", dict(target_modules=["q"], layers_to_transform=[3])),
    ("LORA", "a.b.٣.q", dict(target_modules=["q"], layers_to_transform=[3])),
    ("LORA", "a.b.3.q", dict(target_modules=["q"], layers_to_transform=[])),
    ("LORA", "a.b.0.q", dict(target_modules=["q"], layers_to_transform=0)),
    ("LORA", "a.b.3.q", dict(target_modules=["q"], layers_to_transform=[-3])),
    ("LORA", "a.b.0003.q", dict(target_modules=["q"], layers_to_transform=[3])),
    ("LORA", "model.xq_proj", dict(target_modules=["q_proj"])),
    ("LORA", QUERY, dict(target_modules=["self_attn.q_proj"])),
    ("LORA", QUERY, dict(target_modules=["attn.q_proj"])),
    ("LORA", QUERY, dict(target_modules=[".q_proj"])),
    ("LORA", QUERY, dict(target_modules=[".*q_proj"])),
    ("LORA", QUERY, dict(target_modules=["base_model.model." + QUERY])),
    ("LORA", QUERY, dict(target_modules=["all-linear"])),
    ("LORA", QUERY, dict(target_modules="(?P<a>.*)q_proj")),
    ("LORA", QUERY, dict(target_modules=r".*\.q_proj$")),
    ("LORA", QUERY, dict(target_modules=r"(?!.*\.3\.).*q_proj")),
    ("LORA", QUERY, dict(target_modules="self_attn.*")),
    ("LORA", QUERY, dict(target_modules="(")),
    ("LORA", QUERY + "\n", dict(target_modules=r".*q_proj$")),
    ("LORA", QUERY, dict(target_modules="")),
    ("RANDLORA", QUERY, dict(target_modules=r".*q_proj", layers_to_transform=[0])),
    ("RANDLORA", QUERY, dict(target_modules=r".*q_proj", layers_to_transform=[0],
                             layers_pattern="wrong")),
    ("RANDLORA", QUERY, dict(target_modules=["q_proj"], layers_pattern="wrong")),
    ("RANDLORA", QUERY, dict(target_modules=["q_proj"], layers_to_transform=[0])),
    ("RANDLORA", QUERY, dict(target_modules=["q_proj"], layers_to_transform=[3])),
    ("RANDLORA", QUERY, dict(target_modules=["q_proj"], layers_to_transform=3,
                             layers_pattern=["h", "layers"])),
]


def key_rows():
    rows = []
    for key, targets, layers, pattern, upstream in UPSTREAM:
        fields = {"target_modules": targets}
        if layers is not None:
            fields["layers_to_transform"] = layers
        if pattern is not None:
            fields["layers_pattern"] = pattern
        row = one_key("LORA", key, fields)
        if (row["expected"] == "matched") != upstream:
            row["upstream"] = "matched" if upstream else "unmatched"
        rows.append(row)
    return rows + [one_key(*case) for case in MORE]


def one_key(tuner, key, fields):
    row = {"tuner": tuner, "key": key, "config": fields}
    try:
        result = check_target_module_exists(TUNERS[tuner](**fields), key)
    except Exception as error:
        return {**row, "expected": "error", "message": f"{type(error).__name__}: {error}"[:160]}
    if isinstance(result, _ExcludedModule):
        return {**row, "expected": "excluded"}
    return {**row, "expected": "matched" if result else "unmatched"}


# Small trees: a plain classifier as PEFT's tests use, mixture-of-experts layers, a shared module.

class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin0 = nn.Linear(10, 20)
        self.relu = nn.ReLU()
        self.drop = nn.Dropout(0.5)
        self.lin1 = nn.Linear(20, 2)
        self.sm = nn.LogSoftmax(dim=-1)


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Module()
        self.model.layers = nn.ModuleList(nn.Module() for _ in range(4))
        for layer in self.model.layers:
            layer.self_attn = nn.Module()
            layer.self_attn.q_proj = nn.Linear(4, 4, bias=False)
            layer.mlp = nn.Module()
            layer.mlp.experts = nn.ModuleList(nn.Module() for _ in range(2))
            for expert in layer.mlp.experts:
                expert.up_proj = nn.Linear(4, 4, bias=False)


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.second = self.first
        self.block = nn.Sequential(nn.Linear(6, 3), nn.ReLU(), nn.Linear(3, 6))


TREES = {"plain": Plain, "experts": Experts, "shared": Shared}
EVERYTHING = ["lin0", "lin1", "relu", "drop", "sm"]
TREE_CASES = [
    ("plain", dict(target_modules="lin0")),
    ("plain", dict(target_modules="lin.*")),
    ("plain", dict(target_modules=["lin0"])),
    ("plain", dict(target_modules=["lin0", "lin1"])),
    ("plain", dict(target_modules="lin.*", exclude_modules="lin0")),
    ("plain", dict(target_modules=["lin0", "lin1"], exclude_modules="lin0")),
    ("plain", dict(target_modules=["lin0", "lin1"], exclude_modules=["lin0"])),
    ("plain", dict(target_modules=EVERYTHING, exclude_modules=EVERYTHING)),
    ("plain", dict(target_modules=["non_existent_module"])),
    ("plain", dict(target_modules=["lin0", "non_existent_module"], exclude_modules=["lin0"])),
    ("plain", dict(target_modules=["lin1"], exclude_modules=["non_existent_module"])),
    ("plain", dict(target_modules=["lin0", "relu"])),
    ("plain", dict(target_modules="all-linear")),
    ("plain", dict(target_modules="all-linear", exclude_modules=["lin1"])),
    ("plain", dict(target_modules="all-linear", modules_to_save=["lin1"])),
    ("plain", dict(target_modules=["lin0", "lin1"], modules_to_save=["lin0", "lin1"])),
    ("plain", {}),
    ("plain", dict(target_modules=["lin0"], task_type="SEQ_CLS")),
    ("experts", dict(target_modules=["q_proj", "up_proj"], layers_to_transform=[1])),
    ("experts", dict(target_modules=["q_proj", "up_proj"], layers_to_transform=[1],
                     layers_pattern="layers")),
    ("experts", dict(target_modules=["q_proj", "up_proj"], layers_to_transform=[1],
                     layers_pattern=["h", "layers"])),
    ("experts", dict(target_modules=["q_proj", "up_proj"], layers_to_transform=[1],
                     layers_pattern="experts")),
    ("experts", dict(target_modules="all-linear")),
    ("experts", dict(target_modules=["experts"])),
    ("experts", dict(target_modules=["0"])),
    ("experts", dict(target_modules=["0.up_proj"])),
    ("shared", dict(target_modules=["first"])),
    ("shared", dict(target_modules=["second"])),
    ("shared", dict(target_modules=["first", "second"])),
    ("shared", dict(target_modules="all-linear")),
    ("shared", dict(target_modules=["0"])),
    ("shared", dict(target_modules=["0", "1"])),
    ("shared", dict(target_modules=["block.2"], modules_to_save=["0"])),
]


def tree_rows():
    rows = []
    for tree, fields in TREE_CASES:
        for tuner in ("LORA", "RANDLORA"):
            if tuner == "RANDLORA" and "exclude_modules" in fields:
                continue
            fields = {"r": 2, **fields}
            row = {"model": tree, "tuner": tuner, "config": fields}
            try:
                with torch.device("meta"):
                    base = TREES[tree]()
                model = apply(base, tuner, fields)
                row["matched"] = sorted(adapted_modules(model))
                row["trainable"], row["all"] = model.get_nb_trainable_parameters()
            except Exception as error:
                row["error"] = kind_of(error, "apply")
                row["message"] = f"{type(error).__name__}: {error}"[:160]
            rows.append(row)
    return rows


def tree_description(tree):
    model = TREES[tree]()
    return {"model": tree,
            "modules": [[path, type(module).__name__,
                         [list(parameter.shape) for parameter in module.parameters(recurse=False)]]
                        for path, module in model.named_modules() if path]}


# Condensing.

def condensed_rows():
    layers = range(12)
    decoder = [f"model.decoder.layers.{i}.self_attn" for i in layers]
    others = decoder + [f"{path}.{name}" for path in decoder for name in ("v_proj", "q_proj")]
    cases = [
        (["bar"], []), (["foo"], ["bar"]), (["1.foo", "2.foo"], ["3.foo", "4.foo"]),
        (["bar.baz"], ["foo.bar"]), (["1.foo", "2.foo", "bar.baz"], ["3.foo", "bar.bla"]),
        (["a.b.c", "d.e.f", "g.h.i"], ["j.k.l", "m.n.o"]),
        (["a.b.c", "d.e.f", "g.h.i"], ["a.b.x", "d.x.f", "x.h.i"]),
        (["foo.bar.baz", "qux.bar.baz"], ["baz.bar.foo"]),
        ([f"{path}.k_proj" for path in decoder], others),
        ([f"{path}.k_proj" for path in decoder if ".5." not in path],
         others + ["model.decoder.layers.5.self_attn.k_proj"]),
        ([], ["foo"]), (["", "foo", "bar.baz"], ["bar"]), (["foo"], ["foo"]),
        (["foo.bar", "spam"], ["foo.bar", "eggs"]), (["a.b"], ["x.a.b"]), (["a.b", "b"], ["c.b"]),
        (["a.b", "x.a.b"], ["b"]), (["b", "a.b"], ["c"]), (["a.x", "x"], ["b.x"]),
    ]
    chance = random.Random("condensed")
    for _ in range(34):
        stack = chance.choice(["model.layers", "h", "encoder.layer", "a.b.c"])
        names = chance.sample(["attn.q", "attn.k", "attn.v", "attn.out.dense", "mlp.dense",
                               "mlp.up", "norm", "attn", "q", "inner.attn.q"], chance.randint(3, 8))
        every = [f"{stack}.{i}.{name}" for i in range(chance.randint(3, 12)) for name in names]
        every += chance.sample(["lm_head", "norm", "head.dense", "embed", "q", "x.q"], 3)
        leaves = {path.rsplit(".", 1)[-1] for path in every}
        chosen_leaves = set(chance.sample(sorted(leaves), min(len(leaves), chance.randint(1, 3))))
        chosen = [path for path in every if path.rsplit(".", 1)[-1] in chosen_leaves]
        if chance.random() < 0.6:
            chosen = [path for path in chosen if chance.random() < 0.85] or chosen
        if chance.random() < 0.3:
            chosen = sorted(set(chosen) | set(chance.sample(every, min(4, len(every)))))
        cases.append((chosen, [path for path in every if path not in chosen]))
    rows = []
    for targets, others in cases:
        row = {"targets": targets, "others": others}
        try:
            row["expected"] = sorted(_find_minimal_target_modules(targets, others))
        except ValueError as error:
            row["error"] = str(error)[:100]
        rows.append(row)
    return rows


if __name__ == "__main__":
    zoo.write("target_cases.json", {"versions": zoo.VERSIONS}, {
        "keys": key_rows(), "trees": [tree_description(tree) for tree in TREES],
        "models": tree_rows(), "condensed": condensed_rows()})
