"""Mutants: small changes that break a rule or a check, made in memory, one at a time, in a process of their own.

Of the decision table: a condition dropped, a value of a condition dropped, another action, restart or basis, an element
dropped, the rule dropped. Of code (thresholds and checks): a comparison turned or moved by one step, a number moved, a
part of a condition dropped, a condition never true. Of the guardrail's cues: the words of a tag, one phrase, a
claim, a figure, a marker or an injection pattern removed.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import KnowledgeError
from assistant.guardrail.cues import cues
from assistant.knowledge import Rule, knowledge, load_yaml

EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
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
    """One change: `group` is the rule or the check, `what` says the change, `apply` makes it in this process for good.

    `words`: one of these must stand in a draft for the change to matter to it; empty where it may matter to any.
    """

    group: str
    what: str
    apply: Callable[[], None]
    words: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What it is told by."""
        return f"{self.group}: {self.what}"


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
    tree = ast.parse(source)
    homes = [(top.lineno, top.end_lineno or 0, getattr(top, "name", "constants")) for top in tree.body]
    for number, (what, line) in enumerate(_sites(tree)):
        home = next(name for first, last, name in homes if first <= line <= last)
        yield Mutant(group, f"{path.name}:{line} {home}: {what}", lambda number=number: _install(module, source, number))  # type: ignore[misc]


def _sites(tree: ast.Module, chosen: int = -1) -> list[tuple[str, int]]:
    """All places where a change is possible, in order; the one numbered `chosen` is made in the tree."""
    found: list[tuple[str, int]] = []

    def offer(what: str, line: int, make: Callable[[], None]) -> None:
        if len(found) == chosen:
            make()
        found.append((what, line))

    kept = {id(n) for top in ast.walk(tree) for mark in getattr(top, "decorator_list", []) for n in ast.walk(mark)}  # the size of a cache decides nothing
    for node in [n for top in tree.body if not isinstance(top, ast.Import | ast.ImportFrom) for n in ast.walk(top) if id(n) not in kept]:
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
    forget(module)


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
        _put(name, old, new)


def _put(name: str, old: Any, new: Any) -> None:
    """Put a new object in the place of an old one, wherever it was imported: a test would else go on asking the old one."""
    for module in [m for n, m in sys.modules.items() if n.startswith(("assistant", "tests")) and m is not None]:
        if vars(module).get(name) is old:
            setattr(module, name, new)


_LOADED = ("cues", "knowledge", "wording", "telling", "tuned", "_article", "_statements", "_plain_statements")  # files once read


def forget(changed: str = "") -> None:
    """Clear what is remembered of earlier drafts by a changed module and by those that import it (all of them without a name); files stay read."""
    for name, module in _modules():
        if not changed or name == changed or changed in _imported_by(name):
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and getattr(value, "__name__", "") not in _LOADED:
                    value.cache_clear()


def remember_all() -> None:
    """Let the guardrail remember every draft instead of the last ones, and who imports whom, so that each mutant reads again only what it changes."""
    for name, module in _modules():
        _imported_by(name)
        for own, value in list(vars(module).items()):
            remembers = hasattr(value, "cache_parameters") and value.__module__ == module.__name__ and value.cache_parameters()["maxsize"]
            if remembers and own not in _LOADED:  # a file read again would be another object than the one that a mutant changes
                _put(own, value, lru_cache(maxsize=None)(value.__wrapped__))


def _modules() -> list[tuple[str, types.ModuleType]]:
    return [(n, m) for n, m in sys.modules.items() if n.startswith(("assistant.guardrail", "assistant.rules", "assistant.composing")) and m is not None]


@lru_cache(maxsize=256)
def _imported_by(module: str) -> frozenset[str]:
    """Every module of the assistant that one imports, directly or through others."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        tree = ast.parse(Path(str(importlib.import_module(waiting.pop()).__file__)).read_text(encoding="utf-8"))
        named = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and str(n.module).startswith("assistant")]
        names = {str(n.module) for n in named} | {f"{n.module}.{a.name}" for n in named for a in n.names}
        fresh = {n for n in names if n in sys.modules} - found
        found |= fresh
        waiting += sorted(fresh)
    return frozenset(found)


def of_cues(every: int = 25) -> Iterator[Mutant]:
    """Mutants of the guardrail's words: each tag whole, every so-manieth phrase, each claim, figure, marker and pattern."""
    held = cues()
    tags = sorted({tag for found in held.phrases.values() for _, tag, _ in found})
    for tag in tags:
        yield Mutant("cues", f"no words of {tag}", lambda tag=tag: _without(lambda words, its: its == tag), frozenset(w[0] for found in held.phrases.values() for w, t, _ in found if t == tag))  # type: ignore[misc]
    phrases = sorted({(tag, words) for found in held.phrases.values() for words, tag, _ in found})
    for tag, words in phrases[::every]:
        yield Mutant("cues", f"{tag} without '{' '.join(words)}'", lambda tag=tag, words=words: _without(lambda w, its: (its, w) == (tag, words)), frozenset(words[:1]))  # type: ignore[misc]
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
    """Mutants of the eight checks and of their words, without those that change nothing that can be observed (`equivalent.yaml`)."""
    made = [m for name in CHECKS for m in of_code(f"assistant.guardrail.{name}", f"check {name}")] + list(of_cues())
    known = equivalent()
    named = {re.sub(r":\d+ ", " ", m.what, count=1) for m in made}
    if unknown := sorted(set(known) - named):
        raise KnowledgeError(f"{EQUIVALENT.name}: no mutant is called {unknown[0]!r}; remove it or name the changed code.")
    return [m for m in made if re.sub(r":\d+ ", " ", m.what, count=1) not in known]


def equivalent() -> dict[str, str]:
    """Mutants that no draft can tell from the code, by name without its line, each with the reason."""
    data = load_yaml(EQUIVALENT)
    return {str(name): str(why) for name, why in data.items()}
