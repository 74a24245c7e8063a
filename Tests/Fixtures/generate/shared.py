"""Models that use a module several times, adapted by PEFT: counts, files, outputs and gradients.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads the descriptions shared/NAME.yaml, of which `Siamese`, `Cell` and `Layers` are the twins in
PyTorch, and writes beside them NAME.safetensors (random weights), manifest.json, and a folder for
each adapter: adapter_config.json, adapter_model.safetensors and case.safetensors with `input.NAME`,
`base.y` (the model's answer without the adapter), `output.y`, `upstream` and `gradient.NAME`, the
gradients of sum(upstream · y) with respect to what is trained, by PEFT's names in files.
"""

import os
import shutil
import zlib

import torch
from peft import LoraConfig, PeftModel, RandLoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

import tiny
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "shared")


class Tower(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.act, self.down = nn.Linear(6, 10), nn.GELU(), nn.Linear(10, 8)
        self.norm = nn.LayerNorm(8)

    def forward(self, x):
        return self.norm(self.down(self.act(self.up(x))))


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.tower, self.head = Tower(), nn.Linear(16, 3)

    def forward(self, left, right):
        return self.head(torch.cat([self.tower(left), self.tower(right)], 1))


class RecurrentCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.input, self.hidden = nn.Linear(4, 7), nn.Linear(7, 7, bias=False)

    def forward(self, x, h):
        return torch.tanh(self.hidden(h) + self.input(x))


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.empty(1, 7))
        self.cell, self.head = RecurrentCell(), nn.Linear(7, 3)

    def forward(self, x):
        h = self.start
        for time in range(5):
            h = self.cell(x[:, time], h)
        return self.head(h)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(8, 8) for _ in range(4))
        self.norm, self.up, self.down, self.end = (
            nn.LayerNorm(8), nn.Linear(8, 13), nn.Linear(13, 8), nn.LayerNorm(8))

    def forward(self, x, mask):
        q, k, v = (part(x).unflatten(-1, (2, 4)).transpose(1, 2) for part in (self.q, self.k, self.v))
        scores = q @ k.transpose(2, 3) / 2
        scores = scores.masked_fill(mask[:, None, None] == 0, torch.finfo(scores.dtype).min)
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)
        x = self.norm(x + self.o(mixed))
        return self.end(x + self.down(functional.gelu(self.up(x), approximate="tanh")))


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.layer = nn.Embedding(17, 8), Layer()
        self.head = nn.Linear(8, 17, bias=False)

    def forward(self, tokens, mask):
        x = self.words(tokens)
        for _ in range(4):
            x = self.layer(x, mask)
        return self.head(x)


def siamese_inputs(generator):
    return {name: torch.randn(5, 6, generator=generator) for name in ("left", "right")}


def cell_inputs(generator):
    return {"x": torch.randn(3, 5, 4, generator=generator)}


def layers_inputs(generator):
    tokens = torch.randint(17, (3, 6), generator=generator)
    mask = torch.tensor([[1] * 6, [1] * 4 + [0] * 2, [1] * 5 + [0]])
    return {"tokens": tokens, "mask": mask}


MODELS = {"siamese": (Siamese, siamese_inputs), "cell": (Cell, cell_inputs),
          "layers": (Layers, layers_inputs)}

ADAPTERS = {  # folder: model, configuration
    "siamese-lora": ("siamese", LoraConfig(
        r=3, lora_alpha=6, target_modules=["up", "down"], modules_to_save=["head"])),
    "siamese-dora-norm": ("siamese", LoraConfig(
        r=2, lora_alpha=4, use_dora=True, target_modules=["up", "head"],
        modules_to_save=["norm"])),
    "siamese-randlora": ("siamese", RandLoraConfig(
        r=4, randlora_alpha=16, target_modules=["up", "down"], projection_prng_key=5)),
    "cell-lora-bias": ("cell", LoraConfig(
        r=2, lora_alpha=3, target_modules=["input", "hidden"], bias="lora_only")),
    "cell-dora": ("cell", LoraConfig(r=3, lora_alpha=6, use_dora=True, target_modules="all-linear")),
    "cell-saved": ("cell", LoraConfig(r=2, target_modules=["input"], modules_to_save=["hidden"])),
    "layers-lora": ("layers", LoraConfig(
        r=3, lora_alpha=6, target_modules=["q", "v", "up", "down"], bias="all")),
    "layers-lora-patterns": ("layers", LoraConfig(
        r=3, lora_alpha=6, target_modules=r"layer\.(q|o)|words", rank_pattern={"o": 5})),
    "layers-randlora": ("layers", RandLoraConfig(
        r=5, randlora_alpha=20, target_modules=["q", "k", "v", "o"], projection_prng_key=6,
        save_projection=False)),
}


def path(*parts):
    return os.path.join(FOLDER, *parts)


def seed(name):
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def base(name):
    model = MODELS[name][0]()
    tiny.draw(model, zlib.crc32(name.encode()))
    return model.eval()


def row(folder):
    name, config = ADAPTERS[folder]
    torch.manual_seed(0)
    model = get_peft_model(base(name), config).eval()
    config.base_model_name_or_path = name
    generator = seed(folder)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter += torch.empty_like(parameter).normal_(0, 0.25, generator=generator)
    model.save_pretrained(path(folder))
    os.remove(path(folder, "README.md"))
    inputs = MODELS[name][1](generator)
    model.zero_grad()
    y = model(**inputs)
    upstream = torch.randn(y.shape, generator=generator)
    (upstream * y).sum().backward()
    again = PeftModel.from_pretrained(base(name), path(folder)).eval()
    assert torch.equal(again(**inputs), y), folder
    names = {parameter.data_ptr(): key for key, parameter in get_peft_model_state_dict(model).items()}
    content = {f"input.{k}": v for k, v in inputs.items()}
    content |= {"base.y": base(name)(**inputs), "output.y": y, "upstream": upstream}
    trained = [p for p in model.parameters() if p.requires_grad]
    content |= {f"gradient.{names[p.data_ptr()]}": p.grad for p in trained}
    save_file({k: v.detach().clone().contiguous() for k, v in content.items()},
              path(folder, "case.safetensors"))
    for file in os.listdir(path(folder)):
        os.chmod(path(folder, file), 0o644)
    matched = [key.removeprefix("base_model.model.") for key, module in model.named_modules()
               if hasattr(module, "base_layer")]
    trainable, total = model.get_nb_trainable_parameters()
    return {"folder": folder, "model": name, "matched": matched, "trainable": trainable,
            "all": total}


def main():
    for name in MODELS:
        save_file({k: v.detach().clone() for k, v in base(name).state_dict().items()},
                  path(f"{name}.safetensors"), {"format": "pt"})
    for folder in ADAPTERS:
        shutil.rmtree(path(folder), ignore_errors=True)
    models = [{"model": name, "parameters": sum(p.numel() for p in base(name).parameters()),
               "modules": [key for key, _ in base(name).named_modules() if key]} for name in MODELS]
    zoo.write("shared/manifest.json", {"versions": zoo.VERSIONS},
              {"models": models, "adapters": [row(folder) for folder in ADAPTERS]})


if __name__ == "__main__":
    main()
