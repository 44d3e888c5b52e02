"""Counts, temperatures, ages, doses and filtration in the units and styles that people type (x10^9/L, Celsius, years, mg, mL/min)."""

from __future__ import annotations

import pytest

from assistant.reading import quantities, read
from assistant.reading.ages import ages
from assistant.reading.counts import counts
from assistant.reading.text import fold
from tests.spec.tables import table

ANC = """
    typed                                  | value
    ---------------------------------------+-------
    ANC 0.4                                | 0.4
    neuts .4                               | 0.4
    N 0.4                                  | 0.4
    ANC 400                                | 0.4
    ANC 400/mm3                            | 0.4
    ANC 400 /mm^3                          | 0.4
    ANC 0.4K                               | 0.4
    ANC 0.4 K/uL                           | 0.4
    ANC 0.4 x10^3                          | 0.4
    ANC 0.4 x10^3/uL                       | 0.4
    ANC 0.4 x10^9/L                        | 0.4
    ANC 0.4 x 10^9/L                       | 0.4
    ANC 0.4 x10e9/L                        | 0.4
    ANC 0.4 10*9/L                         | 0.4
    ANC 0.4 G/L                            | 0.4
    ANC 1.2                                | 1.2
    ANC 12                                 | 12
    ANC 50                                 | 0.05
    ANC 1,000                              | 1.0
    ANC 1 000                              | 1.0
    ANC 1.000                              | 1.0
    ANC 1000                               | 1.0
    ANC 1000/uL                            | 1.0
    ANC 1000/mcL                           | 1.0
    ANC 1000 cells/mm3                     | 1.0
    ANC 1000 per microlitre                | 1.0
    ANC 1000 per microliter                | 1.0
    ANC 1500 cells                         | 1.5
    neuts 0,5                              | 0.5
    neutrophils 0.5                        | 0.5
    neutrophil count 0.5                   | 0.5
    absolute neutrophil count of 0.5       | 0.5
    absolute neutrophil count: 500         | 0.5
    ANC=0.3                                | 0.3
    ANC: 0.3                               | 0.3
    ANC is 0.3                             | 0.3
    ANC of 0.3                             | 0.3
    ANC was 0.3                            | 0.3
    ANC today 0.3                          | 0.3
    ANC only 0.3                           | 0.3
    ANC still 0.3                          | 0.3
    ANC (0.3)                              | 0.3
    ANC < 0.5                              | 0.495
    neut 0.7                               | 0.7
    polys 0.7                              | 0.7
    granulocytes 0.7                       | 0.7
    ANC 499/uL                             | 0.499
    ANC 500/uL                             | 0.5
    ANC 0.499                              | 0.499
    neutrophils 1.8 x10^9/L                | 1.8
    Neuts down to 0.2                      | 0.2
    ANC recovered to 1.4                   | 1.4
    ANC 0                                  | 0.0
"""
PLATELETS = """
    typed                         | value
    ------------------------------+------
    platelets 24                  | 24
    plts 24                       | 24
    plt 24                        | 24
    platelets 24 x10^9/L          | 24
    platelets 24,000              | 24
    platelets 24 000              | 24
    platelets 24000               | 24
    platelets 24000/uL            | 24
    platelets 24,000/mm3          | 24
    platelets 24K                 | 24
    platelets 24 K/uL             | 24
    platelets of 150              | 150
    platelet count 49             | 49
    platelets: 50                 | 50
    platelets 1000                | 1000
    platelets 150,000/mcL         | 150
    Plts currently 30             | 30
"""
TEMPERATURES = """
    typed                      | value
    ---------------------------+------
    T 38.0                     | 38.0
    temp 38.5                  | 38.5
    temp of 38.5 C             | 38.5
    temperature 38.5C          | 38.5
    Temp: 38,5                 | 38.5
    38.5 degrees               | 38.5
    38.5 °C                    | 38.5
    fever 39                   | 39.0
    febrile at 38.3            | 38.3
    Tmax 101.5                 | 38.6
    T 101                      | 38.3
    100.4 F                    | 38.0
    temp 100.4F                | 38.0
    temp 100.3                 | 37.9
    temp 102.2                 | 39.0
    temp 104                   | 40.0
    spiking 39.1               | 39.1
    spiked to 38.9 overnight   | 38.9
    pyrexia 38.2               | 38.2
    afebrile 36.8              | 36.8
    T37.9                      | 37.9
    temp 96.8                  | 36.0
"""
AGES = """
    typed                        | value
    -----------------------------+------
    78M on pom                   | 78
    78 M on pom                  | 78
    78F, UTI                     | 78
    78yo man                     | 78
    78 y/o lady                  | 78
    78-year-old man              | 78
    78 year old woman            | 78
    78 years old                 | 78
    aged 78                      | 78
    age 78                       | 78
    age: 78                      | 78
    M78.                         | 78
    she is 78                    | 78
    he's 78                      | 78
    just turned 76               | 76
    seventy-eight year old       | 78
    eighty year old              | 80
    Mrs Smith, 81, has flu       | 81
    a 79 year old                | 79
    my dad is 80                 | 80
    101-year-old                 | 101
    patients over 75             |
    bed 78                       |
    older than 75                |
    pomalidomide 4 mg            |
    78 mg                        |
    78 kg                        |
    day 21                       |
    subject 42                   |
"""
DOSES = """
    typed                            | value
    ---------------------------------+------
    pom 4 mg                         | 4
    pom 4mg                          | 4
    pomalidomide 3 mg                | 3
    pomalidomide at 2 mg             | 2
    Imnovid 1 mg                     | 1
    4 mg pomalidomide                | 4
    4mg of pom                       | 4
    on 3 mg                          | 3
    three milligrams                 | 3
    4-mg pomalidomide                | 4
    pom (4 mg)                       | 4
    pom 4                            | 4
    was on pom 2 mg before           | 2
    pom-dex 4 mg                     | 4
    dex 4 mg                         |
    dexamethasone 40 mg              |
    amoxicillin 500 mg               |
    restart at 3 mg                  |
    reduce to 3 mg                   |
    pom 4 weeks                      |
    pom 4 days ago                   |
    5 mg                             |
"""
FILTRATION = """
    typed                          | value
    -------------------------------+------
    eGFR 59                        | 59
    eGFR of 45                     | 45
    GFR 30                         | 30
    eGFR: 28 mL/min                | 28
    CrCl 45                        | 45
    CrCl 45 mL/min                 | 45
    creatinine clearance 38        | 38
    eGFR <30                       | 30
    eGFR was 55                    | 55
    creatinine 120                 |
    clearance of the infection     |
"""
MONTHS = """
    typed                     | value
    --------------------------+------
    on pom for 2 months       | 2
    on Imnovid 6 months       | 6
    3 months into pom         | 3
    on it for 4 months        | 4
    2 months on pom           | 2
    2 months ago              |
    next month                |
"""


