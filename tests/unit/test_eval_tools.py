"""Coverage, comparison, retrieval, mutants and the making of sets: each finds what it is there to find."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import openpyxl
import pytest

from assistant import examples
from assistant import settings as environment
from assistant.errors import HoldfastError
from assistant.knowledge import knowledge
from assistant.pipeline import Assistant
from assistant.records import Action, Case, Decision, Infection, Passage, Severity
from assistant.rules import decide
from assistant.settings import Settings
from assistant.storage import Feedback, open_store
from assistant.wiring import LazyRetriever
from eval import comparing, coverage, engine, making, mutants, mutating, retrieval, sets
from eval.__main__ import main
from tests.support import QuotedOnly, WordEmbedder
from tests.unit.test_library import put_on

ASSISTANT = Assistant(retriever=QuotedOnly())


def _item(question: str, action: str, name: str = "x", **gold: object) -> sets.Item:
    full = {"action": [action], "severity": [None], "restart": [None], "flags": [], **gold}
    return sets.Item(set="s", id=name, turns=(question,), gold=full)


RESUME = _item("Mild sinusitis has completely resolved. Restart pom?", "resume", severity=["mild"], restart=["same_dose"])

# ------------------------------------------------------------------------------------------ coverage


def test_coverage_counts_what_fires_and_what_nearly_does() -> None:
    found = coverage.measure(ASSISTANT, [RESUME])

    assert found["rules"]["mild.resume"]["fires"] == ["s:x"]
    assert "s:x (severity)" in found["rules"]["severe.resume"]["nearly"]
    assert "rule mild.resume: 1 question(s) fire it, 3 are needed" in found["holes"]


def test_a_question_that_is_read_wrongly_proves_nothing_about_a_rule() -> None:
    assert coverage.measure(ASSISTANT, [_item(RESUME.turns[0], "hold")])["rules"]["mild.resume"]["fires"] == []


def test_a_silence_that_no_question_brings_up_is_a_hole() -> None:
    silences = [n.id for n in knowledge().notes.values() if n.kind == "silence"]
    holes = coverage.measure(ASSISTANT, [])["holes"]

    assert [f"silence {name}: no question that is labelled with it brings it up" for name in silences] == [h for h in holes if h.startswith("silence")]


def test_the_project_s_own_sets_leave_no_hole() -> None:
    items = [i for path in sets.project_sets() for i in sets.load(path).items if i.draft is None]

    assert coverage.measure(ASSISTANT, items)["holes"] == []


def test_every_question_of_fact_of_the_project_s_own_sets_has_its_passages_labelled() -> None:
    items = [i for path in sets.project_sets() for i in sets.load(path).items if i.draft is None]
    facts = [i for i in items if i.gold["action"] == ["inform"]]

    assert len(facts) > 600
    assert [f"{i.set}:{i.id}" for i in facts if "passages" not in i.gold] == []


def test_every_passage_label_names_a_passage_and_a_question_of_fact_that_there_are() -> None:
    asked = {(i.set, i.id): i.gold["action"] for path in sets.project_sets() for i in sets.load(path).items if i.draft is None}

    assert {name for label in sets.read_passages().values() for name in label} <= set(knowledge().passages)
    assert [key for key in sets.read_passages() if asked.get(key) != ["inform"]] == []
    assert sum(not label for label in sets.read_passages().values()) == 3, "what no passage answers stands there, too"


def test_a_labelled_passage_holds_what_the_question_s_label_says_the_answer_must_show() -> None:
    """Two labels written apart from one another: a passage by reading, the facts by the set's author."""
    passages, apart = knowledge().passages, []
    otherwise = ["build/intent:b2-077", "build/labels:label-083", "build/labels:label-085", "build/labels:label-086", "build/panel:q4-094"]  # tiers are named above the passages; an answer has words of its own for a record
    for path in sets.project_sets():
        for item in sets.load(path).items:
            named = sets.read_passages().get((item.set, item.id))
            facts = [f for f in item.gold.get("facts", []) if "not named in the label records" not in f]  # of what is not there no passage speaks
            if named and facts:
                text = " ".join(passages[name].text for name in named).lower()
                shown = [any(one.lower() in text for one in str(fact).split("|")) for fact in facts]
                if not any(shown):
                    apart.append(f"{item.set}:{item.id}")

    assert apart == otherwise


