"""The knowledge files: the article verbatim, every quote in its passage, and every fault told with file, key and remedy."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest
import yaml

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME, knowledge, load
from assistant.wording import markers_in, wording

FILES = ("article.md", "algorithm.yaml", "facts.yaml", "references.yaml", "labels.yaml", "disagreements.yaml", "label_questions.yaml", "inhibitors.yaml", "sources.yaml")
BAD = Path(__file__).resolve().parent.parent / "bad_knowledge"
# sha256 of the article's text, its words joined by single spaces, as first read from the publisher's page; anchors and markup left out.
ARTICLE_SHA256 = "5c4b6f7dbde5ef80fdc7ef98c023fd4a70db99b08f0bd04cd748924798f03508"


def article_text() -> str:
    """The article as a reader sees it: no head, no anchors, no markup, words joined by single spaces."""
    body = (HOME / "article.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    plain = re.sub(r"\s*\{#[^}]*\}", "", body)
    return " ".join(re.sub(r"(?m)^\s*(?:#+|-|\d+\.)\s+", "", plain).split())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the knowledge that `load` reads."""
    for name in FILES:
        shutil.copy(HOME / name, tmp_path / name)
    return tmp_path


def spoil(home: Path, name: str) -> None:
    """Put one fault of tests/bad_knowledge into a copy."""
    fault = yaml.safe_load((BAD / f"{name}.yaml").read_text(encoding="utf-8"))
    text = (home / fault["file"]).read_text(encoding="utf-8")
    assert fault["find"] in text, f"{name}.yaml no longer fits knowledge/{fault['file']}"
    (home / fault["file"]).write_text(text.replace(fault["find"], fault["put"], 1), encoding="utf-8")


class TestTheArticle:
    """The source article stands verbatim, split by its own structure."""

    def test_is_the_text_that_was_pinned(self) -> None:
        assert hashlib.sha256(article_text().encode()).hexdigest() == ARTICLE_SHA256

    def test_keeps_status_date_and_disclaimer(self) -> None:
        head = knowledge().head
        assert head.review_status == "Exercise caution as content is pending human review"
        assert str(head.updated) == "2025-08-05"
        assert head.updated_words == "Last updated: August 5, 2025"
        assert "does not replace professional discretion" in head.disclaimer

    def test_every_line_of_text_is_a_passage_or_the_heading_of_a_list(self) -> None:
        text = " ".join(t for kind, _, t in knowledge().blocks if not kind.startswith("h"))
        for passage in knowledge().passages.values():
            if passage.source == "article":
                assert passage.text in text
        loose = [t for kind, anchor, t in knowledge().blocks if not anchor and not kind.startswith("h")]
        assert loose == ["When infection is diagnosed:", "For mild infections:", "For severe infections:", "For life-threatening infections:"]

    @pytest.mark.parametrize(("anchor", "markers"), [
        ("lead", ("1",)), ("rationale", ()), ("rationale.grade-3-4", ("1",)), ("rationale.rate", ("2",)), ("rationale.serious-events", ("1",)),
        ("algorithm.diagnosed.stop", ()), ("algorithm.diagnosed.antimicrobials", ()), ("algorithm.diagnosed.monitor", ()), ("algorithm.mild.hold", ()), ("algorithm.mild.resume", ()),
        ("algorithm.severe.hold", ()), ("algorithm.severe.reduce", ()), ("algorithm.severe.prophylaxis", ()), ("algorithm.life-threatening.stop", ()),
        ("algorithm.life-threatening.reassess", ()), ("neutropenia.rate", ("2",)), ("neutropenia.fever", ()), ("neutropenia.prophylaxis", ("1",)), ("renal.dose", ("3",)),
        ("renal.monitoring", ()), ("elderly.dexamethasone", ("2",)), ("elderly.dose", ("3",)), ("resuming", ()), ("resuming.resolution", ()), ("resuming.cbc", ()),
        ("resuming.prophylaxis", ("1",)), ("resuming.dose", ()), ("pitfalls.continuing", ()), ("pitfalls.prophylaxis", ("1",)), ("pitfalls.quinolone", ("1",)),
        ("pitfalls.permanent", ("4",)), ("closing", ()),
    ])  # fmt: skip
    def test_markers_are_the_articles(self, anchor: str, markers: tuple[str, ...]) -> None:
        assert knowledge().passage(anchor).markers == markers

    def test_that_list_is_complete(self) -> None:
        listed = {row[0] for row in TestTheArticle.test_markers_are_the_articles.pytestmark[0].args[1]}  # type: ignore[attr-defined]
        assert {f"article:{name}" for name in listed} == {p.id for p in knowledge().passages.values() if p.source == "article"}

    @pytest.mark.parametrize(("anchor", "section"), [
        ("lead", ()),
        ("rationale.rate", ("Rationale for Discontinuation",)),
        ("algorithm.mild.hold", ("Risk Assessment and Management Algorithm", "For mild infections")),
        ("elderly.dose", ("Special Considerations", "Elderly Patients")),
        ("resuming.cbc", ("Resuming Therapy After Infection",)),
        ("pitfalls.permanent", ("Common Pitfalls to Avoid",)),
    ])  # fmt: skip
    def test_a_passage_knows_its_place(self, anchor: str, section: tuple[str, ...]) -> None:
        assert knowledge().passage(anchor).section == section


