"""The tuned model: its arithmetic is the bundled model's own, a text's score hangs on nothing else, and bad files are told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant import bundled, tuned
from assistant.errors import KnowledgeError, SettingsError

TEXTS = ("Hold?", "78F on pom-dex 4 mg, admitted with pneumonia on IV antibiotics. Hold?", "Neutropénie fébrile, ANC 0.3 ×10⁹/L", "it goes on and on " * 60)


def additions(layers: int, heads: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Additions that add nothing."""
    made = {"head": heads, "bias": np.zeros(len(heads), dtype=np.float32)}
    for layer in range(layers):
        for place in tuned.PLACES:
            out, into = bundled.weights()[f"encoder.layer.{layer}.{place}.weight"].shape
            made |= {f"{layer}.{place}.down": np.ones((2, into), dtype=np.float32), f"{layer}.{place}.up": np.zeros((out, 2), dtype=np.float32)}
    return made


def test_with_nothing_added_it_is_the_bundled_model() -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(bundled.folder()), device="cpu").encode(list(TEXTS), normalize_embeddings=True)
    scale = 10_000  # scores are rounded to hundredths
    ours = tuned.Tuned([str(n) for n in range(tuned.WIDTH)], 256, additions(6, np.eye(tuned.WIDTH, dtype=np.float32) * scale)).scores(TEXTS)
    ours /= np.linalg.norm(ours, axis=1, keepdims=True)
    assert np.min(np.sum(ours * theirs, axis=1)) > 0.98  # whole-number weights: 0.986 and more was measured


def test_a_text_is_scored_alike_alone_and_among_others() -> None:
    together = tuned.tuned("hearing").scores(TEXTS)
    tuned.tuned.cache_clear()
    alone = np.vstack([tuned.tuned("hearing").scores([text]) for text in reversed(TEXTS)])[::-1]
    assert together.shape == (len(TEXTS), len(tuned.tuned("hearing").heads))
    assert np.allclose(together, alone, atol=0.011)  # one unit of the rounding
    assert tuned.tuned("hearing").scores([]).shape == (0, len(tuned.tuned("hearing").heads))


def test_missing_or_damaged_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="second_reader/hearing: weights missing or damaged"):
        tuned.tuned("hearing", tmp_path)
    (tmp_path / "hearing.json").write_text(json.dumps({"heads": ["hold"], "pieces": 80}))
    (tmp_path / "hearing.npz").write_bytes(b"no archive")
    with pytest.raises(KnowledgeError, match="weights missing or damaged"):
        tuned.tuned("hearing", tmp_path)
    np.savez(tmp_path / "hearing.npz", head=np.zeros((1, tuned.WIDTH)))
    with pytest.raises(KnowledgeError, match="weights missing or damaged"):
        tuned.tuned("hearing", tmp_path)


def test_another_model_than_the_tested_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bundled.PINNED, "model.safetensors", "0" * 64)
    bundled.digests.cache_clear()
    bundled.weights.cache_clear()
    with pytest.raises(SettingsError, match="is not the tested one; reinstall it"):
        bundled.weights()
    bundled.digests.cache_clear()
