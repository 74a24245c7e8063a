"""Applying PEFT's tuners to models without weights.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0
"""

import contextlib
import copy

import torch
from peft import LoraConfig, RandLoraConfig, get_peft_model
from peft.tuners.randlora import model as randlora
from peft.tuners.tuners_utils import BaseTunerLayer

TUNERS = {"LORA": LoraConfig, "RANDLORA": RandLoraConfig}


@contextlib.contextmanager
def bases_without_numbers():
    """RandLora's bases in their right shapes, but on the meta device: nothing is drawn."""
    draw, sparse = randlora._kaiming_init, randlora.RandLoraModel._init_randlora_A_randlora_B_sparse
    dense = randlora.RandLoraModel._init_randlora_A_randlora_B
    randlora._kaiming_init = lambda shape, generator: torch.empty(shape, device="meta")
    randlora.RandLoraModel._init_randlora_A_randlora_B_sparse = (
        lambda self, config, adapter_name, sparsity=3: dense(self, config, adapter_name))
    try:
        yield
    finally:
        randlora._kaiming_init = draw
        randlora.RandLoraModel._init_randlora_A_randlora_B_sparse = sparse


def apply(model, tuner, fields):
    """The adapted model; `fields` are the configuration's, as PEFT names them."""
    config = TUNERS[tuner](**copy.deepcopy(fields))
    with bases_without_numbers(), torch.device("meta"):
        return get_peft_model(model, config)


def adapted_modules(model):
    """Paths in the base model, and tuner layers, of everything that was adapted."""
    return {
        path.removeprefix("base_model.model."): module
        for path, module in model.named_modules() if isinstance(module, BaseTunerLayer)}
