"""Models as print(model) shows them and as a safetensors header names them, with PEFT's counts on them.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0 safetensors==0.8.0

Writes outlines/: for every model NAME.txt, the text; NAME.safetensors, the header alone, without the
tensors' bytes; and outlines.json with what PEFT counts. Models are on the meta device: only shapes
matter. `hidden` are parameters that no layer prints, `repeated` those that are printed twice because
modules share them.
"""

import json
import os
import struct
import tempfile

import torch
import transformers
from safetensors.torch import save_file
from torch import nn

import zoo
from tuners import adapted_modules, apply

FOLDER = os.path.join(zoo.FIXTURES, "outlines")


def convolutions():
    """Layers that language models do not have."""
    return nn.Sequential(
        nn.Conv2d(3, 8, (3, 5), bias=False), nn.BatchNorm2d(8), nn.ReLU(),
        nn.Conv2d(8, 16, 3, groups=2), nn.GroupNorm(4, 16), nn.PReLU(16),
        nn.ConvTranspose2d(16, 4, 3), nn.InstanceNorm2d(4, affine=True), nn.MaxPool2d(2),
        nn.Conv3d(2, 4, 3), nn.Conv1d(2, 4, 3, padding="same", padding_mode="reflect"),
        nn.BatchNorm1d(4, affine=False), nn.Flatten(),
        nn.ModuleDict({"embedding": nn.Embedding(12, 6, padding_idx=1),
                       "bag": nn.EmbeddingBag(12, 5), "x-1": nn.Linear(6, 3, bias=False)}),
        nn.LayerNorm((3, 4), bias=False), nn.RMSNorm(4), nn.LayerNorm(4, elementwise_affine=False),
        nn.Bilinear(2, 3, 4),
        nn.ParameterList([nn.Parameter(torch.zeros(3, 4)), nn.Parameter(torch.zeros(()))]),
        nn.ParameterDict({"a": nn.Parameter(torch.zeros(2)), "b": nn.Parameter(torch.zeros(2, 3))}),
        nn.TransformerEncoderLayer(8, 2, 12), nn.LSTM(3, 4), nn.Linear(4, 2))


def model(class_name, **fields):
    kind = getattr(transformers, class_name)
    return lambda: kind(kind.config_class(**fields))


MODELS = {
    "gpt2": model("GPT2LMHeadModel", n_layer=3, n_embd=48, n_head=4, vocab_size=100, n_positions=32),
    "llama": model("LlamaForCausalLM", num_hidden_layers=11, hidden_size=64, intermediate_size=96,
                   num_attention_heads=8, num_key_value_heads=2, vocab_size=100),
    "minilm": model("BertModel", num_hidden_layers=2, hidden_size=24, intermediate_size=48,
                    num_attention_heads=4, vocab_size=90, max_position_embeddings=16),
    "bert": model("BertForSequenceClassification", num_hidden_layers=2, hidden_size=24,
                  intermediate_size=48, num_attention_heads=4, vocab_size=90),
    "bert-mlm": model("BertForMaskedLM", num_hidden_layers=1, hidden_size=24, intermediate_size=48,
                      num_attention_heads=4, vocab_size=90),
    "vit": model("ViTForImageClassification", num_hidden_layers=2, hidden_size=24,
                 intermediate_size=48, num_attention_heads=4, image_size=32, patch_size=8),
    "whisper": model("WhisperForConditionalGeneration", encoder_layers=2, decoder_layers=2, d_model=24,
                     encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=48,
                     decoder_ffn_dim=48, vocab_size=90, num_mel_bins=8, max_source_positions=20,
                     max_target_positions=16, pad_token_id=0),
    "bart": model("BartForConditionalGeneration", encoder_layers=1, decoder_layers=1, d_model=24,
                  encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=48,
                  decoder_ffn_dim=48, vocab_size=90, max_position_embeddings=16),
    "t5": model("T5ForConditionalGeneration", num_layers=1, d_model=24, d_ff=48, d_kv=6, num_heads=4,
                vocab_size=90),
    "mpnet": model("MPNetModel", num_hidden_layers=2, hidden_size=24, intermediate_size=48,
                   num_attention_heads=4, vocab_size=90, max_position_embeddings=16),
    "albert": model("AlbertForMaskedLM", num_hidden_layers=2, hidden_size=24, embedding_size=16,
                    intermediate_size=48, num_attention_heads=4, vocab_size=90),
    "mixtral": model("MixtralForCausalLM", num_hidden_layers=2, hidden_size=32, intermediate_size=48,
                     num_attention_heads=4, num_key_value_heads=2, vocab_size=90,
                     num_local_experts=4),
    "neox": model("GPTNeoXForCausalLM", num_hidden_layers=2, hidden_size=24, intermediate_size=48,
                  num_attention_heads=4, vocab_size=90),
    "resnet": model("ResNetForImageClassification", depths=[1, 2, 1, 1], embedding_size=8,
                    hidden_sizes=[16, 24, 32, 40]),
    "convnext": model("ConvNextForImageClassification", depths=[1, 2, 1, 1],
                      hidden_sizes=[8, 16, 24, 32]),
    "convolutions": convolutions,
}

