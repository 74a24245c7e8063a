"""Models small enough for the repository, with random numbers in every parameter.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

`MODELS` maps a name to class, configuration class and fields. Sizes are awkward on purpose.
`build(name)` makes one: all its parameters are drawn anew, since those that transformers draws are
so small, and its norms and biases so plain, that a mistake would not show.
"""

import functools
import math
import re
import zlib

import torch
import transformers
from torch import nn
from transformers.pytorch_utils import Conv1D

import zoo  # noqa: F401  quiets the libraries

torch.set_num_threads(1)

POSITIONS = 37


def gpt2(**more):
    return "GPT2LMHeadModel", "GPT2Config", {
        **dict(vocab_size=61, n_positions=POSITIONS, n_embd=40, n_layer=2, n_head=5, n_inner=47,
               bos_token_id=0, eos_token_id=0),
        **more}


def llama_like(kind, **more):
    return f"{kind}ForCausalLM", f"{kind}Config", {
        **dict(vocab_size=61, hidden_size=32, intermediate_size=45, num_hidden_layers=2,
               num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=POSITIONS,
               rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2, attention_dropout=0.1),
        **more}


def llama(**more):
    return llama_like("Llama", **more)


def opt(**more):
    return "OPTForCausalLM", "OPTConfig", {
        **dict(vocab_size=61, hidden_size=32, ffn_dim=51, num_hidden_layers=2,
               num_attention_heads=4, max_position_embeddings=POSITIONS, word_embed_proj_dim=32,
               attention_dropout=0.1, bos_token_id=2, eos_token_id=2, pad_token_id=1),
        **more}


def gpt_neox(**more):
    return "GPTNeoXForCausalLM", "GPTNeoXConfig", {
        **dict(vocab_size=61, hidden_size=48, intermediate_size=35, num_hidden_layers=2,
               num_attention_heads=3, rotary_pct=0.25, max_position_embeddings=POSITIONS,
               attention_dropout=0.1, hidden_dropout=0.1, bos_token_id=0, eos_token_id=0),
        **more}


def encoder(kind, **more):
    return kind, kind.split("For")[0].removesuffix("Model") + "Config", {
        **dict(vocab_size=61, hidden_size=36, intermediate_size=49, num_hidden_layers=2,
               num_attention_heads=3, max_position_embeddings=POSITIONS, type_vocab_size=3),
        **more}


def roberta(kind, **more):
    return encoder(kind, **{**dict(max_position_embeddings=POSITIONS + 2, type_vocab_size=1,
                                   pad_token_id=1, bos_token_id=0, eos_token_id=2,
                                   layer_norm_eps=1e-5), **more})


def albert(kind, **more):
    """Three layers of fewer parameters: of two groups, or each the same."""
    return encoder(kind, **{**dict(embedding_size=20, num_hidden_layers=3, hidden_dropout_prob=0.1,
                                   attention_probs_dropout_prob=0.1), **more})


def distilbert(kind, **more):
    return kind, "DistilBertConfig", {
        **dict(vocab_size=61, max_position_embeddings=POSITIONS, dim=36, hidden_dim=49, n_layers=2,
               n_heads=3),
        **more}


def vision(kind, config, **more):
    return kind, config, {
        **dict(hidden_size=36, num_hidden_layers=2, num_attention_heads=3, image_size=15,
               patch_size=5, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1),
        **more}


def vit(kind, **more):
    return vision(kind, "ViTConfig", intermediate_size=49, **more)


def resnet(kind, **more):
    return kind, "ResNetConfig", {
        **dict(num_channels=3, embedding_size=8, hidden_sizes=[16, 20], depths=[2, 1]), **more}


def clip(act="quick_gelu", end=2):
    text = dict(hidden_size=32, intermediate_size=29, num_hidden_layers=2, num_attention_heads=4,
                vocab_size=61, max_position_embeddings=21, bos_token_id=0, eos_token_id=end,
                pad_token_id=1, hidden_act=act, attention_dropout=0.1)
    image = dict(hidden_size=36, intermediate_size=27, num_hidden_layers=2, num_attention_heads=3,
                 image_size=15, patch_size=5, hidden_act=act, attention_dropout=0.1)
    return "CLIPModel", "CLIPConfig", dict(projection_dim=23, text_config=text, vision_config=image)


