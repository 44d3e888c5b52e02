"""Retrieval: what is quoted is always there, scores mean the same for every question, ties are settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import examples, index, retrieval
from assistant.knowledge import knowledge
from assistant.records import Action, Decision, Passage, Quote, Why
from assistant.retrieval import MAX_K, Retriever, WordRetriever, words
from assistant.settings import Settings
from assistant.wiring import build_assistant
from tests.stores import Store
from tests.support import WordEmbedder, some_passages

NOTHING_QUOTED = Decision(action=Action.HOLD)


def retriever(store: Store, data: Path, passages: tuple[Passage, ...]) -> Retriever:
    embedder = WordEmbedder()
    return Retriever(store.ready(data, passages, embedder, lambda message, share: None), embedder, passages)


@pytest.fixture(scope="module")
def twelve(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """A retriever over twelve passages; retrievers hold no state, so the tests may share it."""
    return retriever(store, tmp_path_factory.mktemp("twelve"), some_passages(12))


@pytest.fixture(scope="module")
def hundred(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """More passages than search by meaning looks at in these tests."""
    return retriever(store, tmp_path_factory.mktemp("hundred"), some_passages(100))


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search by meaning looks at 64 rows."""
    monkeypatch.setattr(retrieval, "CANDIDATES", 64)


def quoting(*names: str) -> Decision:
    return Decision(action=Action.HOLD, quotes=tuple(Quote(passage_id=name, words="What the source says") for name in names))


def test_the_best_passage_stands_first_with_a_score_from_0_to_1(twelve: Retriever) -> None:
    hits = twelve.search("what about quinolone number4", NOTHING_QUOTED)
    assert hits[0].passage.id == "test:004"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert {hit.why for hit in hits} == {Why.SEARCH}


def test_what_the_decision_quotes_is_always_there_and_says_so(twelve: Retriever) -> None:
    hits = twelve.search("quinolone", quoting("test:010", "test:011"), k=3)
    assert {hit.passage.id: hit.why for hit in hits} == {"test:004": Why.SEARCH, "test:010": Why.RULE, "test:011": Why.RULE}


@pytest.mark.usefixtures("narrow")
def test_what_is_quoted_stands_even_beyond_k_and_beyond_the_reach_of_search(hundred: Retriever) -> None:
    quoted = [f"test:{n:03d}" for n in range(60, 100)]
    hits = hundred.search("fever number0", quoting(*quoted), k=1)
    assert sorted(hit.passage.id for hit in hits) == quoted


@pytest.mark.usefixtures("narrow")
def test_a_passage_that_search_by_meaning_did_not_reach_has_the_score_it_deserves(hundred: Retriever) -> None:
    every = hundred.search("skin number20", quoting(*(f"test:{n:03d}" for n in range(100))), k=1)
    again = {hit.passage.id: hit.score for hit in hundred.search("skin number20", NOTHING_QUOTED, k=50)}
    assert {hit.passage.id: hit.score for hit in every if hit.passage.id in again} == pytest.approx(again, abs=2e-4)


def test_quotes_of_each_of_several_patients_are_there(twelve: Retriever) -> None:
    several = Decision(action=Action.HOLD, quotes=quoting("test:001").quotes, patients=(quoting("test:001"), quoting("test:009")))
    assert {"test:001", "test:009"} <= {hit.passage.id for hit in twelve.search("tooth", several, k=1)}


def test_a_quote_that_is_not_indexed_is_a_bug_and_is_not_passed_over(twelve: Retriever) -> None:
    with pytest.raises(KeyError, match="test:999"):
        twelve.search("tooth", quoting("test:999"))


@pytest.mark.parametrize(("k", "found"), [(-1, 0), (0, 0), (1, 1), (8, 8), (12, 12), (10_000, 12)])
def test_k_is_kept(twelve: Retriever, k: int, found: int) -> None:
    assert len(twelve.search("renal dose", NOTHING_QUOTED, k=k)) == found


def test_k_has_a_bound(hundred: Retriever) -> None:
    assert len(hundred.search("renal dose", NOTHING_QUOTED, k=10_000)) == MAX_K


@pytest.mark.parametrize("question", ["", "   \n", "\u200b", "?!", "\x00", "日本語だけの質問", "🙂" * 40, "a" * 100_000, "fever " * 50_000])
def test_no_question_breaks_it(twelve: Retriever, question: str) -> None:
    hits = twelve.search(question, quoting("test:002"))
    assert "test:002" in {hit.passage.id for hit in hits}


def test_an_empty_question_finds_what_is_quoted_and_nothing_else(twelve: Retriever) -> None:
    hits = twelve.search("  ", quoting("test:002"))
    assert [(hit.passage.id, hit.score) for hit in hits] == [("test:002", 0.0)]


