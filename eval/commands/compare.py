"""`compare`: two result folders, two settings, or two revisions."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from assistant.errors import HoldfastError
from assistant.settings import ROOT
from eval import comparing, runs


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("one", help="a result folder, a revision (git), or settings (HOLDFAST_NAME=VALUE[,…])")
    parser.add_argument("other", help="the same; '.' is this checkout as it is")
    parser.add_argument("--sets", nargs="*", type=Path, default=[], metavar="SET.jsonl", help="what is run where a revision or settings are compared (default: the project's own sets)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """0 where nothing is newly unsafe, 1 where something is."""
    with ExitStack() as stack:
        one, other = (_folder(side, [p.resolve() for p in options.sets], stack) for side in (options.one, options.other))
        found = comparing.compare(one, other, (options.one, options.other))
    print(json.dumps(found, indent=1) if options.json else comparing.table(found))
    return 1 if found["newly_unsafe"] or found["newly_unsafe_held_back"] else 0


def _folder(side: str, sets: list[Path], stack: ExitStack) -> Path:
    """The finished run that a side names, made first where it is a revision or settings."""
    for folder in (Path(side), runs.HOME / side):
        if side != "." and (folder / runs.RESULTS).is_file():
            return folder
    into = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    if side == "." or "=" in side:
        environ = dict(pair.split("=", 1) for pair in side.split(",")) if "=" in side else {}
        return _made(ROOT, sets, into, environ)
    return _made(_checkout(side, stack), sets, into, {})


def _checkout(revision: str, stack: ExitStack) -> Path:
    """The files of a revision in a folder of their own; the checkout itself is not touched.

    Raises:
        HoldfastError: there is no such folder, setting or revision.
    """
    git = shutil.which("git") or "git"
    place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    with tempfile.TemporaryFile() as tar:
        done = subprocess.run([git, "archive", "--end-of-options", revision], cwd=ROOT, stdout=tar, stderr=subprocess.DEVNULL, check=False)
        tar.seek(0)
        if done.returncode or subprocess.run([shutil.which("tar") or "tar", "-x", "-C", str(place)], stdin=tar, check=False).returncode:
            raise HoldfastError(f"'{revision}' is no result folder, no setting and no revision of this checkout.")
    return place


def _made(root: Path, sets: list[Path], into: Path, environ: dict[str, str]) -> Path:
    """Run the sets with the code in `root`, by this checkout's evaluation, so that both sides are scored alike."""
    if root != ROOT:
        shutil.rmtree(root / "eval", ignore_errors=True)
        shutil.copytree(ROOT / "eval", root / "eval", ignore=shutil.ignore_patterns("runs", "__pycache__"))
    data = {} if root == ROOT else {"HOLDFAST_DATA": str(into / "data")}
    command = [sys.executable, "-m", "eval", "run", *map(str, sets), "--into", str(into / "runs")]
    done = subprocess.run(command, cwd=root, env={**os.environ, **data, **environ}, stdout=subprocess.DEVNULL, check=False)
    found = runs.finished(into / "runs")
    if not found:
        raise HoldfastError(f"the run failed with exit status {done.returncode}; its message stands above.")
    return found[0]