def gemma2(**more):
    return llama_like("Gemma2", **{**dict(
        head_dim=12, num_hidden_layers=3, intermediate_size=29, pad_token_id=0,
        query_pre_attn_scalar=20, sliding_window=5, attn_logit_softcapping=1.5,
        final_logit_softcapping=4.0), **more})


def gemma3(**more):
    head, _, fields = llama_like("Gemma3", **{**dict(
        head_dim=10, num_hidden_layers=3, intermediate_size=29, pad_token_id=0,
        query_pre_attn_scalar=20, sliding_window=5), **more})
    fields.setdefault("layer_types", ["sliding_attention", "full_attention", "sliding_attention"][
        :fields["num_hidden_layers"]])
    return head, "Gemma3TextConfig", fields


def olmo2(**more):
    return llama_like("Olmo2", **{**dict(pad_token_id=1), **more})


def smollm3(**more):
    return llama_like("SmolLM3", **{**dict(pad_token_id=0, no_rope_layer_interval=2), **more})


def gptj(**more):
    return "GPTJForCausalLM", "GPTJConfig", {
        **dict(vocab_size=61, n_positions=POSITIONS, n_embd=40, n_layer=2, n_head=4, rotary_dim=6,
               n_inner=47, attn_pdrop=0.1, bos_token_id=0, eos_token_id=0),
        **more}


def bloom(**more):
    return "BloomForCausalLM", "BloomConfig", {
        **dict(vocab_size=61, hidden_size=36, n_layer=2, n_head=6, hidden_dropout=0.1,
               attention_dropout=0.1, pad_token_id=3),
        **more}


def falcon(**more):
    return "FalconForCausalLM", "FalconConfig", {
        **dict(vocab_size=61, hidden_size=40, num_hidden_layers=2, num_attention_heads=5,
               ffn_hidden_size=43, max_position_embeddings=POSITIONS, hidden_dropout=0.1,
               bos_token_id=0, eos_token_id=0),
        **more}


def electra(kind, **more):
    return encoder(kind, **{**dict(embedding_size=20), **more})


def mpnet(kind, **more):
    return kind, "MPNetConfig", {
        **dict(vocab_size=61, hidden_size=36, intermediate_size=49, num_hidden_layers=2,
               num_attention_heads=3, max_position_embeddings=POSITIONS + 2, layer_norm_eps=1e-5),
        **more}


def modernbert(kind, **more):
    return kind, "ModernBertConfig", {
        **dict(vocab_size=61, hidden_size=36, intermediate_size=25, num_hidden_layers=4,
               num_attention_heads=3, max_position_embeddings=POSITIONS, local_attention=6,
               pad_token_id=0, bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2),
        **more}


def t5(**more):
    return "T5ForConditionalGeneration", "T5Config", {
        **dict(vocab_size=61, d_model=32, d_kv=8, d_ff=31, num_layers=2, num_decoder_layers=2,
               num_heads=3, relative_attention_num_buckets=8, relative_attention_max_distance=20,
               feed_forward_proj="relu"),
        **more}


LLAMA3_ROPE = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0,
                   high_freq_factor=4.0, original_max_position_embeddings=32)
LINEAR_ROPE = dict(rope_type="linear", rope_theta=10000.0, factor=4.0)
WINDOWS = dict(use_sliding_window=True, sliding_window=6, max_window_layers=1,
               num_hidden_layers=3, intermediate_size=35)

