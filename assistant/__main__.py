"""The command line: ask, batch, check, replay, index. `python -m assistant --help` tells more.

Exit status: 0 all went well, 1 at least one line of a batch could not be answered or a replay differs, 2 the command
could not run.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from assistant import files
from assistant.errors import HoldfastError
from assistant.memory import nothing_collected

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


_INDEX = {
    "ready": "build the index where that is needed",
    "build": "build it anew",
    "info": "say what it was built from",
    "list": "list the added sources",
    "rebuild": "build the index anew, and the search over the added sources",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the one place that turns errors into messages."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        status: int = options.run(options)
    except HoldfastError as fault:
        print(f"holdfast: {fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nholdfast: stopped; nothing was replaced", file=sys.stderr)
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant", description="Answers whether pomalidomide is held or resumed around an infection, from one article, offline.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="answer one question in the terminal")
    ask.add_argument("turns", nargs="+", metavar="QUESTION", help="the question; several are the turns of one conversation; '-' reads it from standard input")
    ask.add_argument("--json", action="store_true", help="print the record instead of text")
    ask.add_argument("--receipt", type=Path, metavar="FILE", help="save all that the answer rests on, the question's words included, to be replayed")
    ask.set_defaults(run=_ask)

    for name, run, words in (("batch", _batch, "answer a question set (JSONL)"), ("check", _check, "run the guardrail alone over drafted answers (JSONL)")):
        command = commands.add_parser(name, help=words)
        command.add_argument("source", type=Path, metavar="IN.jsonl")
        command.add_argument("target", type=Path, metavar="OUT.jsonl", help="replaced only when the run is complete")
        command.set_defaults(run=run)

    replay = commands.add_parser("replay", help="answer a receipt's question anew and say whether the bytes are the same")
    replay.add_argument("source", type=Path, metavar="FILE", help="what `ask --receipt FILE` or the page saved")
    replay.set_defaults(run=_replay)

    _add_index(commands)
    return parser


def _add_index(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command `index` with its own commands."""
    parts = commands.add_parser("index", help="look after the search index and the sources that are added").add_subparsers(required=True, metavar="WHAT", dest="what")
    for name, words in _INDEX.items():
        parts.add_parser(name, help=words)
    add = parts.add_parser("add", help="add files: Markdown, HTML, PDF, DOCX, text")
    add.add_argument("names", nargs="+", metavar="FILE")
    add.add_argument("--title", default="", help="what a source is called in an answer; the file's name where it is not given")
    remove = parts.add_parser("remove", help="take added sources away")
    remove.add_argument("names", nargs="+", metavar="MARKER|FILE")
    verify = parts.add_parser("verify", help="say whether index, added sources and conversations are sound, what is due to be read again, and what rests on sentences of the article that changed since")
    changes = parts.add_parser("changes", help="say which rules, tests and stored answers rest on the sentences in which another version of the article differs")
    changes.add_argument("before", type=Path, metavar="OLD_ARTICLE.md")
    for command in (verify, changes):
        command.add_argument("receipts", nargs="*", type=Path, metavar="RECEIPT", help="receipts (`ask --receipt FILE`, or the page's) to be looked at with the stored answers")
    for part in parts.choices.values():
        part.set_defaults(run=_index)


def _assistant() -> Assistant:
    from assistant.wiring import build_assistant

    return build_assistant(tell=_tell)


def _tell(message: str, share: float) -> None:
    print(f"{message} ({share:.0%})" if 0 < share < 1 else message, file=sys.stderr, flush=True)


def _ask(options: argparse.Namespace) -> int:
    with nothing_collected():
        return _ask_once(options)


def _ask_once(options: argparse.Namespace) -> int:
    from assistant import contract, terminal

    turns = [sys.stdin.read() if turn == "-" else turn for turn in options.turns]
    answer = _assistant().answer(turns)
    if options.receipt is not None:
        from assistant import receipts

        receipts.save(answer, options.receipt)
    if options.json:
        print(contract.dump(contract.answer_record(None, answer)))
    else:
        print(terminal.render(answer, colour=terminal.wants_colour(sys.stdout)), end="")
    return 0


def _batch(options: argparse.Namespace) -> int:
    from assistant import bulk

    return bulk.run(options.source, options.target, bulk.answering(_assistant()), drafted=False)


def _check(options: argparse.Namespace) -> int:
    from assistant import bulk

    return bulk.run(options.source, options.target, bulk.checking(_assistant()), drafted=True)


def _replay(options: argparse.Namespace) -> int:
    from assistant import receipts

    found = receipts.replay(options.source, _assistant())
    if not found.differs:
        print(f"the same {found.size:,} bytes, SHA-256 {found.sha256}")
        return 0
    print(f"{len(found.differs)} difference(s):")
    print("\n".join(f"- {line}" for line in found.differs))
    return 1


def _index(options: argparse.Namespace) -> int:
    from assistant import upkeep

    return upkeep.run(options, _tell)


def _leave(status: int) -> NoReturn:
    """End the process without tearing down what it imported: with torch loaded, that takes 2 s and frees nothing of use.

    All files are closed by then, and the daemon thread of a draft that took too long needs no one to wait for it.
    """
    with contextlib.suppress(BrokenPipeError):  # whoever read our output has gone
        sys.stdout.flush()
    files.clear()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