def test_coverage_counts_the_questions_of_fact_without_a_label() -> None:
    found = coverage.measure(ASSISTANT, [_item("What share get pneumonia on pom?", "inform", "y"), _item("And neutropenia?", "inform", "z", passages=["article:neutropenia.rate"])])

    assert found["unlabelled"] == ["s:y"]
    assert "questions of fact whose passages nobody has labelled: 1\n- s:y" in coverage.table(found)


# ------------------------------------------------------------------------------------------ comparison


def _run(folder: Path, *records: dict[str, object], held_back: bool = False) -> Path:
    folder.mkdir()
    (folder / "results.jsonl").write_text("\n".join(json.dumps(r) for r in records))
    (folder / "summary.json").write_text(json.dumps({"sets": {"s": {"held_back": held_back}}}))
    (folder / "run.json").write_text(json.dumps({"latency": {}, "peak_mb": 1}))
    return folder


def _record(name: str, action: str, risk: str = "", right: int = 1) -> dict[str, object]:
    failed = [] if right else ["action"]
    return {"set": "s", "id": name, "kind": "question", "tags": ["t"], "said": {"action": action}, "risk": risk, "failed": failed, "checks": {"action": [right, 1]}}


def test_what_is_newly_unsafe_stands_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = _run(tmp_path / "one", _record("a", "hold"), _record("b", "resume", "bold", 0), _record("c", "hold", "overcautious", 0))
    other = _run(tmp_path / "other", _record("a", "resume", "dangerous", 0), _record("b", "resume"), _record("c", "hold", "overcautious", 0))
    found = comparing.compare(one, other)

    assert [f["id"] for f in found["newly_unsafe"]] == ["a"]
    assert [f["id"] for f in found["flipped"]] == ["a", "b"]
    assert found["measures"]["action"] == {"n": 3, "one": 1, "other": 1, "fixed": 1, "broken": 1, "p": 1.0}
    assert main(["compare", str(one), str(other)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert f"from {one} to {other}, 3 items in both" in told[0]
    assert told[2] == "- DANGEROUS s:a action hold → resume · now wrong: action"


def test_flips_of_held_back_sets_are_counted_and_not_listed(tmp_path: Path) -> None:
    one, other = (_run(tmp_path / n, _record("a", a, r, n == "one"), held_back=True) for n, a, r in (("one", "hold", ""), ("other", "resume", "dangerous")))
    found = comparing.compare(one, other)

    assert (found["newly_unsafe"], found["flipped"], found["newly_unsafe_held_back"]) == ([], [], 1)


def test_runs_in_which_no_item_could_be_answered_say_why(tmp_path: Path) -> None:
    whole = _run(tmp_path / "one", _record("a", "hold"))
    failed = _run(tmp_path / "other", {**_record("a", "hold"), "error": "internal error (TypeError)"})

    with pytest.raises(HoldfastError, match=r"internal error \(TypeError\)"):
        comparing.compare(whole, failed)


def test_a_folder_without_a_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HoldfastError, match="holds no finished run"):
        comparing.read(tmp_path)


# ------------------------------------------------------------------------------------------ retrieval


def test_every_kind_of_search_finds_the_passage_with_the_question_s_own_words() -> None:
    passages = tuple(Passage(id=f"p{n}", source="article", text=text) for n, text in enumerate(("renal dose rule", "fever in elderly people", "quinolone caution")))
    task = retrieval.Task(name="t", passages=passages, questions={"q": "quinolone caution"}, wanted={"q": ["p2"]})
    found = retrieval.measure(task, WordEmbedder())

    assert {name: figures["R@1"] for name, figures in found["kinds"].items()} == dict.fromkeys(found["kinds"], 1.0)
    assert found["unfound"] == []


def test_equal_scores_share_a_rank() -> None:
    assert list(retrieval.ranks([0.5, 0.9, 0.5])) == [2, 1, 2]


def test_pairs_from_outside_are_read(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text('question,answer\nWhat is A?,"A is, well, A"\nWhat else is A?,"A is, well, A"\nWhat is B?,B is B\n,none\n')
    task = retrieval.from_pairs(tmp_path / "pairs.csv")

    assert (len(task.passages), len(task.questions)) == (2, 3)
    assert task.wanted["q000000"] == task.wanted["q000001"] != task.wanted["q000002"]


def test_a_label_that_names_no_passage_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps({"id": "a", "question": "q", "gold": {"action": ["inform"], "passages": ["article:gone"]}}))
    with pytest.raises(HoldfastError, match="article:gone"):
        retrieval.from_set(path, tuple(knowledge().passages.values()))


def test_the_retrieval_questions_are_many_and_in_other_words_than_the_article_s() -> None:
    task = retrieval.from_set(sets.HOME / "retrieval" / "article.jsonl", tuple(knowledge().passages.values()))
    article = " ".join(p.text.lower() for p in task.passages if p.source == "article")
    copied = [q for q in task.questions.values() if any(" ".join(q.lower().split()[n : n + 5]) in article for n in range(len(q.split()) - 4))]

    assert len(task.questions) >= 150
    assert copied == []


def test_the_retrieval_questions_do_not_repeat_the_example_questions_that_are_indexed() -> None:
    """The search finds by the example questions, so that a question like one of them would measure memory."""
    asked = sets.load(sets.HOME / "retrieval" / "article.jsonl").items
    held = [dataclasses.replace(asked[0], set="facts", id=row.id, turns=(row.text,)) for row in examples.rows()]
    repeated = dataclasses.replace(asked[0], id="repeated", turns=(f"Please: {held[0].text.lower()}",))

    assert [n.other for n in making.near_duplicates([repeated], held, 0.4)] == [f"facts:{held[0].id}"], "one that does would be found"
    assert making.near_duplicates(asked, held, 0.4) == []


# ------------------------------------------------------------------------------------------ mutants


def test_every_rule_and_every_check_has_mutants() -> None:
    groups = {m.group for m in [*mutants.all_rules(), *mutants.all_checks()]}
    table = knowledge().algorithm

    assert groups >= {f"rule {r.id}" for r in [*table.outcomes, *table.modifiers]} | {f"check {c}" for c in mutants.CHECKS} | {"cues", "claims", "rules.py"}


def test_a_mutant_is_noticed_by_an_item_or_a_test_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """In a process of its own, as the command runs it: pytest cannot be run within pytest."""
    from tests.support import run_python

    done = run_python("-m", "eval", "mutate", "rules", "--only", "rule mild.resume", "--at-least", "100", environ={"HOLDFAST_DATA": str(tmp_path)})

    assert done.returncode == 0, done.stdout + done.stderr
    assert "survivors: 0" in done.stdout


def test_a_changed_comparison_is_installed_in_the_loaded_code() -> None:
    from assistant import rules

    before = {name: getattr(rules, name) for name in vars(rules) if callable(getattr(rules, name))}
    chosen = [m for m in mutants.of_code("assistant.rules", "g") if "case.age > AGE_BORDER: Gt to GtE" in m.what]
    code = rules._age.__code__
    case = Case(infection=Infection.RESOLVED, severity=Severity.MILD, age=75.0)
    try:
        chosen[0].apply()
        assert rules._age(case) == "over_75"
    finally:
        rules._age.__code__ = code
    assert rules._age(case) == "75_or_younger"
    assert {name: getattr(rules, name) for name in before} == before


def test_a_cue_that_is_removed_is_gone_for_the_guardrail_too(tmp_path: Path) -> None:
    """In a process of its own: the words that a mutant takes out must be those that the checks read, and some sentence must miss them."""
    from tests.support import run_python

    done = run_python("-m", "eval", "mutate", "checks", "--quick", "--only", "no words of QUIN", "--at-least", "100", environ={"HOLDFAST_DATA": str(tmp_path)})

    assert done.returncode == 0, done.stdout + done.stderr
    assert "| cues | 1 | 0 | 1 | 0 | 0 | 100.0% |" in done.stdout


def test_a_measurement_of_mutants_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    path, one, other = tmp_path / "fates.jsonl", mutants.Mutant("g", "one", list), mutants.Mutant("g", "other", list)
    mutating.Journal(path).write(one, "test")
    path.write_text(path.read_text() + '{"mutant": "g: oth')

    again = mutating.Journal(path)
    assert again.known == {"g: one": "test"}
    again.write(other, "")
    assert mutating.Journal(path).known == {"g: one": "test", "g: other": ""}


@pytest.mark.parametrize("text", ['{"code_sha256": "0"}\n', "[1]\n", '{"set": "s"}\n{"id": "a"}\n'])
def test_fates_of_other_code_are_not_gone_on_with(tmp_path: Path, text: str) -> None:
    (tmp_path / "fates.jsonl").write_text(text)
    with pytest.raises(HoldfastError, match="remove it, or name another file"):
        mutating.Journal(tmp_path / "fates.jsonl")
    assert (tmp_path / "fates.jsonl").read_text() == text


def test_a_question_notices_a_rule_that_is_gone() -> None:
    held = mutating.Questions.of(ASSISTANT, [RESUME])
    rows = knowledge().algorithm.outcomes
    at = next(n for n, r in enumerate(rows) if r.id == "mild.resume")
    assert not held.notice()
    rule = rows.pop(at)
    try:
        assert held.notice()
    finally:
        rows.insert(at, rule)
    assert decide(held.cases[0][1]).rules[0] == "mild.resume"


# ------------------------------------------------------------------------------------------ making sets


def test_a_table_is_read_and_its_faults_name_row_column_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "id,question,action,severity,restart,flags,colour\n"
        "a,Active pneumonia?,hold,sever,none,,\n"
        "b,Resolved?,resume,mild,,,\n"
        "c,,hold,,,,\n"
        'd,"First turn\n---\nSecond turn",hold/reassess,none,,age_over_75,\n'
        "d,Twice,hold,,same_dose,,\n"
    )
    assert main(["make", "table", str(path), "--out", str(tmp_path / "set.jsonl")]) == 1
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "row 1, column 'colour': nothing reads this column; use one of id, question, action, severity, restart, flags, facts, citations, tags.",
        "row 2, column 'severity': 'sever' is not allowed; did you mean 'severe'?",
        "row 3, column 'restart': a resume needs one; use one of same_dose, consider_reduction, depends_on_severity, reassess_first, none.",
        "row 4, column 'question': is empty; fill it in.",
        "row 6, column 'restart': goes with the actions resume and reassess alone; empty it, or mend the action.",
        "row 6, column 'id': 'd' stands in row 5 already; give each row its own.",
    ]
    (item,) = sets.load(tmp_path / "set.jsonl").items
    assert (item.turns, item.gold["action"], item.gold["flags"]) == (("First turn", "Second turn"), ["hold", "reassess"], ["age_over_75"])


