"""What the fixtures call a model family's parts: attention, MLP, head, embeddings, norms."""

LLAMA = dict(
    attention=["q_proj", "k_proj", "v_proj", "o_proj"], two=["q_proj", "v_proj"],
    mlp=["gate_proj", "up_proj", "down_proj"], head="lm_head", embeddings=["embed_tokens"],
    norms=["input_layernorm", "post_attention_layernorm", "norm"], stack="layers", task="CAUSAL_LM")
BERT = dict(
    attention=["query", "key", "value", "attention.output.dense"], two=["query", "value"],
    mlp=["intermediate.dense", "output.dense"], head=None,
    embeddings=["word_embeddings", "position_embeddings"], norms=["LayerNorm"], stack="layer",
    task="FEATURE_EXTRACTION")
DISTILBERT = dict(
    attention=["q_lin", "k_lin", "v_lin", "out_lin"], two=["q_lin", "v_lin"],
    mlp=["lin1", "lin2"], head=None, embeddings=["word_embeddings"],
    norms=["sa_layer_norm", "output_layer_norm", "LayerNorm"], stack="layer",
    task="FEATURE_EXTRACTION")
VISION = dict(
    attention=["q_proj", "k_proj", "v_proj", "o_proj"], two=["q_proj", "v_proj"],
    mlp=["fc1", "fc2"], head=None, embeddings=[], conv="patch_embeddings.projection")
CLASSIFIER = dict(head="classifier", task="SEQ_CLS")

PARTS = {
    "gpt2": dict(
        attention=["attn.c_attn", "attn.c_proj"], two=["c_attn", "c_fc"],
        mlp=["c_fc", "mlp.c_proj"], head="lm_head", embeddings=["wte", "wpe"],
        norms=["ln_1", "ln_2", "ln_f"], stack="h", task="CAUSAL_LM"),
    "llama": LLAMA, "qwen2": LLAMA, "mistral": LLAMA, "gemma": LLAMA,
    "qwen3": {**LLAMA, "norms": ["q_norm", "k_norm", "norm"]},
    "phi3": {**LLAMA, "attention": ["qkv_proj", "o_proj"], "two": ["qkv_proj", "down_proj"],
             "mlp": ["gate_up_proj", "down_proj"]},
    "opt": dict(
        attention=["q_proj", "k_proj", "v_proj", "out_proj"], two=["q_proj", "v_proj"],
        mlp=["fc1", "fc2"], head="lm_head", embeddings=["embed_tokens", "embed_positions"],
        norms=["self_attn_layer_norm", "final_layer_norm"], stack="layers", task="CAUSAL_LM"),
    "gpt_neox": dict(
        attention=["query_key_value", "attention.dense"], two=["query_key_value", "dense_h_to_4h"],
        mlp=["dense_h_to_4h", "dense_4h_to_h"], head="lm_head", embeddings=["embed_in"],
        norms=["input_layernorm", "post_attention_layernorm", "final_layer_norm"], stack="layers",
        task="CAUSAL_LM"),
    "bert": BERT, "roberta": BERT,
    "bert-classifier": {**BERT, **CLASSIFIER}, "roberta-classifier": {**BERT, **CLASSIFIER},
    "distilbert": DISTILBERT, "distilbert-classifier": {**DISTILBERT, **CLASSIFIER},
    "vit": {**VISION, **CLASSIFIER, "stack": "layers",
            "norms": ["layernorm_before", "layernorm_after", "layernorm"]},
    "dinov2": {**VISION, "stack": "layer", "norms": ["norm1", "norm2", "layernorm"],
               "task": "FEATURE_EXTRACTION"},
    "clip": dict(
        attention=["q_proj", "k_proj", "v_proj", "out_proj"], two=["q_proj", "v_proj"],
        mlp=["fc1", "fc2"], head="visual_projection",
        embeddings=["token_embedding", "position_embedding"],
        norms=["layer_norm1", "layer_norm2", "pre_layrnorm"], conv="patch_embedding",
        stack="layers", task="FEATURE_EXTRACTION"),
    "t5": dict(
        attention=["q", "k", "v", "o"], two=["q", "v"], mlp=["wi", "wo"], head="lm_head",
        embeddings=["shared"], norms=["layer_norm", "final_layer_norm"], stack="block",
        task="SEQ_2_SEQ_LM"),
}


def parts(name, model_type):
    """The parts of a bundled model, by its name and transformers `model_type`."""
    return PARTS[model_type + ("-classifier" if name.endswith("-classifier") else "")]
