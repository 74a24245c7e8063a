"""The bundled models as transformers builds them, without weights.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

`build(name)` makes a model on the meta device: names and shapes, no numbers. `CONFIGS` maps each
bundled name to its class and to the fields of its published configuration.
"""

import copy
import json
import os
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
warnings.filterwarnings("ignore")

import peft
import torch
import transformers

FIXTURES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

VERSIONS = {
    "peft": peft.__version__,
    "torch": torch.__version__.split("+")[0],
    "transformers": transformers.__version__,
}


# Published configurations, family by family.

def gpt2(width=768, heads=12, layers=12):
    return "GPT2LMHeadModel", "GPT2Config", dict(
        vocab_size=50257, n_positions=1024, n_embd=width, n_layer=layers, n_head=heads,
        activation_function="gelu_new", layer_norm_epsilon=1e-5, initializer_range=0.02,
        bos_token_id=50256, eos_token_id=50256)


def llama(width, inner, layers, heads, kv, **more):
    return "LlamaForCausalLM", "LlamaConfig", {
        **dict(hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
               num_attention_heads=heads, num_key_value_heads=kv, rms_norm_eps=1e-5,
               hidden_act="silu", initializer_range=0.02, attention_bias=False, mlp_bias=False),
        **more}


def llama2(width, inner, layers, heads, kv):
    return llama(width, inner, layers, heads, kv, vocab_size=32000, max_position_embeddings=4096,
                 rope_theta=10000.0, bos_token_id=1, eos_token_id=2, tie_word_embeddings=False)


def llama3(width, inner, layers, heads, kv, positions=8192, factor=None, **more):
    rope = None
    if factor is not None:
        rope = dict(rope_type="llama3", factor=factor, low_freq_factor=1.0, high_freq_factor=4.0,
                    original_max_position_embeddings=8192)
    return llama(width, inner, layers, heads, kv, vocab_size=128256,
                 max_position_embeddings=positions, rope_theta=500000.0, rope_scaling=rope,
                 bos_token_id=128000, eos_token_id=128001,
                 **{"tie_word_embeddings": False, **more})


def qwen2(width, inner, layers, heads, kv, tied, vocabulary=151936):
    return "Qwen2ForCausalLM", "Qwen2Config", dict(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=inner,
        num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=kv,
        hidden_act="silu", max_position_embeddings=131072, rms_norm_eps=1e-6,
        rope_theta=1000000.0, use_sliding_window=False, sliding_window=131072,
        max_window_layers=layers, tie_word_embeddings=tied, bos_token_id=151643,
        eos_token_id=151643)


def qwen3(width, inner, layers, heads, kv, tied):
    return "Qwen3ForCausalLM", "Qwen3Config", dict(
        vocab_size=151936, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=kv, head_dim=128, hidden_act="silu",
        max_position_embeddings=40960, rms_norm_eps=1e-6, rope_theta=1000000.0,
        attention_bias=False, use_sliding_window=False, sliding_window=None,
        max_window_layers=layers, tie_word_embeddings=tied, bos_token_id=151643,
        eos_token_id=151645)


def gemma(width, inner, layers, heads, kv):
    return "GemmaForCausalLM", "GemmaConfig", dict(
        vocab_size=256000, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=kv, head_dim=256,
        hidden_act="gelu_pytorch_tanh", max_position_embeddings=8192, rms_norm_eps=1e-6,
        rope_theta=10000.0, attention_bias=False, bos_token_id=2, eos_token_id=1, pad_token_id=0,
        tie_word_embeddings=True)


def opt(width, inner, layers, heads):
    return "OPTForCausalLM", "OPTConfig", dict(
        vocab_size=50272, hidden_size=width, ffn_dim=inner, num_hidden_layers=layers,
        num_attention_heads=heads, max_position_embeddings=2048, word_embed_proj_dim=width,
        do_layer_norm_before=True, activation_function="relu", dropout=0.1,
        attention_dropout=0.0, bos_token_id=2, eos_token_id=2, pad_token_id=1)


def pythia(width, inner, layers, heads):
    return "GPTNeoXForCausalLM", "GPTNeoXConfig", dict(
        vocab_size=50304, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, hidden_act="gelu", rotary_pct=0.25, rotary_emb_base=10000,
        max_position_embeddings=2048, layer_norm_eps=1e-5, use_parallel_residual=True,
        tie_word_embeddings=False, bos_token_id=0, eos_token_id=0)


