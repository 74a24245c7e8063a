"""What PEFT writes when it saves an adapter: keys, types, shapes, sizes, configuration.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes adapter_files.json. The models are small and have real numbers; a row's `overrides` are
fields of the transformers configuration laid over the bundled model of that name. `tensors` lists
key, type and shape in the order of the file's data; `bytes` is the whole file. `target_modules` and
the other sets of adapter_config.json are sorted here: PEFT writes them in hash order.
"""

import json
import os
import struct
import tempfile

import torch
from peft import get_peft_model

import zoo
from tuners import TUNERS

GPT2 = ("gpt2", dict(n_embd=48, n_head=4, n_layer=2, vocab_size=96, n_positions=32))
LLAMA = ("llama-2-7b", dict(hidden_size=32, intermediate_size=56, num_hidden_layers=2,
                            num_attention_heads=4, num_key_value_heads=2, vocab_size=80,
                            max_position_embeddings=64))
TIED = ("llama-3.2-1b", dict(hidden_size=32, intermediate_size=56, num_hidden_layers=2,
                             num_attention_heads=4, num_key_value_heads=2, head_dim=8,
                             vocab_size=80, max_position_embeddings=64))
ENCODER = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
               vocab_size=80, max_position_embeddings=40)
BERT = ("bert-base-classifier", ENCODER)
ROBERTA = ("roberta-base-classifier", ENCODER)
VIT = ("vit-b16", dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                       num_attention_heads=4, image_size=32, num_labels=7))
T5 = ("t5-small", dict(d_model=32, d_ff=64, d_kv=8, num_heads=4, num_layers=2,
                       num_decoder_layers=2, vocab_size=80))

CASES = [  # model, tuner, configuration, extra: the base's dtype, the adapter's name, save options
    (GPT2, "LORA", dict(r=4, target_modules=["c_attn"])),
    (GPT2, "LORA", dict(r=4, target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True,
                        task_type="CAUSAL_LM", lora_alpha=16, lora_dropout=0.1)),
    (GPT2, "LORA", dict(r=4, target_modules=["c_attn"], bias="all")),
    (GPT2, "LORA", dict(r=4, target_modules=["c_attn"], bias="lora_only")),
    (GPT2, "LORA", dict(r=4, target_modules=["c_attn", "wte"])),
    (GPT2, "LORA", dict(r=4, target_modules=["c_fc"], modules_to_save=["ln_f"], bias="all")),
    (GPT2, "LORA", dict(r=4, target_modules=["c_attn"], lora_bias=True)),
    (GPT2, "RANDLORA", dict(r=6, target_modules=["c_attn"])),
    (GPT2, "RANDLORA", dict(r=6, target_modules=["c_attn"], save_projection=False)),
    (GPT2, "RANDLORA", dict(r=16, target_modules=["c_attn", "c_proj", "c_fc"], bias="all",
                            fan_in_fan_out=True)),
    (GPT2, "RANDLORA", dict(r=6, target_modules=["c_attn"], bias="randlora_only", sparse=True)),
    (LLAMA, "LORA", dict(r=8)),
    (LLAMA, "LORA", dict(r=8, target_modules="all-linear", task_type="CAUSAL_LM")),
    (LLAMA, "LORA", dict(r=8, target_modules="all-linear",
                         rank_pattern={"q_proj": 2, "down_proj": 3}, alpha_pattern={"q_proj": 4},
                         use_rslora=True)),
    (LLAMA, "LORA", dict(r=4, target_modules=r".*\.1\..*(q|v)_proj", modules_to_save=["lm_head"])),
    (LLAMA, "LORA", dict(r=4, target_modules=["q_proj", "v_proj"], layers_to_transform=[1],
                         layers_pattern="layers")),
    (LLAMA, "LORA", dict(r=4, target_modules=["q_proj"], use_dora=True)),
    (LLAMA, "LORA", dict(r=4, target_modules=["q_proj"], exclude_modules=["0.self_attn.q_proj"])),
    (LLAMA, "LORA", dict(r=4, target_modules=["embed_tokens", "lm_head"])),
    (LLAMA, "LORA", dict(r=4, target_modules=["q_proj"]), dict(dtype="bfloat16")),
    (LLAMA, "LORA", dict(r=4, target_modules=["q_proj"]),
     dict(dtype="bfloat16", autocast_adapter_dtype=False)),
    (LLAMA, "LORA", dict(r=4, target_modules=["q_proj"]), dict(adapter="other")),
    (LLAMA, "RANDLORA", dict(r=8)),
    (LLAMA, "RANDLORA", dict(r=8, target_modules="all-linear", save_projection=False,
                             task_type="CAUSAL_LM")),
    (LLAMA, "RANDLORA", dict(r=5, target_modules=["q_proj", "k_proj", "up_proj"],
                             very_sparse=True)),
    (LLAMA, "RANDLORA", dict(r=8, target_modules=["q_proj"]), dict(dtype="bfloat16")),
    (LLAMA, "RANDLORA", dict(r=8, target_modules=["q_proj"], modules_to_save=["norm"])),
    (TIED, "LORA", dict(r=4, target_modules=["q_proj"], modules_to_save=["embed_tokens"])),
    (BERT, "LORA", dict(r=4, target_modules=["query", "value"], task_type="SEQ_CLS")),
    (BERT, "LORA", dict(r=4, target_modules=["query"], task_type="SEQ_CLS", bias="all")),
    (BERT, "RANDLORA", dict(r=8, task_type="SEQ_CLS", save_projection=False)),
    (BERT, "RANDLORA", dict(r=8, target_modules=["query", "output.dense"],
                            modules_to_save=["classifier"])),
    (ROBERTA, "LORA", dict(r=4, target_modules="all-linear", task_type="SEQ_CLS")),
    (VIT, "LORA", dict(r=4, target_modules=["q_proj", "projection"],
                       modules_to_save=["classifier"])),
    (T5, "LORA", dict(r=4, task_type="SEQ_2_SEQ_LM")),
    (T5, "LORA", dict(r=4, target_modules=["relative_attention_bias", "wi"], bias="all")),
]


