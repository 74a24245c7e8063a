"""A tagger with an LSTM, a GRU and a plain recurrent layer as PyTorch has them: what it answers, and its gradients.

    pip install torch==2.13.0 peft==0.21.2 safetensors==0.8.0

Writes recurrent/: model.safetensors, case.safetensors (inputs, logits, loss and its gradients by all parameters), and
recurrent.json with PEFT's counts, and what it says of an LSTM as a target. recurrent/tagger.yaml is its description.
"""

import os

import torch
from peft import LoraConfig, RandLoraConfig, get_peft_model
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import zoo

FOLDER = os.path.join(zoo.FIXTURES, "recurrent")


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(31, 6)
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 4, batch_first=True, bias=False)
        self.rnn = nn.RNN(4, 7, nonlinearity="relu", bidirectional=True, batch_first=True)
        self.norm = nn.Linear(14, 8)
        self.head = nn.Linear(8, 3)

    def forward(self, input_ids, attention_mask):
        lengths = attention_mask.sum(1)
        x = pack_padded_sequence(self.embed(input_ids), lengths, True, enforce_sorted=False)
        for layer in (self.lstm, self.gru, self.rnn):
            x, _ = layer(x)
        x, _ = pad_packed_sequence(x, True, total_length=input_ids.shape[1])
        last = x[torch.arange(len(x)), lengths - 1]
        return self.head(torch.tanh(self.norm(last)))


def main():
    torch.manual_seed(7)
    model = Tagger()
    os.makedirs(FOLDER, exist_ok=True)
    save_file(model.state_dict(), os.path.join(FOLDER, "model.safetensors"))
    input_ids = torch.randint(0, 31, (4, 9))
    attention_mask = torch.tensor([[int(place < length) for place in range(9)] for length in (9, 4, 1, 6)])
    labels = torch.tensor([0, 2, 1, 2])
    logits = model(input_ids, attention_mask)
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    case = {"input_ids": input_ids, "attention_mask": attention_mask, "labels": labels, "logits": logits.detach(),
            "loss": loss.detach().reshape(1)}
    case |= {f"gradient.{name}": parameter.grad for name, parameter in model.named_parameters()}
    save_file(case, os.path.join(FOLDER, "case.safetensors"))
    rows = []
    for kind, settings in ((LoraConfig, dict(r=2)), (RandLoraConfig, dict(r=2)), (LoraConfig, dict(r=3))):
        targets = ["norm", "head"] if settings["r"] == 2 else "all-linear"
        adapted = get_peft_model(Tagger(), kind(target_modules=targets, **settings))
        trained, everything = adapted.get_nb_trainable_parameters()
        rows.append({"tuner": kind.__name__.removesuffix("Config").lower(), "r": settings["r"],
                     "target_modules": targets, "trained": trained, "all": everything,
                     "targets": sorted(adapted.targeted_module_names)})
    try:
        get_peft_model(Tagger(), LoraConfig(target_modules=["lstm"]))
        raise SystemExit("PEFT adapts an LSTM")
    except ValueError as error:
        refusal = str(error).split("\n")[0]
    zoo.write("recurrent/recurrent.json", {"versions": zoo.VERSIONS}, {
        "refusal": [refusal], "parameters": [name for name, _ in model.named_parameters()], "rows": rows})


if __name__ == "__main__":
    main()
