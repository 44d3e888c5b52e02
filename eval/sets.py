"""Question sets and sets of drafts: reads a file into items, and says of each line that cannot be scored why not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import HoldfastError
from assistant.knowledge import load_yaml
from assistant.records import Action, Restart, Severity

HOME = Path(__file__).parent / "sets"
PASSAGES = Path(__file__).parent / "passages.yaml"
HELD_BACK = "held_back"
_ALLOWED = {
    "action": {a.value for a in Action},
    "severity": {s.value for s in Severity},
    "restart": {r.value for r in Restart},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One labelled question, or with `draft` one labelled draft. `held_back`: its text must not be shown."""

    set: str
    id: str
    turns: tuple[str, ...]
    gold: dict[str, Any]
    tags: tuple[str, ...] = ()
    draft: str | None = None
    held_back: bool = False

    @property
    def kind(self) -> str:
        """`question` or `draft`."""
        return "question" if self.draft is None else "draft"

    @property
    def text(self) -> str:
        """The whole conversation."""
        return "\n".join(self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A file of items; `unscored` holds the number of each line that cannot be scored, and why."""

    name: str
    sha256: str
    held_back: bool
    items: tuple[Item, ...]
    unscored: tuple[tuple[int, str], ...] = field(default=())


def project_sets(*, held_back: bool = False) -> list[Path]:
    """The project's own sets, in a fixed order; the held-back ones only where they are asked for."""
    return [path for path in sorted(HOME.rglob("*.jsonl")) if held_back or not is_held_back(path)]


def is_held_back(path: Path) -> bool:
    """Whether a set is held back, by its name or its folder's."""
    return path.parent.name == HELD_BACK or path.stem.startswith(HELD_BACK)


def name_of(path: Path) -> str:
    """`folder/file` without its ending: how reports name a set."""
    return f"{path.parent.name}/{path.stem}"


def load(path: Path) -> QuestionSet:
    """Read one set.

    Raises:
        HoldfastError: the file cannot be read, or no line of it can be scored.
    """
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise HoldfastError(f"{path}: {fault.strerror}; check the path.") from None
    items: list[Item] = []
    unscored: list[tuple[int, str]] = []
    seen: set[str] = set()
    for number, line in enumerate(raw.decode("utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        found = parse(line, name_of(path), held_back=is_held_back(path))
        if isinstance(found, str):
            unscored.append((number, found))
        elif found.id in seen:
            unscored.append((number, "its id stands twice in the set"))
        else:
            seen.add(found.id)
            items.append(_with_passages(found, path))
    if not items:
        raise HoldfastError(f"{path}: holds no labelled question; each line needs 'id', 'question' or 'turns', and 'gold'.")
    return QuestionSet(
        name=name_of(path), sha256=hashlib.sha256(raw).hexdigest(), held_back=is_held_back(path), items=tuple(items), unscored=tuple(unscored)
    )


@lru_cache(maxsize=1)
def read_passages() -> dict[tuple[str, str], list[str]]:
    """`passages.yaml`: the passages that answer a question, by its set and id; none for one that no passage answers."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in load_yaml(PASSAGES):
        for name, ids in entry["questions"].items():
            for one in ids:
                if (name, one) in found:
                    raise HoldfastError(f"{PASSAGES.name}: question '{one}' of {name} stands there twice; keep one of them.")
                found[name, one] = entry["passages"]
    return found


def _with_passages(item: Item, path: Path) -> Item:
    """An item of the project's own sets with the passages that `passages.yaml` names; its own line's labels stand first."""
    if item.gold.get("passages") or HOME not in path.resolve().parents or (item.set, item.id) not in read_passages():
        return item
    return replace(item, gold={**item.gold, "passages": read_passages()[item.set, item.id]})


def parse(line: str, name: str, *, held_back: bool = False) -> Item | str:
    """One line as an item, or what is wrong with it (never any of its text)."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "not valid JSON"
    if not isinstance(row, dict):
        return "not a JSON object"
    turns = row["turns"] if "turns" in row else [row.get("question")]
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) and t.strip() for t in turns):
        return "no 'question' or 'turns' with text"
    gold = row.get("gold")
    if not isinstance(gold, dict):
        return "no 'gold'"
    draft = row.get("answer")
    wrong = _wrong_draft(gold) if isinstance(draft, str) else _wrong_gold(gold)
    if wrong:
        return wrong
    return Item(
        set=name,
        id=str(row.get("id", "")) or hashlib.sha256(line.encode()).hexdigest()[:12],
        turns=tuple(turns),
        gold=gold,
        tags=tuple(str(t) for t in row.get("tags", [])) + ((str(row["style"]),) if row.get("style") else ()),
        draft=draft if isinstance(draft, str) else None,
        held_back=held_back,
    )


def _wrong_gold(gold: dict[str, Any]) -> str:
    """What makes the labels of a question unusable, "" where nothing does."""
    if not gold.get("action"):
        return "gold has no 'action'"
    for key, allowed in _ALLOWED.items():
        values = gold.get(key, [None])
        if not isinstance(values, list) or not values:
            return f"gold '{key}' is no list of acceptable values"
        if any(v is not None and v not in allowed for v in values) or (key == "action" and None in values):
            return f"gold '{key}' holds a value that is not allowed"
    return ""


def _wrong_draft(gold: dict[str, Any]) -> str:
    return "" if isinstance(gold.get("clean"), bool) else "gold of a draft has no 'clean'"
