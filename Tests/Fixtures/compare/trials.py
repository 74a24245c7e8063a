"""What the comparisons beside share: random models of all families, and an account of how they went.

A trial is a number. Its model is odd, old or contradictory in places, as files are that are found.
"""

import argparse
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "critical")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
warnings.filterwarnings("ignore")

import torch
import transformers
from safetensors.torch import load_file, save_file

transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
PEFT = os.path.join(HERE, "../../../.build/debug/peft")
OUTPUTS = ("logits", "last_hidden_state", "pooler_output", "logits_per_image", "logits_per_text",
           "text_embeds", "image_embeds")

ACTIVATIONS = ["gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_python", "quick_gelu",
               "relu", "silu", "swish", "tanh", "sigmoid", "gelu_accurate"]
RARE_ACTIVATIONS = ["mish", "relu2", "relu6", "leaky_relu", "linear", "gelu_10", "hardswish",
                    "laplace"]
NOISE = {
    "_name_or_path": "x/y", "_flash_attn_2_enabled": True, "unsloth_fixed": True, "auto_map": {"a": "b"},
    "custom_pipelines": {"a": {"b": "c"}}, "torch_dtype": "float32", "use_cache": False,
    "gradient_checkpointing": True, "is_llama_config": True, "rope_interleaved": False,
    "pooler_type": "first_token_transform", "directionality": "bidi", "max_length": 20, "top_k": 50,
    "output_past": True, "predict_special_tokens": True, "finetuning_task": "sst2",
    "task_specific_params": {"a": {"b": 1}}, "pruned_heads": {}, "bos_token_id": 1, "eos_token_id": 2,
    "transformers.js_config": {"dtype": "q8"}, "is_encoder_decoder_like": False, "prefix": None,
    "summary_type": "cls_index", "n_ctx": 64, "label2id": {"a": 0}, "tokenizer_class": "X",
    "attn_implementation": "eager", "max_sequence_length": 99, "return_dict": True, "score": [],
    "tie_encoder_decoder": False, "chunk_size_feed_forward": 0, "mlp_kind": "", "sep_token_id": 3,
}


