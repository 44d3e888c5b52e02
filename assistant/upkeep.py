"""The index commands: make it ready, build it, verify it, and add, list and remove sources of one's own."""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Sequence
from pathlib import Path

from assistant import encoder, index, wiring
from assistant import settings as environment
from assistant.errors import SourceRefused
from assistant.index import Tell
from assistant.knowledge import knowledge
from assistant.settings import Settings

_COMMANDS = {
    "ready": "build the index where that is needed",
    "build": "build it anew",
    "verify": "say whether index and added sources are sound, and which records are due to be read again",
    "info": "say what it was built from",
    "list": "list the added sources",
    "rebuild": "build the index anew, and the search over the added sources",
}


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], tell: Tell) -> None:
    """The command `index` with its own commands; `tell` hears of long work."""
    parts = commands.add_parser("index", help="look after the search index and the sources that are added").add_subparsers(required=True, metavar="WHAT", dest="what")
    for name, words in _COMMANDS.items():
        parts.add_parser(name, help=words)
    add = parts.add_parser("add", help="add files: Markdown, HTML, PDF, DOCX, text")
    add.add_argument("names", nargs="+", metavar="FILE")
    add.add_argument("--title", default="", help="what a source is called in an answer; the file's name where it is not given")
    remove = parts.add_parser("remove", help="take added sources away")
    remove.add_argument("names", nargs="+", metavar="MARKER|FILE")
    changes = parts.add_parser("changes", help="say which rules, tests and stored answers rest on the article's sentences that changed")
    changes.add_argument("before", type=Path, metavar="OLD_ARTICLE.md")
    for part in parts.choices.values():
        part.set_defaults(run=lambda options: run(options, tell))


def run(options: argparse.Namespace, tell: Tell) -> int:
    """Do one of the commands; 0 where all went well."""
    environment.switch_off_telemetry()
    chosen = environment.read()
    if options.what == "add":
        return _add(chosen, options.names, options.title, tell)
    if options.what == "remove":
        return _remove(chosen, options.names)
    if options.what == "list":
        return _list(chosen)
    if options.what == "changes":
        return _changes(chosen, options.before)
    if options.what == "verify":
        return _verify(chosen)
    if options.what == "info":
        return _info(chosen)
    return _build(chosen, options.what, tell)


def _info(chosen: Settings) -> int:
    folder = index.current(chosen.data)
    fault = index.examine(chosen.data, wiring.wanted_stamp(chosen))
    print(json.dumps({"folder": str(folder) if folder else None, "fault": fault or None, **(index.manifest(folder) if folder else {})}, indent=1))
    return 0


def _build(chosen: Settings, what: str, tell: Tell) -> int:
    """`ready` builds where that is needed, `build` the index anew, `rebuild` also all that is derived from added sources."""
    wanted = wiring.wanted_stamp(chosen)
    fault = index.examine(chosen.data, wanted)
    model = encoder.load(chosen.encoder, chosen.data)  # what it needs is made now, not when the first question waits
    if chosen.chroma:
        wiring.ready_store(chosen, model, tell)
    elif what != "ready" or fault:
        index.build(chosen.data, wiring.indexed(), wanted, model, tell, because=fault or "asked for")
    from assistant.library import found, shelf

    place = wiring.place_of_added(chosen)
    if what == "rebuild":
        held = shelf.Shelf(chosen.data)
        with held.locked():
            found.forget(held, place)
    found.opened(chosen.data, place, model, encoder.fingerprint(chosen.encoder), tell)
    return 0


def _add(chosen: Settings, names: Sequence[str], title: str, tell: Tell) -> int:
    from assistant.library import found, loading
    from assistant.library.shelf import Shelf

    shelf, mark = Shelf(chosen.data), encoder.fingerprint(chosen.encoder)
    model = encoder.load(chosen.encoder, chosen.data)
    refused = 0
    for name in names:
        try:
            loaded = loading.load(Path(name).expanduser())
            with shelf.locked():
                source, note = shelf.add(loaded, model, mark, tell, title=title)
        except SourceRefused as why:
            refused += 1
            print(f"refused: {why}")
            continue
        withheld = f"; {source.withheld} paragraph(s) withheld, since they carry instructions to a machine" if source.withheld else ""
        print(f"added [{source.marker}] {source.title}: {source.passages} passage(s){withheld}{'; ' + note if note else ''}")
    found.opened(chosen.data, wiring.place_of_added(chosen), model, mark, tell)
    return 1 if refused else 0


def _remove(chosen: Settings, names: Sequence[str]) -> int:
    from assistant.library.shelf import Shelf

    shelf, unknown = Shelf(chosen.data), 0
    for name in names:
        try:
            with shelf.locked():
                source = shelf.remove(name)
        except SourceRefused as why:
            unknown += 1
            print(f"refused: {why}")
            continue
        print(f"removed [{source.marker}] {source.title}")
    return 1 if unknown else 0


def _list(chosen: Settings) -> int:
    from assistant.library.shelf import Shelf

    sources = Shelf(chosen.data).all()
    for s in sources:
        pages = f", {s.pages} pages" if s.pages else ""
        print(f"[{s.marker}] {s.title} ({s.file}{pages}): {s.passages} passage(s){f', {s.withheld} paragraph(s) withheld' if s.withheld else ''}")
    if not sources:
        print("nothing was added; `python -m assistant index add FILE` adds a source")
    return 0


def _verify(chosen: Settings) -> int:
    """The truth about what is on disk, fault by fault; what is due to be read again is no fault."""
    fault = _fault(chosen)
    lines = [f"not usable: {fault}; the next question rebuilds it, or `python -m assistant index build`"] if fault else []
    added = _added_faults(chosen)
    print("\n".join([*(lines or ["the index is sound"]), *added, *_due(datetime.datetime.now(tz=datetime.UTC).date())]))
    return 1 if lines or added else 0


def _fault(chosen: Settings) -> str:
    wanted = wiring.wanted_stamp(chosen)
    if chosen.chroma:
        from assistant import collection, served

        return served.fault(collection.served(chosen.chroma), served.name_of(wanted))
    return index.examine(chosen.data, wanted) or index.probe(chosen.data, encoder.load(chosen.encoder, chosen.data))


def _changes(chosen: Settings, before: Path) -> int:
    from assistant import impact
    from assistant.storage import open_store

    kept: dict[str, str] = {}
    if chosen.database:
        store = open_store(chosen.database)
        for one in store.search():
            held = store.get(one.id)
            kept[one.id] = "\n".join(held.payloads) if held else ""
        store.close()
    print("\n".join(impact.report(before, kept)))
    return 0


def _added_faults(chosen: Settings) -> list[str]:
    from assistant.library import found
    from assistant.library.shelf import Shelf

    shelf = Shelf(chosen.data)
    faults = [f"[{s.marker}] {s.file}: {fault}; remove it and add it again" for s in shelf.all() if (fault := shelf.examine(s))]
    faults += [f"added/{name}: its record cannot be read: it is damaged, or of another version; add its file again" for name in shelf.unreadable()]
    return faults or found.differences(shelf, wiring.place_of_added(chosen))


def _due(today: datetime.date) -> list[str]:
    """Label records whose date has passed."""
    late = [label.id for label in knowledge().labels.values() if label.trusted_until is not None and label.trusted_until < today]
    return [f"due to be read again in the label: {', '.join(late)}"] if late else []
