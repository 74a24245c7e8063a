"""Every operator and loss on small odd shapes: results, and gradients by torch's autograd.

    pip install torch==2.13.0 transformers==5.24.0 safetensors==0.8.0

Writes gradients/operators.json and gradients/operators.safetensors, and the same with scores for what
more can be done to attention's scores. Operands and upstream gradients
are rounded to single precision, the rest is computed from them in double precision and rounded at
the end. A row of a result whose upstream gradient is all 0 has no meaning (a query without keys).
"""

import itertools
import os
import zlib

import torch
import transformers
from safetensors.torch import save_file
from torch.nn import functional as F
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.gptj.modeling_gptj import apply_rotary_pos_emb
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, rotate_half
from transformers.models.t5.modeling_t5 import T5Attention

import zoo

torch.set_num_threads(1)
FOLDER = os.path.join(zoo.FIXTURES, "gradients")
ROWS, TENSORS = [], {}


class Maker:
    def __init__(self, name):
        self.generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))

    def __call__(self, *shape, spread=1.0, center=0.0):
        numbers = torch.randn(shape, generator=self.generator) * spread + center
        return numbers.double().requires_grad_()

    def fixed(self, *shape):
        """Numbers that nothing is asked about."""
        return torch.randn(shape, generator=self.generator).double()

    def indices(self, *shape, high):
        return torch.randint(0, high, shape, generator=self.generator)


def stored(tensor):
    if tensor.dtype == torch.bool:
        return tensor.to(torch.uint8)
    return tensor.detach().float() if tensor.is_floating_point() else tensor


def row(name, operator, compute, operands, upstream=None, **attributes):
    """Appends a row; `compute` makes one result or a list of them from the operands."""
    results = compute(*operands)
    results = list(results) if isinstance(results, (list, tuple)) else [results]
    if upstream is None:
        make = Maker(name + " upstream")
        upstream = [make.fixed(*result.shape) for result in results]
    wanted = [operand for operand in operands if operand.requires_grad]
    gradients = iter(torch.autograd.grad(results, wanted, upstream))
    keys = {part: [] for part in ("operands", "results", "upstream", "gradients")}

    def keep(part, tensor):
        if tensor is None:
            keys[part].append(None)
            return
        key = f"{name}.{part}.{len(keys[part])}"
        assert key not in TENSORS, key
        TENSORS[key] = stored(tensor).clone().contiguous()
        assert not tensor.is_floating_point() or tensor.isfinite().all(), key
        keys[part].append(key)

    for operand in operands:
        keep("operands", operand)
        keep("gradients", next(gradients) if operand.requires_grad else None)
    for part, tensors in (("results", results), ("upstream", upstream)):
        for tensor in tensors:
            keep(part, tensor)
    ROWS.append({"name": name, "operator": operator, "attributes": attributes, **keys})


def transposed_if(flag, x):
    return x.transpose(-1, -2) if flag else x


def products():
    for layout, biased, leading in itertools.product(("out_in", "in_out"), (0, 1), ((3,), (2, 5))):
        name = f"linear-{layout}-{'bias' if biased else 'plain'}-{len(leading) + 1}"
        make = Maker(name)
        shape = (11, 7) if layout == "out_in" else (7, 11)
        operands = [make(*leading, 7), make(*shape)] + [make(11)] * biased
        row(name, "linear", lambda x, w, b=None: F.linear(
            x, transposed_if(layout == "in_out", w), b), operands, layout=layout)
    stacks = [((), ()), ((3,), (3,)), ((3, 1), (2,)), ((2,), ()), ((), (3, 2)), ((1, 2), (3, 1))]
    for first, second in itertools.product((False, True), repeat=2):
        for index, (left, right) in enumerate(stacks):
            name = f"matmul-{'t' if first else 'n'}{'t' if second else 'n'}-{index}"
            make = Maker(name)
            a = make(*left, *((5, 4) if first else (4, 5)))
            b = make(*right, *((6, 5) if second else (5, 6)))
            row(name, "matmul",
                lambda a, b: transposed_if(first, a) @ transposed_if(second, b), [a, b],
                transposesFirst=first, transposesSecond=second)
    for name, x, count, size in (
            ("embedding-repeated", torch.tensor([[3, 0, 3, 6], [3, 1, 6, 6]]), 8, 5),
            ("embedding-one-row", torch.tensor([2, 2, 2]), 3, 1),
            ("embedding-first-last", torch.tensor([[[0], [8]], [[8], [0]]]), 9, 7)):
        row(name, "embedding", F.embedding, [x, Maker(name)(count, size)])
    for padding in (0, 6):
        name = f"embedding-padding-{padding}"
        row(name, "embedding", lambda x, table: F.embedding(x, table, padding_idx=padding),
            [torch.tensor([[3, 0, 3, 6], [0, 1, 6, 6]]), Maker(name)(8, 5)], padding=padding)


