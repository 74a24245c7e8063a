"""What transformers generates with the fixtures' checkpoints and PEFT's adapters of them, and what its logits
processors make of random logits.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes generation.json: greedy tokens of one prompt and of three of different lengths, with the places where the
two best logits are as good as equal; tokens of beam searches; logits before and after each processor.
"""

import json
import os
import warnings

import zoo

import peft
import torch
import transformers

warnings.simplefilter("ignore")
transformers.logging.set_verbosity_error()

CHECKPOINTS = os.path.join(zoo.FIXTURES, "checkpoints")
ADAPTED = os.path.join(zoo.FIXTURES, "adapted")
FOUND = os.path.join(zoo.FIXTURES, "found")
# Checkpoints by the family that adapters were made for.
FAMILIES = {
    "gpt2": "gpt2", "llama": "llama-grouped", "mistral": "mistral", "qwen2": "qwen2",
    "qwen3": "qwen3", "phi3": "phi3", "gemma": "gemma", "opt": "opt", "gpt_neox": "gpt_neox", "t5": "t5",
}
OTHERS = [
    "gpt2-untied", "gpt_neox-serial", "llama-biases", "llama-head-size", "llama-rope-linear",
    "llama-rope-llama3", "llama-tied", "opt-norm-last", "phi3-partial", "qwen2-windows", "qwen3-windows",
    "t5-gated",
]
LONG = ["dynamic-long", "dynamic-short", "dynamic-neox", "longrope-llama", "longrope-long", "longrope-short",
        "yarn-qwen2", "yarn-neox"]
LATER = [
    "gemma2", "gemma2-uncapped", "gemma3_text", "gemma3_text-linear", "olmo2", "smollm3", "phi3-mini-4", "gptj",
    "bloom", "bloom-post-norm", "falcon", "falcon-grouped", "falcon-serial",
]
PROMPTS = [[5, 17, 3, 40, 9], [8, 8, 21], [33, 2, 11, 58, 7, 19, 4]]
NEW = 50
LEARNED = 25  # new tokens where positions are learned, and few


def manifest(folder):
    with open(os.path.join(folder, "manifest.json")) as file:
        return json.load(file)


def load(path):
    with open(os.path.join(path, "config.json")) as file:
        name = json.load(file)["architectures"][0]
    return getattr(transformers, name).from_pretrained(path, dtype=torch.float32).eval()


def adapted(path, adapters):
    model = load(path)
    if not adapters:
        return model
    found = peft.PeftModel.from_pretrained(model, os.path.join(ADAPTED, adapters[0]), adapter_name="a0")
    for number, name in enumerate(adapters[1:], 1):
        found.load_adapter(os.path.join(ADAPTED, name), adapter_name=f"a{number}")
    found.base_model.set_adapter([f"a{number}" for number in range(len(adapters))])
    return found.eval()


def count(model):
    name = model.config.model_type
    return LEARNED if name in ("gpt2", "opt", "gptj") else NEW


