"""Random configurations of all families, odd, old and contradictory ones among them, through `peft run` and
through transformers, whose answers are compared.

    pip install torch==2.13.0 transformers==5.24.0 safetensors==0.8.0
    swift build && python Tests/Fixtures/compare/random_models.py --count 2000 --seed 1

Prints what differs without a warning, what is refused that transformers runs, by cause, and how many of
each there were. A trial is repeated alone with `--only NUMBER`, which keeps its folder.
"""

import torch
from safetensors.torch import load_file, save_file

import trials

TOLERANCE = 2e-5


def run(folder, number, seed):
    trial = trials.Trial(f"{seed}/{number}")
    kind = trial.fields["model_type"]
    try:
        generator = torch.Generator().manual_seed(number)
        trials.write(folder, trial, generator)
        model = trials.loaded(folder, trial)
        inputs = trials.given(model.config, generator)
        expected = trials.answered(model, inputs, trial)
        save_file(inputs, f"{folder}/input.safetensors")
    except Exception as error:  # what transformers does not run is no measure
        return "skipped", f"{kind}: {type(error).__name__}: {str(error)[:90]}"
    if any(not v.isfinite().all() for v in expected.values()):
        return "skipped", "not finite"
    options = ["--wanted", trial.wanted] if trial.wanted else []
    result = trials.peft("run", folder, "--input", f"{folder}/input.safetensors", "--output",
                         f"{folder}/got.safetensors", *options)
    if result.returncode:
        verdict = "refused" if result.returncode == 1 else "crashed"
        return verdict, f"{kind}: {trials.cause(result.stderr)}"
    warned = ", with a warning" if "warning" in result.stderr else ""
    try:
        worst = trials.distance(load_file(f"{folder}/got.safetensors"), expected)
    except ValueError as error:
        return "different", f"{kind}: {error}"
    if worst > TOLERANCE:
        detail = f"{kind}: {worst:.1e} {trial.changes} {result.stderr[:300]}"
        return f"different{warned}", detail
    return f"same{warned}", ""


def kind(verdict, detail):
    return detail if verdict in ("refused", "skipped", "crashed") else detail.split(":")[0]


if __name__ == "__main__":
    trials.main(run, 200, kind, ["different", "crashed"])