MODELS = {
    "gpt2": gpt2(),
    "gpt2-untied": gpt2(tie_word_embeddings=False, n_inner=None, n_head=4, n_embd=32,
                        activation_function="relu", layer_norm_epsilon=1e-3),
    "llama-grouped": llama(hidden_size=48, num_attention_heads=6,
                           intermediate_size=35),
    "llama-tied": llama(num_key_value_heads=4, tie_word_embeddings=True),
    "llama-rope-llama3": llama(num_attention_heads=2, num_key_value_heads=1,
                               rope_parameters=LLAMA3_ROPE),
    "llama-rope-linear": llama(rope_parameters=LINEAR_ROPE),
    "llama-head-size": llama(head_dim=14, num_attention_heads=2, num_key_value_heads=1),
    "llama-biases": llama(attention_bias=True, mlp_bias=True, rms_norm_eps=1e-3,
                          rope_parameters=dict(rope_type="default", rope_theta=500.0)),
    "qwen2": llama_like("Qwen2", use_sliding_window=False),
    "qwen2-windows": llama_like("Qwen2", tie_word_embeddings=True, **WINDOWS),
    "qwen3": llama_like("Qwen3", head_dim=10, tie_word_embeddings=True),
    "qwen3-windows": llama_like("Qwen3", head_dim=8, attention_bias=True, **WINDOWS),
    "mistral": llama_like("Mistral", sliding_window=7),
    "phi3": llama_like("Phi3", sliding_window=5, pad_token_id=0, resid_pdrop=0.1),
    "phi3-partial": llama_like("Phi3", pad_token_id=0, sliding_window=None,
                               partial_rotary_factor=0.5, original_max_position_embeddings=37),
    "gemma": llama_like("Gemma", head_dim=12, num_key_value_heads=1, pad_token_id=0),
    "opt": opt(),
    "opt-norm-last": opt(do_layer_norm_before=False, word_embed_proj_dim=20),
    "gpt_neox": gpt_neox(),
    "gpt_neox-serial": gpt_neox(use_parallel_residual=False, rotary_pct=0.5, rotary_emb_base=2000,
                                hidden_act="gelu_new", layer_norm_eps=1e-3),
    "bert": encoder("BertModel"),
    "bert-classifier": encoder("BertForSequenceClassification", num_labels=5, layer_norm_eps=1e-3),
    "bert-masked-lm": encoder("BertForMaskedLM"),
    "roberta": roberta("RobertaModel"),
    "roberta-classifier": roberta("RobertaForSequenceClassification", num_labels=3,
                                  layer_norm_eps=1e-3),
    "roberta-masked-lm": roberta("RobertaForMaskedLM"),
    "distilbert": distilbert("DistilBertModel"),
    "distilbert-classifier": distilbert("DistilBertForSequenceClassification", num_labels=3),
    "distilbert-masked-lm": distilbert("DistilBertForMaskedLM"),
    "albert": albert("AlbertModel", num_hidden_groups=2, inner_group_num=2),
    "albert-classifier": albert("AlbertForSequenceClassification", num_labels=3,
                                layer_norm_eps=1e-3),
    "albert-masked-lm": albert("AlbertForMaskedLM", num_hidden_groups=2, hidden_act="gelu"),
    "vit": vit("ViTModel"),
    "vit-classifier": vit("ViTForImageClassification", num_labels=7, num_channels=1,
                          qkv_bias=False, layer_norm_eps=1e-3),
    "dinov2": vision("Dinov2Model", "Dinov2Config", mlp_ratio=2, layer_norm_eps=1e-3),
    "clip": clip(end=2),
    "clip-end": clip(act="gelu", end=50),
    "resnet": resnet("ResNetModel"),
    "resnet-classifier": resnet(
        "ResNetForImageClassification", hidden_sizes=[12, 16, 20], depths=[1, 2, 1], num_labels=5,
        downsample_in_bottleneck=True, hidden_act="gelu"),
    "resnet-basic-classifier": resnet(
        "ResNetForImageClassification", layer_type="basic", num_channels=1, hidden_sizes=[8, 11],
        downsample_in_first_stage=True, num_labels=3),
    "t5": t5(),
    "t5-gated": t5(feed_forward_proj="gated-gelu", tie_word_embeddings=False,
                   layer_norm_epsilon=1e-3),
}