class Trial:
    """One configuration, as fields of its config.json, with changes of its weights."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.changes = []
        self.wanted = None
        self.class_name, self.fields = getattr(self, self.rng.choice(FAMILIES))()
        self.fields["architectures"] = [self.class_name]
        self.add_noise()

    # Small choices.

    def maybe(self, share, value, otherwise=None):
        return value if self.rng.random() < share else otherwise

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, *choices):
        return self.rng.choice(choices)

    def activation(self):
        return self.rng.choice(RARE_ACTIVATIONS if self.chance(0.06) else ACTIVATIONS)

    def add_noise(self):
        for name in self.rng.sample(sorted(NOISE), self.rng.choice([0, 0, 1, 2, 4, 9])):
            if name not in self.fields:
                self.fields[name] = NOISE[name]

    # Families.

    def sizes(self):
        heads = self.pick(1, 2, 3, 4, 6)
        return heads, heads * self.pick(2, 4, 6, 8, 10)

    def decoder(self, kind, model_type, **more):
        heads, width = self.sizes()
        fields = dict(
            model_type=model_type, vocab_size=self.pick(17, 23, 64), hidden_size=width,
            intermediate_size=self.pick(8, 21, 32), num_hidden_layers=self.pick(1, 2, 3),
            num_attention_heads=heads,
            num_key_value_heads=self.pick(*[h for h in (1, 2, 3, 4, 6) if heads % h == 0]),
            max_position_embeddings=self.pick(4, 8, 16, 64),
            hidden_act=self.activation(), rms_norm_eps=self.pick(1e-6, 1e-5, 0.1),
            pad_token_id=self.pick(None, 0, 3))
        if self.chance(0.5):
            fields["tie_word_embeddings"] = self.pick(True, False)
        if self.chance(0.15):
            fields["num_key_value_heads"] = None if model_type != "gemma" else heads
        if self.chance(0.1):
            fields["is_causal"] = self.pick(True, False)
        if self.chance(0.3):
            fields["head_dim"] = self.pick(2, 4, 8, 12)
        if self.chance(0.25):
            fields["attention_bias"] = self.pick(True, False)
        if self.chance(0.15):
            fields["mlp_bias"] = self.pick(True, False)
        if self.chance(0.1):
            fields["attention_dropout"] = 0.1
        self.rope(fields, model_type)
        fields.update(more)
        self.head("lm_head.weight", "model.embed_tokens.weight", fields, False)
        if self.chance(0.15):
            self.changes.append(("unprefix", "model."))
        return f"{kind}ForCausalLM", fields

    def llama(self):
        return self.decoder("Llama", "llama")

    def mistral(self):
        name, fields = self.decoder("Mistral", "mistral")
        fields["sliding_window"] = self.pick(None, 3, 5, 4096)
        return name, fields

    def windows(self, fields):
        if self.chance(0.5):
            fields["use_sliding_window"] = self.pick(True, True, False)
            fields["sliding_window"] = self.pick(2, 4, 9, None)
            fields["max_window_layers"] = self.pick(0, 1, 2, 28)
        if self.chance(0.3):
            fields["layer_types"] = [self.pick("full_attention", "sliding_attention")
                                     for _ in range(fields["num_hidden_layers"])]

    def qwen2(self):
        name, fields = self.decoder("Qwen2", "qwen2")
        self.windows(fields)
        return name, fields

    def qwen3(self):
        name, fields = self.decoder("Qwen3", "qwen3")
        fields.setdefault("head_dim", self.pick(4, 8, 10))
        self.windows(fields)
        return name, fields

    def gemma(self):
        name, fields = self.decoder("Gemma", "gemma")
        fields.setdefault("head_dim", self.pick(4, 8, 10))
        return name, fields

    def phi3(self):
        name, fields = self.decoder("Phi3", "phi3")
        fields["pad_token_id"] = 0
        fields.pop("head_dim", None)
        if self.chance(0.5):
            fields["original_max_position_embeddings"] = self.pick(4, 8, 16)
        if self.chance(0.3):
            fields["sliding_window"] = self.pick(None, 3, 99)
        return name, fields

    def rope(self, fields, model_type):
        """Rotary fields in today's spelling, in earlier ones, or in both."""
        size = fields.get("head_dim") or fields["hidden_size"] // fields["num_attention_heads"]
        share = 1.0
        if model_type in ("phi3", "gpt_neox"):
            share = self.pick(1.0, 0.75, 0.5, 0.25, 0.4)
        pairs = (int(size * share) + 1) // 2
        kinds = ["default"] * 4 + ["linear", "dynamic", "yarn", "llama3", "longrope"]
        if model_type == "phi3":
            kinds = ["default", "default", "longrope", "yarn"]
        kind = self.pick(*kinds)
        rope = {self.pick("type", "rope_type"): kind}
        if kind != "default" or self.chance(0.1):
            rope["factor"] = self.pick(1.0, 2.0, 3.5, 8.0)
        if kind == "llama3":
            rope.update(low_freq_factor=1.0, high_freq_factor=self.pick(2.0, 4.0))
        if kind in ("llama3", "yarn", "longrope") and (self.chance(0.6) or model_type == "phi3"):
            rope["original_max_position_embeddings"] = self.pick(4, 8, 16)
        if kind == "yarn" and self.chance(0.4):
            rope.update(beta_fast=self.pick(32, 4.0), beta_slow=self.pick(1, 0.5),
                        truncate=self.pick(True, False))
        if kind == "yarn" and self.chance(0.3):
            rope.update(mscale=self.pick(0.7, 1.0), mscale_all_dim=self.pick(0.0, 0.9))
        if kind in ("yarn", "longrope") and self.chance(0.3):
            rope["attention_factor"] = self.pick(1.0, 1.25)
        if kind == "yarn" and self.chance(0.15):
            rope["factor"] = None
        if kind == "longrope" or model_type == "phi3" and kind == "yarn":
            rope["short_factor"] = [round(1 + 0.1 * i, 2) for i in range(pairs)]
            rope["long_factor"] = [round(1 + 0.9 * i, 2) for i in range(pairs)]
        theta = self.pick(100.0, 10000.0, 500000)
        name = self.pick("rope_parameters", "rope_scaling", "rope_scaling")
        if kind == "default" and self.chance(0.4):
            rope = None
        if name == "rope_parameters" and rope is not None:
            rope["rope_theta"] = theta
        if share != 1.0 or self.chance(0.05):
            where = self.pick("in", "out", "both") if rope is not None else "out"
            field = "rotary_pct" if model_type == "gpt_neox" else "partial_rotary_factor"
            if where in ("in", "both"):
                rope["partial_rotary_factor"] = share
            if where in ("out", "both"):
                fields[field] = share if where == "out" else self.pick(share, 0.5)
        fields[name] = rope
        if name == "rope_scaling" or self.chance(0.2):
            fields["rotary_emb_base" if model_type == "gpt_neox" else "rope_theta"] = theta
        if name == "rope_scaling" and self.chance(0.15):
            fields["rope_parameters"] = {"rope_type": "default", "rope_theta": self.pick(50.0, 10000.0)}
        if self.chance(0.05):
            fields["original_max_position_embeddings"] = self.pick(4, 8)

    def head(self, name, embedding, fields, tied):
        """A head that is there although the configuration says that it is tied, or is not."""
        if fields.get("tie_word_embeddings", tied) and self.chance(0.3):
            self.changes.append((self.pick("own", "own", "twice", "only"), name, embedding))

    def gpt2(self):
        heads, width = self.sizes()
        fields = dict(model_type="gpt2", vocab_size=23, n_positions=self.pick(16, 32),
                      n_embd=width, n_layer=self.pick(1, 2, 3), n_head=heads,
                      n_inner=self.pick(None, 17), activation_function=self.activation(),
                      layer_norm_epsilon=self.pick(1e-5, 0.01))
        for name in ("scale_attn_weights", "scale_attn_by_inverse_layer_idx",
                     "reorder_and_upcast_attn"):
            if self.chance(0.4):
                fields[name] = self.pick(True, False)
        if self.chance(0.15):
            fields["hidden_size"], fields["n_embd"] = width, self.pick(width, 999)
        if self.chance(0.1):
            fields["num_hidden_layers"], fields["n_layer"] = fields["n_layer"], self.pick(1, 7)
        if self.chance(0.3):
            fields["tie_word_embeddings"] = self.pick(True, False)
        if self.chance(0.1):
            fields["is_causal"] = self.pick(True, False)
        self.head("lm_head.weight", "transformer.wte.weight", fields, True)
        if self.chance(0.3):
            self.changes.append(("unprefix", "transformer."))
        return "GPT2LMHeadModel", fields

    def gpt_neox(self):
        heads, width = self.sizes()
        fields = dict(model_type="gpt_neox", vocab_size=23, hidden_size=width,
                      intermediate_size=self.pick(9, 21), num_hidden_layers=self.pick(1, 2),
                      num_attention_heads=heads, hidden_act=self.activation(),
                      max_position_embeddings=self.pick(8, 32))
        for name in ("use_parallel_residual", "attention_bias", "tie_word_embeddings", "is_decoder"):
            if self.chance(0.3):
                fields[name] = self.pick(True, False)
        self.rope(fields, "gpt_neox")
        self.head("lm_head.weight", "gpt_neox.embed_in.weight", fields, False)
        if self.chance(0.3):
            self.changes.append(("rename", "lm_head.", "embed_out."))
        if self.chance(0.15):
            self.changes.append(("unprefix", "gpt_neox."))
        return "GPTNeoXForCausalLM", fields

    def opt(self):
        heads, width = self.sizes()
        fields = dict(model_type="opt", vocab_size=23, hidden_size=width, ffn_dim=self.pick(9, 21),
                      num_hidden_layers=self.pick(1, 2), num_attention_heads=heads,
                      max_position_embeddings=self.pick(16, 32), pad_token_id=1,
                      word_embed_proj_dim=self.pick(width, width, 6),
                      activation_function=self.activation(),
                      do_layer_norm_before=self.pick(True, True, False))
        for name in ("enable_bias", "layer_norm_elementwise_affine", "_remove_final_layer_norm",
                     "tie_word_embeddings"):
            if self.chance(0.25):
                fields[name] = self.pick(True, False)
        if self.chance(0.15):
            fields["layerdrop"] = 0.1
        self.head("lm_head.weight", "model.decoder.embed_tokens.weight", fields, True)
        if self.chance(0.2):
            self.changes.append(("unprefix", "model."))
        return "OPTForCausalLM", fields

    def encoder(self, kind, model_type):
        heads, width = self.sizes()
        head = self.pick("Model", "ForSequenceClassification", "ForMaskedLM")
        fields = dict(model_type=model_type, vocab_size=23, hidden_size=width,
                      intermediate_size=self.pick(9, 21), num_hidden_layers=self.pick(1, 2),
                      num_attention_heads=heads, max_position_embeddings=self.pick(20, 40),
                      hidden_act=self.activation(), type_vocab_size=self.pick(1, 2, 3),
                      layer_norm_eps=self.pick(1e-12, 1e-5),
                      pad_token_id=1 if model_type == "roberta" else self.pick(0, None))
        if self.chance(0.1):
            fields["is_decoder"] = True
        if self.chance(0.2):
            fields["position_embedding_type"] = "absolute"
        self.labels(fields, head)
        prefix = model_type + "."
        embedding = prefix + "embeddings.word_embeddings.weight"
        if head == "ForMaskedLM":
            if self.chance(0.2):
                fields["tie_word_embeddings"] = self.pick(True, False)
            start = "cls.predictions" if model_type == "bert" else "lm_head"
            self.head(f"{start}.decoder.weight", embedding, fields, True)
            self.head(f"{start}.decoder.bias", f"{start}.bias", fields, True)
        if head == "Model" and self.chance(0.3):
            self.changes.append(("drop", "pooler"))
            self.wanted = "last_hidden_state"
        if head == "Model" and self.chance(0.2):
            self.changes.append(("prefix", prefix))
        if head != "Model" and self.chance(0.15):
            self.changes.append(("unprefix", prefix))
        if self.chance(0.2):
            self.changes.append(("rename", "LayerNorm.weight", "LayerNorm.gamma"))
            self.changes.append(("rename", "LayerNorm.bias", "LayerNorm.beta"))
        return kind + head, fields

    def labels(self, fields, head):
        if head != "ForSequenceClassification" or self.chance(0.3):
            return
        count = self.pick(1, 2, 3, 5)
        if self.chance(0.6):
            fields["id2label"] = {str(i): f"l{i}" for i in range(count)}
        if self.chance(0.5):
            fields["num_labels"] = self.pick(count, 4)

    def bert(self):
        return self.encoder("Bert", "bert")

    def roberta(self):
        return self.encoder("Roberta", "roberta")

    def distilbert(self):
        heads, width = self.sizes()
        head = self.pick("Model", "ForSequenceClassification", "ForMaskedLM")
        fields = dict(model_type="distilbert", vocab_size=23, dim=width, hidden_dim=self.pick(9, 21),
                      n_layers=self.pick(1, 2), n_heads=heads, max_position_embeddings=20,
                      activation=self.activation(), pad_token_id=0,
                      sinusoidal_pos_embds=self.pick(True, False))
        if self.chance(0.1):
            fields["hidden_size"] = width
        if self.chance(0.1):
            fields["num_hidden_layers"], fields["n_layers"] = fields["n_layers"], self.pick(1, 4)
        self.labels(fields, head)
        if head == "ForMaskedLM":
            self.head("vocab_projector.weight", "distilbert.embeddings.word_embeddings.weight",
                      fields, True)
        if head == "Model" and self.chance(0.2):
            self.changes.append(("prefix", "distilbert."))
        return "DistilBert" + head, fields

    def t5(self):
        fields = dict(model_type="t5", vocab_size=23, d_model=self.pick(8, 12), d_kv=self.pick(2, 6),
                      d_ff=self.pick(9, 21), num_layers=self.pick(1, 2), num_heads=self.pick(1, 3),
                      relative_attention_num_buckets=self.pick(4, 8), decoder_start_token_id=0,
                      feed_forward_proj=self.pick("relu", "gated-gelu", "gated-silu", "gelu",
                                                  "gated-relu", "silu"))
        if self.chance(0.4):
            fields["num_decoder_layers"] = self.pick(1, 3, None)
        if self.chance(0.5):
            fields["tie_word_embeddings"] = self.pick(True, False)
        if self.chance(0.3):
            fields["scale_decoder_outputs"] = self.pick(True, False)
        if self.chance(0.2):
            fields["dense_act_fn"] = self.pick("gelu_new", "gelu", "relu")
        if self.chance(0.2):
            fields["is_gated_act"] = fields["feed_forward_proj"].startswith("gated")
        if self.chance(0.5):
            name = self.pick("lm_head.weight", "decoder.embed_tokens.weight")
            self.changes.append((self.pick("own", "own", "twice", "only"), name, "shared.weight"))
        return "T5ForConditionalGeneration", fields

    def vision(self, model_type, **more):
        heads, width = self.sizes()
        patch = self.pick(2, 4)
        return dict(model_type=model_type, hidden_size=width, num_hidden_layers=self.pick(1, 2),
                    num_attention_heads=heads, image_size=patch * self.pick(1, 2, 3),
                    patch_size=patch, num_channels=self.pick(1, 3), hidden_act=self.activation(),
                    qkv_bias=self.pick(True, True, False), **more)

    def vit(self):
        head = self.pick("Model", "ForImageClassification")
        fields = self.vision("vit", intermediate_size=self.pick(9, 21))
        self.labels(fields, "ForSequenceClassification" if head != "Model" else "")
        if self.chance(0.15):
            fields["pooler_output_size"] = self.pick(None, 5)
        if self.chance(0.1):
            fields["image_size"] = [fields["image_size"]] * 2
        if head == "Model" and self.chance(0.3):
            self.changes.append(("drop", "pooler"))
            self.wanted = "last_hidden_state"
        return "ViT" + head, fields

    def dinov2(self):
        fields = self.vision("dinov2", mlp_ratio=self.pick(2, 4))
        if self.chance(0.3):
            fields["use_swiglu_ffn"] = self.pick(True, False)
        if self.chance(0.2):
            fields["drop_path_rate"] = 0.1
        if self.chance(0.2):
            fields["use_mask_token"] = self.pick(True, False)
        return "Dinov2Model", fields

    def clip(self):
        heads, width = self.sizes()
        tower = dict(hidden_size=width, intermediate_size=self.pick(9, 21),
                     num_hidden_layers=self.pick(1, 2), num_attention_heads=heads)
        text = dict(tower, vocab_size=23, max_position_embeddings=16, hidden_act=self.activation(),
                    eos_token_id=self.pick(2, 22), bos_token_id=1)
        vision = dict(tower, image_size=8, patch_size=4, num_channels=self.pick(1, 3),
                      hidden_act=self.activation())
        fields = dict(model_type="clip", projection_dim=self.pick(5, 8), text_config=text,
                      vision_config=vision)
        if self.chance(0.2):
            fields["text_config_dict"] = dict(text)
            fields["text_config"] = dict(text, num_attention_heads=1, hidden_act="relu")
        if self.chance(0.1):
            fields["vision_config_dict"] = dict(vision)
        return "CLIPModel", fields


FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "gemma", "phi3", "gpt2", "gpt_neox", "opt", "bert",
            "roberta", "distilbert", "t5", "vit", "dinov2", "clip"]


def apply(change, tensors, generator):
    match change:
        case ("own", name, other) if other in tensors:
            tensors[name] = torch.randn(tensors[other].shape, generator=generator) / 4
        case ("twice", name, other) if other in tensors: tensors[name] = tensors[other].clone()
        case ("only", name, other) if other in tensors: tensors[name] = tensors.pop(other)
        case ("unprefix", prefix):
            for key in [k for k in tensors if k.startswith(prefix)]:
                tensors[key.removeprefix(prefix)] = tensors.pop(key)
        case ("prefix", prefix):
            for key in list(tensors):
                tensors[prefix + key] = tensors.pop(key)
        case ("rename", old, new):
            for key in [k for k in tensors if old in k]:
                tensors[key.replace(old, new)] = tensors.pop(key)
        case ("drop", part):
            for key in [k for k in tensors if part in k]:
                del tensors[key]


def given(config, generator):
    kind = config.model_type
    text = getattr(config, "text_config", config)
    vision = getattr(config, "vision_config", config)
    def tokens(*shape):
        return torch.randint(4, text.vocab_size, shape, generator=generator)
    def pixels():
        size = vision.image_size if isinstance(vision.image_size, int) else vision.image_size[0]
        return torch.randn(2, vision.num_channels, size, size, generator=generator)
    if kind in ("vit", "dinov2"):
        return {"pixel_values": pixels()}
    if kind == "clip":
        return {"input_ids": tokens(2, 7), "pixel_values": pixels()}
    if kind == "t5":
        return {"input_ids": tokens(2, 7), "decoder_input_ids": tokens(2, 5)}
    return {"input_ids": tokens(2, 11)}


