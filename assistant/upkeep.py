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


def run(options: argparse.Namespace, tell: Tell) -> int:
    """Do one of the commands; 0 where all went well."""
    environment.switch_off_telemetry()
    chosen = environment.read()
    if options.what == "add":
        return _add(chosen, options.names, options.title, tell)
    if options.what == "remove":
        return _remove(chosen, options.names, tell)
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

    place, mark = wiring.place_of_added(chosen), encoder.fingerprint(chosen.encoder)
    if what == "rebuild":
        held = shelf.Shelf(chosen.data)
        with held.locked():
            held.mend(model, mark, tell)
            found.forget(held, place)
    found.opened(chosen.data, place, model, mark, tell)
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


def _remove(chosen: Settings, names: Sequence[str], tell: Tell) -> int:
    from assistant.library import found
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
    if unknown < len(names):
        found.opened(chosen.data, wiring.place_of_added(chosen), encoder.load(chosen.encoder, chosen.data), encoder.fingerprint(chosen.encoder), tell)
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
    others = [*_added_faults(chosen), *_kept_faults(chosen)]
    print("\n".join([*(lines or ["the index is sound"]), *others, *_due(_today())]))
    return 1 if lines or others else 0


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
    faults = [f"[{s.marker}] {s.file}: {fault}" for s in shelf.all() if (fault := shelf.examine(s))]
    faults += [f"added/{name}: its record cannot be read: it is damaged, or of another version; add its file again" for name in shelf.unreadable()]
    return [*faults, *found.differences(shelf, wiring.place_of_added(chosen))]


def _kept_faults(chosen: Settings) -> list[str]:
    """What is wrong with the conversations and the feedback that are kept."""
    from assistant import storage

    fault = storage.examine(chosen.database) if chosen.database else ""
    return [fault] if fault else []


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def _due(today: datetime.date) -> list[str]:
    """Label records whose date has passed."""
    late = [label.id for label in knowledge().labels.values() if label.due(today)]
    return [f"due to be read again in the label: {', '.join(late)}"] if late else []
