"""Adapters for one question each: what `adapted.py` makes beside those of every family."""

GPT2 = dict(target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True)
QKV = ["q_proj", "k_proj", "v_proj"]


def initial(name, **more):
    return dict(r=4, lora_alpha=6, target_modules=["q_proj", "down_proj"],
                init_lora_weights=name, **more)


SINGLES = {  # folder: checkpoint, its case, tuner, configuration
    # Embeddings. PEFT saves the base's table beside an adapted `embed_tokens`, not beside `wte`.
    "gpt2-lora-embedding": ("gpt2", 4, "LORA", dict(
        r=3, target_modules=["wte", "c_attn"], fan_in_fan_out=True)),
    "gpt2-lora-embedding-untied": ("gpt2-untied", 4, "LORA", dict(
        r=3, target_modules=["wte", "wpe"])),
    "llama-lora-embedding": ("llama-grouped", 4, "LORA", dict(
        r=3, lora_alpha=6, target_modules=["embed_tokens", "lm_head", "q_proj"])),
    "llama-lora-embedding-tied": ("llama-tied", 4, "LORA", dict(
        r=3, lora_alpha=6, target_modules=["embed_tokens"])),
    "gemma-lora-embedding-scaled": ("gemma", 4, "LORA", dict(
        r=2, lora_alpha=2, target_modules=["embed_tokens"])),
    "t5-lora-position-bias": ("t5", 5, "LORA", dict(
        r=2, target_modules=["relative_attention_bias"])),
    "gpt2-dora-embedding": ("gpt2", 4, "LORA", dict(
        r=3, target_modules=["wte"], use_dora=True)),
    "bert-dora-embedding": ("bert-classifier", 5, "LORA", dict(
        r=3, target_modules=["word_embeddings", "query"], use_dora=True, use_rslora=True)),
    # Heads.
    "gpt2-lora-head-tied": ("gpt2", 4, "LORA", dict(r=3, target_modules=["lm_head"])),
    "gpt2-randlora-head-tied": ("gpt2", 4, "RANDLORA", dict(
        r=9, randlora_alpha=9, target_modules=["lm_head"], save_projection=False)),
    # Convolutions.
    "vit-lora-conv2d": ("vit-classifier", 2, "LORA", dict(
        r=3, target_modules=["projection", "q_proj"])),
    "clip-lora-conv2d": ("clip", 2, "LORA", dict(
        r=3, lora_alpha=2, target_modules=["patch_embedding", "fc1"], use_rslora=True)),
    "vit-dora-conv2d": ("vit-classifier", 2, "LORA", dict(
        r=3, target_modules=["projection"], use_dora=True)),
    "dinov2-dora-conv2d": ("dinov2", 1, "LORA", dict(
        r=3, target_modules=["projection", "fc1"], use_dora=True)),
    "resnet-lora-conv2d": ("resnet-classifier", 2, "LORA", dict(
        r=3, lora_alpha=1, target_modules=["convolution"],
        rank_pattern={"shortcut.convolution": 2, "embedder.embedder.convolution": 5})),
    "resnet-lora-conv2d-basic": ("resnet-basic-classifier", 2, "LORA", dict(
        r=4, lora_alpha=2, target_modules=r".*layer\.\d\.convolution", use_rslora=True,
        bias="all")),
    "resnet-dora-conv2d": ("resnet", 1, "LORA", dict(
        r=2, lora_alpha=1, target_modules=["0.convolution", "1.convolution"], use_dora=True)),
    "resnet-randlora-classifier": ("resnet-classifier", 1, "RANDLORA", dict(
        r=4, randlora_alpha=1, target_modules=["classifier.1"])),
    # A bias of B's own.
    "gpt2-lora-lora-bias": ("gpt2", 4, "LORA", dict(r=3, lora_bias=True, **GPT2)),
    "bert-lora-lora-bias": ("bert-classifier", 5, "LORA", dict(
        r=3, target_modules=["query", "dense"], lora_bias=True, use_rslora=True,
        task_type="SEQ_CLS")),
    "llama-lora-lora-bias": ("llama-grouped", 4, "LORA", dict(
        r=3, target_modules=QKV, lora_bias=True)),
    "vit-lora-conv2d-lora-bias": ("vit-classifier", 2, "LORA", dict(
        r=3, target_modules=["projection"], lora_bias=True)),
    # Layers that stand more than once, with one adapter each.
    "llama-lora-layer-replication": ("llama-grouped", 4, "LORA", dict(
        r=2, target_modules=["q_proj", "v_proj"], layer_replication=[[0, 2], [1, 2], [0, 1]],
        rank_pattern={"3.self_attn.q_proj": 3})),
    "bert-lora-layer-replication": ("bert-classifier", 5, "LORA", dict(
        r=2, target_modules=["query", "value"], layer_replication=[[0, 1], [0, 2]])),
    # Initial values that change the base, again when the adapter is loaded; and those that do not.
    "llama-lora-pissa": ("llama-grouped", 4, "LORA", initial("pissa")),
    "gpt2-lora-pissa": ("gpt2", 4, "LORA", dict(r=4, init_lora_weights="pissa", **GPT2)),
    "llama-lora-olora": ("llama-grouped", 4, "LORA", initial("olora")),
    "bert-lora-olora-rslora": ("bert-classifier", 5, "LORA", dict(
        r=4, lora_alpha=3, use_rslora=True, target_modules=["query", "dense"],
        init_lora_weights="olora", task_type="SEQ_CLS")),
    "llama-lora-orthogonal": ("llama-grouped", 4, "LORA", initial("orthogonal")),
    "llama-lora-gaussian": ("llama-grouped", 4, "LORA", initial("gaussian")),
    "llama-lora-init-false": ("llama-grouped", 4, "LORA", initial(False)),
    "llama-dora-init-false": ("llama-grouped", 4, "LORA", initial(False, use_dora=True)),
    # Modules that are saved whole. `norm` names everything that ends so, `q_norm` too.
    "gpt2-lora-saved-head-tied": ("gpt2", 4, "LORA", dict(
        r=3, target_modules=["c_attn"], fan_in_fan_out=True, modules_to_save=["lm_head"])),
    "gpt2-lora-saved-embedding-tied": ("gpt2", 4, "LORA", dict(
        r=3, target_modules=["c_attn"], fan_in_fan_out=True, modules_to_save=["wte"])),
    "bert-lora-saved-embedding": ("bert-classifier", 5, "LORA", dict(
        r=3, target_modules=["query"], modules_to_save=["word_embeddings"], task_type="SEQ_CLS")),
    "llama-lora-saved-embeddings": ("llama-grouped", 4, "LORA", dict(
        r=3, target_modules=["q_proj"], modules_to_save=["embed_tokens", "lm_head"])),
    "qwen3-lora-saved-norms": ("qwen3", 4, "LORA", dict(
        r=3, target_modules=["q_proj"], modules_to_save=["norm"])),
    "roberta-lora-saved-parts-bias": ("roberta-classifier", 4, "LORA", dict(
        r=3, target_modules=["query"], bias="all", modules_to_save=["classifier.out_proj"])),
    # RandLora: biases, bases in other layouts, bases of torch 2.11, more or fewer than one basis.
    "bert-randlora-bias-all": ("bert-classifier", 5, "RANDLORA", dict(
        r=5, randlora_alpha=15, target_modules=["query"], bias="all", task_type="SEQ_CLS")),
    "llama-randlora-bases-once": ("llama-grouped", 4, "RANDLORA", dict(
        r=6, randlora_alpha=15, target_modules=QKV)),
    "llama-randlora-bases-by-module": ("llama-grouped", 4, "RANDLORA", dict(
        r=6, randlora_alpha=15, target_modules=QKV)),
    "llama-randlora-bases-earlier": ("llama-grouped", 4, "RANDLORA", dict(
        r=5, randlora_alpha=15, target_modules=["q_proj", "down_proj"])),
    "gpt2-randlora-sparse-bases-once": ("gpt2", 4, "RANDLORA", dict(
        r=6, randlora_alpha=15, sparse=True, **GPT2)),
    "llama-randlora-one-basis-unsaved": ("llama-grouped", 4, "RANDLORA", dict(
        r=60, randlora_alpha=60, target_modules="all-linear", save_projection=False)),
    "llama-randlora-rank-one-unsaved": ("llama-grouped", 4, "RANDLORA", dict(
        r=1, randlora_alpha=3, target_modules="all-linear", save_projection=False)),
    # Which modules.
    "llama-lora-layers": ("llama-grouped", 4, "LORA", dict(
        r=3, lora_alpha=12, target_modules=["q_proj", "down_proj"], layers_to_transform=[1],
        layers_pattern="layers")),
    "llama-lora-excluded": ("llama-grouped", 4, "LORA", dict(
        r=3, lora_alpha=6, target_modules="all-linear",
        exclude_modules=["k_proj", "0.mlp.up_proj"])),
    "llama-lora-expression": ("llama-grouped", 4, "LORA", dict(
        r=3, lora_alpha=12, target_modules=r".*\.1\..*(q|down)_proj")),
}
