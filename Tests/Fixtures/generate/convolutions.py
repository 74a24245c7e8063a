"""Convolutions, pooling, reductions and norms of channels: results, and gradients by torch's autograd.

    pip install torch==2.13.0 transformers==5.24.0 safetensors==0.8.0

Writes gradients/convolutions.json and gradients/convolutions.safetensors, in the manner of gradients.py.
"""

import os

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

import gradients
import zoo
from gradients import ROWS, TENSORS, Maker, row


def convolutions():
    cases = {  # image, channels, outputs, kernel, stride, padding, dilation, groups, bias
        "padded": ((7, 6), 3, 4, (3, 3), (1, 1), (1, 1), (1, 1), 1, True),
        "padded-one-axis": ((5, 8), 2, 3, (3, 2), (2, 1), (0, 3), (1, 1), 1, False),
        "stem": ((15, 13), 3, 5, (7, 7), (2, 2), (3, 3), (1, 1), 1, False),
        "dilated": ((9, 11), 2, 4, (3, 3), (1, 2), (2, 1), (2, 3), 1, True),
        "grouped": ((6, 5), 4, 6, (3, 2), (1, 1), (1, 0), (1, 1), 2, True),
        "depthwise": ((8, 7), 5, 5, (3, 3), (2, 2), (1, 1), (1, 1), 5, False),
        "one": ((3, 4), 3, 2, (1, 1), (2, 2), (0, 0), (1, 1), 1, False),
        "wide": ((2, 3), 1, 2, (4, 5), (1, 1), (2, 3), (1, 1), 1, True),
        "same": ((5, 6), 3, 4, (3, 5), (1, 1), "same", (1, 1), 1, True),
        "same-even": ((5, 6), 3, 4, (2, 4), (1, 1), "same", (1, 3), 1, False),
        "line": ((11,), 3, 4, (3,), (1,), (0,), (1,), 1, True),
        "line-padded": ((10,), 4, 6, (5,), (3,), (2,), (2,), 2, False),
        "line-same": ((9,), 2, 3, (4,), (1,), "same", (1,), 1, True)}
    for name, (image, channels, outputs, kernel, stride, padding, dilation, groups,
               biased) in cases.items():
        name = f"convolution-{name}"
        make = Maker(name)
        kind = f"conv{len(image)}d"
        before, after = padding, padding
        if padding == "same":
            total = [d * (k - 1) for d, k in zip(dilation, kernel)]
            before = [size // 2 for size in total]
            after = [size - size // 2 for size in total]
        operands = [make(2, channels, *image), make(outputs, channels // groups, *kernel)]
        operands += [make(outputs)] * biased
        row(name, kind, lambda x, w, b=None: getattr(F, kind)(
            x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups), operands,
            stride=list(stride), before=list(before), after=list(after), dilation=list(dilation),
            groups=groups)


def pools():
    cases = {  # image, kernel, stride, padding, ceil
        "plain": ((6, 8), (2, 2), (2, 2), (0, 0), False),
        "resnet": ((9, 8), (3, 3), (2, 2), (1, 1), False),
        "overlapping": ((5, 7), (3, 2), (1, 1), (0, 1), False),
        "ceil": ((8, 7), (3, 2), (2, 2), (0, 0), True),
        "ceil-padded": ((7, 6), (3, 3), (2, 3), (1, 1), True),
        "line": ((9,), (3,), (2,), (1,), False),
        "line-ceil": ((8,), (3,), (3,), (0,), True)}
    for name, (image, kernel, stride, padding, ceil) in cases.items():
        shape = (2, 3, *image)
        fields = dict(kernel=list(kernel), stride=list(stride), padding=list(padding), ceil=ceil)
        for kind, more in (("max_pool", {}), ("avg_pool", {"countsPadding": True}),
                           ("avg_pool", {"countsPadding": False})):
            full = f"{kind}-{name}" + ("-inside" if more.get("countsPadding") is False else "")
            compute = getattr(F, f"{kind}{len(image)}d")
            options = {"count_include_pad": more["countsPadding"]} if more else {}
            row(full, kind, lambda x: compute(
                x, kernel, stride, padding, ceil_mode=ceil, **options), [Maker(full)(*shape)],
                **fields, **more)
    for image, size in (((5, 7), (1, 1)), ((5, 7), (2, 3)), ((3, 4), (5, 2)), ((7,), (1,)),
                        ((10,), (4,))):
        name = f"adaptive_avg_pool-{'x'.join(map(str, image))}-{'x'.join(map(str, size))}"
        compute = getattr(F, f"adaptive_avg_pool{len(image)}d")
        row(name, "avg_pool", lambda x: compute(x, size), [Maker(name)(2, 3, *image)],
            size=list(size))
    name = "max_pool-ties"
    tied = torch.tensor([[[[1., 3, 3, 0], [3, 3, 2, 0], [0, 0, 0, 0], [-1, -2, -1, -1]]]])
    row(name, "max_pool", lambda x: F.max_pool2d(x, 2), [tied.double().requires_grad_()],
        kernel=[2, 2], stride=[2, 2], padding=[0, 0], ceil=False)


def reductions():
    functions = {"mean": torch.mean, "sum": torch.sum, "max": torch.amax}
    for function, compute in functions.items():
        for index, (shape, axes, keeps) in enumerate((
                ((2, 3, 4, 5), [2, 3], False), ((2, 3, 4, 5), [2, 3], True), ((3, 7), [1], False),
                ((2, 5, 3), [1], False), ((4, 3, 2), [0, 2], True), ((2, 3), [0, 1], False))):
            name = f"reduce-{function}-{index}"
            row(name, "reduce", lambda x: compute(x, axes, keepdim=keeps), [Maker(name)(*shape)],
                function=function, axes=axes, keepsAxes=keeps)
    tied = torch.tensor([[2., 5, 5], [1, 1, 1]]).double().requires_grad_()
    row("reduce-max-ties", "reduce", lambda x: torch.amax(x, [1]), [tied], function="max",
        axes=[1], keepsAxes=False)
    for index, (shape, start, end) in enumerate((((2, 3, 4, 5), 1, 3), ((2, 3, 4, 5), 2, 3),
                                                 ((3, 4), 0, 1), ((2, 5), 1, 1))):
        name = f"flatten-{index}"
        row(name, "flatten", lambda x: x.flatten(start, end), [Maker(name)(*shape)], start=start,
            end=end)


def norms():
    for shape, affine, epsilon in (((3, 4, 5, 2), True, 1e-5), ((3, 4, 5, 2), False, 1e-3),
                                   ((2, 5, 7), True, 1e-5), ((6, 3), True, 0.1),
                                   ((1, 1, 1, 1), True, 1e-5)):
        name = f"batch_norm-{len(shape)}-{shape[1]}-{'affine' if affine else 'plain'}"
        make = Maker(name)
        channels = shape[1]
        x = make(*shape, center=0.3)
        mean, variance = make.fixed(channels), make.fixed(channels).abs() + 0.2
        operands = [x, mean, variance]
        operands += [make(channels, center=1), make(channels)] if affine else []
        row(name, "batch_norm", lambda x, m, v, w=None, b=None: F.batch_norm(
            x, m, v, w, b, training=False, eps=epsilon), operands, epsilon=epsilon)
    for shape, groups, affine, epsilon in (
            ((3, 4, 5, 2), 2, True, 1e-5), ((2, 6, 3, 3), 3, False, 1e-3), ((2, 5, 7), 1, True, 1e-5),
            ((3, 6), 2, True, 1e-2), ((2, 4, 3, 2), 4, True, 1e-5)):
        name = f"group_norm-{groups}-{'x'.join(map(str, shape))}"
        make = Maker(name)
        operands = [make(*shape, center=0.3)]
        operands += [make(shape[1], center=1), make(shape[1])] if affine else []
        row(name, "group_norm", lambda x, w=None, b=None: F.group_norm(x, groups, w, b, epsilon),
            operands, groups=groups, epsilon=epsilon)


if __name__ == "__main__":
    os.makedirs(gradients.FOLDER, exist_ok=True)
    for part in (convolutions, pools, reductions, norms):
        part()
    path = os.path.join(gradients.FOLDER, "convolutions.safetensors")
    save_file(TENSORS, path)
    os.chmod(path, 0o644)
    versions = {k: v for k, v in zoo.VERSIONS.items() if k != "peft"}
    zoo.write("gradients/convolutions.json", {"versions": versions}, {"rows": ROWS})
