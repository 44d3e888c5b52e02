"""Retrieval: what is quoted is always there, scores mean the same for every question, ties are settled."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.documents import Document

from assistant import index
from assistant.records import Action, Decision, Passage, Quote, Why
from assistant.retrieval import MAX_K, Retriever, WordRetriever, words
from tests.support import WordEmbedder, some_passages

NOTHING_QUOTED = Decision(action=Action.HOLD)


def retriever(data: Path, passages: tuple[Passage, ...]) -> Retriever:
    embedder = WordEmbedder()
    store = index.ready(data, passages, index.stamp(passages, "words", "0"), embedder, lambda message, share: None)
    return Retriever(store, embedder, passages)


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """A retriever over twelve passages; retrievers hold no state, so the tests may share it."""
    return retriever(tmp_path_factory.mktemp("twelve"), some_passages(12))


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """More passages than search by meaning looks at."""
    return retriever(tmp_path_factory.mktemp("hundred"), some_passages(100))


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


def test_what_is_quoted_stands_even_beyond_k_and_beyond_the_reach_of_search(hundred: Retriever) -> None:
    quoted = [f"test:{n:03d}" for n in range(60, 100)]
    hits = hundred.search("fever number0", quoting(*quoted), k=1)
    assert sorted(hit.passage.id for hit in hits) == quoted


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


class Backwards:
    """A store that returns passages of the same distance last first, as one with threads may."""

    def similarity_search_by_vector_with_relevance_scores(self, vector: list[float], k: int) -> list[tuple[Document, float]]:
        return [(Document(id=f"same:{name}", page_content=""), 0.5) for name in "acbd"]


def test_equal_scores_stand_in_the_order_of_the_sources() -> None:
    same = tuple(Passage(id=f"same:{name}", source="test", text="Hold the drug during infection") for name in "dbca")
    hits = Retriever(Backwards(), WordEmbedder(), same).search("infection", NOTHING_QUOTED)  # type: ignore[arg-type]
    assert [hit.passage.id for hit in hits] == ["same:d", "same:b", "same:c", "same:a"]
    assert len({hit.score for hit in hits}) == 1


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
