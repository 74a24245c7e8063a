"""What TRL makes of rows of conversations: their tokens, and which of them count for the loss.

Needs trl==1.16.0 and datasets beside what all.py names.

    python Tests/Fixtures/generate/chat_rows.py
"""

import json
import logging
import pathlib
import tempfile

import datasets
import transformers
from tokenizers import Tokenizer
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

FIXTURES = pathlib.Path(__file__).parent.parent
TOKENIZERS = ["gpt2", "llama3", "qwen", "gemma", "mistral"]
MESSAGES = [
    [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hi, what can I do?"}],
    [{"role": "system", "content": "You answer in one line."}, {"role": "user", "content": "  Which way is north?  "},
     {"role": "assistant", "content": "Where the moss grows.\n"}, {"role": "user", "content": "And south?"},
     {"role": "assistant", "content": "The other way."}],
    [{"role": "user", "content": "Grüße — e\u0301 ﬁ 你好"}, {"role": "assistant", "content": "世界 \\ ΣΑΣ 👩‍👩‍👧"},
     {"role": "user", "content": "12,345 + 1"}, {"role": "assistant", "content": "12,346"}],
]


def trained(tokenizer, template, rows, **settings):
    """Tokens of each row with the mask of those that count, as an SFTTrainer has them in its set."""
    tokenizer.chat_template = template
    model = GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), n_embd=8, n_layer=1, n_head=1))
    with tempfile.TemporaryDirectory() as folder:
        arguments = SFTConfig(output_dir=folder, max_length=None, report_to="none", use_cpu=True, bf16=False,
                              eos_token=tokenizer.eos_token, pad_token=tokenizer.pad_token,
                              shuffle_dataset=False, **settings)
        trainer = SFTTrainer(model, args=arguments, train_dataset=datasets.Dataset.from_list(rows),
                             processing_class=tokenizer)
        return [{"ids": row["input_ids"], "labels": row.get("labels", row["input_ids"])}
                for row in trainer.train_dataset]


def main():
    logging.disable(logging.WARNING)
    transformers.utils.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    marked, plain = ((FIXTURES / "templates" / name).read_text(encoding="utf-8")
                     for name in ["turns-marked.jinja", "turns.jinja"])
    answered = [{"prompt": row[:-1], "completion": row[-1:]} for row in MESSAGES]
    cases = []
    for name in TOKENIZERS:
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_file(str(FIXTURES / "tokenizers" / f"{name}.json")))
        tokenizer.add_special_tokens({})
        first = tokenizer.convert_ids_to_tokens(0)
        tokenizer.eos_token = tokenizer.pad_token = first
        whole = [{"messages": row} for row in MESSAGES]
        for template, rows, settings in [
                ("turns-marked", whole, dict(assistant_only_loss=True)),
                ("turns-marked", whole, dict()),
                ("turns", answered, dict())]:
            text = {"turns-marked": marked, "turns": plain}[template]
            for row, result in zip(rows, trained(tokenizer, text, rows, **settings)):
                trains_on = "all" if rows is whole and not settings else "assistant"
                cases.append({"tokenizer": name, "template": template, "train_on": trains_on, "row": row, **result})
    path = FIXTURES / "chat" / "rows.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n", encoding="utf-8")
    print(f"{len(cases)} rows in {path}")


if __name__ == "__main__":
    main()