def images():
    for stride, biased, size, kernel in (
            (1, 1, (6, 5), 3), (1, 0, (4, 7), 1), (2, 1, (7, 9), 3), (2, 0, (8, 6), 3),
            (3, 1, (8, 11), 2), (3, 0, (9, 6), 3), (3, 1, (4, 5), 4)):
        name = f"conv2d-{stride}-{kernel}-{size[0]}x{size[1]}"
        make = Maker(name)
        operands = [make(2, 3, *size), make(4, 3, kernel, kernel)] + [make(4)] * biased
        row(name, "conv2d", lambda x, w, b=None: F.conv2d(x, w, b, stride=stride), operands,
            stride=stride)
    for shape in ((2, 3, 4, 5), (1, 1, 1, 3), (3, 5, 2, 1)):
        name = f"patches-{'x'.join(map(str, shape))}"
        row(name, "patches", lambda x: x.flatten(2).transpose(1, 2), [Maker(name)(*shape)])


def attend(heads, groups, scale, causal, window, has_mask, has_bias):
    def compute(q, k, v, *more):
        mask = more[0] if has_mask else None
        bias = more[-1] if has_bias else 0
        batch, s, t = q.shape[0], q.shape[1], k.shape[1]
        q = q.view(batch, s, heads, -1).transpose(1, 2)
        k, v = (x.view(batch, t, groups, -1).transpose(1, 2).repeat_interleave(heads // groups, 1)
                for x in (k, v))
        seen = visible(s, t, causal, window)[None, None].expand(batch, 1, s, t)
        if mask is not None:
            seen = seen & mask.bool()[:, None, None, :]
        scores = (q @ k.transpose(-1, -2) * scale + bias).masked_fill(~seen, -1e30)
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, s, -1)
    return compute


def visible(s, t, causal, window):
    query, key = torch.arange(s)[:, None], torch.arange(t)[None]
    seen = torch.ones(s, t, dtype=torch.bool)
    if causal:
        seen &= key <= query
    if window is not None:
        seen &= key > query - window
    return seen


