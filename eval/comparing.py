"""Two runs case by case: what flipped, the newly unsafe first, with exact paired tests. No text of a held-back set is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import HoldfastError
from eval import runs
from eval.stats import mcnemar

Json = dict[str, Any]
UNSAFE = ("dangerous", "bold", "missed")
MEASURES = ("action", "severity", "restart", "flags", "elements", "caught", "critical_caught", "no_false_alarm", "verdict")


def read(folder: Path) -> tuple[dict[tuple[str, str], Json], Json, Json]:
    """Records by set and id, summary, and what the clock said, of a finished run.

    Raises:
        HoldfastError: the folder holds no finished run.
    """
    try:
        lines = (folder / runs.RESULTS).read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        summary, clock = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("summary.json", "run.json"))
    except (OSError, ValueError):
        raise HoldfastError(f"{folder}: holds no finished run; give a folder that `python -m eval run` has made.") from None
    return {(r["set"], r["id"]): r for r in records}, summary, clock


def compare(one: Path, other: Path, names: tuple[str, str] = ("", "")) -> Json:
    """The differences from `one` to `other`, over the items that both have; `names` are what they are called, else their folders.

    Raises:
        HoldfastError: a folder holds no finished run, or they share no item.
    """
    first, first_summary, first_clock = read(one)
    second, second_summary, second_clock = read(other)
    both = [key for key in first if key in second]
    if not both:
        raise HoldfastError("the two runs share no item; run the same sets twice.")
    shared = [key for key in both if "error" not in first[key] and "error" not in second[key]]
    if not shared:
        why = next(r["error"] for key in both for r in (first[key], second[key]) if "error" in r)
        raise HoldfastError(f"no item could be answered in both runs ({why}); this evaluation may not fit one of the revisions.")
    hidden = {name for s in (first_summary, second_summary) for name, f in s["sets"].items() if f["held_back"]}
    flipped = [_flip(first[k], second[k]) for k in shared if _differs(first[k], second[k])]
    flipped.sort(key=lambda f: (f["order"], f["set"], f["id"]))
    return {
        "one": names[0] or one.name,
        "other": names[1] or other.name,
        "shared": len(shared),
        "only_one": len(first) - len(shared),
        "only_other": len(second) - len(shared),
        "newly_unsafe": [f for f in flipped if f["newly"] and f["set"] not in hidden],
        "newly_unsafe_held_back": sum(bool(f["newly"]) for f in flipped if f["set"] in hidden),
        "flipped": [f for f in flipped if f["set"] not in hidden],
        "flipped_held_back": sum(f["set"] in hidden for f in flipped),
        "measures": {m: p for m in MEASURES if (p := paired([first[k] for k in shared], [second[k] for k in shared], m))},
        "unsafe": {risk: _paired([first[k]["risk"] != risk for k in shared], [second[k]["risk"] != risk for k in shared]) for risk in UNSAFE},
        "tags": _tags([first[k] for k in shared], [second[k] for k in shared]),
        "clock": {"one": first_clock, "other": second_clock},
    }


def paired(first: Sequence[Json], second: Sequence[Json], measure: str) -> Json:
    """A measure over the items that have it in both: right in each, fixed, broken, and McNemar's exact p; {} where none has."""
    both = [(a["checks"][measure], b["checks"][measure]) for a, b in zip(first, second, strict=True) if measure in a["checks"] and measure in b["checks"]]
    return _paired([a[0] == a[1] for a, _ in both], [b[0] == b[1] for _, b in both]) if both else {}


def _paired(first: Sequence[bool], second: Sequence[bool]) -> Json:
    fixed = sum(b and not a for a, b in zip(first, second, strict=True))
    broken = sum(a and not b for a, b in zip(first, second, strict=True))
    return {"n": len(first), "one": sum(first), "other": sum(second), "fixed": fixed, "broken": broken, "p": round(mcnemar(fixed, broken), 6)}


def _differs(a: Json, b: Json) -> bool:
    return bool(a["said"] != b["said"] or a["failed"] != b["failed"])


