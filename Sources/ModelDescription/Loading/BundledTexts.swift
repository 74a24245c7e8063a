// swift-format-ignore-file
// Written by Scripts/embed_files.py from Models/*.yaml: change those.

enum BundledTexts {
  static let all: [String: String] = [
    "albert-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: albert.yaml
name: albert-base
summary: ALBERT base v2, without a head.

dimensions:
  width: 768
  inner: 3072
  heads: 12

"""##,
    "albert": ##"""
# yaml-language-server: $schema=model.schema.json
name: albert
summary: The ALBERT family; its sizes extend this description. As it stands it is ALBERT xxlarge, without a head.
model_type: albert
output_embedding: ${if($head == 'masked_lm', 'predictions.decoder', '')}

dimensions:
  prefix: ""
  head: none
  labels: 2
  vocabulary: 30000
  padding: 0
  positions: 512
  token_types: 2
  embedding: 128
  width: 4096
  inner: 16384
  heads: 64
  layers: 12
  # Layers of a group have the same parameters; a turn of a group is as many layers as it has parameters for.
  groups: 1
  group_layers: 1
  epsilon: 1e-12
  activation: gelu_tanh
  dropout: 0
  attention_dropout: 0
  classifier_dropout: 0.1
  tied: true

architectures:
  AlbertModel: {prefix: "", head: none}
  AlbertForSequenceClassification: {prefix: albert, head: classifier}
  AlbertForMaskedLM: {prefix: albert, head: masked_lm}

config:
  vocab_size: vocabulary
  pad_token_id: {to: padding, none: none}
  max_position_embeddings: positions
  type_vocab_size: token_types
  embedding_size: embedding
  hidden_size: width
  intermediate_size: inner
  num_attention_heads: heads
  num_hidden_layers: layers
  num_hidden_groups: groups
  inner_group_num: group_layers
  layer_norm_eps: epsilon
  hidden_act: {to: activation, as: activation}
  hidden_dropout_prob: dropout
  attention_probs_dropout_prob: attention_dropout
  classifier_dropout_prob: classifier_dropout
  id2label: {to: labels, as: count}
  num_labels: labels
  tie_word_embeddings: tied
  position_embedding_type: {only: [absolute]}
  # Of the first release; transformers does not read them.
  down_scale_factor: ignored
  gap_size: ignored
  net_structure_type: ignored
  num_memory_blocks: ignored

# Bare models and those with a head read each other's files.
checkpoint:
  albert.**: "**"
  "**": albert.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}
  token_type_ids: {type: tokens, shape: [batch, sequence], optional: true}

blocks:
  # A layer, in the order in which transformers registers its parts.
  layers:
    inputs: [x, mask]
    graph:
      - repeat:
          name: albert_layers
          count: $group_layers
          modules:
            - full_layer_layer_norm
            - attention
            - ffn
            - ffn_output
            - activation
            - dropout: Dropout
          graph:
            - block:
                name: attention
                modules: [attention_dropout: Dropout, output_dropout, query, key, value, dense, LayerNorm]
                graph:
                  - linear: {name: query, out: $width, from: x, to: q}
                  - linear: {name: key, out: $width, from: x, to: k}
                  - linear: {name: value, out: $width, from: x, to: v}
                  - attention: {heads: $heads, dropout: $attention_dropout, mask: mask, from: [q, k, v]}
                  - linear: {name: dense, out: $width}
                  - dropout: {name: output_dropout, rate: $dropout}
                  - add: {from: [previous, x]}
                  - layer_norm: {name: LayerNorm, epsilon: $epsilon, to: x}
            - linear: {name: ffn, out: $inner}
            - activation: {name: activation, function: $activation}
            - linear: {name: ffn_output, out: $width}
            - add: {from: [previous, x]}
            - layer_norm: {name: full_layer_layer_norm, epsilon: $epsilon, to: x}
  encoder:
    inputs: [x, mask]
    graph:
      - linear: {name: encoder.embedding_hidden_mapping_in, out: $width, from: x, to: x}
      # Of L layers, layer i is one of group i · groups // L.
      - repeat:
          name: encoder.albert_layer_groups
          count: $groups
          graph:
            - repeat:
                count: (($index + 1) * $layers + $groups - 1) // $groups - ($index * $layers + $groups - 1) // $groups
                shared: true
                graph:
                  - layers: {from: [x, mask], to: x}

graph:
  - block:
      name: $prefix
      graph:
        - embedding: {name: embeddings.word_embeddings, count: $vocabulary, size: $embedding, padding: $padding, from: input_ids, to: words}
        - positions: {name: embeddings.position_embeddings, count: $positions, size: $embedding, like: input_ids, to: places}
        - embedding: {name: embeddings.token_type_embeddings, count: $token_types, size: $embedding, from: token_type_ids, to: types}
        - add: {from: [words, types, places]}
        - layer_norm: {name: embeddings.LayerNorm, epsilon: $epsilon}
        - dropout: {name: embeddings.dropout, rate: $dropout}
        - encoder: {from: [previous, attention_mask], to: x}
        - block:
            when: $head != 'masked_lm'
            graph:
              - take_token: {at: 0, from: x}
              - linear: {name: pooler, out: $width}
              - tanh: {name: pooler_activation, to: pooled}
  - block:
      when: $head == 'classifier'
      graph:
        - dropout: {name: dropout, rate: $classifier_dropout, from: pooled}
        - linear: {name: classifier, out: $labels, to: logits}
  - block:
      name: predictions
      when: $head == 'masked_lm'
      modules: [LayerNorm, dense, decoder, activation]
      graph:
        - linear: {name: dense, out: $embedding, from: x}
        - activation: {name: activation, function: $activation}
        - layer_norm: {name: LayerNorm, epsilon: $epsilon, to: x}
        - parameter: {name: bias, shape: [$vocabulary]}
        - linear:
            name: decoder
            out: $vocabulary
            weight: $prefix.embeddings.word_embeddings.weight
            bias_from: predictions.bias
            from: x
            to: logits
            when: $tied
        - linear: {name: decoder, out: $vocabulary, from: x, to: logits, when: not $tied}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  pooler_output: {from: pooled, when: $head == 'none', optional: true}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "bert-base-classifier": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bert.yaml
name: bert-base-classifier
summary: BERT base with a head that tells texts apart.
dimensions:
  prefix: bert
  head: classifier

"""##,
    "bert-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bert.yaml
name: bert-base
summary: BERT base, uncased, without a head.

"""##,
    "bert-large-classifier": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bert-large.yaml
name: bert-large-classifier
summary: BERT large with a head that tells texts apart.
dimensions:
  prefix: bert
  head: classifier

"""##,
    "bert-large": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bert.yaml
name: bert-large
summary: BERT large, uncased, without a head.
dimensions:
  width: 1024
  inner: 4096
  heads: 16
  layers: 24

"""##,
    "bert": ##"""
# yaml-language-server: $schema=model.schema.json
name: bert
summary: The BERT family; its sizes and heads extend this description. As it stands it is BERT base, without a head.
model_type: bert
output_embedding: ${if($head == 'masked_lm', 'cls.predictions.decoder', '')}

dimensions:
  prefix: ""
  # What stands on the body: classifier, masked_lm, token_classifier, question_answering or none.
  head: none
  labels: 2
  vocabulary: 30522
  padding: 0
  positions: 512
  token_types: 2
  width: 768
  inner: 3072
  heads: 12
  layers: 12
  epsilon: 1e-12
  activation: gelu
  dropout: 0.1
  attention_dropout: 0.1
  classifier_dropout: $dropout
  tied: true
  decoder: false
  masks_later_tokens: true
  causal: $decoder and $masks_later_tokens

architectures:
  BertModel: {prefix: "", head: none}
  BertForSequenceClassification: {prefix: bert, head: classifier}
  BertForMaskedLM: {prefix: bert, head: masked_lm}
  BertForTokenClassification: {prefix: bert, head: token_classifier}
  BertForQuestionAnswering: {prefix: bert, head: question_answering}

config:
  vocab_size: vocabulary
  pad_token_id: {to: padding, none: none}
  max_position_embeddings: positions
  type_vocab_size: token_types
  hidden_size: width
  intermediate_size: inner
  num_attention_heads: heads
  num_hidden_layers: layers
  layer_norm_eps: epsilon
  hidden_act: {to: activation, as: activation}
  hidden_dropout_prob: dropout
  attention_probs_dropout_prob: attention_dropout
  classifier_dropout: classifier_dropout
  id2label: {to: labels, as: count}
  num_labels: labels
  tie_word_embeddings: tied
  position_embedding_type: {only: [absolute]}
  is_decoder: decoder
  is_causal: masks_later_tokens
  add_cross_attention: {only: [false]}

# The first files have other names for a norm's two parameters. Bare models and those with a head
# read each other's files.
checkpoint:
  "**.LayerNorm.weight": "**.LayerNorm.gamma"
  "**.LayerNorm.bias": "**.LayerNorm.beta"
  bert.**: "**"
  "**": bert.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}
  token_type_ids: {type: tokens, shape: [batch, sequence], optional: true}

blocks:
  encoder:
    inputs: [x, mask]
    graph:
      - repeat:
          name: encoder.layer
          count: $layers
          modules:
            - attention.self
            - attention.output.dense
            - attention.output.LayerNorm
            - intermediate
            - output.dense
            - output.LayerNorm
          graph:
            - block:
                name: attention.self
                modules: [query, key, value, dropout: Dropout]
                graph:
                  - linear: {name: query, out: $width, from: x, to: q}
                  - linear: {name: key, out: $width, from: x, to: k}
                  - linear: {name: value, out: $width, from: x, to: v}
                  - attention: {heads: $heads, causal: $causal, dropout: $attention_dropout, mask: mask, from: [q, k, v]}
            - linear: {name: attention.output.dense, out: $width}
            - dropout: {name: attention.output.dropout, rate: $dropout}
            - add: {from: [previous, x]}
            - layer_norm: {name: attention.output.LayerNorm, epsilon: $epsilon, to: x}
            - linear: {name: intermediate.dense, out: $inner}
            - activation: {name: intermediate.intermediate_act_fn, function: $activation}
            - linear: {name: output.dense, out: $width}
            - dropout: {name: output.dropout, rate: $dropout}
            - add: {from: [previous, x]}
            - layer_norm: {name: output.LayerNorm, epsilon: $epsilon, to: x}
  pooler:
    inputs: [x]
    graph:
      - take_token: {at: 0}
      - linear: {name: pooler.dense, out: $width}
      - tanh: {name: pooler.activation}

graph:
  - block:
      name: $prefix
      graph:
        - embedding: {name: embeddings.word_embeddings, count: $vocabulary, size: $width, padding: $padding, from: input_ids, to: words}
        - positions: {name: embeddings.position_embeddings, count: $positions, size: $width, like: input_ids, to: places}
        - embedding: {name: embeddings.token_type_embeddings, count: $token_types, size: $width, from: token_type_ids, to: types}
        - add: {from: [words, types, places]}
        - layer_norm: {name: embeddings.LayerNorm, epsilon: $epsilon}
        - dropout: {name: embeddings.dropout, rate: $dropout}
        - encoder: {from: [previous, attention_mask], to: x}
        - pooler: {from: x, to: pooled, when: $head == 'none' or $head == 'classifier'}
  - block:
      when: $head == 'classifier'
      graph:
        - dropout: {name: dropout, rate: $classifier_dropout, from: pooled}
        - linear: {name: classifier, out: $labels, to: logits}
  - block:
      when: $head == 'token_classifier'
      graph:
        - dropout: {name: dropout, rate: $classifier_dropout, from: x}
        - linear: {name: classifier, out: $labels, to: logits}
  - linear: {name: qa_outputs, out: $labels, from: x, to: logits, when: $head == 'question_answering'}
  - block:
      name: cls.predictions
      when: $head == 'masked_lm'
      graph:
        - linear: {name: transform.dense, out: $width, from: x}
        - activation: {name: transform.transform_act_fn, function: $activation}
        - layer_norm: {name: transform.LayerNorm, epsilon: $epsilon, to: x}
        - parameter: {name: bias, shape: [$vocabulary]}
        - linear:
            name: decoder
            out: $vocabulary
            weight: $prefix.embeddings.word_embeddings.weight
            bias_from: cls.predictions.bias
            from: x
            to: logits
            when: $tied
        - linear: {name: decoder, out: $vocabulary, from: x, to: logits, when: not $tied}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  pooler_output: {from: pooled, when: $head == 'none', optional: true}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "bloom-560m": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bloom.yaml
name: bloom-560m
summary: BLOOM with 560 million parameters.
dimensions:
  padding: 3
  width: 1024
  heads: 16
  layers: 24

"""##,
    "bloom-7b1": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bloom.yaml
name: bloom-7b1
summary: BLOOM with 7.1 billion parameters.
dimensions:
  padding: 3
  width: 4096
  heads: 32
  layers: 30

"""##,
    "bloom": ##"""
# yaml-language-server: $schema=model.schema.json
name: bloom
summary: The BLOOM family; its sizes extend this description. As it stands it is what an empty configuration means.
model_type: bloom
output_embedding: ${if($head == 'causal_lm', 'lm_head', '')}

dimensions:
  prefix: transformer
  # What stands on the body: causal_lm, classifier or none.
  head: causal_lm
  labels: 2
  padding: none
  vocabulary: 250880
  width: 64
  heads: 8
  layers: 2
  epsilon: 1e-5
  dropout: 0
  attention_dropout: 0
  # Whether sums take what was normalized.
  sums_normalized: false
  tied: true
  causal: true

architectures:
  BloomForCausalLM: {}
  BloomForSequenceClassification: {head: classifier}
  BloomModel: {prefix: "", head: none}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  pad_token_id: {to: padding, none: none}
  vocab_size: vocabulary
  hidden_size: width
  n_embed: {same_as: hidden_size}
  n_layer: layers
  num_hidden_layers: {same_as: n_layer}
  n_head: heads
  num_attention_heads: {same_as: n_head}
  layer_norm_epsilon: epsilon
  hidden_dropout: dropout
  attention_dropout: attention_dropout
  apply_residual_connection_post_layernorm: sums_normalized
  tie_word_embeddings: tied
  is_causal: causal
  n_inner: {only: [], otherwise: layers of this family are four times as wide inside}
  # Of the program that trained it.
  attention_softmax_in_fp32: ignored
  bias_dropout_fusion: ignored
  masked_softmax_fusion: ignored
  offset_alibi: ignored
  skip_bias_add: ignored
  skip_bias_add_qkv: ignored
  # The order of a sum.
  slow_but_exact: ignored

# Bare models and those with a head read each other's files.
checkpoint:
  transformer.**: "**"
  word_embeddings.**: transformer.word_embeddings.**
  word_embeddings_layernorm.**: transformer.word_embeddings_layernorm.**
  h.**: transformer.h.**
  ln_f.**: transformer.ln_f.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

graph:
  - block:
      name: $prefix
      graph:
        - embedding: {name: word_embeddings, count: $vocabulary, size: $width, from: input_ids}
        - layer_norm: {name: word_embeddings_layernorm, epsilon: $epsilon, to: x}
        - repeat:
            name: h
            count: $layers
            modules: [input_layernorm, self_attention, post_attention_layernorm, mlp]
            graph:
              - layer_norm: {name: input_layernorm, epsilon: $epsilon, from: x, to: h}
              - block: {graph: [], from: h, to: x, when: $sums_normalized}
              - block:
                  name: self_attention
                  modules: [query_key_value, dense, attention_dropout: Dropout]
                  graph:
                    - linear: {name: query_key_value, out: 3 * $width, from: h}
                    - split: {parts: 3, groups: $heads, to: [q, k, v]}
                    - attention:
                        heads: $heads
                        causal: $causal
                        alibi: true
                        dropout: $attention_dropout
                        mask: attention_mask
                        from: [q, k, v]
                    - linear: {name: dense, out: $width}
              - dropout: {rate: $dropout}
              - add: {from: [x, previous], to: x}
              - layer_norm: {name: post_attention_layernorm, epsilon: $epsilon, from: x, to: h}
              - block: {graph: [], from: h, to: x, when: $sums_normalized}
              - block:
                  name: mlp
                  graph:
                    - linear: {name: dense_h_to_4h, out: 4 * $width, from: h}
                    - gelu: {name: gelu_impl, approximate: tanh}
                    - linear: {name: dense_4h_to_h, out: $width}
              - dropout: {rate: $dropout}
              - add: {from: [x, previous], to: x}
        - layer_norm: {name: ln_f, epsilon: $epsilon, from: x, to: x}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: $prefix.word_embeddings.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "clip-vit-b32": ##"""
# yaml-language-server: $schema=model.schema.json
extends: clip.yaml
name: clip-vit-b32
summary: CLIP, base size, patches of 32.
dimensions:
  end_token: 2

"""##,
    "clip-vit-h14": ##"""
# yaml-language-server: $schema=model.schema.json
extends: clip.yaml
name: clip-vit-h14
summary: CLIP, huge size, patches of 14.
dimensions:
  layers: 32
  text_layers: min(24, $layers)
  end_token: 2
  projection: 1024
  text_width: 1024
  text_inner: 4096
  text_heads: 16
  text_activation: gelu
  patch: 14
  vision_width: 1280
  vision_inner: 5120
  vision_heads: 16
  vision_activation: gelu

