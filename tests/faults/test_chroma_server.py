"""The same index and the same search on a Chroma server that is really started, and a clear message where it is not."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import collection, served
from assistant import settings as environment
from assistant.errors import IndexUnusable, SettingsError
from assistant.index import stamp
from tests.support import WordEmbedder, run_assistant, some_passages

PASSAGES = some_passages(100)


def quiet(message: str, share: float) -> None:
    """Tell nobody."""


@pytest.mark.slow
def test_it_is_built_once_and_found_whole(server: str) -> None:
    told: list[str] = []
    wanted = stamp(PASSAGES, "words", "0")
    for _ in range(2):
        store = served.ready(server, PASSAGES, wanted, WordEmbedder(), lambda message, share: told.append(message))
    held = store.get()
    assert dict(zip(held["ids"], held["documents"], strict=True)) == {p.id: p.text for p in PASSAGES}
    assert told == ["Encoded 64 of 100 passages", "Encoded 100 of 100 passages"]
    assert len(store.similarity_search("fever number0", k=5)) == 5


@pytest.mark.slow
def test_what_is_lost_or_changed_on_it_is_noticed_and_mended(server: str) -> None:
    wanted = stamp(PASSAGES[:50], "words", "1")
    name = served.name_of(wanted)
    served.ready(server, PASSAGES[:50], wanted, WordEmbedder(), quiet)
    client = collection.served(server)
    for damage in (
        lambda: client.get_collection(name, embedding_function=None).delete(ids=["test:007"]),
        lambda: client.get_collection(name, embedding_function=None).update(
            ids=["test:007"], documents=["Continue the drug"], embeddings=[WordEmbedder().embed_query("Continue the drug")]
        ),
        lambda: client.delete_collection(name),
    ):
        damage()
        assert served.fault(client, name)
        assert len(served.ready(server, PASSAGES[:50], wanted, WordEmbedder(), quiet).get()["ids"]) == 50
        assert served.fault(client, name) == ""
    assert [c.name for c in client.list_collections() if "part" in c.name] == []


@pytest.mark.slow
def test_the_commands_and_an_answer_are_the_same_as_with_the_embedded_one(server: str, data_with_index: Path, tmp_path: Path) -> None:
    shutil.copytree(data_with_index / "encoder", tmp_path / "data" / "encoder")
    environ = {"HOLDFAST_CHROMA": server}
    policy = tmp_path / "policy.md"
    policy.write_text("# Policy\n\nThe zebra unit books the neutrophil count before pomalidomide is restarted.\n")
    ready = run_assistant("index", "ready", data=tmp_path / "data", environ=environ)
    assert ready.returncode == 0, ready.stderr
    question = "Mild cystitis on pom 4 mg, completely resolved. Who books the neutrophil count before the restart, the zebra unit?"
    answers = []
    for data, settings in ((tmp_path / "data", environ), (shutil.copytree(data_with_index, tmp_path / "embedded"), {})):
        added = run_assistant("index", "add", str(policy), data=data, environ=settings)
        assert added.stdout.startswith("added [L1] policy"), added.stderr
        verified = run_assistant("index", "verify", data=data, environ=settings)
        assert (verified.returncode, verified.stdout.splitlines()[0]) == (0, "the index is sound"), verified.stdout
        done = run_assistant("ask", "--json", question, data=data, environ=settings)
        assert done.returncode == 0, done.stderr
        answers.append(done.stdout.partition('"seconds"')[0])
        assert run_assistant("index", "remove", "L1", data=data, environ=settings).stdout == "removed [L1] policy\n"
        assert "[L1]" not in run_assistant("ask", question, data=data, environ=settings).stdout
    assert "[L1]" in answers[0]
    assert answers[0] == answers[1]


@pytest.mark.slow
def test_two_processes_share_what_each_of_them_adds(server: str, data_with_index: Path, tmp_path: Path) -> None:
    """Both add at once and both answer from both; what one takes away the other no longer finds."""
    data = tmp_path / "data"
    shutil.copytree(data_with_index / "encoder", data / "encoder")
    environ = {"HOLDFAST_CHROMA": server}
    for name in ("zebra", "panda"):
        (tmp_path / f"{name}.md").write_text(f"# Policy of the {name} unit\n\nThe {name} unit books the neutrophil count before pomalidomide is restarted.\n")
    assert run_assistant("index", "ready", data=data, environ=environ).returncode == 0

    def at_once(*commands: tuple[str, ...]) -> list[str]:
        with ThreadPoolExecutor(len(commands)) as pool:
            done = list(pool.map(lambda arguments: run_assistant(*arguments, data=data, environ=environ), commands))
        assert [(one.returncode, one.stderr) for one in done if one.returncode] == []
        return [one.stdout for one in done]

    added = at_once(*(("index", "add", str(tmp_path / f"{name}.md")) for name in ("zebra", "panda")))
    assert sorted(line[:10] for line in added) == ["added [L1]", "added [L2]"]
    asking = [("ask", f"Mild cystitis on pom 4 mg, completely resolved. Who books the neutrophil count, the {name} unit?") for name in ("zebra", "panda")]
    for name, told in zip(("zebra", "panda"), at_once(*asking), strict=True):
        assert f"The {name} unit books" in told
    assert at_once(("index", "verify"), ("index", "list"))[0].startswith("the index is sound")
    marker = next(line[6:10] for line in added if "zebra" in line)
    at_once(("index", "remove", marker.strip("[]")))
    gone, there = at_once(*asking)
    assert "The zebra unit books" not in gone
    assert "The panda unit books" in there
    assert run_assistant("index", "verify", data=data, environ=environ).stdout.startswith("the index is sound")


def test_a_server_that_does_not_answer_is_named_with_what_to_do() -> None:
    with pytest.raises(IndexUnusable, match=r"The Chroma server at HOLDFAST_CHROMA does not answer .*; start it, or unset HOLDFAST_CHROMA"):
        served.ready("http://127.0.0.1:9", PASSAGES, stamp(PASSAGES, "words", "0"), WordEmbedder(), quiet)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="HOLDFAST_CHROMA: must be an http or https address"):
        environment.read({"HOLDFAST_CHROMA": "localhost:8000"})
