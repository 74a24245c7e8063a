"""Checkpoints as earlier releases of transformers left them on the hub: other names, more tensors.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

`OLDER` maps a folder to the one that it comes from and to a function from that one's tensors and
configuration, which it may change, to the tensors of the older file.
"""

import torch

from tiny import POSITIONS


def renamed(tensors, *pairs):
    """All names with some parts replaced by others, in turn."""
    def name(old):
        for part, other in pairs:
            old = old.replace(part, other)
        return old
    return {name(key): value for key, value in tensors.items()}


def prefixed(tensors, prefix):
    return {prefix + key: value for key, value in tensors.items()}


def places(count=POSITIONS):
    return torch.arange(count)[None]


def triangle(count=POSITIONS):
    """Which tokens see which: the mask that models kept for themselves."""
    return torch.ones(count, count).tril()[None, None]


def frequencies(size, theta=10000.0):
    return theta ** (-torch.arange(0, size, 2) / size)


def older_rope(config):
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    config["torch_dtype"] = config.pop("dtype")


def gpt2(tensors, config):
    tensors = renamed(tensors, ("transformer.", ""))
    masks = {f"h.{i}.attn.bias": triangle() for i in range(config["n_layer"])}
    return tensors | masks


def llama(tensors, config):
    older_rope(config)
    size = config["hidden_size"] // config["num_attention_heads"]
    buffers = {f"model.layers.{i}.self_attn.rotary_emb.inv_freq": frequencies(size)
               for i in range(config["num_hidden_layers"])}
    return tensors | buffers


def llama3(tensors, config):
    older_rope(config)
    return tensors


def llama_tied(tensors, config):
    return tensors | {"lm_head.weight": tensors["model.embed_tokens.weight"].clone()}


def opt(tensors, config):
    return renamed(tensors, ("model.", ""))


def gpt_neox(tensors, config):
    tensors = renamed(tensors, ("lm_head.", "embed_out."))
    for index in range(config["num_hidden_layers"]):
        attention = f"gpt_neox.layers.{index}.attention."
        tensors[attention + "bias"] = triangle() == 1
        tensors[attention + "masked_bias"] = torch.tensor(-1e9)
        tensors[attention + "rotary_emb.inv_freq"] = frequencies(4)
    return tensors


def bert_norms(tensors):
    return renamed(tensors, ("LayerNorm.weight", "LayerNorm.gamma"),
                   ("LayerNorm.bias", "LayerNorm.beta"))


def bert(tensors, config):
    return prefixed(bert_norms(tensors), "bert.")


def bert_masked_lm(tensors, config):
    """It was trained on the order of sentences too; that head is not read."""
    width = config["hidden_size"]
    return bert_norms(tensors) | {
        "bert.embeddings.position_ids": places(),
        "cls.seq_relationship.weight": torch.ones(2, width),
        "cls.seq_relationship.bias": torch.ones(2)}


def roberta(tensors, config):
    """The file of a model with a head, read as one without."""
    width = config["hidden_size"]
    return prefixed(tensors, "roberta.") | {
        "roberta.embeddings.position_ids": places(POSITIONS + 2),
        "lm_head.bias": torch.ones(config["vocab_size"]),
        "lm_head.dense.weight": torch.ones(width, width), "lm_head.dense.bias": torch.ones(width),
        "lm_head.layer_norm.weight": torch.ones(width),
        "lm_head.layer_norm.bias": torch.ones(width)}


def distilbert(tensors, config):
    width = config["dim"]
    return prefixed(tensors, "distilbert.") | {
        "vocab_projector.bias": torch.ones(config["vocab_size"]),
        "vocab_transform.weight": torch.ones(width, width),
        "vocab_transform.bias": torch.ones(width),
        "vocab_layer_norm.weight": torch.ones(width), "vocab_layer_norm.bias": torch.ones(width)}


def albert(tensors, config):
    """The file of a model with heads, read as one without; its configuration has more fields."""
    width, inner = config["hidden_size"], config["embedding_size"]
    config.update(down_scale_factor=1, gap_size=0, net_structure_type=0, num_memory_blocks=0)
    return prefixed(tensors, "albert.") | {
        "albert.embeddings.position_ids": places(),
        "predictions.bias": torch.ones(config["vocab_size"]),
        "predictions.decoder.bias": torch.ones(config["vocab_size"]),
        "predictions.dense.weight": torch.ones(inner, width),
        "predictions.dense.bias": torch.ones(inner),
        "predictions.LayerNorm.weight": torch.ones(inner),
        "predictions.LayerNorm.bias": torch.ones(inner),
        "sop_classifier.classifier.weight": torch.ones(2, width),
        "sop_classifier.classifier.bias": torch.ones(2)}


