"""The words of `knowledge/lexicon/phrases.yaml`, compiled: what is looked for in a sentence, or right before or after a mention."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME, load_yaml
from assistant.reading.lexicon_files import record

_SHAPES = {
    "inside": (r"(?<!\S)(?:", r")(?!\S)"),
    "starts": (r"^(?:", r")(?!\S)"),
    "ends": (r"(?<!\S)(?:", ")"),
    "next": (r"^(?:\S+ )?(?:", r")(?!\S)"),
    "word": (r"\b(?:", r")\b"),
    "begins": (r"\b(?:", ")"),
    "stem": ("(?:", ")"),
}


class Phrases(BaseModel):
    """One entry: where its words are looked for, the words, and what may stand between them and the mention."""

    model_config = ConfigDict(extra="forbid")
    where: Literal["inside", "starts", "ends", "next", "word", "begins", "stem"]
    words: list[str] = Field(min_length=1)
    tail: str = ""

    def compiled(self) -> re.Pattern[str]:
        """The entry as one pattern.

        Raises:
            re.error: where its brackets do not fit.
        """
        before, after = _SHAPES[self.where]
        end = f"{self.tail}$" if self.where == "ends" else ""
        return re.compile(f"{before}{'|'.join(self.words)}{after}{end}")


@lru_cache(maxsize=4)
def load_phrases(folder: Path = HOME / "lexicon") -> dict[str, re.Pattern[str]]:
    """All entries by name.

    Raises:
        KnowledgeError: with all faults, each with entry and remedy.
    """
    faults: list[str] = []
    found: dict[str, re.Pattern[str]] = {}
    for name, raw in load_yaml(folder / "phrases.yaml", words_only=True).items():
        entry = record(Phrases, raw, f"phrases.yaml: {name}", faults)
        try:
            found |= {name: entry.compiled()} if entry else {}
        except re.error as fault:
            faults.append(f"lexicon/phrases.yaml: {name}: not a pattern ({fault}); check its brackets.")
    if faults:
        raise KnowledgeError(f"knowledge/lexicon has {len(faults)} fault(s):\n- " + "\n- ".join(faults))
    return found


def phrase(name: str) -> re.Pattern[str]:
    """The pattern of an entry of phrases.yaml.

    Raises:
        KeyError: where the file has no entry of that name.
    """
    return load_phrases()[name]
