"""Questions of fact that are asked beside no case, and questions that the article does not cover although they name its words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.spec.tables import faults_of, table


class TestBesideNoCase:
    """Who says that nobody is ill, or asks for a pupil or a card, asks for the fact."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                                          | action | flags
            ------------------------------------------------------------------------------------------------------------------+--------+----------
            Levofloxacin with pomalidomide: what is the danger there exactly? Nobody is ill, we are updating our notice    | inform | quinolone
            What lies behind the caution with cipro and pom? Drafting a crib sheet.                                           | inform | quinolone
            why do we stop pom in infections at all, does it slow healing? a junior nurse is asking me and I went blank       | inform |
            Why do you even pause pomalidomide when an infection comes up, does it hold back recovery? Pupil wants to know    | inform |
            She has pneumonia on amoxicillin and takes pom. Why do we stop it, and do we stop it now?                         | hold   |
            My trainee nurse is asking: 71F with a UTI on nitrofurantoin, does the pom stop?                                  | hold   |
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []


class TestOutside:
    """Vaccines' dates, other drugs' levels and doses, family planning and bowels are not the article's; an infection beside them is."""

    @pytest.mark.parametrize("row", table(
        """
            question                                                                                             | action
            -----------------------------------------------------------------------------------------------------+-------------
            How many weeks between the flu jab and her first Imnovid?                                            | out_of_scope
            which week of the cycle is best for the covid booster? he's fine                                     | out_of_scope
            what interval before the second Shingrix, on pom                                                     | out_of_scope
            Gentamicin level 2.1, 82 kg, creatinine 110. When is the next dose due and how much?                 | out_of_scope
            Teicoplanin trough 14, target 20 to 40. Change the dose?                                             | out_of_scope
            How long must he wait after pomalidomide before they try for a child?                                | out_of_scope
            pt on Imnovid, bowels not open for 5 days, afebrile. lactulose or a suppository?                     | out_of_scope
            Bunged up bowels on pom-dex since Monday, no fever. Laxido or senna?                                 | out_of_scope
            Pomalidomide pt on vancomycin for MRSA bacteraemia, trough 12. Do we hold the pom?                   | hold
            Had the flu jab yesterday, now 38.6 and coughing. Pom?                                               | hold
            Constipated for five days on pom, and a UTI on nitrofurantoin. Hold pom?                             | hold
            Shingrix yesterday, sore arm, no fever, on pom. Hold?                                                | no_hold
        """
    ))
    def test_is_read(self, row: SimpleNamespace) -> None:
        assert faults_of(**vars(row)) == []