"""##,
    "clip-vit-l14": ##"""
# yaml-language-server: $schema=model.schema.json
extends: clip.yaml
name: clip-vit-l14
summary: CLIP, large size, patches of 14.
dimensions:
  layers: 24
  text_layers: min(12, $layers)
  end_token: 2
  projection: 768
  text_width: 768
  text_inner: 3072
  text_heads: 12
  patch: 14
  vision_width: 1024
  vision_inner: 4096
  vision_heads: 16

"""##,
    "clip": ##"""
# yaml-language-server: $schema=model.schema.json
name: clip
summary: The CLIP family; its sizes extend this description. As it stands it is the base size with patches of 32.
model_type: clip

dimensions:
  # Both towers, unless one is set by itself.
  layers: 12
  projection: 512
  vocabulary: 49408
  positions: 77
  end_token: 49407
  text_width: 512
  text_inner: 2048
  text_heads: 8
  text_layers: $layers
  text_epsilon: 1e-5
  text_activation: quick_gelu
  text_dropout: 0
  image: 224
  patch: 32
  channels: 3
  vision_width: 768
  vision_inner: 3072
  vision_heads: 12
  vision_layers: $layers
  vision_epsilon: 1e-5
  vision_activation: quick_gelu
  vision_dropout: 0

architectures:
  CLIPModel: {}

config:
  projection_dim: projection
  logit_scale_init_value: ignored
  tie_word_embeddings: ignored
  text_config_dict: {same_as: text_config}
  vision_config_dict: {same_as: vision_config}
  text_config.hidden_size: text_width
  text_config.intermediate_size: text_inner
  text_config.num_hidden_layers: text_layers
  text_config.num_attention_heads: text_heads
  text_config.layer_norm_eps: text_epsilon
  text_config.attention_dropout: text_dropout
  text_config.hidden_act: {to: text_activation, as: activation}
  text_config.projection_dim: ignored
  text_config.dropout: ignored
  text_config.tie_word_embeddings: ignored
  text_config.is_causal: {only: [true]}
  text_config.vocab_size: vocabulary
  text_config.max_position_embeddings: positions
  text_config.eos_token_id: end_token
  vision_config.hidden_size: vision_width
  vision_config.intermediate_size: vision_inner
  vision_config.num_hidden_layers: vision_layers
  vision_config.num_attention_heads: vision_heads
  vision_config.layer_norm_eps: vision_epsilon
  vision_config.attention_dropout: vision_dropout
  vision_config.hidden_act: {to: vision_activation, as: activation}
  vision_config.projection_dim: ignored
  vision_config.dropout: ignored
  vision_config.tie_word_embeddings: ignored
  vision_config.is_causal: ignored
  vision_config.image_size: {to: image, as: square}
  vision_config.patch_size: {to: patch, as: square}
  vision_config.num_channels: channels

checkpoint:
  "**": clip.**

inputs:
  input_ids: {type: tokens, shape: [texts, sequence]}
  pixel_values: {type: numbers, shape: [images, $channels, $image, $image]}
  attention_mask: {type: mask, shape: [texts, sequence], optional: true}

blocks:
  # What stands before attention in a layer, and what stands behind it.
  queries:
    arguments: {width: null, epsilon: null}
    inputs: [x]
    outputs: [q, k, v]
    graph:
      - layer_norm: {name: layer_norm1, epsilon: $epsilon, to: h}
      - linear: {name: self_attn.k_proj, out: $width, from: h, to: k}
      - linear: {name: self_attn.v_proj, out: $width, from: h, to: v}
      - linear: {name: self_attn.q_proj, out: $width, from: h, to: q}
  rest:
    arguments: {width: null, inner: null, epsilon: null, activation: null}
    inputs: [x, attended]
    graph:
      - linear: {name: self_attn.out_proj, out: $width, from: attended}
      - add: {from: [x, previous], to: x}
      - layer_norm: {name: layer_norm2, epsilon: $epsilon}
      - linear: {name: mlp.fc1, out: $inner}
      - activation: {name: mlp.activation_fn, function: $activation}
      - linear: {name: mlp.fc2, out: $width}
      - add: {from: [x, previous]}

modules: [text_model, vision_model, visual_projection, text_projection]

