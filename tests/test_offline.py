"""Offline and private: with every socket blocked questions are answered, and no word of one reaches a log."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import event, model_server, run_assistant, run_python, send_events, send_status

SECRET = "Quetzalcoatl"
QUESTION = f"{SECRET} Smith, 78, on pomalidomide 4 mg, admitted with severe pneumonia on IV antibiotics. Hold?"

# Runs the command line with an audit hook that stops every attempt to reach, name or offer an address, and tells of it:
# the hook is in place before anything is imported, and cannot be taken away again. What urllib3 does at import is
# stopped too and not told: it binds a port of the loopback, to learn whether there is IPv6.
GUARDED = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if event != "socket.bind" or arguments[1][0] != "::1":
            sys.stderr.write(f"SOCKET {event} {arguments[1:]}\\n")
        raise ConnectionError("blocked by the test")
sys.addaudithook(watch)
from assistant.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_with_all_sockets_blocked_the_index_is_built_and_questions_are_answered(tmp_path: Path) -> None:
    """From nothing: the index is built, a set answered and a draft checked, in processes that cannot open a connection."""
    questions = [QUESTION, "What is the rate of grade 3/4 neutropenia?", "Infection resolved, it was mild. Restart dose?", "Best pizza in town?"]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"id": str(n), "question": q, "answer": "Continue."}) + "\n" for n, q in enumerate(questions)))
    environ = {"HOLDFAST_DATA": str(tmp_path / "data")}
    for command in ("batch", "check"):
        done = run_python("-c", GUARDED, command, str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl"), environ=environ)
        assert done.returncode == 0, done.stderr
        assert "SOCKET" not in done.stderr
        records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
        assert [record["id"] for record in records] == ["0", "1", "2", "3"]
        assert all(record["answer"] for record in records)


def test_the_block_would_be_noticed() -> None:
    """The hook itself works: a look-up and a connection are both stopped."""
    for attempt in ("socket.getaddrinfo('example.org', 80)", "socket.create_connection(('127.0.0.1', 9))"):
        script = GUARDED.partition("from assistant")[0] + f"import socket\n{attempt}\n"
        done = run_python("-c", script)
        assert done.returncode == 1
        assert "SOCKET" in done.stderr


@pytest.mark.slow
def test_without_any_network_interface_the_answer_is_the_same(data_with_index: Path) -> None:
    """Python's hooks do not see what compiled libraries do; a network namespace without interfaces leaves them nothing."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system does not let a process have a network of its own (unshare -rn)")
    script = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"
    ask = ("-m", "assistant", "ask", QUESTION)
    environ = {"HOLDFAST_DATA": str(data_with_index)}
    import sys

    cut_off = run_python("-c", script, unshare, "-rn", sys.executable, *ask, environ=environ)
    assert cut_off.returncode == 0, cut_off.stderr
    assert cut_off.stdout == run_python(*ask, environ=environ).stdout


@pytest.mark.slow
def test_no_word_of_a_question_is_logged_even_at_debug(tmp_path: Path, data_with_index: Path) -> None:
    """Every logger of every library at DEBUG, good and bad lines, and a model server that repeats the prompt in its error."""
    lines = [json.dumps({"id": "1", "question": QUESTION}), f'{{"id": "2", "question": "{SECRET}', json.dumps({"id": "3", "question": SECRET * 20_000}), json.dumps({"id": "4", "turns": [SECRET, 7]})]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n")
    script = "import logging, sys; logging.basicConfig(level=logging.DEBUG); logging.getLogger().setLevel(logging.DEBUG); from assistant.__main__ import main; sys.exit(main(sys.argv[1:]))"
    done = run_python("-c", script, "batch", str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl"), environ={"HOLDFAST_DATA": str(data_with_index)})
    assert done.returncode == 1, done.stderr
    assert SECRET.lower() not in (done.stdout + done.stderr).lower()
    errors = [record for record in map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines()) if "error" in record]
    assert [record["id"] for record in errors] == [None, "3", "4"]
    assert SECRET not in json.dumps(errors)


@pytest.mark.slow
@pytest.mark.parametrize("failing", [True, False], ids=["the model fails", "the model answers"])
def test_with_a_model_no_word_of_a_question_is_printed_or_sent_unasked(failing: bool, data_with_index: Path) -> None:
    def reply(handler: object) -> None:
        if failing:
            send_status(handler, 400, json.dumps({"error": {"message": f"bad prompt about {SECRET}"}}))  # type: ignore[arg-type]
        else:
            send_events(handler, event("Stop pomalidomide now [1]."), event(finish="stop"))  # type: ignore[arg-type]

    with model_server(reply) as server:
        environ = {"HOLDFAST_MODEL": "openai:m", "HOLDFAST_MODEL_BASE_URL": server.address, "OPENAI_API_KEY": "x"}
        done = run_assistant("ask", "--json", QUESTION, data=data_with_index, environ=environ)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stderr
    assert 1 <= len(server.requests) <= 2  # structured first, plain text where the server refuses that
    assert SECRET not in json.dumps(server.requests)
    assert bool(json.loads(done.stdout)["remark"]) or not failing


def test_an_internal_error_is_told_without_the_words_that_caused_it(tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """A bug's own message may hold anything: only its kind and its place are told."""
    from assistant import bulk

    def breaks(line: object) -> dict[str, object]:
        raise ValueError(f"cannot read {line}")

    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "1", "question": QUESTION}) + "\n")
    assert bulk.run(tmp_path / "in.jsonl", tmp_path / "out.jsonl", breaks, drafted=False) == 1
    out, err = capfd.readouterr()
    written = (tmp_path / "out.jsonl").read_text()
    assert json.loads(written) == {"id": "1", "error": "internal error (ValueError); please report it"}
    assert "test_offline.py" in caplog.text
    assert SECRET not in out + err + written + caplog.text
