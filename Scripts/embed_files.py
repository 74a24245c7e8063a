"""Writes the descriptions in `Models/`, the published figures, and what HTML pages are made of into the library, which
so needs no folder to find at run time.

    python3 Scripts/embed_files.py

A test compares both (`Tests/ModelDescriptionTests/Loading/BundledModelsTests.swift`).
"""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "Sources/ModelDescription/Loading/BundledTexts.swift"
FIGURES = ROOT / "Sources/PeftAdapters/Published/PublishedTexts.swift"
PAGES = ROOT / "Sources/PeftReports/Page/PageTexts.swift"

HEAD = """\
// swift-format-ignore-file
// Written by Scripts/embed_files.py from {source}: change those.

enum {name} {{
  static let all: [String: String] = [
"""


def write(target, name, source, files, key=lambda path: path.stem):
    entries = [f'    "{key(path)}": ##"""\n{path.read_text()}\n"""##,\n' for path in files]
    target.write_text(HEAD.format(source=source, name=name) + "".join(entries) + "  ]\n}\n")


def main():
    write(SOURCE, "BundledTexts", "Models/*.yaml", sorted((ROOT / "Models").glob("*.yaml")))
    write(FIGURES, "PublishedTexts", "Models/published/*.json",
          sorted((ROOT / "Models/published").glob("*.json")))
    write(PAGES, "PageTexts", "Pages", sorted((ROOT / "Pages").iterdir()), key=lambda path: path.name)


if __name__ == "__main__":
    main()
