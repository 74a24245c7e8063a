"""A file for TensorBoard as the tensorboard package writes it, at fixed times.

    pip install tensorboard==2.21.0

Writes events.tfevents: what a file begins with, a step of training, and an evaluation.
"""

import os

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def scalars(step, wall_time, values):
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values])
    return Event(wall_time=wall_time, step=step, summary=summary)


EVENTS = [
    Event(wall_time=1.7e9, file_version="brain.Event:2"),
    scalars(1, 1.7e9 + 0.25, [
        ("train/loss", 2.5), ("train/learning_rate", 2e-4), ("train/grad_norm", 0.125)]),
    scalars(300, 1.7e9 + 12.5, [("eval/loss", float("nan")), ("eval/accuracy", 0.75)]),
]

if __name__ == "__main__":
    with open(os.path.join(FIXTURES, "events.tfevents"), "wb") as file:
        writer = RecordWriter(file)
        for event in EVENTS:
            writer.write(event.SerializeToString(deterministic=True))