def encoder_sizes(large):
    return dict(
        hidden_size=1024 if large else 768, num_hidden_layers=24 if large else 12,
        num_attention_heads=16 if large else 12, intermediate_size=4096 if large else 3072)


def bert(class_name, large=False):
    return class_name, "BertConfig", dict(
        vocab_size=30522, max_position_embeddings=512, type_vocab_size=2, hidden_act="gelu",
        layer_norm_eps=1e-12, pad_token_id=0, **encoder_sizes(large))


def roberta(class_name, large=False):
    return class_name, "RobertaConfig", dict(
        vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, hidden_act="gelu",
        layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        **encoder_sizes(large))


def distilbert(class_name):
    return class_name, "DistilBertConfig", dict(
        vocab_size=30522, max_position_embeddings=512, dim=768, hidden_dim=3072, n_layers=6,
        n_heads=12, activation="gelu", dropout=0.1, attention_dropout=0.1,
        seq_classif_dropout=0.2, qa_dropout=0.1, sinusoidal_pos_embds=False, pad_token_id=0)


def albert(class_name):
    return class_name, "AlbertConfig", dict(
        vocab_size=30000, max_position_embeddings=512, type_vocab_size=2, hidden_act="gelu_new",
        layer_norm_eps=1e-12, pad_token_id=0, embedding_size=128, hidden_size=768,
        num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
        num_hidden_groups=1, inner_group_num=1, hidden_dropout_prob=0,
        attention_probs_dropout_prob=0, classifier_dropout_prob=0.1)


def vit(large=False):
    return "ViTForImageClassification", "ViTConfig", dict(
        image_size=224, patch_size=16, num_channels=3, qkv_bias=True, hidden_act="gelu",
        layer_norm_eps=1e-12, num_labels=1000, **encoder_sizes(large))


def resnet(layer_type, sizes, depths):
    return "ResNetForImageClassification", "ResNetConfig", dict(
        num_channels=3, embedding_size=64, hidden_sizes=sizes, depths=depths,
        layer_type=layer_type, hidden_act="relu", num_labels=1000)


def clip(text, vision, projection, act="quick_gelu", patch=32):
    def tower(width, inner, layers, heads):
        return dict(hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
                    num_attention_heads=heads, hidden_act=act, layer_norm_eps=1e-5,
                    projection_dim=projection)
    return "CLIPModel", "CLIPConfig", dict(
        projection_dim=projection,
        text_config=dict(vocab_size=49408, max_position_embeddings=77, bos_token_id=0,
                         eos_token_id=2, pad_token_id=1, **tower(*text)),
        vision_config=dict(image_size=224, patch_size=patch, num_channels=3, **tower(*vision)))


def t5(width, inner, layers, heads):
    return "T5ForConditionalGeneration", "T5Config", dict(
        vocab_size=32128, d_model=width, d_ff=inner, d_kv=64, num_layers=layers,
        num_decoder_layers=layers, num_heads=heads, relative_attention_num_buckets=32,
        feed_forward_proj="relu", dropout_rate=0.1, layer_norm_epsilon=1e-6,
        is_encoder_decoder=True, decoder_start_token_id=0, eos_token_id=1, pad_token_id=0,
        tie_word_embeddings=True)


def gemma2(width, inner, layers, heads, kv):
    return "Gemma2ForCausalLM", "Gemma2Config", dict(
        vocab_size=256000, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=kv, head_dim=256,
        hidden_activation="gelu_pytorch_tanh", max_position_embeddings=8192, rms_norm_eps=1e-6,
        query_pre_attn_scalar=256, sliding_window=4096, attn_logit_softcapping=50.0,
        final_logit_softcapping=30.0, bos_token_id=2, eos_token_id=1, pad_token_id=0)


def olmo2(width, inner, layers, heads):
    return "Olmo2ForCausalLM", "Olmo2Config", dict(
        vocab_size=100352, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=heads, max_position_embeddings=4096,
        rms_norm_eps=1e-6, rope_theta=500000, pad_token_id=100277, eos_token_id=100257,
        tie_word_embeddings=False)


def bloom(width, layers, heads):
    return "BloomForCausalLM", "BloomConfig", dict(
        vocab_size=250880, hidden_size=width, n_layer=layers, n_head=heads, bos_token_id=1,
        eos_token_id=2, pad_token_id=3)


