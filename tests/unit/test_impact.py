"""A changed article names what rests on the sentences that changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import impact
from assistant.errors import KnowledgeError
from assistant.knowledge import HOME
from assistant.screen import keeping
from assistant.screen.conversation import Conversation
from assistant.screen.engine import Engine
from assistant.storage import open_store
from tests.support import run_assistant

MILD = "Resume at same dose once infection has cleared"


def older(folder: Path, *changes: tuple[str, str]) -> Path:
    text = (HOME / "article.md").read_text(encoding="utf-8")
    for now, before in changes:
        assert now in text
        text = text.replace(now, before, 1)
    path = folder / "old.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_article_names_nothing(tmp_path: Path) -> None:
    assert impact.report(older(tmp_path), {}) == ["no passage differs"]


def test_a_changed_sentence_names_rules_elements_facts_notes_and_tests(tmp_path: Path) -> None:
    lines = impact.report(older(tmp_path, (MILD, "Resume at a lower dose once infection has cleared")), {})
    assert lines[0] == "algorithm.mild.resume: changed"
    text = "\n".join(lines)
    assert "rules that quote it: mild.resume" in text
    assert "elements: resume_same_dose" in text
    assert "facts: mild" in text
    assert "tests/unit/test_knowledge.py" in text


def test_a_figure_names_its_reference_and_a_sentence_that_is_new_or_gone_is_told(tmp_path: Path) -> None:
    lines = impact.report(older(tmp_path, ("33.7%", "30.7%"), ("{#closing}", "{#ending}")), {})
    assert "rationale.rate: changed" in lines and "closing: new" in lines and "ending: removed" in lines
    assert any(line == "  references: 2" for line in lines)


def test_label_questions_and_labelled_questions_that_rest_on_it_are_named(tmp_path: Path) -> None:
    lines = impact.report(older(tmp_path, ("20 mg weekly", "30 mg weekly")), {})
    assert "  label questions: label.dex_age" in lines
    assert any(line.startswith("  labelled questions: ") and "retrieval/article.jsonl (" in line for line in lines)


@pytest.mark.slow
def test_the_command_names_rules_tests_and_stored_answers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    store = open_store(url)
    asked = Conversation().asked("Mild cystitis on pom 4 mg, completely resolved. Restart?", {})
    conversation = asked.with_last(Engine(lambda tell: pytest.fail("no search is needed")).first(asked))
    keeping.keep(store, conversation)
    store.close()
    done = run_assistant("index", "changes", str(older(tmp_path, (MILD, "Resume at another dose"))), data=tmp_path, environ={"HOLDFAST_DATABASE": url})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "algorithm.mild.resume: changed"
    assert "  rules that quote it: mild.resume" in lines
    [tests] = [line for line in lines if line.startswith("  tests: ")]
    assert {"tests/spec/decision_table.tsv", "tests/spec/test_section_5_elements.py"} <= set(tests.removeprefix("  tests: ").split(", "))
    assert f"  stored answers: {conversation.id}" in lines
    other = run_assistant("index", "changes", str(older(tmp_path, ("G-CSF support", "no G-CSF"))), data=tmp_path, environ={"HOLDFAST_DATABASE": url})
    assert "neutropenia.fever: changed" in other.stdout and "stored answers" not in other.stdout


def test_what_is_no_article_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("words")
    with pytest.raises(KnowledgeError, match=r"x\.md: is no article with a head and anchors"):
        impact.report(tmp_path / "x.md", {})


def test_an_anchor_that_is_an_english_word_is_no_test_by_that_word_alone(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("what may lead to it")
    (tmp_path / "two.py").write_text('quoted = "lead"')
    (tmp_path / "three.yaml").write_text("passage: article:lead")
    (tmp_path / "four.tsv").write_text("x\tmild.resume(infection)\nsevere.resume.below_4")
    assert impact.tests_naming(["lead"], tmp_path) == [f"{tmp_path.name}/three.yaml", f"{tmp_path.name}/two.py"]
    assert impact.tests_naming(["mild.resume"], tmp_path) == [f"{tmp_path.name}/four.tsv"]
    assert impact.tests_naming(["severe.resume"], tmp_path) == []
