#!/usr/bin/env python3
"""Renders every *.jinja under folders with transformers and here, and counts what differs.

    swift build --product RenderedTemplates
    python Scripts/check_chat_templates.py .build/debug/RenderedTemplates FOLDER…

Needs transformers 5.24.0. The conversations are those of Tests/Fixtures/templates.
"""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Tests/Fixtures/generate"))
from templates import conversations, expected  # noqa: E402


def main():
    program, folders = sys.argv[1], sys.argv[2:]
    paths = sorted(p for folder in folders for p in pathlib.Path(folder).rglob("*.jinja"))
    rows = [(path, path.read_text(encoding="utf-8"), conversation, prompt)
            for path in paths for conversation in conversations() for prompt in (False, True)]
    requests = [json.dumps({**conversation, "template": template, "prompt": prompt, "spans": not prompt})
                for _, template, conversation, prompt in rows]
    answers = subprocess.run([program], input="\n".join(requests) + "\n", capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in answers.stdout.split("\n") if line]
    assert len(answers) == len(rows), (len(answers), len(rows))
    same = failing = marked = different = refused = turns = 0
    equal = {path: True for path in paths}
    for (path, template, conversation, prompt), answer in zip(rows, answers):
        truth = expected(template, conversation, prompt)
        if "error" in truth and "error" in answer:
            failing += 1
        elif truth.get("text") == answer.get("text"):
            same += 1
            if "spans" in truth:
                marked += truth["spans"] == answer.get("spans")
                if truth["spans"] != answer.get("spans"):
                    print(f"{path} {conversation['name']}: spans {answer}, not {truth['spans']}")
            elif "spans" in answer:
                turns += 1
            elif "refused" in answer:
                refused += 1
        else:
            different += 1
            equal[path] = False
            print(f"{path} {conversation['name']} prompt={prompt}\n  here: {json.dumps(answer)[:400]}\n"
                  f"  them: {json.dumps(truth)[:400]}")
    print(f"{len(paths)} templates, {sum(equal.values())} of them the same in everything; {len(rows)} renderings: "
          f"{same} with the same text, {failing} refused by both, {different} different; "
          f"{marked} with the same marks, {turns} by prefixes, {refused} not to be told")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
