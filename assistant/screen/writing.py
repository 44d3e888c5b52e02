"""An answer that is being written: a thread asks the model, the page shows each sentence when its check is done."""

from __future__ import annotations

import threading
from dataclasses import replace

from assistant.screen.conversation import Conversation, Entry
from assistant.screen.engine import Engine


class Writing:
    """The completion of the last entry of one conversation, begun at once; it touches nothing of the page itself."""

    def __init__(self, engine: Engine, conversation: Conversation) -> None:
        self.asked = _question(conversation)
        self._news = threading.Condition()
        self._released = ""
        self._entry: Entry | None = None
        threading.Thread(target=self._work, args=(engine, conversation), daemon=True, name="writing").start()

    def belongs_to(self, conversation: Conversation) -> bool:
        """Whether this is the completion of what that conversation waits for."""
        return self.asked == _question(conversation)

    def wait(self, known: str, seconds: float) -> tuple[str, Entry | None]:
        """The checked text so far and, at the end, the whole entry; returns when there is more than `known`, or after some time."""
        with self._news:
            self._news.wait_for(lambda: self._entry is not None or self._released != known, seconds)
            return self._released, self._entry

    def _work(self, engine: Engine, conversation: Conversation) -> None:
        entry = engine.second(conversation, self._release)
        with self._news:
            self._entry = entry
            self._news.notify_all()

    def _release(self, text: str) -> None:
        with self._news:
            self._released = text
            self._news.notify_all()


def _question(conversation: Conversation) -> Conversation:
    """The conversation as far as its last answer depends on it."""
    open_ones = tuple(Entry(text=entry.text, by_hand=entry.by_hand, model=entry.model, fault=entry.fault) for entry in conversation.entries)
    return replace(conversation, name="", reader="", entries=open_ones, ticked=frozenset(), said=())
