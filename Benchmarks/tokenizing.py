#!/usr/bin/env python3
"""CPU time and memory of `peft tokenize` on runs of marks, letters, emoji and others, by size.

    swift build -c release
    python3 Benchmarks/tokenizing.py .build/release/peft [--tokenizer gpt2] [--sizes 100000,1000000]

Both grow as the text does: a row in which ten times the text takes much more than ten times as long is a
fault. The command's start is in the times.
"""
import argparse
import os
import pathlib
import subprocess
import tempfile

KINDS = {
    "marks": "\u0301\u0323",
    "letters": "abcdefghij",
    "emoji": "\U0001F469\u200D\U0001F469\u200D\U0001F467\U0001F1E9\U0001F1EA",
    "spaces": " ",
    "words": "in the beginning was the word ",
    "jamo": "\u1100\u1161\u11A8\u3131",
}


def measure(command, path):
    """CPU seconds, and MB at most, of a command that reads a file."""
    with open(path, "rb") as text:
        process = subprocess.Popen(command, stdin=text, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peft")
    parser.add_argument("--tokenizer", action="append", help="a fixture's name; all where none is given")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--sizes", default="100000,1000000,10000000")
    parser.add_argument("--format", default="csv")
    options = parser.parse_args()
    fixtures = pathlib.Path(__file__).parent.parent / "Tests/Fixtures/tokenizers"
    names = options.tokenizer or sorted(
        path.stem for path in fixtures.glob("*.json") if not path.stem.endswith(".cases"))
    sizes = [int(size) for size in options.sizes.split(",")]
    print("tokenizer text " + " ".join(f"{size}:s {size}:MB" for size in sizes), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.kind or KINDS:
            unit = KINDS[kind].encode()
            for size in sizes:
                path = pathlib.Path(folder) / f"{kind}-{size}"
                path.write_bytes(b"e" + unit * (size // len(unit)))
            for name in names:
                cells = []
                for size in sizes:
                    seconds, megabytes, status = measure(
                        [options.peft, "tokenize", str(fixtures / f"{name}.json"), "--format",
                         options.format], pathlib.Path(folder) / f"{kind}-{size}")
                    cells.append(f"{seconds:.2f} {megabytes:.0f}" + (f" exit {status}" if status else ""))
                print(name, kind, *cells, flush=True)


if __name__ == "__main__":
    main()
