"""Adapters of tuners that this package does not have, as PEFT saves them, and what PEFT answers.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and writes outside/: a folder each with adapter_config.json,
adapter_model.safetensors, case.safetensors (inputs, and the adapted model's outputs) and
merged.safetensors (weights and biases of the first layer's adapted modules after
`merge_and_unload`), and manifest.json. `files` there has the lengths of the files that PEFT saves for models at full size,
`training` the losses of an AdaLoRA whose ranks are taken away as it is trained, from the adapter in
its folder.
Tests write these tuners themselves, from what TunerKit offers.
"""

import os
import shutil
import tempfile
import zlib

import torch
from peft import AdaLoraConfig, IA3Config, PeftModel, VeraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM

import adapted
import checkpoints
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "outside")

ADAPTERS = {  # folder: checkpoint, its case, configuration
    # Conv1D and linear layers with biases; one scales what goes in, which leaves the bias alone.
    "gpt2-ia3": ("gpt2", 4, IA3Config(
        target_modules=["c_attn", "mlp.c_proj"], feedforward_modules=["mlp.c_proj"])),
    "bert-ia3": ("bert-classifier", 5, IA3Config(
        target_modules=["query", "intermediate.dense"], feedforward_modules=["intermediate.dense"],
        task_type="SEQ_CLS")),
    "gpt2-vera": ("gpt2", 2, VeraConfig(
        r=6, target_modules=["c_attn", "c_fc", "mlp.c_proj"], d_initial=0.5,
        projection_prng_key=3)),
    "gpt2-vera-bias": ("gpt2", 4, VeraConfig(
        r=5, target_modules=["c_attn"], bias="vera_only", projection_prng_key=3)),
}

FILES = [  # model, tuner, fields that differ from their defaults
    ("gpt2", VeraConfig, {"r": 8}),
    ("gpt2", VeraConfig, {"r": 8, "save_projection": False}),
    ("gpt2", IA3Config, {"target_modules": ["c_attn", "mlp.c_proj"],
                         "feedforward_modules": ["mlp.c_proj"]}),
]


def path(folder, file=""):
    return os.path.join(FOLDER, folder, file)


def drawn(folder, base, config):
    """The adapted model, what it trains moved by random numbers."""
    torch.manual_seed(0)
    model = get_peft_model(checkpoints.loaded(base), config).eval()
    config.base_model_name_or_path = base
    generator = torch.Generator().manual_seed(zlib.crc32(folder.encode()))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter += torch.empty_like(parameter).normal_(0, 0.25, generator=generator)
    return model


def merged(folder, base):
    """Weights and biases of the adapted modules of the first layer, merged."""
    model = PeftModel.from_pretrained(checkpoints.loaded(base), path(folder)).eval()
    paths = [name.removeprefix("base_model.model.") for name, module in model.named_modules()
             if hasattr(module, "base_layer")]
    parameters = dict(model.merge_and_unload(safe_merge=True).named_parameters())
    names = [f"{name}.{own}" for name in paths if ".0." in name for own in ("weight", "bias")]
    return {name: parameters[name].detach().clone().contiguous() for name in names}


def row(folder):
    base, case, config = ADAPTERS[folder]
    model = drawn(folder, base, config)
    adapted.save(model, path(folder))
    tensors, compare, answer = adapted.answered(model, base, case)
    again = PeftModel.from_pretrained(checkpoints.loaded(base), path(folder)).eval()
    again = checkpoints.run(again, tensors)
    assert all(torch.allclose(again[k], v, rtol=0, atol=1e-6) for k, v in answer.items()), folder
    content = {f"input.{k}": v for k, v in tensors.items()}
    content |= {f"output.{k}": v.clone().contiguous() for k, v in answer.items()}
    save_file(content, path(folder, "case.safetensors"), {"compare": compare})
    save_file(merged(folder, base), path(folder, "merged.safetensors"), {"format": "pt"})
    for file in os.listdir(path(folder)):
        os.chmod(path(folder, file), 0o644)
    trainable, _ = model.get_nb_trainable_parameters()
    return {"folder": folder, "checkpoint": base, "compare": compare, "trainable": trainable}


def file_length(name, kind, fields):
    """The length of what PEFT saves for a bundled model of random weights."""
    config = AutoConfig.from_pretrained(os.path.join(zoo.FIXTURES, "configs", f"{name}.json"))
    model = get_peft_model(AutoModelForCausalLM.from_config(config), kind(**fields))
    trainable, _ = model.get_nb_trainable_parameters()
    with tempfile.TemporaryDirectory() as place:
        model.save_pretrained(place)
        length = os.path.getsize(os.path.join(place, "adapter_model.safetensors"))
    tuner = kind().peft_type.value
    return {"model": name, "tuner": tuner, "config": fields, "bytes": length,
            "trainable": trainable}


ADALORA = dict(init_r=4, target_r=2, tinit=2, tfinal=4, deltaT=3, total_step=16, beta1=0.8,
               beta2=0.7, orth_reg_weight=0.25, lora_alpha=3, task_type="CAUSAL_LM",
               target_modules=["q_proj", "v_proj", "down_proj"])


def adalora(folder, base, family, learning_rate=0.01):
    """Losses with the regularization, norms of gradients, and which ranks are left after each step.

    The model is in evaluation, which turns its dropout off and nothing else. Without a task type PEFT
    would leave the regularization out.
    """
    model = drawn(folder, base, AdaLoraConfig(**ADALORA))
    adapted.save(model, path(folder))
    content = load_file(os.path.join(zoo.FIXTURES, "training", "batches", f"{family}.safetensors"))
    batches = {}
    for name, tensor in content.items():
        batches.setdefault(int(name.partition(".")[0]), {})[name.partition(".")[2]] = tensor
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=learning_rate, weight_decay=0.01)
    losses, norms, kept = [], [], []
    for step in range(ADALORA["total_step"]):
        loss = model(**batches[step % len(batches)]).loss
        loss.backward()
        losses.append(loss.item())
        norms.append(nn.utils.clip_grad_norm_(trained, 1.0, foreach=False).item())
        optimizer.step()
        model.base_model.update_and_allocate(step + 1)
        optimizer.zero_grad()
        kept.append({name.removeprefix("base_model.model."): (p.flatten() != 0).int().tolist()
                     for name, p in model.named_parameters() if "lora_E" in name})
    return {"folder": folder, "checkpoint": base, "batches": family, "learning_rate": learning_rate,
            "losses": losses, "grad_norms": norms, "kept": kept}


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    zoo.write("outside/manifest.json", {"versions": zoo.VERSIONS}, {
        "folders": [row(folder) for folder in ADAPTERS],
        "files": [file_length(*file) for file in FILES],
        "training": [adalora("llama-adalora", "llama-grouped", "llama")]})
