"""Optimizers, the limit on a gradient's norm, and learning-rate schedules, step by step in numbers.

    pip install torch==2.13.0 transformers==5.24.0

Writes optimizers.json. All in single precision, on two parameters of 5 and of 3 entries, or on
`MATRICES` where shapes matter; cases on the same parameters are given the same gradients. To add an
optimizer of torch, or a schedule of transformers, add rows to `CASES` or `schedules`. Settings are
recorded under the names that recipes have for them, which are torch's. Lion is the rule of its
paper (arXiv:2302.06675): torch has none.
"""

import torch
import transformers

import zoo

torch.set_num_threads(1)
STEPS, TOTAL = 12, 20
SIZES = (5, 3)
LORA_PLUS = 16
GENERATOR = torch.Generator().manual_seed(12)
START = [torch.randn(size, generator=GENERATOR) for size in SIZES]
GRADIENTS = [[torch.randn(size, generator=GENERATOR) * 4 ** (step % 5 - 2) for size in SIZES]
             for step in range(STEPS)]
GRADIENTS[4][1][0] = 0
MATRICES = ((4, 6), (7,), (2, 3, 2, 3), (5, 1), ())
MATRIX_START = [torch.randn(size, generator=GENERATOR) for size in MATRICES]
MATRIX_GRADIENTS = [[torch.randn(size, generator=GENERATOR) * 4 ** (step % 5 - 2)
                     for size in MATRICES] for step in range(STEPS)]


class Lion(torch.optim.Optimizer):
    """The sign of an average between momentum and gradient, with decay beside it."""

    def __init__(self, groups, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(groups, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            first, second = group["betas"]
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                momentum = state.setdefault("momentum", torch.zeros_like(parameter))
                update = (momentum * first + parameter.grad * (1 - first)).sign()
                parameter -= group["lr"] * (update + group["weight_decay"] * parameter)
                state["momentum"] = momentum * second + parameter.grad * (1 - second)


def maker(name):
    """The optimizer of that name in plain steps."""
    if name == "Lion":
        return Lion
    kind = getattr(torch.optim, name)
    return lambda groups, **settings: kind(groups, foreach=False, **settings)


CASES = [  # optimizer, settings, groups if two, whether the rate changes, whether on MATRICES
    ("AdamW", dict(lr=0.01), None, False),
    ("AdamW", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-3, weight_decay=0.1), None, True),
    ("AdamW", dict(lr=0.02, weight_decay=0.0, betas=[0.0, 0.5]), None, True),
    ("AdamW", dict(lr=0.002, weight_decay=0.01), [{}, {"lr": 0.002 * LORA_PLUS}], True),
    ("AdamW", dict(lr=0.03, weight_decay=0.2), [{}, {"weight_decay": 0.0}], True),
    ("Adam", dict(lr=0.01), None, False),
    ("Adam", dict(lr=0.04, betas=[0.7, 0.9], eps=1e-2, weight_decay=0.1), None, True),
    ("Adam", dict(lr=0.02), None, True, True),
    ("RAdam", dict(lr=0.01), None, False),
    ("RAdam", dict(lr=0.04, betas=[0.7, 0.9], eps=1e-2, weight_decay=0.1), None, True),
    ("RAdam", dict(lr=0.03, weight_decay=0.2, decoupled_weight_decay=True),
     [{}, {"weight_decay": 0.0}], True),
    ("RAdam", dict(lr=0.02, betas=[0.9, 0.6]), None, True, True),  # too short for a rectified step
    ("SGD", dict(lr=0.1), None, False),
    ("SGD", dict(lr=0.05, weight_decay=0.1), None, True),
    ("SGD", dict(lr=0.03, momentum=0.9), None, True),
    ("SGD", dict(lr=0.03, momentum=0.9, nesterov=True, weight_decay=0.05), None, True),
    ("SGD", dict(lr=0.05, momentum=0.9, dampening=0.4, weight_decay=0.02), None, True),
    ("Lion", dict(lr=0.01), None, False),
    ("Lion", dict(lr=0.02, betas=[0.8, 0.95], weight_decay=0.3), None, True),
    ("Adafactor", dict(), None, False),
    ("Adafactor", dict(), None, False, True),
    ("Adafactor", dict(lr=0.4, beta2_decay=-0.5, eps=[1e-2, 0.2], d=1.5, weight_decay=0.1), None,
     False, True),  # from the seventh step on 1/√t is below the rate
    ("Adafactor", dict(lr=0.05, eps=[None, 0.0], weight_decay=0.02),
     [{}, {"lr": 0.05 * LORA_PLUS}], True),
]


def row(name, settings, groups, changes, on_matrices=False):
    start, all_gradients = (MATRIX_START, MATRIX_GRADIENTS) if on_matrices else (START, GRADIENTS)
    parameters = [torch.nn.Parameter(s.clone()) for s in start]
    sets = [{"params": [p], **group} for p, group in zip(parameters, groups or [{}] * len(start))]
    optimizer = maker(name)(sets, **settings)
    first = [group["lr"] for group in optimizer.param_groups]
    rates, after = [], []
    for step, gradients in enumerate(all_gradients):
        factor = 1 - step / STEPS if changes else 1
        for group, rate in zip(optimizer.param_groups, first):
            group["lr"] = rate * factor
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        optimizer.step()
        rates.append([group["lr"] for group in optimizer.param_groups])
        after.append([p.flatten().tolist() for p in parameters])
    usual = ("betas", "eps", "weight_decay", "momentum", "dampening", "nesterov", "beta2_decay", "d")
    used = {k: [group[k] for group in optimizer.param_groups] for k in (*usual, *settings)
            if k in optimizer.param_groups[0] and k != "lr"}
    for values in used.values():
        assert all(isinstance(v, (float, int, tuple, list)) for v in values)
    return {"optimizer": name, "settings": used, "learning_rates": rates, "parameters": after,
            **({"on": "matrices"} if on_matrices else {})}


def clipped(scale, limit):
    parameters = [torch.nn.Parameter(torch.zeros(size)) for size in SIZES]
    gradients = [g * scale for g in GRADIENTS[3]]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, limit, foreach=False)
    return {"limit": limit, "before": [g.tolist() for g in gradients], "norm": norm.item(),
            "after": [p.grad.tolist() for p in parameters]}


