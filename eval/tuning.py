"""Trains low-rank additions to the first layers of the bundled model, with one yes-or-no head for each label.

Repeatable to the byte on one machine with the locked versions: seeds, the order of examples and the number of threads are
fixed. Another kind of processor rounds otherwise and gives weights that differ in their last digits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant import bundled
from assistant.tuned import PLACES, SCALE, WIDTH
from assistant.weights import FOLDER

RANK = 16
RATE, HEAD_RATE = 7e-4, 2e-3
BATCH = 32
THREADS = 2
SMOOTHED = 0.02  # how far a label stands from 0 and 1
Labelled = tuple[str, Sequence[float]]  # a text and 1, 0 or nan (not known) for each head


@dataclass(frozen=True, slots=True)
class Task:
    """What is trained: its name, heads, how many word pieces of a text are read, and how often all examples are gone through."""

    name: str
    heads: tuple[str, ...]
    pieces: int
    epochs: int = 3
    weights: tuple[float, ...] = ()
    """How much each head counts; all alike where nothing is said."""
    layers: int = 3
    """How many of the six layers are used. On clauses the upper three gained little and cost as much again; whole questions need all."""


def trained(task: Task, examples: Sequence[Labelled]) -> dict[str, np.ndarray[Any, Any]]:
    """The additions and the heads, as `assistant.tuned` takes them, in float16."""
    import torch

    torch.manual_seed(1)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    model, encode = _model(len(task.heads), task.layers), _encoding(task.pieces)
    tuned = [p for p in model.base.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": tuned, "lr": RATE}, {"params": model.head.parameters(), "lr": HEAD_RATE}], weight_decay=0.01)
    batches = [b for epoch in range(task.epochs) for b in _batches(examples, np.random.RandomState(epoch))]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, step / 60) * max(0.0, 1 - step / len(batches)))
    counts = torch.tensor(task.weights or [1.0] * len(task.heads))
    for batch in batches:
        wanted = torch.tensor(np.array([examples[n][1] for n in batch]), dtype=torch.float)
        known = ~wanted.isnan() * counts
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = model(encode([examples[n][0] for n in batch]))
        target = torch.nan_to_num(wanted) * (1 - 2 * SMOOTHED) + SMOOTHED
        loss = (torch.nn.functional.binary_cross_entropy_with_logits(found.float(), target, reduction="none") * known).sum() / known.sum()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*tuned, *model.head.parameters()], 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
    return _arrays(model)


def save(task: Task, arrays: dict[str, np.ndarray[Any, Any]], folder: Path = FOLDER) -> None:
    """Write NAME.npz and NAME.json."""
    np.savez_compressed(folder / f"{task.name}.npz", **arrays)  # type: ignore[arg-type]
    (folder / f"{task.name}.json").write_text(json.dumps({"heads": task.heads, "pieces": task.pieces}) + "\n", encoding="utf-8")


def _batches(examples: Sequence[Labelled], order: np.random.RandomState) -> list[list[int]]:
    """The examples in batches of texts of a length, in a fixed shuffled order."""
    shuffled = order.permutation(len(examples)).tolist()
    stretch = BATCH * 20
    sorted_ = [n for at in range(0, len(shuffled), stretch) for n in sorted(shuffled[at : at + stretch], key=lambda n: len(examples[n][0]))]
    made = [sorted_[at : at + BATCH] for at in range(0, len(sorted_) - BATCH + 1, BATCH)]
    order.shuffle(made)
    return made


def _encoding(pieces: int) -> Callable[[list[str]], Any]:
    """What turns texts into the model's input, cut to so many word pieces."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(bundled.folder()), local_files_only=True)
    return lambda texts: tokenizer(texts, padding=True, truncation=True, max_length=pieces, return_tensors="pt")


def _model(heads: int, layers: int) -> Any:
    """The bundled model's first layers with additions at nought, and so many heads."""
    import torch
    from transformers import AutoModel

    bundled.digests()

    class Added(torch.nn.Module):
        """A dense step with a low-rank addition."""

        def __init__(self, dense: Any) -> None:
            super().__init__()
            self.dense = dense
            self.down = torch.nn.Parameter(torch.randn(RANK, dense.in_features) / math.sqrt(dense.in_features))
            self.up = torch.nn.Parameter(torch.zeros(dense.out_features, RANK))

        def forward(self, x: Any) -> Any:
            more = torch.nn.functional.linear(torch.nn.functional.linear(x, self.down), self.up)
            return self.dense(x) + SCALE * more

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.base = AutoModel.from_pretrained(str(bundled.folder()), local_files_only=True)
            self.base.encoder.layer = self.base.encoder.layer[:layers]
            for parameter in self.base.parameters():
                parameter.requires_grad = False
            for layer in self.base.encoder.layer:
                for place in PLACES:
                    holder = layer.get_submodule(place.rpartition(".")[0])
                    setattr(holder, place.rpartition(".")[2], Added(layer.get_submodule(place)))
            self.head = torch.nn.Linear(WIDTH, heads)
            self.drop = torch.nn.Dropout(0.1)

        def forward(self, read: Any) -> Any:
            states = self.base(**read).last_hidden_state.float()
            mask = read["attention_mask"].unsqueeze(-1).float()
            return self.head(self.drop((states * mask).sum(1) / mask.sum(1)))

    return Model().train()


def _arrays(model: Any) -> dict[str, np.ndarray[Any, Any]]:
    """What was learnt, by the names that `assistant.tuned` knows."""
    found = {"head": model.head.weight, "bias": model.head.bias}
    for number, layer in enumerate(model.base.encoder.layer):
        for place in PLACES:
            added = layer.get_submodule(place)
            found |= {f"{number}.{place}.down": added.down, f"{number}.{place}.up": added.up}
    return {name: value.detach().numpy().astype(np.float16) for name, value in found.items()}
