"""Small trained models with rows of text, and what transformers, PEFT, scikit-learn and sentence-transformers
make of them.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0 scikit-learn==1.9.1 scipy==1.17.1 \
        sentence-transformers==6.2.0

Writes evaluation/: `bert`, a classifier of four classes, and `lora`, an adapter of it; `gpt2`, a language model;
`masked`, a masked one; `sentences`, a folder of sentence-transformers; `rows.csv`, and expected.json. Some rows
are longer than the 24 positions that the models have.
"""

import csv
import json
import math
import os
import random
import shutil
import warnings

import zoo

import numpy as np
import peft
import scipy.stats
import sentence_transformers
import sklearn
import sklearn.metrics as metrics
import torch
import transformers
from transformers import AutoTokenizer, BertConfig, PreTrainedTokenizerFast

warnings.simplefilter("ignore")
FOLDER = os.path.join(zoo.FIXTURES, "evaluation")
NAMES = ["licence", "change", "header", "doc, string"]
WORDS = {
    "licence": "permission is granted free of charge to any person obtaining a copy".split(),
    "change": "fixed a crash and added support for new versions in this release".split(),
    "header": "include define the type of every function that the library has".split(),
    "doc, string": "returns a list of values for the given name or none of them".split(),
}
POSITIONS = 24


def rows(count, generator):
    made = []
    for number in range(count):
        name = generator.choice(NAMES)
        others = [word for words in WORDS.values() for word in words]
        length = generator.choice([3, 4, 6, 9, 14, 30])
        text = " ".join(
            generator.choice(WORDS[name] if generator.random() < 0.6 else others)
            for _ in range(length))
        note = 'he said "no",\nand left' if number % 5 == 0 else ""
        made.append({"id": number, "text": text, "label": name, "note": note})
    return made


def path(*names):
    return os.path.join(FOLDER, *names)


def tokenizer(name, **tokens):
    file = os.path.join(zoo.FIXTURES, "tokenizers", f"{name}.json")
    return PreTrainedTokenizerFast(tokenizer_file=file, **tokens)


def bert(**more):
    return BertConfig(
        vocab_size=700, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=24, max_position_embeddings=POSITIONS, initializer_range=0.2, **more)


def batch(tokens, texts):
    return tokens(texts, return_tensors="pt", padding=True, truncation=True, max_length=POSITIONS)


