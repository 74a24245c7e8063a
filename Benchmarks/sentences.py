"""Gathers sentences of four kinds from what is installed, and writes them as rows with labels.

The kinds are where a sentence is from: a licence, a changelog, a C header's comments, a Python docstring. Nothing is
downloaded, and nothing of it is kept in this repository; what is found depends on the machine, its order on the seed.

    python Benchmarks/sentences.py sentences          # sentences/train.csv, eval.csv, test.csv
"""

import argparse
import ast
import csv
import glob
import gzip
import os
import random
import re
import sys
import sysconfig

KINDS = ["licence", "changelog", "header", "docstring"]
EACH = 900  # sentences of a kind


def read(path, limit=400_000):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as file:
        return file.read(limit)


def licences():
    for path in sorted(glob.glob("/usr/share/common-licenses/*") + glob.glob("/usr/share/doc/*/copyright")):
        yield read(path)


def changelogs():
    names = ["changelog.gz", "changelog.Debian.gz", "NEWS.gz", "changelog.Debian.*.gz"]
    for path in sorted(path for name in names for path in glob.glob(f"/usr/share/doc/*/{name}")):
        yield re.sub(r"(?m)^ -- .*$|^\S+ \(.*$", "", read(path))


def headers():
    for path in sorted(glob.glob("/usr/include/**/*.h", recursive=True)):
        comments = re.findall(r"/\*(.*?)\*/", read(path), re.S)
        # The first comment of a header is its licence.
        yield "\n\n".join(re.sub(r"(?m)^\s*\*+", "", comment) for comment in comments[1:])


def docstrings():
    for path in sorted(glob.glob(os.path.join(sysconfig.get_paths()["stdlib"], "*.py"))):
        try:
            tree = ast.parse(read(path))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                yield ast.get_docstring(node) or ""


SOURCES = dict(zip(KINDS, [licences, changelogs, headers, docstrings]))


def sentences(texts):
    """Sentences of four words and more, each once."""
    seen = set()
    for text in texts:
        for paragraph in re.split(r"\n\s*\n|\n\s*[*+-] ", text):
            plain = " ".join(paragraph.split())
            for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", plain):
                letters = sum(character.isalpha() or character == " " for character in sentence)
                if not 25 <= len(sentence) <= 240 or letters < 0.8 * len(sentence) or len(sentence.split()) < 4:
                    continue
                if (key := sentence.lower()) not in seen:
                    seen.add(key)
                    yield sentence


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="where train.csv, eval.csv and test.csv are written")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    generator = random.Random(options.seed)
    rows = []
    for kind in KINDS:
        found = list(sentences(SOURCES[kind]()))
        if len(found) < 100:
            sys.exit(f"only {len(found)} sentences of the kind '{kind}' are installed here")
        generator.shuffle(found)
        rows += [(sentence, kind) for sentence in found[:EACH]]
        print(f"{kind}: {min(len(found), EACH)} of {len(found)} sentences")
    generator.shuffle(rows)
    os.makedirs(options.folder, exist_ok=True)
    test, evaluation = len(rows) // 5, len(rows) // 10
    parts = {"test": rows[:test], "eval": rows[test:test + evaluation], "train": rows[test + evaluation:]}
    for name, part in parts.items():
        with open(os.path.join(options.folder, f"{name}.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "kind"])
            writer.writerows(part)
        print(f"{name}.csv: {len(part)} rows")


if __name__ == "__main__":
    main()
