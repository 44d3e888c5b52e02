"""Long and formal letters and a panel of many hands: what once misled the reader, in other words, and its near neighbours."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of, table


class TestACourseThatRuns:
    """What is said to run still, or to be counted, is no end of it (spec, section 4.3), however well somebody feels."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                              | action | severity | restart | flags
            ------------------------------------------------------------------------------------------------------------------------------------------------------+--------+----------+---------+------
            Discitis, pain gone, back at work. The last of six weekly dalbavancin infusions is due on Friday week. Pom now or after?                              | hold   | severe   |         |
            Osteomyelitis settled and walking well; her final dose of oritavancin is booked for the 9th. Imnovid in the meantime?                                 | hold   | severe   |         |
            His cellulitis has healed, and the remaining ertapenem doses are scheduled through OPAT. Restart pom 4 mg?                                            | hold   | severe   |         |
            TB, week eight of rifampicin and isoniazid, sputum now smear negative, cough gone, gaining weight. Pom 3 mg back?                                     | hold   |          |         |
            Pulmonary tuberculosis: he feels cured, and has four more months of tablets to come. Does that count as complete resolution, so that pom may go back? | hold   |          |         |
            Nocardia, month seven of co-trimoxazole, scan clean, feels cured. Pomalidomide back on?                                                               | hold   |          |         |
            At week five of voriconazole she feels perfectly well; does she qualify as resolved for pomalidomide?                                                 | hold   |          |         |
            Being treated for pneumonia, he feels well again and is back at work. Restart pom?                                                                    | hold   |          |         |
            Currently treated for cellulitis, up and about, feels fine. Pom?                                                                                      | hold   |          |         |
            UTI on cefalexin since Monday, burning gone within two days. Pom back?                                                                                | hold   | mild     |         |
            Pneumonia, started doxycycline yesterday, fever gone within hours. Pom?                                                                               | hold   | mild     |         |
            Diagnosed with TB in April. He cycles to clinic. Pom?                                                                                                 | hold   |          |         |
            Two weeks later: chest infection, no antibiotics yet. Pom 4 mg?                                                                                       | hold   |          |         |
            Three weeks on: well, no antibiotics yet, the sputum grew pseudomonas. Pom?                                                                           | hold   |          |         |
            Discharged on Monday with no antibiotics after IV treatment of pneumonia but the cough is back. Pom 4 mg back?                                        | hold   | severe   |         |
            Five days of ciprofloxacin for a UTI, pom stopped 3 weeks ago. Still stings. Restart?                                                                 | hold   | mild     |         |
            Rash gone, ID counts it as unresolved and wants more scans. Valaciclovir done. Pom?                                                                   | hold   |          |         |
            Conjunctivitis, chloramphenicol drops, eyes white for two days. Pom 4 mg back?                                                                        | hold   | mild     |         |
            PCR still positive at Ct 36, dead virus they say, but she is still coughing. Pom held since day 1, back on?                                           | hold   |          |         |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestACourseThatEnded:
    """The same words where it is over."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                 | action | severity | restart            | flags
            -----------------------------------------------------------------------------------------------------------------------------------------+--------+----------+--------------------+----------
            The last of her dalbavancin infusions was given three weeks ago, the discitis is cured. Restart pom 4 mg?                                | resume | severe   | consider_reduction |
            After being treated for cystitis last month she has no symptoms and takes nothing. Pom 4 mg back?                                        | resume | mild     | same_dose          |
            Treated for pneumonia in May, well since. Pom 4 mg back?                                                                                 | resume |          |                    |
            UTI, cefalexin finished a week ago, burning gone within two days. Pom 4 mg back?                                                         | resume | mild     | same_dose          |
            Discharged on Monday without antibiotics after pneumonia treated IV, well since. Pom 4 mg back?                                          | resume | severe   | consider_reduction |
            Pneumonia in C2 with five days of IV co-amoxiclav. Four weeks out: afebrile, off antibiotics, counts normal. Restart pom 4 mg?           | resume | severe   | consider_reduction |
            Seven days of ciprofloxacin for Campylobacter, stopped three weeks ago, stools formed since and no cramps. Restart pom 4 mg?             | resume | mild     | same_dose          | quinolone
            Eye infection, ointment for a week, lids normal since. Pom 4 mg had been paused. Restart?                                                | resume | mild     | same_dose          |
            Conjunctivitis, chloramphenicol drops for five days, both eyes quiet for three weeks and the bottle thrown away. Pom 3 mg before. Again? | resume | mild     | same_dose          |
            Cold in August, gone within four days and never treated, pom paused since. Restart at 4 mg?                                              | resume | mild     | same_dose          |
            Boil lanced, course ended three weeks ago, skin normal. At what dose once pom 4 mg is resumed?                                           | resume | severe   | consider_reduction |
            Head cold long gone. By the time pom is restarted she will be off everything. 4 mg?                                                      | resume | mild     | same_dose          |
            COVID, symptom free for a month, PCR still positive at Ct 38, non-viable virus, recovered says ID. Pom held. Wait for a negative?        | resume |          |                    |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestWhatIsLeft:
    """Nerve pain, and taste or smell, that an infection leaves is not the infection (spec, section 4.22); a cough is."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                                          | action | severity | restart   | flags
            ------------------------------------------------------------------------------------------------------------------------------------------------------------------+--------+----------+-----------+------
            Shingles, rash gone in May, valaciclovir done; burning remains for which amitriptyline. Pom 4 mg again?                                                           | resume | mild     | same_dose |
            The rash went in July and the famciclovir tablets with it; her burning where it was, on gabapentin, is all she has. Does neuralgia count as unresolved? Pom 4 mg? | resume | mild     | same_dose |
            Everything cleared after her covid except the taste. Mild throughout, no treatment. Pom 4 mg back?                                                                | resume | mild     | same_dose |
            Everything cleared after her covid except the cough. Mild throughout. Pom 4 mg back?                                                                              | hold   | mild     |           |
            Everything went after the flu apart from a wet cough. Pom back?                                                                                                   | hold   |          |           |
            Shingles, rash gone, but burning when she passes water and cloudy urine. Pom?                                                                                     | hold   |          |           |
            Rash went in July with the famciclovir; the burning now has new blisters. Pom?                                                                                    | hold   |          |           |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestAnothersInfection:
    """Staff and neighbours are others; a contact lens is nobody."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                    | action  | severity | restart | flags
            ----------------------------------------------------------------------------------------------------------------------------+---------+----------+---------+----------
            Our research nurse has tested positive for covid an hour after cannulating him; he is well and negative. On pom 4 mg. Hold? | no_hold |          |         |
            The porter who wheeled her down has shingles; she feels well and has no rash. Continue Imnovid?                             | no_hold |          |         |
            Lady opposite has C diff, ours has normal stools and feels well, no infection. Continue pom?                                | no_hold |          |         |
            A contact of his has keratitis from a swimming pool; he is well and has no symptoms. Continue pom?                          | no_hold |          |         |
            Granddaughter has flu. He is well with a negative swab, on Tamiflu once daily for ten days as a contact. Does pom stop?     | no_hold |          |         |
            Lady opposite has C diff, and ours has had watery stools since dawn. Pom?                                                   | hold    |          |         |
            Nurse tested him and he is positive for flu. Pom?                                                                           | hold    |          |         |
            She is on Tamiflu for flu, caught as a contact of her son. Does pom stop?                                                   | hold    |          |         |
            Pneumonia on ceftriaxone, son given azithromycin as a contact. Does pom stop?                                               | hold    | severe   |         |
            Contact lens wearer with bacterial keratitis on hourly levofloxacin drops as an outpatient. Pom?                            | hold    | mild     |         | quinolone
            Contact lens related corneal ulcer, drops every hour. Does pom go on?                                                       | hold    | mild     |         |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestCarriedOrPrevented:
    """What is carried or prevented is no infection; what grows where nothing should, or a new sign beside it, is."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                                           | action  | severity | restart | flags
            -------------------------------------------------------------------------------------------------------------------------------------------------------------------+---------+----------+---------+----------
            Admission screen grew MRSA from the nose, she is well, afebrile. Stop pom?                                                                                         | no_hold |          |         |
            Rectal carriage of VRE, apyrexial, no treatment planned. Need pom stop?                                                                                            | no_hold |          |         |
            IGRA positive, CT clear; the TB clinic says latent and started rifampicin. Pd due Monday. Does that count as treatment of an infection?                            | no_hold |          |         |
            Azithromycin three times weekly for bronchiectasis as prophylaxis, cough as ever, no exacerbation since spring. The sister says any antibiotic means no pom. True? | no_hold |          |         |
            Hoarse on pom, hold? // ENT: laryngopharyngeal reflux, no infection. So?                                                                                           | no_hold |          |         |
            38.9 and rigors on pom-dex, hold? // Sorry, wrong obs chart. Ours is 36.7, no symptoms, nobody suspects infection                                                  | no_hold |          |         |
            Admission screen grew MRSA from the nose, and her PICC site is red and oozing. Stop pom?                                                                           | hold    |          |         |
            VRE in the rectum and now in two blood culture bottles, feels fine. Pom?                                                                                           | hold    | severe   |         |
            TB clinic has started HRZE for smear positive disease. Pd due Monday?                                                                                              | hold    |          |         |
            Bronchiectasis, sputum greener than usual, on doxycycline. Pom?                                                                                                    | hold    | mild     |         |
            Bronchiectasis, on azithromycin as prophylaxis; sputum unchanged but a temperature of 38.4. Pom?                                                                   | hold    |          |         | suspected
            He is to finish any remaining antibiotics for his cellulitis. Pom back?                                                                                            | hold    |          |         |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestWhichIllness:
    """Of several illnesses told one after the other, the last is asked about, with its own severity."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                                     | action | severity         | restart   | flags
            -------------------------------------------------------------------------------------------------------------------------------------------------------------+--------+------------------+-----------+--------------
            March: pneumonia with IV ceftriaxone. June: a cold, gone in a week and never treated, pom paused for it. Restart at 4 mg?                                    | resume | mild             | same_dose |
            Which of these two infections sets the dose, the pneumonia in 2021 or last week's cold, gone for six days, never treated? Pom paused, 4 mg.                  | resume | mild             | same_dose | -two_patients
            He was ventilated for a long spinal fusion. The infection was a whitlow, oral flucloxacillin, finished, healed a fortnight ago. Pom 4 mg?                    | resume | mild             | same_dose |
            March: cold, gone in a week. June: pneumonia, IV ceftriaxone. Pom?                                                                                           | hold   | severe           |           |
            January: pneumonia, on IV ceftriaxone. Pom?                                                                                                                  | hold   | severe           |           |
            Pom was restarted without incident after the cystitis. Now pneumonia. Hold?                                                                                  | hold   |                  |           |
            Which of them restarts? Bed 1 has a cold, bed 2 has pneumonia on IV; both on pom.                                                                            | hold   |                  |           | two_patients
            Bed 4, pneumonia on the ventilator. Hold pom? // Yes. Other man, bed 6, with a stye last month, ointment, gone for three weeks, pom paused at 3 mg. Restart? | resume | mild             | same_dose |
            Two in clinic, both on pom, both fully recovered and off antibiotics. Mr Hay had cystitis. Mrs Ito had pneumonia with IV. What now?                          | resume | severe           |           | two_patients
            Two in clinic, both on pom, both recovered. Mr Hay had cystitis. Mrs Ito had pneumonia and is coughing again. What now?                                      | hold   |                  |           | two_patients
            Covid in bed 3 and Legionella in bed 7. Bed 7: 60 L/min through the nose, FiO2 0.6. Hold pom for bed 7?                                                      | hold   |                  |           |
            Legionella, 60 L/min through nasal cannula, not tubed. Hold pom?                                                                                             | hold   | life_threatening |           |
            Blood culture: Listeria. He feels fine. Pom?                                                                                                                 | hold   | severe           |           |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestWhatIsAsked:
    """A fact beside a hold that stands, another drug, another matter, a dog; never where the decision is open."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                                                 | action       | severity | restart | flags
            -----------------------------------------------------------------------------------------------------------------------------------------+--------------+----------+---------+--------------
            My boss says the old ones start at 3 mg once an infection has gone. Does the article actually say so?                                    | inform       |          |         |
            He is 81 with cellulitis, pom stays off, I am not asking about that. What weekly dexamethasone does the article give at his age?         | inform       |          |         |
            She has pneumonia and takes her pom, all of that agreed. What does the article say about dexamethasone over 75?                          | hold         |          |         |
            I start pom tomorrow. Is it usual to give antibiotics along with it as protection, and for how long?                                     | inform       |          |         |
            DVT on pom, no infection. Rivaroxaban or apixaban?                                                                                       | out_of_scope |          |         |
            DVT on pom and pneumonia on amoxicillin. Rivaroxaban dose, and hold pom?                                                                 | hold         | mild     |         |
            Hiccups on dex, nothing infective. Is baclofen the answer?                                                                               | out_of_scope |          |         |
            Bela-Pd, no infection, keratopathy. When may I restart the belantamab?                                                                   | out_of_scope |          |         |
            Bela-Pd with pneumonia. When may I restart the belantamab?                                                                               | hold         |          |         |
            Iberdomide trial, not randomised to pomalidomide, sinusitis on amoxicillin. Interrupt iberdomide?                                        | out_of_scope |          |         |
            Pneumonia on elranatamab, pomalidomide three lines ago. Delay the next dose?                                                             | out_of_scope |          |         |
            Pneumonia on pomalidomide, teclistamab two lines ago. Hold?                                                                              | hold         |          |         |
            Our little pom was spayed and has an infected wound on cefalexin. Bath?                                                                  | out_of_scope |          |         |
            72F on pom, the vet says her dog has kennel cough; she coughs green sputum. Pom?                                                         | hold         |          |         |
            My pom is held, I have a cough, our dog has kennel cough. Restart?                                                                       | hold         |          |         | patient_voice
            Counselled re contraception, first capsule of pom today, nothing infective. What is the likelihood of severe neutropenia in the article? | inform       |          |         |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []
