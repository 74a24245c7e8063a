"""The rows of training.py: which model is adapted how, on what data, and the operations of a step."""

import json
import os

DENSE = dict(r=32, save_projection=False)
SETTINGS = {
    "lora": dict(r=16, lora_alpha=32), "lora-32": dict(r=32, lora_alpha=64), "randlora": DENSE, "randlora-sparse": DENSE | dict(sparse=True),
    "randlora-very-sparse": DENSE | dict(very_sparse=True)}
RATES = {name: 1e-3 if name.startswith("lora") else 1e-5 for name in SETTINGS}  # learning rates

MODELS = {  # what transformers calls the classes, and what is not their configurations' default
    "gpt2": dict(kind="GPT2", task="LMHeadModel", targets=["c_attn", "c_proj", "c_fc"]),
    "bert": dict(kind="Bert", task="ForSequenceClassification", targets=["query", "value"],
                 saved=["classifier"]),
    "vit": dict(kind="ViT", task="ForImageClassification", targets=["q_proj", "v_proj"],
                saved=["classifier"], settings=dict(num_labels=10)),
    "llama": dict(kind="Llama", task="ForCausalLM", targets="all-linear", type="bfloat16", settings=dict(
        vocab_size=128256, hidden_size=2048, intermediate_size=8192, num_hidden_layers=16,
        num_attention_heads=32, num_key_value_heads=8, head_dim=64, max_position_embeddings=131072,
        rms_norm_eps=1e-5, tie_word_embeddings=True, rope_parameters=dict(
            rope_type="llama3", rope_theta=500000.0, factor=32.0, low_freq_factor=1.0,
            high_freq_factor=4.0, original_max_position_embeddings=8192))),
}


def row(title, model, tuner, batch, length, accumulate=1):
    return dict(title=title, model=model, tuner=tuner, batch=batch, length=length,
                accumulate=accumulate)


MODELS["llama-qv"] = MODELS["llama"] | dict(targets=["q_proj", "v_proj"], folder="llama")
TUNERS = {"lora": "LoRA r=16", "randlora": "RandLora r=32"}
SPARSE = {"randlora-sparse": "sparse RandLora r=32", "randlora-very-sparse": "very sparse RandLora r=32"}
ROWS = {}
for work, model, batch, length in [
        ("GPT-2 small 4 × 256, all linear", "gpt2", 4, 256),
        ("BERT-base classifier 16 × 128, q+v", "bert", 16, 128),
        ("ViT-B/16, 8 images, q+v", "vit", 8, 197)]:
    for tuner, name in (TUNERS | SPARSE).items():
        ROWS[f"{model}-{tuner}"] = row(f"{work}, {name}", model, tuner, batch, length)
ROWS["gpt2-randlora-x4"] = row(
    "GPT-2 small four times 4 × 256, all linear, RandLora r=32", "gpt2", "randlora", 4, 256, 4)
ROWS["llama-lora"] = row(
    "Llama-3.2-1B's shape in bf16, 1 × 512, all linear, LoRA r=16", "llama", "lora", 1, 512)
for tuner, name in [("lora-32", "LoRA r=32"), ("randlora-very-sparse", "very sparse RandLora r=32")]:
    ROWS[f"llama-qv-{tuner}"] = row(
        f"Llama-3.2-1B's shape in bf16, 1 × 512, q+v, {name}", "llama-qv", tuner, 1, 512)
SWEEP = {
    f"gpt2-{tuner}-{batch * 256}": row(
        f"GPT-2 small {batch} × 256, all linear, {name}", "gpt2", tuner, batch, 256)
    for tuner, name in TUNERS.items()
    for batch in [1, 2, 4, 8, 16, 32]
}


def paths(row, cache):
    """Where a row's model, fresh adapter and data are kept."""
    data = f"{row['model']}-{row['batch'] * row['accumulate']}x{row['length']}.safetensors"
    folder = MODELS[row["model"]].get("folder", row["model"])
    return {"model": os.path.join(cache, folder),
            "adapter": os.path.join(cache, f"{row['model']}-{row['tuner']}"),
            "data": os.path.join(cache, data)}


def model_class(model):
    import transformers
    return getattr(transformers, MODELS[model]["kind"] + MODELS[model]["task"])


def load(model, path):
    import torch
    return model_class(model).from_pretrained(
        path, dtype=getattr(torch, MODELS[model].get("type", "float32")))


def prepare(row, cache):
    """Writes what a row needs and the cache does not have. The weights are random."""
    import torch
    import transformers
    from peft import LoraConfig, RandLoraConfig, get_peft_model
    from safetensors.torch import save_file
    name, model, place = row["model"], MODELS[row["model"]], paths(row, cache)
    os.makedirs(cache, exist_ok=True)
    torch.manual_seed(0)
    if not os.path.exists(os.path.join(place["model"], "model.safetensors")):
        configuration = getattr(transformers, model["kind"] + "Config")(**model.get("settings", {}))
        torch.set_default_dtype(getattr(torch, model.get("type", "float32")))
        model_class(name)(configuration).save_pretrained(place["model"])
        torch.set_default_dtype(torch.float32)
    if not os.path.exists(os.path.join(place["adapter"], "adapter_config.json")):
        kind = LoraConfig if row["tuner"].startswith("lora") else RandLoraConfig
        get_peft_model(load(name, place["model"]), kind(
            target_modules=model["targets"], modules_to_save=model.get("saved"),
            fan_in_fan_out=name == "gpt2", **SETTINGS[row["tuner"]])).save_pretrained(place["adapter"])
    if not os.path.exists(place["data"]):
        with open(os.path.join(place["model"], "config.json")) as file:
            configuration = json.load(file)
        rows = row["batch"] * row["accumulate"]
        generator = torch.Generator().manual_seed(1)
        if name == "vit":
            data = {"pixel_values": torch.randn(rows, 3, 224, 224, generator=generator)}
        else:
            data = {"input_ids": torch.randint(
                0, configuration["vocab_size"], (rows, row["length"]), generator=generator)}
        if "saved" in model:
            data["labels"] = torch.randint(0, 2, (rows,), generator=generator)
        save_file(data, place["data"])


def operations(row, cache):
    """Multiplications and additions that a step cannot do without.

    Frozen weights multiply forward, and for the gradient of what they read unless nothing trained lies
    before; an update is multiplied in the cheapest order, there and back; causal attention sees what
    comes before. Of a classifier's last layer one position is needed after attention, and there is
    nothing to count in norms, activations and the loss.
    """
    with open(os.path.join(paths(row, cache)["model"], "config.json")) as file:
        c = json.load(file)
    rows, batch = row["batch"] * row["length"], row["batch"]
    gpt2 = row["model"] == "gpt2"
    width = c["n_embd"] if gpt2 else c["hidden_size"]
    layers = c["n_layer"] if gpt2 else c["num_hidden_layers"]
    inner = 4 * width if gpt2 else c["intermediate_size"]
    keys = c.get("num_key_value_heads", 0) * c.get("head_dim", 0) or width
    reads = [(width, width), (width, keys), (width, keys)]  # query, key, value
    if gpt2:
        reads = [(width, 3 * width)]
    llama = row["model"].startswith("llama")
    rest = [(width, width)] + ([(width, inner)] * 2 if llama else [(width, inner)])
    rest += [(inner, width)]
    some = isinstance(MODELS[row["model"]]["targets"], list) and not gpt2  # query and value alone
    total = 0
    for layer in range(layers):
        one = "saved" in MODELS[row["model"]] and layer == layers - 1
        for number, (i, o) in enumerate(reads + rest):
            n = batch if one and number not in (1, 2) else rows
            back = 0 if layer == 0 and number < len(reads) else 1
            total += 2 * n * i * o * (1 + back)
            if not some or number in (0, 2):
                total += update(row["tuner"], n, i, o)
        pairs = (row["length"] + 1) / 2 if gpt2 or llama else row["length"]
        # Two products forward and four back; for one position's query, as many rows fewer.
        total += 2 * 6 * width * pairs * (batch if one else rows)
    if "vocab_size" in c and "saved" not in MODELS[row["model"]]:
        total += 2 * 2 * rows * width * c["vocab_size"]
    if row["model"] == "vit":
        total += 2 * rows * width * 3 * c["patch_size"] ** 2
    return total * row["accumulate"]


def update(tuner, n, i, o):
    """Operations of one module's update, forward and back, for n rows."""
    if tuner.startswith("lora"):
        return 3 * 2 * n * SETTINGS[tuner]["r"] * (i + o)
    small, large = min(i, o), max(i, o)
    if tuner == "randlora-very-sparse":  # all but one product with the base are additions
        return 2 * n * small * small
    added = 2 * large * small * small
    forward = min(added, 2 * n * small * (i + o))
    # Beside the weight, the input's gradient takes two products more; added, none.
    input_gradient = 0 if forward == added else forward
    return forward + input_gradient + 2 * n * large * small + min(2 * n * small * small, added)