DECODERS = {
    "gpt2": gpt2, "llama": llama, "gpt_neox": gpt_neox, "opt": opt,
    **{kind.lower(): functools.partial(llama_like, kind)
       for kind in ("Qwen2", "Qwen3", "Mistral", "Phi3", "Gemma")},
    "gemma2": gemma2, "gemma3_text": gemma3, "olmo2": olmo2, "smollm3": smollm3, "gptj": gptj,
    "bloom": bloom, "falcon": falcon}
SMALL = {"gpt2": dict(n_layer=1, n_embd=20, n_inner=23),
         "opt": dict(num_hidden_layers=1, hidden_size=20, word_embed_proj_dim=20, ffn_dim=23),
         "gptj": dict(n_layer=1, n_embd=24, n_inner=19), "bloom": dict(n_layer=1, hidden_size=24),
         "falcon": dict(num_hidden_layers=1, hidden_size=20, ffn_hidden_size=19)}
WITHOUT_PADDING = {"llama", "gpt_neox"}
PADDING = {"falcon": 9}  # 5 is a token of its cases


def decoder(name, ending, **more):
    """A small decoder with another end than a causal one."""
    small = SMALL.get(name, dict(num_hidden_layers=1, hidden_size=24, intermediate_size=19))
    head, config, fields = DECODERS[name](**{**small, **more})
    body = re.sub("(LMHead|For).*", "", head).replace("Gemma3", "Gemma3Text")
    return body + ending, config, fields


for _name in DECODERS:
    MODELS[f"{_name}-bare"] = decoder(_name, "Model", pad_token_id=5)
    MODELS[f"{_name}-classifier"] = decoder(
        _name, "ForSequenceClassification", num_labels=3,
        pad_token_id=None if _name in WITHOUT_PADDING else PADDING.get(_name, 5))
MODELS["opt-projected-classifier"] = decoder(
    "opt", "ForSequenceClassification", num_labels=4, word_embed_proj_dim=12, pad_token_id=1)

LONGROPE = dict(rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.25, 1.5],
                long_factor=[1.0, 2.5, 4.0])
