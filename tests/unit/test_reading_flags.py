"""Flags of a case: sources that contradict each other, what is only suspected, who writes, how many patients, a stop for good."""

from __future__ import annotations

import pytest

from tests.spec.tables import faults_of

CONTRADICTIONS = [
    "Ward sheet: 'no infection'. Drug chart: IV tazocin at 06:00 today for cholangitis. Pom tonight?",
    "Checklist says 'infections: none'. He shows me his doxycycline, day 3, for bronchitis. Give pom?",
    "Handover: afebrile all night. Obs at 04:00 38.9. No source. Pom at noon?",
    "GP letter: 'cellulitis resolved'. I see the leg: still red and hot, oozing. Restart pom?",
    "The form says no infection, but she is on day 2 of trimethoprim for a UTI. Release the pom?",
    "Note calls it a minor UTI. Same note: noradrenaline, lactate 7. Continue pom?",
    "Banner reads 'infection free'. My exam: purulent sputum, crackles. Pom today?",
    "Course of antibiotics completed on Monday. Currently on day 2 of 7 of doxycycline for the same chest infection. Pom?",
]
NO_CONTRADICTIONS = [
    "Letter says pneumonia resolved in May. Now has shingles, valaciclovir tablets. Pom?",
    "My cold is finally over, no runny nose, no fever for a week. Restart pom?",
    "Chest film: no consolidation. Swab shows RSV. Hold pom?",
    "Osteomyelitis, on oral linezolid for three more weeks. Boss says cleared for discharge. Restart pom?",
    "febrile neutropenia, pom held // fever's gone, neuts 1.1, still on the tazocin",
    "Not septic, lactate 1, just E. coli in the urine. Cefalexin at home. Pom?",
    "Discharge letter: cellulitis resolved, antibiotics finished in June, well since. Restart pom?",
]
SUSPICIONS = [
    "?cellulitis vs gout, foot red, doppler tomorrow. On Pd. Hold pom?",
    "CT: psoas collection, abscess vs haematoma. No fever. Pom until biopsy?",
    "Working diagnosis PJP, nothing proven, IV co-trimoxazole running. Pom?",
    "CNS in one bottle, ?contaminant, T 38.2 once, repeats sent. Pom due",
    "Being tested for TB because of cough, result not out yet. Pom 4 mg, stop?",
    "T 37.9, ANC 0.9, two sets of cultures cooking. Nobody has called it an infection yet. Pom?",
    "?endocarditis, new murmur, cultures taken, empirical IV gentamicin running. Pom before it's proven?",
    "T 38.6, no source. Pom tonight?",
]
DIAGNOSES = [
    "Doxycycline ended Monday, fever long gone, sinuses still blocked and sore. Pom back?",
    "ANC 0.7, T 38.4, forehead and cheeks tender, full of green snot, on co-amoxiclav at home. Pom?",
    "T 38.9, crackles at the base, RLL infiltrate on film, on ceftriaxone. Pom?",
    "Fever since 3 days, smear shows P. vivax, chloroquine tablets. Pom?",
    "T 39, Ehrlichia PCR came back positive, doxy tablets at home. KPd due",
    "Rigors, urine full of pus cells, loin pain, IV amikacin started. Pom?",
    "38.4, port pocket red and weeping, vancomycin going in. Pom?",
    "Flank pain, 38.3, urine culture growing coliforms. Pom?",
]
OUT_OF_SCOPE = ["What's 103.2 F in Celsius?", "Elranatamab step-up D4, T 38.5, tocilizumab now?", "Revlimid 25, neutropenic fever, hold the Rev? No pom involved."]


class TestContradiction:
    """One source says none, another shows an infection."""

    @pytest.mark.parametrize("question", CONTRADICTIONS)
    def test_is_flagged(self, question: str) -> None:
        assert faults_of(question, "hold", flags="contradiction") == []

    @pytest.mark.parametrize("question", NO_CONTRADICTIONS)
    def test_is_none_where_time_or_another_illness_explains_it(self, question: str) -> None:
        assert faults_of(question, "", flags="-contradiction") == []


