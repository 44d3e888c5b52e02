"""Mutants: small changes that break a rule or a check, made in memory, one at a time, in a process of their own.

Of the decision table: a condition dropped, a value of a condition dropped, another action, restart or basis, an element
dropped, the rule dropped. Of code (thresholds and checks): a comparison turned or moved by one step, a number moved, a
part of a condition dropped, a condition never true. Of the guardrail's cues: the words of a tag, one phrase, a
claim, a figure, a marker or an injection pattern removed.
"""

from __future__ import annotations

import ast
import importlib
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.guardrail.cues import cues
from assistant.knowledge import Rule, knowledge

CHECKS = ("action", "dose", "number", "citation", "support", "missing", "scope", "injection")
OTHER_ACTION = {"hold": "resume", "resume": "hold", "reassess": "resume", "no_hold": "hold", "inform": "out_of_scope", "out_of_scope": "inform"}
OTHER_RESTART = {"same_dose": "consider_reduction", "consider_reduction": "same_dose", "depends_on_severity": "same_dose", "reassess_first": "consider_reduction"}
OTHER_BASIS = {"article": "precautionary", "precautionary": "article", "label": "article"}
_TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `group` is the rule or the check, `what` says the change, `apply` makes it in this process for good."""

    group: str
    what: str
    apply: Callable[[], None]


def of_table() -> Iterator[Mutant]:
    """Mutants of every rule of the decision table."""
    algorithm = knowledge().algorithm
    for rows in (algorithm.outcomes, algorithm.modifiers):
        for at, rule in enumerate(rows):
            group = f"rule {rule.id}"
            yield Mutant(group, "the rule dropped", lambda rows=rows, rule=rule: rows.remove(rule))  # type: ignore[misc]
            for what, changed in _changed(rule):
                yield Mutant(group, what, lambda rows=rows, at=at, changed=changed: rows.__setitem__(at, changed))  # type: ignore[misc]


def _changed(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for name, allowed in rule.when.items():
        rest = {k: v for k, v in rule.when.items() if k != name}
        if rest or rule.then is None:
            yield f"condition {name} dropped", rule.model_copy(update={"when": rest})
        for value in allowed if len(allowed) > 1 else ():
            yield f"condition {name}: {value} dropped", rule.model_copy(update={"when": {**rule.when, name: [v for v in allowed if v != value]}})
    if rule.then is not None:
        for field, others in (("action", OTHER_ACTION), ("restart", OTHER_RESTART), ("basis", OTHER_BASIS)):
            now = getattr(rule.then, field)
            if now in others:
                yield f"{field} {now} to {others[now]}", rule.model_copy(update={"then": rule.then.model_copy(update={field: others[now]})})
    for element in rule.elements:
        yield f"element {element} dropped", rule.model_copy(update={"elements": [e for e in rule.elements if e != element]})


def of_code(module: str, group: str) -> Iterator[Mutant]:
    """Mutants of the functions and thresholds of a module."""
    path = Path(str(importlib.import_module(module).__file__))
    source = path.read_text(encoding="utf-8")
    for number, (what, line) in enumerate(_sites(ast.parse(source))):
        yield Mutant(group, f"{path.name}:{line} {what}", lambda number=number: _install(module, source, number))  # type: ignore[misc]


def _sites(tree: ast.Module, chosen: int = -1) -> list[tuple[str, int]]:
    """All places where a change is possible, in order; the one numbered `chosen` is made in the tree."""
    found: list[tuple[str, int]] = []

    def offer(what: str, line: int, make: Callable[[], None]) -> None:
        if len(found) == chosen:
            make()
        found.append((what, line))

    for node in [n for top in tree.body if not isinstance(top, ast.Import | ast.ImportFrom) for n in ast.walk(top)]:
        match node:
            case ast.Compare():
                for at, op in enumerate(node.ops):
                    for other in _TURNED.get(type(op), ()):
                        made = f"{ast.unparse(node)[:60]}: {type(op).__name__} to {other.__name__}"
                        offer(made, node.lineno, lambda node=node, at=at, other=other: node.ops.__setitem__(at, other()))  # type: ignore[misc]
            case ast.BoolOp():
                for value in list(node.values):
                    offer(f"without '{ast.unparse(value)[:60]}'", node.lineno, lambda node=node, value=value: _drop(node, value))  # type: ignore[misc]
            case ast.If() | ast.IfExp():
                offer(f"never '{ast.unparse(node.test)[:60]}'", node.lineno, lambda node=node: setattr(node, "test", ast.Constant(False)))  # type: ignore[misc]
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                offer(f"{number} to {number + 1}", node.lineno, lambda node=node, number=number: setattr(node, "value", number + 1))  # type: ignore[misc]
            case _:
                pass
    return found


def _drop(node: ast.BoolOp, value: ast.expr) -> None:
    """Take one operand out; a single one left stands for itself by being doubled."""
    node.values = [v for v in node.values if v is not value]
    if len(node.values) == 1:
        node.values = [node.values[0], node.values[0]]


def _install(module: str, source: str, number: int) -> None:
    """Put the changed code in the place of the loaded one: functions keep their identity, constants are replaced wherever they were imported."""
    loaded = importlib.import_module(module)
    tree = ast.parse(source)
    _sites(tree, number)
    fresh = types.ModuleType(module)
    fresh.__dict__.update({k: loaded.__dict__[k] for k in ("__file__", "__package__", "__spec__", "__loader__")})
    sys.modules[module] = fresh  # dataclasses look their module up while they are made
    try:
        exec(compile(ast.fix_missing_locations(tree), str(loaded.__file__), "exec"), fresh.__dict__)  # noqa: S102
    finally:
        sys.modules[module] = loaded
    for name, new in list(vars(fresh).items()):
        old = vars(loaded).get(name)
        if not name.startswith("__") and old is not None and getattr(new, "__module__", module) == module:
            _replace(loaded, name, old, new)
    forget()


def _replace(loaded: types.ModuleType, name: str, old: Any, new: Any) -> None:
    old_function, new_function = (getattr(one, "__wrapped__", one) for one in (old, new))
    if isinstance(old_function, types.FunctionType):
        old_function.__code__, old_function.__defaults__ = new_function.__code__, new_function.__defaults__
    elif isinstance(old, type):
        for key, value in vars(new).items():
            inner = vars(old).get(key)
            old_method, new_method = (getattr(one, "fget", None) or one for one in (inner, value))
            if isinstance(old_method, types.FunctionType) and isinstance(new_method, types.FunctionType):
                old_method.__code__ = new_method.__code__
    elif type(new).__module__ != "typing":
        for module in [m for n, m in sys.modules.items() if n.startswith("assistant") and m is not None]:
            for key in [k for k, v in vars(module).items() if v is old and k == name]:
                setattr(module, key, new)


def forget() -> None:
    """Clear what the guardrail remembers of earlier drafts; its files stay read."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("assistant.guardrail", "assistant.rules", "assistant.composing")):
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and getattr(value, "__name__", "") not in ("cues", "knowledge", "wording"):
                    value.cache_clear()


