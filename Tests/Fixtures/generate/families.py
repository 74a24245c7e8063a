"""For every architecture, an adapter of each kind: what `adapted.py` makes beside its own.

A family has a checkpoint and one of its cases, the modules to adapt, those that a file with
RandLora's bases adapts (PEFT writes the bases once a module), and a module to save whole.
"""

import dataclasses


@dataclasses.dataclass
class Family:
    checkpoint: str
    case: int
    targets: list
    few: list
    saved: list
    more: dict = dataclasses.field(default_factory=dict)  # fields of every configuration
    strength: float = 1  # of the updates, where outputs would change out of proportion


QKVO = ["q_proj", "k_proj", "v_proj", "o_proj"]
LLAMA = QKVO + ["gate_proj", "up_proj", "down_proj"]
CAUSAL = {"task_type": "CAUSAL_LM"}
CLASSES = {"task_type": "SEQ_CLS"}  # saves the classifier without being asked
CONV1D = {"fan_in_fan_out": True}

FAMILIES = {
    "gpt2": Family("gpt2", 4, ["c_attn", "c_proj", "c_fc"], ["c_fc"], ["ln_f"], CONV1D | CAUSAL),
    "llama": Family("llama-grouped", 4, LLAMA, ["q_proj"], ["lm_head"], CAUSAL),
    "mistral": Family("mistral", 5, LLAMA, ["gate_proj"], ["lm_head"], CAUSAL),
    "qwen2": Family("qwen2", 4, LLAMA, ["v_proj"], ["embed_tokens"]),
    "qwen3": Family("qwen3", 5, LLAMA, ["o_proj"], ["q_norm", "k_norm"], CAUSAL),
    "phi3": Family("phi3", 4, ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"], ["down_proj"],
                   ["lm_head", "model.norm"]),
    "gemma": Family("gemma", 5, LLAMA, ["k_proj"], ["input_layernorm"], CAUSAL),
    "opt": Family("opt", 4, ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"], ["fc2"],
                  ["final_layer_norm"], CAUSAL),
    "gpt_neox": Family("gpt_neox", 5, ["query_key_value", "dense", "dense_h_to_4h",
                                       "dense_4h_to_h"], ["dense"], ["embed_in"]),
    "bert": Family("bert-classifier", 4, ["query", "key", "value", "dense"], ["query"], None,
                   CLASSES, 0.75),
    "roberta": Family("roberta-classifier", 4, ["query", "key", "value", "output.dense"],
                      ["value"], None, CLASSES, 0.75),
    "distilbert": Family("distilbert-classifier", 4, ["q_lin", "k_lin", "v_lin", "out_lin", "lin1",
                                                      "lin2"], ["q_lin"],
                         ["pre_classifier", "classifier"]),
    "vit": Family("vit-classifier", 2, QKVO + ["fc1", "fc2"], ["o_proj"], ["classifier"]),
    "dinov2": Family("dinov2", 1, QKVO + ["fc1", "fc2"], ["q_proj"], ["layernorm"]),
    "clip": Family("clip", 2, ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"], ["fc1"],
                   ["visual_projection"], strength=0.12),
    "t5": Family("t5", 5, ["q", "k", "v", "o", "wi", "wo"], ["o"], ["final_layer_norm"],
                 {"task_type": "SEQ_2_SEQ_LM"}, 0.3),
    # One layer, three times.
    "albert": Family("albert-classifier", 4, ["query", "key", "value", "dense", "ffn",
                                              "ffn_output"], ["query"], None, CLASSES, 0.5),
}

# Families with one adapter each: their linear layers are of kinds that those above have.
GPT_NEOX = ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"]
LATER = {
    "gemma2": Family("gemma2", 5, LLAMA, [], None, CAUSAL),
    "gemma3_text": Family("gemma3_text", 4, LLAMA, [], None, CAUSAL),
    "olmo2": Family("olmo2", 4, LLAMA, [], None, CAUSAL),
    "smollm3": Family("smollm3", 5, LLAMA, [], None, CAUSAL),
    "gptj": Family("gptj", 4, ["q_proj", "k_proj", "v_proj", "out_proj", "fc_in", "fc_out"], [], None,
                   CAUSAL),
    "bloom": Family("bloom", 5, GPT_NEOX, [], None, CAUSAL),
    "falcon": Family("falcon", 4, GPT_NEOX, [], None, CAUSAL),
    "electra": Family("electra-classifier", 4, ["query", "key", "value", "output.dense"], [], None,
                      CLASSES),
    "mpnet": Family("mpnet-classifier", 4, ["q", "k", "v", "o"], [], None, CLASSES),
    "modernbert": Family("modernbert-classifier", 4, ["Wqkv", "Wo", "Wi"], [], None, CLASSES),
    "bert_tokens": Family("bert-tokens", 4, ["query", "key", "value"], [], None,
                          {"task_type": "TOKEN_CLS"}),
}


def kinds(index, family):
    """Kind, tuner and configuration; what a family leaves open alternates over the families."""
    first, last = family.targets[0], family.targets[-1]
    own = "lora_only" if index % 2 else "all"
    other = "all" if index % 2 else "randlora_only"
    yield "lora", "LORA", dict(r=3, lora_alpha=6, target_modules=family.targets)
    yield "lora-patterns-bias", "LORA", dict(
        r=4, lora_alpha=3, use_rslora=True, bias=own, target_modules=family.targets,
        rank_pattern={f"1..*{first}": 2, first: 5, last: 1}, alpha_pattern={last: 4, first: 2})
    yield "dora", "LORA", dict(r=2, lora_alpha=4, use_dora=True, target_modules=family.targets)
    yield "randlora", "RANDLORA", dict(
        r=6, randlora_alpha=24, target_modules=family.few, projection_prng_key=index)
    yield "randlora-unsaved", "RANDLORA", dict(
        r=7, randlora_alpha=15, target_modules=family.targets, save_projection=False,
        projection_prng_key=1000 + index)
    yield "randlora-sparse-unsaved-module", "RANDLORA", dict(
        r=8, randlora_alpha=15, target_modules=family.targets, sparse=True, save_projection=False,
        modules_to_save=family.saved, projection_prng_key=2000 + index)
    yield "randlora-very-sparse-unsaved-bias", "RANDLORA", dict(
        r=5, randlora_alpha=12, target_modules=family.targets, very_sparse=True, bias=other,
        save_projection=False, projection_prng_key=3000 + index)


def later():
    """As adapters(), of the later families."""
    return {f"{name}-lora": (family.checkpoint, family.case, "LORA", family.more | dict(
        r=3, lora_alpha=4, target_modules=family.targets)) for name, family in LATER.items()}


def adapters():
    """Folder: checkpoint, its case, tuner, configuration."""
    result = {}
    for index, (name, family) in enumerate(FAMILIES.items()):
        for kind, tuner, fields in kinds(index, family):
            fields = {k: v for k, v in (family.more | fields).items() if v is not None}
            for alpha in fields.keys() & {"lora_alpha", "randlora_alpha"}:
                fields[alpha] = round(fields[alpha] * family.strength)
            result[f"{name}-{kind}"] = (family.checkpoint, family.case, tuner, fields)
    return result