class TestSuspicion:
    """An infection that is feared, against one that is found; either way pomalidomide is held."""

    @pytest.mark.parametrize("question", SUSPICIONS)
    def test_is_flagged(self, question: str) -> None:
        assert faults_of(question, "hold", flags="suspected") == []

    @pytest.mark.parametrize("question", DIAGNOSES)
    def test_ends_with_a_finding_or_a_treated_site(self, question: str) -> None:
        assert faults_of(question, "hold", flags="-suspected") == []

    @pytest.mark.parametrize("question", OUT_OF_SCOPE)
    def test_is_not_told_of_what_is_out_of_scope(self, question: str) -> None:
        assert faults_of(question, "out_of_scope", flags="-suspected -neutropenic_fever") == []


OWN = [
    "I've a sore throat, I'm on pomalidomide, the nurse told me to leave the capsules // Gone now. Ten days without a sniffle. Do I go back to 3 mg?",
    "Intensive care with sepsis at New Year, all the antibiotics done, feeling brilliant. Found my old Imnovid 4s, can I start them?",
    "Eyes stream only when I mow, every June, loratadine sorts it. No bug. Carry on with the pomalidomide?",
    "I have myeloma and take Pomalyst. I've a cold // My husband says I fuss, he had one last week. Take it?",
    "I'm on pomalidomide and my knee is red, GP says cellulitis and gave me flucloxacillin. Do I take tonight's capsule?",
    "My kids brought home a cold and now I've got it. Still take my Imnovid?",
    "Shingles round my waist, been on Pomalyst a year, tablets from the doctor. Should I skip a dose?",
    "They put me on a drip for my chest. I've still got my capsules here, do I swallow one tonight?",
    "I'm a nurse on pomalidomide and I have a UTI, on nitrofurantoin. Stop?",
    "my husband has flu, I feel fine, I take pomalidomide. carry on?",
    "can i get a piercing or dye my hair on imnovid",
    "My mother is on Pomalyst, vomiting since last night. Pause? // This is the mother herself now. I feel better but I still have the runs. Take it?",
]
OF_ANOTHER = [
    "Last doxycycline on the 5th, he is back at bowls. Nobody has told me, his GP, if the pom goes back at 4.",
    "Duty pharmacist here. Note from March says hold pom, infection. He's had it monthly since with no trouble and tells me he's fine. Anything stopping me today?",
    "I have a lady on pomalidomide with cellulitis. Do I stop it?",
    "I'm the registrar on call. Pneumonia on pom, IV. Hold, I take it?",
    "His wife told me he had rigors last night. On Pd. Do I hold?",
    "My mum is on pomalidomide and has a cold. Do I give her the capsule?",
    "Mammy takes pomalidomide, tonsils bad, antibiotic syrup. Do I give it to her?",
    "Dad has a kidney infection, in on a drip. I've got his pomalidomide here. Give it?",
    "Can you convert 101.3 F into Celsius for me",
    "I've looked at the leg: venous eczema, no infection. Pom continues, I take it?",
    "She came to me on Pomalyst with a cystitis, fosfomycin. Hold?",
    "He's on Pomalyst with a cold. I have myeloma patients like him often and I'm fine with it. Stop his?",
]
TWO = [
    "Mr and Mrs Iqbal, both on pom, both flu A. He is on high flow in a side room. She is at home with oseltamivir. Stop in both?",
    "Couple, both on pom. He has flu with fever 38.5. She is negative, no symptoms. Stop one or both?",
    "My aunts are twins, both on pomalidomide. Ruth: in hospital on a drip for cellulitis. Jean: tablets for a tooth infection. Stop in both?",
    "Dad and my uncle both have myeloma and take pomalidomide. Dad's bronchitis is gone. Uncle is in the ICU with sepsis. Can both restart?",
    "Bed A pom, cold gone. Bed B pom, on IV Zosyn for pneumonia. // which one restarts?",
    "Pom x2 // one has strep throat on amoxicillin, the other's in hospital with pyelonephritis, IV // stop?",
]
ONE = [
    "CT shows pyelo, ertapenem x10, dose 3 today, same chairs he gets dara in. DPd today?",
    "78F with pneumonia, IV. Her sister has flu. On pom 4. Hold?",
    "Two doses of pom missed. Cold gone. Restart?",
    "She and her husband both have covid, only she is on pom. Hold hers?",
]
FOR_GOOD = [
    "Another cystitis, on nitrofurantoin. Honestly, can we just throw the Pomalyst away?",
    "Pneumonia again. Could we chuck the capsules out and be done with them?",
    "Should we stop pomalidomide for good after that pneumonia?",
    "What's the downside of never going back to pom after an infection?",
    "Sepsis resolved. Family say never again with pomalidomide. Right?",
    "Pneumonia resolved, hold pom indefinitely?",
    "Why is a total stop frowned on in the article?",
    "Third infection of the year. Isn't it kinder to call time on pomalidomide?",
]
NOT_FOR_GOOD = [
    "Pom was never restarted after the cellulitis in May, all healed. Restart?",
    "UTI resolved, on trimethoprim indefinitely as prophylaxis. Restart pom?",
    "Pneumonia resolved, on 4 mg. Drop pom from 4 to 3?",
    "Pneumonia gone, he has a permanent pacemaker. Restart pom?",
    "Cellulitis gone, ID said he never wanted to see him again. Restart pom?",
    "What's done with pom after a severe infection?",
]


