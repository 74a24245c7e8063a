"""Trains small tokenizers in the layouts of well-known models, and records what they answer.

    pip install tokenizers==0.23.3
"""

import base64
import collections
import json
import math
import os
import random
import struct
import sys
import unicodedata

import tokenizers
from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers,
                        pre_tokenizers, processors, trainers)

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tokenizers")

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
         r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
         r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")

WORDS = """the of and a to in is you that it he was for on are as with his they I at be this have
from or one had by word but not what all were we when your can said there use an each which she do
how their if will up other about out many then them these so some her would make like him into time
has look two more write go see number no way could people my than first water been call who oil its
now find long down day did get come made may part Straße über Köln größer schön Mädchen façade
naïve déjà vu où garçon cœur niño mañana corazón São João ação Übung привет мир как дела хорошо
сегодня книга жизнь Москва язык γειά σου κόσμε ΣΊΣΥΦΟΣ σοφία שלום עולם ספר مرحبا بالعالم كتاب
नमस्ते दुनिया हिन्दी สวัสดี โลก 你好 世界 今天 天气 很好 学习 机器 日本語 東京 ひらがな カタカナ
안녕하세요 세계 한국어 việt nam tiếng người İstanbul ışık don't can't we'll they've I'm it's he'd""".split()

EXTRA = ["😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "👍🏽", "e\u0301", "a\u0300\u0316", "\u0301", "ﬁ", "①", "Å", "Ⅷ",
         "½", "²", "ｱﾞ", "한", "\u1112\u1161\u11ab", "\u200d", "\u200b", "\u200f", "\u202e", "\ufeff", "\x00",
         "\x01", "\x1b[0m", "\x7f", "\x85", "\xa0", "\u2028", "\u3000", "\u1680", "\u180e", "\t", "\n", "\r\n",
         "  ", "   ", "          ", "\n\n", " \n ", "\t\t", "1", "42", "123", "1234567", "3.14", "１２", "٣٤", "x²",
         "!", "?!", "...", "…", "—", "«»", "¿", "、。", "$", "€", "<", ">", "[", "]", "#", "@", "\\", "/", "_", "-",
         "don't", "DON'T", "It'S", "'", "''", "’s", "ſ", "K", "ß", "ẞ", "İ", "ǅ", "ΣΑΣ", "<s>", "</s>", "[MASK]",
         "[CLS]", "[SEP]", "<|endoftext|>", "<|eot|>", "<mask>", "<unk>", "[UNK]", "<extra>", "foo", "ExTrA",
         "▁", "Ġ", "##", "a▁b", "<0x41>", "\u0e33", "\u0344", "\u09be", "\U0001d11e", "\U00020000", "\ue000",
         "\ufffd", "\U000110cd", "\u0898", "\u09fe", "\u2e52", "㍿", "ﷺ", "ｶﾞ", "\u3131\u314f", "\u0958"]


def sentences(count, seed):
    """Texts of words, of odd pieces, and of both, with and without spaces between them."""
    chance = random.Random(seed)
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(chance.choice([1, 2, 3, 5, 8])):
            part = chance.choice(WORDS if chance.random() < 0.5 else EXTRA)
            part = chance.choice([str, str, str, str.upper, str.capitalize])(part)
            parts += [part, chance.choice(["", " ", " ", " ", "  ", "\n"])]
        texts.append("".join(parts))
    return texts


FIXED = ["", " ", "  ", "\n", "a", "A", " a", "a ", "  leading and trailing  ", "Hello, world!", "x" * 60,
         "ab" * 150, "é" * 101, " " * 50 + "x", "\t" * 9 + "\n" * 9, "word" * 40,
         "The quick (brown) fox can't jump 32.3 feet, right?", "foo<extra>bar", "foo <extra> bar",
         "xfoo foox foo", " foo ", "<mask>", " <mask> ", "a <mask> b", "[MASK].", "x [MASK] y",
         "<s>Hello</s>", "<s><s>", "</s> </s>", "<|endoftext|><|endoftext|>", "ExTrA extra EXTRA",
         "E\u0301xtra", "▁▁", "a▁▁b", "▁ a"]


