"""Time and memory of counting an adapter on a 405-billion-parameter model, whole process.

    swift build -c release
    python Benchmarks/budget.py            # ours, 20 runs
    python Benchmarks/budget.py --peft     # and PEFT, once: pip install torch peft transformers

Prints the median and the range of wall time, and the peak of resident memory. With --peft the same
two adapters are made by PEFT on the meta device; its RandLora bases are real tensors all the same.
"""

import argparse
import os
import statistics
import sys
import time

OURS = [
    ".build/release/peft", "compare", "llama-3.1-405b",
    "--tuner", "lora:r=16", "--tuner", "randlora:r=32",
]

PEFT = """
import torch
from peft import LoraConfig, RandLoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

config = LlamaConfig(
    vocab_size=128256, hidden_size=16384, intermediate_size=53248, num_hidden_layers=126,
    num_attention_heads=128, num_key_value_heads=8, head_dim=128)
for tuner in (LoraConfig(r=16), RandLoraConfig(r=32)):
    tuner.target_modules = ["q_proj", "v_proj"]
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    print(get_peft_model(model, tuner).get_nb_trainable_parameters())
"""


def run(command):
    """Runs a command; wall seconds and the peak of resident megabytes."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(command[:3])} …")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def report(name, runs):
    times = [seconds for seconds, _ in runs]
    peak = max(megabytes for _, megabytes in runs)
    print(
        f"{name:10} {statistics.median(times):8.3f} s"
        f"  ({min(times):.3f} to {max(times):.3f}, {len(runs)} runs)  {peak:8.1f} MB")
    return statistics.median(times), peak


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--peft", action="store_true", help="run PEFT as well, once")
    arguments = parser.parse_args()
    run(OURS)
    seconds, megabytes = report("swift-peft", [run(OURS) for _ in range(arguments.runs)])
    if arguments.peft:
        other_seconds, other_megabytes = report("PEFT", [run([sys.executable, "-c", PEFT])])
        print(f"{'ratio':10} {other_seconds / seconds:8.0f} x {'':34} "
              f"{other_megabytes / megabytes:8.0f} x")


if __name__ == "__main__":
    main()
