"""What can go wrong, in two families: what the reader of the message can act on, and our bugs."""

from __future__ import annotations


class HoldfastError(Exception):
    """An error whose message says what is wrong, where, and what to do; shown without a traceback.

    The message never holds the text of a question.
    """


class KnowledgeError(HoldfastError):
    """One or more faults in the files of `knowledge/`, all of them listed."""


class IndexUnusable(HoldfastError):
    """The search index cannot be built or read."""


class SourceRefused(HoldfastError):
    """A file cannot be added as a source, or a source that is named is not here."""


class SettingsError(HoldfastError):
    """A setting has a value that cannot be used."""


class QuestionError(HoldfastError):
    """A question that cannot be answered as it is: empty, too long, not text."""


class StoreError(HoldfastError):
    """Conversations cannot be kept or read; answers do not need that."""
