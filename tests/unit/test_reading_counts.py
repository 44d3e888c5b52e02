"""Counts that are not given outright: a white count with its differential, lakhs, a lowest value told afterwards; and creatinine, ages in passing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.reading import quantities, read
from assistant.reading.ages import ages
from assistant.reading.differential import differentials
from assistant.reading.text import fold
from assistant.rules import decide
from tests.spec.tables import table

DIFFERENTIALS = """
    typed                                                   | value
    --------------------------------------------------------+------
    TLC 2100, N 20%                                         | 0.42
    TLC 1,200 with DLC N30 L58 M10 E2                       | 0.36
    WBC 1.8, segs 22%, bands 2%                             | 0.432
    WCC 0.9 (neuts 30%)                                     | 0.27
    leukocytes 1.2 K/uL with 25% neutrophils                | 0.3
    TLC 1800, P20 L70                                       | 0.36
    DLC N/L 25/65, TLC 1600                                 | 0.4
    white count 2.2, of which 18% are neutrophils           | 0.396
    total count 900, polys 40%                              | 0.36
    WBC 12 (90% neutrophils)                                | 10.8
    WBC 6, plt 90, sats 96%                                 |
    wbc 4.1, hb 90, neutrophils 40 %                        |
    wound culture: WBC 3 per HPF, N 20%                     |
    SpO2 96%, N 20%                                         |
"""
PLATELETS = """
    typed                                                   | platelets | nadir
    --------------------------------------------------------+-----------+------
    plt 1.4 lakh                                            | 140       | 140
    platelets 0.22 lakhs                                    | 22        | 22
    platelet count 2 lacs                                   | 200       | 200
    plts only 38. they were 19 at the worst                 | 38        | 19
    plts 38 now; nadir was 19                               | 38        | 19
    plt 38 (12 at worst)                                    | 38        | 12
    Platelets 41, having been 18 last week                  | 41        | 18
    plts 45. The nadir was 20.                              | 45        | 20
    platelets 40, lowest point 11                           | 40        | 11
    plts 44, nadir 18 three weeks ago.                      | 44        | 18
    plt now 38, had been 21 a fortnight back                | 38        | 21
    platelets 62 (lowest 19 a couple of cycles ago)         | 62        | 19
    plts 45. Never below 30.                                | 45        | 45
    plts 38. Hb 88, CRP was 190                             | 38        | 38
"""
KIDNEYS = """
    typed                                        | raised
    ---------------------------------------------+-------
    creat 4.2 (baseline 1.0)                     | yes
    creatinine 310 (usually 95)                  | yes
    creat 512 from 80                            | yes
    creatinine 88 up to 340                      | yes
    baseline creat 90                            | no
    creat was 1.2 baseline, now 2.1              | yes
    Cr 1.2 -> 2.4                                | yes
    Cr 1.1 (b/l 1.0)                             | no
    creatinine 486 umol/L                        | yes
    Cr 2.9                                       | yes
    creat 168                                    | no
    s. creat 1.1                                 | no
    creatinine was 310, now back to 90           | no
    creatinine clearance 220                     | no
    Cr 102                                       | no
"""
AGES = """
    typed                                                | value
    -----------------------------------------------------+------
    Mrs Owen is eighty three full stop she has cystitis   | 83
    Another lady now: 81, Imnovid 3                      | 81
    84 and flatly refuses to come in                     | 84
    82, lives alone, on pom                              | 82
    My own lady then, 77, LRTI                           | 77
    Dad's 88, on pom                                     | 88
    we care for grandma who's 86                         | 86
    Papa is 80, on pom                                   | 80
    patient is 78/M, on Pomalyst                         | 78
    M/78 on pom                                          | 78
    Jeanie, 78, on pom                                   | 78
    born 1948, so 77                                     | 77
    She turns 76 next week                               | 75
    She turned 76 last week                              | 76
    62 yr male, temp 101 F at home                       | 62
    His dad is 88 and has flu                            |
    81, well, no infection                               | 81
    91, eGFR 26, heart failure                           | 91
    Just had her 80th                                    | 80
    his birthday was last week so 76                     | 76
    Husband 81 had it in May                             |
    Tmax F 98.4                                          |
    Temp, 38, on pom                                     |
    sats 94, crackles                                    |
