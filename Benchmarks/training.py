"""Trains adapters here and with PEFT in all its ways, taking turns, and prints times, ratios and memory.

Needs torch, transformers, peft and safetensors, and a release build (swift build -c release). Models have
real sizes and random weights; they are made once, in the folder that --cache names.

    python Benchmarks/training.py --rows gpt2-lora --rounds 3
    python Benchmarks/training.py --rows table sweep --threads 1 2 --json all.json --chart all.svg

Ways: ours in f32 and bf16 (--precision), PEFT in f32, under bf16 autocast, and compiled under it; for rows of
RandLora also our LoRA (r = 16) on the same model, to compare the two. In each
round every way takes the same few steps from the same fresh adapter on the same data, and the first step
is not counted. A ratio is one round's, against the way of PEFT that is the fastest over all rounds.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

import training_chart
from forward import COMMAND, apart
from training_rows import MODELS, RATES, ROWS, SWEEP, operations, paths, prepare

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = {"ours-f32": "f32", "ours-bf16": "bf16"}
PEFT = {"peft-f32": "f32", "peft-autocast": "autocast", "peft-compiled": "compiled"}
LORA = {"lora-f32": "f32", "lora-bf16": "bf16"}  # ours, with LoRA in place of the row's tuner
WAYS = [*OURS, *PEFT, *LORA]
TOLERANCE = {"ours-f32": 1e-4}  # of losses, relative, to PEFT's in f32; those of bf16 otherwise
BF16_TOLERANCE = 2e-2


class Failure(Exception):
    pass


def ours(row, way, options, threads):
    """Losses and seconds of the steps of one run, and its peak memory in bytes."""
    row = with_lora(row) if way in LORA else row
    place, output = paths(row, options.cache), os.path.join(options.cache, "run")
    shutil.rmtree(output, ignore_errors=True)
    process = subprocess.Popen([
        options.peft, "train", "--model", place["model"], "--adapter", place["adapter"],
        "--data", place["data"], "--batch-size", str(row["batch"]),
        "--accumulate", str(row["accumulate"]), "--steps", str(options.steps), "--dropout", "0",
        "--learning-rate", str(RATES[row["tuner"]]), "--precision", (OURS | LORA)[way],
        "--threads", str(threads), "--output", output,
    ], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise Failure(errors.strip().splitlines()[-1] if errors.strip() else f"status {status}")
    with open(os.path.join(output, "log.jsonl")) as log:
        steps = [json.loads(line) for line in log]
    return {"losses": [step["loss"] for step in steps],
            "seconds": [step["seconds"] for step in steps],
            "memory": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)}


def with_lora(row):
    return {**row, "tuner": "lora"}


def planned(row, way, options, threads):
    """Bytes that a step takes, as planned without any numbers."""
    place = paths(row, options.cache)
    command = [
        options.peft, "plan", place["model"],
        "--tuner", os.path.join(place["adapter"], "adapter_config.json"),
        "--batch", str(row["batch"]), "--sequence", str(row["length"]), "--threads", str(threads),
        "--precision", OURS[way], "--accumulate", str(row["accumulate"]), "--dropout", "0",
        "--format", "json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output)[0]["total_bytes"]


class Theirs:
    """A process of PEFT's, which lives from one turn to the next unless memory is too tight for that."""

    def __init__(self, row, way, options, threads):
        self.request = json.dumps({
            "row": row, "way": PEFT[way], "threads": threads, **paths(row, options.cache)})
        self.threads, self.isolated = threads, row["batch"] * row["length"] > 2048
        self.process, self.steps = None, options.steps
        self.errors = tempfile.TemporaryFile("w+")

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "training_peft.py"), self.request],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, "OMP_NUM_THREADS": str(self.threads), "PYTHONWARNINGS": "ignore",
                 "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1"})
        self.ask(1)  # compiles, and touches memory for the first time

    def ask(self, steps):
        try:
            self.process.stdin.write(f"{steps}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        if self.process.wait() == -9:
            raise Failure("out of memory")
        self.errors.seek(0)
        raise Failure(([line.strip() for line in self.errors if line.strip()] or ["ended"])[-1])

    def turn(self):
        if self.process is None:
            self.start()
        answer = self.ask(self.steps)
        if self.isolated:
            self.close()
        return answer

    def close(self):
        if self.process:
            self.process.communicate()
        self.process = None


def rates(threads):
    output = subprocess.run(
        [sys.executable, os.path.join(HERE, "training_peft.py"), json.dumps({"rates": threads})],
        check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def measure(name, row, threads, options):
    """All rounds of a row."""
    apart(prepare, row, options.cache)
    # Weights in bf16 are never multiplied in f32 by PEFT.
    ways = [way for way in options.ways if way != "peft-f32" or "type" not in MODELS[row["model"]]]
    ways = [way for way in ways if way not in LORA or not row["tuner"].startswith("lora")]
    if any(way in LORA for way in ways):
        apart(prepare, with_lora(row), options.cache)
    peft = {way: Theirs(row, way, options, threads) for way in ways if way in PEFT}
    found = {way: {"seconds": [], "losses": [], "memory": 0} for way in ways}
    for way in (way for way in ways if way in OURS):
        found[way]["planned"] = planned(row, way, options, threads)
    peaks = []
    for number in range(options.rounds):
        peaks.append(rates(threads))
        for way in ways if number % 2 == 0 else ways[::-1]:
            if "failed" in found[way]:
                continue
            try:
                turn = peft[way].turn() if way in peft else ours(row, way, options, threads)
            except Failure as failure:
                found[way]["failed"] = str(failure)
                print(f"{name} {way}: {failure}", file=sys.stderr, flush=True)
                continue
            # The first step plans, and touches memory for the first time.
            seconds = statistics.median(turn["seconds"][1:] or turn["seconds"])
            found[way]["seconds"].append(seconds)
            found[way]["losses"] = turn["losses"]
            found[way]["memory"] = max(found[way]["memory"], turn["memory"])
            print(f"{name} round {number + 1} {way}: {seconds:.2f} s, "
                  f"{turn['memory'] / 1e9:.2f} GB", file=sys.stderr, flush=True)
    for process in peft.values():
        process.close()
    peak = {kind: statistics.median(peak[kind] for peak in peaks) for kind in peaks[0]}
    return {"row": name, "title": row["title"], "threads": threads, "rounds": options.rounds,
            "tokens": row["batch"] * row["length"] * row["accumulate"], "peak": peak,
            "operations": operations(row, options.cache), "ways": found,
            **compared(found, peak, operations(row, options.cache))}


def compared(found, peak, count):
    """What follows from times and losses: adds to each way, and returns the fastest of PEFT's."""
    done = [way for way in found if found[way]["seconds"]]
    medians = {way: statistics.median(found[way]["seconds"]) for way in done}
    fastest = min((way for way in done if way in PEFT), key=medians.get, default=None)
    reference = next((way for way in PEFT if way in done), None)
    for way in done:
        result = found[way]
        if way in LORA:  # another tuner: its operations and losses are others
            continue
        kind = "float32" if way.endswith("f32") else "bfloat16"
        result["share"] = count / medians[way] / peak[kind]
        if beside := found.get(way.replace("ours", "lora"), {}).get("seconds"):
            result["times_lora"] = [a / b for a, b in zip(result["seconds"], beside)]
        if fastest:
            result["ratios"] = [
                theirs / seconds
                for theirs, seconds in zip(found[fastest]["seconds"], result["seconds"])]
        if reference:
            result["loss_difference"] = max(
                abs(a - b) / abs(b) for a, b in zip(result["losses"], found[reference]["losses"]))
    return {"fastest": fastest, "reference": reference}


def disagreements(result):
    """Ways whose losses are further from PEFT's than their precision explains."""
    for way, found in result["ways"].items():
        limit = BF16_TOLERANCE
        if result["reference"] == "peft-f32":
            limit = TOLERANCE.get(way, limit)
        if found.get("loss_difference", 0) > limit:
            yield f"{result['row']}: losses of {way} differ by {found['loss_difference']:.1e}"


def table(results):
    """The results as Markdown: times and ratios; then memory, share of peak and losses."""
    ways = [way for way in WAYS if any(way in result["ways"] for result in results)]
    mine = [way for way in ways if way in OURS]
    shown = mine if any(way in LORA for way in ways) else []
    times = [["work", "threads", *ways, *(f"PEFT's fastest / {way}" for way in mine),
              *(f"{way} / our LoRA" for way in shown)]]
    rest = [["work", "threads", *ways]]
    for result in results:
        start = [result["title"], str(result["threads"])]
        found = [result["ways"].get(way, {}) for way in ways]
        times.append(start + [time_cell(way, result) for way in ways]
                     + [ratio_cell(result["ways"].get(way, {}), "ratios") for way in mine]
                     + [ratio_cell(result["ways"].get(way, {}), "times_lora") for way in shown])
        rest.append(start + [rest_cell(way) for way in found])
    return "\n\n".join(markdown(rows) for rows in [times, rest])


def time_cell(way, result):
    found = result["ways"].get(way, {})
    if not found.get("seconds"):
        return found.get("failed", "")
    mark = "**" if way == result["fastest"] else ""
    return f"{mark}{statistics.median(found['seconds']):.2f} s{mark}"


def ratio_cell(found, name):
    ratios = found.get(name)
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})" if ratios else ""