def attentions():
    right, left = [[1] * 7, [1] * 4 + [0] * 3], [[0] * 3 + [1] * 4, [1] * 7]
    amid = [[1, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0, 1, 0, 1]]
    cases = {  # heads, groups, size, value size, queries, keys, causal, window, mask, bias
        "plain": (3, 3, 5, 5, 7, 7, False, None, None, False),
        "one-head": (1, 1, 4, 6, 7, 7, False, None, None, False),
        "one-token": (2, 2, 3, 3, 1, 1, True, None, None, False),
        "causal": (3, 3, 4, 4, 7, 7, True, None, None, False),
        "grouped": (6, 2, 4, 4, 7, 7, True, None, None, False),
        "one-group": (4, 1, 3, 5, 7, 7, True, None, None, False),
        "window": (2, 2, 4, 4, 9, 9, True, 3, None, False),
        "window-one": (2, 1, 4, 4, 5, 5, True, 1, None, False),
        "right": (2, 2, 4, 4, 7, 7, False, None, right, False),
        "left": (2, 2, 4, 4, 7, 7, False, None, left, False),
        "causal-right": (4, 2, 3, 3, 7, 7, True, None, right, False),
        "causal-left": (4, 2, 3, 3, 7, 7, True, None, left, False),
        "causal-amid": (2, 2, 3, 3, 7, 7, True, None, amid, False),
        "window-left": (4, 2, 4, 4, 7, 7, True, 3, left, False),
        "cross": (3, 3, 4, 4, 4, 7, False, None, None, False),
        "cross-long": (2, 1, 4, 3, 9, 2, False, None, None, False),
        "cross-masked": (2, 2, 4, 4, 5, 7, False, None, right, False),
        "bias": (3, 3, 4, 4, 6, 6, False, None, None, True),
        "bias-causal": (3, 3, 4, 2, 6, 6, True, None, None, True),
        "bias-masked": (2, 2, 4, 4, 7, 7, False, None, left, True),
        "bias-causal-masked": (2, 2, 4, 4, 7, 7, True, None, left, True),
    }
    for name, (heads, groups, size, wide, s, t, causal, window, mask, biased) in cases.items():
        name = f"attention-{name}"
        make = Maker(name)
        scale = 1.0 if biased else size ** -0.5
        operands = [make(2, s, heads * size), make(2, t, groups * size), make(2, t, groups * wide)]
        upstream = make.fixed(2, s, heads * wide)
        seen = visible(s, t, causal, window).expand(2, s, t)
        if mask:
            mask = torch.tensor(mask).bool()
            operands.append(mask)
            seen = seen & mask[:, None]
        operands += [make(1, heads, s, t)] * biased
        upstream[~seen.any(-1)] = 0
        compute = attend(heads, groups, scale, causal, window, mask is not None, biased)
        row(name, "attention", compute, operands, [upstream], heads=heads, keyValueHeads=groups,
            scale=scale, isCausal=causal, window=window, dropout=0, hasMask=mask is not None,
            hasBias=biased)


def capped(cap):
    return lambda scores: scores if cap is None else (scores / cap).tanh() * cap