"""


def _current(found: list[quantities.Quantity], name: str) -> float | None:
    return next((q.value for q in reversed(found) if q.name == name and not q.nadir), None)


class TestDifferentials:
    """Neutrophils in 10^9/L reckoned from the white count and their share."""

    @pytest.mark.parametrize("row", table(DIFFERENTIALS))
    def test_are_reckoned(self, row: SimpleNamespace) -> None:
        found = [d.value for d in differentials(fold(row.typed))]
        assert found == ([pytest.approx(float(row.value))] if row.value else [])

    def test_stand_behind_a_count_that_is_given_outright(self) -> None:
        assert read(["Pom. WBC 1.1, ANC 0.9, neuts 80%, no infection"]).anc == 0.9

    def test_hold_pomalidomide_where_they_are_low(self) -> None:
        assert decide(read(["No infection. WBC 1.8, segs 22%, bands 2%. Pom C2D15, keep going?"])).action.value == "hold"

    def test_derive_neutropenic_fever(self) -> None:
        assert read(["TLC 1,200 with DLC N30 L58. Temp 101.4 F. Tonight's pom?"]).neutropenic_fever

    def test_point_at_their_words(self) -> None:
        text = "No infection. WBC 1.8, segs 22%. Pom?"
        fact = next(f for f in read([text]).facts if f.name == "anc")
        assert fact.words.text == text[fact.words.start : fact.words.end] == "WBC 1.8, segs 22"


class TestPlatelets:
    """The current count and the lowest one beside it, in 10^9/L."""

    @pytest.mark.parametrize("row", table(PLATELETS))
    def test_are_told_with_their_lowest(self, row: SimpleNamespace) -> None:
        case = read([f"Cold gone. {row.typed}. Restart pom?"])
        assert (case.platelets, case.platelets_nadir) == (float(row.platelets), float(row.nadir))

    @pytest.mark.parametrize("later", ["they were 16 at the worst", "at worst 16", "16 was the lowest"])
    def test_have_their_lowest_in_a_later_turn(self, later: str) -> None:
        case = read(["Cold gone, plts 42. Restart pom?", later])
        assert (case.platelets, case.platelets_nadir) == (42, 16)


class TestKidneys:
    """A creatinine that shows impaired kidneys by itself or beside its baseline."""

    @pytest.mark.parametrize("row", table(KIDNEYS))
    def test_are_read_from_creatinine(self, row: SimpleNamespace) -> None:
        assert read([f"Pneumonia on pom, {row.typed}. Hold?"]).renal_impairment is (row.raised == "yes")

    def test_pd_for_a_relapse_is_a_regimen_and_no_dialysis(self) -> None:
        assert not read(["Pneumonia, IV ceftriaxone. On Pd for second relapse. Hold?"]).dialysis
        assert read(["Pneumonia, IV ceftriaxone. On PD for end stage kidneys, takes pom. Hold?"]).dialysis

    @pytest.mark.parametrize("typed", ["eGFR forty four", "the filtrate is 48 ml/min", "her eGFR has settled at 38", "CrCl 34"])
    def test_are_read_from_filtration_in_other_words(self, typed: str) -> None:
        assert read([f"Pneumonia on pom, {typed}. Hold?"]).renal_impairment


class TestAges:
    """Ages said in passing."""

    @pytest.mark.parametrize("row", table(AGES))
    def test_are_read(self, row: SimpleNamespace) -> None:
        found = [q.value for q in ages(fold(row.typed))]
        assert found[-1:] == ([float(row.value)] if row.value else [])

    def test_of_a_relative_do_not_stand_for_the_patients(self) -> None:
        assert read(["78F on pom, RSV pneumonia on the ward, sister 66 died of sepsis. Hold?"]).age == 78
