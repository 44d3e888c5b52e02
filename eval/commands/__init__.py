"""What each command of `python -m eval` takes and does."""
