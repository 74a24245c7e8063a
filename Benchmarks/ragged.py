"""Trains a small BERT on short texts of different lengths here and with PEFT, taking turns, and prints the ratios.

Texts have 25 tokens in the mean and 162 at most, the model has MiniLM's size (6 layers, 384 wide), and LoRA
(r = 16) is on query and value. PEFT pads to the longest text of a batch, as its examples do, in 32 bits, under
bf16 autocast, and compiled for changing lengths. All see the same batches in the same order.

Needs torch, transformers, peft and safetensors, and a release build: swift build -c release.
The weights are random, and kept in a folder of the system's temporary files.

    python Benchmarks/ragged.py --rounds 3 --steps 40
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

from forward import COMMAND, apart

LONGEST, MEAN, RATE = 162, 25, 1e-3

PEFT = """
import json, sys, time, torch
from contextlib import nullcontext
from peft import PeftModel
from transformers import BertForSequenceClassification
model, adapter, data, batch, threads, steps, rate, way = sys.argv[1:]
torch.set_num_threads(int(threads))
model = PeftModel.from_pretrained(
    BertForSequenceClassification.from_pretrained(model), adapter, is_trainable=True).train()
for module in model.modules():
    if isinstance(module, torch.nn.Dropout):
        module.p = 0.0
forward = torch.compile(model, dynamic=True) if way == "compiled" else model
precision = nullcontext if way == "f32" else lambda: torch.autocast("cpu", torch.bfloat16)
rows = [json.loads(line) for line in open(data)]
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=float(rate), weight_decay=0.01)
place = 0
for _ in range(int(steps)):
    start = time.perf_counter()
    chosen = [rows[(place + i) % len(rows)] for i in range(int(batch))]
    place += int(batch)
    texts = [list(row["text"].encode()) for row in chosen]
    length = max(map(len, texts))
    ids = torch.tensor([text + [0] * (length - len(text)) for text in texts])
    mask = torch.tensor([[1] * len(text) + [0] * (length - len(text)) for text in texts])
    labels = torch.tensor([row["label"] for row in chosen])
    with precision():
        loss = forward(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    print(loss.item(), time.perf_counter() - start, flush=True)
"""


def prepare(model, adapter, data):
    """Writes the model, a fresh adapter and the texts, where they are not there yet."""
    if not os.path.exists(os.path.join(adapter, "adapter_config.json")):
        import torch
        from peft import LoraConfig, get_peft_model
        from transformers import BertConfig, BertForSequenceClassification
        torch.manual_seed(0)
        BertForSequenceClassification(BertConfig(
            hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
            num_labels=6)).save_pretrained(model)
        get_peft_model(
            BertForSequenceClassification.from_pretrained(model),
            LoraConfig(r=16, lora_alpha=32, target_modules=["query", "value"], task_type="SEQ_CLS"),
        ).save_pretrained(adapter)
    generator = random.Random(2)
    lengths = [LONGEST]
    while len(lengths) < 4096:
        # Most texts are short, and a few are many times as long, as messages and questions are.
        length = round(generator.lognormvariate(3.02, 0.63))
        if 4 <= length <= LONGEST:
            lengths.append(length)
    generator.shuffle(lengths)
    with open(data, "w") as file:
        for length in lengths:
            text = "".join(generator.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(length))
            file.write(json.dumps({"text": text, "label": generator.randrange(6)}) + "\n")


def run(arguments, stderr=None):
    """What a process writes, and its peak memory in bytes."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=stderr or subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{os.path.basename(arguments[0])} failed: see --verbose")
        output.seek(0)
        return output.read(), usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def ours(model, adapter, data, options, precision, fields):
    output = os.path.join(tempfile.gettempdir(), "swift-peft-benchmark", "ragged-run")
    shutil.rmtree(output, ignore_errors=True)
    _, memory = run([
        options.command, "train", "--model", model, "--adapter", adapter, "--data", data,
        "--tokenizer", "bytes", "--batch-size", str(options.batch), "--steps", str(options.steps),
        "--dropout", "0", "--learning-rate", str(RATE), "--threads", str(options.threads),
        "--precision", precision, "--output", output, *fields], stderr=sys.stderr if options.verbose else None)
    with open(os.path.join(output, "log.jsonl")) as log:
        steps = [json.loads(line) for line in log]
    return [step["loss"] for step in steps], [step["seconds"] for step in steps], memory


def theirs(model, adapter, data, options, way):
    output, memory = run([
        sys.executable, "-c", PEFT, model, adapter, data, str(options.batch), str(options.threads),
        str(options.steps), str(RATE), way], stderr=sys.stderr if options.verbose else None)
    rows = [line.split() for line in output.splitlines()]
    return [float(loss) for loss, _ in rows], [float(time) for _, time in rows], memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=40, help="steps of each process")
    parser.add_argument("--full", action="store_true",
                        help="also with every text padded to 512 tokens; takes long")
    parser.add_argument("--command", default=COMMAND)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    folder = os.path.join(tempfile.gettempdir(), "swift-peft-benchmark")
    os.makedirs(folder, exist_ok=True)
    names = ("minilm", "minilm-lora", "ragged.jsonl")
    model, adapter, data = (os.path.join(folder, name) for name in names)
    apart(prepare, model, adapter, data)
    as_written = ["--no-shuffle"]
    ways = {
        f"here {precision}": (ours, precision, as_written) for precision in ("f32", "bf16")
    } | {
        f"PEFT {way}": (theirs, way) for way in ("f32", "autocast", "compiled")
    } | {
        f"here {precision}, grouped": (ours, precision, ["--group-by-length"])
        for precision in ("f32", "bf16")
    }
    if options.full:
        ways |= {f"here {precision}, full": (ours, precision, as_written + ["--padding", "max_length"])
                 for precision in ("f32", "bf16")}
    print(f"MiniLM's size, {options.batch} texts a batch of {MEAN} tokens in the mean, {LONGEST} at "
          f"most, {options.threads} threads, {options.rounds} rounds taking turns")
    losses, times, memories = {}, {}, {}
    for _ in range(options.rounds):
        for name, (train, *rest) in ways.items():
            loss, seconds, memory = train(model, adapter, data, options, *rest)
            losses[name] = loss
            times.setdefault(name, []).append(seconds)
            memories.setdefault(name, []).append(memory)
    # The first steps plan, compile, and touch memory for the first time.
    first = min(5, options.steps - 1)
    means = {name: [statistics.mean(row[first:]) for row in rows] for name, rows in times.items()}
    exact = losses["PEFT f32"]
    for name in ways:
        whole = statistics.median(sum(row) for row in times[name])
        gap = max(abs(a / b - 1) for a, b in zip(losses[name], exact))
        print(f"{name:<20} {statistics.median(means[name]):.3f} s a step, {whole:.1f} s with the first "
              f"{first}; {max(memories[name]) / 1e6:.0f} MB"
              + ("" if "grouped" in name else f"; losses differ from PEFT f32 by {gap:.1e}"))
    for here, there in (("here f32", ["PEFT f32"]),
                        ("here bf16", ["PEFT f32", "PEFT autocast", "PEFT compiled"])):
        fastest = min(there, key=lambda name: statistics.median(means[name]))
        ratios = [b / a for a, b in zip(means[here], means[fastest])]
        print(f"{here} is {statistics.median(ratios):.2f} times as fast as {fastest} "
              f"({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