def falcon(width, layers, heads, **more):
    return "FalconForCausalLM", "FalconConfig", dict(
        vocab_size=65024, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
        alibi=False, bias=False, parallel_attn=True, bos_token_id=11, eos_token_id=11, **more)


def electra(embedding, width, inner, layers, heads):
    return "ElectraModel", "ElectraConfig", dict(
        vocab_size=30522, embedding_size=embedding, hidden_size=width, intermediate_size=inner,
        num_hidden_layers=layers, num_attention_heads=heads, max_position_embeddings=512,
        type_vocab_size=2, layer_norm_eps=1e-12, pad_token_id=0)


def xlm_roberta(large=False):
    return "XLMRobertaModel", "XLMRobertaConfig", dict(
        vocab_size=250002, max_position_embeddings=514, type_vocab_size=1, hidden_act="gelu",
        layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        **encoder_sizes(large))


def modernbert(width, inner, layers, heads):
    return "ModernBertModel", "ModernBertConfig", dict(
        vocab_size=50368, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, classifier_pooling="mean")


CONFIGS = {
    "gpt2": gpt2(),
    "gpt2-medium": gpt2(1024, 16, 24),
    "gpt2-large": gpt2(1280, 20, 36),
    "gpt2-xl": gpt2(1600, 25, 48),
    "distilgpt2": gpt2(layers=6),
    "llama-2-7b": llama2(4096, 11008, 32, 32, 32),
    "llama-2-13b": llama2(5120, 13824, 40, 40, 40),
    "llama-2-70b": llama2(8192, 28672, 80, 64, 8),
    "llama-3-8b": llama3(4096, 14336, 32, 32, 8),
    "llama-3-70b": llama3(8192, 28672, 80, 64, 8),
    "llama-3.1-405b": llama3(16384, 53248, 126, 128, 8, positions=131072, factor=8.0),
    "llama-3.2-1b": llama3(2048, 8192, 16, 32, 8, positions=131072, factor=32.0, head_dim=64,
                           tie_word_embeddings=True),
    "llama-3.2-3b": llama3(3072, 8192, 28, 24, 8, positions=131072, factor=32.0, head_dim=128,
                           tie_word_embeddings=True),
    "qwen2-0.5b": qwen2(896, 4864, 24, 14, 2, tied=True),
    "qwen2-1.5b": qwen2(1536, 8960, 28, 12, 2, tied=True),
    "qwen2-7b": qwen2(3584, 18944, 28, 28, 4, tied=False, vocabulary=152064),
    "qwen3-0.6b": qwen3(1024, 3072, 28, 16, 8, tied=True),
    "qwen3-8b": qwen3(4096, 12288, 36, 32, 8, tied=False),
    "mistral-7b": ("MistralForCausalLM", "MistralConfig", dict(
        vocab_size=32000, hidden_size=4096, intermediate_size=14336, num_hidden_layers=32,
        num_attention_heads=32, num_key_value_heads=8, hidden_act="silu",
        max_position_embeddings=32768, rms_norm_eps=1e-5, rope_theta=10000.0,
        sliding_window=4096, tie_word_embeddings=False, bos_token_id=1, eos_token_id=2)),
    "phi-3-mini": ("Phi3ForCausalLM", "Phi3Config", dict(
        vocab_size=32064, hidden_size=3072, intermediate_size=8192, num_hidden_layers=32,
        num_attention_heads=32, num_key_value_heads=32, hidden_act="silu",
        max_position_embeddings=4096, original_max_position_embeddings=4096, rms_norm_eps=1e-5,
        rope_theta=10000.0, sliding_window=2047, tie_word_embeddings=False, bos_token_id=1,
        eos_token_id=32000, pad_token_id=32000)),
    "gemma-2b": gemma(2048, 16384, 18, 8, 1),
    "gemma-7b": gemma(3072, 24576, 28, 16, 16),
    "opt-125m": opt(768, 3072, 12, 12),
    "opt-1.3b": opt(2048, 8192, 24, 32),
    "pythia-70m": pythia(512, 2048, 6, 8),
    "pythia-410m": pythia(1024, 4096, 24, 16),
    "pythia-1.4b": pythia(2048, 8192, 24, 16),
    "bert-base": bert("BertModel"),
    "bert-large": bert("BertModel", large=True),
    "bert-base-classifier": bert("BertForSequenceClassification"),
    "bert-large-classifier": bert("BertForSequenceClassification", large=True),
    "roberta-base": roberta("RobertaModel"),
    "roberta-large": roberta("RobertaModel", large=True),
    "roberta-base-classifier": roberta("RobertaForSequenceClassification"),
    "roberta-large-classifier": roberta("RobertaForSequenceClassification", large=True),
    "distilbert": distilbert("DistilBertModel"),
    "distilbert-classifier": distilbert("DistilBertForSequenceClassification"),
    "albert-base": albert("AlbertModel"),
    "vit-b16": vit(),
    "vit-l16": vit(large=True),
    "dinov2-b14": ("Dinov2Model", "Dinov2Config", dict(
        hidden_size=768, num_hidden_layers=12, num_attention_heads=12, mlp_ratio=4,
        hidden_act="gelu", layer_norm_eps=1e-6, image_size=518, patch_size=14, num_channels=3,
        qkv_bias=True, layerscale_value=1.0, use_swiglu_ffn=False)),
    "clip-vit-b32": clip((512, 2048, 12, 8), (768, 3072, 12, 12), 512),
    "clip-vit-l14": clip((768, 3072, 12, 12), (1024, 4096, 24, 16), 768, patch=14),
    "clip-vit-h14": clip((1024, 4096, 24, 16), (1280, 5120, 32, 16), 1024, act="gelu", patch=14),
    "resnet-18": resnet("basic", [64, 128, 256, 512], [2, 2, 2, 2]),
    "resnet-50": resnet("bottleneck", [256, 512, 1024, 2048], [3, 4, 6, 3]),
    "t5-small": t5(512, 2048, 6, 8),
    "t5-base": t5(768, 3072, 12, 12),
    "gemma-2-2b": gemma2(2304, 9216, 26, 8, 4),
    "gemma-2-9b": gemma2(3584, 14336, 42, 16, 8),
    "gemma-3-1b": ("Gemma3ForCausalLM", "Gemma3TextConfig", dict(
        vocab_size=262144, hidden_size=1152, intermediate_size=6912, num_hidden_layers=26,
        num_attention_heads=4, num_key_value_heads=1, head_dim=256, max_position_embeddings=32768,
        query_pre_attn_scalar=256, sliding_window=512, bos_token_id=2, eos_token_id=[1, 106],
        pad_token_id=0)),
    "olmo-2-1b": olmo2(2048, 8192, 16, 16),
    "olmo-2-7b": olmo2(4096, 11008, 32, 32),
    "smollm3-3b": ("SmolLM3ForCausalLM", "SmolLM3Config", dict(
        vocab_size=128256, hidden_size=2048, intermediate_size=11008, num_hidden_layers=36,
        num_attention_heads=16, num_key_value_heads=4, max_position_embeddings=65536,
        rope_theta=5000000.0, pad_token_id=128004)),
    "phi-4-mini": ("Phi3ForCausalLM", "Phi3Config", dict(
        vocab_size=200064, hidden_size=3072, intermediate_size=8192, num_hidden_layers=32,
        num_attention_heads=24, num_key_value_heads=8, max_position_embeddings=131072,
        original_max_position_embeddings=4096, partial_rotary_factor=0.75, rms_norm_eps=1e-5,
        rope_theta=10000.0, sliding_window=262144, tie_word_embeddings=True, bos_token_id=199999,
        eos_token_id=199999, pad_token_id=199999)),
    "gpt-j-6b": ("GPTJForCausalLM", "GPTJConfig", dict(
        vocab_size=50400, n_positions=2048, n_embd=4096, n_layer=28, n_head=16, rotary_dim=64)),
    "bloom-560m": bloom(1024, 24, 16),
    "bloom-7b1": bloom(4096, 30, 32),
    "falcon-7b": falcon(4544, 32, 71, multi_query=True, new_decoder_architecture=False),
    "falcon-40b": falcon(8192, 60, 128, new_decoder_architecture=True, num_kv_heads=8),
    "electra-small": electra(128, 256, 1024, 12, 4),
    "electra-base": electra(768, 768, 3072, 12, 12),
    "electra-large": electra(1024, 1024, 4096, 24, 16),
    "xlm-roberta-base": xlm_roberta(),
    "xlm-roberta-large": xlm_roberta(large=True),
    "mpnet-base": ("MPNetModel", "MPNetConfig", dict(
        vocab_size=30527, max_position_embeddings=514, layer_norm_eps=1e-5, hidden_act="gelu",
        relative_attention_num_buckets=32, pad_token_id=1, **encoder_sizes(False))),
    "modernbert-base": modernbert(768, 1152, 22, 12),
    "modernbert-large": modernbert(1024, 2624, 28, 16),
}