# Target modules of two kinds a model, and what else is trained.
TARGETS = {
    "gpt2": (["c_attn"], ["c_attn", "c_proj", "c_fc"]),
    "llama": (["q_proj", "v_proj"], ["q_proj", "k_proj", "gate_proj", "down_proj"]),
    "minilm": (["query", "value"], ["query", "dense"]),
    "bert": (["query", "value"], ["key", "dense"]),
    "bert-mlm": (["query", "value"], ["key", "dense"]),
    "vit": (["q_proj", "v_proj"], ["fc1", "fc2"]),
    "whisper": (["q_proj", "v_proj"], ["fc1", "out_proj"]),
    "bart": (["q_proj", "v_proj"], ["fc1", "out_proj"]),
    "t5": (["q", "v"], ["wi", "wo", "k"]),
    "mpnet": (["q", "v"], ["dense", "o"]),
    "albert": (["query", "value"], ["ffn", "ffn_output"]),
    "mixtral": (["q_proj", "v_proj"], ["k_proj", "o_proj"]),
    "neox": (["query_key_value"], ["dense", "dense_h_to_4h"]),
    "resnet": (["classifier.1"], ["classifier.1"]),
    "convnext": (["pwconv1"], ["pwconv1", "pwconv2", "classifier"]),
    "convolutions": (["x-1", "22"], ["linear1", "linear2", "22"]),
}
# Embeddings and convolutions, for LoRA alone.
LORA_TARGETS = {
    "gpt2": [["wte"], ["c_attn", "wpe"]],
    "llama": [["embed_tokens", "q_proj"]],
    "minilm": [["word_embeddings", "position_embeddings"]],
    "vit": [["projection"], ["projection", "q_proj"]],
    "whisper": [["embed_positions", "fc2"]],
    "resnet": [["convolution"], ["convolution", "classifier.1"]],
    "convnext": [["patch_embeddings"]],
    "mpnet": [["relative_attention_bias"]],
    "convolutions": [["0"], ["0", "embedding", "22"]],
}


def settings(name):
    """(tuner, configuration) pairs for one model."""
    few, many = TARGETS[name]
    rows = [("LORA", dict(r=r, target_modules=few)) for r in (1, 4, 8)]
    rows += [("RANDLORA", dict(r=r, target_modules=few)) for r in (1, 3, 8)]
    rows += [(tuner, dict(r=5, target_modules=many)) for tuner in ("LORA", "RANDLORA")]
    rows += [(tuner, dict(r=6, target_modules="all-linear")) for tuner in ("LORA", "RANDLORA")]
    rows += [("LORA", dict(r=4, target_modules=many, use_dora=True)),
             ("LORA", dict(r=4, target_modules=few, bias="lora_only"))]
    rows += [("LORA", dict(r=4, target_modules=targets)) for targets in LORA_TARGETS.get(name, [])]
    return rows


def header(model, path):
    """What safetensors writes before the tensors' bytes; of shared ones the first name."""
    names = {id(p): n for n, p in reversed(list(model.named_parameters()))}
    tensors = [(n, p) for n, p in model.named_parameters() if names[id(p)] == n]
    tensors += [(n, b) for n, b in model.named_buffers() if n in model.state_dict()]
    # Larger types first, then by name, as the library has it.
    tensors.sort(key=lambda item: (-item[1].element_size(), item[0]))
    types = {torch.float32: "F32", torch.int64: "I64"}
    entries, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors:
        end = offset + tensor.numel() * tensor.element_size()
        entries[name] = {"dtype": types[tensor.dtype], "shape": list(tensor.shape),
                         "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)


def check_header():
    """It is the header of the file that safetensors itself writes."""
    model = convolutions()
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("ours", "theirs")]
        header(model, paths[0])
        save_file(model.state_dict(), paths[1], {"format": "pt"})
        ours, theirs = (open(path, "rb").read() for path in paths)
        assert theirs.startswith(ours), "the header differs"


def printed_sizes(model):
    """Parameters that no layer of PyTorch or of a known kind prints, and those printed twice."""
    with_sizes = ("Linear", "Conv1D", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d", "Embedding", "EmbeddingBag",
                  "LayerNorm", "RMSNorm", "BatchNorm2d", "BatchNorm1d", "GroupNorm", "InstanceNorm2d",
                  "PReLU", "Bilinear", "ParameterList", "ParameterDict", "NonDynamicallyQuantizableLinear")
    seen, hidden, repeated = set(), 0, 0
    for module in dict.fromkeys(m for _, m in model.named_modules(remove_duplicate=False)):
        name = type(module).__name__
        shown = name in with_sizes or any(c.__name__ in with_sizes for c in type(module).__mro__)
        shown = shown or name.endswith("RMSNorm")
        for parameter in module.parameters(recurse=False):
            if not shown:
                hidden += parameter.numel()
            elif id(parameter) in seen:
                repeated += parameter.numel()
            seen.add(id(parameter))
    # A module with two places is printed at both.
    places = [m for _, m in model.named_modules(remove_duplicate=False)]
    for module in set(places):
        repeated += (places.count(module) - 1) * sum(
            p.numel() for p in module.parameters(recurse=False))
    return hidden, repeated


if __name__ == "__main__":
    check_header()
    os.makedirs(FOLDER, exist_ok=True)
    models, rows = [], []
    for name, make in MODELS.items():
        def build():
            with torch.device("meta"):
                return make()
        plain = build()
        with open(os.path.join(FOLDER, f"{name}.txt"), "w") as file:
            file.write(f"{plain}\n")
        header(plain, os.path.join(FOLDER, f"{name}.safetensors"))
        hidden, repeated = printed_sizes(plain)
        models.append({"model": name, "parameters": sum(p.numel() for p in plain.parameters()),
                       "hidden": hidden, "repeated": repeated})
        for tuner, fields in settings(name):
            try:
                adapted = apply(build(), tuner, fields)
            except Exception as error:
                print("not counted:", name, tuner, fields, f"{type(error).__name__}: {error}"[:160])
                continue
            trainable, total = adapted.get_nb_trainable_parameters()
            rows.append({"model": name, "tuner": tuner, "config": fields, "trainable": trainable,
                         "all": total, "targets": len(adapted_modules(adapted))})
    zoo.write("outlines/outlines.json", {"versions": zoo.VERSIONS}, {"models": models, "rows": rows})