def last(found: list[quantities.Quantity], name: str) -> str:
    """The last value of one name as a table writes it; blank for none."""
    values = [q.value for q in found if q.name == name]
    return f"{values[-1]:g}" if values else ""


def expected(cell: str) -> str:
    """A cell's number without trailing zeros; blank stays blank."""
    return f"{float(cell):g}" if cell else ""


class TestCounts:
    """A bare ANC up to 20 is x10^9/L and from 50 on per microlitre; platelets up to 1000 and from 1500 on. (evidence, section 4.4)"""

    @pytest.mark.parametrize("row", table(ANC))
    def test_neutrophils(self, row) -> None:  # type: ignore[no-untyped-def]
        assert last(counts(fold(f"on pom, {row.typed}")), "anc") == expected(row.value)

    @pytest.mark.parametrize("row", table(PLATELETS))
    def test_platelets(self, row) -> None:  # type: ignore[no-untyped-def]
        assert last(counts(fold(row.typed)), "platelets") == expected(row.value)

    @pytest.mark.parametrize("value", ["21", "25", "30", "40", "49"])
    def test_a_bare_count_between_20_and_50_is_ambiguous_and_asked_for(self, value: str) -> None:
        (quantity,) = counts(fold(f"ANC {value}"))
        assert quantity.ambiguous
        case = read([f"UTI resolved, ANC {value}. Restart pom?"])
        assert case.anc is None
        assert "anc" in case.ambiguous

    @pytest.mark.parametrize("value", ["20", "19", "50", "51", "0.5", "500"])
    def test_outside_it_is_not(self, value: str) -> None:
        (quantity,) = counts(fold(f"ANC {value}"))
        assert not quantity.ambiguous

    @pytest.mark.parametrize("typed", [
        "neutrophils 45%", "neuts 30 %", "WBC 1.2", "wcc 0.4", "Hb 8.2", "CRP 120", "neutropenic", "ANC low", "ANC pending", "platelets fine", "plateaued at 24",
        "lymphocytes 0.4", "band 3", "announced 3", "IgG 4", "K 3.4", "ancillary 5",
    ])  # fmt: skip
    def test_what_is_no_count(self, typed: str) -> None:
        assert counts(fold(typed)) == []

    @pytest.mark.parametrize(("typed", "name", "limit"), [
        ("grade 4 neutropenia", "anc", 0.5), ("Gr 4 neutropaenia", "anc", 0.5), ("neutrophils undetectable", "anc", 0.5), ("grade 4 thrombocytopenia", "platelets", 25),
        ("ANC of three hundred and fifty", "anc", 0.5), ("platelets nineteen", "platelets", 25), ("platelet count seventeen thousand", "platelets", 25),
        ("neutrophils have fallen from 1.9 to 0.3", "anc", 0.5), ("ANC: 1.2 (1/4) 0.7 (8/4) 0.3 (15/4)", "anc", 0.5), ("neutrophils not yet above 0.5", "anc", 0.5),
    ])  # fmt: skip
    def test_a_grade_a_word_or_a_series_gives_the_current_count(self, typed: str, name: str, limit: float) -> None:
        last = [q for q in counts(fold(typed)) if q.name == name][-1]
        assert last.value < limit

    @pytest.mark.parametrize(("typed", "first", "now"), [
        ("ANC was 0.3, now 1.2", 0.3, 1.2), ("ANC 0.3 -> 1.2", 0.3, 1.2), ("ANC 1.4 last week, 0.4 today", 1.4, 0.4), ("neuts 0.2 then 0.9", 0.2, 0.9), ("ANC 0.3, back up to 1.1", 0.3, 1.1),
        ("platelets were 20, now 55", 20, 55), ("plts 18, today 60", 18, 60),
    ])  # fmt: skip
    def test_of_a_course_the_last_value_counts(self, typed: str, first: float, now: float) -> None:
        assert [q.value for q in counts(fold(typed))] == [first, now]

    def test_two_counts_in_one_line_stay_apart(self) -> None:
        found = counts(fold("ANC 0.8, plt 40, Hb 82"))
        assert [(q.name, q.value) for q in found] == [("anc", 0.8), ("platelets", 40)]