class TestQuotes:
    """Every threshold and rule is in knowledge/ with the quoted words and the passage they come from."""

    @pytest.mark.parametrize("rule", [*knowledge().algorithm.outcomes, *knowledge().algorithm.modifiers], ids=lambda r: r.id)
    def test_each_rules_words_stand_verbatim_in_their_passage_and_in_the_article(self, rule) -> None:  # type: ignore[no-untyped-def]
        for quote in rule.quotes:
            assert quote.words in knowledge().passage(quote.passage).text
            assert quote.words in article_text()

    @pytest.mark.parametrize("rule", [*knowledge().algorithm.outcomes, *knowledge().algorithm.modifiers], ids=lambda r: r.id)
    def test_a_rule_on_the_articles_authority_quotes_the_article_and_one_on_a_labels_names_it(self, rule) -> None:  # type: ignore[no-untyped-def]
        if rule.then and rule.then.basis == "article":
            assert rule.quotes
        if rule.then and rule.then.basis == "label":
            assert rule.label in knowledge().labels

    def test_every_figure_of_a_fact_stands_in_what_it_cites(self) -> None:
        numbers = re.compile(r"\d+(?:\.\d+)?%|\d+(?:\.\d+)? mg|\d+\.\d+")
        for fact in knowledge().facts.values():
            cited = " ".join([*(knowledge().passage(p).text for p in fact.cites), *(knowledge().labels[name].text for name in fact.labels)])
            said = set(numbers.findall(re.sub(r"v5\.0", "", fact.say)))
            assert all(n in cited for n in said), (fact.id, said)

    def test_every_marker_of_a_fact_stands_in_what_it_cites(self) -> None:
        for fact in knowledge().facts.values():
            carried = {m for p in fact.cites for m in knowledge().passage(p).markers} | {knowledge().labels[name].marker for name in fact.labels}
            assert set(markers_in(fact.say)) <= carried, fact.id

    def test_every_figure_of_the_article_can_be_asked_for(self) -> None:
        said = " ".join(f.say for f in knowledge().facts.values())
        for figure in ("30%", "33.7%", "13.9%", "17%", "56.2%", "20 mg", "40 mg", "3 mg", "4 mg", "75", "three months", "August 5, 2025"):
            assert figure in said


class TestWhatIsWeakIsSaid:
    """Nothing is invented about the references, and what was not read says so."""

    def test_the_reference_that_could_not_be_identified_has_no_title(self) -> None:
        reference = knowledge().references["4"]
        assert (reference.status, reference.identity, reference.doi) == ("unknown", "", "")

    def test_labels_say_on_their_face_how_they_were_read_and_until_when_that_may_be_trusted(self) -> None:
        for label in knowledge().labels.values():
            face = knowledge().passages[f"label:{label.id}"].face
            assert face.startswith({"original": "Read in the original.", "secondary": "Read in a secondary copy", "memory": "Not seen in any copy"}[label.read])
            assert (label.read == "memory") == (label.confidence == "M") == ("not to be relied on" in face)
            assert label.trusted_until is None or f"To be read again by {label.trusted_until}" in face

    def test_every_statement_with_a_marker_that_was_checked_says_what_was_found(self) -> None:
        """All ten attributed statements of the article: figure or advice, with verdict and confidence."""
        found = {(r.marker, f.words): f.verdict for r in knowledge().references.values() for f in r.figures}
        assert found[("2", "33.7%")] == "differs"
        assert found[("1", "17%")] == "not verified"
        assert found[("2", "56.2% grade 3/4")] == "correct"
        assert len(found) == 11
        assert not any(r.figures == [] for r in knowledge().references.values())

    def test_references_and_labels_are_passages_too(self) -> None:
        ids = set(knowledge().passages)
        assert {f"reference:{n}" for n in "1234"} <= ids
        assert {f"label:{name}" for name in knowledge().labels} <= ids

    def test_the_content_has_a_hash_that_follows_every_passage(self, home: Path) -> None:
        assert load(home).sha256 == knowledge().sha256
        text = (home / "labels.yaml").read_text(encoding="utf-8")
        (home / "labels.yaml").write_text(text.replace("3 mg, taken after", "3 mg taken after", 1), encoding="utf-8")
        assert load(home).sha256 != knowledge().sha256


