"""A changed article names what rests on the sentences that changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assistant import contract, impact, receipts
from assistant.errors import KnowledgeError
from assistant.knowledge import HOME
from assistant.pipeline import Assistant
from assistant.screen import keeping
from assistant.screen.conversation import Conversation
from assistant.screen.engine import Engine
from assistant.storage import entries, open_store
from tests.support import ROOT, QuotedOnly, run_assistant, run_python
from tests.unit.test_receipts import Nothing

MILD = "Resume at same dose once infection has cleared"


def older(folder: Path, *changes: tuple[str, str]) -> Path:
    text = (HOME / "article.md").read_text(encoding="utf-8")
    for now, before in changes:
        assert now in text
        text = text.replace(now, before, 1)
    path = folder / "old.md"
    path.write_text(text, encoding="utf-8")
    return path


def report(before: Path) -> list[str]:
    return impact.report(impact.changed(impact.texts_of(before), impact.texts_of()), {})


def keep_one(url: str) -> str:
    """Keep a conversation of one answer, as the page does; its id."""
    store = open_store(url)
    asked = Conversation(id="cystitis").asked("Mild cystitis on pom 4 mg, completely resolved. Restart?", {})
    conversation = asked.with_last(Engine(lambda tell: pytest.fail("no search is needed")).first(asked))
    keeping.keep(store, conversation)
    store.close()
    return conversation.id


def test_the_same_article_names_nothing(tmp_path: Path) -> None:
    assert report(older(tmp_path)) == []


def test_a_changed_sentence_names_rules_elements_facts_notes_and_tests(tmp_path: Path) -> None:
    lines = report(older(tmp_path, (MILD, "Resume at a lower dose once infection has cleared")))
    assert lines[:3] == ["algorithm.mild.resume: changed", "  said: Resume at a lower dose once infection has cleared", f"  says: {MILD}"]
    text = "\n".join(lines)
    assert "rules that quote it: mild.resume" in text
    assert "elements: resume_same_dose" in text
    assert "facts: mild" in text
    assert "tests/unit/test_knowledge.py" in text


def test_a_figure_names_its_reference_and_a_sentence_that_is_new_or_gone_is_told(tmp_path: Path) -> None:
    lines = report(older(tmp_path, ("33.7%", "30.7%"), ("{#closing}", "{#ending}")))
    assert "rationale.rate: changed" in lines and "closing: new" in lines and "ending: removed" in lines
    assert any(line == "  references: 2" for line in lines)


def test_label_questions_and_labelled_questions_that_rest_on_it_are_named(tmp_path: Path) -> None:
    lines = report(older(tmp_path, ("20 mg weekly", "30 mg weekly")))
    assert "  label questions: label.dex_age" in lines
    [told] = [line for line in lines if line.startswith("  labelled questions: ")]
    assert "retrieval/article (ret-" in told, "labelled on the set's own line"
    assert "build/development (d-" in told, "labelled in eval/passages.yaml"


@pytest.mark.slow
def test_the_command_names_rules_tests_and_stored_answers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    conversation = keep_one(url)
    done = run_assistant("index", "changes", str(older(tmp_path, (MILD, "Resume at another dose"))), data=tmp_path, environ={"HOLDFAST_DATABASE": url})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "algorithm.mild.resume: changed"
    assert "  rules that quote it: mild.resume" in lines
    [tests] = [line for line in lines if line.startswith("  tests: ")]
    assert {"tests/spec/decision_table.tsv", "tests/spec/test_section_5_elements.py"} <= set(tests.removeprefix("  tests: ").split(", "))
    assert f"  stored answers: {conversation} (answer 1)" in lines
    other = run_assistant("index", "changes", str(older(tmp_path, ("G-CSF support", "no G-CSF"))), data=tmp_path, environ={"HOLDFAST_DATABASE": url})
    assert "neutropenia.fever: changed" in other.stdout and "stored answers" not in other.stdout


def test_what_is_no_article_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("words")
    with pytest.raises(KnowledgeError, match=r"x\.md: is no article with a head and anchors"):
        impact.texts_of(tmp_path / "x.md")


def test_an_anchor_that_is_an_english_word_is_no_test_by_that_word_alone(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("what may lead to it")
    (tmp_path / "two.py").write_text('quoted = "lead"')
    (tmp_path / "three.yaml").write_text("passage: article:lead")
    (tmp_path / "four.tsv").write_text("x\tmild.resume(infection)\nsevere.resume.below_4")
    assert impact.tests_naming(["lead"], folder=tmp_path) == [f"{tmp_path.name}/three.yaml", f"{tmp_path.name}/two.py"]
    assert impact.tests_naming(["mild.resume"], folder=tmp_path) == [f"{tmp_path.name}/four.tsv"]
    assert impact.tests_naming(["severe.resume"], folder=tmp_path) == []


def test_a_test_and_a_line_that_carry_words_of_a_sentence_that_went_are_named(tmp_path: Path) -> None:
    gone = ["Resume at the same dose, 4 mg, once it has cleared"]
    (tmp_path / "two.py").write_text('shown == "the same dose once"')
    (tmp_path / "set.jsonl").write_text(json.dumps({"id": "d-1", "answer": "RESUME AT THE SAME DOSE when well."}) + "\n" + json.dumps({"id": "d-2", "answer": "The same dose."}) + "\n")
    (tmp_path / "one.py").write_text('shown == "at the same dose, 4 mg"')
    assert impact.tests_naming(["no.such.anchor"], gone, tmp_path) == [f"{tmp_path.name}/one.py"]
    assert impact.lines_carrying(gone, tmp_path) == {"set": ["d-1"]}


class TestStoredAnswers:
    """An answer rests on what it cites, quotes or names, and is outdated where that stood otherwise when it was given."""

    NOW = impact.texts_of()

    @pytest.fixture
    def answer(self) -> impact.Carried:
        given = Assistant(retriever=QuotedOnly()).answer(["Mild cystitis on pom 4 mg, completely resolved. Restart?"])
        return impact.carried(json.loads(receipts.receipt(given)))

    def test_a_receipt_names_what_it_rests_on_and_holds_its_text(self, answer: impact.Carried) -> None:
        assert "algorithm.mild.resume" in answer.named
        assert answer.texts["algorithm.mild.resume"] == self.NOW["algorithm.mild.resume"]
        assert impact.outdated(answer, self.NOW) == set()
        assert impact.changed_since([answer], self.NOW) == {}

    def test_what_changed_or_went_since_is_outdated_and_what_the_answer_does_not_rest_on_is_not(self, answer: impact.Carried) -> None:
        later = {**self.NOW, "algorithm.mild.resume": "Resume at a lower dose", "neutropenia.fever": "Other words"}
        assert impact.outdated(answer, later) == {"algorithm.mild.resume"}
        assert list(impact.changed_since([answer], later).values()) == [impact.Change("changed", (MILD,), ("Resume at a lower dose",))]
        del later["algorithm.mild.resume"]
        assert impact.changed_since([answer], later)["algorithm.mild.resume"].how == "removed"

    def test_an_answer_without_search_is_known_by_the_words_that_it_quotes(self) -> None:
        given = Assistant(retriever=Nothing()).answer(["Mild cystitis on pom 4 mg, completely resolved. Restart?"])
        record = contract.answer_record(None, given)
        assert record["passages"] == []
        found = impact.carried(record)
        assert impact.outdated(found, self.NOW) == set()
        anchor = next(iter(found.words))
        assert impact.outdated(found, {**self.NOW, anchor: "Nothing of the kind"}) == {anchor}

    def test_all_that_is_kept_is_looked_at_however_much_it_is(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'kept.sqlite'}"
        assert list(entries(url)) == []
        assert list(tmp_path.iterdir()) == [], "looking makes no file"
        store = open_store(url)
        for number in range(130):
            store.keep(f"c{number:03}", title="t", extra="{}", number=0, text="q", payload="{}")
        store.close()
        assert [name for name, _, _ in entries(url)] == [f"c{number:03}" for number in range(130)]


@pytest.mark.slow
def test_verify_in_a_checkout_whose_article_changed_names_what_rests_on_it(tmp_path: Path, data_with_index: Path) -> None:
    """The whole way, in a real copy: the article alone is changed, then the table with it, then the index is built anew."""
    data = shutil.copytree(data_with_index, tmp_path / "data", ignore=shutil.ignore_patterns("conversations*"))  # other tests may have kept some there
    conversation = keep_one(f"sqlite:///{data / 'conversations.sqlite'}")
    old, other, fresh = (str(tmp_path / name) for name in ("old.json", "other.json", "fresh.json"))
    for name, question in ((old, "Mild cystitis on pom 4 mg, completely resolved. Restart?"), (other, "Severe pneumonia on pomalidomide, in intensive care. Hold?")):
        assert run_assistant("ask", question, "--receipt", name, data=data).returncode == 0

    copy = tmp_path / "checkout"
    for part in ("assistant", "knowledge"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for part in ("tests", "eval"):
        (copy / part).symlink_to(ROOT / part)

    def verify() -> tuple[int, list[str]]:
        done = run_python("-m", "assistant", "index", "verify", old, other, *([fresh] if Path(fresh).exists() else ()), environ={"HOLDFAST_DATA": str(data)}, home=copy)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout.splitlines()

    def change(file: str) -> None:
        text = (copy / "knowledge" / file).read_text(encoding="utf-8")
        assert MILD in text
        (copy / "knowledge" / file).write_text(text.replace(MILD, "Resume at a lower dose once infection has cleared"), encoding="utf-8")

    assert verify() == (0, ["the index is sound"])

    change("article.md")
    status, lines = verify()
    assert status == 1
    assert lines[0].startswith("knowledge/ has ") and "mild.resume" in "\n".join(lines[:4]), "the rule no longer quotes the article"
    told = lines[lines.index("changed in the article since the index was built or an answer was given:") + 1 :]
    assert told[:3] == ["algorithm.mild.resume: changed", f"  said: {MILD}", "  says: Resume at a lower dose once infection has cleared"]
    assert {"  rules that quote it: mild.resume", "  elements: resume_same_dose"} <= set(told)
    assert any(line.startswith("  facts: ") and "mild" in line for line in told)
    assert any(line.startswith("  tests: ") and "tests/spec/decision_table.tsv" in line and "tests/page/test_deeds.py" in line for line in told)
    assert any(line.startswith("  labelled questions: ") and "retrieval/article (ret-" in line for line in told)
    stored = f"  stored answers: {old}, {conversation} (answer 1)"
    assert stored in told, "and not the answer on the severe infection"
    assert [line for line in told if line.endswith(": changed")] == ["algorithm.mild.resume: changed"]

    change("algorithm.yaml")
    status, lines = verify()
    assert (status, lines[0][:69]) == (1, "not usable: the index was built from something else (knowledge_sha256")
    assert stored in lines

    again = run_python("-m", "assistant", "ask", "Mild cystitis on pom 4 mg, completely resolved. Restart?", "--receipt", fresh, environ={"HOLDFAST_DATA": str(data)}, home=copy)
    assert again.returncode == 0, again.stderr
    status, lines = verify()
    assert (status, lines[0]) == (0, "the index is sound"), "what was answered before is no fault of what is on disk"
    assert stored in lines, "the answer that was given since rests on what the article says now"


@pytest.mark.slow
def test_verify_refuses_what_is_no_receipt(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    done = run_assistant("index", "verify", str(tmp_path / "x.json"), data=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "x.json: is no receipt of Holdfast" in done.stderr