def write(folder, trial, generator):
    """Writes config.json and weights."""
    with open(f"{folder}/config.json", "w") as file:
        json.dump(trial.fields, file, indent=1)
    config = transformers.AutoConfig.from_pretrained(folder)
    model = getattr(transformers, trial.class_name)(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 if parameter.dim() > 1 else 0.2
            center = 1 if re.search(r"[nN]orm.*weight|lambda", name) and config.model_type != "gemma" else 0
            parameter.normal_(center, spread, generator=generator)
    state = model.state_dict()
    kept, seen = {}, set()
    for name, tensor in state.items():
        if tensor.data_ptr() not in seen or tensor.numel() == 0:
            kept[name] = tensor.clone().contiguous()
            seen.add(tensor.data_ptr())
    for change in trial.changes:
        apply(change, kept, generator)
    save_file(kept, f"{folder}/model.safetensors", {"format": "pt"})


def loaded(folder, trial):
    """The model as transformers reads it, with all of its weights, in single precision."""
    cls = getattr(transformers, trial.class_name)
    model, found = cls.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32,
                                       output_loading_info=True)
    missing = [k for k in found["missing_keys"] if "pooler" not in k or trial.wanted is None]
    if missing or found["mismatched_keys"]:
        raise ValueError(f"missing keys {missing[:3]}")
    return model.eval()