class TestFaults:
    """All files are validated on load: unknown keys, missing quotes, duplicate ids are refused with file, key and remedy."""

    @pytest.mark.parametrize(("name", "words"), [
        ("unknown_key_in_a_rule", ["algorithm.yaml: outcomes.", "sais: unknown key; check its spelling or remove it", "says: is missing; add it"]),
        ("quote_that_is_not_in_its_passage", ["algorithm.yaml: mild.resume: these words do not stand in 'algorithm.mild.resume'", "copy them from article.md"]),
        ("quote_of_a_passage_that_does_not_exist", ["algorithm.yaml: mild.resume: there is no passage 'algorithm.mild.resum'; use an anchor of article.md"]),
        ("rule_without_quote", ["algorithm.yaml: mild.resume: quotes nothing; add the article's words under 'quotes' or name a 'label'"]),
        ("quote_of_a_few_letters", ["algorithm.yaml: outcomes.", "quotes.0.words", "at least 8 characters"]),
        ("rule_id_twice", ["algorithm.yaml: severe.resume: this id stands twice; give each rule its own"]),
        ("outcome_without_then", ["algorithm.yaml: none.no_hold: an outcome needs 'then'; add it"]),
        ("action_that_does_not_exist", ["algorithm.yaml: outcomes.", "then.action", "'no_hold'"]),
        ("restart_that_does_not_exist", ["algorithm.yaml: outcomes.", "then.restart", "'same_dose'"]),
        ("element_that_does_not_exist", ["algorithm.yaml: none.no_hold: there is no element 'what_would_triger'; add it under 'elements'"]),
        ("label_that_does_not_exist", ["algorithm.yaml: severe.resume.no_lower: there is no label 'us.sever'; use an id of labels.yaml"]),
        ("passage_of_an_element_that_does_not_exist", ["algorithm.yaml: elements.gcsf: there is no passage 'neutropenia.fevr'; use an anchor of article.md"]),
        ("broken_yaml", ["facts.yaml: not valid YAML", "line", "mend that line"]),
        ("list_under_another_name", ["facts.yaml: must hold one list named 'facts' and nothing else"]),
        ("fact_id_twice", ["facts.yaml: facts[infection_rate]: this id stands twice; give each entry its own"]),
        ("fact_that_cites_nothing", ["facts.yaml: facts[grade_3_4_rate]: cites"]),
        ("fact_of_a_passage_that_does_not_exist", ["facts.yaml: facts[serious_adverse_events]: there is no passage 'rationale.serious'; use an anchor of article.md"]),
        ("fact_with_one_example_question", ["facts.yaml: facts[serious_adverse_events]: asked_as"]),
        ("reference_that_the_article_does_not_print", ["references.yaml: references[5]: marker", "'1', '2', '3' or '4'"]),
        ("reference_twice", ["references.yaml: references[1]: this marker stands twice; give each entry its own"]),
        ("reference_of_unknown_status", ["references.yaml: references[2]: status", "'verified', 'identified' or 'unknown'"]),
        ("reference_without_what_was_found", ["references.yaml: references[4]: fund: unknown key", "references[4]: found: is missing; add it"]),
        ("label_with_a_number_as_marker", ["labels.yaml: labels[eu.counts]: marker"]),
        ("label_read_somehow", ["labels.yaml: labels[us.counts]: read", "'original', 'secondary' or 'memory'"]),
        ("source_of_unknown_kind", ["sources.yaml: sources[labels]: kind"]),
        ("anchor_twice", ["article.md: the anchor 'lead' stands twice; give each passage its own"]),
        ("passage_without_anchor", ["article.md: the line 'By following these guidelines", "has no anchor; add {#an-id} at its end"]),
        ("article_without_head", ["article.md: must begin with a head between two lines '---'"]),
        ("field_that_does_not_exist", ["algorithm.yaml: general.hold: when: there is no field 'infektion'; use one of 'fields'"]),
        ("value_that_does_not_exist", ["algorithm.yaml: mild.hold: when.severity: there is no value 'mlid'; use one of unspecified, mild, severe, life_threatening"]),
        ("condition_without_a_value", ['algorithm.yaml: mild.hold: when.severity: names no value']),
        ("outcome_that_asks_for_an_action", ["algorithm.yaml: mild.hold: when: there is no field 'action'"]),
        ("element_twice", ['algorithm.yaml: not valid YAML', "the key 'monitor_response' stands twice", 'mend that line']),
        ("ask_that_nobody_asks", ['algorithm.yaml: asks.dose']),
        ("article_head_that_is_no_yaml", ['article.md: not valid YAML', 'mend that line']),
        ("article_with_words_before_its_head", ["article.md: must begin with a head between two lines '---'"]),
        ("figure_that_its_passage_does_not_hold", ["references.yaml: references[2]: '33.8%' does not stand in 'rationale.rate' with this marker; copy it from article.md"]),
        ("figure_of_another_marker", ["references.yaml: references[3]: '3 mg instead of 4 mg' does not stand in 'elderly.dexamethasone' with this marker"]),
        ("figure_of_unknown_verdict", ['references.yaml: references[2]: figures.0.verdict']),
        ("label_that_was_read_without_a_date", ['labels.yaml: labels[us.counts]', "needs 'trusted_until'"]),
        ("label_with_a_date_that_is_none", ['labels.yaml: not valid YAML', 'mend that line']),
        ("label_that_nobody_can_ask_for", ["label_questions.yaml: nothing asks for the labels with the topic 'pmlz'; add it to 'topics'", "there is no label with the topic 'pml'; use one of labels.yaml"]),
        ("label_question_that_is_no_pattern", ['label_questions.yaml: topics[label.hepatic]', 'not a pattern', 'check its brackets']),
        ("label_question_twice", ['label_questions.yaml: topics[label.ild]: this id stands twice']),
        ("label_question_of_an_unknown_jurisdiction", ['label_questions.yaml: jurisdictions.XX']),
        ("figure_without_a_note", ["references.yaml: references[1]: figures.2", "needs 'notes'"]),
        ("figure_of_a_note_that_does_not_exist", ["references.yaml: references[1]: there is no note 'D200'; use an id of disagreements.yaml"]),
        ("drug_that_nothing_names", ["inhibitors.yaml: drugs[mexiletine]", "a quinolone is known to the lexicon"]),
        ("drug_whose_name_is_no_pattern", ["inhibitors.yaml: drugs[cimetidine]", "not a pattern", "check its brackets"]),
        ("note_that_nothing_raises", ['disagreements.yaml: notes[D1]: raised_by', 'nothing brings it up']),
        ("note_of_a_rule_that_does_not_exist", ["disagreements.yaml: notes[D13]: raised_by.rules: there is no 'mild.holt'; check its spelling"]),
        ("note_of_a_topic_that_does_not_exist", ["disagreements.yaml: notes[D3]: raised_by.topics: there is no 'pneumonia_rat'"]),
        ("note_of_a_label_that_does_not_exist", ["disagreements.yaml: notes[D30]: there is no label 'us.rem'; use an id of labels.yaml"]),
        ("note_that_is_no_pattern", ['disagreements.yaml: notes[D32]', 'not a pattern']),
        ("note_of_unknown_severity", ['disagreements.yaml: notes[D14]: severity']),
        ("article_head_without_disclaimer", ["article.md: disclaimer: is missing; add it", "article.md: disclaimr: unknown key"]),
    ])  # fmt: skip
    def test_one_fault_is_told_with_file_key_and_remedy(self, home: Path, name: str, words: list[str]) -> None:
        spoil(home, name)
        with pytest.raises(KnowledgeError) as caught:
            load(home)
        for word in words:
            assert word in str(caught.value)

    def test_every_bad_file_is_in_that_list(self) -> None:
        listed = {row[0] for row in TestFaults.test_one_fault_is_told_with_file_key_and_remedy.pytestmark[0].args[1]}  # type: ignore[attr-defined]
        assert listed == {path.stem for path in BAD.glob("*.yaml")}

    def test_the_copy_without_a_fault_loads(self, home: Path) -> None:
        assert load(home).facts == knowledge().facts

    def test_all_faults_of_all_files_are_told_at_once(self, home: Path) -> None:
        for name in ("quote_that_is_not_in_its_passage", "element_that_does_not_exist", "fact_id_twice", "reference_of_unknown_status", "label_read_somehow", "source_of_unknown_kind", "passage_without_anchor"):
            spoil(home, name)
        with pytest.raises(KnowledgeError) as caught:
            load(home)
        lines = str(caught.value).splitlines()
        assert len(lines) > 7
        for file in ("article.md", "algorithm.yaml", "facts.yaml", "references.yaml", "labels.yaml", "sources.yaml"):
            assert any(line.startswith(f"- {file}: ") for line in lines)

    def test_a_broken_and_a_missing_file_do_not_hide_the_faults_of_the_others(self, home: Path) -> None:
        spoil(home, "broken_yaml")
        spoil(home, "article_head_that_is_no_yaml")
        spoil(home, "value_that_does_not_exist")
        spoil(home, "note_of_unknown_severity")
        (home / "references.yaml").unlink()
        with pytest.raises(KnowledgeError) as caught:
            load(home)
        for file in ("facts.yaml: not valid YAML", "article.md: not valid YAML", "algorithm.yaml: mild.hold: when.severity", "disagreements.yaml: notes[D14]", "references.yaml: the file is missing"):
            assert f"- {file}" in str(caught.value)

    def test_a_file_that_is_no_text_is_refused(self, home: Path) -> None:
        (home / "facts.yaml").write_bytes(b"facts: \xff\xfe")
        with pytest.raises(KnowledgeError, match=r"facts\.yaml: cannot be read"):
            load(home)

    @pytest.mark.parametrize("file", FILES)
    def test_a_missing_file_is_named(self, home: Path, file: str) -> None:
        (home / file).unlink()
        with pytest.raises(KnowledgeError, match=f"{re.escape(file)}: the file is missing; restore it from the repository"):
            load(home)

    @pytest.mark.parametrize("file", FILES[1:])
    @pytest.mark.parametrize("content", ["", "- a\n- b\n", "words\n", "7\n"])
    def test_a_file_that_holds_something_else_is_refused(self, home: Path, file: str, content: str) -> None:
        (home / file).write_text(content, encoding="utf-8")
        with pytest.raises(KnowledgeError, match=re.escape(file)):
            load(home)


