"""The cue words are validated whole, with file and key of every fault."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.errors import KnowledgeError
from assistant.guardrail.cues import load_cues
from assistant.knowledge import HOME

FILES = ("guardrail_cues.yaml", "guardrail_outside.yaml", "guardrail_plain.yaml", "guardrail_claims.yaml", "guardrail_patterns.yaml", "antimicrobials.yaml")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of what the guardrail reads of the knowledge folder."""
    (tmp_path / "lexicon").mkdir()
    shutil.copy(HOME / "article.md", tmp_path / "article.md")
    for name in FILES:
        shutil.copy(HOME / "lexicon" / name, tmp_path / "lexicon" / name)
    return tmp_path


def change(home: Path, name: str, old: str, new: str) -> None:
    """Change words in one of the files."""
    path = home / "lexicon" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_our_own_files_are_valid() -> None:
    assert load_cues().phrases


def test_a_word_under_two_tags_is_refused(home: Path) -> None:
    change(home, "guardrail_cues.yaml", "words: [pomalidomide,", "words: [pomalidomide, dexamethasone,")
    with pytest.raises(KnowledgeError, match=r"guardrail_cues\.yaml: tags\.\w+: 'dexamethasone' also stands under \w+; keep it in one of them\."):
        load_cues(home)


def test_all_faults_of_all_files_are_told_at_once(home: Path) -> None:
    change(home, "guardrail_claims.yaml", "subject: [POM, PRON, CONT]", "subject: [POMM, PRON, CONT]")
    change(home, "guardrail_plain.yaml", "words:", "wordz:")
    with pytest.raises(KnowledgeError) as told:
        load_cues(home)
    assert "there is no tag 'POMM'" in str(told.value) or "guardrail_plain.yaml: words" in str(told.value)
    assert "guardrail_plain.yaml: wordz" in str(told.value)


def test_a_missing_file_is_named(home: Path) -> None:
    (home / "lexicon" / "guardrail_outside.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"guardrail_outside\.yaml"):
        load_cues(home)


def test_a_pattern_that_cannot_be_read_is_named(home: Path) -> None:
    change(home, "guardrail_patterns.yaml", "quoted:", "quoted_too: '('\nquoted:")
    with pytest.raises(KnowledgeError, match=r"guardrail_patterns\.yaml: .*'quoted_too' is no pattern"):
        load_cues(home)
