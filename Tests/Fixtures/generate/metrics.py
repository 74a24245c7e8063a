"""What scikit-learn and SciPy say of random predictions.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0 numpy==2.4.6 \
        scikit-learn==1.9.1 scipy==1.17.1

Writes metrics.json, NaN as null:
- `classes`: examples with one class each, `names` classes; `labels`: examples with any number;
- `numbers`: true and predicted numbers; `texts`: a loss summed over tokens, in nats.
"""

import math
import warnings

import numpy as np
import scipy
import scipy.stats
import sklearn
import sklearn.metrics as metrics

import zoo

warnings.simplefilter("ignore")


def json_number(value):
    value = float(value)
    return None if math.isnan(value) else value


def averages(truth, prediction):
    rows = {}
    for average in ["macro", "micro", "weighted"]:
        scores = metrics.precision_recall_fscore_support(truth, prediction, average=average)
        rows[average] = [json_number(score) for score in scores[:3]]
    return rows


def of_classes(name, count, truth, prediction):
    truth, prediction = np.asarray(truth), np.asarray(prediction)
    labels = list(range(count))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, prediction, labels=labels)
    return {
        "name": name, "count": count, "truth": truth.tolist(), "prediction": prediction.tolist(),
        "accuracy": json_number(metrics.accuracy_score(truth, prediction)),
        "balancedAccuracy": json_number(metrics.balanced_accuracy_score(truth, prediction)),
        "matthews": json_number(metrics.matthews_corrcoef(truth, prediction)),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(),
        "support": support.astype(int).tolist(),
        "confusion": metrics.confusion_matrix(truth, prediction, labels=labels).tolist(),
        **averages(truth, prediction)}


def random_classes(seed, count, size, right, among=None):
    generator = np.random.default_rng(seed)
    among = list(range(count)) if among is None else among
    truth = generator.choice(among, size)
    guess = generator.choice(among, size)
    return truth, np.where(generator.random(size) < right, truth, guess)


CLASSES = [
    ("two, by chance", 2, *random_classes(1, 2, 40, 0)),
    ("two, mostly right", 2, *random_classes(2, 2, 101, 0.8)),
    ("four", 4, *random_classes(3, 4, 200, 0.6)),
    ("thirty", 30, *random_classes(4, 30, 300, 0.4)),
    ("some are nowhere", 6, *random_classes(5, 6, 60, 0.5, among=[0, 2, 5])),
    ("never predicted", 3, [0, 1, 2, 2, 1, 0], [0, 1, 0, 1, 1, 0]),
    ("only predicted", 4, [0, 1, 1, 0, 1], [0, 3, 1, 2, 3]),
    ("only one class", 3, [1, 1, 1], [1, 1, 1]),
    ("one class, all wrong", 2, [1, 1, 1], [0, 0, 0]),
    ("always the same answer", 3, [0, 1, 2, 1], [1, 1, 1, 1]),
    ("all right", 3, [0, 1, 2, 2], [0, 1, 2, 2]),
    ("one example", 2, [1], [0]),
]


def of_labels(name, truth, prediction):
    truth, prediction = np.asarray(truth), np.asarray(prediction)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, prediction)
    return {
        "name": name, "truth": truth.tolist(), "prediction": prediction.tolist(),
        "subsetAccuracy": json_number(metrics.accuracy_score(truth, prediction)),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(),
        "support": support.astype(int).tolist(), **averages(truth, prediction)}


def random_labels(seed, count, size, share):
    generator = np.random.default_rng(seed)
    truth = generator.random((size, count)) < share
    flipped = generator.random((size, count)) < 0.2
    return truth.astype(int), (truth ^ flipped).astype(int)


LABELS = [
    ("three labels", *random_labels(11, 3, 50, 0.4)),
    ("twelve labels", *random_labels(12, 12, 40, 0.15)),
    ("a label that is nowhere", [[1, 0, 0], [0, 0, 1]], [[1, 0, 1], [0, 0, 1]]),
    ("no labels at all", [[0, 0], [0, 0]], [[0, 0], [0, 0]]),
    ("only predicted", [[0, 0], [0, 0]], [[1, 0], [0, 1]]),
    ("nothing predicted", [[1, 0], [1, 1]], [[0, 0], [0, 0]]),
]


def of_numbers(name, truth, prediction):
    truth = np.asarray(truth, dtype=np.float64)
    prediction = np.asarray(prediction, dtype=np.float64)
    pearson = spearman = r2 = math.nan
    if len(truth) > 1:
        pearson = scipy.stats.pearsonr(truth, prediction).statistic
        spearman = scipy.stats.spearmanr(truth, prediction).statistic
        r2 = metrics.r2_score(truth, prediction)
    return {
        "name": name, "truth": truth.tolist(), "prediction": prediction.tolist(),
        "meanSquaredError": json_number(metrics.mean_squared_error(truth, prediction)),
        "meanAbsoluteError": json_number(metrics.mean_absolute_error(truth, prediction)),
        "r2": json_number(r2), "pearson": json_number(pearson), "spearman": json_number(spearman)}


def random_numbers(seed, size, noise, digits=None, offset=0.0):
    generator = np.random.default_rng(seed)
    truth = generator.standard_normal(size) + offset
    prediction = truth + noise * generator.standard_normal(size)
    if digits is None:
        return truth, prediction
    return truth.round(digits), prediction.round(digits)


NUMBERS = [
    ("near", *random_numbers(21, 60, 0.3)),
    ("unrelated", *random_numbers(22, 80, 20)),
    ("many ties", *random_numbers(23, 90, 1, digits=0)),
    ("far from zero", *random_numbers(24, 50, 0.5, offset=1e6)),
    ("turned round", [1, 2, 3, 4], [4, 3, 2, 1]),
    ("two", [1.0, 2.0], [5.0, 5.5]),
    ("one", [1.5], [2.0]),
    ("all true ones the same", [0.5, 0.5, 0.5], [0.1, 0.2, 0.3]),
    ("all true ones the same, and found", [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
    ("all predicted ones the same", [0.1, 0.2, 0.4], [0.3, 0.3, 0.3]),
]


def of_text(text, loss):
    tokens, size = len(text.split()), len(text.encode())
    return {"lossSum": loss, "tokens": tokens, "bytes": size,
            "perplexity": float(np.exp(loss / tokens)),
            "bitsPerByte": float(loss / np.log(2) / size)}


if __name__ == "__main__":
    zoo.write(
        "metrics.json",
        {"versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__}},
        {"classes": [of_classes(*case) for case in CLASSES],
         "labels": [of_labels(*case) for case in LABELS],
         "numbers": [of_numbers(*case) for case in NUMBERS],
         "texts": [of_text("Grüße aus dem Süden", 9.75), of_text("a", 0.0)]})