class TestWording:
    """The sentences of the dictated answer fit the table that they are said for."""

    def test_every_deciding_outcome_has_a_headline_and_none_is_left_over(self) -> None:
        deciding = {r.id for r in knowledge().algorithm.outcomes if r.then and r.then.action not in ("inform", "out_of_scope")}
        assert set(wording().headline) == deciding
        assert set(wording().headline_held) <= deciding

    def test_every_element_has_a_sentence(self) -> None:
        in_headline = {"stop_now", "hold_until_resolved"}
        assert set(wording().elements) == set(knowledge().algorithm.elements) - in_headline

    def test_every_marker_of_an_element_is_one_that_it_owes(self) -> None:
        for name, text in wording().elements.items():
            assert set(markers_in(text)) <= set(knowledge().algorithm.elements[name].markers), name

    def test_every_marker_of_a_headline_is_carried_by_a_passage_that_the_rule_quotes_or_by_the_lead(self) -> None:
        for name, text in {**wording().headline, **wording().headline_held}.items():
            assert set(markers_in(text)) <= {"1"}, name

    def test_a_sentence_ends_and_holds_no_open_place_that_nothing_fills(self) -> None:
        filled = {"dose", "lower", "anc", "temperature", "drug"}
        for group in (wording().headline, wording().headline_held, wording().elements, wording().variants, wording().outlook, wording().notes, wording().outside):
            for name, text in group.items():
                assert set(re.findall(r"\{(\w+)\}", text)) <= filled, name
                assert text.rstrip("*").endswith((".", "?")), name

    @pytest.mark.parametrize(("text", "markers"), [
        ("", ()), ("none", ()), ("One [1].", ("1",)), ("Two [2], and [1], and [2] again.", ("2", "1")), ("A label [US].", ("US",)), ("[x] [ 1 ] [1a] (1)", ()),
    ])  # fmt: skip
    def test_markers_in_a_text(self, text: str, markers: tuple[str, ...]) -> None:
        assert markers_in(text) == markers
