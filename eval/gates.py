"""The gates of `gates.yaml`: what a run must reach, per set and measure, with exit status for CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from assistant.errors import HoldfastError
from assistant.knowledge import load_yaml

FILE = Path(__file__).parent / "gates.yaml"
ANY = "*"


class Gate(BaseModel):
    """A bound for one measure (a dotted path in a set's summary) of one set, of `all`, or of any set (`*`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set: str
    measure: str
    at_most: float | None = None
    at_least: float | None = None
    why: str = ""

    @model_validator(mode="after")
    def _bounded(self) -> Gate:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("give one of at_most and at_least")
        return self


class GateFile(BaseModel):
    """gates.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gates: list[Gate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One gate held against a run: `found` is None where the measure was not taken, which fails."""

    set: str
    measure: str
    bound: str
    found: float | None
    holds: bool
    why: str = ""


def read(path: Path = FILE) -> tuple[Gate, ...]:
    """The gates of a file.

    Raises:
        HoldfastError: the file is not usable; says which entry and why.
    """
    try:
        return tuple(GateFile.model_validate(load_yaml(path)).gates)
    except ValidationError as fault:
        lines = [f"{path.name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in fault.errors()]
        raise HoldfastError("the gates cannot be used:\n- " + "\n- ".join(lines)) from None


def hold(gates: Sequence[Gate], summary: Mapping[str, Any]) -> tuple[Result, ...]:
    """Every gate of every set that was run. A `*` gate holds for each set that has none of its own on that measure and has it at all."""
    found = []
    for name, figures in [*summary["sets"].items(), ("all", summary["all"])]:
        own = [g for g in gates if g.set == name]
        named = {g.measure for g in own}
        general = [g for g in gates if g.set == ANY and name != "all" and g.measure not in named and look_up(figures, g.measure) is not None]
        found += [_held(g, name, figures) for g in (*own, *general)]
    return tuple(found)


def look_up(figures: Mapping[str, Any], path: str) -> float | None:
    """A figure by its dotted path; a key may itself hold dots. None where it is not there or was not measured."""
    if path in figures:
        return float(figures[path]) if isinstance(figures[path], int | float) else None
    for at in range(len(path)):
        if path[at] == "." and isinstance(figures.get(path[:at]), Mapping):
            value = look_up(figures[path[:at]], path[at + 1 :])
            if value is not None:
                return value
    return None


def _held(gate: Gate, name: str, figures: Mapping[str, Any]) -> Result:
    value = look_up(figures, gate.measure)
    if gate.at_most is not None:
        bound, holds = f"at most {gate.at_most:g}", value is not None and value <= gate.at_most
    else:
        assert gate.at_least is not None
        bound, holds = f"at least {gate.at_least:g}", value is not None and value >= gate.at_least
    return Result(set=name, measure=gate.measure, bound=bound, found=value, holds=holds, why=gate.why)
