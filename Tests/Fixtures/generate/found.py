"""Small checkpoints as they are found: odd fields, other names, heads that the configuration denies.

    pip install torch==2.13.0 transformers==5.24.0
    python Tests/Fixtures/generate/found.py

Writes found/NAME/ with config.json, model.safetensors and case.safetensors, which holds `input.NAME` and
`output.NAME`: what transformers answers to those very files, with eager attention and in single
precision; and found/manifest.json, with the words of the warnings that the folder deserves.
`FOLDERS` maps a name to how it is made: a model of `tiny.py` or fields of one, and a change of its
configuration and its tensors.
"""

import json
import os
import shutil
import zlib

import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import nn

import tiny
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "found")
OUTPUTS = ("logits", "last_hidden_state", "pooler_output", "logits_per_image", "text_embeds")
SMALL = dict(vocab_size=23, hidden_size=16, intermediate_size=21, num_hidden_layers=2,
             num_attention_heads=2, max_position_embeddings=16)


def decoder(kind, **more):
    return f"{kind}ForCausalLM", f"{kind}Config", {**SMALL, "num_key_value_heads": 1, **more}


def phi3(**more):
    return decoder("Phi3", pad_token_id=0, bos_token_id=1, eos_token_id=2,
                   original_max_position_embeddings=16, **more)


def neox(**more):
    return "GPTNeoXForCausalLM", "GPTNeoXConfig", {**SMALL, **more}


def gpt2(**more):
    return "GPT2LMHeadModel", "GPT2Config", {
        **dict(vocab_size=23, n_positions=16, n_embd=16, n_layer=3, n_head=2, bos_token_id=0,
               eos_token_id=0), **more}


def opt(**more):
    return "OPTForCausalLM", "OPTConfig", {
        **dict(vocab_size=23, hidden_size=16, ffn_dim=21, num_hidden_layers=2,
               num_attention_heads=2, max_position_embeddings=16, word_embed_proj_dim=16,
               pad_token_id=1), **more}


def encoder(kind, head="Model", **more):
    return f"{kind}{head}", f"{kind}Config", {**SMALL, "pad_token_id": 0, **more}


def distilbert(head, **more):
    return f"DistilBert{head}", "DistilBertConfig", {
        **dict(vocab_size=23, dim=16, hidden_dim=21, n_layers=2, n_heads=2,
               max_position_embeddings=16), **more}


def vision(kind, **more):
    return f"{kind}Model", f"{kind}Config", {
        **dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=8,
               patch_size=4, num_channels=2), **more}


def t5(**more):
    return "T5ForConditionalGeneration", "T5Config", {
        **dict(vocab_size=23, d_model=16, d_kv=6, d_ff=21, num_layers=2, num_heads=2,
               relative_attention_num_buckets=8, decoder_start_token_id=0), **more}


def clip(**more):
    tower = dict(hidden_size=16, intermediate_size=21, num_hidden_layers=2, num_attention_heads=2)
    return "CLIPModel", "CLIPConfig", {
        **dict(projection_dim=12,
               text_config=dict(**tower, vocab_size=23, max_position_embeddings=16, eos_token_id=22,
                                hidden_act="quick_gelu"),
               vision_config=dict(**tower, image_size=8, patch_size=4, num_channels=2)), **more}


# Changes of configuration and tensors, in place.

def own(name, like):
    """A tensor of its own in place of the one that is shared."""
    def change(config, tensors):
        generator = torch.Generator().manual_seed(len(name))
        tensors[name] = torch.randn(tensors[like].shape, generator=generator) / 4
    return change


def twice(name, like):
    def change(config, tensors):
        tensors[name] = tensors[like].clone()
    return change


def renamed(old, new):
    def change(config, tensors):
        tensors[new] = tensors.pop(old)
    return change


def without(*parts):
    def change(config, tensors):
        for key in [k for k in tensors if any(part in k for part in parts)]:
            del tensors[key]
    return change


def unprefixed(prefix):
    def change(config, tensors):
        for key in [k for k in tensors if k.startswith(prefix)]:
            tensors[key.removeprefix(prefix)] = tensors.pop(key)
    return change


def fields(drop=(), **more):
    def change(config, tensors):
        for key in drop:
            config.pop(key, None)
        config.update(more)
    return change


def halves(fused, first, second):
    def change(config, tensors):
        for key in [k for k in tensors if fused in k]:
            one, other = tensors.pop(key).chunk(2)
            tensors[key.replace(fused, first)] = one.clone()
            tensors[key.replace(fused, second)] = other.clone()
        for key in [k for k in tensors if "weights_out" in k]:
            tensors[key.replace("weights_out", "down_proj")] = tensors.pop(key)
    return change


