"""The everyday encoder is the bundled model run by onnxruntime: the same vectors, made once, made anew where it is damaged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from assistant import bundled, encoder, onnx_encoder
from assistant.errors import SettingsError
from assistant.files import sha256
from assistant.index import embedded_text
from assistant.knowledge import knowledge
from assistant.onnx_encoder import OnnxEncoder, exported
from tests.support import ROOT, WordEmbedder, run_python

FOLDER = encoder.folder("bundled")


@pytest.fixture(scope="module")
def home(data_with_index: Path) -> Path:
    """A data folder in which the encoder has been made by the real command."""
    assert list((data_with_index / "encoder").glob("*.onnx"))
    return data_with_index


@pytest.fixture(scope="module")
def ours(home: Path) -> OnnxEncoder:
    return OnnxEncoder(exported(home, FOLDER, encoder.fingerprint("bundled"), no_reference), FOLDER / "tokenizer.json")


def no_reference() -> WordEmbedder:
    raise AssertionError("a proved file is not made again")


@pytest.mark.slow
def test_it_gives_the_vectors_of_sentence_transformers(ours: OnnxEncoder) -> None:
    lines = (ROOT / "eval" / "sets" / "build" / "development.jsonl").read_text(encoding="utf-8").splitlines()[:60]
    questions = [one.get("question") or one["turns"][-1] for one in map(json.loads, lines)]
    texts = [*(embedded_text(p) for p in knowledge().passages.values()), *questions, "", "   ", "x" * 5000, "fièvre 38,9 °C \U0001f912"]
    theirs = np.array(encoder.by_sentence_transformers("bundled").embed_documents(texts))
    vectors = np.array(ours.embed_documents(texts))
    assert vectors.shape == theirs.shape == (len(texts), 384)
    assert float((vectors * theirs).sum(axis=1).min()) > 0.99999
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5
    assert np.array_equal(np.argsort(-(vectors @ vectors[-5]))[:10], np.argsort(-(theirs @ theirs[-5]))[:10])


@pytest.mark.slow
def test_a_text_alone_and_in_company_gets_the_same_vector(ours: OnnxEncoder) -> None:
    texts = ["Hold?", "a longer text " * 60, "fever"]
    for text, vector in zip(texts, ours.embed_documents(texts), strict=True):
        assert np.allclose(ours.embed_query(text), vector, atol=1e-5)


@pytest.mark.slow
def test_an_answer_needs_neither_torch_nor_sentence_transformers(home: Path) -> None:
    script = (
        "import sys\nfrom assistant.wiring import build_assistant\n"
        "assert build_assistant().answer(['Severe pneumonia on pomalidomide, hold?']).hits\n"
        "loaded = sorted(set(sys.modules) & {'torch', 'transformers', 'sentence_transformers'})\nsys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = run_python("-c", script, environ={"HOLDFAST_DATA": str(home)})
    assert done.returncode == 0, done.stderr


def _fake(monkeypatch: pytest.MonkeyPatch, agreement: float) -> list[str]:
    made: list[str] = []

    def export(folder: Path, target: Path) -> None:
        made.append(target.name)
        target.write_bytes(b"model")

    monkeypatch.setattr(onnx_encoder, "_export", export)
    monkeypatch.setattr(onnx_encoder, "_agreement", lambda model, folder, reference: agreement)
    return made


def test_it_is_made_once_and_anew_when_its_bytes_or_its_proof_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _fake(monkeypatch, 1.0)
    model = exported(tmp_path, FOLDER, "f" * 64, WordEmbedder)
    assert exported(tmp_path, FOLDER, "f" * 64, no_reference) == model
    assert len(made) == 1
    for damage in (lambda: model.write_bytes(b"other"), model.unlink, model.with_suffix(".json").unlink, lambda: model.with_suffix(".json").write_text("{}")):
        damage()
        assert exported(tmp_path, FOLDER, "f" * 64, WordEmbedder).read_bytes() == b"model"
    assert len(made) == 5
    assert [p.name for p in model.parent.iterdir() if p.suffix == ".part"] == []


def test_a_file_with_other_vectors_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake(monkeypatch, 0.98)
    with pytest.raises(SettingsError, match="gives other vectors"):
        exported(tmp_path, FOLDER, "f" * 64, WordEmbedder)
    assert [p.name for p in (tmp_path / "encoder").iterdir() if p.name != "lock"] == []


def test_where_it_cannot_be_made_sentence_transformers_runs_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "encoder").write_text("a file where the folder should be")
    stand_in = WordEmbedder()
    monkeypatch.setattr(encoder, "by_sentence_transformers", lambda name: stand_in)
    encoder.load.cache_clear()
    assert encoder.load("bundled", tmp_path) is stand_in
    assert "cannot be exported" in caplog.text
    encoder.load.cache_clear()


@pytest.mark.slow
def test_what_is_begun_beside_other_work_is_the_same_encoder(home: Path, ours: OnnxEncoder) -> None:
    encoder.begun.cache_clear()
    waited = encoder.begun("bundled", home)
    assert waited() is waited(), "one, however many wait for it"
    assert waited().embed_query("Hold?") == ours.embed_query("Hold?")
    encoder.begun.cache_clear()


def test_what_was_not_exported_yet_is_loaded_when_it_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in, asked = WordEmbedder(), []
    monkeypatch.setattr(encoder, "load", lambda name, home: asked.append(name) or stand_in)
    encoder.begun.cache_clear()
    waited = encoder.begun("bundled", tmp_path)
    assert asked == []
    assert waited() is stand_in
    assert encoder.begun("a-model-of-ones-own", tmp_path)() is stand_in
    assert asked == ["bundled", "a-model-of-ones-own"]
    encoder.begun.cache_clear()


def test_a_begun_encoder_with_other_bytes_is_refused_when_it_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bundled.PINNED, "tokenizer.json", "0" * 64)
    encoder.fingerprint.cache_clear()
    bundled.digests.cache_clear()
    encoder.begun.cache_clear()
    with pytest.raises(SettingsError, match="is not the tested one"):
        encoder.begun("bundled", tmp_path)()
    encoder.fingerprint.cache_clear()
    bundled.digests.cache_clear()
    encoder.begun.cache_clear()


@pytest.mark.parametrize("content", [b"", b"one", b"x" * 100_000])
def test_a_file_s_hash_is_that_of_its_bytes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_a_model_by_name_that_does_not_lie_here_is_refused_and_nothing_is_fetched() -> None:
    with pytest.raises(SettingsError, match="no model 'no-such-model' lies on this machine"):
        encoder.folder("no-such-model")
