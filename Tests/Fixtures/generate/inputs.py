"""What the small models read: for each kind of model a few cases, `(inputs, compare)`.

Where `compare` is "unmasked", positions that the mask hides have no meaning, and only the others
are compared. Hidden tokens are random too: they must not matter.
"""

import torch

from tiny import DECODERS, MODELS, POSITIONS

DECODING_CLASSIFIERS = {MODELS[f"{name}-classifier"][0] for name in DECODERS}


class Maker:
    def __init__(self, seed, vocabulary):
        self.generator = torch.Generator().manual_seed(seed)
        self.vocabulary = vocabulary

    def tokens(self, *shape, low=0, high=None):
        return torch.randint(low, high or self.vocabulary, shape, generator=self.generator)

    def numbers(self, *shape):
        return torch.randn(shape, generator=self.generator)


def right(*lengths):
    """A mask whose rows have ones first."""
    places = torch.arange(max(lengths))
    return torch.stack([(places < length).long() for length in lengths])


def left(*lengths):
    return right(*lengths).flip(1)


def causal(make):
    yield dict(input_ids=make.tokens(1, 1)), "all"
    yield dict(input_ids=make.tokens(3, 17)), "all"
    yield dict(input_ids=make.tokens(1, POSITIONS)), "all"
    yield dict(input_ids=make.tokens(3, 9), attention_mask=right(9, 4, 6)), "unmasked"
    yield dict(input_ids=make.tokens(3, 9), attention_mask=left(5, 9, 1)), "unmasked"


def causal_classifier(make, padding):
    """It reads the last token that is no padding, whatever the mask says; the last where it knows none."""
    yield dict(input_ids=make.tokens(1, 1)), "all"
    yield dict(input_ids=make.tokens(1, POSITIONS)), "all"
    if padding is None:
        return
    for mask in right(9, 4, 6), left(5, 9, 1):
        padded = torch.where(mask == 1, make.tokens(3, 9), padding)
        yield dict(input_ids=padded, attention_mask=mask), "all"
    amid = make.tokens(3, 8)
    amid[0, 3:6] = amid[1, 7] = amid[2] = padding
    yield dict(input_ids=amid), "all"


def bert(make, types=3):
    yield dict(input_ids=make.tokens(1, 1)), "all"
    yield dict(input_ids=make.tokens(3, 17), attention_mask=right(17, 17, 17)), "all"
    yield dict(input_ids=make.tokens(1, POSITIONS)), "all"
    yield dict(input_ids=make.tokens(3, 9), attention_mask=right(9, 4, 1)), "unmasked"
    yield dict(input_ids=make.tokens(3, 11), attention_mask=right(7, 11, 2),
               token_type_ids=make.tokens(3, 11, high=types)), "unmasked"


def mpnet(make):
    for inputs, compare in list(roberta(make))[:4]:
        yield inputs, compare


def distilbert(make):
    for inputs, compare in list(bert(make))[:4]:
        yield inputs, compare


def roberta(make):
    """Its positions count the tokens that are no padding (1), whatever the mask says."""
    yield dict(input_ids=make.tokens(1, 1, low=2)), "all"
    yield dict(input_ids=make.tokens(3, 17, low=2)), "all"
    yield dict(input_ids=make.tokens(1, POSITIONS, low=2)), "all"
    mask = right(9, 4, 1)
    padded = torch.where(mask == 1, make.tokens(3, 9, low=2), 1)
    yield dict(input_ids=padded, attention_mask=mask), "unmasked"
    amid = make.tokens(2, 8, low=2)
    amid[0, 3] = amid[1, 5] = amid[1, 0] = 1
    yield dict(input_ids=amid, token_type_ids=torch.zeros(2, 8, dtype=torch.long)), "all"


def images(make, channels, size):
    yield dict(pixel_values=make.numbers(1, channels, size, size)), "all"
    yield dict(pixel_values=make.numbers(3, channels, size, size)), "all"


def images_of_any_size(make, channels):
    yield dict(pixel_values=make.numbers(1, channels, 32, 32)), "all"
    yield dict(pixel_values=make.numbers(3, channels, 27, 34)), "all"


def clip(make, end, longest):
    """The end of a text is its largest token where `end` is 2; further tokens may follow it."""
    def texts(*ends, length):
        high = make.vocabulary - 1 if end == 2 else make.vocabulary
        ids = make.tokens(len(ends), length, low=3, high=high)
        ids[ids == end] = 4
        for row, place in enumerate(ends):
            ids[row, place] = make.vocabulary - 1 if end == 2 else end
        return ids

    def pixels(count):
        return make.numbers(count, 3, 15, 15)

    yield dict(input_ids=texts(4, length=9), pixel_values=pixels(1)), "all"
    twice = texts(2, 8, 5, length=9)
    twice[0, 6] = twice[0, 2]
    yield dict(input_ids=twice, pixel_values=pixels(2)), "all"
    yield dict(input_ids=texts(longest - 1, 0, length=longest), pixel_values=pixels(3)), "all"
    yield dict(input_ids=texts(3, 8, 6, length=9), pixel_values=pixels(1),
               attention_mask=right(4, 9, 7)), "all"


def t5(make):
    def both(batch, source, target, **more):
        return dict(input_ids=make.tokens(batch, source),
                    decoder_input_ids=make.tokens(batch, target), **more)

    yield both(1, 1, 1), "all"
    yield both(3, 17, 11), "all"
    yield both(1, POSITIONS, 23), "all"
    yield both(3, 9, 6, attention_mask=right(9, 4, 2)), "all"
    yield both(3, 9, 6, attention_mask=right(3, 9, 8),
               decoder_attention_mask=right(6, 2, 4)), "unmasked"


def cases(model, seed):
    """The cases of a model."""
    config = model.config
    text = config.text_config if config.model_type == "clip" else config
    make = Maker(seed, getattr(text, "vocab_size", 0))
    if config.model_type in ("vit", "dinov2"):
        return list(images(make, config.num_channels, config.image_size))
    if config.model_type == "resnet":
        return list(images_of_any_size(make, config.num_channels))
    if config.model_type == "clip":
        return list(clip(make, text.eos_token_id, text.max_position_embeddings))
    if type(model).__name__ in DECODING_CLASSIFIERS:
        return list(causal_classifier(make, config.pad_token_id))
    kinds = {"albert": bert, "bert": bert, "roberta": roberta, "distilbert": distilbert, "t5": t5, "electra": bert,
             "xlm-roberta": roberta, "mpnet": mpnet, "modernbert": distilbert}
    return list(kinds.get(config.model_type, causal)(make))
