"""Records what AutoTokenizer makes of folders: tokenizers of `tokenizers/` with other files beside them.

    pip install transformers==5.24.0 tokenizers==0.23.3
"""

import json
import os
import tempfile

import transformers
from transformers import AutoTokenizer

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")

TEXTS = ["Hello World É", "", " x[PAD]y ", "<|im_start|>user hi<|im_end|> ExTrA", "a<mask> b <mask>[MASK] c",
         "don't  stop,\n it's über 你好!", "x<|tool|>y<extra_id_0>z", "<s>foo</s> foo</s><unk>", "``quoted''  ﬁ e\u0301 ①",
         "the <new> NEW new 42", "<|endoftext|>The END", "\tMünchen 한국어 привет ", "[CLS]x[SEP]", "naïve café 😀"]


def token(content, **settings):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False,
            "special": True, **settings}


CHAT = {"added_tokens_decoder": {"700": token("ExTrA", normalized=True, special=False),
                                 "701": token("<|im_start|>"), "702": token("<|im_end|>")}}
DECODER = {str(i): token(t) for i, t in enumerate(["<unk>", "<s>", "</s>"])}


def typed(content, **settings):
    return {"__type": "AddedToken", **token(content, **settings)}


def rows():
    """Name, tokenizer, `model_type`, `tokenizer_config.json`, other files."""
    def named(name, base, kind, config=None, **files):
        return name, base, kind, config, {key.replace("_json", ".json"): value for key, value in files.items()}

    llama = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    plain = {"tokenizer_class": "PreTrainedTokenizerFast"}
    bert = {"tokenizer_class": "BertTokenizer"}
    yield named("plain", "llama2", "llama", plain)
    yield named("file-alone", "llama2", "llama")
    yield named("llama", "llama2", "llama", llama)
    yield named("llama-fast", "llama2", None, {**llama, "tokenizer_class": "LlamaTokenizerFast"})
    yield named("llama-legacy", "llama2", "llama", {**llama, "legacy": True})
    yield named("llama-no-space", "llama2", "llama", {**llama, "add_prefix_space": False})
    yield named("llama-no-start", "llama2", "llama", {**llama, "add_bos_token": False, "add_eos_token": True})
    yield named("llama-decoder", "llama2", "llama", {**llama, **CHAT})
    yield named("llama-decoder-all", "llama2", "llama",
                {**llama, "added_tokens_decoder": {**DECODER, **CHAT["added_tokens_decoder"]}})
    yield named("llama-decoder-moved", "llama2", "llama", {**llama, "added_tokens_decoder": {
        "900": token("<|tool|>"), "850": token("<|im_end|>", lstrip=True)}})
    yield named("llama-pad", "llama2", "llama", {**llama, "pad_token": "[PAD]"})
    yield named("llama-typed", "llama2", "llama", {**llama, "pad_token": typed("[PAD]", rstrip=True, lstrip=True)})
    yield named("llama-added", "llama2", "llama", llama, added_tokens_json={"<|im_start|>": 701, "<|im_end|>": 702})
    yield named("llama-added-unread", "llama2", "llama", {**llama, "added_tokens_decoder": DECODER},
                added_tokens_json={"<|im_start|>": 701})
    yield named("llama-map", "llama2", "llama", llama, special_tokens_map_json={
        "pad_token": token("[PAD]", lstrip=True), "additional_special_tokens": ["<|tool|>"], "image_token": "<new>"},
        added_tokens_json={"<|tool|>": 702, "<|im_end|>": 701})
    yield named("llama-map-unread", "llama2", "llama", {**llama, "added_tokens_decoder": DECODER},
                special_tokens_map_json={"pad_token": "[PAD]"})
    yield named("llama-both", "llama2", "llama", {
        **llama, "extra_special_tokens": ["<new>"], "additional_special_tokens": ["<|tool|>"]})
    yield named("llama-names", "llama2", "llama", {
        **llama, "extra_special_tokens": {"image_token": "<new>", "tool_token": "<|tool|>"}, "boi_token": "[PAD]"})
    yield named("code-llama", "llama2", "code_llama", {"tokenizer_class": "CodeLlamaTokenizer"})
    yield named("llama3-as-llama", "llama3", "llama", {**llama, "bos_token": "<|endoftext|>"})
    yield named("llama3-plain", "llama3", "llama", {**plain, "pad_token": "[PAD]", **{
        "added_tokens_decoder": {"481": token("<|eot|>"), "482": token("<|im_start|>"),
                                 "483": token("foo", special=False, normalized=True, single_word=True)}}})
    yield named("mistral", "mistral", "mistral", {**llama, "pad_token": "[PAD]"})
    yield named("own-name", "mistral", "llama", {"tokenizer_class": "MyTokenizer", "mask_token": "<mask>"})
    yield named("gemma", "gemma", "gemma", {"tokenizer_class": "GemmaTokenizer"})
    yield named("gemma-kind", "gemma", "gemma2")
    for name, options in {"cased": {"do_lower_case": False}, "accents": {"strip_accents": False},
                          "accents-cased": {"do_lower_case": False, "strip_accents": True},
                          "chinese": {"tokenize_chinese_chars": False}}.items():
        yield named(f"bert-{name}", "bert-uncased", "bert", {**bert, **options})
        yield named(f"bert-{name}-plain", "bert-uncased", "bert", {**plain, **options})
    yield named("bert-kind", "bert-cased", "bert")
    yield named("bert-tokens", "bert-uncased", "bert", {
        **bert, "mask_token": typed("<mask>", lstrip=True), "additional_special_tokens": ["<|tool|>"]})
    yield named("bert-normalized", "bert-uncased", "bert", {**bert, "added_tokens_decoder": {
        "700": token("NEW", special=False, normalized=True), "701": token("ExTrA", special=False)}})
    yield named("distilbert", "bert-old", "distilbert", {"tokenizer_class": "DistilBertTokenizerFast"})
    yield named("electra", "bert-cased", "electra", {"tokenizer_class": "ElectraTokenizer", "do_lower_case": False})
    yield named("mpnet", "bert-uncased", "mpnet", {"tokenizer_class": "MPNetTokenizer"})
    yield named("funnel", "bert-uncased", "funnel", {"tokenizer_class": "FunnelTokenizer", "clean_text": False,
                                                       "unk_token": "[UNK]"})
    yield named("minilm", "bert-uncased", "bert", {
        **bert, "do_lower_case": True, "model_max_length": 256, "max_length": 128, "stride": 0,
        "added_tokens_decoder": {str(i): token(t) for i, t in enumerate(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])}})
    yield named("gpt2", "gpt2", "gpt2", {"tokenizer_class": "GPT2Tokenizer"})
    yield named("gpt2-kind", "gpt2", "gpt2")
    yield named("gpt2-space", "gpt2", "gpt2", {
        "tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": True, "add_bos_token": True, "pad_token": "[PAD]"})
    yield named("gpt2-null", "gpt2", "gpt2", {"tokenizer_class": "GPT2Tokenizer", "bos_token": None,
                                              "pad_token": "<|endoftext|>", "model_max_length": 1e30})
    yield named("gpt-neox", "gpt2", "gpt_neox", {"tokenizer_class": "GPTNeoXTokenizer"})
    yield named("gpt-neox-plain", "gpt2", "gpt_neox", plain)
    yield named("opt", "gpt2", "opt", {"tokenizer_class": "GPT2Tokenizer", "bos_token": "</s>", "eos_token": "</s>",
                                       "unk_token": "</s>", "pad_token": "<pad>", "add_bos_token": True})
    yield named("roberta", "roberta", "roberta", {"tokenizer_class": "RobertaTokenizer"})
    yield named("roberta-space", "roberta", "roberta", {
        "tokenizer_class": "RobertaTokenizer", "add_prefix_space": True, "mask_token": typed("<mask>", lstrip=True)})
    yield named("roberta-map", "roberta", "roberta", None, special_tokens_map_json={
        "mask_token": token("<mask>", lstrip=True), "cls_token": "<s>", "sep_token": "</s>"})
    yield named("bart", "roberta", "bart", {"tokenizer_class": "BartTokenizer"})
    yield named("deberta", "gpt2", "deberta", {"tokenizer_class": "DebertaTokenizer"})
    yield named("qwen2", "qwen", "qwen2", {"tokenizer_class": "Qwen2Tokenizer"})
    yield named("qwen2-plain", "qwen", "qwen2", plain)
    yield named("qwen3", "qwen", "qwen3", {
        "tokenizer_class": "Qwen2Tokenizer", "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
        "pad_token": "<|endoftext|>", "eos_token": "<|im_end|>", "bos_token": None})
    yield named("qwen3-decoder", "qwen", "qwen3", {
        "tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "added_tokens_decoder": {
            "480": token("<|endoftext|>"), "481": token("<|im_start|>", rstrip=True),
            "482": token("<|im_end|>", rstrip=True), "483": token("<new>", special=False)}})
    yield named("qwen3_5", "qwen", "qwen3_5", {"tokenizer_class": "Qwen3_5Tokenizer"})
    yield named("clip", "clip", "clip", {"tokenizer_class": "CLIPTokenizer"})
    yield named("cohere", "llama3", "cohere", {"tokenizer_class": "CohereTokenizerFast"})
    yield named("openai-gpt", "clip", "openai-gpt", {
        "tokenizer_class": "OpenAIGPTTokenizer", "unk_token": "<|endoftext|>"})
    yield named("t5", "t5", "t5", {"tokenizer_class": "T5Tokenizer", "extra_ids": 2})
    yield named("t5-kind", "t5", "mt5")
    yield named("t5-plain", "t5", "t5", plain)
    yield named("t5-additional", "t5", "t5", {
        "tokenizer_class": "T5TokenizerFast", "additional_special_tokens": ["<extra_id_0>", "<extra_id_1>"],
        "added_tokens_decoder": {str(i): token(t) for i, t in enumerate(["<pad>", "</s>", "<unk>"])}})
    yield named("t5-map", "t5", "t5", None, special_tokens_map_json={
        "additional_special_tokens": ["<|tool|>"], "eos_token": "</s>"})
    yield named("umt5", "t5", "umt5", {"tokenizer_class": "T5Tokenizer"})
    yield named("albert", "albert", "albert", {"tokenizer_class": "AlbertTokenizer"})
    yield named("albert-cased", "albert", "albert", {
        "tokenizer_class": "AlbertTokenizer", "do_lower_case": False, "keep_accents": True,
        "mask_token": typed("[MASK]", lstrip=True)})
    yield named("xlm-roberta", "t5", "xlm-roberta", {"tokenizer_class": "XLMRobertaTokenizer", "bos_token": "<s>"})
    yield named("xlm-roberta-mask", "xlm-roberta", "xlm-roberta", {
        "tokenizer_class": "XLMRobertaTokenizerFast", "add_prefix_space": False,
        "mask_token": typed("<mask>", lstrip=True)})
    yield named("xlm-roberta-kind", "xlm-roberta", "xlm-roberta")
    yield named("camembert", "xlm-roberta", "camembert", {"tokenizer_class": "CamembertTokenizer"})
    yield named("barthez", "xlm-roberta", "barthez", {"tokenizer_class": "BarthezTokenizer"})
    yield named("deberta-v2", "deberta-v3", "deberta-v2", {"tokenizer_class": "DebertaV2Tokenizer"})
    yield named("deberta-v2-lower", "deberta-v3", "deberta-v2", {
        "tokenizer_class": "DebertaV2Tokenizer", "do_lower_case": True, "split_by_punct": True,
        "add_prefix_space": False, "vocab_type": "spm"})
    yield named("big-bird", "xlm-roberta", "big_bird", {"tokenizer_class": "BigBirdTokenizer"})
    yield named("rembert", "albert", "rembert", {"tokenizer_class": "RemBertTokenizer"})
    yield named("xlnet", "t5", "xlnet", {"tokenizer_class": "XLNetTokenizer", "do_lower_case": True})
    yield named("xglm", "xlm-roberta", "xglm", {"tokenizer_class": "XGLMTokenizer"})
    # Without a tokenizer.json.
    yield named("vocab", "bert-uncased/vocab", "bert", {"tokenizer_class": "BertTokenizer"})
    yield named("vocab-cased", "bert-cased/vocab", "distilbert", {
        "do_lower_case": False, "additional_special_tokens": ["<|tool|>"]}, added_tokens_json={"<new>": 700})
    yield named("merges", "gpt2/merges", "gpt2", {"tokenizer_class": "GPT2Tokenizer"})
    yield named("merges-start", "gpt2/merges", "gpt2", {
        "tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "add_prefix_space": True})
    yield named("merges-roberta", "roberta/merges", "roberta", {"add_bos_token": True})
    yield named("merges-qwen", "qwen/merges", "qwen3", {
        "tokenizer_class": "Qwen2Tokenizer", "added_tokens_decoder": {"480": token("<|im_start|>")}})


def files_of(base):
    """The tokenizer's own files by name."""
    name, _, form = base.partition("/")
    with open(os.path.join(FOLDER, "tokenizers", f"{name}.json"), encoding="utf-8") as file:
        text = file.read()
    model = json.loads(text)["model"]
    if not form:
        return {"tokenizer.json": text}
    if form == "vocab":
        return {"vocab.txt": "".join(f"{t}\n" for t, _ in sorted(model["vocab"].items(), key=lambda e: e[1]))}
    merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
    return {"vocab.json": json.dumps(model["vocab"], ensure_ascii=False),
            "merges.txt": "#version: 0.2\n" + "".join(f"{m}\n" for m in merges)}


def recorded(name, base, kind, config, others):
    files = {"tokenizer_config.json": config, "config.json": kind and {"model_type": kind}, **others}
    files = {key: json.dumps(value, ensure_ascii=False) for key, value in files.items() if value is not None}
    with tempfile.TemporaryDirectory() as folder:
        own = files_of(base)
        for key, text in {**own, **files}.items():
            with open(os.path.join(folder, key), "w", encoding="utf-8") as file:
                file.write(text)
        if "config.json" not in files:
            with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
                file.write("{}")
        tokenizer = AutoTokenizer.from_pretrained(folder)
        if "/" in base:
            files |= own
        ids = [tokenizer(text)["input_ids"] for text in TEXTS]
        return {"name": name, "base": base.partition("/")[0] if "/" not in base else None, "files": files,
                "count": len(tokenizer), "eos": tokenizer.eos_token_id, "pad": tokenizer.pad_token_id,
                "ids": ids, "plain": [tokenizer.decode(i, skip_special_tokens=True) for i in ids]}


if __name__ == "__main__":
    cases = [recorded(*row) for row in rows()]
    with open(os.path.join(FOLDER, "tokenizer_folders.json"), "w", encoding="utf-8") as file:
        file.write(f'{{"transformers": "{transformers.__version__}", "texts": {json.dumps(TEXTS)}, "folders": [\n')
        file.write(",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases))
        file.write("\n]}\n")
