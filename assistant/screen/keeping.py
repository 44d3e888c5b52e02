"""A conversation to the store and back. Where it cannot be kept the page says so, and goes on."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.knowledge import HOME
from assistant.screen.conversation import Conversation, Entry
from assistant.storage import Held, Store

OLDER = "This answer was given with an earlier edition of rules and sources. Ask again for one by the present edition."


@lru_cache(maxsize=1)
def edition() -> str:
    """A short hash of all that the answers rest on: the files of `knowledge/`."""
    files = sorted(path for path in HOME.rglob("*") if path.suffix in (".yaml", ".md"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


@lru_cache(maxsize=1)
def _entries() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


def keep(store: Store, conversation: Conversation) -> None:
    """Keep the conversation, of which the last entry is new or has changed."""
    last = len(conversation.entries) - 1
    if last < 0:
        return
    entry = conversation.entries[last]
    payload = json.dumps({"edition": edition(), "entry": _entries().dump_python(entry, mode="json")}, ensure_ascii=False)
    store.keep(conversation.id, title=conversation.title, extra=_extra(conversation), number=last, text=entry.text, payload=payload)


def note(store: Store, conversation: Conversation) -> None:
    """Keep its name, its reader and what was ticked."""
    store.note(conversation.id, title=conversation.title, extra=_extra(conversation))


def _extra(conversation: Conversation) -> str:
    return json.dumps({"name": conversation.name, "reader": conversation.reader, "jurisdiction": conversation.jurisdiction, "ticked": sorted(conversation.ticked)})


def restore(store: Store, held: Held) -> Conversation:
    """The conversation as it was kept; an answer that can no longer be read is left open, to be given anew."""
    extra: dict[str, Any] = json.loads(held.extra or "{}")
    return Conversation(
        id=held.id,
        name=extra.get("name", ""),
        reader=extra.get("reader", "clinician"),
        jurisdiction=extra.get("jurisdiction", ""),
        entries=tuple(_entry(payload) for payload in held.payloads),
        ticked=frozenset((int(number), str(item)) for number, item in extra.get("ticked", [])),
        said=tuple(store.feedback(held.id)),
    )


def _entry(payload: str) -> Entry:
    kept = json.loads(payload)
    try:
        entry = _entries().validate_python(kept["entry"])
    except ValidationError:  # kept by another version of the records
        given = kept["entry"]
        return Entry(text=str(given.get("text", "")), by_hand=tuple((str(name), value) for name, value in given.get("by_hand", [])))
    if entry.answer is None or kept["edition"] == edition():
        return entry
    return Entry(**{**{name: getattr(entry, name) for name in Entry.__slots__}, "remark": OLDER})
