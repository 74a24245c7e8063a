"""Trainable and total parameters of many models under many settings, as PEFT counts them.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes counts.json. No number is drawn: only shapes matter. `check_patch` shows, on small models,
that leaving the drawing out changes no count.
"""

import copy

from peft import get_peft_model
from peft.utils import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING as DEFAULT_TARGETS

import zoo
from parts import parts
from tuners import TUNERS, adapted_modules, apply

GIANTS = {"llama-2-70b", "llama-3-70b", "llama-3.1-405b"}


def of_convolutions():
    """(tuner, configuration) pairs for a ResNet: its only linear layer is the classifier's."""
    everywhere = dict(target_modules=["convolution"])
    yield from (("LORA", dict(r=r, **everywhere)) for r in (1, 8, 64))
    yield "LORA", dict(r=8, **everywhere, modules_to_save=["classifier"])
    yield "LORA", dict(r=8, **everywhere, modules_to_save=["normalization"])
    yield "LORA", dict(r=8, **everywhere, bias="all")
    yield "LORA", dict(r=4, **everywhere, use_dora=True)
    yield "LORA", dict(r=4, target_modules=["shortcut.convolution", "classifier.1"])
    yield "LORA", dict(r=4, **everywhere, rank_pattern={"stages.1.*convolution": 2})
    yield "LORA", dict(r=8, target_modules="all-linear")
    yield "RANDLORA", dict(r=16, target_modules="all-linear")
    yield "RANDLORA", dict(r=16, target_modules=["classifier.1"])


def settings(name, model_type, has_head):
    """(tuner, configuration) pairs for one model."""
    if model_type == "resnet":
        return list(of_convolutions())
    p = parts(name, model_type)
    attention, mlp, two, norms = p["attention"], p["mlp"], p["two"], p["norms"]
    rows = []

    def lora(**fields):
        rows.append(("LORA", fields))

    def randlora(**fields):
        rows.append(("RANDLORA", fields))

    if model_type in DEFAULT_TARGETS:  # RandLora's table is the same
        lora()
        randlora()
        lora(r=64, lora_alpha=128)
        randlora(r=256)
    lora(r=16, target_modules=two)
    randlora(r=32, target_modules=two)
    lora(r=16, target_modules="all-linear")
    randlora(r=32, target_modules="all-linear")
    if name in GIANTS:
        lora(r=64, target_modules=attention + mlp)
        randlora(r=100, target_modules=attention + mlp)
        lora(r=8, target_modules=attention, modules_to_save=[p["head"]])
        return rows

    for r in (1, 8, 16, 64):
        lora(r=r, target_modules=attention)
    for r in (4, 32, 100, 256):
        randlora(r=r, target_modules=attention)
    lora(r=16, target_modules=mlp)
    randlora(r=6, target_modules=mlp)
    lora(r=16, lora_alpha=32, target_modules=attention + mlp)
    randlora(r=32, target_modules=attention + mlp)
    lora(r=8, target_modules="all-linear", task_type=p["task"])
    randlora(r=64, target_modules="all-linear", task_type=p["task"])
    if p["head"]:
        if not name.startswith("roberta"):  # its classifier is a container
            lora(r=8, target_modules=[p["head"]])
            randlora(r=16, target_modules=[p["head"]])
            lora(r=4, target_modules=two + [p["head"]])
        lora(r=8, target_modules=two, modules_to_save=[p["head"]])
        randlora(r=16, target_modules=two, modules_to_save=[p["head"]])
        lora(r=8, target_modules=two, modules_to_save=[p["head"]], bias="all")
    lora(r=8, target_modules=two, bias="all")
    randlora(r=16, target_modules=two, bias="all")
    lora(r=8, target_modules=attention, bias="lora_only")
    randlora(r=16, target_modules=attention, bias="randlora_only")
    lora(r=8, target_modules=two, modules_to_save=norms)
    randlora(r=16, target_modules=two, modules_to_save=norms[:1], bias="all")
    lora(r=8, target_modules=two, rank_pattern={two[0]: 2, "1..*": 16}, use_rslora=True)
    lora(r=8, target_modules=two, layers_to_transform=[0, 2, 5])
    randlora(r=16, target_modules=two, layers_to_transform=[1], layers_pattern=p["stack"])
    lora(r=8, target_modules="all-linear", exclude_modules=two)
    lora(r=8, target_modules="all-linear", lora_bias=True)
    lora(r=8, target_modules=attention, use_dora=True)
    if p["embeddings"]:
        lora(r=8, target_modules=p["embeddings"])
        lora(r=8, target_modules=two + p["embeddings"][:1])
        lora(r=8, target_modules=two, modules_to_save=p["embeddings"][:1])
        if has_head:
            lora(r=8, target_modules=two, modules_to_save=[p["embeddings"][0], p["head"]])
    if "conv" in p:
        lora(r=8, target_modules=[p["conv"]])
        lora(r=8, target_modules=two + [p["conv"]], bias="all")
    if model_type == "gpt2":
        lora(r=16, target_modules=["c_attn", "c_proj", "c_fc"])
        randlora(r=32, target_modules=["c_attn", "c_proj", "c_fc"])
        randlora(r=32, target_modules=["c_attn", "c_proj", "c_fc"], sparse=True)
    if model_type == "llama":
        randlora(r=32, target_modules=["q_proj", "v_proj"], very_sparse=True)
    if name.endswith("-classifier"):
        for r in (4, 16):
            lora(r=r, task_type="SEQ_CLS", target_modules=two)
            randlora(r=r, task_type="SEQ_CLS", target_modules=two)
    if name == "t5-small":
        lora(r=8, target_modules=["relative_attention_bias"], bias="all")
    return rows


