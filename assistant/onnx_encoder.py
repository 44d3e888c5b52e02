"""The bundled encoder run by onnxruntime: the same weights and vectors without the import of torch.

`exported` makes the file once, from the checked weights, and keeps it only where its vectors are those of
sentence-transformers; a file without its proof beside it, or with other bytes than the proof names, is made anew.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from langchain_core.embeddings import Embeddings

from assistant.errors import SettingsError
from assistant.files import replacing, sha256

MAX_PIECES = 256  # word pieces that the model reads, as sentence-transformers has it; its tokenizer's file says 128
BATCH = 32
SAME = 0.9999  # least cosine between the two ways' vectors of each text below
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_PROOF_TEXTS = (
    "Hold?",
    "78F on pom-dex 4 mg, admitted with pneumonia on IV antibiotics. Hold?",
    "Neutropénie fébrile, ANC 0.3 ×10⁹/L, 38.9 °C",
    "Pomalidomide should be temporarily discontinued during active infection until the infection has resolved. " * 3,
    "a very long text " * 400,
)


class OnnxEncoder(Embeddings):
    """Texts to vectors of 384 floats of norm 1. Safe to share between threads."""

    def __init__(self, model: Path, tokenizer: Path, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # A question is too short to gain by a second thread, and where other work keeps a core busy two threads wait for each other.
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_PIECES)
        self._tokenizer.enable_padding()

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text."""
        vector: list[float] = self._vectors([text])[0].tolist()
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of many texts, in their order; texts of a length go through together, so that little is padding."""
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        found: list[list[float]] = [[] for _ in texts]
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            for place, vector in zip(places, self._vectors([texts[n] for n in places]), strict=True):
                found[place] = vector.tolist()
        return found

    def _vectors(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        read = self._tokenizer.encode_batch([text.strip() for text in texts])
        ids = np.array([one.ids for one in read], dtype=np.int64)
        mask = np.array([one.attention_mask for one in read], dtype=np.int64)
        vectors: np.ndarray[Any, np.dtype[np.float32]] = self._session.run(None, dict(zip(_INPUTS, (ids, mask, np.zeros_like(ids)), strict=True)))[0]
        return vectors


def import_runtime() -> None:
    """Import what runs the model, for whoever makes an encoder in a thread."""
    import onnxruntime  # noqa: F401
    import tokenizers  # noqa: F401


def opened(home: Path, folder: Path, fingerprint: str) -> OnnxEncoder | None:
    """The encoder from its file below `home`; None where none has been made and proved yet."""
    model, proof = _places(home, fingerprint)
    return OnnxEncoder(model, folder / "tokenizer.json") if _proved(model, proof) else None


def _places(home: Path, fingerprint: str) -> tuple[Path, Path]:
    model = home / "encoder" / f"{fingerprint[:16]}.onnx"
    return model, model.with_suffix(".json")


def exported(home: Path, folder: Path, fingerprint: str, reference: Callable[[], Embeddings]) -> Path:
    """The ONNX file of the model in `folder`, below `home`; made (some 10 s, once) where there is none that is proved.

    `reference` loads the model as sentence-transformers runs it; it is called only where the file must be made.

    Raises:
        SettingsError: the file cannot be made here, or does not give the same vectors.
    """
    model, proof = _places(home, fingerprint)
    if _proved(model, proof):
        return model
    try:
        model.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(model.parent / "lock"):
            if not _proved(model, proof):  # whoever made it while we waited has done our work
                _make(model, proof, folder, reference)
    except (OSError, ImportError, RuntimeError) as fault:
        raise SettingsError(f"The encoder cannot be exported for onnxruntime ({type(fault).__name__}).") from fault
    return model


def _make(model: Path, proof: Path, folder: Path, reference: Callable[[], Embeddings]) -> None:
    """Export, compare, and put the file and then its proof in their places."""
    for left in model.parent.glob(".*.part"):  # by a process that was killed
        left.unlink()
    fresh = model.with_name(f".{model.name}.part")
    _export(folder, fresh)
    least = _agreement(fresh, folder, reference())
    if least < SAME:
        fresh.unlink()
        raise SettingsError(f"The exported encoder gives other vectors (cosine {least:.6f}); sentence-transformers runs it instead.")
    digest = sha256(fresh)
    fresh.replace(model)
    with replacing(proof) as file:
        json.dump({"sha256": digest, "least_cosine": round(least, 7), "texts": len(_PROOF_TEXTS)}, file)


def _proved(model: Path, proof: Path) -> bool:
    try:
        return bool(json.loads(proof.read_text(encoding="utf-8"))["sha256"] == sha256(model))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _agreement(model: Path, folder: Path, reference: Embeddings) -> float:
    """The least cosine between the two ways' vectors, over texts short, long, foreign and cut off."""
    ours = np.array(OnnxEncoder(model, folder / "tokenizer.json").embed_documents(list(_PROOF_TEXTS)))
    theirs = np.array(reference.embed_documents(list(_PROOF_TEXTS)))
    return float((ours * theirs).sum(axis=1).min())


def _export(folder: Path, target: Path) -> None:
    """Write the model with mean pooling and normalisation as one ONNX file."""
    import torch
    from transformers import AutoModel

    inner = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            states = self.inner(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
            weight = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    example = torch.ones((2, 8), dtype=torch.long)
    axes = {name: {0: "texts", 1: "pieces"} for name in _INPUTS} | {"vectors": {0: "texts"}}
    with warnings.catch_warnings():  # the exporter that needs no further package calls itself the old one
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled(), (example, example, torch.zeros_like(example)), str(target), input_names=list(_INPUTS), output_names=["vectors"],
            dynamic_axes=axes, dynamo=False, opset_version=17,
        )  # fmt: skip