def of_cues(every: int = 25) -> Iterator[Mutant]:
    """Mutants of the guardrail's words: each tag whole, every so-manieth phrase, each claim, figure, marker and pattern."""
    held = cues()
    tags = sorted({tag for found in held.phrases.values() for _, tag, _ in found})
    for tag in tags:
        yield Mutant("cues", f"no words of {tag}", lambda tag=tag: _without(lambda words, its: its == tag))  # type: ignore[misc]
    phrases = sorted({(tag, words) for found in held.phrases.values() for words, tag, _ in found})
    for tag, words in phrases[::every]:
        yield Mutant("cues", f"{tag} without '{' '.join(words)}'", lambda tag=tag, words=words: _without(lambda w, its: (its, w) == (tag, words)))  # type: ignore[misc]
    for kind in ("effects", "figures", "markers"):
        entries = getattr(held.claims, kind)
        for number, entry in enumerate(entries):
            about = getattr(entry, "id", None) or f"{getattr(entry, 'value', '')} [{getattr(entry, 'marker', '')}]"
            yield Mutant("claims", f"{kind}: {about} removed", lambda entries=entries, number=number: _pop(entries, number))  # type: ignore[misc]
    for number in range(len(held.injection)):
        yield Mutant("claims", f"injection pattern {number + 1} removed", lambda number=number: _no_pattern(number))  # type: ignore[misc]


def _without(which: Callable[[tuple[str, ...], str], bool]) -> None:
    phrases = cues().phrases
    for first, found in list(phrases.items()):
        phrases[first] = tuple(one for one in found if not which(one[0], one[1]))
        if not phrases[first]:
            del phrases[first]
    forget()


def _pop(entries: list[Any], number: int) -> None:
    del entries[number]
    forget()


def _no_pattern(number: int) -> None:
    held = cues()
    object.__setattr__(held, "injection", held.injection[:number] + held.injection[number + 1 :])
    forget()


def all_rules() -> list[Mutant]:
    """Mutants of the table, and of the code that holds its thresholds."""
    return [*of_table(), *of_code("assistant.rules", "rules.py")]


def all_checks() -> list[Mutant]:
    """Mutants of the eight checks and of their words."""
    return [m for name in CHECKS for m in of_code(f"assistant.guardrail.{name}", f"check {name}")] + list(of_cues())