def test_a_spreadsheet_is_read_as_a_table_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["question", "action", "severity"])
    book.active.append(["Active pneumonia on pom?", "hold", "severe"])
    book.save(tmp_path / "t.xlsx")

    assert main(["make", "table", str(tmp_path / "t.xlsx"), "--out", str(tmp_path / "set.jsonl")]) == 0
    assert sets.load(tmp_path / "set.jsonl").items[0].gold["severity"] == ["severe"]


def test_a_table_parted_by_semicolons_is_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id;question;action;flags\na;Active pneumonia on pom, hold?;hold;age_over_75,suspected\n", encoding="utf-8")

    assert main(["make", "table", str(tmp_path / "t.csv"), "--out", str(tmp_path / "set.jsonl")]) == 0
    (item,) = sets.load(tmp_path / "set.jsonl").items
    assert (item.text, item.gold["flags"]) == ("Active pneumonia on pom, hold?", ["age_over_75", "suspected"])


def test_the_template_is_itself_a_valid_table(tmp_path: Path) -> None:
    assert main(["make", "template", str(tmp_path / "t.csv")]) == 0
    assert main(["make", "table", str(tmp_path / "t.csv"), "--out", str(tmp_path / "set.jsonl")]) == 0


def test_feedback_without_the_right_action_is_told_and_left_out() -> None:
    right = {"id": "a", "turns": ["q"], "gold": {"action": ["hold"]}, "tags": [], "comment": "not taken over"}
    made, faults = making.from_feedback([right, {"id": "b", "turns": ["q"], "gold": {"action": []}}])

    assert made == [{"id": "a", "turns": ["q"], "gold": {"action": ["hold"]}, "tags": []}]
    assert [f.split(":")[0] for f in faults] == ["line 2"]
    assert making.from_feedback([{"id": "c", "turns": ["q"], "gold": {"action": []}, "left_out": "Set by hand."}])[1] == ["line 1: Set by hand."]


