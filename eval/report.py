"""The reports of a run: Markdown for a pull request, JUnit XML for CI, and one HTML page that needs nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.files import replacing
from eval import plots
from eval.measures import ACTIONS
from eval.scoring import GOES_ON, HOLDS

Json = dict[str, Any]
HOME = Path(__file__).parent
RISKS = {
    "dangerous": "dangerous: said go on or restart where it holds, or let a critical error through",
    "missed": "missed: gave no decision where it holds, or let an error through",
    "bold": "bold: a bolder restart than the labels allow",
    "overcautious": "overcautious: held where the labels go on",
    "false_alarm": "false alarm: a clean draft was changed",
}
# What of all that is measured stands in the short reports, in this order.
MAIN = ("action", "severity", "restart", "flags", "elements", "facts", "asked_when_needed", "quiet_when_not", "quote_verbatim")
MAX_CASES = 400
_READING = ("read.", "words.")  # a fact's value, and the words that it was read from


def write_all(folder: Path, summary: Json, records: Sequence[Json], clock: Json) -> None:
    """Write summary.md, junit.xml and report.html."""
    for name, text in (("summary.md", markdown(summary)), ("junit.xml", junit(summary, records)), ("report.html", html(summary, records, clock))):
        with replacing(folder / name) as file:
            file.write(text)


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage; a dash where it was not measured."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def danger_line(figures: Json) -> str:
    """The first line of every report: the dangerous error with its exact bound."""
    of = ((figures.get("dangerous"), "questions"), (figures.get("guardrail", {}).get("dangerous"), "critical drafts"))
    told = [f"{d['count']} of {d['of']} {what}, upper 95 % bound {percent(d['upper_95'])}" for d, what in of if d and d["of"]]
    return "; ".join(told) or ("none could occur" if any(d for d, _ in of) else "–")


def markdown(summary: Json) -> str:
    """A block for a pull request."""
    failed = [g for g in summary["gates"] if not g["holds"]]
    lines = [f"**Dangerous errors (said go on or restart where it holds; let a critical error through): {danger_line(summary['all'])}**", ""]
    lines += [f"Gates: {len(summary['gates']) - len(failed)} of {len(summary['gates'])} hold" + ("." if not failed else ":")]
    lines += [f"- FAILS {g['set']} {g['measure']}: {_figure(g['found'])}, {g['bound']}" for g in failed]
    lines += ["", "| set | n | dangerous | missed | bold | over-cautious | action | severity | restart | not scored |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, f in [*summary["sets"].items(), ("**all**", summary["all"])]:
        if f["questions"]:
            risks = " | ".join(str(f[r]["count"]) for r in ("dangerous", "missed", "bold", "overcautious"))
            shares = " | ".join(percent(f["checks"].get(m, {}).get("share")) for m in ("action", "severity", "restart"))
            lines.append(f"| {name} | {f['questions']} | {risks} | {shares} | {f['unscored']} |")
    lines += ["", f"Without a label for it, and so not scored: {_not_scored(summary['all'])}."] if summary["all"]["questions"] else []
    drafts = {n: f["guardrail"] for n, f in summary["sets"].items() if f["drafts"]}
    if drafts:
        lines += ["", "| drafts | critical let through | caught | false alarms | good text kept | verdicts | without labels, found in these |", "| --- | ---: | ---: | ---: | ---: | --- | --- |"]
        for name, g in drafts.items():
            caught, kept = (percent(g["checks"].get(m, {}).get("share")) for m in ("caught", "good_kept"))
            lines.append(f"| {name} | {g['dangerous']['count']} of {g['dangerous']['of']} | {caught} | {percent(g['false_alarms']['share'])} | {kept} | {counts(g['verdicts'])} | {g['unlabelled']}: {counts(g['found_in_unlabelled'])} |")
    return "\n".join(lines) + "\n"


def counts(found: dict[str, int]) -> str:
    """Counts by name, in a few words."""
    return ", ".join(f"{name} {count}" for name, count in found.items()) or "none"


def _not_scored(figures: Json) -> str:
    """How many questions have no label, by measure."""
    return ", ".join(f"{name} {figures['not_scored'][name]}" for name in MAIN if name in figures["not_scored"])


def _figure(value: float | None) -> str:
    return "not measured" if value is None else f"{value:g}"


def junit(summary: Json, records: Sequence[Json]) -> str:
    """One test suite for each set and one for the gates. A dangerous error is a failure, or skipped where its set's gate allows for it; held-back sets stand in number alone."""
    root = ET.Element("testsuites", name="holdfast evaluation")
    gates = [g for g in summary["gates"] if g["measure"].endswith("dangerous.count")]
    allowed = {g["set"] for g in gates} - {g["set"] for g in gates if not g["holds"]}
    for name, figures in summary["sets"].items():
        mine = [r for r in records if r["set"] == name]
        errors, dangerous = [r for r in mine if "error" in r], [r for r in mine if r["risk"] == "dangerous"]
        failures, known = (errors, dangerous) if name in allowed else (errors + dangerous, [])
        suite = ET.SubElement(root, "testsuite", name=name, tests=str(len(mine)), failures=str(len(failures)), skipped=str(figures["unscored"] + len(known)))
        for record in () if figures["held_back"] else mine:
            case = ET.SubElement(suite, "testcase", classname=name, name=record["id"])
            if record in failures:
                ET.SubElement(case, "failure", message=record.get("error") or f"dangerous: {_said(record)}")
            elif record in known:
                ET.SubElement(case, "skipped", message=f"known error, within its gate: dangerous: {_said(record)}")
    bounds = ET.SubElement(root, "testsuite", name="gates", tests=str(len(summary["gates"])), failures=str(sum(not g["holds"] for g in summary["gates"])))
    for gate in summary["gates"]:
        case = ET.SubElement(bounds, "testcase", classname=gate["set"], name=gate["measure"])
        if not gate["holds"]:
            ET.SubElement(case, "failure", message=f"{_figure(gate['found'])}, must be {gate['bound']}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _said(record: Json) -> str:
    if record["kind"] == "draft":
        return f"verdict {record['said']['verdict']}"
    return f"gold {'/'.join(record['gold']['action'])}, said {record['said']['action']}"


def html(summary: Json, records: Sequence[Json], clock: Json) -> str:
    """The page. All that the clock touches stands in the element `clock`, everything else is the same bytes."""
    import jinja2

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HOME), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = percent
    whole = summary["all"]
    cases = [r for r in records if (r["risk"] or "error" in r) and not summary["sets"][r["set"]]["held_back"]]
    cases.sort(key=lambda r: list(RISKS).index(r["risk"]) if r["risk"] in RISKS else -1)
    return environment.get_template("report.html.j2").render(
        summary=summary, whole=whole, clock=clock, danger=danger_line(whole), cases=cases[:MAX_CASES], more=max(len(cases) - MAX_CASES, 0),
        risks=RISKS, main=[m for m in MAIN if m in whole.get("checks", {})], said=_said, plot=_plots(summary),
    )


