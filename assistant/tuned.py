"""Small trained additions to the bundled encoder's first layers, that classify short texts.

A linear classifier over words knows the words that it has seen. The bundled model knows what words mean, and low-rank
additions to its first layers, with a head for each question, teach it what matters here. The additions lie in
`knowledge/second_reader/` (`python -m eval.train_telling`, `python -m eval.train_reader`); the model's own weights come from
its package, whose bytes are checked before they are used. Both are put together in memory and run by onnxruntime, the large
matrices in whole numbers, which is three times faster.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from assistant import bundled
from assistant.errors import KnowledgeError
from assistant.weights import FOLDER

WIDTH = 384
_HEADS = 12
SCALE = 2.0
"""How much the low-rank additions count, in training as in use."""
_KEPT = 20_000  # texts whose scores are kept: a draft's sentences are asked for again when it is repaired
_LEVELS = 63  # a weight is kept as a whole number of so many steps each way: with 127, sums overflow on processors without VNNI, which would read otherwise
_OPSET, _FORMAT = 17, 9
PLACES = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense")
"""The matrices of a layer that the training adds to."""
Matrix = np.ndarray[Any, np.dtype[np.float32]]


class Tuned:
    """Texts to one log-odds per head. Safe to share between threads: each works on the store that it found, which is only ever added to."""

    def __init__(self, heads: Sequence[str], pieces: int, added: Mapping[str, Matrix]) -> None:
        """`added` holds `LAYER.PLACE.down` of shape (rank, in), `LAYER.PLACE.up` of shape (out, rank), `head` and `bias`; `pieces` is how much of a text is read."""
        import onnxruntime
        from tokenizers import Tokenizer

        base = bundled.weights()
        self.heads = tuple(heads)
        self._tokenizer = Tokenizer.from_file(str(bundled.folder() / "tokenizer.json"))
        self._tokenizer.enable_truncation(pieces)
        self._tokenizer.no_padding()
        self._words = base["embeddings.word_embeddings.weight"]
        self._places = base["embeddings.position_embeddings.weight"] + base["embeddings.token_type_embeddings.weight"][0]
        self._head, self._bias = added["head"].T.astype(np.float32), added["bias"].astype(np.float32)
        self._known: dict[str, Matrix] = {}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts are short, and where other work keeps a core busy two threads wait for each other
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC  # what is fused beyond takes a fifth longer on long texts
        self._session = onnxruntime.InferenceSession(_graph(base, added), options, providers=["CPUExecutionProvider"])

    def scores(self, texts: Sequence[str]) -> Matrix:
        """The log-odds of each head for each text, shape (texts, heads), rounded to hundredths so that no machine's rounding shows."""
        known = self._known
        fresh = {t for t in texts if t not in known}
        if len(known) + len(fresh) > _KEPT:
            known = self._known = {t: known[t] for t in texts if t in known}
        for text in fresh:
            known[text] = self._scored(text)
        return np.array([known[t] for t in texts], dtype=np.float32).reshape(len(texts), len(self.heads))

    def score(self, text: str, head: str) -> float:
        """The log-odds of one head for one text."""
        return float(self.scores([text])[0][self.heads.index(head)])

    def _scored(self, text: str) -> Matrix:
        """The scores of one text, run by itself: what stands beside it in a batch would move the steps of its whole numbers."""
        pieces = self._tokenizer.encode(text).ids
        mean = self._session.run(None, {"pieces": (self._words[pieces] + self._places[: len(pieces)])[np.newaxis]})[0][0]
        scores: Matrix = np.round(mean @ self._head + self._bias, 2)
        return scores


def _graph(base: Mapping[str, Matrix], added: Mapping[str, Matrix]) -> bytes:
    """The model's layers with what the training added: embedded pieces of shape (1, pieces, WIDTH) to their mean, shape (1, WIDTH)."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, constants = [], []

    def constant(name: str, values: np.ndarray[Any, Any]) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(kind: str, inputs: Sequence[str], *outputs: str, domain: str = "com.microsoft", **more: Any) -> str:
        nodes.append(helper.make_node(kind, list(inputs), list(outputs), domain=domain, **more))
        return outputs[0]

    def dense(x: str, name: str, matrix: Matrix, bias: Matrix) -> str:
        """`x @ matrix + bias`, the matrix in whole numbers with a step for each column."""
        step = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / _LEVELS
        whole, nought = np.round(matrix / step).astype(np.int8), np.zeros(len(step), dtype=np.int8)
        parts = {"matrix": whole, "step": step.astype(np.float32), "nought": nought, "bias": bias}
        return node("DynamicQuantizeMatMul", [x, *(constant(f"{name}.{part}", values) for part, values in parts.items())], name)

    def normed(x: str, name: str, come: str = "") -> str:
        """`x`, with what `come` adds to it, normed by the model's own norm of that name."""
        summed = node("Add", [x, come], f"{name}.sum", domain="") if come else x
        parts = [constant(f"{name}.{part}", base[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias")]
        return node("LayerNormalization", [summed, *parts], f"{name}.normed", domain="", epsilon=1e-12)

    state = normed("pieces", "embeddings")
    for number in range(sum(name.endswith(f"{PLACES[-1]}.up") for name in added) // 2):
        layer = f"encoder.layer.{number}"
        matrices = {place: _merged(base, added, number, place) for place in PLACES}
        asked = dense(state, f"{layer}.asked", np.hstack([matrices[p][0] for p in PLACES[:3]]), np.hstack([matrices[p][1] for p in PLACES[:3]]))
        parts = [f"{layer}.{part}" for part in ("query", "key", "value")]
        node("Split", [asked, constant(f"{layer}.parts", np.array([WIDTH] * 3))], *parts, domain="", axis=2)
        seen = node("MultiHeadAttention", parts, f"{layer}.seen", num_heads=_HEADS)
        state = normed(state, f"{layer}.attention.output", dense(seen, f"{layer}.gathered", *matrices[PLACES[3]]))
        wide = node("FastGelu", [dense(state, f"{layer}.widened", *matrices[PLACES[4]])], f"{layer}.wide")
        state = normed(state, f"{layer}.output", dense(wide, f"{layer}.narrowed", *matrices[PLACES[5]]))
    node("ReduceMean", [state], "mean", domain="", axes=[1], keepdims=0)
    taken = helper.make_tensor_value_info("pieces", TensorProto.FLOAT, [1, "n", WIDTH])
    given = helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, WIDTH])
    graph = helper.make_graph(nodes, "tuned", [taken], [given], constants)
    sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
    made: bytes = helper.make_model(graph, opset_imports=sets, ir_version=_FORMAT).SerializeToString()
    return made


def _merged(base: Mapping[str, Matrix], added: Mapping[str, Matrix], layer: int, place: str) -> tuple[Matrix, Matrix]:
    """A matrix of the model with what the training added, transposed for `x @ w`, and its bias."""
    name = f"encoder.layer.{layer}.{place}"
    more = added[f"{layer}.{place}.up"].astype(np.float32) @ added[f"{layer}.{place}.down"].astype(np.float32)
    return (base[f"{name}.weight"] + SCALE * more).T, base[f"{name}.bias"]


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