graph:
  - parameter: {name: logit_scale, shape: [], to: scale}

  - embedding: {name: text_model.embeddings.token_embedding, count: $vocabulary, size: $text_width, from: input_ids, to: tokens}
  - positions: {name: text_model.embeddings.position_embedding, count: $positions, size: $text_width, like: input_ids, to: places}
  - add: {from: [tokens, places], to: x}
  - repeat:
      name: text_model.encoder.layers
      count: $text_layers
      modules: [self_attn.k_proj, self_attn.v_proj, self_attn.q_proj, self_attn.out_proj, layer_norm1, mlp.activation_fn, mlp.fc1, mlp.fc2, layer_norm2]
      graph:
        - queries: {width: $text_width, epsilon: $text_epsilon, from: x, to: [q, k, v]}
        - attention:
            name: self_attn
            heads: $text_heads
            mask: attention_mask
            causal: true
            dropout: $text_dropout
            from: [q, k, v]
        - rest:
            width: $text_width
            inner: $text_inner
            epsilon: $text_epsilon
            activation: $text_activation
            from: [x, previous]
            to: x
  - layer_norm: {name: text_model.final_layer_norm, epsilon: $text_epsilon, from: x, to: x}
  # The first files say 2 where the end of a text is its largest token.
  - take_token: {end_of: input_ids, to: pooled, when: $end_token == 2}
  - take_token: {end_of: input_ids, end_token: $end_token, from: x, to: pooled, when: $end_token != 2}
  - linear: {name: text_projection, out: $projection, bias: false, from: pooled}
  - unit_length: {to: text}

  - parameter: {name: vision_model.embeddings.class_embedding, shape: [$vision_width]}
  - reshape: {shape: [1, 1, $vision_width], to: class}
  - conv2d: {name: vision_model.embeddings.patch_embedding, out: $vision_width, kernel: $patch, stride: $patch, bias: false, from: pixel_values}
  - patches
  - concatenate: {axis: 1, from: [class, previous], to: x}
  - positions:
      name: vision_model.embeddings.position_embedding
      count: ($image // $patch) * ($image // $patch) + 1
      size: $vision_width
      like: x
  - add: {from: [x, previous]}
  - layer_norm: {name: vision_model.pre_layrnorm, epsilon: $vision_epsilon, to: x}
  - repeat:
      name: vision_model.encoder.layers
      count: $vision_layers
      modules: [self_attn.k_proj, self_attn.v_proj, self_attn.q_proj, self_attn.out_proj, layer_norm1, mlp.activation_fn, mlp.fc1, mlp.fc2, layer_norm2]
      graph:
        - queries: {width: $vision_width, epsilon: $vision_epsilon, from: x, to: [q, k, v]}
        - attention:
            name: self_attn
            heads: $vision_heads
            dropout: $vision_dropout
            from: [q, k, v]
        - rest:
            width: $vision_width
            inner: $vision_inner
            epsilon: $vision_epsilon
            activation: $vision_activation
            from: [x, previous]
            to: x
  - take_token: {at: 0, from: x}
  - layer_norm: {name: vision_model.post_layernorm, epsilon: $vision_epsilon}
  - linear: {name: visual_projection, out: $projection, bias: false}
  - unit_length: {to: image}

  - exp: {from: scale, to: scale}
  - matmul: {transpose: second, from: [text, image]}
  - multiply: {from: [previous, scale], to: logits_per_text}
  - matmul: {transpose: second, from: [image, text]}
  - multiply: {from: [previous, scale], to: logits_per_image}

outputs:
  logits_per_image: logits_per_image
  logits_per_text: logits_per_text
  text_embeds: text
  image_embeds: image

"""##,
    "cnn": ##"""
# yaml-language-server: $schema=model.schema.json
# A small convolutional network for images. Copy it and change what you like, then run
#   peft describe my-network.yaml
name: cnn
summary: A small convolutional network for images with norms, pooling and a linear classifier; an example to copy.

dimensions:
  channels: 3
  image: 32
  width: 32
  layers: 2
  labels: 10

inputs:
  pixel_values: {type: numbers, shape: [batch, $channels, $image, $image]}

graph:
  - block:
      name: stem
      graph:
        # `same` makes a result as large as the image; a number is so many zeros on every side.
        - conv2d: {name: convolution, out: $width, kernel: 5, padding: same, from: pixel_values}
        - group_norm: {name: norm, groups: 4}
        - relu: {name: activation}
  # Each block halves height and width.
  - repeat:
      name: blocks
      count: $layers
      graph:
        - conv2d: {name: convolution, out: $width * ($index + 2), kernel: 3, padding: 1, bias: false}
        - batch_norm: {name: norm}
        - relu: {name: activation}
        - max_pool: {name: pool, kernel: 2}
  - adaptive_avg_pool: {name: pool, size: 2}
  - flatten: {name: flatten}
  - linear: {name: classifier, out: $labels}

outputs: {logits: previous}

"""##,
    "dinov2-b14": ##"""
# yaml-language-server: $schema=model.schema.json
extends: dinov2.yaml
name: dinov2-b14
summary: DINOv2, base size, patches of 14.
dimensions:
  image: 518

"""##,
    "dinov2": ##"""
# yaml-language-server: $schema=model.schema.json
name: dinov2
summary: The DINOv2 family; its sizes extend this description. As it stands it is what an empty configuration means.
model_type: dinov2

dimensions:
  image: 224
  patch: 14
  channels: 3
  width: 768
  mlp_ratio: 4
  inner: floor($width * $mlp_ratio)
  gated: false
  # Two thirds of that, in whole eights.
  gated_inner: (floor($inner * 2 / 3) + 7) // 8 * 8
  heads: 12
  layers: 12
  epsilon: 1e-6
  activation: gelu
  bias: true
  mask_token: true
  dropout: 0
  attention_dropout: 0

architectures:
  Dinov2Model: {}

config:
  image_size: {to: image, as: square}
  patch_size: {to: patch, as: square}
  num_channels: channels
  hidden_size: width
  mlp_ratio: mlp_ratio
  num_attention_heads: heads
  num_hidden_layers: layers
  layer_norm_eps: epsilon
  hidden_act: {to: activation, as: activation}
  qkv_bias: bias
  use_mask_token: mask_token
  hidden_dropout_prob: dropout
  attention_probs_dropout_prob: attention_dropout
  use_swiglu_ffn: gated
  drop_path_rate: {only: [0], otherwise: no path is dropped in training here}
  layerscale_value: ignored
  tie_word_embeddings: ignored
  is_causal: ignored
  # Read where the model serves as part of another one.
  apply_layernorm: ignored
  reshape_hidden_states: ignored
  stage_names: ignored
  out_features: ignored
  out_indices: ignored

# Files on the hub have the names of earlier releases of transformers.
checkpoint:
  "**.attention.q_proj.*": "**.attention.attention.query.*"
  "**.attention.k_proj.*": "**.attention.attention.key.*"
  "**.attention.v_proj.*": "**.attention.attention.value.*"
  "**.attention.o_proj.*": "**.attention.output.dense.*"
  "**.mlp.gate_proj.*": "**.mlp.weights_in.* 0/2"
  "**.mlp.up_proj.*": "**.mlp.weights_in.* 1/2"
  "**.mlp.down_proj.*": "**.mlp.weights_out.*"
  "**": dinov2.**

inputs:
  pixel_values: {type: numbers, shape: [batch, $channels, $image, $image]}

graph:
  - parameter: {name: embeddings.cls_token, shape: [1, 1, $width], to: class}
  - parameter: {name: embeddings.mask_token, shape: [1, $width], when: $mask_token}
  - parameter:
      name: embeddings.position_embeddings
      shape: [1, ($image // $patch) * ($image // $patch) + 1, $width]
      to: places
  - conv2d: {name: embeddings.patch_embeddings.projection, out: $width, kernel: $patch, stride: $patch, from: pixel_values}
  - patches
  - concatenate: {axis: 1, from: [class, previous]}
  - add: {from: [previous, places]}
  - dropout: {name: embeddings.dropout, rate: $dropout, to: x}
  - repeat:
      name: encoder.layer
      count: $layers
      modules:
        - norm1
        - attention
        - layer_scale1
        - drop_path: Identity
        - norm2
        - mlp.activation_fn
        - mlp.fc1
        - mlp.fc2
        - mlp.gate_proj
        - mlp.up_proj
        - mlp.down_proj
        - mlp.act_fn
        - layer_scale2
      graph:
        - layer_norm: {name: norm1, epsilon: $epsilon, from: x, to: h}
        - block:
            name: attention
            graph:
              - linear: {name: q_proj, out: $width, bias: $bias, from: h, to: q}
              - linear: {name: k_proj, out: $width, bias: $bias, from: h, to: k}
              - linear: {name: v_proj, out: $width, bias: $bias, from: h, to: v}
              - attention: {heads: $heads, dropout: $attention_dropout, from: [q, k, v]}
              - linear: {name: o_proj, out: $width, to: h}
        - parameter: {name: layer_scale1.lambda1, shape: [$width]}
        - multiply: {from: [h, previous]}
        - add: {from: [previous, x], to: x}
        - layer_norm: {name: norm2, epsilon: $epsilon, to: h}
        - block:
            when: not $gated
            graph:
              - linear: {name: mlp.fc1, out: $inner, from: h}
              - activation: {name: mlp.activation_fn, function: $activation}
              - linear: {name: mlp.fc2, out: $width, to: h}
        - block:
            when: $gated
            graph:
              - linear: {name: mlp.gate_proj, out: $gated_inner, from: h}
              - activation: {name: mlp.act_fn, function: silu, to: gate}
              - linear: {name: mlp.up_proj, out: $gated_inner, from: h}
              - multiply: {from: [gate, previous]}
              - linear: {name: mlp.down_proj, out: $width, to: h}
        - parameter: {name: layer_scale2.lambda1, shape: [$width]}
        - multiply: {from: [h, previous]}
        - add: {from: [previous, x], to: x}
  - layer_norm: {name: layernorm, epsilon: $epsilon, from: x, to: x}
  - take_token: {at: 0, to: first}

outputs: {last_hidden_state: x, pooler_output: first}

"""##,
    "distilbert-classifier": ##"""
# yaml-language-server: $schema=model.schema.json
extends: distilbert.yaml
name: distilbert-classifier
summary: DistilBERT with a head that tells texts apart.
dimensions:
  prefix: distilbert
  head: classifier

"""##,
    "distilbert": ##"""
# yaml-language-server: $schema=model.schema.json
name: distilbert
summary: DistilBERT, without a head.
model_type: distilbert
output_embedding: ${if($head == 'masked_lm', 'vocab_projector', '')}

dimensions:
  prefix: ""
  # What stands on the body: classifier, masked_lm, token_classifier, question_answering or none.
  head: none
  labels: 2
  vocabulary: 30522
  padding: 0
  positions: 512
  width: 768
  inner: 3072
  heads: 12
  layers: 6
  epsilon: 1e-12
  activation: gelu
  dropout: 0.1
  attention_dropout: 0.1
  classifier_dropout: 0.2
  answer_dropout: 0.1
  tied: true

architectures:
  DistilBertModel: {prefix: "", head: none}
  DistilBertForSequenceClassification: {prefix: distilbert, head: classifier}
  DistilBertForMaskedLM: {prefix: distilbert, head: masked_lm}
  DistilBertForTokenClassification: {prefix: distilbert, head: token_classifier}
  DistilBertForQuestionAnswering: {prefix: distilbert, head: question_answering}

config:
  vocab_size: vocabulary
  pad_token_id: {to: padding, none: none}
  max_position_embeddings: positions
  dim: width
  hidden_size: {same_as: dim}
  num_attention_heads: {same_as: n_heads}
  num_hidden_layers: {same_as: n_layers}
  hidden_dim: inner
  n_heads: heads
  n_layers: layers
  activation: {to: activation, as: activation}
  dropout: dropout
  attention_dropout: attention_dropout
  seq_classif_dropout: classifier_dropout
  qa_dropout: answer_dropout
  id2label: {to: labels, as: count}
  num_labels: labels
  tie_word_embeddings: tied
  tie_weights_: ignored
  is_causal: ignored
  # Only how positions are first filled.
  sinusoidal_pos_embds: ignored

checkpoint:
  distilbert.**: "**"
  "**": distilbert.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

modules: [activation]

graph:
  - block:
      name: $prefix
      graph:
        - embedding: {name: embeddings.word_embeddings, count: $vocabulary, size: $width, padding: $padding, from: input_ids, to: words}
        - positions: {name: embeddings.position_embeddings, count: $positions, size: $width, like: input_ids, to: places}
        - add: {from: [words, places]}
        - layer_norm: {name: embeddings.LayerNorm, epsilon: $epsilon}
        - dropout: {name: embeddings.dropout, rate: $dropout, to: x}
        - repeat:
            name: transformer.layer
            count: $layers
            modules: [attention, sa_layer_norm, ffn.dropout, ffn.lin1, ffn.lin2, ffn.activation, output_layer_norm]
            graph:
              - block:
                  name: attention
                  modules: [q_lin, k_lin, v_lin, out_lin, dropout: Dropout]
                  graph:
                    - linear: {name: q_lin, out: $width, from: x, to: q}
                    - linear: {name: k_lin, out: $width, from: x, to: k}
                    - linear: {name: v_lin, out: $width, from: x, to: v}
                    - attention: {heads: $heads, dropout: $attention_dropout, mask: attention_mask, from: [q, k, v]}
                    - linear: {name: out_lin, out: $width}
              - add: {from: [previous, x]}
              - layer_norm: {name: sa_layer_norm, epsilon: $epsilon, to: x}
              - linear: {name: ffn.lin1, out: $inner}
              - activation: {name: ffn.activation, function: $activation}
              - linear: {name: ffn.lin2, out: $width}
              - dropout: {name: ffn.dropout, rate: $dropout}
              - add: {from: [previous, x]}
              - layer_norm: {name: output_layer_norm, epsilon: $epsilon, to: x}
  - block:
      when: $head == 'classifier'
      modules: [pre_classifier, classifier, dropout]
      graph:
        - take_token: {at: 0, from: x}
        - linear: {name: pre_classifier, out: $width}
        - relu
        - dropout: {name: dropout, rate: $classifier_dropout}
        - linear: {name: classifier, out: $labels, to: logits}
  - block:
      when: $head == 'token_classifier'
      graph:
        - dropout: {name: dropout, rate: $dropout, from: x}
        - linear: {name: classifier, out: $labels, to: logits}
  - block:
      when: $head == 'question_answering'
      modules: [qa_outputs, dropout]
      graph:
        - dropout: {name: dropout, rate: $answer_dropout, from: x}
        - linear: {name: qa_outputs, out: $labels, to: logits}
  - block:
      when: $head == 'masked_lm'
      modules: [vocab_transform, vocab_layer_norm, vocab_projector, mlm_loss_fct: CrossEntropyLoss]
      graph:
        - linear: {name: vocab_transform, out: $width, from: x}
        - activation: {name: activation, function: $activation}
        - layer_norm: {name: vocab_layer_norm, epsilon: $epsilon, to: x}
        - linear: {name: vocab_projector, out: $vocabulary, weight: $prefix.embeddings.word_embeddings.weight, to: logits, when: $tied}
        - linear: {name: vocab_projector, out: $vocabulary, from: x, to: logits, when: not $tied}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "distilgpt2": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gpt2.yaml
name: distilgpt2
summary: Half of GPT-2, with 82 million parameters.
dimensions:
  layers: 6

"""##,
    "electra-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: electra.yaml
name: electra-base
summary: ELECTRA base, without a head.
dimensions:
  embedding_width: 768
  width: 768
  inner: 3072
  heads: 12

"""##,
    "electra-large": ##"""
# yaml-language-server: $schema=model.schema.json
extends: electra.yaml
name: electra-large
summary: ELECTRA large, without a head.
dimensions:
  embedding_width: 1024
  width: 1024
  inner: 4096
  heads: 16
  layers: 24

"""##,
    "electra-small": ##"""
# yaml-language-server: $schema=model.schema.json
extends: electra.yaml
name: electra-small
summary: ELECTRA small, without a head.
dimensions:
  layers: 12

"""##,
    "electra": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bert.yaml
name: electra
summary: The ELECTRA family; its sizes and heads extend this description. As it stands it is the small size, without a head.
model_type: electra
output_embedding: ${if($head == 'masked_lm', 'generator_lm_head', '')}

dimensions:
  # Besides those of BERT, discriminator: whether a token was replaced.
  head: none
  embedding_width: 128
  width: 256
  inner: 1024
  heads: 4

architectures:
  ElectraModel: {prefix: "", head: none}
  ElectraForPreTraining: {prefix: electra, head: discriminator}
  ElectraForSequenceClassification: {prefix: electra, head: classifier}
  ElectraForMaskedLM: {prefix: electra, head: masked_lm}
  ElectraForTokenClassification: {prefix: electra, head: token_classifier}
  ElectraForQuestionAnswering: {prefix: electra, head: question_answering}

config:
  embedding_size: embedding_width
  # Of a head for multiple choice.
  summary_type: ignored
  summary_use_proj: ignored
  summary_activation: ignored
  summary_last_dropout: ignored

checkpoint:
  electra.**: "**"
  "**": electra.**

graph:
  - block:
      name: $prefix
      graph:
        - embedding: {name: embeddings.word_embeddings, count: $vocabulary, size: $embedding_width, padding: $padding, from: input_ids, to: words}
        - positions: {name: embeddings.position_embeddings, count: $positions, size: $embedding_width, like: input_ids, to: places}
        - embedding: {name: embeddings.token_type_embeddings, count: $token_types, size: $embedding_width, from: token_type_ids, to: types}
        - add: {from: [words, types, places]}
        - layer_norm: {name: embeddings.LayerNorm, epsilon: $epsilon}
        - dropout: {name: embeddings.dropout, rate: $dropout}
        - linear: {name: embeddings_project, out: $width, when: $embedding_width != $width}
        - encoder: {from: [previous, attention_mask], to: x}
  - block:
      name: discriminator_predictions
      when: $head == 'discriminator'
      graph:
        - linear: {name: dense, out: $width, from: x}
        - activation: {name: activation, function: $activation}
        - linear: {name: dense_prediction, out: 1, to: logits}
  - block:
      name: classifier
      when: $head == 'classifier'
      modules: [dense, activation, dropout, out_proj]
      graph:
        - take_token: {at: 0, from: x}
        - dropout: {name: dropout, rate: $classifier_dropout}
        - linear: {name: dense, out: $width}
        - gelu: {name: activation}
        - dropout: {name: dropout, rate: $classifier_dropout}
        - linear: {name: out_proj, out: $labels, to: logits}
  - block:
      when: $head == 'token_classifier'
      graph:
        - dropout: {name: dropout, rate: $classifier_dropout, from: x}
        - linear: {name: classifier, out: $labels, to: logits}
  - linear: {name: qa_outputs, out: $labels, from: x, to: logits, when: $head == 'question_answering'}
  - block:
      when: $head == 'masked_lm'
      graph:
        - block:
            name: generator_predictions
            modules: [activation, LayerNorm, dense]
            graph:
              - linear: {name: dense, out: $embedding_width, from: x}
              - gelu: {name: activation}
              - layer_norm: {name: LayerNorm, epsilon: $epsilon, to: x}
        - linear: {name: generator_lm_head, out: $vocabulary, weight: $prefix.embeddings.word_embeddings.weight, from: x, to: logits, when: $tied}
        - linear: {name: generator_lm_head, out: $vocabulary, from: x, to: logits, when: not $tied}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "falcon-40b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: falcon.yaml
name: falcon-40b
summary: Falcon with 40 billion parameters.
dimensions:
  width: 8192
  heads: 128
  layers: 60
  grouped: true
  groups: 8

"""##,
    "falcon-7b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: falcon.yaml
name: falcon-7b
summary: Falcon with 7 billion parameters.
dimensions:
  layers: 32

"""##,
    "falcon": ##"""
# yaml-language-server: $schema=model.schema.json
name: falcon
summary: The Falcon family; its sizes extend this description. As it stands it has 7 billion parameters.
model_type: falcon
output_embedding: ${if($head == 'causal_lm', 'lm_head', '')}

dimensions:
  prefix: transformer
  # What stands on the body: causal_lm, classifier or none.
  head: causal_lm
  labels: 2
  padding: none
  vocabulary: 65024
  width: 4544
  inner: 4 * $width
  heads: 71
  head_size: $width // $heads
  # The decoder of 40B and 180B: heads that share keys and values, in groups.
  grouped: false
  groups: $heads
  multi_query: true
  key_value_heads: if($grouped, $groups, if($multi_query, 1, $heads))
  parallel: true
  # Norms before attention and feed-forward layers that are computed beside each other.
  parallel_norms: if($grouped, 2, 1)
  bias: false
  layers: 32
  epsilon: 1e-5
  activation: gelu
  dropout: 0
  # On what attention gives, and only where layers follow each other.
  attention_dropout: 0
  tied: true
  causal: true
  rope_theta: 10000
  rope_scaling: none
  positions: 2048
  # 0 where it follows from the lengths.
  rope_factor: 0
  rope_low_frequency: 1
  rope_high_frequency: 4
  rope_original_length: $positions
  rope_attention_factor: 0
  rope_beta_fast: 32
  rope_beta_slow: 1
  rope_mscale: 0
  rope_mscale_all_dim: 0
  rope_truncate: true
  rope_short_factors: ""
  rope_long_factors: ""

architectures:
  FalconForCausalLM: {}
  FalconForSequenceClassification: {head: classifier}
  FalconModel: {prefix: "", head: none}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  pad_token_id: {to: padding, none: none}
  vocab_size: vocabulary
  hidden_size: width
  n_embed: {same_as: hidden_size}
  num_hidden_layers: layers
  num_attention_heads: heads
  num_kv_heads: groups
  ffn_hidden_size: inner
  layer_norm_epsilon: epsilon
  activation: {to: activation, as: activation}
  hidden_dropout: dropout
  attention_dropout: attention_dropout
  new_decoder_architecture: grouped
  multi_query: multi_query
  parallel_attn: parallel
  num_ln_in_parallel_attn: parallel_norms
  bias: bias
  alibi: {only: [false]}
  tie_word_embeddings: tied
  is_causal: causal
  max_position_embeddings: positions
  apply_residual_connection_post_layernorm: ignored
  ff_factor: ignored
  rope_theta: rope_theta
  partial_rotary_factor: {only: [1], otherwise: heads of this family are turned as a whole}
  rope_scaling: {same_as: rope_parameters}
  rope_parameters.rope_theta: rope_theta
  rope_parameters.partial_rotary_factor: {only: [1], otherwise: heads of this family are turned as a whole}
  rope_parameters.type: rope_scaling
  rope_parameters.rope_type: rope_scaling
  rope_parameters.factor: {to: rope_factor, none: 0}
  rope_parameters.low_freq_factor: rope_low_frequency
  rope_parameters.high_freq_factor: rope_high_frequency
  rope_parameters.original_max_position_embeddings: rope_original_length
  original_max_position_embeddings: rope_original_length
  rope_parameters.attention_factor: rope_attention_factor
  rope_parameters.beta_fast: rope_beta_fast
  rope_parameters.beta_slow: rope_beta_slow
  rope_parameters.mscale: rope_mscale
  rope_parameters.mscale_all_dim: rope_mscale_all_dim
  rope_parameters.truncate: rope_truncate
  rope_parameters.short_factor: {to: rope_short_factors, as: numbers}
  rope_parameters.long_factor: {to: rope_long_factors, as: numbers}
  rope_parameters.finetuned: ignored

# Bare models and those with a head read each other's files.
checkpoint:
  transformer.**: "**"
  word_embeddings.**: transformer.word_embeddings.**
  h.**: transformer.h.**
  ln_f.**: transformer.ln_f.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

blocks:
  rope:
    inputs: [x]
    graph:
      - rotary:
          head_size: $head_size
          theta: $rope_theta
          scaling: $rope_scaling
          factor: $rope_factor
          positions: $positions
          low_frequency: $rope_low_frequency
          high_frequency: $rope_high_frequency
          original_length: $rope_original_length
          attention_factor: $rope_attention_factor
          beta_fast: $rope_beta_fast
          beta_slow: $rope_beta_slow
          mscale: $rope_mscale
          mscale_all_dim: $rope_mscale_all_dim
          truncate: $rope_truncate
          short_factors: $rope_short_factors
          long_factors: $rope_long_factors

graph:
  - block:
      name: $prefix
      modules: [word_embeddings, h, ln_f, rotary_emb: RotaryEmbedding]
      graph:
        - embedding: {name: word_embeddings, count: $vocabulary, size: $width, from: input_ids, to: x}
        - repeat:
            name: h
            count: $layers
            modules:
              - self_attention
              - mlp.dense_h_to_4h
              - mlp.act
              - mlp.dense_4h_to_h
              - post_attention_layernorm
              - input_layernorm
              - ln_attn
              - ln_mlp
            graph:
              - layer_norm: {name: input_layernorm, epsilon: $epsilon, from: x, to: h, when: not $parallel or $parallel_norms == 1}
              - layer_norm: {name: ln_attn, epsilon: $epsilon, from: x, to: h, when: $parallel and $parallel_norms == 2}
              - block:
                  name: self_attention
                  modules: [query_key_value, dense, attention_dropout: Dropout]
                  graph:
                    - linear: {name: query_key_value, out: ($heads + 2 * $key_value_heads) * $head_size, bias: $bias, from: h}
                    - split:
                        sizes: [$heads * $head_size, $key_value_heads * $head_size, $key_value_heads * $head_size]
                        groups: $key_value_heads
                        to: [q, k, v]
                    - rope: {from: q, to: q}
                    - rope: {from: k, to: k}
                    - attention:
                        heads: $heads
                        key_value_heads: $key_value_heads
                        causal: $causal
                        mask: attention_mask
                        from: [q, k, v]
                    - linear: {name: dense, out: $width, bias: $bias, to: attended}
              - block:
                  when: not $parallel
                  graph:
                    - dropout: {rate: $attention_dropout, from: attended}
                    - add: {from: [previous, x], to: x}
                    - layer_norm: {name: post_attention_layernorm, epsilon: $epsilon, from: x, to: h}
              - layer_norm: {name: ln_mlp, epsilon: $epsilon, from: x, to: h, when: $parallel and $parallel_norms == 2}
              - linear: {name: mlp.dense_h_to_4h, out: $inner, bias: $bias, from: h}
              - activation: {name: mlp.act, function: $activation}
              - linear: {name: mlp.dense_4h_to_h, out: $width, bias: $bias}
              - add: {from: [previous, attended], when: $parallel}
              - dropout: {rate: $dropout}
              - add: {from: [previous, x], to: x}
        - layer_norm: {name: ln_f, epsilon: $epsilon, from: x, to: x}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: $prefix.word_embeddings.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "gemma-2-2b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gemma2.yaml
name: gemma-2-2b
summary: Gemma 2 with 2.6 billion parameters.
dimensions:
  layers: 26

"""##,
    "gemma-2-9b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gemma2.yaml
name: gemma-2-9b
summary: Gemma 2 with 9.2 billion parameters.
dimensions:
  width: 3584
  inner: 14336
  layers: 42
  heads: 16
  key_value_heads: 8

"""##,
    "gemma-2b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gemma.yaml
name: gemma-2b
summary: Gemma with 2.5 billion parameters.
dimensions:
  width: 2048
  inner: 16384
  layers: 18
  heads: 8
  key_value_heads: 1

"""##,
    "gemma-3-1b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gemma3_text.yaml
name: gemma-3-1b
summary: Gemma 3 with 1 billion parameters.
dimensions:
  vocabulary: 262144
  positions: 32768
  width: 1152
  inner: 6912
  layers: 26
  heads: 4
  key_value_heads: 1
  window: 512

"""##,
    "gemma-7b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gemma.yaml
name: gemma-7b
summary: Gemma with 8.5 billion parameters.

"""##,
    "gemma": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: gemma
summary: The first Gemma family; its sizes extend this description.
model_type: gemma

dimensions:
  vocabulary: 256000
  padding: 0
  positions: 8192
  width: 3072
  inner: 24576
  layers: 28
  heads: 16
  key_value_heads: 16
  head_size: 256
  activation: gelu_tanh
  tied: true
  # Weights of norms are stored as a difference from 1, and embeddings are made longer.
  norm_offset: 1
  scaled_embeddings: true

architectures:
  GemmaForCausalLM: {}
  GemmaForSequenceClassification: {head: classifier}
  GemmaModel: {prefix: "", head: none}

config:
  # The first files say gelu where the model was trained with its approximation.
  hidden_act: {to: activation, as: activation, values: {gelu: gelu_tanh}}
  hidden_activation: ignored
  mlp_bias: {only: [false], otherwise: layers of this family have none}
  use_bidirectional_attention: {only: [false]}

"""##,
    "gemma2": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gemma.yaml
name: gemma2
summary: The second Gemma family; its sizes extend this description. As it stands it has 2.6 billion parameters.
model_type: gemma2

dimensions:
  width: 2304
  inner: 9216
  layers: 26
  heads: 8
  key_value_heads: 4
  window: 4096
  layer_pattern: 2
  norms: around
  attention_scale: 256
  attention_cap: 50
  logit_cap: 30

architectures:
  Gemma2ForCausalLM: {}
  Gemma2ForSequenceClassification: {head: classifier}
  Gemma2Model: {prefix: "", head: none}

config:
  hidden_act: ignored
  hidden_activation: {to: activation, as: activation}
  query_pre_attn_scalar: attention_scale
  attn_logit_softcapping: {to: attention_cap, none: 0}
  final_logit_softcapping: {to: logit_cap, none: 0}
  sliding_window: {to: window, none: 0}
  # What the first files say besides.
  sliding_window_size: ignored
  layer_types: {to: layer_kinds, entries: {full_attention: 0, sliding_attention: 1}}

"""##,
    "gemma3_text": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gemma2.yaml
name: gemma3_text
summary: The third Gemma family, models of text alone; its sizes extend this description. As it stands it is what an empty configuration means.
model_type: gemma3_text

dimensions:
  vocabulary: 262208
  positions: 131072
  layer_pattern: 6
  qk_norm: true
  attention_cap: 0
  logit_cap: 0
  rope_theta: 1000000
  local_theta: 10000
  local_scaling: none

architectures:
  Gemma3ForCausalLM: {}
  Gemma3TextForSequenceClassification: {head: classifier}
  Gemma3TextModel: {prefix: "", head: none}

config:
  # What the model is made with, and does not read.
  attn_logit_softcapping: ignored
  sliding_window_pattern: layer_pattern
  # Layers with a window are not scaled.
  rope_scaling: {same_as: rope_parameters.full_attention}
  rope_local_base_freq: local_theta
  rope_parameters.full_attention.rope_theta: rope_theta
  rope_parameters.full_attention.type: rope_scaling
  rope_parameters.full_attention.rope_type: rope_scaling
  rope_parameters.full_attention.factor: {to: rope_factor, none: 0}
  rope_parameters.full_attention.low_freq_factor: rope_low_frequency
  rope_parameters.full_attention.high_freq_factor: rope_high_frequency
  rope_parameters.full_attention.original_max_position_embeddings: rope_original_length
  rope_parameters.full_attention.partial_rotary_factor: {only: [1], otherwise: heads of this family are turned as a whole}
  rope_parameters.full_attention.attention_factor: rope_attention_factor
  rope_parameters.full_attention.beta_fast: rope_beta_fast
  rope_parameters.full_attention.beta_slow: rope_beta_slow
  rope_parameters.full_attention.mscale: rope_mscale
  rope_parameters.full_attention.mscale_all_dim: rope_mscale_all_dim
  rope_parameters.full_attention.truncate: rope_truncate
  rope_parameters.full_attention.short_factor: {to: rope_short_factors, as: numbers}
  rope_parameters.full_attention.long_factor: {to: rope_long_factors, as: numbers}
  rope_parameters.full_attention.finetuned: ignored
  rope_parameters.sliding_attention.rope_theta: local_theta
  rope_parameters.sliding_attention.rope_type: {only: [default]}
  rope_parameters.sliding_attention.partial_rotary_factor: {only: [1], otherwise: heads of this family are turned as a whole}
  rope_parameters.rope_theta: {only: []}
  rope_parameters.type: {only: []}
  rope_parameters.rope_type: {only: []}
  rope_parameters.factor: {only: []}

"""##,
    "gpt-j-6b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gptj.yaml
name: gpt-j-6b
summary: GPT-J with 6 billion parameters.
dimensions:
  layers: 28

"""##,
    "gpt2-large": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gpt2.yaml
name: gpt2-large
summary: GPT-2 with 774 million parameters.
dimensions:
  width: 1280
  heads: 20
  layers: 36

"""##,
    "gpt2-medium": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gpt2.yaml
name: gpt2-medium
summary: GPT-2 with 355 million parameters.
dimensions:
  width: 1024
  heads: 16
  layers: 24

"""##,
    "gpt2-xl": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gpt2.yaml
name: gpt2-xl
summary: GPT-2 with 1.6 billion parameters.
dimensions:
  width: 1600
  heads: 25
  layers: 48

"""##,
    "gpt2": ##"""
# yaml-language-server: $schema=model.schema.json
name: gpt2
summary: GPT-2 with 124 million parameters; the other sizes extend it.
model_type: gpt2
output_embedding: ${if($head == 'causal_lm', 'lm_head', '')}

dimensions:
  prefix: transformer
  # What stands on the body: causal_lm, classifier or none.
  head: causal_lm
  labels: 2
  padding: none
  vocabulary: 50257
  positions: 1024
  width: 768
  inner: 4 * $width
  heads: 12
  layers: 12
  epsilon: 1e-5
  activation: gelu_tanh
  embedding_dropout: 0.1
  attention_dropout: 0.1
  residual_dropout: 0.1
  tied: true
  causal: true
  scaled_attention: true
  layer_scaled_attention: false

architectures:
  GPT2LMHeadModel: {}
  GPT2ForSequenceClassification: {head: classifier}
  GPT2Model: {prefix: "", head: none}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  pad_token_id: {to: padding, none: none}
  vocab_size: vocabulary
  n_positions: positions
  n_embd: width
  hidden_size: {same_as: n_embd}
  max_position_embeddings: {same_as: n_positions}
  num_attention_heads: {same_as: n_head}
  num_hidden_layers: {same_as: n_layer}
  n_inner: inner
  n_head: heads
  n_layer: layers
  layer_norm_epsilon: epsilon
  activation_function: {to: activation, as: activation}
  embd_pdrop: embedding_dropout
  attn_pdrop: attention_dropout
  resid_pdrop: residual_dropout
  tie_word_embeddings: tied
  is_causal: causal
  scale_attn_weights: scaled_attention
  scale_attn_by_inverse_layer_idx: layer_scaled_attention
  add_cross_attention: {only: [false]}
  reorder_and_upcast_attn: ignored

# The first files leave the first part out. Bare models and those with a head read each other's files.
checkpoint:
  transformer.**: "**"
  wte.**: transformer.wte.**
  wpe.**: transformer.wpe.**
  h.**: transformer.h.**
  ln_f.**: transformer.ln_f.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

graph:
  - block:
      name: $prefix
      graph:
        - embedding: {name: wte, count: $vocabulary, size: $width, from: input_ids, to: tokens}
        - positions: {name: wpe, count: $positions, size: $width, like: input_ids, to: places}
        - add: {from: [tokens, places]}
        - dropout: {name: drop, rate: $embedding_dropout, to: x}
        - repeat:
            name: h
            count: $layers
            modules: [ln_1, attn.c_attn, attn.c_proj, attn.attn_dropout: Dropout, ln_2, mlp.c_fc, mlp.c_proj]
            graph:
              - layer_norm: {name: ln_1, epsilon: $epsilon, from: x}
              - conv1d: {name: attn.c_attn, out: 3 * $width}
              - split: {parts: 3, to: [q, k, v]}
              - attention:
                  heads: $heads
                  causal: $causal
                  scale: if($scaled_attention, 1 / sqrt($width / $heads), 1) / if($layer_scaled_attention, $index + 1, 1)
                  dropout: $attention_dropout
                  mask: attention_mask
                  from: [q, k, v]
              - conv1d: {name: attn.c_proj, out: $width}
              - dropout: {name: attn.resid_dropout, rate: $residual_dropout}
              - add: {from: [x, previous], to: x}
              - layer_norm: {name: ln_2, epsilon: $epsilon, from: x}
              - conv1d: {name: mlp.c_fc, out: $inner}
              - activation: {name: mlp.act, function: $activation}
              - conv1d: {name: mlp.c_proj, out: $width}
              - dropout: {name: mlp.dropout, rate: $residual_dropout}
              - add: {from: [x, previous], to: x}
        - layer_norm: {name: ln_f, epsilon: $epsilon, from: x, to: x}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: $prefix.wte.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "gpt_neox": ##"""
# yaml-language-server: $schema=model.schema.json
name: gpt_neox
summary: The GPT-NeoX family with Pythia; its sizes extend this description. As it stands it has 20 billion parameters.
model_type: gpt_neox
output_embedding: ${if($head == 'causal_lm', 'lm_head', '')}

dimensions:
  prefix: gpt_neox
  # What stands on the body: causal_lm, classifier or none.
  head: causal_lm
  labels: 2
  padding: none
  vocabulary: 50432
  width: 6144
  inner: 24576
  heads: 64
  head_size: $width // $heads
  layers: 44
  epsilon: 1e-5
  activation: gelu
  attention_bias: true
  parallel: true
  attention_dropout: 0
  dropout: 0
  tied: false
  causal: true
  rope_theta: 10000
  rope_scaling: none
  positions: 2048
  # 0 where it follows from the lengths.
  rope_factor: 0
  rope_low_frequency: 1
  rope_high_frequency: 4
  rope_original_length: $positions
  rope_attention_factor: 0
  rope_beta_fast: 32
  rope_beta_slow: 1
  rope_mscale: 0
  rope_mscale_all_dim: 0
  rope_truncate: true
  rope_short_factors: ""
  rope_long_factors: ""
  partial_rotary: 0.25
  rotary_size: floor($head_size * $partial_rotary)

architectures:
  GPTNeoXForCausalLM: {}
  GPTNeoXForSequenceClassification: {head: classifier}
  GPTNeoXModel: {prefix: "", head: none}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  pad_token_id: {to: padding, none: none}
  vocab_size: vocabulary
  hidden_size: width
  intermediate_size: inner
  num_hidden_layers: layers
  num_attention_heads: heads
  layer_norm_eps: epsilon
  hidden_act: {to: activation, as: activation}
  attention_bias: attention_bias
  attention_dropout: attention_dropout
  hidden_dropout: dropout
  use_parallel_residual: parallel
  tie_word_embeddings: tied
  is_causal: causal
  max_position_embeddings: positions
  classifier_dropout: ignored
  attention_probs_dropout_prob: {only: [0], otherwise: this family reads attention_dropout}
  hidden_dropout_prob: {only: [0], otherwise: this family reads hidden_dropout}
  is_decoder: ignored
  rope_theta: {only: [10000], otherwise: this family reads rotary_emb_base}
  partial_rotary_factor: {only: [], otherwise: this family reads rotary_pct}
  rotary_emb_base: rope_theta
  rotary_pct: partial_rotary
  rope_scaling: {same_as: rope_parameters}
  rope_parameters.rope_theta: rope_theta
  rope_parameters.partial_rotary_factor: partial_rotary
  rope_parameters.type: rope_scaling
  rope_parameters.rope_type: rope_scaling
  rope_parameters.factor: {to: rope_factor, none: 0}
  rope_parameters.low_freq_factor: rope_low_frequency
  rope_parameters.high_freq_factor: rope_high_frequency
  rope_parameters.original_max_position_embeddings: rope_original_length
  original_max_position_embeddings: rope_original_length
  rope_parameters.attention_factor: rope_attention_factor
  rope_parameters.beta_fast: rope_beta_fast
  rope_parameters.beta_slow: rope_beta_slow
  rope_parameters.mscale: rope_mscale
  rope_parameters.mscale_all_dim: rope_mscale_all_dim
  rope_parameters.truncate: rope_truncate
  rope_parameters.short_factor: {to: rope_short_factors, as: numbers}
  rope_parameters.long_factor: {to: rope_long_factors, as: numbers}
  rope_parameters.finetuned: ignored

# Bare models and those with a head read each other's files.
checkpoint:
  lm_head.weight: embed_out.weight
  gpt_neox.**: "**"
  embed_in.**: gpt_neox.embed_in.**
  layers.**: gpt_neox.layers.**
  final_layer_norm.**: gpt_neox.final_layer_norm.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

blocks:
  rope:
    inputs: [x]
    graph:
      - rotary:
          head_size: $head_size
          rotary_size: $rotary_size
          theta: $rope_theta
          scaling: $rope_scaling
          factor: $rope_factor
          positions: $positions
          low_frequency: $rope_low_frequency
          high_frequency: $rope_high_frequency
          original_length: $rope_original_length
          attention_factor: $rope_attention_factor
          beta_fast: $rope_beta_fast
          beta_slow: $rope_beta_slow
          mscale: $rope_mscale
          mscale_all_dim: $rope_mscale_all_dim
          truncate: $rope_truncate
          short_factors: $rope_short_factors
          long_factors: $rope_long_factors

graph:
  - block:
      name: $prefix
      modules:
        - embed_in
        - emb_dropout
        - layers
        - final_layer_norm
        - rotary_emb: RotaryEmbedding
      graph:
        - embedding: {name: embed_in, count: $vocabulary, size: $width, from: input_ids}
        - dropout: {name: emb_dropout, rate: $dropout, to: x}
        - repeat:
            name: layers
            count: $layers
            modules:
              - input_layernorm
              - post_attention_layernorm
              - post_attention_dropout
              - post_mlp_dropout
              - attention
              - mlp.dense_h_to_4h
              - mlp.dense_4h_to_h
              - mlp.act
            graph:
              - layer_norm: {name: input_layernorm, epsilon: $epsilon, from: x}
              - block:
                  name: attention
                  graph:
                    - linear: {name: query_key_value, out: 3 * $width, bias: $attention_bias}
                    - split: {parts: 3, groups: $heads, to: [q, k, v]}
                    - rope: {from: q, to: q}
                    - rope: {from: k, to: k}
                    - attention:
                        heads: $heads
                        causal: $causal
                        dropout: $attention_dropout
                        mask: attention_mask
                        from: [q, k, v]
                    - linear: {name: dense, out: $width, bias: $attention_bias}
              - dropout: {name: post_attention_dropout, rate: $dropout}
              - add: {from: [x, previous], to: attended}
              - layer_norm: {name: post_attention_layernorm, epsilon: $epsilon, from: x, when: $parallel}
              - layer_norm: {name: post_attention_layernorm, epsilon: $epsilon, from: attended, when: not $parallel}
              - linear: {name: mlp.dense_h_to_4h, out: $inner}
              - activation: {name: mlp.act, function: $activation}
              - linear: {name: mlp.dense_4h_to_h, out: $width}
              - dropout: {name: post_mlp_dropout, rate: $dropout}
              - add: {from: [previous, attended], to: x}
        - layer_norm: {name: final_layer_norm, epsilon: $epsilon, from: x, to: x}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: $prefix.embed_in.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "gptj": ##"""
# yaml-language-server: $schema=model.schema.json
name: gptj
summary: The GPT-J family. As it stands it has 6 billion parameters.
model_type: gptj
output_embedding: ${if($head == 'causal_lm', 'lm_head', '')}

dimensions:
  prefix: transformer
  # What stands on the body: causal_lm, classifier or none.
  head: causal_lm
  labels: 2
  padding: none
  vocabulary: 50400
  positions: 2048
  width: 4096
  inner: 4 * $width
  heads: 16
  head_size: $width // $heads
  layers: 28
  rotary_size: 64
  epsilon: 1e-5
  activation: gelu_tanh
  embedding_dropout: 0
  attention_dropout: 0
  residual_dropout: 0
  tied: false
  causal: true

architectures:
  GPTJForCausalLM: {}
  GPTJForSequenceClassification: {head: classifier}
  GPTJModel: {prefix: "", head: none}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  pad_token_id: {to: padding, none: none}
  vocab_size: vocabulary
  n_positions: positions
  n_embd: width
  hidden_size: {same_as: n_embd}
  max_position_embeddings: {same_as: n_positions}
  num_attention_heads: {same_as: n_head}
  num_hidden_layers: {same_as: n_layer}
  n_inner: inner
  n_head: heads
  n_layer: layers
  rotary_dim: {to: rotary_size, none: $head_size}
  layer_norm_epsilon: epsilon
  activation_function: {to: activation, as: activation}
  embd_pdrop: embedding_dropout
  attn_pdrop: attention_dropout
  resid_pdrop: residual_dropout
  tie_word_embeddings: tied
  is_causal: causal
  rotary: {only: [true], otherwise: heads of this family are always rotated}
  scale_attn_weights: {only: [true], otherwise: scores of this family are always scaled}

# Bare models and those with a head read each other's files.
checkpoint:
  transformer.**: "**"
  wte.**: transformer.wte.**
  h.**: transformer.h.**
  ln_f.**: transformer.ln_f.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

blocks:
  rope:
    inputs: [x]
    graph:
      - rotary: {head_size: $head_size, rotary_size: $rotary_size, interleaved: true}

graph:
  - block:
      name: $prefix
      modules: [wte, drop, h, ln_f, rotary_emb: RotaryEmbedding]
      graph:
        - embedding: {name: wte, count: $vocabulary, size: $width, from: input_ids}
        - dropout: {name: drop, rate: $embedding_dropout, to: x}
        - repeat:
            name: h
            count: $layers
            modules: [ln_1, attn, mlp.fc_in, mlp.fc_out, mlp.act, mlp.dropout]
            graph:
              - layer_norm: {name: ln_1, epsilon: $epsilon, from: x, to: h}
              - block:
                  name: attn
                  modules: [k_proj, v_proj, q_proj, out_proj, resid_dropout]
                  graph:
                    - linear: {name: q_proj, out: $width, bias: false, from: h, to: q}
                    - linear: {name: k_proj, out: $width, bias: false, from: h, to: k}
                    - linear: {name: v_proj, out: $width, bias: false, from: h, to: v}
                    - rope: {from: q, to: q}
                    - rope: {from: k, to: k}
                    - attention:
                        heads: $heads
                        causal: $causal
                        dropout: $attention_dropout
                        mask: attention_mask
                        from: [q, k, v]
                    - linear: {name: out_proj, out: $width, bias: false}
                    - dropout: {name: resid_dropout, rate: $residual_dropout, to: attended}
              - linear: {name: mlp.fc_in, out: $inner, from: h}
              - activation: {name: mlp.act, function: $activation}
              - linear: {name: mlp.fc_out, out: $width}
              - dropout: {name: mlp.dropout, rate: $residual_dropout}
              - add: {from: [attended, previous]}
              - add: {from: [previous, x], to: x}
        - layer_norm: {name: ln_f, epsilon: $epsilon, from: x, to: x}
  - linear: {name: lm_head, out: $vocabulary, weight: $prefix.wte.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "llama-2-13b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-2-13b
summary: Llama 2 with 13 billion parameters.
dimensions:
  width: 5120
  inner: 13824
  layers: 40
  heads: 40
  positions: 4096
  epsilon: 1e-5

"""##,
    "llama-2-70b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-2-70b
summary: Llama 2 with 70 billion parameters.
dimensions:
  width: 8192
  inner: 28672
  layers: 80
  heads: 64
  key_value_heads: 8
  positions: 4096
  epsilon: 1e-5

"""##,
    "llama-2-7b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-2-7b
summary: Llama 2 with 7 billion parameters.
dimensions:
  positions: 4096
  epsilon: 1e-5

"""##,
    "llama-3-70b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-3-70b
summary: Llama 3 with 70 billion parameters.
dimensions:
  vocabulary: 128256
  positions: 8192
  width: 8192
  inner: 28672
  layers: 80
  heads: 64
  key_value_heads: 8
  epsilon: 1e-5
  rope_theta: 500000

"""##,
    "llama-3-8b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-3-8b
summary: Llama 3 with 8 billion parameters.
dimensions:
  vocabulary: 128256
  positions: 8192
  inner: 14336
  key_value_heads: 8
  epsilon: 1e-5
  rope_theta: 500000

"""##,
    "llama-3.1-405b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-3.1-405b
summary: Llama 3.1 with 405 billion parameters.
dimensions:
  vocabulary: 128256
  positions: 131072
  width: 16384
  inner: 53248
  layers: 126
  heads: 128
  key_value_heads: 8
  epsilon: 1e-5
  rope_theta: 500000
  rope_scaling: llama3
  rope_factor: 8
  rope_original_length: 8192

"""##,
    "llama-3.2-1b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-3.2-1b
summary: Llama 3.2 with 1.2 billion parameters.
dimensions:
  vocabulary: 128256
  positions: 131072
  width: 2048
  inner: 8192
  layers: 16
  heads: 32
  key_value_heads: 8
  head_size: 64
  tied: true
  epsilon: 1e-5
  rope_theta: 500000
  rope_scaling: llama3
  rope_factor: 32
  rope_original_length: 8192

"""##,
    "llama-3.2-3b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: llama-3.2-3b
summary: Llama 3.2 with 3.2 billion parameters.
dimensions:
  vocabulary: 128256
  positions: 131072
  width: 3072
  inner: 8192
  layers: 28
  heads: 24
  key_value_heads: 8
  head_size: 128
  tied: true
  epsilon: 1e-5
  rope_theta: 500000
  rope_scaling: llama3
  rope_factor: 32
  rope_original_length: 8192

"""##,
    "llama": ##"""
# yaml-language-server: $schema=model.schema.json
name: llama
summary: The Llama family; its sizes extend this description. As it stands it is LLaMA 7B.
model_type: llama
output_embedding: ${if($head == 'causal_lm', 'lm_head', '')}

dimensions:
  prefix: model
  # What stands on the body: causal_lm, classifier or none.
  head: causal_lm
  labels: 2
  vocabulary: 32000
  padding: none
  positions: 2048
  width: 4096
  inner: 11008
  layers: 32
  heads: 32
  key_value_heads: $heads
  head_size: $width / $heads
  epsilon: 1e-6
  activation: silu
  attention_bias: false
  output_bias: $attention_bias
  mlp_bias: false
  attention_dropout: 0
  tied: false
  rope_theta: 10000
  rotary_size: $head_size
  rope_scaling: none
  # 0 where it follows from the lengths.
  rope_factor: 0
  rope_low_frequency: 1
  rope_high_frequency: 4
  rope_original_length: $positions
  rope_attention_factor: 0
  rope_beta_fast: 32
  rope_beta_slow: 1
  rope_mscale: 0
  rope_mscale_all_dim: 0
  rope_truncate: true
  rope_short_factors: ""
  rope_long_factors: ""
  # What the families that extend this one change.
  window: 0
  window_start: 0
  # For each layer whether the window is there, as 0 or 1; from window_start on where empty.
  layer_kinds: ""
  # Where layer_kinds is empty: n leaves every n-th layer without a window; 0 decides by window_start.
  layer_pattern: 0
  # The base of layers with a window.
  local_theta: $rope_theta
  local_scaling: $rope_scaling
  # For each layer whether its heads are rotated, as 0 or 1; by rotary_pattern where empty.
  rotary_layers: ""
  # n leaves every n-th layer without rotation; 0 none.
  rotary_pattern: 0
  qk_norm: false
  query_norm_size: $head_size
  key_norm_size: $head_size
  # Where norms stand: before attention and feed-forward layers, behind, or around them.
  norms: before
  # Scores are divided by the root of this.
  attention_scale: $head_size
  # Soft-capping of scores and of logits; 0 for none.
  attention_cap: 0
  logit_cap: 0
  norm_offset: 0
  scaled_embeddings: false
  causal: true

architectures:
  LlamaForCausalLM: {}
  LlamaForSequenceClassification: {head: classifier}
  LlamaModel: {prefix: "", head: none}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  vocab_size: vocabulary
  pad_token_id: {to: padding, none: none}
  hidden_size: width
  intermediate_size: inner
  num_hidden_layers: layers
  num_attention_heads: heads
  num_key_value_heads: {to: key_value_heads, none: $heads}
  head_dim: head_size
  rms_norm_eps: epsilon
  hidden_act: {to: activation, as: activation}
  attention_bias: attention_bias
  mlp_bias: mlp_bias
  attention_dropout: attention_dropout
  is_causal: causal
  tie_word_embeddings: tied
  max_position_embeddings: positions
  # Attributes of kindred families, which this one does not read.
  sliding_window: ignored
  use_sliding_window: ignored
  max_window_layers: ignored
  layer_types: ignored
  embd_pdrop: ignored
  resid_pdrop: ignored
  rope_theta: rope_theta
  rope_scaling: {same_as: rope_parameters}
  rope_parameters.rope_theta: rope_theta
  rope_parameters.type: rope_scaling
  rope_parameters.rope_type: rope_scaling
  rope_parameters.factor: {to: rope_factor, none: 0}
  rope_parameters.low_freq_factor: rope_low_frequency
  rope_parameters.high_freq_factor: rope_high_frequency
  rope_parameters.original_max_position_embeddings: rope_original_length
  original_max_position_embeddings: rope_original_length
  partial_rotary_factor: {only: [1], otherwise: heads of this family are turned as a whole}
  rope_parameters.partial_rotary_factor: {only: [1], otherwise: heads of this family are turned as a whole}
  rope_parameters.attention_factor: rope_attention_factor
  rope_parameters.beta_fast: rope_beta_fast
  rope_parameters.beta_slow: rope_beta_slow
  rope_parameters.mscale: rope_mscale
  rope_parameters.mscale_all_dim: rope_mscale_all_dim
  rope_parameters.truncate: rope_truncate
  rope_parameters.short_factor: {to: rope_short_factors, as: numbers}
  rope_parameters.long_factor: {to: rope_long_factors, as: numbers}
  rope_parameters.finetuned: ignored
  rope_parameters.short_mscale: ignored
  rope_parameters.long_mscale: ignored

# Bare models and those with a head read each other's files.
checkpoint:
  model.**: "**"
  embed_tokens.**: model.embed_tokens.**
  layers.**: model.layers.**
  norm.**: model.norm.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

blocks:
  rope:
    arguments: {local: false}
    inputs: [x]
    graph:
      - rotary:
          head_size: $head_size
          rotary_size: $rotary_size
          theta: if($local, $local_theta, $rope_theta)
          scaling: "${if($local, $local_scaling, $rope_scaling)}"
          factor: $rope_factor
          positions: $positions
          low_frequency: $rope_low_frequency
          high_frequency: $rope_high_frequency
          original_length: $rope_original_length
          attention_factor: $rope_attention_factor
          beta_fast: $rope_beta_fast
          beta_slow: $rope_beta_slow
          mscale: $rope_mscale
          mscale_all_dim: $rope_mscale_all_dim
          truncate: $rope_truncate
          short_factors: $rope_short_factors
          long_factors: $rope_long_factors
  heads:
    arguments: {local: null, rotated: null}
    inputs: [q, k, v, mask]
    graph:
      - rope: {local: $local, from: q, to: q, when: $rotated}
      - rope: {local: $local, from: k, to: k, when: $rotated}
      - attention:
          heads: $heads
          key_value_heads: $key_value_heads
          causal: $causal
          # To both sides it is counted without the position itself.
          window: if($local and $window != 0, if($causal, $window, $window + 1), 0)
          scale: 1 / sqrt($attention_scale)
          soft_cap: $attention_cap
          dropout: $attention_dropout
          mask: mask
          from: [q, k, v]

graph:
  - block:
      name: $prefix
      modules: [embed_tokens, layers, norm, rotary_emb: RotaryEmbedding]
      graph:
        - embedding: {name: embed_tokens, count: $vocabulary, size: $width, padding: $padding, from: input_ids, to: x}
        - scale: {by: sqrt($width), to: x, when: $scaled_embeddings}
        - repeat:
            name: layers
            count: $layers
            modules:
              - self_attn
              - mlp.gate_proj
              - mlp.up_proj
              - mlp.down_proj
              - mlp.act_fn
              - input_layernorm
              - post_attention_layernorm
              - pre_feedforward_layernorm
              - post_feedforward_layernorm
            graph:
              - block: {graph: [], from: x, to: h}
              - rms_norm: {name: input_layernorm, epsilon: $epsilon, offset: $norm_offset, from: x, to: h, when: $norms != 'behind'}
              - block:
                  name: self_attn
                  modules: [q_proj, k_proj, v_proj, o_proj, q_norm, k_norm]
                  graph:
                    - linear: {name: q_proj, out: $heads * $head_size, bias: $attention_bias, from: h, to: q}
                    - linear: {name: k_proj, out: $key_value_heads * $head_size, bias: $attention_bias, from: h, to: k}
                    - linear: {name: v_proj, out: $key_value_heads * $head_size, bias: $attention_bias, from: h, to: v}
                    - rms_norm: {name: q_norm, size: $query_norm_size, epsilon: $epsilon, offset: $norm_offset, from: q, to: q, when: $qk_norm}
                    - rms_norm: {name: k_norm, size: $key_norm_size, epsilon: $epsilon, offset: $norm_offset, from: k, to: k, when: $qk_norm}
                    - heads:
                        local: "if($layer_kinds != '', entry($layer_kinds, $index) == 1, if($layer_pattern == 0, $index >= $window_start, ($index + 1) % $layer_pattern != 0))"
                        rotated: "if($rotary_layers != '', entry($rotary_layers, $index) != 0, if($rotary_pattern == 0, true, ($index + 1) % $rotary_pattern != 0))"
                        from: [q, k, v, attention_mask]
                    - linear: {name: o_proj, out: $width, bias: $output_bias}
              - rms_norm: {name: post_attention_layernorm, epsilon: $epsilon, offset: $norm_offset, when: $norms != 'before'}
              - add: {from: [x, previous], to: x}
              - block: {graph: [], from: x, to: h}
              - rms_norm: {name: post_attention_layernorm, epsilon: $epsilon, offset: $norm_offset, from: x, to: h, when: $norms == 'before'}
              - rms_norm: {name: pre_feedforward_layernorm, epsilon: $epsilon, offset: $norm_offset, from: x, to: h, when: $norms == 'around'}
              - block:
                  name: mlp
                  graph:
                    - linear: {name: gate_proj, out: $inner, bias: $mlp_bias, from: h}
                    - activation: {name: act_fn, function: $activation, to: gate}
                    - linear: {name: up_proj, out: $inner, bias: $mlp_bias, from: h}
                    - multiply: {from: [gate, previous]}
                    - linear: {name: down_proj, out: $width, bias: $mlp_bias}
              - rms_norm: {name: post_feedforward_layernorm, epsilon: $epsilon, offset: $norm_offset, when: $norms != 'before'}
              - add: {from: [x, previous], to: x}
        - rms_norm: {name: norm, epsilon: $epsilon, offset: $norm_offset, from: x, to: x}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: $prefix.embed_tokens.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'causal_lm' and $logit_cap != 0
      graph:
        - scale: {by: 1 / $logit_cap, from: logits}
        - tanh
        - scale: {by: $logit_cap, to: logits}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "mistral-7b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: mistral.yaml
name: mistral-7b
summary: Mistral 7B, first version.
dimensions:
  positions: 32768
  epsilon: 1e-5

"""##,
    "mistral": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: mistral
summary: The Mistral family; its sizes extend this description.
model_type: mistral

dimensions:
  positions: 131072
  inner: 14336
  key_value_heads: 8
  window: 4096

architectures:
  MistralForCausalLM: {}
  MistralForSequenceClassification: {head: classifier}
  MistralModel: {prefix: "", head: none}

config:
  attention_bias: {only: [false], otherwise: layers of this family have none}
  mlp_bias: {only: [false], otherwise: layers of this family have none}
  sliding_window: {to: window, none: 0}

"""##,
    "mlp": ##"""
# yaml-language-server: $schema=model.schema.json
# The smallest example: three fully connected layers. Copy it and change what you like, then run
#   peft describe my-network.yaml
name: mlp
summary: Three fully connected layers; the example to copy.

# Numbers with a name. Below, $width reads one, and so can arithmetic: 4 * $width.
# On the command line: --set width=256
dimensions:
  inputs: 784
  width: 128
  layers: 2
  labels: 10

# What the network is given: `batch` stays open, so any number of rows will do.
inputs:
  x: {type: numbers, shape: [batch, $inputs]}

# One step after the other. A step reads what the step before it made, unless `from` names
# something else; `to` gives a result a name for later; `name` is what tuners and checkpoints call
# the layer.
graph:
  # The same steps, several times: these layers are hidden.0.linear and hidden.1.linear.
  - repeat:
      name: hidden
      count: $layers
      from: x
      graph:
        - linear: {name: linear, out: $width}
        - relu
  - linear: {name: classifier, out: $labels}

# What comes back.
outputs: {logits: previous}

"""##,
    "modernbert-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: modernbert.yaml
name: modernbert-base
summary: ModernBERT base, without a head.
dimensions:
  layers: 22

"""##,
    "modernbert-large": ##"""
# yaml-language-server: $schema=model.schema.json
extends: modernbert.yaml
name: modernbert-large
summary: ModernBERT large, without a head.
dimensions:
  width: 1024
  inner: 2624
  heads: 16
  layers: 28

"""##,
    "modernbert": ##"""
# yaml-language-server: $schema=model.schema.json
name: modernbert
summary: The ModernBERT family; its sizes and heads extend this description. As it stands it is the base size, without a head.
model_type: modernbert
output_embedding: ${if($head == 'masked_lm', 'decoder', '')}

dimensions:
  prefix: ""
  # What stands on the body: classifier, masked_lm, token_classifier, question_answering or none.
  head: none
  labels: 2
  vocabulary: 50368
  padding: 50283
  width: 768
  inner: 1152
  heads: 12
  head_size: $width // $heads
  layers: 22
  epsilon: 1e-5
  norm_bias: false
  attention_bias: false
  mlp_bias: false
  activation: gelu
  embedding_dropout: 0
  attention_dropout: 0
  mlp_dropout: 0
  # Layers see all tokens or those nearby: 1 for the latter in layer_kinds, by a pattern where it is empty.
  layer_kinds: ""
  layer_pattern: 3
  # Tokens on both sides together.
  window: 128
  rope_theta: 160000
  local_theta: 10000
  classifier_dropout: 0
  classifier_bias: false
  classifier_activation: gelu
  # What classifies a text: its first token, or the mean of all.
  pooling: cls
  decoder_bias: true
  tied: true

architectures:
  ModernBertModel: {prefix: "", head: none}
  ModernBertForSequenceClassification: {prefix: model, head: classifier}
  ModernBertForMaskedLM: {prefix: model, head: masked_lm}
  ModernBertForTokenClassification: {prefix: model, head: token_classifier}
  ModernBertForQuestionAnswering: {prefix: model, head: question_answering}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  vocab_size: vocabulary
  pad_token_id: {to: padding, none: none}
  hidden_size: width
  intermediate_size: inner
  num_hidden_layers: layers
  num_attention_heads: heads
  hidden_activation: {to: activation, as: activation}
  norm_eps: epsilon
  norm_bias: norm_bias
  attention_bias: attention_bias
  mlp_bias: mlp_bias
  embedding_dropout: embedding_dropout
  attention_dropout: attention_dropout
  mlp_dropout: mlp_dropout
  local_attention: window
  global_attn_every_n_layers: layer_pattern
  layer_types: {to: layer_kinds, entries: {full_attention: 0, sliding_attention: 1}}
  global_rope_theta: rope_theta
  local_rope_theta: local_theta
  rope_parameters.full_attention.rope_theta: rope_theta
  rope_parameters.full_attention.rope_type: {only: [default]}
  rope_parameters.sliding_attention.rope_theta: local_theta
  rope_parameters.sliding_attention.rope_type: {only: [default]}
  classifier_dropout: classifier_dropout
  classifier_bias: classifier_bias
  classifier_activation: {to: classifier_activation, as: activation}
  classifier_pooling: {to: pooling, values: {cls: cls, mean: mean}}
  decoder_bias: decoder_bias
  tie_word_embeddings: tied
  layer_norm_eps: {only: [1e-5], otherwise: this family reads norm_eps}
  position_embedding_type: ignored
  max_position_embeddings: ignored
  initializer_cutoff_factor: ignored
  # How it is computed, with the same results.
  deterministic_flash_attn: ignored
  reference_compile: ignored
  repad_logits_with_grad: ignored
  # Which logits a loss computes.
  sparse_prediction: ignored
  sparse_pred_ignore_index: ignored

# Bare models and those with a head read each other's files.
checkpoint:
  model.**: "**"
  embeddings.**: model.embeddings.**
  layers.**: model.layers.**
  final_norm.**: model.final_norm.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

blocks:
  head:
    inputs: [x]
    graph:
      - linear: {name: head.dense, out: $width, bias: $classifier_bias}
      - activation: {name: head.act, function: $classifier_activation}
      - layer_norm: {name: head.norm, epsilon: $epsilon, bias: $norm_bias}
  attend:
    arguments: {near: null}
    inputs: [h, mask]
    graph:
      - block:
          name: attn
          modules: [Wqkv, Wo, out_drop: Identity]
          graph:
            - linear: {name: Wqkv, out: 3 * $width, bias: $attention_bias, from: h}
            - split: {parts: 3, to: [q, k, v]}
            - rotary: {head_size: $head_size, theta: "if($near, $local_theta, $rope_theta)", from: q, to: q}
            - rotary: {head_size: $head_size, theta: "if($near, $local_theta, $rope_theta)", from: k, to: k}
            - attention:
                heads: $heads
                # To both sides it is counted without the position itself.
                window: if($near, $window // 2 + 1, 0)
                dropout: $attention_dropout
                mask: mask
                from: [q, k, v]
            - linear: {name: Wo, out: $width, bias: $attention_bias}
            - dropout: {name: out_drop, rate: $attention_dropout, when: $attention_dropout != 0}

graph:
  - block:
      name: $prefix
      modules: [embeddings, layers, final_norm, rotary_emb: RotaryEmbedding]
      graph:
        - block:
            name: embeddings
            graph:
              - embedding: {name: tok_embeddings, count: $vocabulary, size: $width, padding: $padding, from: input_ids}
              - layer_norm: {name: norm, epsilon: $epsilon, bias: $norm_bias}
              - dropout: {name: drop, rate: $embedding_dropout, to: x}
        - repeat:
            name: layers
            count: $layers
            modules: [attn_norm: Identity, attn, mlp_norm, mlp.Wi, mlp.act, mlp.drop, mlp.Wo]
            graph:
              - block: {graph: [], from: x, to: h}
              - layer_norm: {name: attn_norm, epsilon: $epsilon, bias: $norm_bias, from: x, to: h, when: $index > 0}
              - attend:
                  near: "if($layer_kinds == '', $index % $layer_pattern != 0, entry($layer_kinds, $index) == 1)"
                  from: [h, attention_mask]
              - add: {from: [x, previous], to: x}
              - layer_norm: {name: mlp_norm, epsilon: $epsilon, bias: $norm_bias, from: x}
              - linear: {name: mlp.Wi, out: 2 * $inner, bias: $mlp_bias}
              - split: {parts: 2, to: [inside, gate]}
              - activation: {name: mlp.act, function: $activation, from: inside}
              - multiply: {from: [previous, gate]}
              - dropout: {name: mlp.drop, rate: $mlp_dropout}
              - linear: {name: mlp.Wo, out: $width, bias: $mlp_bias}
              - add: {from: [x, previous], to: x}
        - layer_norm: {name: final_norm, epsilon: $epsilon, bias: $norm_bias, from: x, to: x}
  - block:
      when: $head == 'classifier'
      graph:
        # Scores of 0 attend to all tokens alike.
        - attention: {heads: 1, scale: 0, mask: attention_mask, from: [x, x, x], to: x, when: $pooling == 'mean'}
        - take_token: {at: 0, from: x, to: pooled}
        - head: {from: pooled}
        - dropout: {name: drop, rate: $classifier_dropout}
        - linear: {name: classifier, out: $labels, to: logits}
  - block:
      when: $head == 'token_classifier' or $head == 'question_answering'
      graph:
        - head: {from: x}
        - dropout: {name: drop, rate: $classifier_dropout}
        - linear: {name: classifier, out: $labels, to: logits}
  - block:
      when: $head == 'masked_lm'
      graph:
        - head: {from: x, to: x}
        - linear: {name: decoder, out: $vocabulary, bias: $decoder_bias, weight: $prefix.embeddings.tok_embeddings.weight, from: x, to: logits, when: $tied}
        - linear: {name: decoder, out: $vocabulary, bias: $decoder_bias, from: x, to: logits, when: not $tied}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "mpnet-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: mpnet.yaml
name: mpnet-base
summary: MPNet base, without a head.
dimensions:
  positions: 514
  epsilon: 1e-5

"""##,
    "mpnet": ##"""
# yaml-language-server: $schema=model.schema.json
extends: roberta.yaml
name: mpnet
summary: The MPNet family. As it stands it is what an empty configuration means, without a head.
model_type: mpnet

dimensions:
  vocabulary: 30527
  classifier_dropout: $dropout

architectures:
  MPNetModel: {prefix: "", head: none}
  MPNetForSequenceClassification: {prefix: mpnet, head: classifier}
  MPNetForMaskedLM: {prefix: mpnet, head: masked_lm}
  MPNetForTokenClassification: {prefix: mpnet, head: token_classifier}
  MPNetForQuestionAnswering: {prefix: mpnet, head: question_answering}

config:
  # The model takes 1, whatever the file says.
  pad_token_id: ignored
  # As many are used, whatever the file says.
  relative_attention_num_buckets: {only: [32]}
  type_vocab_size: {only: [], otherwise: this family has no token types}
  classifier_dropout: {only: [], otherwise: this family reads hidden_dropout_prob}
  is_decoder: ignored
  is_causal: ignored

checkpoint:
  mpnet.**: "**"
  "**": mpnet.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

graph:
  - block:
      name: $prefix
      graph:
        - embedding: {name: embeddings.word_embeddings, count: $vocabulary, size: $width, padding: $padding, from: input_ids, to: words}
        # The first token's position is one behind that of padding.
        - positions:
            name: embeddings.position_embeddings
            count: $positions
            size: $width
            like: input_ids
            padding: $padding
            offset: $padding + 1
            to: places
        - add: {from: [words, places]}
        - layer_norm: {name: embeddings.LayerNorm, epsilon: $epsilon}
        - dropout: {name: embeddings.dropout, rate: $dropout, to: x}
        - block:
            name: encoder
            modules: [layer, relative_attention_bias]
            graph:
              - relative_position_bias:
                  name: relative_attention_bias
                  heads: $heads
                  buckets: 32
                  distance: 128
                  bidirectional: true
                  from: [x, x]
                  to: distances
              - repeat:
                  name: layer
                  count: $layers
                  modules:
                    - attention.attn
                    - attention.LayerNorm
                    - attention.dropout
                    - intermediate
                    - output.dense
                    - output.LayerNorm
                  graph:
                    - block:
                        name: attention.attn
                        modules: [q, k, v, o, dropout: Dropout]
                        graph:
                          - linear: {name: q, out: $width, from: x, to: q}
                          - linear: {name: k, out: $width, from: x, to: k}
                          - linear: {name: v, out: $width, from: x, to: v}
                          - attention:
                              heads: $heads
                              dropout: $attention_dropout
                              mask: attention_mask
                              bias: distances
                              from: [q, k, v]
                          - linear: {name: o, out: $width}
                    - dropout: {name: attention.dropout, rate: $dropout}
                    - add: {from: [previous, x]}
                    - layer_norm: {name: attention.LayerNorm, epsilon: $epsilon, to: x}
                    - linear: {name: intermediate.dense, out: $inner}
                    - activation: {name: intermediate.intermediate_act_fn, function: $activation}
                    - linear: {name: output.dense, out: $width}
                    - dropout: {name: output.dropout, rate: $dropout}
                    - add: {from: [previous, x]}
                    - layer_norm: {name: output.LayerNorm, epsilon: $epsilon, to: x}
        - pooler: {from: x, to: pooled, when: $head == 'none'}
  - block:
      name: classifier
      when: $head == 'classifier'
      modules: [dense, dropout, out_proj]
      graph:
        - take_token: {at: 0, from: x}
        - dropout: {name: dropout, rate: $classifier_dropout}
        - linear: {name: dense, out: $width}
        - tanh
        - dropout: {name: dropout, rate: $classifier_dropout}
        - linear: {name: out_proj, out: $labels, to: logits}
  - block:
      when: $head == 'token_classifier'
      graph:
        - dropout: {name: dropout, rate: $classifier_dropout, from: x}
        - linear: {name: classifier, out: $labels, to: logits}
  - linear: {name: qa_outputs, out: $labels, from: x, to: logits, when: $head == 'question_answering'}
  - block:
      name: lm_head
      when: $head == 'masked_lm'
      graph:
        - linear: {name: dense, out: $width, from: x}
        - gelu
        - layer_norm: {name: layer_norm, epsilon: $epsilon, to: x}
        - parameter: {name: bias, shape: [$vocabulary]}
        - linear:
            name: decoder
            out: $vocabulary
            weight: $prefix.embeddings.word_embeddings.weight
            bias_from: lm_head.bias
            from: x
            to: logits
            when: $tied
        - linear: {name: decoder, out: $vocabulary, from: x, to: logits, when: not $tied}

"""##,
    "olmo-2-1b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: olmo2.yaml
name: olmo-2-1b
summary: OLMo 2 with 1.5 billion parameters.
dimensions:
  vocabulary: 100352
  padding: 100277
  positions: 4096
  rope_theta: 500000
  epsilon: 1e-6
  width: 2048
  inner: 8192
  layers: 16
  heads: 16

"""##,
    "olmo-2-7b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: olmo2.yaml
name: olmo-2-7b
summary: OLMo 2 with 7.3 billion parameters.
dimensions:
  vocabulary: 100352
  padding: 100277
  positions: 4096
  rope_theta: 500000
  epsilon: 1e-6

"""##,
    "olmo2": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: olmo2
summary: The OLMo 2 family; its sizes extend this description. As it stands it has 7 billion parameters.
model_type: olmo2

dimensions:
  vocabulary: 50304
  padding: 1
  epsilon: 1e-5
  # Queries and keys are normalized as a whole.
  qk_norm: true
  query_norm_size: $heads * $head_size
  key_norm_size: $key_value_heads * $head_size
  norms: behind

architectures:
  Olmo2ForCausalLM: {}
  Olmo2ForSequenceClassification: {head: classifier}
  Olmo2Model: {prefix: "", head: none}

config:
  mlp_bias: {only: [false], otherwise: layers of this family have none}

"""##,
    "opt-1.3b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: opt.yaml
name: opt-1.3b
summary: OPT with 1.3 billion parameters.
dimensions:
  width: 2048
  inner: 8192
  heads: 32
  layers: 24

"""##,
    "opt-125m": ##"""
# yaml-language-server: $schema=model.schema.json
extends: opt.yaml
name: opt-125m
summary: OPT with 125 million parameters.

"""##,
    "opt": ##"""
# yaml-language-server: $schema=model.schema.json
name: opt
summary: The OPT family; its sizes extend this description. As it stands it has 125 million parameters.
model_type: opt
output_embedding: ${if($head == 'causal_lm', 'lm_head', '')}

dimensions:
  prefix: model
  # What stands on the body: causal_lm, classifier or none.
  head: causal_lm
  labels: 2
  vocabulary: 50272
  padding: 1
  positions: 2048
  width: 768
  embedding_width: $width
  inner: 3072
  heads: 12
  layers: 12
  activation: relu
  bias: true
  affine: true
  norm_first: true
  final_norm: $norm_first and not $remove_final_norm
  remove_final_norm: false
  dropout: 0.1
  attention_dropout: 0
  tied: true
  causal: true

architectures:
  OPTForCausalLM: {}
  OPTForSequenceClassification: {head: classifier}
  OPTModel: {prefix: "", head: none}

config:
  id2label: {to: labels, as: count}
  num_labels: labels
  vocab_size: vocabulary
  pad_token_id: {to: padding, none: none}
  hidden_size: width
  word_embed_proj_dim: embedding_width
  num_hidden_layers: layers
  num_attention_heads: heads
  ffn_dim: inner
  max_position_embeddings: positions
  do_layer_norm_before: norm_first
  _remove_final_layer_norm: remove_final_norm
  dropout: dropout
  attention_dropout: attention_dropout
  activation_dropout: ignored
  activation_function: {to: activation, as: activation}
  enable_bias: bias
  learned_embeddings: {only: [true]}
  scale_embeddings: {only: [false]}
  tie_word_embeddings: tied
  is_causal: causal
  layer_norm_elementwise_affine: affine
  layerdrop: {only: [0], otherwise: no layer is left out in training here}

# Older files leave the first part out. Bare models and those with a head read each other's files.
checkpoint:
  model.**: "**"
  decoder.**: model.decoder.**

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}

graph:
  - block:
      name: $prefix
      modules:
        - decoder.embed_tokens
        - decoder.embed_positions
        - decoder.project_out
        - decoder.project_in
        - decoder.final_layer_norm
        - decoder.layers
      graph:
        - embedding: {name: decoder.embed_tokens, count: $vocabulary, size: $embedding_width, padding: $padding, from: input_ids, to: tokens}
        # The first two rows of the table are for padding.
        - positions:
            name: decoder.embed_positions
            count: $positions + 2
            size: $width
            like: input_ids
            mask: attention_mask
            offset: 2
            to: places
        - linear: {name: decoder.project_in, out: $width, bias: false, from: tokens, to: tokens, when: $embedding_width != $width}
        - add: {from: [tokens, places], to: x}
        - repeat:
            name: decoder.layers
            count: $layers
            modules: [self_attn, activation_fn, self_attn_layer_norm, fc1, fc2, final_layer_norm]
            graph:
              # h is x, or x normalized: 350m alone normalizes behind each part instead.
              - block: {graph: [], from: x, to: h}
              - layer_norm: {name: self_attn_layer_norm, affine: $affine, from: x, to: h, when: $norm_first}
              - block:
                  name: self_attn
                  graph:
                    - linear: {name: k_proj, out: $width, bias: $bias, from: h, to: k}
                    - linear: {name: v_proj, out: $width, bias: $bias, from: h, to: v}
                    - linear: {name: q_proj, out: $width, bias: $bias, from: h, to: q}
                    - attention:
                        heads: $heads
                        causal: $causal
                        dropout: $attention_dropout
                        mask: attention_mask
                        from: [q, k, v]
                    - linear: {name: out_proj, out: $width, bias: $bias}
              - dropout: {rate: $dropout}
              - add: {from: [x, previous], to: x}
              - layer_norm: {name: self_attn_layer_norm, affine: $affine, from: x, to: x, when: not $norm_first}
              - layer_norm: {name: final_layer_norm, affine: $affine, from: x, when: $norm_first}
              - linear: {name: fc1, out: $inner, bias: $bias}
              - activation: {name: activation_fn, function: $activation}
              - linear: {name: fc2, out: $width, bias: $bias}
              - dropout: {rate: $dropout}
              - add: {from: [x, previous], to: x}
              - layer_norm: {name: final_layer_norm, affine: $affine, from: x, to: x, when: not $norm_first}
        - layer_norm: {name: decoder.final_layer_norm, affine: $affine, from: x, to: x, when: $final_norm}
        - linear: {name: decoder.project_out, out: $embedding_width, bias: false, from: x, to: x, when: $embedding_width != $width}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: $prefix.decoder.embed_tokens.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "phi-3-mini": ##"""
# yaml-language-server: $schema=model.schema.json
extends: phi3.yaml
name: phi-3-mini
summary: Phi 3 mini, for 4096 tokens.
dimensions:
  window: 2047

"""##,
    "phi-4-mini": ##"""
# yaml-language-server: $schema=model.schema.json
extends: phi3.yaml
name: phi-4-mini
summary: Phi 4 mini with 3.8 billion parameters. The factors of its longrope stand in a checkpoint.
dimensions:
  vocabulary: 200064
  padding: 199999
  positions: 131072
  heads: 24
  key_value_heads: 8
  layers: 32
  partial_rotary: 0.75
  tied: true
  window: 262144

"""##,
    "phi3": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: phi3
summary: The Phi 3 and 4-mini families; their sizes extend this description.
model_type: phi3

dimensions:
  vocabulary: 32064
  padding: if($vocabulary > 32000, 32000, 'none')
  positions: 4096
  width: 3072
  inner: 8192
  key_value_heads: $heads
  epsilon: 1e-5
  residual_dropout: 0
  partial_rotary: 1
  rope_original_length: 4096
  rotary_size: floor($head_size * $partial_rotary)

architectures:
  Phi3ForCausalLM: {}
  Phi3ForSequenceClassification: {head: classifier}
  Phi3Model: {prefix: "", head: none}

config:
  attention_bias: {only: [false], otherwise: layers of this family have none}
  mlp_bias: {only: [false], otherwise: layers of this family have none}
  lm_head_bias: {only: [false], otherwise: the head of this family has none}
  full_attn_mod: ignored
  interpolate_factor: ignored
  resid_pdrop: residual_dropout
  sliding_window: {to: window, none: 0}
  original_max_position_embeddings: rope_original_length
  partial_rotary_factor: partial_rotary
  rope_parameters.partial_rotary_factor: partial_rotary
  # Earlier files call longrope su, or yarn.
  rope_parameters.type: {to: rope_scaling, values: {default: default, longrope: longrope, su: longrope, yarn: longrope}}
  rope_parameters.rope_type: {to: rope_scaling, values: {default: default, longrope: longrope, su: longrope, yarn: longrope}}
  rope_parameters.original_max_position_embeddings: {only: [4096], otherwise: original_max_position_embeddings outside counts}

graph:
  - block:
      name: $prefix
      modules: [embed_tokens, layers, norm, rotary_emb: RotaryEmbedding]
      graph:
        - embedding: {name: embed_tokens, count: $vocabulary, size: $width, padding: $padding, from: input_ids, to: x}
        - repeat:
            name: layers
            count: $layers
            modules:
              - self_attn.o_proj
              - self_attn.qkv_proj
              - mlp.gate_up_proj
              - mlp.down_proj
              - mlp.activation_fn
              - input_layernorm
              - post_attention_layernorm
              - resid_attn_dropout
              - resid_mlp_dropout
            graph:
              - rms_norm: {name: input_layernorm, epsilon: $epsilon, from: x}
              - block:
                  name: self_attn
                  graph:
                    - linear: {name: qkv_proj, out: ($heads + 2 * $key_value_heads) * $head_size, bias: false}
                    - split:
                        sizes: [$heads * $head_size, $key_value_heads * $head_size, $key_value_heads * $head_size]
                        to: [q, k, v]
                    - rope: {from: q, to: q}
                    - rope: {from: k, to: k}
                    - attention:
                        heads: $heads
                        key_value_heads: $key_value_heads
                        causal: $causal
                        # To both sides it is counted without the position itself.
                        window: if($causal or $window == 0, $window, $window + 1)
                        dropout: $attention_dropout
                        mask: attention_mask
                        from: [q, k, v]
                    - linear: {name: o_proj, out: $width, bias: false}
              - dropout: {name: resid_attn_dropout, rate: $residual_dropout}
              - add: {from: [x, previous], to: x}
              - rms_norm: {name: post_attention_layernorm, epsilon: $epsilon, from: x}
              - block:
                  name: mlp
                  graph:
                    - linear: {name: gate_up_proj, out: 2 * $inner, bias: false}
                    - split: {parts: 2, to: [gate, up]}
                    - activation: {name: activation_fn, function: $activation, from: gate}
                    - multiply: {from: [up, previous]}
                    - linear: {name: down_proj, out: $width, bias: false}
              - dropout: {name: resid_mlp_dropout, rate: $residual_dropout}
              - add: {from: [x, previous], to: x}
        - rms_norm: {name: norm, epsilon: $epsilon, from: x, to: x}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: $prefix.embed_tokens.weight, from: x, to: logits, when: $head == 'causal_lm' and $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, from: x, to: logits, when: $head == 'causal_lm' and not $tied}
  - block:
      when: $head == 'classifier'
      graph:
        - take_token: {last_of: input_ids, padding: $padding, mask: attention_mask, from: x}
        - linear: {name: score, out: $labels, bias: false, to: logits}

"""##,
    "pythia-1.4b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gpt_neox.yaml
name: pythia-1.4b
summary: Pythia with 1.4 billion parameters.
dimensions:
  vocabulary: 50304
  width: 2048
  inner: 8192
  heads: 16
  layers: 24

"""##,
    "pythia-410m": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gpt_neox.yaml
name: pythia-410m
summary: Pythia with 405 million parameters.
dimensions:
  vocabulary: 50304
  width: 1024
  inner: 4096
  heads: 16
  layers: 24

"""##,
    "pythia-70m": ##"""
# yaml-language-server: $schema=model.schema.json
extends: gpt_neox.yaml
name: pythia-70m
summary: Pythia with 70 million parameters.
dimensions:
  vocabulary: 50304
  width: 512
  inner: 2048
  heads: 8
  layers: 6

"""##,
    "qwen2-0.5b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: qwen2.yaml
name: qwen2-0.5b
summary: Qwen 2 with half a billion parameters.
dimensions:
  positions: 131072
  rope_theta: 1000000
  width: 896
  inner: 4864
  layers: 24
  heads: 14
  key_value_heads: 2
  tied: true

"""##,
    "qwen2-1.5b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: qwen2.yaml
name: qwen2-1.5b
summary: Qwen 2 with 1.5 billion parameters.
dimensions:
  positions: 131072
  rope_theta: 1000000
  width: 1536
  inner: 8960
  layers: 28
  heads: 12
  key_value_heads: 2
  tied: true

"""##,
    "qwen2-7b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: qwen2.yaml
name: qwen2-7b
summary: Qwen 2 with 7 billion parameters.
dimensions:
  vocabulary: 152064
  positions: 131072
  rope_theta: 1000000
  width: 3584
  inner: 18944
  layers: 28
  heads: 28
  key_value_heads: 4

"""##,
    "qwen2": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: qwen2
summary: The Qwen 2 and 2.5 families; their sizes extend this description.
model_type: qwen2

dimensions:
  vocabulary: 151936
  positions: 32768
  inner: 22016
  key_value_heads: 32
  attention_bias: true
  output_bias: false
  window: if($use_window, $sliding_window, 0)
  window_start: 28
  use_window: false
  sliding_window: 4096

architectures:
  Qwen2ForCausalLM: {}
  Qwen2ForSequenceClassification: {head: classifier}
  Qwen2Model: {prefix: "", head: none}

config:
  attention_bias: {only: [true], otherwise: queries with keys and values of this family have biases}
  mlp_bias: {only: [false], otherwise: layers of this family have none}
  use_mrope: {only: [false]}
  use_sliding_window: use_window
  sliding_window: {to: sliding_window, none: 0}
  max_window_layers: window_start
  layer_types: {to: layer_kinds, entries: {full_attention: 0, sliding_attention: 1}}

"""##,
    "qwen3-0.6b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: qwen3.yaml
name: qwen3-0.6b
summary: Qwen 3 with 0.6 billion parameters.
dimensions:
  positions: 40960
  rope_theta: 1000000
  width: 1024
  inner: 3072
  layers: 28
  heads: 16
  key_value_heads: 8
  tied: true

"""##,
    "qwen3-8b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: qwen3.yaml
name: qwen3-8b
summary: Qwen 3 with 8 billion parameters.
dimensions:
  positions: 40960
  rope_theta: 1000000
  inner: 12288
  layers: 36
  key_value_heads: 8

"""##,
    "qwen3": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: qwen3
summary: The Qwen 3 family; its sizes extend this description.
model_type: qwen3

dimensions:
  vocabulary: 151936
  positions: 32768
  inner: 22016
  key_value_heads: 32
  head_size: 128
  qk_norm: true
  window: if($use_window, $sliding_window, 0)
  window_start: 28
  use_window: false
  sliding_window: 4096

architectures:
  Qwen3ForCausalLM: {}
  Qwen3ForSequenceClassification: {head: classifier}
  Qwen3Model: {prefix: "", head: none}

config:
  mlp_bias: {only: [false], otherwise: layers of this family have none}
  use_sliding_window: use_window
  sliding_window: {to: sliding_window, none: 0}
  max_window_layers: window_start
  layer_types: {to: layer_kinds, entries: {full_attention: 0, sliding_attention: 1}}

"""##,
    "resnet-18": ##"""
# yaml-language-server: $schema=model.schema.json
extends: resnet.yaml
name: resnet-18
summary: ResNet-18, of basic layers, for the 1000 labels of ImageNet.
dimensions:
  prefix: resnet
  head: classifier
  labels: 1000
  kind: basic
  widths: "64 128 256 512"
  depths: "2 2 2 2"

"""##,
    "resnet-50": ##"""
# yaml-language-server: $schema=model.schema.json
extends: resnet.yaml
name: resnet-50
summary: ResNet-50, of bottleneck layers, for the 1000 labels of ImageNet.
dimensions:
  prefix: resnet
  head: classifier
  labels: 1000

"""##,
    "resnet": ##"""
# yaml-language-server: $schema=model.schema.json
name: resnet
summary: The ResNet family, of basic or bottleneck layers; its sizes extend this description. As it stands it is ResNet-50 without a head.
model_type: resnet

dimensions:
  prefix: ""
  head: none
  labels: 2
  channels: 3
  stem: 64
  # Of each stage the channels of its results and the number of its layers; then how many stages there are.
  widths: "256 512 1024 2048"
  depths: "3 4 6 3"
  layers: count($depths)
  kind: bottleneck
  activation: relu
  downsample_in_first_stage: false
  downsample_in_bottleneck: false

architectures:
  ResNetModel: {prefix: "", head: none}
  ResNetForImageClassification: {prefix: resnet, head: classifier}

config:
  num_channels: channels
  embedding_size: stem
  hidden_sizes: {to: widths, as: numbers}
  depths: {to: depths, as: numbers}
  layer_type: {to: kind, values: {basic: basic, bottleneck: bottleneck}}
  hidden_act: {to: activation, as: activation}
  downsample_in_first_stage: downsample_in_first_stage
  downsample_in_bottleneck: downsample_in_bottleneck
  id2label: {to: labels, as: count}
  num_labels: labels
  tie_word_embeddings: ignored
  is_causal: ignored
  # Read where the model serves as part of another one.
  stage_names: ignored
  out_features: ignored
  out_indices: ignored

checkpoint:
  resnet.**: "**"
  "**": resnet.**

# Images of any size.
inputs:
  pixel_values: {type: numbers, shape: [batch, $channels, height, width]}

blocks:
  # A convolution with padding, its norm, and a function of both.
  conv:
    arguments: {out: null, kernel: 3, stride: 1, function: relu}
    inputs: [x]
    graph:
      - conv2d: {name: convolution, out: $out, kernel: $kernel, stride: $stride, padding: $kernel // 2, bias: false}
      - batch_norm: {name: normalization}
      - activation: {name: activation, function: $function}

  layer:
    arguments: {inputs: null, out: null, stride: null}
    inputs: [x]
    modules: [shortcut, layer, activation]
    graph:
      - block:
          name: shortcut
          when: $inputs != $out or $stride != 1
          graph:
            - conv2d: {name: convolution, out: $out, kernel: 1, stride: $stride, bias: false, from: x}
            - batch_norm: {name: normalization, to: rest}
      - activation:
          name: shortcut
          function: identity
          from: x
          to: rest
          when: $inputs == $out and $stride == 1
      - block:
          name: layer
          when: $kind == 'basic'
          graph:
            - conv: {name: "0", out: $out, stride: $stride, from: x}
            - conv: {name: "1", out: $out, function: identity, to: h}
      - block:
          name: layer
          when: $kind == 'bottleneck'
          graph:
            - conv:
                name: "0"
                out: $out // 4
                kernel: 1
                stride: if($downsample_in_bottleneck, $stride, 1)
                from: x
            - conv: {name: "1", out: $out // 4, stride: "if($downsample_in_bottleneck, 1, $stride)"}
            - conv: {name: "2", out: $out, kernel: 1, function: identity, to: h}
      - add: {from: [h, rest]}
      - activation: {name: activation, function: $activation}

  stage:
    arguments: {inputs: null, out: null, depth: null, stride: null}
    inputs: [x]
    graph:
      - repeat:
          name: layers
          count: $depth
          graph:
            - layer:
                inputs: if($index == 0, $inputs, $out)
                out: $out
                stride: if($index == 0, $stride, 1)

graph:
  - block:
      name: $prefix
      graph:
        - conv: {name: embedder.embedder, out: $stem, kernel: 7, stride: 2, function: $activation, from: pixel_values}
        - max_pool: {name: embedder.pooler, kernel: 3, stride: 2, padding: 1}
        - repeat:
            name: encoder.stages
            count: $layers
            graph:
              - stage:
                  inputs: if($index == 0, $stem, entry($widths, $index - 1))
                  out: entry($widths, $index)
                  depth: entry($depths, $index)
                  stride: if($index == 0 and not $downsample_in_first_stage, 1, 2)
                  to: x
        - adaptive_avg_pool: {name: pooler, to: pooled}
  - block:
      name: classifier
      when: $head == 'classifier'
      graph:
        - flatten: {name: "0", from: pooled}
        - linear: {name: "1", out: $labels, to: logits}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  pooler_output: {from: pooled, when: $head == 'none'}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "roberta-base-classifier": ##"""
# yaml-language-server: $schema=model.schema.json
extends: roberta-base.yaml
name: roberta-base-classifier
summary: RoBERTa base with a head that tells texts apart.
dimensions:
  prefix: roberta
  head: classifier

"""##,
    "roberta-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: roberta.yaml
name: roberta-base
summary: RoBERTa base, without a head.
dimensions:
  positions: 514
  token_types: 1
  epsilon: 1e-5

"""##,
    "roberta-large-classifier": ##"""
# yaml-language-server: $schema=model.schema.json
extends: roberta-large.yaml
name: roberta-large-classifier
summary: RoBERTa large with a head that tells texts apart.
dimensions:
  prefix: roberta
  head: classifier

"""##,
    "roberta-large": ##"""
# yaml-language-server: $schema=model.schema.json
extends: roberta.yaml
name: roberta-large
summary: RoBERTa large, without a head.
dimensions:
  positions: 514
  token_types: 1
  epsilon: 1e-5
  width: 1024
  inner: 4096
  heads: 16
  layers: 24

"""##,
    "roberta": ##"""
# yaml-language-server: $schema=model.schema.json
extends: bert.yaml
name: roberta
summary: The RoBERTa family; its sizes and heads extend this description. As it stands it is what an empty configuration means.
model_type: roberta
output_embedding: ${if($head == 'masked_lm', 'lm_head.decoder', '')}

dimensions:
  vocabulary: 50265
  padding: 1

architectures:
  RobertaModel: {prefix: "", head: none}
  RobertaForSequenceClassification: {prefix: roberta, head: classifier}
  RobertaForMaskedLM: {prefix: roberta, head: masked_lm}
  RobertaForTokenClassification: {prefix: roberta, head: token_classifier}
  RobertaForQuestionAnswering: {prefix: roberta, head: question_answering}

config:
  pad_token_id: padding

checkpoint:
  roberta.**: "**"
  "**": roberta.**

graph:
  - block:
      name: $prefix
      modules:
        - embeddings.word_embeddings
        - embeddings.token_type_embeddings
        - embeddings.LayerNorm
        - embeddings.dropout
        - embeddings.position_embeddings
      graph:
        - embedding: {name: embeddings.word_embeddings, count: $vocabulary, size: $width, padding: $padding, from: input_ids, to: words}
        # The first token's position is one behind that of padding.
        - positions:
            name: embeddings.position_embeddings
            count: $positions
            size: $width
            like: input_ids
            padding: $padding
            offset: $padding + 1
            to: places
        - embedding: {name: embeddings.token_type_embeddings, count: $token_types, size: $width, from: token_type_ids, to: types}
        - add: {from: [words, types, places]}
        - layer_norm: {name: embeddings.LayerNorm, epsilon: $epsilon}
        - dropout: {name: embeddings.dropout, rate: $dropout}
        - encoder: {from: [previous, attention_mask], to: x}
        - pooler: {from: x, to: pooled, when: $head == 'none'}
  - block:
      name: classifier
      when: $head == 'classifier'
      modules: [dense, dropout, out_proj]
      graph:
        - take_token: {at: 0, from: x}
        - dropout: {name: dropout, rate: $classifier_dropout}
        - linear: {name: dense, out: $width}
        - tanh
        - dropout: {name: dropout, rate: $classifier_dropout}
        - linear: {name: out_proj, out: $labels, to: logits}
  - block:
      when: $head == 'token_classifier'
      graph:
        - dropout: {name: dropout, rate: $classifier_dropout, from: x}
        - linear: {name: classifier, out: $labels, to: logits}
  - linear: {name: qa_outputs, out: $labels, from: x, to: logits, when: $head == 'question_answering'}
  - block:
      name: lm_head
      when: $head == 'masked_lm'
      graph:
        - linear: {name: dense, out: $width, from: x}
        - gelu
        - layer_norm: {name: layer_norm, epsilon: $epsilon, to: x}
        - parameter: {name: bias, shape: [$vocabulary]}
        - linear:
            name: decoder
            out: $vocabulary
            weight: $prefix.embeddings.word_embeddings.weight
            bias_from: lm_head.bias
            from: x
            to: logits
            when: $tied
        - linear: {name: decoder, out: $vocabulary, from: x, to: logits, when: not $tied}

"""##,
    "smollm3-3b": ##"""
# yaml-language-server: $schema=model.schema.json
extends: smollm3.yaml
name: smollm3-3b
summary: SmolLM 3 with 3.1 billion parameters.
dimensions:
  positions: 65536
  rope_theta: 5000000

"""##,
    "smollm3": ##"""
# yaml-language-server: $schema=model.schema.json
extends: llama.yaml
name: smollm3
summary: The SmolLM 3 family. As it stands it has 3 billion parameters.
model_type: smollm3

dimensions:
  vocabulary: 128256
  padding: 128004
  positions: 32768
  width: 2048
  inner: 11008
  layers: 36
  heads: 16
  key_value_heads: 4
  tied: true
  rope_theta: 2000000
  rotary_pattern: 4

architectures:
  SmolLM3ForCausalLM: {}
  SmolLM3ForSequenceClassification: {head: classifier}
  SmolLM3Model: {prefix: "", head: none}

config:
  no_rope_layer_interval: rotary_pattern
  no_rope_layers: {to: rotary_layers, as: numbers}
  use_sliding_window: {only: [false]}
  layer_types: {to: layer_kinds, entries: {full_attention: 0}}

"""##,
    "t5-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: t5.yaml
name: t5-base
summary: T5 with 220 million parameters.
dimensions:
  width: 768
  inner: 3072
  heads: 12
  layers: 12

"""##,
    "t5-small": ##"""
# yaml-language-server: $schema=model.schema.json
extends: t5.yaml
name: t5-small
summary: T5 with 60 million parameters.

"""##,
    "t5": ##"""
# yaml-language-server: $schema=model.schema.json
name: t5
summary: The T5 family with Flan-T5; its sizes extend this description. As it stands it is the small size.
model_type: t5
output_embedding: lm_head

dimensions:
  vocabulary: 32128
  width: 512
  head_size: 64
  inner: 2048
  heads: 8
  # Both stacks, unless the decoder is set by itself.
  layers: 6
  decoder_layers: $layers
  buckets: 32
  distance: 128
  dropout: 0.1
  epsilon: 1e-6
  feed_forward: relu
  gated: $feed_forward != 'relu' and $feed_forward != 'gelu' and $feed_forward != 'silu'
  activation: if($feed_forward == 'gated_gelu', 'gelu_tanh', if($feed_forward == 'gated_silu', 'silu', if($feed_forward == 'gated_relu', 'relu', $feed_forward)))
  # T5 1.0 scales what its head reads, and the head is the embedding; T5 1.1 does neither.
  said_to_be_tied: true
  tied: $said_to_be_tied
  scaled: $said_to_be_tied

architectures:
  T5ForConditionalGeneration: {}
  T5WithLMHeadModel: {}

config:
  vocab_size: vocabulary
  d_model: width
  d_kv: head_size
  hidden_size: {same_as: d_model}
  head_dim: {same_as: d_kv}
  d_ff: inner
  num_layers: layers
  num_decoder_layers: decoder_layers
  num_heads: heads
  num_attention_heads: {same_as: num_heads}
  relative_attention_num_buckets: buckets
  relative_attention_max_distance: distance
  dropout_rate: dropout
  layer_norm_epsilon: epsilon
  feed_forward_proj:
    to: feed_forward
    values:
      relu: relu
      gelu: gelu
      silu: silu
      gated-relu: gated_relu
      gated-gelu: gated_gelu
      gated-silu: gated_silu
  dense_act_fn: {to: activation, as: activation}
  is_gated_act: gated
  tie_word_embeddings: said_to_be_tied
  scale_decoder_outputs: scaled
  is_encoder_decoder: {only: [true]}
  is_decoder: {only: [false]}
  is_causal: {only: [true]}
  classifier_dropout: ignored
  n_positions: ignored

# Where a file has no head, the embedding is one, whatever the configuration says.
without_head:
  tied: true

checkpoint:
  shared.weight: [encoder.embed_tokens.weight, decoder.embed_tokens.weight]

inputs:
  input_ids: {type: tokens, shape: [batch, sequence]}
  attention_mask: {type: mask, shape: [batch, sequence], optional: true}
  decoder_input_ids: {type: tokens, shape: [batch, target_sequence]}
  decoder_attention_mask: {type: mask, shape: [batch, target_sequence], optional: true}

blocks:
  feed_forward:
    inputs: [x]
    modules:
      - DenseReluDense.wi
      - DenseReluDense.wi_0
      - DenseReluDense.wi_1
      - DenseReluDense.wo
      - DenseReluDense.dropout
      - DenseReluDense.act
      - layer_norm
      - dropout
    graph:
      - rms_norm: {name: layer_norm, epsilon: $epsilon, from: x, to: h}
      - linear: {name: DenseReluDense.wi, out: $inner, bias: false, when: not $gated}
      - linear: {name: DenseReluDense.wi_0, out: $inner, bias: false, when: $gated}
      - activation: {name: DenseReluDense.act, function: $activation, to: gate}
      - block:
          when: $gated
          graph:
            - linear: {name: DenseReluDense.wi_1, out: $inner, bias: false, from: h}
            - multiply: {from: [gate, previous]}
      - dropout: {name: DenseReluDense.dropout, rate: $dropout}
      - linear: {name: DenseReluDense.wo, out: $width, bias: false}
      - dropout: {name: dropout, rate: $dropout}
      - add: {from: [x, previous]}

modules:
  - shared: Embedding
  - encoder.embed_tokens
  - encoder.block
  - encoder.final_layer_norm
  - encoder.dropout
  - decoder.embed_tokens
  - decoder.block
  - decoder.final_layer_norm
  - decoder.dropout
  - lm_head

graph:
  - parameter: {name: shared.weight, shape: [$vocabulary, $width]}

  - embedding: {name: encoder.embed_tokens, count: $vocabulary, size: $width, weight: shared.weight, from: input_ids}
  - dropout: {name: encoder.dropout, rate: $dropout, to: x}
  - repeat:
      name: encoder.block
      count: $layers
      modules:
        - layer.0.SelfAttention
        - layer.0.layer_norm
        - layer.0.dropout
      graph:
        - rms_norm: {name: layer.0.layer_norm, epsilon: $epsilon, from: x, to: h}
        - block:
            name: layer.0.SelfAttention
            modules: [q, k, v, o, relative_attention_bias]
            graph:
              - linear: {name: q, out: $heads * $head_size, bias: false, from: h, to: q}
              - linear: {name: k, out: $heads * $head_size, bias: false, from: h, to: k}
              - linear: {name: v, out: $heads * $head_size, bias: false, from: h, to: v}
              - relative_position_bias:
                  name: relative_attention_bias
                  heads: $heads
                  buckets: $buckets
                  distance: $distance
                  bidirectional: true
                  from: [h, h]
                  to: bias
                  when: $index == 0
              - attention:
                  heads: $heads
                  scale: 1
                  dropout: $dropout
                  mask: attention_mask
                  bias: bias
                  from: [q, k, v]
              - linear: {name: o, out: $width, bias: false}
        - dropout: {name: layer.0.dropout, rate: $dropout}
        - add: {from: [x, previous], to: x}
        - feed_forward: {name: layer.1, from: x, to: x}
  - rms_norm: {name: encoder.final_layer_norm, epsilon: $epsilon, from: x}
  - dropout: {name: encoder.dropout, rate: $dropout, to: encoded}

  - embedding: {name: decoder.embed_tokens, count: $vocabulary, size: $width, weight: shared.weight, from: decoder_input_ids}
  - dropout: {name: decoder.dropout, rate: $dropout, to: x}
  - repeat:
      name: decoder.block
      count: $decoder_layers
      modules:
        - layer.0.SelfAttention
        - layer.0.layer_norm
        - layer.0.dropout
        - layer.1.EncDecAttention
        - layer.1.layer_norm
        - layer.1.dropout
      graph:
        - rms_norm: {name: layer.0.layer_norm, epsilon: $epsilon, from: x, to: h}
        - block:
            name: layer.0.SelfAttention
            modules: [q, k, v, o, relative_attention_bias]
            graph:
              - linear: {name: q, out: $heads * $head_size, bias: false, from: h, to: q}
              - linear: {name: k, out: $heads * $head_size, bias: false, from: h, to: k}
              - linear: {name: v, out: $heads * $head_size, bias: false, from: h, to: v}
              - relative_position_bias:
                  name: relative_attention_bias
                  heads: $heads
                  buckets: $buckets
                  distance: $distance
                  bidirectional: false
                  from: [h, h]
                  to: bias
                  when: $index == 0
              - attention:
                  heads: $heads
                  scale: 1
                  causal: true
                  dropout: $dropout
                  mask: decoder_attention_mask
                  bias: bias
                  from: [q, k, v]
              - linear: {name: o, out: $width, bias: false}
        - dropout: {name: layer.0.dropout, rate: $dropout}
        - add: {from: [x, previous], to: x}
        - rms_norm: {name: layer.1.layer_norm, epsilon: $epsilon, from: x, to: h}
        - block:
            name: layer.1.EncDecAttention
            modules: [q, k, v, o]
            graph:
              - linear: {name: q, out: $heads * $head_size, bias: false, from: h, to: q}
              - linear: {name: k, out: $heads * $head_size, bias: false, from: encoded, to: k}
              - linear: {name: v, out: $heads * $head_size, bias: false, from: encoded, to: v}
              - attention:
                  heads: $heads
                  scale: 1
                  dropout: $dropout
                  mask: attention_mask
                  from: [q, k, v]
              - linear: {name: o, out: $width, bias: false}
        - dropout: {name: layer.1.dropout, rate: $dropout}
        - add: {from: [x, previous], to: x}
        - feed_forward: {name: layer.2, from: x, to: x}
  - rms_norm: {name: decoder.final_layer_norm, epsilon: $epsilon, from: x}
  - dropout: {name: decoder.dropout, rate: $dropout, to: x}
  - scale: {by: 1 / sqrt($width), when: $scaled}
  - linear: {name: lm_head, out: $vocabulary, bias: false, weight: shared.weight, when: $tied}
  - linear: {name: lm_head, out: $vocabulary, bias: false, when: not $tied}

outputs: {logits: previous}

"""##,
    "vit-b16": ##"""
# yaml-language-server: $schema=model.schema.json
extends: vit.yaml
name: vit-b16
summary: Vision Transformer, base size, patches of 16, for the 1000 labels of ImageNet.
dimensions:
  prefix: vit
  head: classifier
  labels: 1000

"""##,
    "vit-l16": ##"""
# yaml-language-server: $schema=model.schema.json
extends: vit.yaml
name: vit-l16
summary: Vision Transformer, large size, patches of 16, for the 1000 labels of ImageNet.
dimensions:
  prefix: vit
  head: classifier
  labels: 1000
  width: 1024
  inner: 4096
  heads: 16
  layers: 24

"""##,
    "vit": ##"""
# yaml-language-server: $schema=model.schema.json
name: vit
summary: The Vision Transformer family; its sizes extend this description. As it stands it is the base size without a head.
model_type: vit

dimensions:
  prefix: ""
  head: none
  labels: 2
  image: 224
  patch: 16
  channels: 3
  width: 768
  inner: 3072
  heads: 12
  layers: 12
  epsilon: 1e-12
  activation: gelu
  bias: true
  dropout: 0
  attention_dropout: 0
  pooled_width: $width
  pooler_activation: tanh

architectures:
  ViTModel: {prefix: "", head: none}
  ViTForImageClassification: {prefix: vit, head: classifier}

config:
  image_size: {to: image, as: square}
  patch_size: {to: patch, as: square}
  num_channels: channels
  hidden_size: width
  intermediate_size: inner
  num_attention_heads: heads
  num_hidden_layers: layers
  layer_norm_eps: epsilon
  hidden_act: {to: activation, as: activation}
  qkv_bias: bias
  hidden_dropout_prob: dropout
  attention_probs_dropout_prob: attention_dropout
  pooler_output_size: pooled_width
  pooler_act: {to: pooler_activation, as: activation}
  id2label: {to: labels, as: count}
  num_labels: labels
  encoder_stride: ignored
  tie_word_embeddings: ignored
  is_causal: ignored

# Files on the hub have the names of earlier releases of transformers.
checkpoint:
  "**.layers.*.attention.q_proj.*": "**.encoder.layer.*.attention.attention.query.*"
  "**.layers.*.attention.k_proj.*": "**.encoder.layer.*.attention.attention.key.*"
  "**.layers.*.attention.v_proj.*": "**.encoder.layer.*.attention.attention.value.*"
  "**.layers.*.attention.o_proj.*": "**.encoder.layer.*.attention.output.dense.*"
  "**.layers.*.mlp.fc1.*": "**.encoder.layer.*.intermediate.dense.*"
  "**.layers.*.mlp.fc2.*": "**.encoder.layer.*.output.dense.*"
  "**.layers.*.layernorm_before.*": "**.encoder.layer.*.layernorm_before.*"
  "**.layers.*.layernorm_after.*": "**.encoder.layer.*.layernorm_after.*"
  vit.**: "**"
  "**": vit.**

inputs:
  pixel_values: {type: numbers, shape: [batch, $channels, $image, $image]}

graph:
  - block:
      name: $prefix
      graph:
        - parameter: {name: embeddings.cls_token, shape: [1, 1, $width], to: class}
        - parameter:
            name: embeddings.position_embeddings
            shape: [1, ($image // $patch) * ($image // $patch) + 1, $width]
            to: places
        - conv2d: {name: embeddings.patch_embeddings.projection, out: $width, kernel: $patch, stride: $patch, from: pixel_values}
        - patches
        - concatenate: {axis: 1, from: [class, previous]}
        - add: {from: [previous, places]}
        - dropout: {name: embeddings.dropout, rate: $dropout, to: x}
        - repeat:
            name: layers
            count: $layers
            modules: [attention, layernorm_before, layernorm_after, mlp.activation_fn, mlp.fc1, mlp.fc2, dropout]
            graph:
              - layer_norm: {name: layernorm_before, epsilon: $epsilon, from: x, to: h}
              - block:
                  name: attention
                  graph:
                    - linear: {name: q_proj, out: $width, bias: $bias, from: h, to: q}
                    - linear: {name: k_proj, out: $width, bias: $bias, from: h, to: k}
                    - linear: {name: v_proj, out: $width, bias: $bias, from: h, to: v}
                    - attention: {heads: $heads, dropout: $attention_dropout, from: [q, k, v]}
                    - linear: {name: o_proj, out: $width}
              - dropout: {name: dropout, rate: $dropout}
              - add: {from: [previous, x], to: x}
              - layer_norm: {name: layernorm_after, epsilon: $epsilon}
              - linear: {name: mlp.fc1, out: $inner}
              - activation: {name: mlp.activation_fn, function: $activation}
              - linear: {name: mlp.fc2, out: $width}
              - dropout: {name: dropout, rate: $dropout}
              - add: {from: [previous, x], to: x}
        - layer_norm: {name: layernorm, epsilon: $epsilon, from: x, to: x}
        - take_token: {at: 0, to: first}
        - block:
            when: $head == 'none'
            graph:
              - linear: {name: pooler.dense, out: $pooled_width}
              - activation: {name: pooler.activation, function: $pooler_activation, to: pooled}
  - linear: {name: classifier, out: $labels, from: first, to: logits, when: $head == 'classifier'}

outputs:
  last_hidden_state: {from: x, when: $head == 'none'}
  pooler_output: {from: pooled, when: $head == 'none', optional: true}
  logits: {from: logits, when: $head != 'none'}

"""##,
    "xlm-roberta-base": ##"""
# yaml-language-server: $schema=model.schema.json
extends: xlm-roberta.yaml
name: xlm-roberta-base
summary: XLM-RoBERTa base, without a head.
dimensions:
  vocabulary: 250002
  positions: 514
  token_types: 1
  epsilon: 1e-5

"""##,
    "xlm-roberta-large": ##"""
# yaml-language-server: $schema=model.schema.json
extends: xlm-roberta.yaml
name: xlm-roberta-large
summary: XLM-RoBERTa large, without a head.
dimensions:
  vocabulary: 250002
  positions: 514
  token_types: 1
  epsilon: 1e-5
  width: 1024
  inner: 4096
  heads: 16
  layers: 24

"""##,
    "xlm-roberta": ##"""
# yaml-language-server: $schema=model.schema.json
extends: roberta.yaml
name: xlm-roberta
summary: The XLM-RoBERTa family; its sizes extend this description. As it stands it is what an empty configuration means.
model_type: xlm-roberta

dimensions:
  vocabulary: 30522

architectures:
  XLMRobertaModel: {prefix: "", head: none}
  XLMRobertaForSequenceClassification: {prefix: roberta, head: classifier}
  XLMRobertaForMaskedLM: {prefix: roberta, head: masked_lm}
  XLMRobertaForTokenClassification: {prefix: roberta, head: token_classifier}
  XLMRobertaForQuestionAnswering: {prefix: roberta, head: question_answering}

config:
  pad_token_id: padding

# Heads are registered before the body.
modules: [lm_head, dropout, classifier, qa_outputs]

"""##,
  ]
}
