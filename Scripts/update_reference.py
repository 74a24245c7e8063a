"""Prints what follows from the declarations of description steps into the files that show it.

    swift build && python Scripts/update_reference.py

Writes `Models/model.schema.json`, and the tables of keys and steps in `Descriptions.md`. Tests compare both
(`Tests/ModelDescriptionTests/ModelSchemaTests.swift`).
"""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "Models/model.schema.json"
PAGE = ROOT / "Sources/Peft/Peft.docc/Descriptions.md"
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


def printed(*options):
    command = [str(ROOT / ".build/debug/peft"), "describe", "--schema", *options]
    return subprocess.run(command, text=True, capture_output=True, check=True).stdout


def main():
    SCHEMA.write_text(printed())
    tables = iter(TABLE.findall(printed("--format", "markdown")))
    PAGE.write_text(TABLE.sub(lambda _: next(tables), PAGE.read_text()))


if __name__ == "__main__":
    main()