def corpus():
    texts = sentences(1500, 1) + [" ".join(random.Random(2).choices(WORDS, k=12)) for _ in range(400)]
    chance = random.Random(3)
    return texts + [" ".join(chance.choices(WORDS, k=10)) for _ in range(600)]


def letters(count):
    """The commonest characters, those of equal number in their order: the trainers' own choice
    among these changes from run to run."""
    counts = collections.Counter("".join(corpus()))
    del counts[" "]
    return ["▁", *sorted(counts, key=lambda c: (-counts[c], c))[:count - 1]]


def bpe(size, specials, *, alphabet=True, prefix=None, suffix=None, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    arguments = {"continuing_subword_prefix": prefix} if prefix else {}
    if suffix:
        arguments["end_of_word_suffix"] = suffix
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=specials, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()) if alphabet else letters(80),
        limit_alphabet=1000 if alphabet else 80, **arguments)
    return tokenizer, trainer


def train(tokenizer, trainer):
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def template(first, last=()):
    return processors.TemplateProcessing(
        single=" ".join([*[t for t, _ in first], "$A", *[t for t, _ in last]]),
        pair=" ".join([*[t for t, _ in first], "$A", *[f"{t}" for t, _ in last], "$B:1"]),
        special_tokens=[*first, *last])


def gpt2():
    tokenizer, trainer = bpe(420, ["<|endoftext|>"])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return train(tokenizer, trainer)


def roberta():
    tokenizer, trainer = bpe(420, ["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, trainer)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    return tokenizer


def split_byte_level(pattern, specials, normalizer=None, **options):
    tokenizer, trainer = bpe(480, [], **options)
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, trainer)
    tokenizer.add_special_tokens(specials)
    return tokenizer


def llama3():
    tokenizer = split_byte_level(LLAMA3, ["<|endoftext|>", "<|eot|>"], ignore_merges=True)
    begin = ("<|endoftext|>", tokenizer.token_to_id("<|endoftext|>"))
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False), template([begin])])
    return tokenizer


def qwen():
    tokenizer = split_byte_level(QWEN, ["<|endoftext|>"], normalizers.NFC())
    tokenizer.add_tokens([AddedToken("<extra>", normalized=False), AddedToken("foo", single_word=True)])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def o200k():
    return split_byte_level(O200K, ["<|endoftext|>"])


BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def sentencepiece(specials=("<unk>", "<s>", "</s>"), **options):
    tokenizer, trainer = bpe(700, [*specials, *BYTES], alphabet=False, unk_token="<unk>",
                             fuse_unk=True, byte_fallback=True, **options)
    return tokenizer, trainer


def without_special(tokenizer, tokens):
    """Byte tokens are in the vocabulary of such models, and not added."""
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [t for t in data["added_tokens"] if t["content"] in tokens]
    return Tokenizer.from_str(json.dumps(data))


LLAMA_DECODER = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]


def llama2():
    tokenizer, trainer = sentencepiece()
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    tokenizer.decoder = decoders.Sequence([*LLAMA_DECODER, decoders.Strip(" ", 1, 0)])
    train(tokenizer, trainer)
    tokenizer.pre_tokenizer = None
    tokenizer = without_special(tokenizer, ["<unk>", "<s>", "</s>"])
    tokenizer.add_tokens([AddedToken("ExTrA", normalized=True)])
    tokenizer.post_processor = template([("<s>", 1)])
    return tokenizer


def mistral():
    tokenizer, trainer = sentencepiece()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=True)
    tokenizer.decoder = decoders.Sequence([*LLAMA_DECODER, decoders.Strip(" ", 1, 0)])
    train(tokenizer, trainer)
    data = json.loads(without_special(tokenizer, ["<unk>", "<s>", "</s>"]).to_str())
    data["pre_tokenizer"]["split"] = False
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.post_processor = template([("<s>", 1)])
    return tokenizer


