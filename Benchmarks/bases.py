"""Times making the bases of RandLora for GPT-2 small (all linear layers, r = 32) here and with PEFT, taking turns.

Here it is what a run of one token takes with an adapter whose file has no bases, beyond one with LoRA; with PEFT, what
`get_peft_model` takes beyond LoRA's.

    python Benchmarks/bases.py --rounds 3
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time

import numpy

from forward import COMMAND, apart
from training_rows import MODELS, SETTINGS, load, paths, prepare, row

TUNERS = ["lora", "randlora", "randlora-sparse", "randlora-very-sparse"]


def ours(tuner, options, token):
    place = paths(row("", "gpt2", tuner, 1, 256), options.cache)
    start = time.perf_counter()
    subprocess.run(
        [options.peft, "run", place["model"], "--adapter", place["adapter"], "--input", f"input_ids={token}",
         "--output", token + ".safetensors", "--threads", str(options.threads)],
        check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def theirs(tuner, options):
    import torch
    from peft import LoraConfig, RandLoraConfig, get_peft_model
    torch.set_num_threads(options.threads)
    model = load("gpt2", os.path.join(options.cache, "gpt2"))
    kind = LoraConfig if tuner == "lora" else RandLoraConfig
    start = time.perf_counter()
    get_peft_model(model, kind(target_modules=MODELS["gpt2"]["targets"], fan_in_fan_out=True, **SETTINGS[tuner]))
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", default=os.path.join(tempfile.gettempdir(), "swift-peft-benchmark"))
    parser.add_argument("--peft", default=COMMAND)
    options = parser.parse_args()
    for tuner in TUNERS:
        apart(prepare, row("", "gpt2", tuner, 1, 256), options.cache)
    token = os.path.join(options.cache, "token.npy")
    numpy.save(token, numpy.array([[5]]))
    times = {tuner: ([], []) for tuner in TUNERS}
    for _ in range(options.rounds):
        for tuner in TUNERS:
            times[tuner][0].append(ours(tuner, options, token))
            times[tuner][1].append(theirs(tuner, options))
    base = [statistics.median(column) for column in times["lora"]]
    for tuner in TUNERS[1:]:
        here, there = (statistics.median(column) - other for column, other in zip(times[tuner], base))
        print(f"{tuner}: {here:.2f} s, PEFT {there:.2f} s: {there / here:.1f} times as fast")


if __name__ == "__main__":
    main()
