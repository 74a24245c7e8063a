"""Decodes with models of real sizes, here and with transformers in all its ways, taking turns.

Needs torch, transformers, peft and safetensors, and a release build (swift build -c release).

    python Benchmarks/decoding.py --rows gpt2-bf16 --rounds 3
    python Benchmarks/decoding.py --adapters

A prompt of 32 tokens is gone on with by 128 tokens, greedily. Ways: ours; transformers' `generate` as it is, and
with a static cache under torch.compile. Tokens a second count the tokens after the first. What is read for each
token, all weights once, is compared with the rate at which two threads sum up an array that no cache holds.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from training_rows import load, paths, prepare, row

HERE = os.path.dirname(os.path.abspath(__file__))
COMMAND = os.path.join(HERE, "..", ".build", "release", "peft")
PROMPT, NEW = 32, 128
ROWS = {f"{model}-{precision}": (model, precision)
        for model in ["gpt2", "llama"] for precision in ["f32", "bf16"]}


def prompt(vocabulary):
    return [(17 * number * number + 5) % vocabulary for number in range(PROMPT)]


def ours(model, precision, adapters, options):
    place = os.path.join(options.cache, model)
    with open(os.path.join(place, "config.json")) as file:
        vocabulary = json.load(file)["vocab_size"]
    command = [
        options.peft, "generate", place, "--tokens", ",".join(map(str, prompt(vocabulary))),
        "--max-new-tokens", str(NEW), "--ignore-eos", "--precision", precision, "--format", "jsonl",
        "--threads", str(options.threads)]
    for adapter in adapters:
        command += ["--adapter", adapter]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(errors)
    count, seconds, first = map(float, re.search(
        r"(\d+) tokens in ([\d.]+) s: .* the first after ([\d.]+) s", errors).groups())
    return {"rate": (count - 1) / (seconds - first), "first": first,
            "memory": usage.ru_maxrss * 1024, "tokens": json.loads(output)["tokens"]}


class Theirs:
    """A process of transformers', which compiles once."""

    def __init__(self, model, precision, way, options):
        request = json.dumps({"model": model, "precision": precision, "way": way, "cache": options.cache,
                              "threads": options.threads})
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--serve", request], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "OMP_NUM_THREADS": str(options.threads)})
        self.ask()

    def ask(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def close(self):
        self.process.communicate()


def serve(request):
    import resource
    import torch
    torch.set_num_threads(request["threads"])
    place = os.path.join(request["cache"], request["model"])
    dtype = torch.float32 if request["precision"] == "f32" else torch.bfloat16
    model = load(request["model"], place).to(dtype).eval()
    settings = {"do_sample": False, "eos_token_id": None, "pad_token_id": 0}
    if request["way"] == "compiled":
        settings["cache_implementation"] = "static"
        model.forward = torch.compile(model.forward)
    ids = torch.tensor([prompt(model.config.vocab_size)])

    class Clock:
        """Notes when each token comes."""

        def __init__(self):
            self.times = []

        def put(self, value):
            self.times.append(time.perf_counter())

        def end(self):
            pass

    for _ in sys.stdin:
        clock = Clock()
        start = time.perf_counter()
        with torch.no_grad():
            result = model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=NEW, streamer=clock, **settings)
        # The streamer is given the prompt first.
        times = clock.times[1:]
        print(json.dumps({
            "rate": (len(times) - 1) / (times[-1] - times[0]), "first": times[0] - start,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "tokens": result[0, PROMPT:].tolist()}), flush=True)


def bandwidth(threads):
    """Bytes a second that threads read, of an array that no cache holds."""
    code = (
        "import torch, time; torch.set_num_threads(%d); x = torch.ones(1 << 28); times = []\n"
        "for _ in range(12):\n"
        "    start = time.perf_counter(); x.sum(); times.append(time.perf_counter() - start)\n"
        "print(4 * x.numel() / sorted(times)[6])" % threads)
    return float(subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(threads)}).stdout)


def weight_bytes(model, precision, way, options):
    """Bytes of the weights that a token takes: all but tables of which it reads a row.

    Ours reads them as the file has them, or as halves; transformers' are of the precision's type.
    """
    from safetensors import safe_open
    import math
    count, stored = 0, 4
    with safe_open(os.path.join(options.cache, model, "model.safetensors"), "pt") as file:
        names = list(file.keys())
        for name in names:
            # The table of tokens is the head, too.
            if "wpe" not in name:
                count += math.prod(file.get_slice(name).get_shape())
                stored = min(stored, 2 if file.get_slice(name).get_dtype() == "BF16" else 4)
    return count * (2 if precision == "bf16" else stored if way.startswith("ours") else 4)


def measure(name, options):
    model, precision = ROWS[name]
    base = row("", model, "lora", 1, 256)
    prepare(base, options.cache)
    adapter = paths(base, options.cache)["adapter"]
    ways = {"ours": lambda: ours(model, precision, [], options)}
    if options.adapters:
        ways["ours with LoRA"] = lambda: ours(model, precision, [adapter], options)
    served = {}
    for way in options.theirs:
        served[way] = Theirs(model, precision, way, options)
        ways[way] = served[way].ask
    found = {way: [] for way in ways}
    peaks = []
    for number in range(options.rounds):
        peaks.append(bandwidth(options.threads))
        for way in list(ways) if number % 2 == 0 else list(ways)[::-1]:
            turn = ways[way]()
            if turn is None:
                print(f"{name} {way}: failed", file=sys.stderr)
                continue
            found[way].append(turn)
            print(f"{name} round {number + 1} {way}: {turn['rate']:.1f} tokens/s, first after "
                  f"{turn['first']:.2f} s, {turn['memory'] / 1e9:.2f} GB", file=sys.stderr, flush=True)
    for process in served.values():
        process.close()
    rates = {way: statistics.median(turn["rate"] for turn in turns) for way, turns in found.items() if turns}
    peak = statistics.median(peaks)
    fastest = max((way for way in rates if way in served), key=rates.get, default=None)
    lines = [f"{name}: memory {peak / 1e9:.1f} GB/s"]
    for way, rate in rates.items():
        share = rate * weight_bytes(model, precision, way, options) / peak
        line = f"  {way}: {rate:.1f} tokens/s, {share:.0%} of memory's rate, first after " \
               f"{statistics.median(turn['first'] for turn in found[way]):.2f} s, " \
               f"{max(turn['memory'] for turn in found[way]) / 1e9:.2f} GB"
        if way == "ours" and fastest:
            ratios = [a["rate"] / b["rate"] for a, b in zip(found[way], found[fastest])]
            line += f"; {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) × {fastest}"
        if way == "ours with LoRA":
            ratios = [a["rate"] / b["rate"] for a, b in zip(found[way], found["ours"])]
            line += f"; {statistics.median(ratios):.3f} × without"
        lines.append(line)
    if fastest:
        same = sum(a == b for a, b in zip(found["ours"][0]["tokens"], found[fastest][0]["tokens"]))
        lines.append(f"  {same} of {NEW} tokens are the same")
    print("\n".join(lines), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="+", default=list(ROWS), choices=list(ROWS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--theirs", nargs="*", default=["eager", "compiled"], choices=["eager", "compiled"])
    parser.add_argument("--adapters", action="store_true", help="also with an adapter")
    parser.add_argument("--cache", help="where models are kept, as for training.py",
                        default=os.path.join(tempfile.gettempdir(), "swift-peft-benchmark"))
    parser.add_argument("--peft", default=COMMAND)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(json.loads(options.serve))
    for name in options.rows:
        measure(name, options)


if __name__ == "__main__":
    main()
