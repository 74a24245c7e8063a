"""Trains adapters of GPT-2 small here and with PEFT, taking turns, and prints the ratios.

Needs torch, transformers, peft and safetensors, and a release build: swift build -c release.
The weights are random, and kept in a folder of the system's temporary files.

    python Benchmarks/training.py --rounds 3 --steps 4
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from forward import COMMAND, apart, prepare

TARGETS = ["c_attn", "c_proj", "c_fc"]
ADAPTERS = {  # name: configuration, learning rate
    "lora": (dict(r=16, lora_alpha=32), 1e-3),
    "randlora": (dict(r=32, save_projection=False), 1e-5),
}

PEFT = """
import sys, time, torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import GPT2LMHeadModel
model, adapter, inputs, threads, steps, rate = sys.argv[1:]
torch.set_num_threads(int(threads))
model = PeftModel.from_pretrained(
    GPT2LMHeadModel.from_pretrained(model), adapter, is_trainable=True).train()
for module in model.modules():
    if isinstance(module, torch.nn.Dropout):
        module.p = 0.0
ids = load_file(inputs)["input_ids"]
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=float(rate), weight_decay=0.01)
for _ in range(int(steps)):
    start = time.perf_counter()
    loss = model(input_ids=ids, labels=ids).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    print(loss.item(), time.perf_counter() - start, flush=True)
"""


def make_adapter(model, name, folder):
    """Writes a fresh adapter as PEFT does, where it is not there yet."""
    if os.path.exists(os.path.join(folder, "adapter_config.json")):
        return
    import torch
    from peft import LoraConfig, RandLoraConfig, get_peft_model
    from transformers import GPT2LMHeadModel
    kind = {"lora": LoraConfig, "randlora": RandLoraConfig}[name]
    torch.manual_seed(0)
    adapted = get_peft_model(
        GPT2LMHeadModel.from_pretrained(model),
        kind(target_modules=TARGETS, fan_in_fan_out=True, **ADAPTERS[name][0]))
    adapted.save_pretrained(folder)


def run(command, **keywords):
    """What a process prints, and its peak memory in bytes."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **keywords)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return output, usage.ru_maxrss * 1024


def ours(model, adapter, inputs, options, rate):
    output = os.path.join(tempfile.gettempdir(), "swift-peft-benchmark", "run")
    shutil.rmtree(output, ignore_errors=True)
    _, memory = run([
        COMMAND, "train", "--model", model, "--adapter", adapter, "--data", inputs,
        "--batch-size", str(options.batch), "--steps", str(options.steps), "--dropout", "0",
        "--learning-rate", str(rate), "--threads", str(options.threads), "--output", output,
    ], stderr=subprocess.DEVNULL)
    with open(os.path.join(output, "log.jsonl")) as log:
        steps = [json.loads(line) for line in log]
    tokens = options.batch * options.length
    return ([step["loss"] for step in steps],
            [tokens / step["tokens_per_second"] for step in steps], memory)


def theirs(model, adapter, inputs, options, rate):
    output, memory = run([
        sys.executable, "-c", PEFT, model, adapter, inputs, str(options.threads),
        str(options.steps), str(rate)], stderr=subprocess.DEVNULL)
    rows = [line.split() for line in output.splitlines()]
    return [float(loss) for loss, _ in rows], [float(time) for _, time in rows], memory


def planned(model, adapter, options):
    """Bytes that a step takes, as planned without any numbers."""
    output, _ = run([
        COMMAND, "plan", model, "--tuner", os.path.join(adapter, "adapter_config.json"),
        "--batch", str(options.batch), "--sequence", str(options.length),
        "--threads", str(options.threads), "--format", "json"], stderr=subprocess.DEVNULL)
    return json.loads(output)[0]["total_bytes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=5, help="steps of each process")
    options = parser.parse_args()
    folder = os.path.join(tempfile.gettempdir(), "swift-peft-benchmark")
    os.makedirs(folder, exist_ok=True)
    model = os.path.join(folder, "gpt2")
    inputs = os.path.join(folder, f"ids-{options.batch}x{options.length}.safetensors")
    apart(prepare, model, inputs, options.batch, options.length)
    print(f"GPT-2 small, {options.batch} x {options.length} tokens, all linear layers, "
          f"{options.threads} threads, {options.rounds} rounds taking turns")
    for name, (_, rate) in ADAPTERS.items():
        adapter = os.path.join(folder, f"fresh-{name}")
        apart(make_adapter, model, name, adapter)
        times, memories, ratios, differences = [[], []], [[], []], [], []
        for _ in range(options.rounds):
            losses = []
            for index, train in enumerate([ours, theirs]):
                loss, seconds, memory = train(model, adapter, inputs, options, rate)
                losses.append(loss)
                # The first step plans, and touches memory for the first time.
                times[index].append(statistics.median(seconds[1:] or seconds))
                memories[index].append(memory)
            ratios.append(times[1][-1] / times[0][-1])
            differences += [abs(a - b) / b for a, b in zip(*losses)]
        memory = [max(values) / 1e6 for values in memories]
        print(f"{name:<9} step   here {statistics.median(times[0]):.2f} s, "
              f"PEFT {statistics.median(times[1]):.2f} s: "
              f"{statistics.median(ratios):.2f} times as fast "
              f"({min(ratios):.2f} to {max(ratios):.2f})")
        print(f"{'':<9} memory here {memory[0]:.0f} MB, PEFT {memory[1]:.0f} MB: "
              f"{memory[0] / memory[1]:.2f}; planned {planned(model, adapter, options) / 1e6:.0f} MB")
        print(f"{'':<9} loss   differs by {max(differences):.1e} at most, relative")


if __name__ == "__main__":
    main()