def test_the_end_of_a_very_long_question_counts(twelve: Retriever) -> None:
    hits = twelve.search("bladder " * 1_000 + "quinolone " * 400, NOTHING_QUOTED, k=1)
    assert hits[0].passage.id == "test:004"


# ------------------------------------------------------------------------- example questions lead to passages


def with_examples(data: Path, answered: dict[str, tuple[str, ...]]) -> Retriever:
    """Twelve passages, and a row for each example question, whose words no passage holds."""
    embedder, passages = WordEmbedder(), some_passages(12)
    rows = tuple(Passage(id=name, source=examples.SOURCE, text=name) for name in answered)
    store = index.ready(data, (*passages, *rows), index.stamp((*passages, *rows), "words", "0"), embedder, lambda message, share: None)
    return Retriever(store, embedder, passages, answered)


def test_an_example_question_is_found_as_the_passages_that_answer_it(tmp_path: Path) -> None:
    search = with_examples(tmp_path, {"growth factor": ("test:003", "test:007"), "zebra stripes": ("test:001",)})
    hits = search.search("growth factor", NOTHING_QUOTED)
    assert {hit.passage.id for hit in hits[:2]} == {"test:003", "test:007"}
    assert hits[0].score == hits[1].score == pytest.approx(0.5, abs=0.01), "of meaning all, of words nothing"
    assert all(hit.passage.source == "test" for hit in hits), "no example question is ever shown"


def test_an_example_question_lowers_no_score(tmp_path: Path, twelve: Retriever) -> None:
    search = with_examples(tmp_path, {"growth factor": ("test:004",)})
    plain = {hit.passage.id: hit.score for hit in twelve.search("quinolone number4", NOTHING_QUOTED, k=12)}
    assert {hit.passage.id: hit.score for hit in search.search("quinolone number4", NOTHING_QUOTED, k=12)} == plain


def test_every_example_question_of_the_facts_is_a_row_that_leads_to_passages() -> None:
    rows, answered = examples.rows(), examples.answered()
    assert {row.id for row in rows} == answered.keys()
    assert len(rows) == sum(len(fact.asked_as) for fact in knowledge().facts.values()) == len({row.text for row in rows})
    assert all(passages and set(passages) <= knowledge().passages.keys() for passages in answered.values())
    assert "label:us.dialysis" in answered["example:dialysis:0"], "what a label answers leads to the label"
    assert len(knowledge().passages) + len(rows) <= retrieval.CANDIDATES, "search by meaning over the knowledge is complete"


def test_an_example_question_finds_the_fact_with_the_real_index(data_with_index: Path) -> None:
    found = build_assistant(Settings(data=data_with_index)).retriever.search("is 40 of dex too much at 80", NOTHING_QUOTED)
    assert found[0].passage.id == "article:elderly.dexamethasone"
    assert found[0].score > 0.5


class Backwards:
    """A store that returns passages of the same distance last first, as one with threads may."""

    def nearest(self, vector: list[float], k: int) -> list[tuple[str, float]]:
        return [(f"same:{name}", 0.5) for name in "acbd"]


def test_equal_scores_stand_in_the_order_of_the_sources() -> None:
    same = tuple(Passage(id=f"same:{name}", source="test", text="Hold the drug during infection") for name in "dbca")
    hits = Retriever(Backwards(), WordEmbedder(), same).search("infection", NOTHING_QUOTED)  # type: ignore[arg-type]
    assert [hit.passage.id for hit in hits] == ["same:d", "same:b", "same:c", "same:a"]
    assert len({hit.score for hit in hits}) == 1


def test_ids_and_distances_alone_are_those_of_langchain_s_own_search(twelve: Retriever) -> None:
    store, vector = twelve._store, WordEmbedder().embed_query("quinolone number4")
    whole = store.similarity_search_by_vector_with_relevance_scores(vector, k=5)
    assert store.nearest(vector, 5) == [(document.id, distance) for document, distance in whole]
    assert len(store.nearest(vector, 1_000)) == 12


def test_the_same_question_gives_the_same_hits(twelve: Retriever) -> None:
    assert twelve.search("renal dose in sepsis", quoting("test:003")) == twelve.search("renal dose in sepsis", quoting("test:003"))


def test_words_are_lower_case_without_plural_and_keep_their_numbers() -> None:
    assert words("The patient's Infections: 56.2% at 3 mg, abscess") == ["patient", "infection", "56.2", "3", "mg", "abscess"]


def test_the_words_share_is_1_only_where_the_whole_question_is_found() -> None:
    search = WordRetriever.over(some_passages(12))
    whole, half = search.scores("quinolone")["test:004"], search.scores("quinolone xylophone")["test:004"]
    assert 0 < half < whole <= 1
    assert set(search.scores("xylophone").values()) == {0.0}


def test_the_word_search_is_a_langchain_retriever() -> None:
    found = WordRetriever.over(some_passages(12)).invoke("sepsis number5")
    assert found[0].id == "test:005"
    assert found[0].metadata["source"] == "test"
