"""What surrounds a mention, which episode it belongs to, and whose it is: the parts under `read`, one at a time."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.reading import read
from assistant.reading.patients import caregiver_writes, last_patient, speaks_of_oneself, split_patients
from assistant.reading.scan import scan
from assistant.records import Drug, EpisodeState, Infection, Treatment
from tests.spec.tables import table, turns_of, words


class TestContext:
    """Negated, uncertain, hypothetical, historical and somebody else's mentions carry a flag; a terminator ends a cue's reach."""

    @pytest.mark.parametrize("row", table(
        """
            text                                                   | item                    | has          | has not
            -------------------------------------------------------+-------------------------+--------------+-------------------------
            no pneumonia                                           | pneumonia               | negated      |
            no cough, sputum or pneumonia                          | pneumonia               | negated      |
            pneumonia was excluded                                 | pneumonia               | negated      |
            pneumonia is unlikely                                  | pneumonia               |              |
            denies cough but has pneumonia                         | pneumonia               |              | negated
            no fever. Pneumonia on film                            | pneumonia               |              | negated
            no doubt about pneumonia                               | pneumonia               |              | negated
            possible pneumonia                                     | pneumonia               | uncertain    | negated
            ?pneumonia                                             | pneumonia               | uncertain    |
            pneumonia not excluded                                 | pneumonia               | uncertain    | negated
            if she gets pneumonia                                  | pneumonia               | hypothetical |
            at risk of pneumonia                                   | pneumonia               | hypothetical |
            history of pneumonia                                   | pneumonia               | historical   |
            PMH: asthma, pneumonia, gout                           | pneumonia               | historical   |
            pneumonia in 2015                                      | pneumonia               | far          |
            pneumonia today                                        | pneumonia               | now          | far
            her husband has pneumonia                              | pneumonia               | other        |
            wife says he has pneumonia                             | pneumonia               |              | other
            contact with shingles                                  | zoster                  | exposure     |
        """
    ))
    def test_flags(self, row: SimpleNamespace) -> None:
        item = next(i for i in scan(row.text, 0).items if i.kind == "infection" and i.name == row.item)
        assert words(row.has) <= item.flags
        assert not words(vars(row)["has not"]) & item.flags


class TestEpisodes:
    """Each infection that is mentioned is an episode of one state."""

    @pytest.mark.parametrize("row", table(
        """
            conversation                                                                  | name                    | state
            ------------------------------------------------------------------------------+-------------------------+------------------------------
            Pneumonia on pom, hold?                                                       | pneumonia               | active
            ?pneumonia on pom, hold?                                                      | pneumonia               | possible
            Pneumonia improving on antibiotics, pom?                                      | pneumonia               | resolving
            Pneumonia resolved, restart pom?                                              | pneumonia               | resolved
            No pneumonia. Continue pom?                                                   | pneumonia               | absent
            History of pneumonia, now has cellulitis. Pom?                                | pneumonia               | historical
            Her husband has pneumonia, she is well. Pom?                                  | pneumonia               | other person or hypothetical
            Pneumonia resolved last month; today a new UTI. Pom?                          | pneumonia               | historical
            Pneumonia resolved last month; today a new UTI. Pom?                          | urinary tract infection | active
            UTI resolved. Restart pom? // Now a new chest infection.                      | pneumonia               | active
        """
    ))
    def test_state(self, row: SimpleNamespace) -> None:
        states = {e.name: e.state.value for e in read(turns_of(row.conversation)).episodes}
        assert states.get(row.name) == row.state

    def test_a_case_names_the_infection_that_it_is_about(self) -> None:
        assert read(["Pneumonia resolved last month; today a new UTI. Pom?"]).infection_name == "urinary tract infection"

    def test_the_words_of_a_severity_are_kept(self) -> None:
        (episode,) = read(["Pneumonia, intubated on ITU, pom. Hold?"]).episodes
        assert {w.text.lower() for w in episode.severity_words} == {"intubated", "itu"}
        assert episode.state is EpisodeState.ACTIVE


class TestWhoWrites:
    """A writer who speaks of themself, a caregiver, a clinician."""

    @pytest.mark.parametrize("text", [
        "I'm on pomalidomide and have a cough", "I have shingles and take Imnovid", "my temperature is 38.5 on pomalidomide", "Can I take my capsules with this cold?", "i caught flu, do i stop my pom",
    ])  # fmt: skip
    def test_the_patient(self, text: str) -> None:
        assert speaks_of_oneself(text)
        assert not caregiver_writes(text)

    @pytest.mark.parametrize("text", [
        "My husband has a fever and he is on pomalidomide", "Mum is on Imnovid and she has a cough", "my dad takes pom, he is ill", "our daughter has myeloma and she caught flu",
    ])  # fmt: skip
    def test_a_caregiver(self, text: str) -> None:
        assert caregiver_writes(text)

    @pytest.mark.parametrize("text", ["78M on pom with pneumonia", "my patient has a UTI", "Pt on pom, hold?", "She has pneumonia", "He says his chest hurts"])
    def test_a_clinician(self, text: str) -> None:
        assert not speaks_of_oneself(text)
        assert not caregiver_writes(text)


class TestPatients:
    """Two patients in one message are cut apart; a name in passing is no second patient."""

    @pytest.mark.parametrize(("text", "count"), [
        ("Bed 3 has pneumonia, bed 5 has a UTI", 2), ("Mr Smith has flu. Mr Jones has shingles.", 2), ("Two patients on pom: first has flu, second has a UTI", 2), ("78M with flu on pom", 1),
        ("Mr Brown, seen with Dr Lee, has pneumonia", 1), ("", 1), ("68F with a UTI; 71M with shingles", 2),
    ])  # fmt: skip
    def test_pieces(self, text: str, count: int) -> None:
        assert len(split_patients(scan(text, 0))) == count

    def test_nothing_of_one_patient_is_lent_to_another(self) -> None:
        case = read(["Mr Smith, 80, CKD 4, pneumonia on ITU. Mr Jones, 60, mild cold. Both on pom."])
        first, second = case.others
        assert (first.age, first.renal_impairment, first.severity.value) == (80, True, "life_threatening")
        assert (second.age, second.renal_impairment, second.severity.value) == (60, False, "mild")

    def test_a_new_patient_leaves_the_earlier_turns_behind(self) -> None:
        scans = [scan(text, n) for n, text in enumerate(["82M, sepsis", "Different patient: 60F with a cold"])]
        assert [s.turn for s in last_patient(scans)] == [1]


class TestTreatmentAndDrug:
    """What happens to pomalidomide now, and which drug the question is about."""

    @pytest.mark.parametrize(("turns", "treatment"), [
        (["Pom held for pneumonia."], Treatment.HELD), (["Pneumonia, pom on hold."], Treatment.HELD), (["Pneumonia, still taking pom."], Treatment.TAKING), (["Pneumonia."], Treatment.UNKNOWN),
        (["Pom held for pneumonia.", "Pom restarted last week."], Treatment.TAKING),
    ])  # fmt: skip
    def test_treatment(self, turns: list[str], treatment: Treatment) -> None:
        assert read(turns).treatment is treatment

    @pytest.mark.parametrize(("text", "drug"), [
        ("Pneumonia on pomalidomide, hold?", Drug.POMALIDOMIDE), ("Pneumonia on DPd, hold?", Drug.POMALIDOMIDE), ("Pneumonia, hold?", Drug.UNSPECIFIED), ("Pneumonia on lenalidomide, hold?", Drug.OTHER),
        ("Pneumonia on pom after lenalidomide failed, hold pom?", Drug.POMALIDOMIDE), ("Pneumonia on KRd, hold?", Drug.OTHER), ("Pom, bortezomib, dex; pneumonia, hold pom?", Drug.POMALIDOMIDE),
    ])  # fmt: skip
    def test_drug(self, text: str, drug: Drug) -> None:
        assert read([text]).drug is drug

    def test_another_drug_is_named(self) -> None:
        assert read(["Hold Revlimid for a cold?"]).other_drug == "lenalidomide"

    def test_an_empty_conversation_says_nothing(self) -> None:
        case = read([""])
        assert case.infection is Infection.UNKNOWN
        assert case.facts == ()
        assert case.episodes == ()
