"""Who may import whom, what a light command may load, and what the repository may not hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support import ROOT, run_python

HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb", "langchain", "langchain_core", "langchain_openai", "bm25s", "streamlit")


def our_files(*patterns: str) -> list[Path]:
    """The project's own files; none of what is installed or built beside them."""
    found = [path for pattern in patterns for top in ("assistant", "eval", "tests", ".ci") for path in (ROOT / top).rglob(pattern)]
    return sorted({*found, *(path for path in (ROOT / "app.py", ROOT / "Makefile") if path.exists())})


def test_imports_go_in_one_direction() -> None:
    """The contracts stand in pyproject.toml; a module without a place in them fails too.

    In a process of its own: the linter sets up logging anew, which would silence every logger of the tests after it.
    """
    done = run_python("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))")
    assert done.returncode == 0, done.stdout


def test_the_page_script_only_puts_the_page_together() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 150


def test_no_code_reaches_outside_the_repository() -> None:
    """A user has the repository and nothing beside it."""
    outside = ".." + "/shared"
    assert [str(path) for path in our_files("*.py", "run") if outside in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    "work",
    [
        "main(['--help'])",
        "main(['check', sys.argv[1], sys.argv[2]])",
        "from assistant.wiring import build_assistant; build_assistant().decide(['Patient on pomalidomide with pneumonia, hold?'])",
    ],
    ids=["help", "check", "a decision"],
)
def test_what_needs_no_search_loads_no_library_for_it(work: str, tmp_path: Path) -> None:
    drafts = tmp_path / "in.jsonl"
    drafts.write_text('{"id": "a", "question": "Severe pneumonia on pomalidomide, hold?", "answer": "Continue pomalidomide."}\n')
    script = (
        "import sys, contextlib\n"
        "from assistant.__main__ import main\n"
        "with contextlib.suppress(SystemExit):\n"
        f"    {work}\n"
        f"loaded = sorted(set(sys.modules) & set({HEAVY!r}))\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = run_python("-c", script, str(drafts), str(tmp_path / "out.jsonl"), environ={"HOLDFAST_DATA": str(tmp_path)})
    assert done.returncode == 0, done.stderr


def test_without_a_model_nothing_is_imported_for_one(data_with_index: Path) -> None:
    script = (
        "import sys\n"
        "from assistant.wiring import build_assistant\n"
        "assert build_assistant().answer(['Severe pneumonia on pomalidomide, hold?']).hits\n"
        "loaded = sorted(set(sys.modules) & {'langchain', 'langchain_openai', 'openai', 'anthropic', 'ollama', 'langgraph', 'assistant.drafting', 'assistant.prompts'})\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = run_python("-c", script, environ={"HOLDFAST_DATA": str(data_with_index)})
    assert done.returncode == 0, done.stderr


def test_the_lock_names_exact_versions_and_no_place() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            assert line.startswith(("#", "-r ")) or ("==" in line and "/" not in line and "+" not in line), f"{name}: {line}"


def test_the_commands_are_there_and_may_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