def test_a_set_is_made_from_the_feedback_that_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_DATA", str(tmp_path))
    receipt = {"id": "r", "turns": [RESUME.text], "decision": {"action": "resume", "severity": "mild", "restart": "same_dose", "flags": []}}
    store = open_store(environment.read().database)
    store.keep("a", title="t", extra="", number=0, text=RESUME.text, payload="{}")
    store.say(Feedback(conversation="a", number=0, verdict="unsafe", comment="still febrile", expected="hold", receipt=json.dumps(receipt)))
    store.close()

    assert main(["make", "feedback", "--out", str(tmp_path / "set.jsonl")]) == 0
    (item,) = sets.load(tmp_path / "set.jsonl").items
    assert (item.text, item.gold["action"]) == (RESUME.text, ["hold"])


def test_without_a_database_feedback_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HOLDFAST_DATABASE", "nothing")

    assert main(["make", "feedback", "--out", str(tmp_path / "set.jsonl")]) == 2
    assert "give the file that the page saved" in capsys.readouterr().err


def test_perturbed_questions_keep_their_labels() -> None:
    item = _item("Bacteraemia, temp 38.5 C, ANC 0.4, patient on pomalidomide 4 mg", "hold")
    made = {row["tags"][1]: row for row in making.perturbed(item)}

    assert made["units"]["question"] == "Bacteraemia, temp 101.3 F, ANC 400/uL, patient on pomalidomide 4mg"
    assert made["british_to_american"]["question"].startswith("bacteremia")
    assert made["abbreviations"]["question"].endswith("pt on pom 4 mg")
    assert all(row["gold"] == item.gold for row in made.values())


