"""The algorithm as a tree, with the path of one case lit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant.knowledge import knowledge, load_yaml
from assistant.screen.words import words

Json = dict[str, Any]

FILE = Path(__file__).with_name("diagram.yaml")


class Node(BaseModel):
    """A fork (`via` is what it asks) or a leaf (`rules` end there, with an action)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    via: str = ""
    branches: tuple[Node, ...] = ()
    rules: tuple[str, ...] = ()
    action: str = ""
    note: str = ""

    def leaves(self) -> Iterator[Node]:
        """All leaves below, this one included."""
        yield from (self,) if self.rules else (leaf for branch in self.branches for leaf in branch.leaves())


@lru_cache(maxsize=1)
def tree() -> Node:
    """The tree of `diagram.yaml`, read once."""
    return Node.model_validate(load_yaml(FILE, words_only=True))


def diagram(rule: str) -> Json:
    """The tree for the browser, lit down to the leaf of `rule`; {} where no leaf holds that rule."""
    if not any(rule in leaf.rules for leaf in tree().leaves()):
        return {}
    return _drawn(tree(), rule)


def _drawn(node: Node, rule: str) -> Json:
    lit = any(rule in leaf.rules for leaf in node.leaves())
    drawn: Json = {"name": node.name, "lit": lit}
    if not node.rules:
        return {**drawn, "via": node.via, "branches": [_drawn(branch, rule) for branch in node.branches]}
    action = words().actions[node.action]
    shown = next(r for r in knowledge().algorithm.outcomes if r.id == (rule if lit else node.rules[-1]))
    return {
        **drawn,
        "action": node.action,
        "word": action.word,
        "icon": action.icon,
        "note": node.note,
        "passage": f"article:{shown.quotes[0].passage}" if shown.quotes else "",
    }
