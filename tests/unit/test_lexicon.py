"""The lexicon: every entry valid, misspellings found, and no word read as a clinical one that it only resembles."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from assistant.errors import KnowledgeError
from assistant.reading.lexicon import LEXICON, compile_cue, lexicon, load_lexicon
from assistant.reading.scan import scan
from assistant.reading.text import Line, fold, tokenise

VOCABULARIES = {"drugs": "drugs", "infections": "infections", "antimicrobials": "antimicrobials", "symptoms": "symptoms"}


def entries(name: str) -> list[dict]:
    """The raw entries of a vocabulary file."""
    return yaml.load((LEXICON / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)[name]


def found(text: str, kind: str) -> set[str]:
    """The ids of the entries of one kind that are found in a text."""
    return {i.name for i in scan(text, 0).items if i.kind == kind}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the lexicon."""
    return Path(shutil.copytree(LEXICON, tmp_path / "lexicon"))


def replace_in(path: Path, old: str, new: str) -> None:
    """Put one fault into a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestEntries:
    """The project's own lexicon is complete and consistent."""

    @pytest.mark.parametrize("name", VOCABULARIES)
    def test_every_form_is_found_as_its_entry(self, name: str) -> None:
        vocabulary = getattr(lexicon(), name)
        wrong = []
        for entry in entries(name):
            for form in [*entry["forms"], *entry.get("cased", [])]:
                tokens = tokenise(fold(form))
                hits = list(vocabulary.find(tokens, form))
                if not hits or hits[0].entry.id != entry["id"] or hits[0].first != 0:
                    wrong.append((entry["id"], form, [h.entry.id for h in hits]))
        assert wrong == []

    @pytest.mark.parametrize("name", VOCABULARIES)
    def test_no_form_stands_at_two_entries(self, name: str) -> None:
        seen: dict[str, str] = {}
        for entry in entries(name):
            for form in [*entry["forms"], *(f"={c}" for c in entry.get("cased", []))]:
                assert seen.setdefault(form, entry["id"]) == entry["id"], form

    @pytest.mark.parametrize("name", VOCABULARIES)
    def test_ids_are_unique_and_forms_are_lower_case(self, name: str) -> None:
        ids = [e["id"] for e in entries(name)]
        assert len(set(ids)) == len(ids)
        assert [f for e in entries(name) for f in e["forms"] if f != f.lower()] == []

    @pytest.mark.parametrize("name", ["states", "severity", "intents"])
    def test_every_cue_compiles_and_matches_no_empty_text(self, name: str) -> None:
        for kind, cues in getattr(lexicon(), name).kinds.items():
            for pattern in (*cues.plain, *cues.classed):
                assert not pattern.compiled.fullmatch(""), (kind, pattern.pattern)

    def test_the_tiers_of_the_severity_cues_are_those_of_the_records(self) -> None:
        assert list(lexicon().severity.kinds) == ["life_threatening", "severe", "mild"]

    def test_every_topic_is_a_fact_of_the_article(self) -> None:
        from assistant.knowledge import knowledge

        assert {topic.id for topic, *_ in lexicon().topics} <= set(knowledge().facts)