def scores():
    """Soft-capping (Gemma 2), ALiBi (BLOOM), windows to both sides (ModernBERT), pairs of neighbours (GPT-J)."""
    right, left = [[1] * 7, [1] * 4 + [0] * 3], [[0] * 3 + [1] * 4, [1] * 7]
    amid = [[1, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0, 1, 0, 1]]
    cases = {  # heads, groups, causal, window, mask, bias, cap, alibi
        "capped": (3, 3, False, None, None, False, 0.8, False),
        "capped-grouped": (4, 2, True, 3, left, False, 1.5, False),
        "capped-bias": (2, 2, True, None, right, True, 0.5, False),
        "alibi": (4, 4, True, None, None, False, None, True),
        "alibi-six": (6, 3, True, None, left, False, None, True),
        "alibi-amid": (3, 3, False, None, amid, False, 2.0, True),
        "near": (2, 2, False, 3, None, False, None, False),
        "near-one": (2, 1, False, 1, None, False, None, False),
        "near-masked": (2, 2, False, 2, amid, False, None, False),
    }
    for name, (heads, groups, causal, window, mask, biased, cap, alibi) in cases.items():
        name = f"attention-{name}"
        make = Maker(name)
        operands = [make(2, 7, heads * 3), make(2, 7, groups * 3), make(2, 7, groups * 4)]
        upstream = make.fixed(2, 7, heads * 4)
        seen = visible(7, 7, causal, window)
        if window and not causal:
            seen = seen & visible(7, 7, causal, window).T
        seen = seen.expand(2, 7, 7)
        places = torch.ones(2, 7)
        if mask:
            mask = torch.tensor(mask).bool()
            operands.append(mask)
            seen, places = seen & mask[:, None], mask.float()
        operands += [make(1, heads, 7, 7)] * biased
        upstream[~seen.any(-1)] = 0
        slopes = build_alibi_tensor(places, heads, torch.float64).view(2, heads, 1, 7) * alibi

        def compute(q, k, v, *more):
            q = q.view(2, 7, heads, 3).transpose(1, 2)
            k, v = (x.view(2, 7, groups, -1).transpose(1, 2).repeat_interleave(heads // groups, 1)
                    for x in (k, v))
            s = capped(cap)(q @ k.transpose(-1, -2) * 0.7) + slopes + (more[-1] if biased else 0)
            weights = s.masked_fill(~seen[:, None], -1e30).softmax(-1)
            return (weights @ v).transpose(1, 2).reshape(2, 7, -1)
        row(name, "attention", compute, operands, [upstream], heads=heads, keyValueHeads=groups,
            scale=0.7, isCausal=causal, window=window, softCap=cap, isALiBi=alibi, dropout=0,
            hasMask=mask is not None, hasBias=biased)
    for index, (size, part, heads, theta) in enumerate(
            ((6, 6, 2, 10000.0), (10, 4, 3, 10000.0), (7, 2, 1, 500.0))):
        name = f"rotary-neighbours-{index}"
        cosine, sine = angles(part, theta, "none", 9)

        def compute(x):
            x = x.view(2, 9, heads, size)
            # Cosines of a pair stand once in each half.
            turned = apply_rotary_pos_emb(
                x[..., :part], sine[:, :, 0, :part // 2], cosine[:, :, 0, :part // 2])
            return torch.cat([turned, x[..., part:]], -1).flatten(2)
        row(name, "rotary", compute, [Maker(name)(2, 9, heads * size)], headSize=size,
            rotarySize=part, theta=theta, scaling="none", isInterleaved=True)


def positions():
    for both, distance, buckets, s, t in (
            (True, 20, 8, 7, 11), (False, 20, 8, 9, 9), (True, 128, 32, 5, 5),
            (False, 6, 5, 13, 4), (True, 9, 6, 3, 17)):
        name = f"relative_position_bias-{'both' if both else 'one'}-{distance}-{buckets}"
        make = Maker(name)

        def compute(table, queries, keys):
            places = torch.arange(keys.shape[1])[None] - torch.arange(queries.shape[1])[:, None]
            bucket = T5Attention._relative_position_bucket(
                places, bidirectional=both, num_buckets=buckets, max_distance=distance)
            return table[bucket].permute(2, 0, 1)[None]
        row(name, "relative_position_bias", compute,
            [make(buckets, 3), make.fixed(2, s, 1), make.fixed(2, t, 2)],
            maximumDistance=distance, isBidirectional=both)
    stretched = {"factor": 8.0, "lowFrequency": 1.0, "highFrequency": 4.0, "originalLength": 32}
    for index, (size, part, heads, theta, scaling) in enumerate((
            (6, 6, 2, 10000.0, "none"), (10, 4, 3, 10000.0, "none"), (7, 2, 1, 500.0, "none"),
            (8, 8, 2, 10000.0, {"linear": {"factor": 4.0}}),
            (9, 6, 2, 2000.0, {"linear": {"factor": 2.5}}),
            (16, 16, 1, 10000.0, {"llama3": stretched}),
            (12, 10, 2, 5000.0, {"llama3": stretched}))):
        name = f"rotary-{index}"
        cosine, sine = angles(part, theta, scaling, 9)

        def compute(x):
            x = x.view(2, 9, heads, size)
            turned, rest = x[..., :part], x[..., part:]
            turned = turned * cosine + rotate_half(turned) * sine
            return torch.cat([turned, rest], -1).flatten(2)
        row(name, "rotary", compute, [Maker(name)(2, 9, heads * size)], headSize=size,
            rotarySize=part, theta=theta, scaling=scaling)


def angles(size, theta, scaling, length):
    """Cosines and sines `[1, length, 1, size]` as transformers has them."""
    parameters = {"rope_type": "default", "rope_theta": theta}
    if "linear" in scaling:
        parameters |= {"rope_type": "linear", "factor": scaling["linear"]["factor"]}
    if "llama3" in scaling:
        fields = scaling["llama3"]
        parameters |= {
            "rope_type": "llama3", "factor": fields["factor"],
            "low_freq_factor": fields["lowFrequency"], "high_freq_factor": fields["highFrequency"],
            "original_max_position_embeddings": fields["originalLength"]}
    config = transformers.LlamaConfig(hidden_size=size, head_dim=size, num_attention_heads=1,
                                      rope_parameters=parameters)
    cosine, sine = LlamaRotaryEmbedding(config)(torch.zeros(1), torch.arange(length)[None])
    return (x.double()[:, :, None] for x in (cosine, sine))


def norms():
    for count, epsilon, shape in ((1, 1e-5, (3, 4, 7)), (2, 1e-3, (5, 9)), (3, 1e-12, (2, 3, 11)),
                                  (3, 1e-2, (4, 1, 6)), (3, 1e-5, (13,))):
        name = f"layer_norm-{count}-{len(shape)}-{shape[-1]}"
        make = Maker(name)
        operands = [make(*shape, center=0.5), make(shape[-1], center=1), make(shape[-1])][:count]
        row(name, "layer_norm", lambda x, w=None, b=None: F.layer_norm(
            x, x.shape[-1:], w, b, epsilon), operands, epsilon=epsilon)
    for offset, size, shape, epsilon in (
            (0.0, 7, (3, 4, 7), 1e-5), (1.0, 9, (2, 3, 9), 1e-6), (0.0, 5, (2, 3, 15), 1e-6),
            (1.0, 4, (3, 8), 1e-3), (0.0, 6, (5, 6), 0.5)):
        name = f"rms_norm-{round(offset)}-{size}-{shape[-1]}"
        make = Maker(name)

        def compute(x, w):
            groups = x.unflatten(-1, (-1, size))
            inverse = (groups.pow(2).mean(-1, keepdim=True) + epsilon).rsqrt()
            return (groups * inverse * (w + offset)).flatten(-2)
        row(name, "rms_norm", compute, [make(*shape), make(size, center=1 - offset, spread=0.3)],
            epsilon=epsilon, weightOffset=offset)
    for operator, compute in (
            ("unit_length", lambda x: x / x.norm(dim=-1, keepdim=True)),
            ("inverse_length", lambda x: 1 / x.norm(dim=-1, keepdim=True)),
            ("softmax", lambda x: x.softmax(-1))):
        for shape, spread in (((3, 7), 1), ((2, 3, 5), 6), ((4, 2), 0.1), ((11,), 2), ((3, 1), 1)):
            name = f"{operator}-{'x'.join(map(str, shape))}"
            row(name, operator, compute, [Maker(name)(*shape, spread=spread)])


FUNCTIONS = {
    "relu": F.relu, "silu": F.silu, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
    "exp": torch.exp, "gelu": F.gelu, "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
    "gelu_10": lambda x: F.gelu(x).clip(-10, 10), "mish": F.mish, "relu2": lambda x: F.relu(x) ** 2,
    "relu6": F.relu6, "leaky_relu": F.leaky_relu, "hardswish": F.hardswish,
    "laplace": lambda x: 0.5 * (1 + torch.erf((x - 0.707107) / (0.282095 * 2 ** 0.5))),
    "identity": lambda x: x * 1}
EDGES = [-90, -30, -12, -6.5, -3, -1, -0.5, -1e-3, 1e-3, 0.25, 0.75, 2, 5, 9, 20, 60, 88, 300]


def entries():
    for function, compute in FUNCTIONS.items():
        for kind, factor in (("small", 1), ("edges", 1)):
            name = f"activation-{function}-{kind}"
            x = Maker(name)(3, 11)
            if kind == "edges":
                values = [v for v in EDGES if function != "exp" or v <= 20]
                x = torch.tensor(values).double().requires_grad_()
            row(name, "activation", compute, [x], function=function)
    shapes = [[(3, 4), (3, 4)], [(2, 3, 4), (4,)], [(2, 3, 4), (2, 1, 4)], [(2, 3, 4), (3, 1)],
              [(4,), (2, 3, 4)], [(3, 1), (1, 5)], [(2, 1, 3, 1), (4, 1, 5)], [(2, 5, 3), (1,)],
              [(2, 3), (2, 3), (2, 3)], [(5,), (2, 1, 5), (4, 1)], [(2, 1, 4), (3, 4), (1, 1, 1)]]
    for operator, compute in (("add", lambda *x: sum(x[1:], x[0])),
                              ("multiply", lambda *x: torch.stack(
                                  torch.broadcast_tensors(*x)).prod(0))):
        for index, operands in enumerate(shapes):
            name = f"{operator}-{index}"
            make = Maker(name)
            row(name, operator, compute, [make(*shape) for shape in operands])
    for factor in (-1.75, 0.0, 3.0):
        name = f"scale-{factor}"
        row(name, "scale", lambda x: x * factor, [Maker(name)(3, 5)], factor=factor)


def arrangements():
    for index, (old, new) in enumerate((((3, 4), [2, 6]), ((2, 3, 5), [5, 1, 6]), ((6,), [6, 1]),
                                        ((2, 3, 4), [24]))):
        name = f"reshape-{index}"
        row(name, "reshape", lambda x: x.reshape(new), [Maker(name)(*old)], shape=new)
    for index, order in enumerate(([1, 0], [0, 2, 1], [2, 0, 1], [1, 2, 0], [0, 2, 1, 3],
                                   [3, 1, 0, 2], [0, 1, 2])):
        name = f"permute-{index}"
        x = Maker(name)(*(3, 4, 5, 2)[:len(order)])
        row(name, "permute", lambda x: x.permute(order), [x], order=order)
    for index, (shape, axis, start, end) in enumerate((
            ((7,), 0, 2, 5), ((3, 8), 1, 0, 3), ((3, 8), 1, 5, 8), ((4, 5, 3), 1, 1, 4),
            ((4, 5, 3), 0, 3, 4), ((2, 3, 4, 5), 2, 1, 3), ((2, 6), 1, 0, 6))):
        name = f"slice-{index}"
        row(name, "slice", lambda x: x.narrow(axis, start, end - start), [Maker(name)(*shape)],
            axis=axis, start=start, end=end)
    for index, (shape, sizes, groups) in enumerate((
            ((3, 7), [2, 5], 1), ((2, 3, 9), [4, 1, 4], 1), ((2, 3, 12), [4, 6, 2], 2),
            ((4, 10), [4, 6], 2), ((2, 9), [3, 3, 3], 3), ((3, 4), [4], 1))):
        name = f"split-{index}"

        def parts(x):
            runs = x.unflatten(-1, (groups, -1)).split([size // groups for size in sizes], -1)
            return [part.flatten(-2) for part in runs]
        row(name, "split", parts, [Maker(name)(*shape)], sizes=sizes, groups=groups)
    for index, (axis, shapes) in enumerate((
            (0, [(3,), (4,)]), (1, [(2, 3), (2, 1), (2, 4)]), (0, [(2, 3), (1, 3)]),
            (1, [(1, 1, 5), (3, 4, 5)]), (2, [(2, 1, 3), (1, 4, 2)]),
            (1, [(1, 1, 4), (2, 3, 4), (1, 2, 4)]), (1, [(2, 3, 4, 1), (2, 1, 1, 5)]),
            (0, [(2, 1), (1, 6)]))):
        name = f"concatenate-{index}"
        make = Maker(name)

        def joined(*operands):
            other = torch.broadcast_shapes(*(
                tuple(1 if i == axis else n for i, n in enumerate(x.shape)) for x in operands))
            return torch.cat([x.expand(*(x.shape[i] if i == axis else n
                                         for i, n in enumerate(other))) for x in operands], axis)
        row(name, "concatenate", joined, [make(*shape) for shape in shapes], axis=axis)
    tokens = torch.tensor([[3, 7, 1, 7, 2], [4, 4, 9, 0, 9], [1, 2, 3, 0, 6]])
    rows = torch.arange(3)
    for position, places in (
            ({"at": 0}, [0, 0, 0]), ({"at": 3}, [3, 3, 3]), ({"first": 7}, [1, 0, 0]),
            ({"first": 2}, [4, 0, 1]), ("largest", [1, 2, 4])):
        words = [position] if position == "largest" else [*position.items()][0]
        name = "-".join(map(str, ("take_token", *words)))
        operands = [Maker(name)(3, 5, 4)] + ([] if "at" in position else [tokens])
        row(name, "take_token", lambda x, tokens=None: x[rows, torch.tensor(places)], operands,
            position=position)


def entropy(logits, labels, scale, shift, smoothing):
    if shift:
        logits, labels = logits[:, :-1], labels[:, 1:]
    return scale * F.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), labels.reshape(-1), ignore_index=-100,
        label_smoothing=smoothing, reduction="sum")


def labeled(make, *shape, classes, ignored):
    labels = make.indices(*shape, high=classes).flatten()
    labels[list(ignored)] = -100
    return labels.view(shape)


def losses():
    one = torch.tensor(1.0, dtype=torch.float64)

    def loss(name, operator, compute, operands, factor, upstream=1.0, **attributes):
        factor = torch.tensor(factor).double()  # rounded to single precision
        row(name, operator, compute, [*operands, factor], [one * upstream], **attributes)

    for shift, smoothing, (index, (shape, ignored)) in itertools.product(
            (0, 1), (0, 0.1), enumerate((((3, 5), (0, 4, 7, 8)), ((2, 6), ()), ((1, 2), ())))):
        name = f"cross_entropy-{'shift' if shift else 'plain'}-{smoothing}-{index}"
        make = Maker(name)
        loss(name, "cross_entropy", lambda x, y, s: entropy(x, y, s, shift, smoothing),
             [make(*shape, 9, spread=3),
              labeled(make, *shape, classes=9, ignored=ignored)], (1.0, 0.125, 1 / 3)[index],
             shift=shift, smoothing=smoothing)
    for name, shape in (("cross_entropy-classes", (4, 3)), ("cross_entropy-one-class", (2, 1))):
        make = Maker(name)
        loss(name, "cross_entropy", lambda x, y, s: entropy(x, y, s, 0, 0),
             [make(*shape), make.indices(shape[0], high=shape[1])], 0.25, 2.0, shift=0,
             smoothing=0)
    name = "cross_entropy-large"
    make = Maker(name)
    loss(name, "cross_entropy", lambda x, y, s: entropy(x, y, s, 0, 0.1),
         [make(5, 6, spread=80), labeled(make, 5, classes=6, ignored=[2])], 1.0, shift=0,
         smoothing=0.1)
    name = "cross_entropy-all-ignored"
    loss(name, "cross_entropy", lambda x, y, s: entropy(x, y, s, 1, 0),
         [Maker(name)(2, 3, 4), torch.full((2, 3), -100)], 1.0, shift=1, smoothing=0)
    for layout, biased, (shift, smoothing) in itertools.product(
            ("out_in", "in_out"), (0, 1), ((0, 0), (1, 0), (1, 0.1))):
        name = (f"head_cross_entropy-{layout}-{'bias' if biased else 'plain'}-"
                f"{'shift' if shift else 'plain'}-{smoothing}")
        make = Maker(name)
        labels = labeled(make, 3, 5, classes=11, ignored=(1, 9, 14))
        shape = (11, 7) if layout == "out_in" else (7, 11)
        operands = [make(3, 5, 7), make(*shape)] + [make(11)] * biased + [labels]

        def compute(x, weight, *rest):
            logits = F.linear(x, transposed_if(layout == "in_out", weight),
                              rest[0] if biased else None)
            return entropy(logits, rest[-2], rest[-1], shift, smoothing)
        loss(name, "head_cross_entropy", compute, operands, 1 / 12, layout=layout, shift=shift,
             smoothing=smoothing)
    for index, (shape, spread) in enumerate((((3, 5), 2), ((1, 1), 1), ((4, 3), 50))):
        name = f"binary_cross_entropy-{index}"
        make = Maker(name)
        targets = make.indices(*shape, high=2).double()
        if index == 2:
            targets[0] = torch.tensor([0.25, 0.5, 0.875])
        loss(name, "binary_cross_entropy", lambda x, y, s: s * F.binary_cross_entropy_with_logits(
            x, y, reduction="sum"), [make(*shape, spread=spread), targets], 1 / shape[0])
    for index, shape in enumerate(((5,), (3, 4), (2, 1))):
        name = f"squared_error-{index}"
        make = Maker(name)
        loss(name, "squared_error", lambda x, y, s: s * (x - y).pow(2).sum(),
             [make(*shape), make.fixed(*shape)], 1 / shape[0], 1.0 if index else -0.5)
    for count, spread in ((1, 1), (2, 3), (5, 4)):
        name = f"contrastive-{count}"

        def clip(x, scale):
            places = torch.arange(len(x))
            both = F.cross_entropy(x, places) + F.cross_entropy(x.T, places)
            return scale * len(x) * both / 2
        loss(name, "contrastive", clip, [Maker(name)(count, count, spread=spread)], 1 / count)


def recurrent():
    """One layer in one direction. What its input gives to the gates is the input itself: weight_ih is the identity."""
    for kind, cell, gates, function in (
            (torch.nn.LSTM, "lstm", 4, None), (torch.nn.GRU, "gru", 3, None),
            (torch.nn.RNN, "tanh", 1, "tanh"), (torch.nn.RNN, "relu", 1, "relu")):
        for backward, biased, masked in itertools.product((False, True), repeat=3):
            name = f"recurrence-{cell}{'-reversed' * backward}{'-bias' * biased}{'-mask' * masked}"
            make = Maker(name)
            width, size, lengths = 3 * gates, 3, [5, 2, 4]
            layer = kind(width, size, bias=biased, batch_first=True, bidirectional=True,
                         **({"nonlinearity": function} if function else {})).double()
            end = "l0_reverse" if backward else "l0"
            mask = torch.tensor([[place < length for place in range(5)] for length in lengths])

            def compute(x, weight, *more):
                given = {f"weight_ih_{end}": torch.eye(width).double(), f"weight_hh_{end}": weight}
                if biased:
                    given |= {f"bias_ih_{end}": torch.zeros(width).double(), f"bias_hh_{end}": more[0]}
                if masked:
                    x = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, True, enforce_sorted=False)
                states, _ = torch.func.functional_call(layer, given, (x,))
                if masked:
                    states, _ = torch.nn.utils.rnn.pad_packed_sequence(states, True, total_length=5)
                return states[..., size:] if backward else states[..., :size]

            operands = [make(3, 5, width), make(width, size)] + [make(width)] * biased + [mask] * masked
            row(name, "recurrence", compute, operands, cell=cell, isReversed=backward, hasBias=biased,
                hasMask=masked)


def write(file, parts):
    for part in parts:
        part()
    save_file(TENSORS, os.path.join(FOLDER, f"{file}.safetensors"))
    os.chmod(os.path.join(FOLDER, f"{file}.safetensors"), 0o644)
    versions = {k: v for k, v in zoo.VERSIONS.items() if k != "peft"}
    zoo.write(f"gradients/{file}.json", {"versions": versions}, {"rows": ROWS})
    ROWS.clear()
    TENSORS.clear()


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    write("operators", (products, images, attentions, positions, norms, entries, arrangements, losses))
    write("scores", (scores,))
    write("recurrent", (recurrent,))