def schedule(name, warmup, **more):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.5)
    given = {} if name in ("constant", "constant_with_warmup") else {"num_training_steps": TOTAL}
    given |= {"num_warmup_steps": warmup} if name != "constant" else {}
    made = transformers.get_scheduler(name, optimizer, scheduler_specific_kwargs=more, **given)
    factors = []
    for _ in range(TOTAL + 5):
        factors.append(made.get_last_lr()[0] / 0.5)
        optimizer.step()
        made.step()
    return {"schedule": name, "warmup": warmup, "steps": TOTAL, "learning_rate": 0.5,
            "factors": factors, **more}


def schedules():
    yield schedule("constant", 0)
    for warmup in (0, 1, 5):
        yield schedule("constant_with_warmup", warmup)
        yield schedule("linear", warmup)
        yield schedule("cosine", warmup)
        yield schedule("cosine", warmup, num_cycles=1.5)
        yield schedule("polynomial", warmup)
        yield schedule("polynomial", warmup, power=2.5, lr_end=0.05)
        yield schedule("warmup_stable_decay", warmup, num_decay_steps=6)
        yield schedule("warmup_stable_decay", warmup, num_decay_steps=7, num_stable_steps=4,
                       warmup_type="cosine", decay_type="1-sqrt", min_lr_ratio=0.125)
        yield schedule("warmup_stable_decay", warmup, num_decay_steps=15, warmup_type="1-sqrt",
                       num_cycles=1.5)
        yield schedule("warmup_stable_decay", warmup, num_decay_steps=0, decay_type="linear",
                       min_lr_ratio=0.5)
        yield schedule("warmup_stable_decay", warmup, num_decay_steps=9, decay_type="linear",
                       num_stable_steps=40)
        yield schedule("warmup_stable_decay", warmup, num_decay_steps=9, decay_type="linear",
                       num_stable_steps=0)
    yield schedule("linear", TOTAL)


if __name__ == "__main__":
    versions = {k: v for k, v in zoo.VERSIONS.items() if k != "peft"}
    zoo.write("optimizers.json", {
        "versions": versions, "start": [p.tolist() for p in START],
        "gradients": [[g.tolist() for g in step] for step in GRADIENTS],
        "matrices": {
            "shapes": MATRICES, "start": [p.flatten().tolist() for p in MATRIX_START],
            "gradients": [[g.flatten().tolist() for g in step] for step in MATRIX_GRADIENTS]}}, {
        "optimizers": [row(*case) for case in CASES],
        "clipping": [clipped(*case) for case in (
            (1.0, 1.0), (1.0, 0.03125), (0.01, 1.0), (1.0, 1000.0), (0.0, 1.0))],
        "schedules": list(schedules())})