class TestTemperatures:
    """Bare numbers 34-43 are Celsius; 93-110 are Fahrenheit. (evidence, section 4.4)"""

    @pytest.mark.parametrize("row", table(TEMPERATURES))
    def test_reading(self, row) -> None:  # type: ignore[no-untyped-def]
        assert last(quantities.temperatures(fold(row.typed)), "temperature") == expected(row.value)

    @pytest.mark.parametrize("typed", ["Hb 98.2", "CRP 38.5", "albumin 38.1", "creatinine 101.5", "weight 98.4", "IgG 38.0", "sats 96.5", "temp normal", "38.5% neuts", "cycle 38", "LDH 101.5"])
    def test_what_is_none(self, typed: str) -> None:
        assert quantities.temperatures(fold(typed)) == []

    @pytest.mark.parametrize(("fahrenheit", "celsius"), [("100.4", 38.0), ("100.9", 38.3), ("101", 38.3), ("101.3", 38.5), ("102.2", 39.0), ("103.1", 39.5), ("104.0", 40.0), ("98.6", 37.0)])
    def test_conversion(self, fahrenheit: str, celsius: float) -> None:
        (quantity,) = quantities.temperatures(fold(f"temp {fahrenheit}"))
        assert quantity.value == celsius


class TestOthers:
    """Ages in years, doses of pomalidomide in mg, filtration in mL/min, time on therapy in months."""

    @pytest.mark.parametrize("row", table(AGES))
    def test_age(self, row) -> None:  # type: ignore[no-untyped-def]
        assert last(ages(fold(row.typed)), "age") == expected(row.value)

    @pytest.mark.parametrize("row", table(DOSES))
    def test_dose(self, row) -> None:  # type: ignore[no-untyped-def]
        found = quantities.doses(fold(row.typed))
        assert (f"{found[0].value:g}" if found else "") == expected(row.value)

    @pytest.mark.parametrize("row", table(FILTRATION))
    def test_filtration(self, row) -> None:  # type: ignore[no-untyped-def]
        assert last(quantities.filtrations(fold(row.typed)), "filtration") == expected(row.value)

    @pytest.mark.parametrize("row", table(MONTHS))
    def test_months_on_therapy(self, row) -> None:  # type: ignore[no-untyped-def]
        assert last(quantities.months_on_therapy(fold(row.typed)), "months_on_therapy") == expected(row.value)

    def test_weeks_become_months(self) -> None:
        assert last(quantities.months_on_therapy(fold("on pom for 6 weeks")), "months_on_therapy") == "1.4"

    @pytest.mark.parametrize(("text", "value"), [("1,000", 1000), ("1 000", 1000), ("12,500", 12500), ("0,5", 0.5), (".4", 0.4), (",4", 0.4), ("7", 7), ("1,234,567", 1234567)])
    def test_number_as_typed(self, text: str, value: float) -> None:
        assert quantities.number(text) == value


