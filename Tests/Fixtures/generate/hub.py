"""What transformers builds from configurations as they stand on the hub.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Reads hub/NAME.json, files in the spelling of earlier releases, and writes hub.json.
"""

import json
import os

import models
import torch
import transformers
import zoo

FOLDER = os.path.join(zoo.FIXTURES, "hub")


def build(name):
    with open(os.path.join(FOLDER, name + ".json")) as file:
        fields = json.load(file)
    config = transformers.AutoConfig.for_model(**fields)
    with torch.device("meta"):
        return getattr(transformers, fields["architectures"][0])(config)


def main():
    rows = []
    for name in sorted(file[:-5] for file in os.listdir(FOLDER) if file.endswith(".json")):
        model = build(name)
        paths = [path for path, _ in model.named_modules() if path]
        shapes = [f"{path} {list(p.shape)}" for path, p in model.named_parameters()]
        rows.append({
            "model": name, "parameters": sum(p.numel() for p in model.parameters()),
            "modules": len(paths), "paths": models.fnv1a("\n".join(paths)),
            "shapes": models.fnv1a("\n".join(shapes)),
            "output_embeddings": models.output_embeddings(model),
            "padding": models.padding_rows(model)})
    zoo.write("hub.json", {"versions": zoo.VERSIONS}, {"models": rows})


if __name__ == "__main__":
    main()