def _plots(summary: Json) -> dict[str, str]:
    """The plots by name; only those that have something to show."""
    whole, sets = summary["all"], summary["sets"]
    found: dict[str, str] = {}
    if whole["questions"]:
        found["sets"] = plots.intervals([(n, f["checks"]["action"]) for n, f in sets.items() if f["questions"]], "Action right, by set", low=0.5)
        danger = {(g, s): set(g.split("/")) <= HOLDS and s in GOES_ON for g in whole["confusion"] for s in ACTIONS}
        found["confusion"] = plots.matrix(whole["confusion"], ACTIONS, danger, "What the label says (rows) and what was said (columns)")
        classes = [(f"{kind}: {c}", v) for kind in ("action", "severity", "restart") for c, v in whole[f"{kind}_classes"].items()]
        for way in ("recall", "precision"):
            found[f"{way}_classes"] = plots.intervals([(n, v[way]) for n, v in classes], f"{way.capitalize()} of each class")
            found[f"{way}_flags"] = plots.intervals([(n, v[way]) for n, v in whole["flags"].items()], f"{way.capitalize()} of each flag")
        read = {n: v for n, v in whole["checks"].items() if n.startswith(_READING)}
        found["checks"] = plots.intervals([(n, v) for n, v in whole["checks"].items() if n not in read], "All measures")
        if read:
            found["reading"] = plots.intervals(list(read.items()), "Facts read, and their words")
        if "search" in whole["retrieval"]:
            r = whole["retrieval"]
            found["retrieval"] = plots.bars([(f"{kind} {m}", r[kind][m], f"{r[kind][m]:.3f}") for kind in ("search", "answer") for m in r[kind]], "Retrieval")
    if whole["drafts"]:
        g = whole["guardrail"]
        found["guardrail"] = plots.intervals([(n, v) for n, v in g["checks"].items()], "Guardrail: found and kept")
        found["alarms"] = plots.intervals([(n, v) for n, v in g["false_alarms_by_check"].items()], "Guardrail: false alarms on clean drafts, by check")
    return found
