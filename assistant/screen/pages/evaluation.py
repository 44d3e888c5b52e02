"""The last evaluation: what could hurt first, the gates, the sets, and the failures with their trace; any case opens in the chat."""

from __future__ import annotations

from html import escape

import streamlit as st

from assistant.screen import ask, component, session
from assistant.screen.lastrun import Json, LastRun, conformance, danger, last
from assistant.screen.pages.markup import badge, part, table

_COMMAND = "make eval"


def draw() -> None:
    """Draw the page."""
    st.html(f"<style>{component.asset('pages.css')}</style>")
    run = last()
    if run is None:
        st.markdown("# Evaluation")
        st.info(f"There is no finished run yet. `{_COMMAND}` scores all question sets offline, in about a minute, and this page then shows what it found.")
        return
    st.html(f'<div class="page"><h1>Evaluation</h1>{_first(run)}{_gates(run)}{_sets(run)}</div>')
    with st.container(horizontal_alignment="center"), st.container(width=1024):
        _failures(run)


def _first(run: LastRun) -> str:
    whole = run.summary["all"]
    held = badge("verified", "all gates hold") if run.summary["passed"] else badge("unknown", "gates fail")
    known = whole.get("dangerous", {}).get("count", 0)
    held += f" {badge('unknown', f'{known} dangerous errors are known')}" if known else ""
    drafts = whole.get("guardrail", {}).get("dangerous")
    more = f" Critical errors of drafts let through: {drafts['count']} of {drafts['of']}." if drafts else ""
    lead = f"<p class='lead'><b>Dangerous errors: {danger(whole)}.</b> Said go on or restart where the label holds.{escape(more)} {held}</p>"
    return f"{lead}<p class='soft'>{escape(conformance(run))}</p>"


def _gates(run: LastRun) -> str:
    gates = sorted(run.summary["gates"], key=lambda g: bool(g["holds"]))
    rows = [[escape(g["set"]), escape(g["measure"]), "not measured" if g["found"] is None else f"{g['found']:g}", escape(g["bound"]), _held(g)] for g in gates]
    failing = sum(not g["holds"] for g in gates)
    lead = f"{len(gates) - failing} of {len(gates)} hold; those that fail stand first."
    return part("gates", "Gates", table(("Set", "Measure", "Found", "Must be", ""), rows, "Gates of the evaluation"), lead=lead)


def _held(gate: Json) -> str:
    why = f" <span class='soft'>{escape(gate['why'])}</span>" if gate["why"] else ""
    return (badge("verified", "holds") if gate["holds"] else badge("unknown", "fails")) + why


def _sets(run: LastRun) -> str:
    rows = []
    for name, f in run.summary["sets"].items():
        if f["questions"]:
            action = f["checks"]["action"]
            rows.append([escape(name), str(f["questions"]), escape(danger(f)), str(f["overcautious"]["count"]), f"{100 * action['share']:.1f} %", str(f["unscored"])])
    asked = table(("Set", "Questions", "Dangerous", "Held without need", "Action right", "Not scored"), rows, "Question sets and their figures")
    return part("sets", "Question sets", asked) + _draft_sets(run)


def _draft_sets(run: LastRun) -> str:
    rows = []
    for name, f in run.summary["sets"].items():
        if f["drafts"]:
            g = f["guardrail"]
            kept = g["checks"].get("good_kept", {}).get("share")
            rows.append([escape(name), str(f["drafts"]), f"{g['dangerous']['count']} of {g['dangerous']['of']}", _percent(g["false_alarms"]["share"]), _percent(kept), str(f["unscored"])])
    head = ("Set", "Drafts", "Critical errors let through", "False alarms", "Good text kept", "Not scored")
    return part("drafts", "Sets of drafts", table(head, rows, "Sets of drafts and what the guardrail made of them")) if rows else ""


def _percent(share: float | None) -> str:
    return "not measured" if share is None else f"{100 * share:.1f} %"


def _failures(run: LastRun) -> None:
    failures = run.failures()
    st.html('<div class="page"><h2>Failures, with what was read and which rules decided</h2></div>')
    if not failures:
        st.markdown("None.")
        return
    kinds = list(dict.fromkeys(f["risk"] for f in failures))
    kind = st.segmented_control("Kind", kinds, default=kinds[0], key="failure-kind", format_func=lambda k: f"{k.replace('_', ' ')} ({sum(f['risk'] == k for f in failures)})")
    for failure in [f for f in failures if f["risk"] == kind]:
        with st.expander(f"{failure['id']} · {failure['set']} · {_said(failure)}"):
            _trace(failure)


def _said(failure: Json) -> str:
    if failure["kind"] == "draft":
        return f"verdict {failure['said']['verdict']}"
    return f"label {' or '.join(failure['gold']['action'])}, said {failure['said']['action']}"


def _trace(failure: Json) -> None:
    trace = failure["trace"]
    for turn in trace["turns"]:
        st.text(turn)
    if failure["kind"] == "draft":
        st.text(trace["draft"])
        st.text("\n".join(f"{f['check']}: {f['why']}" for f in trace["findings"]) or "Nothing was found in it.")
    else:
        st.text("Read: " + ("; ".join(f"{f['name']} = {f['value']} (“{f['words']}”)" for f in trace["facts"]) or "no fact"))
        st.text("Infections: " + ("; ".join(f"{e['name']}, {e['state']}, {e['severity']}" for e in trace["episodes"]) or "none"))
        st.text(f"Rules: {', '.join(failure['said']['rules'])}. Failed: {', '.join(failure['failed'])}.")
    if st.button("Open in the chat", key=f"open-{failure['set']}-{failure['id']}", icon=":material/chat:"):
        session.start_over()
        for turn in trace["turns"]:
            session.ask(turn)
        st.switch_page(st.Page(ask.draw, title="Ask", default=True))
