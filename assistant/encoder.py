"""The sentence encoder: where its files lie, that they are the ones tested, and loading it.

Nothing heavy is imported until `load` is called; `fingerprint` reads files only.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import bundled
from assistant.errors import SettingsError
from assistant.files import sha256
from assistant.settings import BUNDLED

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

log = logging.getLogger(__name__)

# Longer texts are cut before encoding: the model reads 256 word pieces and no more.
MAX_CHARACTERS = 2_000
SAME = 1e-4  # far above what rounding changes in a vector of length 1, far below what other weights do
_PROBE = "Severe pneumonia on pomalidomide 4 mg, on IV antibiotics. Hold?"


def folder(encoder: str) -> Path:
    """Where the files of `encoder` ("bundled", a path, or the name of a model in this machine's cache) lie.

    Raises:
        SettingsError: the package with the bundled model is not installed, or no model of that name lies here.
    """
    if encoder != BUNDLED:
        return Path(encoder) if Path(encoder).is_dir() else _cached(encoder)
    return bundled.folder()


def _cached(name: str) -> Path:
    """The folder of a model that was fetched before; nothing is fetched here."""
    from huggingface_hub import snapshot_download

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (OSError, ValueError):  # not there, or no valid name
            continue
    raise SettingsError(f"HOLDFAST_ENCODER: no model '{name}' lies on this machine, and none is fetched; name its folder, or unset it.")


@lru_cache(maxsize=4)
def fingerprint(encoder: str) -> str:
    """SHA-256 over names and contents of the encoder's files: the same fingerprint gives the same vectors.

    Raises:
        SettingsError: the bundled files are not the ones that were tested, or those of another one cannot be read.
    """
    if encoder == BUNDLED:
        found = bundled.digests()
    else:
        home = folder(encoder)
        try:
            found = {str(f.relative_to(home)): sha256(f) for f in home.rglob("*") if f.is_file()}
        except OSError as fault:
            raise SettingsError(f"The encoder's files cannot be read ({fault.strerror}); see to their rights, or name another folder in HOLDFAST_ENCODER.") from fault
    whole = hashlib.sha256()
    for name in sorted(found):
        whole.update(f"{name}\x1f{found[name]}\x1e".encode())
    return whole.hexdigest()


@lru_cache(maxsize=2)
def begun(encoder: str, home: Path) -> Callable[[], Embeddings]:
    """Begin to load the encoder beside other work, and return what waits for it, which raises what `load` raises.

    Reading and hashing 180 MB and making the session leave the interpreter free, so that what else must be imported is
    imported meanwhile. The thread imports nothing, since two threads that import may wait for each other: where the
    bundled encoder was not exported yet, and for every other one, nothing is begun.
    """
    if encoder != BUNDLED:
        return partial(load, encoder, home)
    from assistant import onnx_encoder

    onnx_encoder.import_runtime()
    pool = ThreadPoolExecutor(1, thread_name_prefix="encoder")
    loading = pool.submit(lambda: onnx_encoder.opened(home, folder(encoder), fingerprint(encoder)))
    pool.shutdown(wait=False)
    return lambda: loading.result() or load(encoder, home)


@lru_cache(maxsize=2)
def load(encoder: str, home: Path | None = None) -> Embeddings:
    """The encoder, ready: floats of norm 1 per text (384 of them from the bundled one).

    The bundled one is run by onnxruntime, from a file below `home` that is made at the first call; without `home`, and
    for every other model, sentence-transformers runs it, whose import takes seconds.

    Raises:
        SettingsError: the files are not usable.
    """
    seen = fingerprint(encoder)
    if encoder != BUNDLED:
        return _whole(encoder)
    if home is None:
        return by_sentence_transformers(encoder)
    from assistant.onnx_encoder import OnnxEncoder, exported

    try:
        model = exported(home, folder(encoder), seen, lambda: by_sentence_transformers(encoder))
        return OnnxEncoder(model, folder(encoder) / "tokenizer.json")
    except SettingsError as fault:
        log.warning("%s", fault)
        return by_sentence_transformers(encoder)


def _whole(encoder: str) -> Embeddings:
    """A model of one's own, loaded twice to see that its weights are all there.

    What is missing is filled in at random, silently: an index would then be searched with other vectors than it was built with.
    """
    model, again = by_sentence_transformers(encoder), by_sentence_transformers(encoder)
    if not all(abs(a - b) <= SAME for a, b in zip(model.embed_query(_PROBE), again.embed_query(_PROBE), strict=True)):
        raise SettingsError("HOLDFAST_ENCODER: the model's vectors differ each time that it is loaded, so weights of it must be missing; fetch it anew, or unset it.")
    return model


def by_sentence_transformers(encoder: str) -> Embeddings:
    """The encoder as sentence-transformers runs it; its import takes some 5 s.

    Raises:
        SettingsError: the files are not usable.
    """
    import torch
    from langchain_huggingface import HuggingFaceEmbeddings
    from transformers.utils import logging as transformers_logging

    # A question is too short to gain by a second thread (7 ms or 8.5 ms), and where other work keeps a core busy,
    # two threads that wait for each other were measured at 500 ms.
    torch.set_num_threads(1)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return HuggingFaceEmbeddings(
            model_name=str(folder(encoder)),
            model_kwargs={"device": "cpu", "local_files_only": True},
            encode_kwargs={"normalize_embeddings": True, "batch_size": 32},
        )
    except Exception as fault:  # each form of weights, tokenizer and configuration has errors of its own; torch's and safetensors' are not even ValueErrors
        raise SettingsError(f"The encoder's files cannot be loaded ({type(fault).__name__}); name another folder in HOLDFAST_ENCODER, or unset it.") from fault
