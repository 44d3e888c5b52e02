"""The index commands: make it ready, build it, verify it, and add, list and remove sources of one's own."""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import encoder, index, wiring
from assistant import settings as environment
from assistant.errors import KnowledgeError, SourceRefused
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
        return _changes(chosen, options.before, options.receipts)
    if options.what == "verify":
        return _verify(chosen, options.receipts)
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


def _verify(chosen: Settings, receipts: Sequence[Path]) -> int:
    """The truth about what is on disk, fault by fault; a record that is due to be read again and an answer from before a change of the article are none."""
    given = _given(receipts)
    try:
        fault, due = _fault(chosen), _due(_today())
        lines = [f"not usable: {fault}; the next question rebuilds it, or `python -m assistant index build`"] if fault else []
    except KnowledgeError as broken:  # as where the article changed and its rules did not: then what rests on it is wanted most
        lines, due = [str(broken)], []
    kept = _kept_faults(chosen)
    others = [*_added_faults(chosen), *kept]
    changes = _changed_since(chosen, {**given, **({} if kept else _kept(chosen))})
    print("\n".join([*(lines or ["the index is sound"]), *others, *due, *changes]))
    return 1 if lines or others else 0


def _fault(chosen: Settings) -> str:
    wanted = wiring.wanted_stamp(chosen)
    if chosen.chroma:
        from assistant import collection, served

        return served.fault(collection.served(chosen.chroma), served.name_of(wanted))
    return index.examine(chosen.data, wanted) or index.probe(chosen.data, encoder.load(chosen.encoder, chosen.data))


def _changes(chosen: Settings, before: Path, receipts: Sequence[Path]) -> int:
    """What rests on the passages in which an older, or a coming, article differs from the present one."""
    from assistant import impact

    found = impact.changed(impact.texts_of(before), impact.texts_of())
    answers = {name: impact.carried(record).named for name, record in {**_given(receipts), **_kept(chosen)}.items()} if found else {}
    print("\n".join(impact.report(found, answers) or ["no passage differs"]))
    return 0


def _changed_since(chosen: Settings, answers: dict[str, Any]) -> list[str]:
    """What rests on the passages that have changed since the index was built, or since an answer was given; nothing where none has.

    A Chroma server keeps an index for each edition of the article; which of them served last nobody knows, so there only the answers speak.
    """
    from assistant import impact

    held = {name: impact.carried(record) for name, record in answers.items()}
    built = {} if chosen.chroma else impact.of_article(index.texts(chosen.data))
    try:
        now = impact.texts_of()
        found = impact.changed_since(held.values(), now) | (impact.changed(built, now) if built else {})
        told = impact.report(found, {name: impact.outdated(one, now) for name, one in held.items()})
    except KnowledgeError:  # an article that is none, or a table that is none: told already, and nothing can rest on it
        return []
    return ["changed in the article since the index was built or an answer was given:", *told] if told else []


def _kept(chosen: Settings) -> dict[str, Any]:
    """Every answer that is kept, by its conversation and its number there; a question's words are in no name."""
    from assistant import storage

    return {f"{conversation} (answer {number + 1})": json.loads(payload) for conversation, number, payload in storage.entries(chosen.database)} if chosen.database else {}


def _given(receipts: Sequence[Path]) -> dict[str, Any]:
    """The receipts that are named on the command line, by their names there."""
    from assistant.receipts import read

    return {str(name): read(name) for name in receipts}


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