def header(path):
    """The parts of a safetensors file that say what is in it."""
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        entries = json.loads(file.read(size))
    metadata = entries.pop("__metadata__", None)
    rows = sorted(entries.items(), key=lambda item: item[1]["data_offsets"])
    assert [key for key, _ in rows] == list(entries), "the header is in the order of the data"
    return size, metadata, [[key, value["dtype"], value["shape"]] for key, value in rows]


def saved(bundled, tuner, fields, extra=None):
    name, overrides = bundled
    extra = extra or {}
    model = zoo.build(name, device="cpu", **overrides)
    if "dtype" in extra:
        model = model.to(getattr(torch, extra["dtype"]))
    adapter = extra.get("adapter", "default")
    adapted = get_peft_model(model, TUNERS[tuner](**json.loads(json.dumps(fields))), adapter,
                             autocast_adapter_dtype=extra.get("autocast_adapter_dtype", True))
    with tempfile.TemporaryDirectory() as folder:
        adapted.save_pretrained(folder)
        files = sorted(os.path.relpath(os.path.join(place, file), folder)
                       for place, _, names in os.walk(folder) for file in names)
        where = folder if adapter == "default" else os.path.join(folder, adapter)
        path = os.path.join(where, "adapter_model.safetensors")
        header_bytes, metadata, tensors = header(path)
        with open(os.path.join(where, "adapter_config.json")) as file:
            written = json.load(file)
        size = os.path.getsize(path)
    for key in ("target_modules", "exclude_modules"):
        if isinstance(written.get(key), list):
            written[key].sort()
    return {"model": name, "overrides": overrides, "tuner": tuner, "config": fields, **extra,
            "files": files, "bytes": size, "header_bytes": header_bytes, "metadata": metadata,
            "trainable": adapted.get_nb_trainable_parameters()[0],
            "adapter_config": written, "tensors": tensors}


if __name__ == "__main__":
    rows = [saved(*case) for case in CASES]
    for row in rows:
        assert "/" not in json.dumps(row["adapter_config"]), row["adapter_config"]
    zoo.write("adapter_files.json", {"versions": zoo.VERSIONS}, {"rows": rows})
