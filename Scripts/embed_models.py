"""Writes the descriptions in `Models/` into the library, which so needs no folder to find at run time.

    python3 Scripts/embed_models.py

A test compares both (`Tests/ModelDescriptionTests/Loading/BundledModelsTests.swift`).
"""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "Sources/ModelDescription/Loading/BundledTexts.swift"

HEAD = """\
// swift-format-ignore-file
// Written by Scripts/embed_models.py from Models/*.yaml: change those.

enum BundledTexts {
  static let all: [String: String] = [
"""


def main():
    models = sorted((ROOT / "Models").glob("*.yaml"))
    entries = [f'    "{path.stem}": ##"""\n{path.read_text()}\n"""##,\n' for path in models]
    SOURCE.write_text(HEAD + "".join(entries) + "  ]\n}\n")


if __name__ == "__main__":
    main()