def rope(**more):
    """Scaling in the spelling of earlier releases, which holds no base."""
    return fields(drop=["rope_parameters", "rope_theta"], rope_scaling=more)


TIED = "whose numbers are others"

FOLDERS = {
    # A head of its own where the configuration says, or means, that there is none.
    "own-llama": (decoder("Llama", tie_word_embeddings=True),
                  [own("lm_head.weight", "model.embed_tokens.weight")], [TIED]),
    "own-gemma": (decoder("Gemma", head_dim=8),
                  [own("lm_head.weight", "model.embed_tokens.weight"),
                   fields(drop=["tie_word_embeddings"])], [TIED]),
    "own-phi3": (phi3(tie_word_embeddings=True),
                 [own("lm_head.weight", "model.embed_tokens.weight")], [TIED]),
    "own-neox": (neox(tie_word_embeddings=True),
                 [own("embed_out.weight", "gpt_neox.embed_in.weight")], [TIED]),
    "own-bert": (encoder("Bert", "ForMaskedLM"),
                 [own("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight")],
                 [TIED]),
    "own-bert-bias": (encoder("Bert", "ForMaskedLM"),
                      [own("cls.predictions.decoder.bias", "cls.predictions.bias")], [TIED]),
    "own-roberta": (encoder("Roberta", "ForMaskedLM", pad_token_id=1, max_position_embeddings=18),
                    [own("lm_head.decoder.weight", "roberta.embeddings.word_embeddings.weight"),
                     own("lm_head.decoder.bias", "lm_head.bias")], [TIED, TIED]),
    "own-distilbert": (distilbert("ForMaskedLM"),
                       [own("vocab_projector.weight",
                            "distilbert.embeddings.word_embeddings.weight")], [TIED]),
    "own-t5": (t5(), [own("lm_head.weight", "shared.weight")], [TIED]),
    "own-t5-decoder": (t5(), [own("decoder.embed_tokens.weight", "shared.weight")], [TIED]),
    "unscaled-t5-without-head": (t5(), [fields(drop=["scale_decoder_outputs"],
                                               tie_word_embeddings=False)], []),
    "head-only": (gpt2(), [renamed("transformer.wte.weight", "lm_head.weight")], []),
    "head-only-bare": (decoder("Qwen3", head_dim=8, tie_word_embeddings=True),
                       [renamed("model.embed_tokens.weight", "lm_head.weight"),
                        unprefixed("model.")], []),
    "equal-head": (decoder("Mistral", tie_word_embeddings=True, sliding_window=None),
                   [twice("lm_head.weight", "model.embed_tokens.weight")], []),
    # Names of the model without its head.
    "bare-mistral": (decoder("Mistral", tie_word_embeddings=True, sliding_window=5),
                     [unprefixed("model.")], []),
    "bare-phi3": (phi3(tie_word_embeddings=True), [unprefixed("model.")], []),
    "bare-gemma": (decoder("Gemma", head_dim=8), [unprefixed("model.")], []),
    "bare-neox": (neox(tie_word_embeddings=True), [unprefixed("gpt_neox.")], []),
    # Encoders without what they add at the end.
    "unpooled-vit": (vision("ViT", intermediate_size=21), [without("pooler")], ["pooler_output"]),
    "unpooled-bert": (encoder("Bert", "ForMaskedLM"),
                      [without("cls."), unprefixed("bert."), fields(architectures=["BertModel"])],
                      ["pooler_output"]),
    # Fields that say something, and are honoured.
    "dinov2-gated": (vision("Dinov2", mlp_ratio=2, use_swiglu_ffn=True), [], []),
    "dinov2-gated-today": (vision("Dinov2", mlp_ratio=3, use_swiglu_ffn=True), [halves(
        "mlp.weights_in", "mlp.gate_proj", "mlp.up_proj"), fields(image_size=[8, 8],
                                                                  patch_size=[4, 4])], []),
    "mish": (opt(activation_function="mish"), [], []),
    "leaky-laplace": (clip(), [lambda config, tensors: (
        config["text_config"].update(hidden_act="leaky_relu"),
        config["vision_config"].update(hidden_act="laplace"))], []),
    "relu2": (decoder("Llama", hidden_act="relu2"), [], []),
    "hardswish": (encoder("Bert", hidden_act="hardswish"), [], []),
    "relu6": (gpt2(activation_function="relu6"), [], []),
    "gelu10": (distilbert("Model", activation="gelu_10"), [], []),
    "linear": (neox(hidden_act="linear"), [], []),
    "gpt2-unscaled": (gpt2(scale_attn_weights=False), [], []),
    "gpt2-layer-scaled": (gpt2(scale_attn_by_inverse_layer_idx=True, reorder_and_upcast_attn=True),
                          [], []),
    "opt-plain-norms": (opt(layer_norm_elementwise_affine=False), [], []),
    "qwen3-every-other": (decoder("Qwen3", head_dim=8, use_sliding_window=True, sliding_window=3,
                                  num_hidden_layers=3,
                                  layer_types=["sliding_attention", "full_attention",
                                               "sliding_attention"]), [], []),
    "qwen2-both-ways": (decoder("Qwen2"), [fields(is_causal=False)], []),
    "gpt2-both-ways": (gpt2(), [fields(is_causal=False)], []),
    "bert-causal": (encoder("Bert", is_decoder=True), [], []),
    # Fields that contradict each other.
    "labels-twice": (encoder("Bert", "ForSequenceClassification", num_labels=5),
                     [fields(id2label={"0": "a", "1": "b", "2": "c"}, num_labels=5)],
                     ["id2label = 3 does not count beside num_labels = 5"]),
    "rope-twice": (decoder("Llama", rope_parameters=dict(rope_type="default", rope_theta=10000.0)),
                   [fields(rope_scaling={"type": "linear", "factor": 2.0})],
                   ["rope_parameters = a mapping does not count beside rope_scaling"]),
    "theta-twice": (decoder("Qwen2", rope_parameters=dict(rope_type="default", rope_theta=99.0)),
                    [fields(rope_theta=5000.0)],
                    ["rope_theta = 5000 does not count beside rope_parameters.rope_theta"]),
    "share-twice": (neox(rotary_pct=0.5), [fields(rotary_pct=1.0)],
                    ["rotary_pct = 1 does not count beside rope_parameters.partial_rotary"]),
    "type-twice": (decoder("Llama"), [fields(
        drop=["rope_parameters"], rope_scaling={"type": "linear", "rope_type": "default",
                                                "factor": 2.0})],
        ["rope_scaling.type = linear does not count beside rope_scaling.rope_type"]),
    "width-twice": (gpt2(), [fields(n_embd=99, hidden_size=16, num_attention_heads=2)],
                    ["n_embd = 99 does not count beside hidden_size = 16"]),
    "towers-twice": (clip(), [lambda config, tensors: config.update(
        text_config_dict={k: v for k, v in config["text_config"].items()},
        text_config={**config["text_config"], "num_attention_heads": 4})],
        ["text_config = a mapping does not count beside text_config_dict"]),
    # Rotary embeddings for long texts, beyond the first training's length and within it.
    "yarn-qwen2": (decoder("Qwen2", max_position_embeddings=64), [rope(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=16)], []),
    "yarn-qwen3-betas": (decoder("Qwen3", head_dim=12, max_position_embeddings=8), [rope(
        type="yarn", factor=2.5, beta_fast=8.0, beta_slow=0.25, truncate=False,
        attention_factor=1.3)], []),
    "yarn-mscale": (decoder("Llama", max_position_embeddings=32), [rope(
        rope_type="yarn", factor=8.0, mscale=0.7, mscale_all_dim=0.9,
        original_max_position_embeddings=4), fields(rope_theta=500.0)], []),
    "yarn-outside": (decoder("Llama", max_position_embeddings=32), [
        rope(rope_type="yarn", factor=None, original_max_position_embeddings=4),
        fields(original_max_position_embeddings=8)],
        ["rope_scaling.original_max_position_embeddings = 4 does not count"]),
    "yarn-neox": (neox(hidden_size=32, rotary_pct=0.5), [rope(
        rope_type="yarn", factor=3.0, partial_rotary_factor=0.5, rope_theta=10000.0)], []),
    "dynamic-short": (decoder("Mistral", sliding_window=None), [rope(type="dynamic", factor=2.0)],
                      []),
    "dynamic-long": (decoder("Gemma", head_dim=8, max_position_embeddings=7), [rope(
        rope_type="dynamic", factor=3.5)], []),
    "dynamic-neox": (neox(hidden_size=32, rotary_pct=0.375, max_position_embeddings=8), [rope(
        type="dynamic", factor=1.5, partial_rotary_factor=0.375)], []),
    "longrope-long": (phi3(max_position_embeddings=32), [rope(
        type="longrope", short_factor=[1.0, 1.1, 1.2, 1.3], long_factor=[1.5, 2.5, 4.0, 8.5]),
        fields(original_max_position_embeddings=8)], []),
    "longrope-short": (phi3(max_position_embeddings=64), [rope(
        type="yarn", short_factor=[1.05, 1.1, 1.2, 1.3], long_factor=[1.5, 2.5, 4.0, 8.5]),
        fields(original_max_position_embeddings=16)], []),
    "longrope-share": (phi3(hidden_size=32, max_position_embeddings=32), [rope(
        type="longrope", short_factor=[1.0] * 6, long_factor=[1, 2, 3, 4, 5, 6.5]),
        fields(original_max_position_embeddings=8, partial_rotary_factor=0.75)], []),
    "longrope-llama": (decoder("Llama", max_position_embeddings=64), [rope(
        rope_type="longrope", short_factor=[1.0, 1.1, 1.2, 1.3], long_factor=[1.5, 2, 4, 8],
        factor=4.0, attention_factor=1.25, original_max_position_embeddings=9)], []),
    # Shares of a head that come out odd, or empty.
    "odd-share": (neox(hidden_size=24, rotary_pct=0.25), [], []),
    "odd-share-phi3": (phi3(hidden_size=24), [
        fields(drop=["rope_parameters"], partial_rotary_factor=0.45)], []),
    "no-share": (neox(hidden_size=6, rotary_pct=0.25), [], []),
    "odd-linear": (neox(hidden_size=20, rotary_pct=0.5), [rope(
        type="linear", factor=2.0, partial_rotary_factor=0.5)], []),
    # Fields that change nothing.
    "smollm": (decoder("Llama", tie_word_embeddings=True),
               [fields(architectures=["LLaMAForCausalLM"], is_llama_config=True,
                       rope_interleaved=False, unsloth_fixed=True, _flash_attn_2_enabled=True,
                       custom_pipelines={"a": {"b": "c"}}, auto_map={"AutoConfig": "x.y"},
                       partial_rotary_factor=0.5, sliding_window=4, use_sliding_window=True,
                       unheard_of=False, pruned_heads={}, qk_something=None,
                       **{"transformers.js_config": {"dtype": "q4"}})],
               ["LLaMAForCausalLM", "partial_rotary_factor = 0.5 changes nothing", "unheard_of"]),
    "mistral-with-biases": (decoder("Mistral", sliding_window=None),
                            [fields(attention_bias=True, layer_types=["full_attention"] * 2)],
                            ["attention_bias = true changes nothing"]),
}


