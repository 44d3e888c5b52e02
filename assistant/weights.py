"""The trained weights in `knowledge/second_reader/`: a table beside the names of its columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME

FOLDER = HOME / "second_reader"
BUCKETS = 1 << 15


def load(name: str, key: str, training: str, folder: Path = FOLDER) -> tuple[tuple[str, ...], Any, Any]:
    """The names of the columns, the weights of shape (BUCKETS, names) and the bias of shape (names,) as float64.

    Args:
        name: of the pair of files, NAME.npy and NAME.json.
        key: under which NAME.json lists the columns.
        training: the module that trains them anew, told where they do not fit.

    Raises:
        KnowledgeError: where a file is missing, damaged, or does not fit the other.
    """
    remedy = f"run `python -m {training}`."
    try:
        columns = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))[key]
        table = np.load(folder / f"{name}.npy")
    except (OSError, ValueError, KeyError):
        raise KnowledgeError(f"second_reader/{name}: weights missing or damaged; {remedy}") from None
    if table.shape != (BUCKETS + 1, len(columns)):
        raise KnowledgeError(f"second_reader/{name}: {table.shape} weights for {len(columns)} {key}; {remedy}")
    return tuple(columns), table[:-1], table[-1].astype(np.float64)
