"""An encoder of one's own, by `HOLDFAST_ENCODER`: the index follows it there and back, and one that cannot be used changes nothing.

The model is a real one in the form of sentence-transformers: small, of other weights and another width than the bundled one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import constants

from assistant import encoder, index
from assistant.errors import SettingsError
from assistant.files import sha256
from assistant.library.shelf import Shelf
from tests.support import run_assistant, run_python

pytestmark = pytest.mark.slow

WIDTH = 32
QUESTION = "Severe pneumonia on pomalidomide 4 mg in the zebra unit, on IV antibiotics. Hold?"
FROM_SOMETHING_ELSE = "Building the index: the index was built from something else (encoder, encoder_sha256)"

# One layer of random weights from a fixed seed, with the bundled model's tokenizer and order of modules.
MAKE = f"""
import json, shutil, sys
from pathlib import Path
import torch
from transformers import BertConfig, BertModel
from assistant import bundled
target, given = Path(sys.argv[1]), bundled.folder()
torch.manual_seed(3)
BertModel(BertConfig(vocab_size=30522, hidden_size={WIDTH}, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)).save_pretrained(target)
for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json", "modules.json", "sentence_bert_config.json"):
    shutil.copy(given / name, target)
(target / "1_Pooling").mkdir()
(target / "1_Pooling" / "config.json").write_text(json.dumps({{"word_embedding_dimension": {WIDTH}, "pooling_mode_mean_tokens": True}}))
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sentence-transformers model. Tests only read it."""
    target = tmp_path_factory.mktemp("model") / "small"
    done = run_python("-c", MAKE, str(target))
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, data_with_index: Path) -> Path:
    """A data folder with the index and an added source, both of the bundled encoder. Tests copy it or leave it as it is."""
    data = shutil.copytree(data_with_index, tmp_path_factory.mktemp("held") / "data")
    policy = data.parent / "policy.md"
    policy.write_text("# Policy\n\nThe zebra unit holds pomalidomide in severe pneumonia and calls the ward.\n")
    done = run_assistant("index", "add", str(policy), data=data)
    assert done.returncode == 0, done.stderr
    return data


def width(data: Path) -> int:
    """How long the vectors are that Chroma keeps."""
    folder = index.current(data)
    assert folder is not None
    script = "import sys; from pathlib import Path; from assistant.collection import _client, NAME\nprint(len(_client(Path(sys.argv[1])).get_collection(NAME).get(limit=1, include=['embeddings'])['embeddings'][0]))"
    return int(run_python("-c", script, str(folder)).stdout)


def whole(data: Path) -> dict[str, str]:
    """Every file of the index and of the added sources; Chroma writes to its own when they are merely opened, so that these count by being there."""
    files = (f for part in ("index", "added") for f in (data / part).rglob("*") if f.is_file())
    return {str(f.relative_to(data)): "" if "chroma" in str(f) or f.name == "lock" else sha256(f) for f in files}


def test_index_and_added_sources_follow_the_setting_there_and_back(held: Path, model: Path, tmp_path: Path) -> None:
    data = shutil.copytree(held, tmp_path / "data")
    before = run_assistant("ask", "--json", QUESTION, data=data)
    assert (before.returncode, before.stderr) == (0, "")
    assert width(data) == 384

    own = {"HOLDFAST_ENCODER": str(model)}
    told = run_assistant("index", "verify", data=data, environ=own)
    assert told.returncode == 1
    assert told.stdout.startswith("not usable: the index was built from something else (encoder, encoder_sha256); the next question rebuilds it")
    there = run_assistant("ask", "--json", QUESTION, data=data, environ=own)
    assert there.returncode == 0, there.stderr
    assert there.stderr.splitlines()[0] == FROM_SOMETHING_ELSE
    assert width(data) == WIDTH
    built = json.loads(run_assistant("index", "info", data=data, environ=own).stdout)
    assert (built["fault"], built["encoder"], built["encoder_sha256"]) == (None, "folder", encoder.fingerprint(str(model)))
    [source] = Shelf(data).all()
    assert (source.encoder, Shelf(data).vectors(source).shape[1]) == (encoder.fingerprint(str(model)), WIDTH)
    sound = run_assistant("index", "verify", data=data, environ=own)
    assert (sound.returncode, sound.stdout.splitlines()[0]) == (0, "the index is sound")

    back = run_assistant("ask", "--json", QUESTION, data=data)
    assert back.stderr.splitlines()[0] == FROM_SOMETHING_ELSE
    assert width(data) == 384
    assert run_assistant("index", "verify", data=data).returncode == 0

    first, other, last = (json.loads(done.stdout) for done in (before, there, back))
    for record in (first, other, last):
        del record["seconds"]
    assert last == first, "back at the bundled encoder, the answer is the same to the digit"
    assert other["decision"] == first["decision"] and other["answer"] == first["answer"]
    assert other["passages"] != first["passages"], "and the search was really another one"
    assert any(p["source"] == "L1" or p["passage_id"].startswith("added:") for p in other["passages"])


def cut_off(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "modules.json").unlink(), "HOLDFAST_ENCODER: must be 'bundled' or a folder with a sentence-transformers model"),
        (cut_off, "The encoder's files cannot be loaded (SafetensorError); name another folder in HOLDFAST_ENCODER, or unset it."),
    ],
    ids=["a folder that is no model", "weights cut off"],
)
@pytest.mark.parametrize("command", [("ask", QUESTION), ("index", "rebuild")], ids=["ask", "rebuild"])
def test_one_that_cannot_be_used_is_told_and_changes_nothing(
    held: Path, model: Path, tmp_path: Path, damage: Callable[[Path], object], said: str, command: tuple[str, ...]
) -> None:
    broken = shutil.copytree(model, tmp_path / "broken")
    damage(broken)
    before = whole(held)
    done = run_assistant(*command, data=held, environ={"HOLDFAST_ENCODER": str(broken)})
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert whole(held) == before, "nothing was replaced, and nothing half is left"


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "modules.json").write_text("[]"),
        lambda folder: (folder / "modules.json").write_text("{"),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "tokenizer.json").write_text('{"a": 1}'),
    ],
    ids=["no modules", "modules that are no JSON", "no weights", "no tokenizer"],
)
def test_whatever_is_wrong_with_its_files_is_told_with_what_to_do(model: Path, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    broken = shutil.copytree(model, tmp_path / "broken")
    damage(broken)
    with pytest.raises(SettingsError, match=r"The encoder's files cannot be loaded \(\w+\); name another folder in HOLDFAST_ENCODER, or unset it\."):
        encoder.load(str(broken), tmp_path)


def test_one_of_which_weights_are_missing_is_refused_though_it_loads(model: Path, tmp_path: Path) -> None:
    """transformers fills them in at random: every process would have vectors of its own."""
    broken = shutil.copytree(model, tmp_path / "broken")
    script = (
        "import sys; from safetensors.torch import load_file, save_file\n"
        "held = load_file(sys.argv[1]); save_file({n: w for n, w in held.items() if 'attention' not in n}, sys.argv[1], metadata={'format': 'pt'})"
    )
    assert run_python("-c", script, str(broken / "model.safetensors")).returncode == 0
    with pytest.raises(SettingsError, match="vectors differ each time that it is loaded, so weights of it must be missing"):
        encoder.load(str(broken), tmp_path)


def test_a_name_is_found_in_the_cache_of_this_machine_and_nowhere_else(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    for repository in ("ward--small", "sentence-transformers--tiny"):
        kept = tmp_path / f"models--{repository}"
        (kept / "refs").mkdir(parents=True)
        (kept / "refs" / "main").write_text("0" * 40)
        shutil.copytree(model, kept / "snapshots" / ("0" * 40))
    assert encoder.fingerprint("ward/small") == encoder.fingerprint("tiny") == encoder.fingerprint(str(model))
    assert len(encoder.load("ward/small", tmp_path).embed_query("Hold?")) == WIDTH