def test_minimal_pairs_change_one_fact_and_the_label_with_it() -> None:
    made = {row["tags"][1]: row for row in making.paired(RESUME)}

    assert made["anc_0.49"]["gold"]["action"] == ["hold"]
    assert made["anc_0.5"]["gold"] == RESUME.gold
    assert made["age_76"]["gold"]["flags"] == ["age_over_75"]
    assert made["age_75"]["gold"]["flags"] == []
    assert made["not_yet_resolved"]["question"] == "Mild sinusitis is improving but not yet resolved. Restart pom?"
    assert list(making.paired(_item("Pneumonia on pom", "hold"))) == []


def test_nothing_is_made_from_a_held_back_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["make", "pairs", "held_back/x.jsonl", "--out", str(tmp_path / "o.jsonl")]) == 2
    assert "is held back" in capsys.readouterr().err


def test_a_leak_is_found_and_its_text_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder, question in (("build", "Her pneumonia has gone, off IV antibiotics. Pom 4 mg again?"), ("held_back", "Her pneumonia has gone, off IV antibiotics; pom 3 mg again?")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.jsonl").write_text(json.dumps({"id": folder, "question": question, "gold": {"action": ["resume"]}}))

    assert main(["make", "leaks", *(str(tmp_path / f / "x.jsonl") for f in ("build", "held_back"))]) == 1
    told = capsys.readouterr().out
    assert "build/x:build held_back/x:held_back" in told
    assert "pneumonia" not in told


def test_a_leak_among_drafts_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder, question, draft in (("drafts", "Her cystitis is over. Restart?", "Restart pomalidomide at 4 mg today."), ("held_back", "Zoster, hold?", "Restart pomalidomide at 3 mg today!")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.jsonl").write_text(json.dumps({"id": folder, "question": question, "answer": draft, "gold": {"clean": False}}))

    assert main(["make", "leaks", *(str(tmp_path / f / "x.jsonl") for f in ("drafts", "held_back"))]) == 1
    assert "drafts, leaks between open and held-back sets: 1\n  1.00 drafts/x:drafts held_back/x:held_back" in capsys.readouterr().out


# ------------------------------------------------------------------------------------------ what is searched


def test_evaluation_does_not_search_what_an_operator_added(tmp_path: Path) -> None:
    put_on(tmp_path)
    question, nothing = "Who books the neutrophil count before it is restarted, the zebra unit?", Decision(action=Action.INFORM)
    given = (Settings(data=tmp_path), lambda message, share: None, lambda name: WordEmbedder())

    assert "added" in {h.passage.source for h in LazyRetriever(*given).search(question, nothing)}
    assert {h.passage.source for h in engine.OwnSources(*given).search(question, nothing)} <= {"article", "labels", "references"}
