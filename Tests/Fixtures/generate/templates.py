"""What transformers makes of chat templates: of those in Tests/Fixtures/templates for every conversation there, and
of the lines of expressions.txt.

    python Tests/Fixtures/generate/templates.py
"""

import datetime
import json
import logging
import pathlib
import re

import jinja2
import transformers
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

FOLDER = pathlib.Path(__file__).parent.parent / "templates"
# A template's own complaints are errors here, whatever they say; so is what Python refuses.
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
    """The text and the ranges of the assistant's bytes in it, or why there is none."""
    variables = conversation.get("variables", {})
    try:
        text = TOKENIZER.apply_chat_template(
            conversation["messages"], tools=conversation.get("tools"), documents=conversation.get("documents"),
            chat_template=template, add_generation_prompt=prompt, tokenize=False, **variables)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:160]}
    answer = {"text": text}
    if not prompt and re.search(r"\{%-?\s*generation\s*-?%\}", template):
        messages = chat_template_utils._normalize_chat_messages(conversation["messages"])
        _, ranges = chat_template_utils.render_jinja_template(
            [messages], tools=conversation.get("tools"), documents=conversation.get("documents"),
            chat_template=template, return_assistant_tokens_mask=True, **{**TOKENIZER.special_tokens_map, **variables})
        answer["spans"] = [[len(text[:a].encode()), len(text[:b].encode())] for a, b in ranges[0] if a < b]
    return answer


def conversations():
    return json.loads((FOLDER / "conversations.json").read_text(encoding="utf-8"))


def save(name, rows):
    content = {"transformers": transformers.__version__, "jinja2": jinja2.__version__, "rows": rows}
    lines = json.dumps(content, ensure_ascii=False).replace('}, {"template"', '},\n{"template"')
    (FOLDER / name).write_text(lines + "\n", encoding="utf-8")
    print(name, len(rows), sum("error" in row for row in rows))


def main():
    rows = []
    for path in sorted(FOLDER.glob("*.jinja")):
        template = path.read_text(encoding="utf-8")
        for conversation in conversations():
            for prompt in (False, True):
                rows.append({"template": path.stem, "conversation": conversation["name"], "prompt": prompt,
                             **expected(template, conversation, prompt)})
    save("rendered.json", rows)
    variables = json.loads((FOLDER / "variables.json").read_text(encoding="utf-8"))
    conversation = {"messages": [{"role": "user", "content": "-"}], "variables": variables}
    lines = (FOLDER / "expressions.txt").read_text(encoding="utf-8").split("\n")
    save("expressions.json", [{"template": line, **expected(line, conversation, False)} for line in lines if line])


if __name__ == "__main__":
    main()