def _flip(a: Json, b: Json) -> Json:
    """One item that came out differently; `order` puts the newly unsafe first, then the newly wrong, then the rest."""
    newly = b["risk"] if b["risk"] in UNSAFE and b["risk"] != a["risk"] else ""
    worse = sorted(set(b["failed"]) - set(a["failed"]))
    better = sorted(set(a["failed"]) - set(b["failed"]))
    keys = sorted(k for k in b["said"] if a["said"].get(k) != b["said"][k])
    order = UNSAFE.index(newly) if newly else 3 if worse else 4 if better else 5
    said = {k: [a["said"].get(k), b["said"][k]] for k in keys}
    return {"set": a["set"], "id": a["id"], "newly": newly, "worse": worse, "better": better, "said": said, "order": order}


def _tags(first: Sequence[Json], second: Sequence[Json]) -> Json:
    """By tag, where it differs: action right of questions, verdict right of drafts."""
    found = {}
    for tag in sorted({t for r in first for t in r["tags"]}):
        mine = [(a, b) for a, b in zip(first, second, strict=True) if tag in a["tags"]]
        for measure, name in (("action", tag), ("verdict", f"{tag} (drafts)")):
            figures = paired([a for a, _ in mine], [b for _, b in mine], measure)
            if figures and (figures["fixed"] or figures["broken"]):
                found[name] = figures
    return found


def table(found: Json, most: int = 60) -> str:
    """The comparison in Markdown: what is newly unsafe, what else flipped, then the figures."""
    unsafe = found["newly_unsafe"]
    lines = [f"**Newly unsafe: {len(unsafe)}** (and {found['newly_unsafe_held_back']} in held-back sets), from {found['one']} to {found['other']}, {found['shared']} items in both", ""]
    lines += [f"- {f['newly'].upper()} {f['set']}:{f['id']} {_changes(f)}" for f in unsafe]
    rest = [f for f in found["flipped"] if not f["newly"]]
    lines += ["", f"flipped: {len(found['flipped'])} (and {found['flipped_held_back']} in held-back sets)"]
    lines += [f"- {'worse' if f['worse'] else 'better' if f['better'] else 'same'} {f['set']}:{f['id']} {_changes(f)}" for f in rest[:most]]
    lines += [f"- and {len(rest) - most} more"] if len(rest) > most else []
    lines += ["", "| measure | n | one | other | fixed | broken | p |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, f in [*((f"not {risk}", f) for risk, f in found["unsafe"].items()), *found["measures"].items()]:
        lines.append(f"| {name} | {f['n']} | {f['one']} | {f['other']} | {f['fixed']} | {f['broken']} | {f['p']:.4f} |")
    if found["tags"]:
        lines += ["", "| tag | n | one | other | fixed | broken | p |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
        lines += [f"| {n} | {f['n']} | {f['one']} | {f['other']} | {f['fixed']} | {f['broken']} | {f['p']:.4f} |" for n, f in found["tags"].items()]
    return "\n".join([*lines, "", _clock(found["clock"])])


def _changes(flip: Json) -> str:
    said = "; ".join(f"{k} {_short(a)} → {_short(b)}" for k, (a, b) in flip["said"].items() if k not in ("near", "rules"))
    marks = [f"now wrong: {', '.join(flip['worse'])}"] if flip["worse"] else []
    marks += [f"now right: {', '.join(flip['better'])}"] if flip["better"] else []
    return " · ".join(filter(None, [said, *marks]))


def _short(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _clock(clock: Mapping[str, Json]) -> str:
    parts = []
    for kind in ("question", "draft"):
        times = [c["latency"].get(kind) for c in clock.values()]
        if all(times):
            parts.append(f"a {kind} p50 {times[0]['p50_ms']} → {times[1]['p50_ms']} ms, p95 {times[0]['p95_ms']} → {times[1]['p95_ms']} ms")
    return "; ".join([*parts, f"memory {clock['one']['peak_mb']} → {clock['other']['peak_mb']} MB"])