def rest_cell(found):
    if not found.get("seconds"):
        return ""
    plan = f" (planned {found['planned'] / 1e9:.2f})" if "planned" in found else ""
    share = f", {found['share']:.0%} of peak" if "share" in found else ""
    loss = f", loss ±{found['loss_difference']:.0e}" if "loss_difference" in found else ""
    return f"{found['memory'] / 1e9:.2f} GB{plan}{share}{loss}"


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def machine():
    """What results depend on."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as file:
        name = next((line.split(":")[1].strip() for line in file if "model name" in line), name)
    libraries = ["torch", "transformers", "peft"]
    return {"machine": name, "cores": os.cpu_count(),
            "versions": {library: importlib.metadata.version(library) for library in libraries}}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="Rows: " + ", ".join([*ROWS, *SWEEP]))
    parser.add_argument("--rows", nargs="+", default=["table"],
                        help="names, 'table' for all of README's, 'sweep' for GPT-2 by tokens")
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3, help="steps of a turn, the first not counted")
    parser.add_argument("--threads", type=int, nargs="+", default=[2])
    parser.add_argument("--cache", help="where models and data are kept: 3 GB for all rows",
                        default=os.path.join(tempfile.gettempdir(), "swift-peft-benchmark"))
    parser.add_argument("--peft", default=COMMAND, help="the command that is measured")
    parser.add_argument("--json", help="a file for all results")
    parser.add_argument("--chart", help="a file for a chart, as SVG")
    options = parser.parse_args()
    known = {**ROWS, **SWEEP}
    names = []
    for name in options.rows:
        names += {"table": list(ROWS), "sweep": list(SWEEP)}.get(name, [name])
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no row is called {unknown[0]}: choose from {', '.join(known)}")
    results = []
    for threads in options.threads:
        for name in names:
            results.append(measure(name, known[name], threads, options))
            if options.json:
                with open(options.json, "w") as file:
                    json.dump({**machine(), "results": results}, file, indent=1)
            if options.chart:
                with open(options.chart, "w") as file:
                    file.write(training_chart.drawn(results))
    print(table(results))
    for threads in options.threads:
        peaks = [result["peak"] for result in results if result["threads"] == threads]
        f32, bf16 = (statistics.median(peak[kind] for peak in peaks) / 1e9
                     for kind in ["float32", "bfloat16"])
        print(f"\nPeak, {threads} threads: a product of 1024 × 768 × 3072 runs at {f32:.0f} Gop/s in f32 "
              f"and {bf16:.0f} in bf16.")
    if wrong := [text for result in results for text in disagreements(result)]:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