class TestFaults:
    """A fault in a lexicon file is refused with file, key and remedy."""

    @pytest.mark.parametrize(("file", "old", "new", "words"), [
        ("drugs.yaml", "imnovid,", "imnovid, lenalidomide,", ["lexicon/drugs.yaml: 'lenalidomide' stands at 'pomalidomide' and at 'lenalidomide'; keep it at one."]),
        ("infections.yaml", "{id: sinusitis, tier", "{id: sinusitis, tyre", ["lexicon/infections.yaml: infections[", "tyre"]),
        ("infections.yaml", "tier: mild", "tier: mildish", ["lexicon/infections.yaml: infections[", "tier"]),
        ("antimicrobials.yaml", "route: oral", "route: nasal", ["lexicon/antimicrobials.yaml: antimicrobials[", "route"]),
        ("symptoms.yaml", "{id: cough, forms:", "{id: cough, form:", ["lexicon/symptoms.yaml: symptoms[1]", "forms", "form:"]),
        ("drugs.yaml", "role: look_alike", "role: lookalike", ["lexicon/drugs.yaml: drugs[", "role"]),
        ("states.yaml", "(completely|fully", "((completely|fully", ["lexicon/states.yaml: resolved", "check its brackets"]),
        ("infections.yaml", "infections:", "infektions:", ["lexicon/infections.yaml: infektions: nothing reads this key", "lexicon/infections.yaml: infections: is missing; add it"]),
        ("intents.yaml", "permanent_stop:", "permanent_stopp:", ["lexicon/intents.yaml: permanent_stopp: nothing reads this key", "permanent_stop: is missing"]),
        ("states.yaml", "treatment_ongoing:", "treatment_on_going:", ["lexicon/states.yaml: treatment_ongoing: is missing; add it"]),
        ("severity.yaml", "severe:", "sever:", ["lexicon/severity.yaml: sever: nothing reads this key"]),
        ("topics.yaml", "topics:", "topic:", ["lexicon/topics.yaml: topics: is missing; add it"]),
        ("topics.yaml", "{id: pitfalls, any:", "{id: pitfalls, some:", ["lexicon/topics.yaml: topics[pitfalls]: any: Field required", "some: Extra inputs"]),
        ("context.yaml", "terminators:", "terminator:", ["lexicon/context.yaml: terminators: is missing; add it", "terminator: nothing reads this key"]),
        ("context.yaml", "historical:", "historicall:", ["lexicon/context.yaml: historical: is missing; add it"]),
        ("context.yaml", "  reach: 7", "  reech: 7", ["lexicon/context.yaml: negation: reech: Extra inputs"]),
        ("confusable.yaml", "words:", "word:", ["lexicon/confusable.yaml: words: is missing; add it"]),
        ("drugs.yaml", "imnovid,", "imnovid, '', '--',", ["lexicon/drugs.yaml: pomalidomide: the form '' holds no word; remove it", "the form '--' holds no word"]),
        ("antimicrobials.yaml", "treats: [thrush,", "treats: [trush,", ["lexicon/antimicrobials.yaml: azole: there is no infection 'trush'; use an id of infections.yaml"]),
        ("antimicrobials.yaml", "oral_for: [C. difficile]", "oral_for: [C difficile]", ["there is no infection 'C difficile'"]),
        ("drugs.yaml", "cased: [Rd,", "cased: [Pd, Rd,", ["lexicon/drugs.yaml: 'Pd' stands at 'pomalidomide regimen' and at 'lenalidomide'; keep it at one."]),
        ("states.yaml", "well:", "resolved:", ["states.yaml: not valid YAML", "the key 'resolved' stands twice"]),
        ("context.yaml", "negation:", "negation: [", ["context.yaml: not valid YAML", "mend that line"]),
    ])  # fmt: skip
    def test_is_told(self, folder: Path, file: str, old: str, new: str, words: list[str]) -> None:
        replace_in(folder / file, old, new)
        with pytest.raises(KnowledgeError) as caught:
            load_lexicon(folder)
        for word in words:
            assert word in str(caught.value)

    def test_all_faults_at_once(self, folder: Path) -> None:
        replace_in(folder / "drugs.yaml", "imnovid,", "imnovid, lenalidomide,")
        replace_in(folder / "infections.yaml", "{id: sinusitis, tier", "{id: sinusitis, tyre")
        replace_in(folder / "states.yaml", "(completely|fully", "((completely|fully")
        with pytest.raises(KnowledgeError, match=r"has 3 fault\(s\)"):
            load_lexicon(folder)

    @pytest.mark.parametrize("file", ["drugs", "infections", "antimicrobials", "symptoms", "confusable", "states", "severity", "intents", "topics", "context"])
    def test_a_missing_file_is_named(self, folder: Path, file: str) -> None:
        (folder / f"{file}.yaml").unlink()
        with pytest.raises(KnowledgeError, match=f"{file}.yaml: the file is missing"):
            load_lexicon(folder)

    def test_an_untouched_copy_loads(self, folder: Path) -> None:
        assert load_lexicon(folder).scopes == lexicon().scopes


