"""Runs GPT-2 small on a batch here and with PyTorch, taking turns, and prints the ratios.

Needs torch, transformers and safetensors, and a release build: swift build -c release.
The weights are random, and kept in a folder of the system's temporary files.

    python Benchmarks/forward.py --rounds 5
"""

import argparse
import ctypes
import ctypes.util
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMMAND = os.path.join(HERE, ".build", "release", "peft")
WIDTH, INNER, LAYERS, VOCABULARY, HEADS = 768, 3072, 12, 50257, 12

TORCH = """
import sys, time, torch
from safetensors.torch import load_file, save_file
from transformers import GPT2LMHeadModel
torch.set_num_threads(int(sys.argv[3]))
model = GPT2LMHeadModel.from_pretrained(sys.argv[1]).eval()
ids = load_file(sys.argv[2])["input_ids"]
with torch.no_grad():
    for _ in range(int(sys.argv[4])):
        start = time.perf_counter()
        logits = model(ids, use_cache=False).logits
        print(f"{time.perf_counter() - start:.4f} s", file=sys.stderr, flush=True)
save_file({"logits": logits}, sys.argv[5])
"""


def apart(function, *arguments):
    """Calls a function in a process of its own: what this one holds counts as its children's peak."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{function.__name__} failed")


def prepare(model, inputs, batch, length):
    """Writes the model and its inputs, where they are not there yet."""
    import torch
    from safetensors.torch import save_file
    from transformers import GPT2Config, GPT2LMHeadModel
    if not os.path.exists(os.path.join(model, "model.safetensors")):
        torch.manual_seed(0)
        GPT2LMHeadModel(GPT2Config()).save_pretrained(model)
    generator = torch.Generator().manual_seed(1)
    save_file({"input_ids": torch.randint(0, VOCABULARY, (batch, length), generator=generator)},
              inputs)


def measure(arguments):
    """Times of the runs that a process reports, its time to the first result, its peak memory."""
    started = time.perf_counter()
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
    times, first = [], None
    for line in process.stderr:
        match = re.fullmatch(r"([0-9.]+) s\n", line)
        if match:
            first = first or time.perf_counter() - started
            times.append(float(match.group(1)))
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{arguments[0]} failed")
    return times, first, usage.ru_maxrss * 1024


def sgemm_peak(threads):
    """Operations a second that the library reaches on a large product, at its best."""
    name = ctypes.util.find_library("dnnl")
    if name is None:
        return None
    os.environ["OMP_NUM_THREADS"] = str(threads)
    library = ctypes.CDLL(name)
    n = 3072
    a, b, c = ((ctypes.c_float * (n * n))() for _ in range(3))
    size, one = ctypes.c_int64(n), ctypes.c_float(1)
    best = 0.0
    for _ in range(6):
        start = time.perf_counter()
        library.dnnl_sgemm(ctypes.c_char(b"N"), ctypes.c_char(b"N"), size, size, size, one, a,
                           size, b, size, ctypes.c_float(0), c, size)
        best = max(best, 2 * n ** 3 / (time.perf_counter() - start))
    return best


def operations(batch, length):
    """Multiplications and additions of one run; attention sees what comes before, itself too."""
    layer = 2 * WIDTH * (3 * WIDTH + WIDTH + 2 * INNER)
    attention = 2 * 2 * WIDTH * (length + 1) / 2
    return batch * length * (LAYERS * (layer + attention) + 2 * WIDTH * VOCABULARY)


def print_difference(ours, theirs):
    from safetensors.torch import load_file
    a, b = load_file(ours)["logits"], load_file(theirs)["logits"]
    difference = (a - b).abs().max().item() / max(1.0, b.abs().max().item())
    print(f"largest difference {difference:.1e} of the largest logit")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=4, help="runs of each process")
    options = parser.parse_args()
    folder = os.path.join(tempfile.gettempdir(), "swift-peft-benchmark")
    os.makedirs(folder, exist_ok=True)
    model = os.path.join(folder, "gpt2")
    inputs = os.path.join(folder, f"ids-{options.batch}x{options.length}.safetensors")
    apart(prepare, model, inputs, options.batch, options.length)
    results = [os.path.join(folder, f"{name}.safetensors") for name in ("ours", "torch")]
    commands = [
        [COMMAND, "run", model, "--input", inputs, "--output", results[0],
         "--threads", str(options.threads), "--repeat", str(options.runs)],
        [sys.executable, "-c", TORCH, model, inputs, str(options.threads), str(options.runs),
         results[1]],
    ]
    peaks, ratios, medians, starts, memories = [], [], [[], []], [[], []], [[], []]
    for _ in range(options.rounds):
        peaks.append(sgemm_peak(options.threads))
        for index, command in enumerate(commands):
            times, first, memory = measure(command)
            # The first run plans, and touches memory for the first time.
            medians[index].append(statistics.median(times[1:] or times))
            starts[index].append(first - medians[index][-1])
            memories[index].append(memory)
        ratios.append(medians[1][-1] / medians[0][-1])
    ours, torch_time = (statistics.median(values) for values in medians)
    print(f"GPT-2 small, {options.batch} x {options.length} tokens, {options.threads} threads, "
          f"{options.rounds} rounds taking turns")
    print(f"forward            here {ours:.3f} s, PyTorch {torch_time:.3f} s: "
          f"{statistics.median(ratios):.2f} times as fast "
          f"({min(ratios):.2f} to {max(ratios):.2f})")
    if all(peaks):
        shares = [operations(options.batch, options.length) / time / peak
                  for time, peak in zip(medians[0], peaks)]
        print(f"share of sgemm     {statistics.median(shares):.0%} of "
              f"{statistics.median(peaks) / 1e9:.0f} GFLOP/s")
    memory = [max(values) / 1e6 for values in memories]
    print(f"peak memory        here {memory[0]:.0f} MB, PyTorch {memory[1]:.0f} MB: "
          f"{memory[0] / memory[1]:.2f}")
    print(f"start beyond that  here {statistics.median(starts[0]):.2f} s, "
          f"PyTorch {statistics.median(starts[1]):.2f} s")
    apart(print_difference, *results)


if __name__ == "__main__":
    main()