class TestWords:
    """Every fact carries the words it was read from, with offsets into its turn."""

    @pytest.mark.parametrize("turns", [
        ["78M on pom 4 mg, ANC 0.4, plts 30, temp 38.5, eGFR 45, on dialysis, UTI on ciprofloxacin, admitted. Hold?"],
        ["Elderly lady, ANC 1,200/uL, T 101.5 F, pneumonia on IV abx, pom held"],
        ["Pneumonia on pom", "now 79yo? yes, 79yo; ANC was 0.3, now 1.2", "resolved, finished antibiotics"],
        ["PT ON POM – ANC ‘0,4’; “sepsis”… T 39 °C"],
    ])  # fmt: skip
    def test_offsets(self, turns: list[str]) -> None:
        case = read(turns)
        assert case.facts
        for fact in case.facts:
            words = fact.words
            assert words.text
            assert turns[words.turn][words.start : words.end] == words.text
        for episode in case.episodes:
            for words in (*episode.words, *episode.severity_words, *episode.state_words):
                assert turns[words.turn][words.start : words.end] == words.text

    def test_the_values_of_a_case_are_those_of_its_facts(self) -> None:
        case = read(["78M on pom 4 mg, ANC 0.4, plts 30, temp 38.5, eGFR 45, pneumonia. Hold?"])
        values = {f.name: f.value for f in case.facts}
        assert (values["age"], values["dose_mg"], values["anc"], values["platelets"], values["temperature"], values["filtration"]) == (78, 4, 0.4, 30, 38.5, 45)
        assert (case.age, case.dose_mg, case.anc, case.platelets, case.temperature) == (78, 4, 0.4, 30, 38.5)
        assert case.renal_impairment
