"""One of PEFT's ways to train a row of training.py, in a process of its own.

Reads numbers of steps, one a line; answers each with a line of JSON: the losses and seconds of so many
steps from the fresh adapter on, and the peak memory so far.
"""

import contextlib
import json
import resource
import sys
import time

from training_rows import RATES, load


def rates(threads):
    """Operations a second of a product in both types: 1024 rows, 768 inputs, 3072 outputs."""
    import torch
    torch.set_num_threads(threads)
    results = {}
    for name in ["float32", "bfloat16"]:
        x, w = (torch.randn(n, 768).to(getattr(torch, name)) for n in [1024, 3072])
        best = float("inf")
        for _ in range(30):
            start = time.perf_counter()
            torch.nn.functional.linear(x, w)
            best = min(best, time.perf_counter() - start)
        results[name] = 2 * 1024 * 768 * 3072 / best
    return results


def main():
    request = json.loads(sys.argv[1])
    if "rates" in request:
        print(json.dumps(rates(request["rates"])))
        return
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # Where memory ends, this process does, and not the benchmark.
    import torch
    from peft import PeftModel
    from safetensors.torch import load_file
    row, way = request["row"], request["way"]
    torch.set_num_threads(request["threads"])
    model = PeftModel.from_pretrained(
        load(row["model"], request["model"]), request["adapter"], is_trainable=True).train()
    model.config.use_cache = False
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    data = load_file(request["data"])
    if "labels" not in data:
        data["labels"] = data["input_ids"]
    batches = [{name: tensor[first:first + row["batch"]] for name, tensor in data.items()}
               for first in range(0, row["batch"] * row["accumulate"], row["batch"])]
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    fresh = [parameter.detach().clone() for parameter in trained]
    run = torch.compile(model) if way == "compiled" else model
    precision = torch.autocast("cpu", dtype=torch.bfloat16, enabled=way != "f32")

    def step(optimizer):
        start, total = time.perf_counter(), 0.0
        for batch in batches:
            with precision:
                loss = run(**batch).loss / len(batches)
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return total, time.perf_counter() - start

    for line in sys.stdin:
        with torch.no_grad():
            for parameter, start in zip(trained, fresh):
                parameter.copy_(start)
        optimizer = torch.optim.AdamW(trained, lr=RATES[row["tuner"]], weight_decay=0.01)
        steps = [step(optimizer) for _ in range(int(line))]
        # Of this process alone; on Linux in kB, on macOS in bytes.
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"losses": [loss for loss, _ in steps],
                          "seconds": [seconds for _, seconds in steps],
                          "memory": memory * (1 if sys.platform == "darwin" else 1024)}), flush=True)


if __name__ == "__main__":
    main()