def answered(model, inputs, trial):
    with torch.no_grad():
        answer = model(**inputs)
    wanted = [trial.wanted] if trial.wanted else OUTPUTS
    return {k: answer[k] for k in wanted if answer.get(k) is not None}


def peft(*arguments):
    return subprocess.run([PEFT, *arguments], capture_output=True, text=True)


def distance(got, expected):
    """The largest difference of all outputs, against the largest entry of each or 1; or what is amiss."""
    worst = 0.0
    for name, value in expected.items():
        if name not in got or got[name].shape != value.shape:
            raise ValueError(f"{name} is missing or misshapen")
        if not got[name].isfinite().all():
            raise ValueError(f"{name} is not finite")
        worst = max(worst, ((got[name] - value).abs().max() / value.abs().max().clamp(min=1)).item())
    return worst


def cause(text):
    """The error without its place, to count it."""
    line = next((l for l in text.splitlines() if "error: " in l), text.splitlines()[0] if text else "?")
    return re.sub(r"^.*?error: ", "", line)[:110]


class Account:
    """Verdicts of trials, counted, and by cause with an example of each."""

    def __init__(self):
        self.counts = collections.Counter()
        self.causes = collections.defaultdict(collections.Counter)
        self.examples = {}

    def add(self, number, verdict, detail, kind):
        """`kind` is what trials have in common that are counted together."""
        self.counts[verdict] += 1
        if detail:
            self.causes[verdict][kind] += 1
            self.examples.setdefault((verdict, kind), (number, detail))

    def show(self):
        for verdict, count in self.counts.most_common():
            print(f"{count:6} {verdict}")
        ran = sum(count for verdict, count in self.counts.items() if verdict != "skipped")
        refused = sum(count for verdict, count in self.counts.items() if verdict.startswith("refused"))
        print(f"{100 * refused / max(1, ran):.1f} % of {ran} refused")
        for verdict in self.causes:
            print(f"\n{verdict}:")
            for kind, count in self.causes[verdict].most_common(40):
                number, example = self.examples[(verdict, kind)]
                print(f"  {count:5}  {example[:400]}  (--only {number})")


def arguments(count):
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--peft", default=PEFT, help="the command to try")
    return parser


def main(run, count, kind, fails):
    """Runs trials, each in a folder of its own, and says how they went.

    `run(folder, number, seed)` gives a verdict and a detail, `kind(verdict, detail)` what is counted
    together, and `fails` names verdicts that must not occur.
    """
    global PEFT
    options = arguments(count).parse_args()
    PEFT = options.peft
    account = Account()
    numbers = range(options.start, options.start + options.count)
    for number in numbers if options.only is None else [options.only]:
        folder = tempfile.mkdtemp(prefix=f"trial-{number}-")
        try:
            verdict, detail = run(folder, number, options.seed)
        finally:
            if options.only is None:
                shutil.rmtree(folder, ignore_errors=True)
        if options.only is not None:
            return print(folder, verdict, detail, sep="\n")
        account.add(number, verdict, detail, kind(verdict, detail))
    account.show()
    sys.exit(any(account.counts[verdict] for verdict in fails))
