"""Small trained additions to the bundled encoder's first layers, that classify short texts: numpy and nothing else.

A linear classifier over words knows the words that it has seen. The bundled model knows what words mean, and low-rank
additions to its first layers, with a head for each question, teach it what matters here. The additions lie in
`knowledge/second_reader/` (`python -m eval.train_telling`); the model's own weights come from its
package, whose bytes are checked before they are used. Nothing is exported, and no framework is imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from threadpoolctl import ThreadpoolController

from assistant import bundled
from assistant.errors import KnowledgeError
from assistant.weights import FOLDER

WIDTH = 384
_HEADS = 12
SCALE = 2.0
"""How much the low-rank additions count, in training as in use."""
_KEPT = 20_000  # texts whose scores are kept: a draft's sentences are asked for again when it is repaired
_BATCH = 32
PLACES = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense")
"""The matrices of a layer that the training adds to."""
Matrix = np.ndarray[Any, np.dtype[np.float32]]


class _Layer(NamedTuple):
    """A layer's matrices, transposed for `x @ w`, beside their biases; queries, keys and values in one."""

    attend: tuple[Matrix, Matrix]
    gather: tuple[Matrix, Matrix]
    after_attention: tuple[Matrix, Matrix]
    widen: tuple[Matrix, Matrix]
    narrow: tuple[Matrix, Matrix]
    after: tuple[Matrix, Matrix]


