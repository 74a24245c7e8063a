"""How far PEFT's bfloat16 autocast takes the loss curves of training.py from those in single precision.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads training/, writes training/autocast.json: for every case the mean, over its fifty steps, of the
relative distance of the loss.
"""

import torch
from safetensors.torch import load_file

import training
import zoo


class Autocast:
    """The adapted model, its forward pass under autocast, its outputs in single precision."""

    def __init__(self, model):
        self.model = model

    def __getattr__(self, name):
        return getattr(self.model, name)

    def __call__(self, **inputs):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answer = self.model(**inputs)
        for name, value in answer.items():
            if isinstance(value, torch.Tensor) and value.dtype == torch.bfloat16:
                answer[name] = value.float()
        return answer


def main():
    rows, exact = training.recorded(), training.without_dropout
    training.without_dropout = lambda case: Autocast(exact(case))
    distances = []
    for case in training.cases():
        file = load_file(training.path("batches", case["batches"] + ".safetensors"))
        batches = [{k.partition(".")[2]: v for k, v in file.items() if k.startswith(f"{i}.")}
                   for i in range(training.POOL)]
        losses, _, _ = training.train(case, batches)
        gaps = [abs(a / b - 1) for a, b in zip(losses, rows[case["name"]]["losses"])]
        distances.append({"name": case["name"],
                          "distance": float(f"{sum(gaps) / len(gaps):.3g}")})
        print(distances[-1], flush=True)
    zoo.write("training/autocast.json", {"versions": zoo.VERSIONS}, {"cases": distances})


if __name__ == "__main__":
    main()
