"""Conversations and feedback, kept on the operator's own database by SQLAlchemy.

What stands in an entry is the caller's business: it is handed in and given back as text.
"""

from assistant.storage.store import Feedback, Found, Held, Store, entries, examine, open_store

__all__ = ["Feedback", "Found", "Held", "Store", "entries", "examine", "open_store"]
