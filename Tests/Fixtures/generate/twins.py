"""Examples of Models/ as modules of PyTorch, with small sizes: modules, weights, outputs and gradients.

    pip install torch==2.13.0 safetensors==0.8.0

Writes twins/NAME.json, and twins/NAME.safetensors with `weight.NAME` for the state, `input.NAME`,
`output.NAME`, `upstream` for the gradient given for the output, and `gradient.NAME`. Batch norms are
frozen. Results are computed in double precision and rounded.
"""

import os

import torch
from safetensors.torch import save_file
from torch import nn

import zoo

torch.set_num_threads(1)


class Stem(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.convolution = nn.Conv2d(channels, width, 5, padding="same")
        self.norm = nn.GroupNorm(4, width)
        self.activation = nn.ReLU()

    def forward(self, x):
        return self.activation(self.norm(self.convolution(x)))


class Block(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.convolution = nn.Conv2d(width, out, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out)
        self.activation = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        return self.pool(self.activation(self.norm(self.convolution(x))))


class CNN(nn.Module):
    def __init__(self, channels, width, layers, labels):
        super().__init__()
        self.stem = Stem(channels, width)
        self.blocks = nn.ModuleList(
            Block(width * (index + 1), width * (index + 2)) for index in range(layers))
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(4 * width * (layers + 1), labels)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.classifier(self.flatten(self.pool(x)))


def twin(name, model, shape, settings):
    generator = torch.Generator().manual_seed(sum(name.encode()))
    model = model.double().eval()
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            vector = parameter.dim() == 1
            center = 1 if vector and path.endswith("weight") else 0
            spread = 0.2 if vector else parameter[0].numel() ** -0.5
            parameter.copy_(torch.normal(center, spread, parameter.shape, generator=generator))
        for path, buffer in model.named_buffers():
            if path.endswith("mean"):
                buffer.copy_(torch.normal(0, 0.3, buffer.shape, generator=generator))
            elif path.endswith("var"):
                buffer.copy_(torch.rand(buffer.shape, generator=generator) + 0.5)
    x = torch.randn(shape, generator=generator).double()
    output = model(x)
    upstream = torch.randn(output.shape, generator=generator).double()
    names = [path for path, _ in model.named_parameters()]
    gradients = torch.autograd.grad(output, list(model.parameters()), upstream)
    tensors = {f"weight.{k}": v for k, v in model.state_dict().items()}
    tensors |= {"input.pixel_values": x, "output.logits": output, "upstream": upstream}
    tensors |= {f"gradient.{k}": v for k, v in zip(names, gradients)}
    path = os.path.join(zoo.FIXTURES, "twins", f"{name}.safetensors")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    save_file({k: (v.detach().float() if v.is_floating_point() else v).contiguous()
               for k, v in tensors.items()}, path)
    os.chmod(path, 0o644)
    zoo.write(f"twins/{name}.json",
              {"versions": {"torch": zoo.VERSIONS["torch"]}, "settings": settings,
               "parameters": sum(p.numel() for p in model.parameters())},
              {"modules": [[path, type(module).__name__]
                           for path, module in model.named_modules() if path],
               "shapes": [[path, list(p.shape)] for path, p in model.named_parameters()]})


if __name__ == "__main__":
    twin("cnn", CNN(channels=2, width=8, layers=2, labels=5), (3, 2, 17, 17),
         {"channels": "2", "image": "17", "width": "8", "layers": "2", "labels": "5"})
