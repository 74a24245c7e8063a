"""How far a forward pass in bfloat16 is from one in 32 bits, here and under PyTorch's autocast.

Models have real sizes and random weights, once as transformers initialises them and once with matrices so much
larger that activations are as lively as a trained model's; the reference is PyTorch in f32.

Needs torch, transformers and safetensors, and a release build: swift build -c release.

    python Benchmarks/precision.py
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

from forward import COMMAND, apart

FAMILIES = {
    "gpt2": ("GPT2", "LMHeadModel", {}),
    "bert": ("Bert", "ForSequenceClassification", {}),
    "vit": ("ViT", "ForImageClassification", dict(num_labels=10)),
    "qwen2-0.5b": ("Qwen2", "ForCausalLM", dict(
        vocab_size=151936, hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
        num_attention_heads=14, num_key_value_heads=2, tie_word_embeddings=True)),
}
SCALES = [1, 4]  # of the matrices, whose deviation is 0.02 to begin with


def prepare(family, scale, folder):
    """Writes a model, inputs, and PyTorch's outputs in f32 and under autocast."""
    import torch
    import transformers
    from safetensors.torch import save_file
    kind, task, settings = FAMILIES[family]
    torch.manual_seed(0)
    model = getattr(transformers, kind + task)(
        getattr(transformers, kind + "Config")(**settings)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1 and "embed" not in name and "wte" not in name and "wpe" not in name:
                parameter.mul_(scale)
    model.save_pretrained(folder)
    generator = torch.Generator().manual_seed(1)
    if family == "vit":
        inputs = {"pixel_values": torch.randn(4, 3, 224, 224, generator=generator)}
    else:
        inputs = {"input_ids": torch.randint(0, 30000, (4, 128), generator=generator)}
    save_file(inputs, os.path.join(folder, "inputs"))
    with torch.no_grad():
        exact = model(**inputs).logits
        with torch.autocast("cpu", torch.bfloat16):
            rounded = model(**inputs).logits.float()
    save_file({"exact": exact.contiguous(), "autocast": rounded.contiguous()},
              os.path.join(folder, "torch"))


def compare(folder, command, results):
    """Distances from PyTorch's f32, relative, over all logits."""
    from safetensors.torch import load_file
    torch = load_file(os.path.join(folder, "torch"))
    found = {"autocast": torch["autocast"]}
    for precision in ("f32", "bf16"):
        output = os.path.join(folder, precision)
        subprocess.run([command, "run", folder, "--input", os.path.join(folder, "inputs"),
                        "--wanted", "logits", "--precision", precision, "--output", output],
                       check=True, stderr=subprocess.DEVNULL)
        found[precision] = load_file(output)["logits"]
    exact = torch["exact"].double()
    distances = {name: ((logits.double() - exact).norm() / exact.norm()).item()
                 for name, logits in found.items()}
    with open(results, "w") as file:
        json.dump(distances, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peft", default=COMMAND, help="the command that is measured")
    parser.add_argument("--families", nargs="+", default=list(FAMILIES), choices=list(FAMILIES))
    options = parser.parse_args()
    print("| model | scale of matrices | here f32 | here bf16 | PyTorch autocast | bf16 / autocast |")
    print("|---|---|---|---|---|---|")
    further = []
    for family in options.families:
        for scale in SCALES:
            with tempfile.TemporaryDirectory() as folder:
                apart(prepare, family, scale, folder)
                results = os.path.join(folder, "distances.json")
                apart(compare, folder, options.peft, results)
                with open(results) as file:
                    found = json.load(file)
            ratio = found["bf16"] / found["autocast"]
            print(f"| {family} | {scale} | {found['f32']:.1e} | {found['bf16']:.2e} | "
                  f"{found['autocast']:.2e} | {ratio:.2f} |", flush=True)
            if ratio > 1:
                further.append(f"{family} × {scale}")
    if further:
        sys.exit("further than autocast: " + ", ".join(further))


if __name__ == "__main__":
    main()
