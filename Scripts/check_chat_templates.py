#!/usr/bin/env python3
"""Renders every *.jinja under folders with transformers and here, and counts what differs.

    swift build --product RenderedTemplates
    python Scripts/check_chat_templates.py .build/debug/RenderedTemplates FOLDER…

Needs transformers 5.24.0. The conversations are those of Tests/Fixtures/templates.
"""

import datetime
import json
import logging
import pathlib
import subprocess
import sys

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

logging.disable(logging.WARNING)


class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 2, 3, 14, 5, 9)


chat_template_utils.datetime = Frozen

TOKENIZER = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel({"<s>": 0, "</s>": 1, "<unk>": 2, "<pad>": 3}, unk_token="<unk>")),
    bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>")


def expected(template, conversation, prompt):
    """The text and the ranges of the assistant's characters, or why there is none."""
    try:
        text = TOKENIZER.apply_chat_template(
            conversation["messages"], tools=conversation.get("tools"), documents=conversation.get("documents"),
            chat_template=template, add_generation_prompt=prompt, tokenize=False,
            **conversation.get("variables", {}))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    answer = {"text": text}
    if not prompt and chat_template_utils.re.search(r"\{%-?\s*generation\s*-?%\}", template):
        messages = chat_template_utils._normalize_chat_messages(conversation["messages"])
        _, ranges = chat_template_utils.render_jinja_template(
            [messages], tools=conversation.get("tools"), documents=conversation.get("documents"),
            chat_template=template, return_assistant_tokens_mask=True,
            **{**TOKENIZER.special_tokens_map, **conversation.get("variables", {})})
        answer["spans"] = [[len(text[:a].encode()), len(text[:b].encode())] for a, b in ranges[0] if a < b]
    return answer


def conversations():
    path = pathlib.Path(__file__).parent.parent / "Tests/Fixtures/templates/conversations.json"
    return json.loads(path.read_text(encoding="utf-8"))


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