class Tuned:
    """Texts to one log-odds per head. Safe to share between threads: each works on the store that it found, which is only ever added to."""

    def __init__(self, heads: Sequence[str], pieces: int, added: Mapping[str, Matrix]) -> None:
        """`added` holds `LAYER.PLACE.down` of shape (rank, in), `LAYER.PLACE.up` of shape (out, rank), `head` and `bias`; `pieces` is how much of a text is read."""
        from tokenizers import Tokenizer

        base = bundled.weights()
        self.heads = tuple(heads)
        self._tokenizer = Tokenizer.from_file(str(bundled.folder() / "tokenizer.json"))
        self._tokenizer.enable_truncation(pieces)
        self._tokenizer.no_padding()
        self._words = base["embeddings.word_embeddings.weight"]
        self._places = base["embeddings.position_embeddings.weight"] + base["embeddings.token_type_embeddings.weight"][0]
        self._first = _norm_of(base, "embeddings")
        self._layers = [_layer(base, added, n) for n in range(sum(name.endswith("output.dense.up") for name in added) // 2)]
        self._head, self._bias = added["head"].T.astype(np.float32), added["bias"].astype(np.float32)
        self._known: dict[str, Matrix] = {}

    def scores(self, texts: Sequence[str]) -> Matrix:
        """The log-odds of each head for each text, shape (texts, heads), rounded to hundredths so that no machine's rounding shows."""
        known = self._known
        fresh = sorted({t for t in texts if t not in known}, key=lambda t: (len(t), t))
        if len(known) + len(fresh) > _KEPT:
            known = self._known = {t: known[t] for t in texts if t in known}
        for start in range(0, len(fresh), _BATCH):
            some = fresh[start : start + _BATCH]
            for text, scores in zip(some, self._run(some), strict=True):
                known[text] = scores
        return np.array([known[t] for t in texts], dtype=np.float32).reshape(len(texts), len(self.heads))

    def score(self, text: str, head: str) -> float:
        """The log-odds of one head for one text."""
        return float(self.scores([text])[0][self.heads.index(head)])

    def _run(self, texts: Sequence[str]) -> Matrix:
        """The scores of some texts, on one thread: where other work keeps a core busy, two threads wait for each other."""
        with _blas().limit(limits=1, user_api="blas"):
            return self._scored([one.ids for one in self._tokenizer.encode_batch(list(texts))])

    def _scored(self, ids: Sequence[Sequence[int]]) -> Matrix:
        """The scores of texts as word pieces, which stand in one matrix, without padding, and attend only within their own text."""
        ends = np.cumsum([len(i) for i in ids]).tolist()
        state = np.concatenate([self._words[i] + self._places[: len(i)] for i in ids])
        state = _normed(state, *self._first)
        for layer in self._layers:
            state = _through(layer, state, ends)
        means = np.stack([state[start:end].mean(axis=0) for start, end in zip([0, *ends[:-1]], ends, strict=True)])
        scores: Matrix = np.round(means @ self._head + self._bias, 2)
        return scores


def _through(layer: _Layer, state: Matrix, ends: Sequence[int]) -> Matrix:
    """One layer of the model: attention within each text, then the two dense steps; each added to what came in and normed."""
    mixed = state @ layer.attend[0]
    mixed += layer.attend[1]
    seen = np.empty_like(state)
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        query, key, value = mixed[start:end].reshape(end - start, 3, _HEADS, WIDTH // _HEADS).transpose(1, 2, 0, 3)
        weight = query @ key.transpose(0, 2, 1)
        weight *= (WIDTH // _HEADS) ** -0.5
        weight -= weight.max(axis=-1, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(axis=-1, keepdims=True)
        seen[start:end] = (weight @ value).transpose(1, 0, 2).reshape(end - start, WIDTH)
    state = _normed(seen @ layer.gather[0] + layer.gather[1] + state, *layer.after_attention)
    wide = _gelu(state @ layer.widen[0] + layer.widen[1])
    return _normed(wide @ layer.narrow[0] + layer.narrow[1] + state, *layer.after)


def _normed(x: Matrix, weight: Matrix, bias: Matrix) -> Matrix:
    x = x - x.mean(axis=-1, keepdims=True)
    x *= 1.0 / np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / x.shape[-1] + 1e-12)
    x *= weight
    x += bias
    return x


def _gelu(x: Matrix) -> Matrix:
    """The usual approximation by tanh; it differs from the exact one by less than 0.0005."""
    inner = x * x
    inner *= 0.044715
    inner += 1.0
    inner *= x
    inner *= np.float32(np.sqrt(2.0 / np.pi))
    np.tanh(inner, out=inner)
    inner += 1.0
    inner *= x
    inner *= 0.5
    return inner


def _layer(base: Mapping[str, Matrix], added: Mapping[str, Matrix], number: int) -> _Layer:
    """A layer of the model with what the training added."""

    def dense(place: str) -> tuple[Matrix, Matrix]:
        name = f"encoder.layer.{number}.{place}"
        more = added[f"{number}.{place}.up"].astype(np.float32) @ added[f"{number}.{place}.down"].astype(np.float32)
        return np.ascontiguousarray((base[f"{name}.weight"] + SCALE * more).T), base[f"{name}.bias"]

    parts = [dense(place) for place in PLACES[:3]]
    return _Layer(
        attend=(np.ascontiguousarray(np.hstack([w for w, _ in parts])), np.hstack([b for _, b in parts])),
        gather=dense(PLACES[3]),
        after_attention=_norm_of(base, f"encoder.layer.{number}.attention.output"),
        widen=dense(PLACES[4]),
        narrow=dense(PLACES[5]),
        after=_norm_of(base, f"encoder.layer.{number}.output"),
    )


def _norm_of(base: Mapping[str, Matrix], place: str) -> tuple[Matrix, Matrix]:
    return base[f"{place}.LayerNorm.weight"], base[f"{place}.LayerNorm.bias"]


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


@lru_cache(maxsize=4)
def tuned(name: str, folder: Path = FOLDER) -> Tuned:
    """What was trained under a name.

    Raises:
        KnowledgeError: its files are missing or damaged.
        SettingsError: the bundled model is not installed, or is not the one that it was trained on.
    """
    try:
        told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
            added = {key: file[key] for key in file.files}
        if added["head"].shape != (len(told["heads"]), WIDTH):
            raise ValueError
        return Tuned(told["heads"], told["pieces"], added)
    except (OSError, ValueError, KeyError, BadZipFile):
        raise KnowledgeError(f"second_reader/{name}: weights missing or damaged; run the training that eval/README.md names.") from None