# Models whose kinds of layers others have: what PEFT counts on them is not recorded.
UNCOUNTED = set(list(CONFIGS)[list(CONFIGS).index("gemma-2-2b"):])

FAMILIES = {
    "gpt2": "gpt2", "llama": "llama-2-7b", "llama-tied": "llama-3.2-1b", "qwen2": "qwen2-7b",
    "qwen2-tied": "qwen2-0.5b", "qwen3": "qwen3-8b", "qwen3-tied": "qwen3-0.6b",
    "mistral": "mistral-7b", "phi3": "phi-3-mini",
    "gemma": "gemma-2b", "opt": "opt-125m", "gpt_neox": "pythia-70m", "bert": "bert-base",
    "bert-classifier": "bert-base-classifier", "roberta": "roberta-base",
    "roberta-classifier": "roberta-base-classifier", "distilbert": "distilbert",
    "distilbert-classifier": "distilbert-classifier", "albert": "albert-base", "vit": "vit-b16",
    "dinov2": "dinov2-b14",
    "clip": "clip-vit-b32", "t5": "t5-small", "gemma2": "gemma-2-2b", "gemma3_text": "gemma-3-1b",
    "olmo2": "olmo-2-1b", "smollm3": "smollm3-3b", "gptj": "gpt-j-6b", "bloom": "bloom-560m",
    "falcon": "falcon-7b", "falcon-grouped": "falcon-40b", "electra": "electra-small",
    "xlm-roberta": "xlm-roberta-base", "mpnet": "mpnet-base", "modernbert": "modernbert-base",
    "resnet": "resnet-50", "resnet-basic": "resnet-18",
}

