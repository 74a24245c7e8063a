"""Writes the descriptions in `Models/`, and the published figures, into the library, which so needs no folder to find
at run time.

    python3 Scripts/embed_models.py

A test compares both (`Tests/ModelDescriptionTests/Loading/BundledModelsTests.swift`).
"""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "Sources/ModelDescription/Loading/BundledTexts.swift"
FIGURES = ROOT / "Sources/PeftAdapters/Published/PublishedTexts.swift"

HEAD = """\
// swift-format-ignore-file
// Written by Scripts/embed_models.py from {source}: change those.

enum {name} {{
  static let all: [String: String] = [
"""


def write(target, name, source, files):
    entries = [f'    "{path.stem}": ##"""\n{path.read_text()}\n"""##,\n' for path in files]
    target.write_text(HEAD.format(source=source, name=name) + "".join(entries) + "  ]\n}\n")


def main():
    write(SOURCE, "BundledTexts", "Models/*.yaml", sorted((ROOT / "Models").glob("*.yaml")))
    write(FIGURES, "PublishedTexts", "Models/published/*.json",
          sorted((ROOT / "Models/published").glob("*.json")))


if __name__ == "__main__":
    main()