MODELS |= {
    "gemma2": gemma2(),
    "gemma2-uncapped": gemma2(attn_logit_softcapping=None, final_logit_softcapping=None,
                              tie_word_embeddings=False, attention_bias=True, num_hidden_layers=2,
                              layer_types=["full_attention", "sliding_attention"]),
    "gemma3_text": gemma3(),
    "gemma3_text-linear": gemma3(rope_parameters={
        "full_attention": dict(rope_type="linear", factor=8.0, rope_theta=5000.0),
        "sliding_attention": dict(rope_type="default", rope_theta=300.0)},
        final_logit_softcapping=3.0, num_hidden_layers=2),
    "olmo2": olmo2(),
    "smollm3": smollm3(num_hidden_layers=3),
    "smollm3-listed": smollm3(no_rope_layers=[0, 1], attention_bias=True, mlp_bias=True,
                              tie_word_embeddings=False),
    "phi3-mini-4": llama_like("Phi3", pad_token_id=0, sliding_window=37, num_attention_heads=4,
                              tie_word_embeddings=True, partial_rotary_factor=0.75,
                              rope_parameters=LONGROPE, original_max_position_embeddings=20),
    "gptj": gptj(),
    "gptj-tied": gptj(tie_word_embeddings=True, rotary_dim=10, n_inner=None, n_layer=1),
    "bloom": bloom(),
    "bloom-post-norm": bloom(apply_residual_connection_post_layernorm=True, n_head=4,
                             layer_norm_epsilon=1e-3, n_layer=1),
    "falcon": falcon(),
    "falcon-grouped": falcon(new_decoder_architecture=True, num_attention_heads=4, num_kv_heads=2,
                             bias=True),
    "falcon-one-norm": falcon(new_decoder_architecture=True, num_attention_heads=4, num_kv_heads=2,
                              num_ln_in_parallel_attn=1, tie_word_embeddings=False),
    "falcon-serial": falcon(parallel_attn=False, multi_query=False, attention_dropout=0.1,
                            rope_parameters=dict(rope_type="default", rope_theta=300.0)),
    "electra": electra("ElectraModel"),
    "electra-whole": electra("ElectraModel", embedding_size=36),
    "electra-classifier": electra("ElectraForSequenceClassification", num_labels=4),
    "electra-masked-lm": electra("ElectraForMaskedLM"),
    "electra-discriminator": electra("ElectraForPreTraining"),
    "xlm-roberta": roberta("XLMRobertaModel"),
    "xlm-roberta-classifier": roberta("XLMRobertaForSequenceClassification", num_labels=3),
    "mpnet": mpnet("MPNetModel"),
    "mpnet-classifier": mpnet("MPNetForSequenceClassification", num_labels=3),
    "mpnet-masked-lm": mpnet("MPNetForMaskedLM"),
    "modernbert": modernbert("ModernBertModel"),
    "modernbert-classifier": modernbert("ModernBertForSequenceClassification", num_labels=3,
                                        classifier_bias=True, norm_bias=True, attention_dropout=0.1),
    "modernbert-mean-classifier": modernbert(
        "ModernBertForSequenceClassification", num_labels=3, classifier_pooling="mean",
        num_hidden_layers=1),
    "modernbert-masked-lm": modernbert("ModernBertForMaskedLM", num_hidden_layers=2),
    **{f"{name}-{head}": make(f"{kind}For{ending}", **small)
       for name, kind, make, small in (
           ("bert", "Bert", encoder, dict(num_hidden_layers=1)),
           ("roberta", "Roberta", roberta, dict(num_hidden_layers=1)),
           ("distilbert", "DistilBert", distilbert, dict(n_layers=1)),
           ("electra", "Electra", electra, dict(num_hidden_layers=1)),
           ("mpnet", "MPNet", mpnet, dict(num_hidden_layers=1)),
           ("modernbert", "ModernBert", modernbert, dict(num_hidden_layers=2)))
       for head, ending, small in (
           ("tokens", "TokenClassification", {**small, "num_labels": 5}),
           ("answers", "QuestionAnswering", small))},
}

UNTIED_T5 = {"t5-gated"}  # transformers ties it, unless a file holds a head of its own


def build(name):
    """A model in evaluation, its numbers drawn from a seed of its name."""
    class_name, config_name, fields = MODELS[name]
    config = getattr(transformers, config_name)(**fields)
    model = getattr(transformers, class_name)(config)
    if name in UNTIED_T5:
        model.lm_head.weight = nn.Parameter(torch.empty_like(model.shared.weight))
    draw(model, zlib.crc32(name.encode()))
    return model.eval()


def draw(model, seed):
    """Fills every parameter, such that outputs are of order one and each of them matters."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            module = model.get_submodule(path.rpartition(".")[0])
            center, spread = distribution(path, module, parameter)
            if spread > 0:
                parameter.normal_(center, spread, generator=generator)
        for module in model.modules():  # statistics of a batch norm, as if it had been trained
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3, generator=generator)
                module.running_var.uniform_(0.5, 2, generator=generator)
                module.num_batches_tracked.fill_(17)


def distribution(path, module, parameter):
    """Mean and deviation of a parameter's new entries; no deviation leaves it as it is."""
    leaf, kind = path.rpartition(".")[2], type(module).__name__
    if leaf == "logit_scale":
        return 0, 0
    if leaf == "bias":
        return 0, 0.2
    if "Norm" in kind or leaf == "lambda1":
        return (0 if re.fullmatch(r"Gemma\d?RMSNorm", kind) else 1), 0.2
    if isinstance(module, Conv1D):
        return 0, 1 / math.sqrt(parameter.shape[0])
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        if path.endswith("Attention.q.weight"):  # T5 scales its queries' weights, not the products
            return 0, 0.0625
        return 0, 1 / math.sqrt(parameter[0].numel())
    return 0, 0.5  # tables, and vectors that stand for a token
