"""Loads an adapter with PEFT, and compares its predictions with those of `peft predict`.

    python Benchmarks/practitioner_check.py lora/best predictions.csv
"""

import csv
import json
import sys

import torch
from peft import AutoPeftModelForSequenceClassification
from transformers import AutoTokenizer


def main(folder, path):
    with open(f"{folder}/config.json") as file:
        names = json.load(file)["id2label"]
    with open(f"{folder}/adapter_config.json") as file:
        base = json.load(file)["base_model_name_or_path"]
    model = AutoPeftModelForSequenceClassification.from_pretrained(folder, num_labels=len(names)).eval()
    tokenizer = AutoTokenizer.from_pretrained(base)
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    same, largest = 0, 0.0
    for start in range(0, len(rows), 32):
        part = rows[start:start + 32]
        inputs = tokenizer([row["text"] for row in part], padding=True, truncation=True, return_tensors="pt")
        with torch.no_grad():
            shares = model(**inputs).logits.softmax(-1)
        for row, share in zip(part, shares):
            same += names[str(int(share.argmax()))] == row["prediction"]
            largest = max(largest, abs(float(share.max()) - float(row["probability"])))
    print(f"PEFT predicts the same for {same} of {len(rows)} rows; probabilities differ by {largest:.1e} at most")
    sys.exit(same < len(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