class TestSlips:
    """Real misspellings are found."""

    @pytest.mark.parametrize("word", """
        pomalidomde pomalidimide pomaldomide pomalidomine pomalidomied pomalidomidee pomaliodmide pomalidamide pomolidomide imnovd imnovidd immovid imnvoid pomalyts pomylast pomalist
    """.split())  # fmt: skip
    def test_pomalidomide(self, word: str) -> None:
        assert found(f"pt on {word} with flu", "drug") <= {"pomalidomide", "pomalidomide regimen"}
        assert found(f"pt on {word} with flu", "drug")

    @pytest.mark.parametrize(("word", "name"), [
        ("pnuemonia", "pneumonia"), ("pneumonai", "pneumonia"), ("pneumonnia", "pneumonia"), ("pnemonia", "pneumonia"), ("celulitis", "cellulitis"), ("cellulitus", "cellulitis"),
        ("cellulitits", "cellulitis"), ("shingels", "zoster"), ("influenzza", "influenza"), ("sinusitus", "sinusitis"), ("cystitits", "cystitis"), ("bacteremmia", "bacteraemia"),
        ("bacterimia", "bacteraemia"), ("abscesss", "abscess"), ("abcess", "abscess"), ("urosepsiss", "sepsis"),
    ])  # fmt: skip
    def test_infections(self, word: str, name: str) -> None:
        assert found(f"on pom, has {word}, hold?", "infection") == {name}

    @pytest.mark.parametrize(("word", "name"), [
        ("ciprofloxacine", "ciprofloxacin"), ("ciprofloaxcin", "ciprofloxacin"), ("ciproflaxacin", "ciprofloxacin"), ("levofloxacine", "levofloxacin"), ("levofloxicin", "levofloxacin"),
        ("moxifloxicin", "moxifloxacin"), ("ofloxacine", "ofloxacin"),
    ])  # fmt: skip
    def test_quinolones(self, word: str, name: str) -> None:
        assert found(f"UTI on {word}", "antimicrobial") == {name}


class TestLookAlikes:
    """Words that resemble a clinical one are not read as it."""

    @pytest.mark.parametrize("word", "lenalidomide thalidomide iberdomide mezigdomide lenalidomid thalidomid lenalidomyde thalidomine revlimid thalomid".split())
    def test_no_other_imid_is_pomalidomide(self, word: str) -> None:
        assert not found(f"patient on {word} with flu", "drug") & {"pomalidomide", "pomalidomide regimen"}

    @pytest.mark.parametrize("word", """
        injection injections infarction inflection inspection reaction pneumonitis pneumothorax pneumatic influence influences sinuses singles thrust trust cystic cystine sceptic aseptic
        septum absence access option cellulite keratin creatinine creatine vaccine vaccines cover covered called collar flux influx agent gently metro machine caffeine affected effected
        antibody antibodies insects sinusoidal single shingle invasive zero attention ejection
    """.split())  # fmt: skip
    def test_an_everyday_word_is_no_infection_drug_or_antimicrobial(self, word: str) -> None:
        items = [i for i in scan(f"the {word} was mentioned", 0).items if i.kind in ("infection", "drug", "antimicrobial")]
        assert [(i.kind, i.name) for i in items if getattr(i.entry, "kind", "") != "not_infection"] == []

    @pytest.mark.parametrize("text", [
        "Rd", "KRd", "DRd", "RVd", "VRd", "Kd", "DVd", "VCD", "IsaKd", "len/dex", "Revlimid and dex", "thal dex",
    ])  # fmt: skip
    def test_a_regimen_without_pomalidomide_is_none_with_it(self, text: str) -> None:
        assert not found(f"on {text}, hold?", "drug") & {"pomalidomide", "pomalidomide regimen"}

    @pytest.mark.parametrize("text", [
        "Pom-dex", "pom/dex", "Pom dex", "PomDex", "Pd", "PVd", "DPd", "IsaPd", "Isa-Pd", "EloPd", "Elo-Pd", "KPd", "PCd", "dara-pom-dex", "DaraPd", "Isa-Pom-Dex", "pom vel dex", "PomCyDex",
        "Imnovid", "IMNOVID", "imnovid", "Pomalyst", "pomalidomide", "POMALIDOMIDE", "pom", "CC-4047",
    ])  # fmt: skip
    def test_a_regimen_or_name_with_it_is(self, text: str) -> None:
        assert found(f"on {text}, hold?", "drug") & {"pomalidomide", "pomalidomide regimen"}

    def test_pd_in_capitals_after_peritoneal_words_is_no_regimen_by_form_alone(self) -> None:
        assert found("on pd, hold?", "drug") == set()


class TestQuinolones:
    """Quinolone: any fluoroquinolone."""

    @pytest.mark.parametrize("word", """
        ciprofloxacin cipro ciproxin levofloxacin levo levaquin tavanic moxifloxacin moxi avelox ofloxacin norfloxacin enoxacin lomefloxacin gemifloxacin gatifloxacin delafloxacin
        sparfloxacin pefloxacin trovafloxacin prulifloxacin besifloxacin nemonoxacin sitafloxacin quinolone quinolones fluoroquinolone fluoroquinolones FQ
    """.split())  # fmt: skip
    def test_is_one(self, word: str) -> None:
        assert any(i.kind == "antimicrobial" and i.entry.quinolone for i in scan(f"UTI treated with {word}", 0).items)

    @pytest.mark.parametrize("word", "amoxicillin doxycycline azithromycin clarithromycin trimethoprim nitrofurantoin cefalexin ceftriaxone vancomycin meropenem aciclovir fluconazole quinine hydroxychloroquine".split())
    def test_is_none(self, word: str) -> None:
        assert not any(i.kind == "antimicrobial" and i.entry.quinolone for i in scan(f"UTI treated with {word}", 0).items)