def count(name, tuner, fields):
    model = apply(zoo.build(name), tuner, fields)
    trainable, total = model.get_nb_trainable_parameters()
    row = {"model": name, "tuner": tuner, "config": fields, "trainable": trainable, "all": total,
           "targets": len(adapted_modules(model))}
    if len(fields.get("rank_pattern", {})) > 1:
        row["rank_pattern_order"] = list(fields["rank_pattern"])
    if tuner == "RANDLORA":
        tuner_model = model.base_model
        row["base_shapes"] = {"A": list(tuner_model.randlora_A["default"].shape),
                              "B": list(tuner_model.randlora_B["default"].shape)}
    return row


def check_patch():
    """On small models with real numbers, PEFT unpatched counts the same."""
    llama = ("llama-2-7b", dict(num_hidden_layers=2, hidden_size=96, intermediate_size=160,
                                num_attention_heads=4, num_key_value_heads=2, vocab_size=64))
    tied = ("gpt2", dict(n_layer=2, n_embd=48, n_head=4, vocab_size=64, n_positions=32))
    t5 = ("t5-small", dict(num_layers=2, num_decoder_layers=2, d_model=32, d_ff=64, d_kv=8,
                           num_heads=4, vocab_size=64))
    for (name, overrides), tuner, fields in [
        (llama, "LORA", dict(r=5, target_modules="all-linear")),
        (llama, "LORA", dict(r=5, target_modules=["q_proj"], modules_to_save=["lm_head"])),
        (llama, "LORA", dict(r=5, target_modules=["q_proj", "embed_tokens"], use_dora=True)),
        (llama, "RANDLORA", dict(r=7, target_modules="all-linear")),
        (llama, "RANDLORA", dict(r=7, target_modules=["q_proj", "down_proj"], sparse=True)),
        (llama, "RANDLORA", dict(r=8, target_modules=["q_proj", "v_proj"], very_sparse=True)),
        (tied, "LORA", dict(r=4, target_modules=["c_attn"], modules_to_save=["wte", "lm_head"])),
        (tied, "RANDLORA", dict(r=5, target_modules="all-linear", bias="all")),
        (t5, "LORA", dict(r=4, target_modules=["q", "lm_head"], modules_to_save=["shared"])),
    ]:
        real = get_peft_model(zoo.build(name, device="cpu", **overrides),
                              TUNERS[tuner](**copy.deepcopy(fields)))
        meta = apply(zoo.build(name, **overrides), tuner, fields)
        assert real.get_nb_trainable_parameters() == meta.get_nb_trainable_parameters(), fields
        shapes = [[(n, p.shape) for n, p in m.named_parameters()] for m in (real, meta)]
        assert shapes[0] == shapes[1], fields
        if tuner == "RANDLORA":
            for letter in ("randlora_A", "randlora_B"):
                pair = [getattr(m.base_model, letter)["default"].shape for m in (real, meta)]
                assert pair[0] == pair[1], fields


def check_known(rows):
    """Figures published for these settings."""
    def find(model, tuner, **fields):
        return next(row["trainable"] for row in rows
                    if (row["model"], row["tuner"], row["config"]) == (model, tuner, fields))
    gpt2 = ["c_attn", "c_proj", "c_fc"]
    assert find("gpt2", "LORA", r=16, target_modules=gpt2) == 2_359_296
    assert find("gpt2", "RANDLORA", r=32, target_modules=gpt2) == 921_600
    assert find("llama-3.2-3b", "RANDLORA", r=32, target_modules=["q_proj", "v_proj"]) == 9_289_728


if __name__ == "__main__":
    check_patch()
    rows = []
    for name in [name for name in zoo.CONFIGS if name not in zoo.UNCOUNTED]:
        model = zoo.build(name, layers=1)
        for tuner, fields in settings(name, model.config.model_type,
                                      model.get_output_embeddings() is not None):
            try:
                rows.append(count(name, tuner, fields))
            except Exception as error:  # refusals are the business of matching.json
                print("not counted:", name, tuner, fields, f"{type(error).__name__}: {error}"[:160])
    check_known(rows)
    zoo.write("counts.json", {"versions": zoo.VERSIONS}, {"counts": rows})