def gemma():
    tokenizer, trainer = sentencepiece(("<pad>", "<eos>", "<bos>", "<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence(LLAMA_DECODER)
    train(tokenizer, trainer)
    tokenizer = without_special(tokenizer, ["<pad>", "<eos>", "<bos>", "<unk>"])
    tokenizer.add_tokens([AddedToken("\n\n", normalized=False), AddedToken("   ", normalized=False)])
    tokenizer.post_processor = template([("<bos>", 2)])
    return tokenizer


def clip():
    tokenizer, trainer = bpe(600, ["<|endoftext|>"], suffix="</w>", unk_token="<|endoftext|>",
                             end_of_word_suffix="</w>")
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(
            r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return train(tokenizer, trainer)


def bert(lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=700, special_tokens=specials, initial_alphabet=letters(150), limit_alphabet=150, show_progress=False)
    train(tokenizer, trainer)
    tokenizer.post_processor = template([("[CLS]", 2)], [("[SEP]", 3)])
    return tokenizer


def bert_old():
    tokenizer = bert(True)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens([AddedToken("<mask>", rstrip=True, lstrip=True)])
    return tokenizer


def small_bpe(normalizer, pre_tokenizer, **options):
    tokenizer, trainer = bpe(400, ["[UNK]"], alphabet=False, unk_token="[UNK]", **options)
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    return train(tokenizer, trainer)


def oddities():
    """Components that no layout above has, a few at a time."""
    P, N = pre_tokenizers, normalizers
    def steps(*parts): return P.Sequence(list(parts))
    return {
        "whitespace-nfkc": small_bpe(N.NFKC(), P.Whitespace(), fuse_unk=True),
        "nfkd-strip": small_bpe(N.Sequence([N.NFKD(), N.StripAccents(), N.Strip()]),
                                P.WhitespaceSplit(), fuse_unk=False),
        "nfd-digits": small_bpe(N.NFD(), steps(P.WhitespaceSplit(), P.Digits(True))),
        "digits-punctuation": small_bpe(N.Lowercase(), steps(
            P.Digits(False), P.Punctuation("merged_with_previous"))),
        "contiguous": small_bpe(N.Strip(True, False), P.Punctuation("contiguous")),
        "next": small_bpe(N.Replace("a", ""), P.Split(Regex(r"\p{Lu}|[aeiou]{2,}"), "merged_with_next")),
        "previous-inverted": small_bpe(N.Replace(Regex("[0-9]+"), "<n>"), P.Split(
            Regex(r"[\p{L}\p{M}]+"), "merged_with_previous", invert=True)),
        "metaspace-always": small_bpe(N.NFC(), P.Metaspace(prepend_scheme="always")),
        "prefix": small_bpe(N.NFC(), P.WhitespaceSplit(), prefix="##", continuing_subword_prefix="##"),
    }


def character_map():
    """A map of characters as SentencePiece's `nmt_nfkc` has it, of those characters that the texts here have:
    controls away, spaces the same, compatibility forms replaced, letters joined with their marks."""
    entries = {chr(c): "" for c in [*range(1, 9), 0xb, *range(0xe, 0x20), 0x7f, 0x8f, 0x9f, 0x200c]}
    entries |= {chr(c): " " for c in [9, 0xa, 0xc, 0xd, 0x1680, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029,
                                      0x2581, 0x3000, 0xa0, 0xfeff, 0xfffd, 0x85]}
    for text in WORDS + EXTRA:
        for c in text:
            for form in (c, unicodedata.normalize("NFD", c)):
                if unicodedata.normalize("NFKC", form) != form:
                    entries.setdefault(form, unicodedata.normalize("NFKC", form))
    del entries["\u0344"]
    return double_array({key.encode(): value for key, value in entries.items()})


def double_array(entries):
    """The double array of Darts, with the replacements after it, as `Precompiled` has them."""
    blob, places = b"", {}
    for value in sorted(set(entries.values())):
        places[value] = len(blob)
        blob += value.encode() + b"\0"
    units, taken, bases = {0: 0}, {0}, set()

    def place(node, keys, depth):
        labels = sorted({key[depth] if depth < len(key) else 0 for key in keys})
        base = next(b for b in range(1, 1 << 20)
                    if b not in bases and all(b ^ label not in taken for label in labels))
        bases.add(base)
        taken.update(base ^ label for label in labels)
        units[node] |= (node ^ base) << 10 | (0x100 if labels[0] == 0 else 0)
        for label in labels:
            if label == 0:
                units[base] = 1 << 31 | places[entries[next(k for k in keys if len(k) == depth)]]
            else:
                units[base ^ label] = label
                place(base ^ label, [k for k in keys if k[depth:depth + 1] == bytes([label])], depth + 1)

    place(0, list(entries), 0)
    size = (max(taken) // 256 + 1) * 256
    array = struct.pack(f"<{size}I", *[units.get(index, 0) for index in range(size)])
    return struct.pack("<I", len(array)) + array + blob


def unigram(normalizer, pre_tokenizer, specials, size=500):
    """A vocabulary of the commonest pieces, which is the same each time, other than the trainer's; scores
    have two digits, so that ways to cut a word tie."""
    tokenizer = Tokenizer(models.Unigram())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Metaspace()
    counts = collections.Counter()
    for text in corpus():
        text = normalizer.normalize_str(text) if normalizer else text
        for word, _ in pre_tokenizer.pre_tokenize_str(text):
            for start in range(len(word)):
                counts.update(word[start:end] for end in range(start + 1, min(len(word), start + 8) + 1))
    def best(pieces, count):
        return sorted(pieces, key=lambda p: (-counts[p] * len(p), p))[:count]
    pieces = best([p for p in counts if len(p) == 1], 120)
    pieces += best([p for p in counts if len(p) > 1 and p not in specials], size - 120 - len(specials))
    total = sum(counts.values())
    tokenizer.model = models.Unigram(
        [(token, 0.0) for token in specials]
        + [(p, round(math.log(counts[p] / total), 2)) for p in pieces if p not in specials],
        unk_id=next(i for i, token in enumerate(specials) if "unk" in token.lower()))
    tokenizer.add_special_tokens(specials[:5])
    return tokenizer


def unigrams():
    """Unigram models in the layouts of T5, ALBERT, XLM-R and DeBERTa, and one that falls back to bytes."""
    P, N = pre_tokenizers, normalizers
    words = P.Sequence([P.WhitespaceSplit(), P.Metaspace()])
    precompiled = N.Precompiled(character_map())
    t5 = unigram(precompiled, words, ["<pad>", "</s>", "<unk>"])
    t5.add_special_tokens(["<extra_id_0>", "<extra_id_1>"])
    t5.post_processor = template([], [("</s>", 1)])
    albert = unigram(
        N.Sequence([N.Replace("``", '"'), N.Replace("''", '"'), N.NFKD(), N.StripAccents(), N.Lowercase(),
                    precompiled]), words, ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"])
    albert.post_processor = template([("[CLS]", 2)], [("[SEP]", 3)])
    xlm = unigram(N.Sequence([N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " ")]), P.Metaspace(),
                  ["<s>", "<pad>", "</s>", "<unk>"])
    xlm.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    xlm.post_processor = template([("<s>", 0)], [("</s>", 2)])
    deberta = unigram(
        N.Sequence([N.Replace(Regex(r"\s{2,}|[\n\r\t]"), " "), N.NFC(), N.Strip(False, True)]),
        P.Sequence([P.Punctuation(), P.Metaspace(prepend_scheme="first")]),
        ["[PAD]", "[CLS]", "[SEP]", "[UNK]"])
    deberta.post_processor = template([("[CLS]", 1)], [("[SEP]", 2)])
    data = json.loads(unigram(N.NFC(), P.Metaspace(prepend_scheme="never"), ["<unk>", *BYTES], 600).to_str())
    data["model"]["byte_fallback"] = True
    data["pre_tokenizer"]["split"] = False
    data["added_tokens"] = data["added_tokens"][:1]
    data["decoder"] = json.loads(decoders.Sequence(LLAMA_DECODER).__getstate__())
    return {"t5": t5, "albert": albert, "xlm-roberta": xlm, "deberta-v3": deberta,
            "unigram-bytes": Tokenizer.from_str(json.dumps(data))}


def word_level():
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return train(tokenizer, trainers.WordLevelTrainer(
        vocab_size=200, special_tokens=["[UNK]"], show_progress=False))


def encoded(tokenizer, text):
    """Ids and ranges in characters with the special tokens, and what the ids decode to."""
    encoding = tokenizer.encode(text)
    return {"text": text, "ids": encoding.ids, "ranges": [list(o) for o in encoding.offsets],
            "plain": tokenizer.decode(encoding.ids),
            "full": tokenizer.decode(encoding.ids, skip_special_tokens=False)}


def compact(case):
    """`plain` and `full` only where they say something new."""
    case["ranges"] = [bound for pair in case["ranges"] for bound in pair]
    if case["full"] == case["plain"]:
        del case["full"]
    if case["plain"] == case["text"]:
        del case["plain"]
    return case


def all_tokenizers():
    return {"gpt2": gpt2(), "roberta": roberta(), "llama3": llama3(), "qwen": qwen(),
            "o200k": o200k(), "llama2": llama2(), "mistral": mistral(), "gemma": gemma(),
            "clip": clip(), "bert-uncased": bert(True), "bert-cased": bert(False),
            "bert-old": bert_old(), "word-level": word_level(), **oddities(), **unigrams()}


SEPARATORS = ["", " ", " ", " ", "  ", "\n"]


def generated(count):
    """Texts that a test draws again: of words and odd pieces, by a congruential generator."""
    state, texts = 16, []

    def below(limit):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % limit
    for _ in range(count):
        text = ""
        for _ in range(1 + below(8)):
            text += (WORDS + EXTRA)[below(len(WORDS + EXTRA))] + SEPARATORS[below(len(SEPARATORS))]
        texts.append(text)
    return texts


def digest(encodings):
    """FNV-1a, 32 bits, over the ids, each ended by its text's -1."""
    value = 0x811c9dc5
    for ids in encodings:
        for number in [*ids, 0xffffffff]:
            for byte in struct.pack("<I", number):
                value = (value ^ byte) * 0x01000193 % 2**32
    return value


def write_generated(folder, tokenizers_by_name):
    """Digests of what the Unigram models make of 4,000 texts, one for every 20 of them."""
    texts = generated(4000)
    digests = {}
    for name, tokenizer in tokenizers_by_name.items():
        encodings = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
        digests[name] = [digest(encodings[start:start + 20]) for start in range(0, 4000, 20)]
    with open(os.path.join(folder, "..", "generated_texts.json"), "w", encoding="utf-8") as file:
        json.dump({"tokenizers": tokenizers.__version__, "pieces": WORDS + EXTRA, "separators": SEPARATORS,
                   "digests": digests}, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


def write(folder, count, seed, only=None):
    os.makedirs(folder, exist_ok=True)
    made = only or all_tokenizers()
    write_generated(folder, {name: made[name] for name in [
        "t5", "albert", "xlm-roberta", "deberta-v3", "unigram-bytes"]})
    for name, tokenizer in made.items():
        data = json.loads(tokenizer.to_str())
        dump = {"ensure_ascii": False, "separators": (",", ":")}
        with open(os.path.join(folder, f"{name}.json"), "w", encoding="utf-8") as file:
            json.dump(data, file, **dump)
        cases = [compact(encoded(tokenizer, text)) for text in FIXED + sentences(count, seed)]
        with open(os.path.join(folder, f"{name}.cases.json"), "w", encoding="utf-8") as file:
            json.dump({"tokenizers": tokenizers.__version__, "cases": cases}, file, **dump)
            file.write("\n")


if __name__ == "__main__":
    write(FOLDER, 100, 7, unigrams() if "unigrams" in sys.argv else None)