class TestCuePatterns:
    """`~` is up to three words in between, `<abx>` one word of that vocabulary; words are matched whole."""

    @pytest.mark.parametrize(("pattern", "line", "matches"), [
        ("gone", "it is gone", True),
        ("gone", "bygone days", False),
        ("gone ~ now", "gone now", True),
        ("gone ~ now", "gone for good by now", True),
        ("gone ~ now", "gone a b c d now", False),
        ("gone ~ now", "gone . now", False),
        ("day <num>", "day 3", True),
        ("day <num>", "day three", False),
        ("on <abx>", "on <abx> today", True),
        ("on <abx>", "on amoxicillin", False),
        ("(a|b) c", "b c", True),
    ])  # fmt: skip
    def test_matching(self, pattern: str, line: str, matches: bool) -> None:
        assert bool(compile_cue(pattern).search(line)) is matches

    def test_a_bracket_that_is_not_closed_is_an_error(self) -> None:
        with pytest.raises(re.error):
            compile_cue("(a|b")


class TestSpelling:
    """A slip in a long word of a cue is mended where the typed word is none that we know."""

    @pytest.mark.parametrize(("typed", "mended"), [
        ("threatning", "threatening"), ("completly", "completely"), ("ventilatd", "ventilated"), ("antibotic", "antibiotic"), ("short", "short"), ("resolves", "resolves"), ("treatments", "treatments"),
        ("hospitals", "hospitals"), ("injections", "injections"), ("12345678", "12345678"),
    ])  # fmt: skip
    def test_mend(self, typed: str, mended: str) -> None:
        assert lexicon().spelling.mend(typed) == mended


class TestTokens:
    """Folding never changes the length, so an offset into the folded text is an offset into the message."""

    @pytest.mark.parametrize("text", ["", "ABC", "İstanbul ﬀ ß", "38.5 °C – “fever”", "a\u00a0b\u202fc", "⁹µ×", "\u0130\u0130\u0130", "Straße", "ŉ", "x<!-- hidden -->y", "<script>alert(1)</script> z"])
    def test_length(self, text: str) -> None:
        assert len(fold(text)) == len(text)

    def test_what_a_reader_would_not_see_is_not_read(self) -> None:
        assert [t.text for t in tokenise(fold("UTI <!-- resolved --> hold"))] == ["uti", "hold"]

    @pytest.mark.parametrize(("text", "tokens"), [
        ("ANC 0.4", ["anc", "0.4"]), ("1,200", ["1,200"]), ("3rd day", ["3rd", "day"]), ("i.v. abx", ["iv", "abx"]), ("e.g. this", ["e", ".", "g", ".", "this"]), ("it's", ["its"]),
        ("pom-dex", ["pom", "dex"]), ("a/b", ["a", "/", "b"]), (" ?pneumonia", ["query", "pneumonia"]), ("pneumonia?", ["pneumonia", "?"]), ("\u2014", []),
    ])  # fmt: skip
    def test_words_numbers_and_signs(self, text: str, tokens: list[str]) -> None:
        assert [t.text for t in tokenise(fold(text))] == tokens

    @pytest.mark.parametrize(("text", "breaks"), [("One. Two", 1), ("Dr. Smith came", 0), ("ANC 0.4 today", 0), ("a; b", 1), ("a\nb", 1), ("a! b?", 2), ("approx. 3 days", 0)])
    def test_ends_of_sentences(self, text: str, breaks: int) -> None:
        assert sum(t.breaks for t in tokenise(fold(text))) == breaks

    def test_a_line_leads_back_to_its_tokens(self) -> None:
        tokens = tokenise(fold("on co amoxiclav now"))
        line = Line(tokens, {1: (3, "<abx>")})
        assert line.text == "on <abx> now"
        start = line.text.index("<abx>")
        assert line.token_range(start, start + 5) == (1, 3)
        assert line.token_range(line.text.index("now"), len(line.text)) == (3, 4)
