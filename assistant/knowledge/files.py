"""Reads the files below `knowledge/` and collects what is wrong with them, so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from assistant.errors import KnowledgeError

T = TypeVar("T", bound=BaseModel)


def load_yaml(path: Path, *, words_only: bool = False) -> Any:
    """Parse one YAML file, in which no mapping may have a key twice.

    `words_only` keeps every scalar a string, so that the cue `no` is a word and not a truth value.

    Raises:
        KnowledgeError: the file cannot be read or parsed; names file, line and remedy.
    """
    return parse_yaml(read(path), path.name, words_only=words_only)


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        KnowledgeError: it is missing, or no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KnowledgeError(f"{path.name}: the file is missing; restore it from the repository.") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise KnowledgeError(f"{path.name}: cannot be read ({type(fault).__name__}); restore it from the repository.") from None


def parse_yaml(text: str, name: str, *, words_only: bool = False) -> Any:
    """Parse the YAML of the file `name`; see `load_yaml`."""
    try:
        return yaml.load(text, Loader=_Words if words_only else _Values)
    except (yaml.YAMLError, ValueError, RecursionError) as fault:  # a date such as 2025-13-45 is a ValueError
        raise KnowledgeError(f"{name}: not valid YAML ({fault}); mend that line.") from None


class _Once:
    """Refuses a mapping that has a key twice, of which YAML's own loader keeps the last and says nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{key.value}' stands twice", key.start_mark)
            seen.add(str(key.value))
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)  # type: ignore[misc]
        return mapping


class _Values(_Once, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML's safe loader, in C where it is there."""


class _Words(_Once, getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """The same, with every scalar a string."""


def describe(file: str, fault: ValidationError) -> list[str]:
    """What pydantic found wrong, a line for each, with file, key and remedy."""
    lines = []
    for one in fault.errors():
        where = ".".join(str(part) for part in one["loc"])
        place = f"{file}: {where}" if where else file
        if one["type"] == "extra_forbidden":
            lines.append(f"{place}: unknown key; check its spelling or remove it.")
        elif one["type"] == "missing":
            lines.append(f"{place}: is missing; add it.")
        else:
            lines.append(f"{place}: {one['msg']}.")
    return lines


class Faults:
    """Collects the faults of all files, so that they are told at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.broken: set[str] = set()  # names of records that are there and cannot be used: nobody needs to hear that they are missing

    def yaml(self, path: Path) -> Any:
        """The file's content; None, and the fault kept, where it cannot be read."""
        try:
            return load_yaml(path)
        except KnowledgeError as fault:
            self.lines.append(str(fault))
            return None

    def parse(self, model: type[T], data: Any, file: str) -> T | None:
        """A record, or None and its faults kept."""
        try:
            return model.model_validate(data)
        except ValidationError as fault:
            self.lines += describe(file, fault)
            return None

    def parse_list(self, model: type[T], path: Path, key: str, by: str) -> dict[str, T]:
        """The records of a file that holds one list named `key`, by their field `by`."""
        known = len(self.lines)
        data = self.yaml(path)
        if len(self.lines) > known:
            return {}
        if not isinstance(data, dict) or set(data) != {key} or not isinstance(data[key], list):
            self.lines.append(f"{path.name}: must hold one list named '{key}' and nothing else.")
            return {}
        found: dict[str, T] = {}
        for number, entry in enumerate(data[key]):
            name = str(entry.get(by, number)) if isinstance(entry, dict) else str(number)
            record = self.parse(model, entry, f"{path.name}: {key}[{name}]")
            if record is None:
                self.broken.add(name)
                continue
            if name in found:
                self.lines.append(f"{path.name}: {key}[{name}]: this {by} stands twice; give each entry its own.")
            found[name] = record
        return found

    def raise_if_any(self) -> None:
        """Raises KnowledgeError with all that was found."""
        if self.lines:
            raise KnowledgeError(f"knowledge/ has {len(self.lines)} fault(s):\n- " + "\n- ".join(self.lines))
