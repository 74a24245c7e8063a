"""Puts what the README's commands print into the README, and its picture beside the docs.

    swift build -c release && python Scripts/update_readme.py

A `sh` block with one `peft` command is run, and the `text` block after it becomes what it prints. A
`yaml` block whose first line is `# FILE` is a file that later commands can read, as they can the
repository's `Tests`. The tests compare
the same way (`Tests/PeftCLITests/ReadmeCommandTests.swift`), but for the example, which takes long.
"""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PICTURES = ROOT / "Sources/Peft/Peft.docc/Resources"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command, folder):
    words = shlex.split(command[command.index("peft ") :])
    words[0] = str(ROOT / ".build/release/peft")
    result = subprocess.run(
        words, cwd=folder, text=True, capture_output=True,
        env={**os.environ, "NO_COLOR": "1", "XDG_CACHE_HOME": str(folder / "cache")})
    return result.stderr + result.stdout


def main():
    text = README.read_text()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "Tests").symlink_to(ROOT / "Tests")
        output = None
        parts, position = [], 0
        for match in BLOCK.finditer(text):
            language, body = match.groups()
            if language == "text" and output is not None:
                parts += [text[position : match.start(2)], output]
                position = match.end(2)
            output = None
            if language == "yaml" and body.startswith("# "):
                (folder / body.splitlines()[0][2:]).write_text(body)
            if language == "sh" and "peft " in body and body.count("\n") == 1:
                output = run(body, folder)
        README.write_text("".join(parts) + text[position:])
        for picture in PICTURES.glob("*.svg"):
            for drawn in folder.rglob(picture.name):
                picture.write_bytes(drawn.read_bytes())


if __name__ == "__main__":
    main()