LAYER_FIELDS = ("n_layer", "n_layers", "num_hidden_layers", "num_layers", "num_decoder_layers",
                "max_window_layers")
STAGE_FIELDS = ("hidden_sizes", "depths")  # lists of one entry for each stage


def configuration(name, layers=None, **overrides):
    """The transformers configuration of a bundled model; overrides are its own fields' names."""
    class_name, config_name, fields = CONFIGS[name]
    fields = copy.deepcopy(fields)
    if layers is not None:
        for part in (fields, fields.get("text_config", {}), fields.get("vision_config", {})):
            part.update({key: layers for key in LAYER_FIELDS if key in part})
            part.update({key: part[key][:layers] for key in STAGE_FIELDS if key in part})
    for key, value in overrides.items():
        if isinstance(value, dict) and isinstance(fields.get(key), dict):
            fields[key].update(value)
        else:
            fields[key] = value
    config = getattr(transformers, config_name)(**fields)
    config.architectures = [class_name]
    return config


def build(name, layers=None, device="meta", **overrides):
    """A bundled model, by default on the meta device, where tensors have shapes but no numbers."""
    config = configuration(name, layers, **overrides)
    with torch.device(device):
        return getattr(transformers, CONFIGS[name][0])(config)


def ordered(value, field=""):
    """`value` with sorted keys, but not those of `rank_pattern`, where the first match wins."""
    if isinstance(value, dict):
        keys = value if field in ("rank_pattern", "alpha_pattern") else sorted(value)
        return {key: ordered(value[key], key) for key in keys}
    return [ordered(item) for item in value] if isinstance(value, list) else value


def write(path, head, lists):
    """Writes one JSON object: `head`'s fields, then each list of `lists` with one row per line."""
    path = os.path.join(FIXTURES, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)

    def line(value):
        return json.dumps(ordered(value), ensure_ascii=False)

    fields = [f"{line(key)}: {line(head[key])}" for key in sorted(head)]
    for key, rows in lists.items():
        body = ",\n".join("  " + line(row) for row in rows)
        fields.append(f"{line(key)}: [\n{body}\n]" if rows else f"{line(key)}: []")
    with open(path, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(fields) + "\n}\n")
