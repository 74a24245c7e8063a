"""Compares what `peft fit` expects of trainings with what they then take.

Needs torch, transformers, peft and safetensors, and a release build (swift build -c release). Models have real
sizes and random weights; they are made once, in the folder that --cache names.

    python Benchmarks/fit.py --minutes 1

For each row the machine is measured, batch and precision are chosen by `peft fit`, and a training as long as
--minutes by its forecast is run. Seconds are of the whole command: reading the model and planning count in them.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time

from forward import COMMAND, apart
from training_rows import ROWS, paths, prepare

RUNS = ["gpt2-lora", "gpt2-randlora", "bert-lora", "bert-randlora", "vit-lora", "vit-randlora"]


def fit(options, row, place, precision, more):
    command = [options.peft, "fit", place["model"], "--tuner", os.path.join(place["adapter"], "adapter_config.json"),
               "--sequence", str(row["length"]), "--batch", str(row["batch"]), "--precision", precision,
               "--format", "json", *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)[0]


def run(name, precision, options):
    row, output = ROWS[name], os.path.join(options.cache, "fit")
    apart(prepare, row, options.cache)
    place = paths(row, options.cache)
    step = fit(options, row, place, precision, ["--measure"])["seconds_per_step"]
    steps = max(5, round(60 * options.minutes / step))
    expected = fit(options, row, place, precision, ["--examples", str(steps * row["batch"])])
    shutil.rmtree(output, ignore_errors=True)
    start = time.monotonic()
    subprocess.run(
        [options.peft, "train", "--model", place["model"], "--adapter", place["adapter"], "--data", place["data"],
         "--batch-size", str(row["batch"]), "--steps", str(steps), "--dropout", "0", "--learning-rate", "1e-5",
         "--precision", precision, "--output", output],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.monotonic() - start
    print(f"| {row['title']} | {precision} | {steps} | {expected['seconds']:.1f} s | {took:.1f} s | "
          f"{100 * (took / expected['seconds'] - 1):+.1f} % |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", default=RUNS, choices=sorted(ROWS))
    parser.add_argument("--precisions", nargs="+", default=["f32", "bf16"])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--cache", default="benchmark-cache")
    parser.add_argument("--peft", default=COMMAND)
    options = parser.parse_args()
    print("| training | precision | steps | expected | took | difference |\n|---|---|---:|---:|---:|---:|")
    for name in options.rows:
        for precision in options.precisions:
            try:
                run(name, precision, options)
            except subprocess.CalledProcessError as error:
                sys.exit(error.stderr if isinstance(error.stderr, str) else error.stderr.decode())


if __name__ == "__main__":
    main()