class TestOtherRelatives:
    """In a carer's message the recovery of another relative is not the patient's."""

    @pytest.mark.parametrize("question", [
        "Nan (on pomalidomide) has a chest infection. Grandad had one, his has totally cleared up. Should nan take hers?",
        "Mum takes Imnovid and has a cold. Dad had it first but he's all better now. Does mum stop?",
    ])  # fmt: skip
    def test_recover_for_themselves(self, question: str) -> None:
        assert faults_of(question, "hold") == []

    def test_of_the_same_name_are_the_patient(self) -> None:
        assert faults_of("My dad is on pomalidomide and had pneumonia. Father is completely recovered, off antibiotics a month. Restart?", "resume") == []


class TestVoice:
    """Who writes: the patient, or somebody who treats or cares for one."""

    @pytest.mark.parametrize("question", OWN)
    def test_of_the_patient_is_heard(self, question: str) -> None:
        assert faults_of(question, "", flags="patient_voice") == []

    @pytest.mark.parametrize("question", OF_ANOTHER)
    def test_of_anybody_else_is_not_the_patients(self, question: str) -> None:
        assert faults_of(question, "", flags="-patient_voice") == []


class TestTwoPatients:
    """Several patients in one message are kept apart, and the most cautious decision is shown."""

    @pytest.mark.parametrize("question", TWO)
    def test_are_told(self, question: str) -> None:
        assert faults_of(question, "hold", flags="two_patients") == []

    @pytest.mark.parametrize("question", ONE)
    def test_are_not_seen_in_one(self, question: str) -> None:
        assert faults_of(question, "", flags="-two_patients") == []


class TestPermanentStop:
    """A stop for good that is asked about, against words that sound like one."""

    @pytest.mark.parametrize("question", FOR_GOOD)
    def test_is_asked(self, question: str) -> None:
        assert faults_of(question, "", flags="permanent_stop_asked") == []

    @pytest.mark.parametrize("question", NOT_FOR_GOOD)
    def test_is_not_asked(self, question: str) -> None:
        assert faults_of(question, "", flags="-permanent_stop_asked") == []