def generated(model, prompts, **settings):
    """New tokens of every prompt, and the places where the two best logits are as good as equal."""
    longest = max(map(len, prompts))
    has_encoder = model.config.is_encoder_decoder
    rows = [prompt + [0] * (longest - len(prompt)) if has_encoder
            else [0] * (longest - len(prompt)) + prompt for prompt in prompts]
    mask = [[1] * len(prompt) + [0] * (longest - len(prompt)) if has_encoder
            else [0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    new = count(model)
    settings = {"do_sample": False, "eos_token_id": None, **settings}
    if has_encoder:
        settings["decoder_start_token_id"] = 0
    result = model.generate(
        input_ids=torch.tensor(rows), attention_mask=torch.tensor(mask), max_new_tokens=new, pad_token_id=0,
        return_dict_in_generate=True, output_scores=True, **settings)
    tokens = result.sequences[:, 1 if has_encoder else longest:].tolist()
    if settings.get("num_beams", 1) > 1:
        return {"tokens": tokens}
    close = []
    for row in range(len(prompts)):
        best = [torch.topk(step[row], 2).values for step in result.scores]
        close.append([place for place, pair in enumerate(best) if pair[0] - pair[1] < 1e-5])
    return {"tokens": tokens, "close": close}


def greedy_rows():
    for family, checkpoint in FAMILIES.items():
        path = os.path.join(CHECKPOINTS, checkpoint)
        sparse = f"{family}-randlora-sparse-unsaved-module"
        for adapters in [[], [f"{family}-lora"], [f"{family}-randlora"], [sparse],
                         [f"{family}-lora", f"{family}-lora"]]:
            if adapters == [sparse] and not os.path.exists(os.path.join(ADAPTED, sparse)):
                continue
            yield os.path.join("checkpoints", checkpoint), adapters, adapted(path, adapters)
    for name in OTHERS:
        yield os.path.join("checkpoints", name), [], load(os.path.join(CHECKPOINTS, name))
    for name in LONG:
        yield os.path.join("found", name), [], load(os.path.join(FOUND, name))
    for name in LATER:
        yield os.path.join("checkpoints", name), [], load(os.path.join(CHECKPOINTS, name))


def greedy():
    rows = []
    for path, adapters, model in greedy_rows():
        has_state = adapters == [] and (path.startswith("found") or path.endswith("mini-4"))
        prompts = [[token % model.config.vocab_size for token in prompt] for prompt in PROMPTS]
        # Random weights repeat a token for ever, which shows little: a penalty makes them go on.
        for prompts, penalty in [(prompts[:1], 1.0), (prompts[1:2], 10.0), (prompts, 10.0)]:
            if has_state:  # the longest text so far, by which angles are stretched
                model = load(os.path.join(zoo.FIXTURES, path))
            with torch.no_grad():
                rows.append({"checkpoint": path, "adapters": adapters, "prompts": prompts, "penalty": penalty,
                             **generated(model, prompts, repetition_penalty=penalty)})
        print(path, adapters, flush=True)
    return rows


def beams():
    rows = []
    for name in ["gpt2", "llama-grouped", "t5", "t5-gated"]:
        model = load(os.path.join(CHECKPOINTS, name))
        for settings in [dict(num_beams=3), dict(num_beams=4, eos_token_id=[7, 12]),
                         dict(num_beams=2, eos_token_id=[9], length_penalty=2.0),
                         dict(num_beams=4, eos_token_id=[7, 12], early_stopping=True),
                         dict(num_beams=3, eos_token_id=[3], length_penalty=-1.0, repetition_penalty=1.3)]:
            for prompts in [PROMPTS[:1], PROMPTS]:
                with torch.no_grad():
                    rows.append({"checkpoint": os.path.join("checkpoints", name), "prompts": prompts,
                                 "settings": settings, **generated(model, prompts, **settings)})
    return rows


def processors():
    generation = transformers.generation
    generator = torch.Generator().manual_seed(3)
    kinds = {
        "repetition_penalty": (generation.RepetitionPenaltyLogitsProcessor, [1.3, 0.8]),
        "temperature": (generation.TemperatureLogitsWarper, [0.7, 1.8]),
        "top_k": (generation.TopKLogitsWarper, [1, 7, 100]),
        "top_p": (generation.TopPLogitsWarper, [0.1, 0.5, 0.9, 0.999]),
        "min_p": (generation.MinPLogitsWarper, [0.05, 0.5]),
    }
    rows = []
    for name, (kind, values) in kinds.items():
        for value in values:
            for size in [5, 61]:
                logits = torch.randn(1, size, generator=generator) * 3
                text = torch.randint(0, size, (1, 9), generator=generator)
                after = kind(value)(text, logits.clone())
                rows.append({
                    "processor": name, "value": value, "text": text[0].tolist(), "before": logits[0].tolist(),
                    "after": [None if x == float("-inf") else x for x in after[0].tolist()]})
    return rows


if __name__ == "__main__":
    zoo.write("generation.json", {"versions": zoo.VERSIONS},
              {"greedy": greedy(), "beams": beams(), "processors": processors()})
