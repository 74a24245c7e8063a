"""What `get_model_status` and `get_layer_status` say of a model.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads checkpoints/ and adapted/, and writes status.json. A row's adapters are loaded in their order,
under these names, as `PeftModel.from_pretrained` and `load_adapter` do (`trainable`: the first one
with `is_trainable`); `actions` follow. Layers are in PEFT's order, the sites of all adapters.
"""

import dataclasses
import warnings

from peft import PeftModel

import adapted
import checkpoints
import zoo

TWO = {"first": "gpt2-lora", "second": "gpt2-lora-saved-head-tied"}
LLAMA = {"first": "llama-lora-layers", "second": "llama-lora-excluded"}

ROWS = [  # adapters, trainable, actions: a method of PeftModel or of its tuner, and its arguments
    ({"default": "gpt2-lora"}, False, []),
    ({"default": "gpt2-lora"}, True, []),
    ({"default": "gpt2-lora"}, True, [["merge_adapter"]]),
    ({"default": "gpt2-lora"}, False, [["disable_adapter_layers"]]),
    ({"default": "gpt2-lora-embedding"}, False, []),
    ({"default": "gpt2-lora-head-tied"}, False, [["merge_adapter"], ["unmerge_adapter"]]),
    ({"default": "gpt2-dora"}, True, []),
    ({"default": "bert-lora"}, True, []),
    ({"default": "bert-lora-biases"}, True, []),
    ({"default": "vit-lora-conv2d"}, False, []),
    ({"default": "llama-randlora-unsaved"}, True, []),
    ({"default": "bert-randlora-sparse"}, False, [["merge_adapter"]]),
    (TWO, False, []),
    (TWO, False, [["set_adapter", "second"]]),
    (TWO, True, [["merge_adapter", ["second"]]]),
    (LLAMA, True, []),
    (LLAMA, False, [["set_adapter", ["first", "second"]]]),
    (LLAMA, False, [["merge_adapter", ["first"]]]),
    (LLAMA, False, [["delete_adapter", "first"]]),
]


def row(adapters, trainable, actions):
    (first, folder), *rest = adapters.items()
    base = adapted.ADAPTERS[folder][0]
    model = PeftModel.from_pretrained(
        checkpoints.loaded(base), adapted.path(folder), first, is_trainable=trainable)
    for name, other in rest:
        model.load_adapter(adapted.path(other), name)
    with warnings.catch_warnings(record=True):
        for method, *arguments in actions:
            several = method == "set_adapter" and isinstance(arguments[0], list)
            getattr(model.base_model if several else model, method)(*arguments)
    status = dataclasses.asdict(model.get_model_status())
    layers = [dataclasses.asdict(layer) for layer in model.get_layer_status()]
    return {"checkpoint": base, "adapters": [[k, v] for k, v in adapters.items()],
            "trainable": trainable, "actions": actions, "status": status, "layers": layers}


if __name__ == "__main__":
    zoo.write("status.json", {"versions": zoo.VERSIONS}, {"rows": [row(*case) for case in ROWS]})
