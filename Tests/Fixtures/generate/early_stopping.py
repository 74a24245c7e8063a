"""Which evaluations transformers finds best, and at which its EarlyStoppingCallback ends a run.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0 numpy==2.4.6

Writes early_stopping.json: values of a metric, NaN as null; for each of them whether it is the best so
far, and the evaluations in a row without an improvement. `stop` is the number of evaluations after
which the run ends; null where it does not.
"""

import json
import os
import random
from types import SimpleNamespace

import transformers
from transformers import EarlyStoppingCallback, TrainerControl

PLACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "early_stopping.json")
ROWS, LENGTH = 60, 12


def row(chance, greater, patience, threshold):
    """A trainer's evaluations, of values that repeat themselves now and then."""
    values = [round(chance.random(), 1 + chance.randrange(2)) for _ in range(LENGTH)]
    if chance.random() < 0.3:
        values[chance.randrange(1, LENGTH)] = float("nan")
    callback = EarlyStoppingCallback(patience, threshold)
    control = TrainerControl()
    trainer = SimpleNamespace(
        args=SimpleNamespace(metric_for_best_model="metric", greater_is_better=greater,
                             save_strategy="steps"),
        state=SimpleNamespace(best_metric=None, best_global_step=None, global_step=0))
    best, counts, stop = [], [], None
    for index, value in enumerate(values):
        metrics = {"eval_metric": value}
        callback.on_evaluate(trainer.args, trainer.state, control, metrics)
        counts.append(callback.early_stopping_patience_counter)
        best.append(bool(transformers.Trainer._determine_best_metric(trainer, metrics, None)))
        if control.should_training_stop and stop is None:
            stop = index + 1
    return {"metric": "accuracy" if greater else "loss", "patience": patience,
            "threshold": threshold, "values": [v if v == v else None for v in values],
            "best": best, "counts": counts, "stop": stop}


if __name__ == "__main__":
    chance = random.Random(16)
    rows = [row(chance, index % 2 == 1, 1 + index % 4, chance.choice([0.0, 0.0, 0.05, 0.2]))
            for index in range(ROWS)]
    with open(PLACE, "w") as file:
        file.write('{\n"versions": {"transformers": "%s"},\n"rows": [\n' % transformers.__version__)
        file.write(",\n".join("  " + json.dumps(row) for row in rows) + "\n]\n}\n")