def vit(tensors, config):
    inside = {"attention.q_proj": "attention.attention.query",
              "attention.k_proj": "attention.attention.key",
              "attention.v_proj": "attention.attention.value",
              "attention.o_proj": "attention.output.dense",
              "mlp.fc1": "intermediate.dense", "mlp.fc2": "output.dense"}
    tensors = renamed(tensors, *inside.items())
    return {("vit." if key.startswith("vit.") else "") + key.removeprefix("vit.").replace(
        "layers.", "encoder.layer."): value for key, value in tensors.items()}


def dinov2(tensors, config):
    return renamed(tensors, ("attention.q_proj", "attention.attention.query"),
                   ("attention.k_proj", "attention.attention.key"),
                   ("attention.v_proj", "attention.attention.value"),
                   ("attention.o_proj", "attention.output.dense"))


def clip(tensors, config):
    return tensors | {"text_model.embeddings.position_ids": places(21),
                      "vision_model.embeddings.position_ids": places(10)}


def t5(tensors, config):
    """One table under all of its names, and one that was never read."""
    tables = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")
    unread = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
    return tensors | {unread: torch.ones(8, 3)} | {
        key: tensors["shared.weight"].clone() for key in tables}


def t5_gated(tensors, config):
    """Untied was what its configuration said, and so that nothing is scaled."""
    config["tie_word_embeddings"] = False
    for key in ("scale_decoder_outputs", "dense_act_fn", "is_gated_act"):
        del config[key]
    tables = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
    return tensors | {key: tensors["shared.weight"].clone() for key in tables}


def gemma3(tensors, config):
    """One base and scaling for layers that see all, and another base for the others."""
    kinds, rope = config.pop("layer_types"), config.pop("rope_parameters")
    config["sliding_window_pattern"] = kinds.index("full_attention") + 1
    config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
    config["rope_theta"] = rope["full_attention"].pop("rope_theta")
    config["rope_scaling"] = rope["full_attention"]
    config["cache_implementation"] = "hybrid"
    return tensors


def gptj(tensors, config):
    config["rotary"] = config["scale_attn_weights"] = True
    for index in range(config["n_layer"]):
        tensors[f"transformer.h.{index}.attn.bias"] = triangle() == 1
        tensors[f"transformer.h.{index}.attn.masked_bias"] = torch.tensor(-1e9)
    return tensors


def bloom(tensors, config):
    config["n_embed"] = config.pop("hidden_size")
    config["num_attention_heads"] = config.pop("n_head")
    config |= {"offset_alibi": 100, "skip_bias_add": True, "n_inner": None, "unk_token_id": 0}
    return tensors


def modernbert(tensors, config):
    """Its class's file, read as one without a head."""
    rope = config.pop("rope_parameters")
    config["global_rope_theta"] = rope["full_attention"]["rope_theta"]
    config["local_rope_theta"] = rope["sliding_attention"]["rope_theta"]
    del config["layer_types"]
    config |= {"global_attn_every_n_layers": 3, "layer_norm_eps": 1e-5, "classifier_pooling": "mean"}
    return prefixed(tensors, "model.") | {
        "head.dense.weight": torch.ones(36, 36), "head.norm.weight": torch.ones(36)}


OLDER = {
    "gpt2-older": ("gpt2", gpt2),
    "llama-grouped-older": ("llama-grouped", llama),
    "llama-rope-llama3-older": ("llama-rope-llama3", llama3),
    "llama-tied-with-head": ("llama-tied", llama_tied),
    "opt-older": ("opt", opt),
    "gpt_neox-older": ("gpt_neox", gpt_neox),
    "bert-older": ("bert", bert),
    "bert-masked-lm-older": ("bert-masked-lm", bert_masked_lm),
    "roberta-older": ("roberta", roberta),
    "distilbert-older": ("distilbert", distilbert),
    "albert-older": ("albert", albert),
    "vit-older": ("vit", vit),
    "vit-classifier-older": ("vit-classifier", vit),
    "dinov2-older": ("dinov2", dinov2),
    "clip-older": ("clip", clip),
    "t5-older": ("t5", t5),
    "t5-gated-older": ("t5-gated", t5_gated),
    "gemma3_text-older": ("gemma3_text-linear", gemma3),
    "gptj-older": ("gptj", gptj),
    "bloom-older": ("bloom", bloom),
    "modernbert-older": ("modernbert", modernbert),
}