def path(folder, file=""):
    return os.path.join(FOLDER, folder, file)


def built(name, made):
    """The model before anything is changed, in evaluation."""
    class_name, config_name, more = made
    model = getattr(transformers, class_name)(getattr(transformers, config_name)(**more))
    tiny.draw(model, zlib.crc32(name.encode()))
    return model.eval()


def inputs(model, seed):
    generator = torch.Generator().manual_seed(seed)
    config = model.config
    vocabulary = getattr(getattr(config, "text_config", config), "vocab_size", 0)
    def tokens(*shape):
        return torch.randint(3, vocabulary, shape, generator=generator)
    def pixels(vision):
        return torch.randn(2, vision.num_channels, 8, 8, generator=generator)
    match config.model_type:
        case "vit" | "dinov2": return {"pixel_values": pixels(config)}
        case "clip": return {"input_ids": tokens(2, 9), "pixel_values": pixels(config.vision_config)}
        case "t5": return {"input_ids": tokens(2, 7), "decoder_input_ids": tokens(2, 5)}
        case _: return {"input_ids": tokens(2, 11)}


def write(name):
    made, changes, warnings = FOLDERS[name]
    built(name, made).save_pretrained(path(name))
    with open(path(name, "config.json")) as file:
        config = json.load(file)
    tensors = load_file(path(name, "model.safetensors"))
    for change in changes:
        change(config, tensors)
    shutil.rmtree(path(name))
    os.makedirs(path(name))
    with open(path(name, "config.json"), "w") as file:
        file.write(json.dumps(config, indent=2, sort_keys=True) + "\n")
    save_file(tensors, path(name, "model.safetensors"), {"format": "pt"})
    class_name = made[0]
    if "architectures" in config and hasattr(transformers, config["architectures"][0]):
        class_name = config["architectures"][0]
    model, found = getattr(transformers, class_name).from_pretrained(
        path(name), attn_implementation="eager", dtype=torch.float32, output_loading_info=True)
    assert all("pooler" in key for key in found["missing_keys"]), (name, found)
    model.eval()
    given = inputs(model, zlib.crc32(name.encode()) + 1)
    with torch.no_grad():
        answer = model(**given)
    unpooled = bool(found["missing_keys"])
    content = {f"input.{k}": v for k, v in given.items()}
    content |= {f"output.{k}": answer[k].clone().contiguous() for k in OUTPUTS
                if answer.get(k) is not None and not (unpooled and k == "pooler_output")}
    save_file(content, path(name, "case.safetensors"), {"compare": "all"})
    for file in os.listdir(path(name)):
        os.chmod(path(name, file), 0o644)
    return {"folder": name, "warnings": warnings}


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    rows = [write(name) for name in FOLDERS]
    versions = {k: v for k, v in zoo.VERSIONS.items() if k != "peft"}
    zoo.write("found/manifest.json", {"versions": versions, "attention": "eager"}, {"folders": rows})


if __name__ == "__main__":
    main()