def train(model, tokens, data, steps, rate):
    model.train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate)
    for step in range(steps):
        some = [data[(step * 16 + index) % len(data)] for index in range(16)]
        labels = torch.tensor([NAMES.index(row["label"]) for row in some])
        model(**batch(tokens, [row["text"] for row in some]), labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.eval()


def classified(model, tokens, data):
    with torch.no_grad():
        logits = torch.cat([model(**batch(tokens, [row["text"]])).logits for row in data])
    truth = [NAMES.index(row["label"]) for row in data]
    guess = logits.argmax(-1).tolist()
    return {
        "loss": torch.nn.functional.cross_entropy(logits, torch.tensor(truth)).item(),
        "accuracy": metrics.accuracy_score(truth, guess),
        "balancedAccuracy": metrics.balanced_accuracy_score(truth, guess),
        "f1Macro": metrics.f1_score(truth, guess, average="macro"),
        "f1Micro": metrics.f1_score(truth, guess, average="micro"),
        "matthews": metrics.matthews_corrcoef(truth, guess),
        "confusion": metrics.confusion_matrix(truth, guess, labels=range(4)).tolist(),
        "logits": logits.double().tolist(),
    }


def numbers(logits, data):
    """What a regression of the first output to the row's number scores."""
    guess = np.array(logits)[:, 0]
    truth = np.array([row["id"] / 10 for row in data])
    return {
        "meanSquaredError": metrics.mean_squared_error(truth, guess),
        "pearson": scipy.stats.pearsonr(truth, guess).statistic,
        "spearman": scipy.stats.spearmanr(truth, guess).statistic,
    }


def language(model, tokens, data, length):
    """The loss of every token but the first, of rows that end in the end of the text."""
    loss = count = size = 0
    for row in data:
        encoded = tokens(row["text"], return_offsets_mapping=True)
        ids = torch.tensor([(encoded.input_ids + [tokens.eos_token_id])[:length]])
        offsets = encoded.offset_mapping[:length]
        counted = ids.shape[1] - 1
        with torch.no_grad():
            loss += model(input_ids=ids, labels=ids).loss.item() * counted
        count += counted
        size += len(row["text"][offsets[0][1] : offsets[-1][1]].encode())
    return {"loss": loss / count, "perplexity": math.exp(loss / count), "entries": count,
            "bitsPerByte": loss / math.log(2) / size}


def main():
    torch.manual_seed(7)
    torch.set_num_threads(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    generator = random.Random(7)
    training, held_out = rows(400, generator), rows(48, generator)
    os.makedirs(FOLDER)
    with open(path("rows.csv"), "w", newline="") as file:
        writer = csv.DictWriter(file, list(held_out[0]))
        writer.writeheader()
        writer.writerows(held_out)
    words = tokenizer(
        "bert-uncased", unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", model_max_length=POSITIONS)

    names = dict(id2label=dict(enumerate(NAMES)), label2id={n: i for i, n in enumerate(NAMES)})
    model = transformers.BertForSequenceClassification(bert(**names))
    train(model, words, training, 60, 5e-3)
    model.save_pretrained(path("bert"))
    words.save_pretrained(path("bert"))
    expected = {"base": classified(model, words, held_out)}
    expected["numbers"] = numbers(expected["base"]["logits"], held_out)
    adapted = peft.get_peft_model(model, peft.LoraConfig(
        r=2, lora_alpha=8, target_modules=["query", "value"], task_type="SEQ_CLS"))
    train(adapted, words, training, 60, 2e-2)
    adapted.save_pretrained(path("lora"))
    expected["lora"] = classified(adapted, words, held_out)

    bytes_ = tokenizer("gpt2", bos_token="<|endoftext|>", eos_token="<|endoftext|>")
    gpt2 = transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=420, n_embd=16, n_layer=1, n_head=2, n_positions=POSITIONS,
        initializer_range=0.2, bos_token_id=bytes_.eos_token_id,
        eos_token_id=bytes_.eos_token_id)).eval()
    gpt2.save_pretrained(path("gpt2"))
    expected["language"] = language(gpt2, bytes_, held_out, POSITIONS)

    masked = transformers.BertForMaskedLM(bert()).eval()
    masked.save_pretrained(path("masked"))
    text = "returns [MASK] list of the [MASK]"
    encoded = words(text, return_tensors="pt")
    with torch.no_grad():
        logits = masked(**encoded).logits[0].double()
    places = [i for i, t in enumerate(encoded.input_ids[0].tolist()) if t == words.mask_token_id]
    best = [torch.softmax(logits[place], -1).topk(3) for place in places]
    expected["masked"] = {
        "text": text,
        "tokens": [words.convert_ids_to_tokens(top.indices.tolist()) for top in best],
        "probabilities": [top.values.tolist() for top in best],
    }

    transformers.BertModel(bert()).save_pretrained(path("sentences"))
    words.save_pretrained(path("sentences"))
    sentences = sentence_transformers.SentenceTransformer(path("sentences"), device="cpu")
    texts = [row["text"] for row in held_out[:6]] + ["", "naïve 你好"]
    expected["sentences"] = {"texts": texts, "mean": sentences.encode(texts).tolist()}
    modules = sentence_transformers.sentence_transformer.modules
    sentences = sentence_transformers.SentenceTransformer(
        modules=[sentences[0], modules.Pooling(16, pooling_mode="cls"), modules.Normalize()],
        device="cpu")
    shutil.rmtree(path("sentences"))
    sentences.save(path("sentences"), create_model_card=False)
    expected["sentences"]["cls"] = sentences.encode(texts).tolist()

    os.remove(path("lora", "README.md"))
    versions = {**zoo.VERSIONS, "scikit-learn": sklearn.__version__,
                "sentence-transformers": sentence_transformers.__version__}
    with open(path("expected.json"), "w") as file:
        json.dump({"versions": versions, **expected}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
