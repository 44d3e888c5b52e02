"""One-word fabrications made from every sentence of the article, and faithful paraphrases of it."""

from __future__ import annotations

import pytest

from assistant.composing import compose
from assistant.guardrail.judging import Judged, judge
from assistant.guardrail.readings import context
from assistant.knowledge import knowledge
from assistant.records import Asked, Case
from assistant.rules import decide

ASKED = Case(asked=Asked.FACT, topics=("infection_rate",))

FABRICATED = """
Lenalidomide should be temporarily discontinued during active infection until the infection has resolved, as it increases infection risk and may impair recovery.
Pomalidomide should not be temporarily discontinued during active infection until the infection has resolved, as it increases infection risk and may impair recovery.
Pomalidomide should be permanently discontinued during active infection until the infection has resolved, as it increases infection risk and may impair recovery.
Pomalidomide should be temporarily continued during active infection until the infection has resolved, as it increases infection risk and may impair recovery.
Pomalidomide should be temporarily discontinued during active infection until the infection has improved, as it increases infection risk and may impair recovery.
Pomalidomide should be temporarily discontinued during active infection until the infection has resolved, as it decreases infection risk and may impair recovery.
Pomalidomide should be temporarily discontinued during active infection until the infection has resolved, as it increases infection risk and may improve recovery.
Pomalidomide should be temporarily discontinued during active infection until the infection has resolved, as it increases infection risk and may accelerate recovery.
Pomalidomide should be temporarily discontinued during active infection until the infection has resolved, as it increases infection risk and will impair recovery.
Pomalidomide should be temporarily discontinued during active infection until the infection has resolved, as it increases bleeding risk and may impair recovery.
Pomalidomide should be temporarily discontinued during active infection until the infection has resolved, as it increases infection risk and may impair vision.
Pomalidomide may be temporarily discontinued during active infection until the infection has resolved, as it increases infection risk and may impair recovery.
Pomalidomide should be temporarily discontinued during severe infection only, until the infection has resolved.
Dexamethasone should be temporarily discontinued during active infection until the infection has resolved.
Pomalidomide should be temporarily reduced during active infection until the infection has resolved.
Pomalidomide therapy is associated with an insignificant infection risk in multiple myeloma patients.
Pomalidomide therapy is associated with a significant thrombosis risk in multiple myeloma patients.
Pomalidomide therapy is associated with a negligible infection risk in multiple myeloma patients.
Pomalidomide therapy is not associated with a significant infection risk in multiple myeloma patients.
Pomalidomide therapy is associated with a significant infection risk in lymphoma patients.
Lenalidomide therapy is associated with a significant infection risk in multiple myeloma patients.
Approximately 20% of patients treated with pomalidomide plus low-dose dexamethasone experience grade 3-4 infections, mainly during the first three months of therapy.
Approximately 30% of patients treated with pomalidomide plus low-dose dexamethasone experience grade 1-2 infections, mainly during the first three months of therapy.
Approximately 30% of patients treated with pomalidomide plus low-dose dexamethasone experience grade 3-4 infections, mainly during the first three weeks of therapy.
Approximately 30% of patients treated with pomalidomide plus low-dose dexamethasone experience grade 3-4 infections, mainly during the last three months of therapy.
Approximately 30% of patients treated with pomalidomide plus low-dose dexamethasone experience grade 3-4 infections, mainly during the first six months of therapy.
Approximately 30% of patients treated with pomalidomide plus low-dose dexamethasone experience grade 3-4 neutropenia, mainly during the first three months of therapy.
Approximately 30% of patients treated with pomalidomide plus high-dose dexamethasone experience grade 3-4 infections, mainly during the first three months of therapy.
Approximately 30% of patients treated with lenalidomide plus low-dose dexamethasone experience grade 3-4 infections, mainly during the first three months of therapy.
Approximately 30% of patients treated with pomalidomide plus bortezomib experience grade 3-4 infections, mainly during the first three months of therapy.
Approximately 30% of patients treated with pomalidomide plus low-dose dexamethasone experience fatal infections, mainly during the first three months of therapy.
Approximately 33% of patients treated with pomalidomide plus low-dose dexamethasone experience grade 3-4 infections, mainly during the first three months of therapy.
Infections occur in 37.3% of patients on pomalidomide, with pneumonia being the most common serious infection (13.9%).
Infections occur in 33.7% of patients on pomalidomide, with pneumonia being the most common serious infection (19.3%).
Infections occur in 13.9% of patients on pomalidomide, with pneumonia being the most common serious infection (33.7%).
Infections occur in 33.7% of patients on pomalidomide, with sepsis being the most common serious infection (13.9%).
Infections occur in 33.7% of patients on pomalidomide, with pneumonia being the least common serious infection (13.9%).
Infections occur in 33.7% of patients on pomalidomide, with cystitis being the most common serious infection (13.9%).
Infections occur in 33.7% of patients on lenalidomide, with pneumonia being the most common serious infection (13.9%).
Infections occur in 33.7% of patients on dexamethasone, with pneumonia being the most common serious infection (13.9%).
Relapses occur in 33.7% of patients on pomalidomide, with pneumonia being the most common serious infection (13.9%).
Deaths occur in 33.7% of patients on pomalidomide.
Infections occur in 3.37% of patients on pomalidomide, with pneumonia being the most common serious infection (13.9%).
Infections are the most common serious adverse event in patients receiving pomalidomide-containing regimens, occurring in 71% of patients.
Infections are the least common serious adverse event in patients receiving pomalidomide-containing regimens, occurring in 17% of patients.
Infections are the second most common serious adverse event in patients receiving pomalidomide-containing regimens, occurring in 17% of patients.
Thromboses are the most common serious adverse event in patients receiving pomalidomide-containing regimens, occurring in 17% of patients.
Rashes are the most common serious adverse event in patients receiving pomalidomide-containing regimens, occurring in 17% of patients.
Infections are the most common mild adverse event in patients receiving pomalidomide-containing regimens, occurring in 17% of patients.
Infections are the most common serious adverse event in patients receiving bortezomib-containing regimens, occurring in 17% of patients.
Infections are the rarest serious adverse event in patients receiving pomalidomide-containing regimens, occurring in 17% of patients.
Neutropenia is the most common serious adverse event in patients receiving pomalidomide-containing regimens, occurring in 17% of patients.
Immediately continue pomalidomide.
Never discontinue pomalidomide.
Immediately resume pomalidomide.
Gradually discontinue pomalidomide.
Eventually discontinue pomalidomide.
Immediately discontinue dexamethasone.
Immediately discontinue daratumumab.
Permanently discontinue pomalidomide.
Immediately increase pomalidomide.
Delay appropriate antimicrobial therapy.
Withhold appropriate antimicrobial therapy.
Stop appropriate antimicrobial therapy.
Avoid appropriate antimicrobial therapy.
Initiate appropriate anticoagulant therapy.
Initiate appropriate steroid therapy.
Initiate appropriate antihypertensive therapy.
Ignore infection response.
Do not monitor infection response.
Stop monitoring infection response.
Monitor liver response.
Hold pomalidomide until partial resolution of infection.
Do not hold pomalidomide until complete resolution of infection.
Continue pomalidomide until complete resolution of infection.
Hold lenalidomide until complete resolution of infection.
Hold pomalidomide until partial improvement of infection.
Hold pomalidomide until complete resolution of fever.
Hold antibiotics until complete resolution of infection.
Hold pomalidomide despite complete resolution of infection.
Reduce pomalidomide until complete resolution of infection.
Resume at half dose once infection has cleared.
Resume at double dose once infection has cleared.
Resume at same dose before infection has cleared.
Resume at same dose once fever has cleared.
Resume at same dose while infection has not cleared.
Never resume at same dose once infection has cleared.
Resume at higher dose once infection has cleared.
Resume at same dose once infection has improved.
Resume at same dose even if infection has not cleared.
Continue pomalidomide until complete resolution.
Discontinue pomalidomide until partial resolution.
Discontinue dexamethasone until complete resolution.
Discontinue pomalidomide despite complete resolution.
Discontinue pomalidomide after complete resolution.
Consider dose reduction upon restarting (from 4 mg to 2 mg).
Consider dose reduction upon restarting (from 3 mg to 2 mg).
Consider dose increase upon restarting (from 3 mg to 4 mg).
Consider dose escalation upon restarting (from 4 mg to 5 mg).
Avoid dose reduction upon restarting (from 4 mg to 3 mg).
Consider dose reduction upon restarting (from 4 g to 3 g).
Consider dose reduction upon restarting (from 40 mg to 30 mg).
Consider dose reduction upon restarting (from 4 mg to 3 mcg).
Withhold prophylactic antibiotics when restarting therapy.
Avoid prophylactic antibiotics when restarting therapy.
Implement prophylactic anticoagulants when restarting therapy.
Implement prophylactic antivirals when restarting therapy.
Stop prophylactic antibiotics when restarting therapy.
Omit prophylactic antibiotics when restarting therapy.
Continue pomalidomide immediately.
Discontinue pomalidomide eventually.
Discontinue bortezomib immediately.
Ignore risk-benefit before considering reintroduction.
Reassess risk-benefit after reintroduction.
Reassess renal function before considering reintroduction.
Reassess cost-benefit before considering reintroduction.
Pomalidomide commonly causes neutropenia (65.2% grade 3/4), which increases infection risk.
Pomalidomide commonly causes neutropenia (56.2% grade 1/2), which increases infection risk.
Pomalidomide commonly causes neutropenia (56.2% grade 3/4), which decreases infection risk.
Pomalidomide rarely causes neutropenia (56.2% grade 3/4), which increases infection risk.
Pomalidomide commonly causes anaemia (56.2% grade 3/4), which increases infection risk.
Pomalidomide commonly causes thrombocytopenia (56.2% grade 3/4), which increases infection risk.
Pomalidomide commonly prevents neutropenia (56.2% grade 3/4), which increases infection risk.
Pomalidomide never causes neutropenia, which increases infection risk.
Pomalidomide commonly causes neutropenia (56.2% grade 3/4), which increases bleeding risk.
Dexamethasone commonly causes neutropenia (56.2% grade 3/4), which increases infection risk.
Pomalidomide commonly causes neutropenia (33.7% grade 3/4), which increases infection risk.
If neutropenic fever develops, immediately discontinue pomalidomide and withhold G-CSF support.
If neutropenic fever develops, immediately continue pomalidomide and administer G-CSF support.
If neutropenic fever develops, immediately discontinue pomalidomide and administer erythropoietin support.
If neutropenic fever develops, immediately discontinue pomalidomide and avoid G-CSF support.
If neutropenic fever develops, immediately discontinue pomalidomide and administer platelet support.
If neutropenic fever develops, immediately discontinue dexamethasone and administer G-CSF support.
If neutropenic fever develops, immediately reduce pomalidomide and administer G-CSF support.
Consider prophylactic antibiotics when restarting pomalidomide, especially during the first three weeks.
Consider prophylactic antibiotics when restarting pomalidomide, especially during the last three months.
Consider prophylactic antibiotics when restarting pomalidomide, especially during the first three years.
Consider prophylactic antibiotics when restarting lenalidomide, especially during the first three months.
Avoid prophylactic antibiotics when restarting pomalidomide, especially during the first three months.
Consider prophylactic antifungals when restarting pomalidomide, especially during the first three months.
Consider prophylactic antibiotics when stopping pomalidomide, especially during the first three months.
Pomalidomide does require dose modification for renal function, but infection risk may be higher.
Pomalidomide requires dose modification for renal function, but infection risk may be higher.
Pomalidomide does not require dose modification for hepatic function, but infection risk may be higher.
Pomalidomide does not require dose modification for renal function, but infection risk may be lower.
Pomalidomide does not require dose modification for renal function, but bleeding risk may be higher.
Lenalidomide does not require dose modification for renal function, but infection risk may be higher.
Pomalidomide does not require dose modification for cardiac function.
Less careful monitoring is required in patients with renal impairment during infections.
More careful monitoring is required in patients with hepatic impairment during infections.
More careful monitoring is unnecessary in patients with renal impairment during infections.
No careful monitoring is required in patients with renal impairment during infections.
More careful monitoring is required in patients with cardiac impairment during infections.
Patients >65 years should receive reduced dexamethasone (20 mg weekly instead of 40 mg) when pomalidomide is restarted.
Patients <75 years should receive reduced dexamethasone (20 mg weekly instead of 40 mg) when pomalidomide is restarted.
Patients >75 years should receive reduced dexamethasone (20 mg daily instead of 40 mg) when pomalidomide is restarted.
Patients >75 years should receive reduced dexamethasone (10 mg weekly instead of 40 mg) when pomalidomide is restarted.
Patients >75 years should receive increased dexamethasone (20 mg weekly instead of 40 mg) when pomalidomide is restarted.
Patients >75 years should receive reduced dexamethasone (40 mg weekly instead of 20 mg) when pomalidomide is restarted.
Patients >75 years should receive reduced prednisone (20 mg weekly instead of 40 mg) when pomalidomide is restarted.
Patients >75 years should receive reduced dexamethasone (20 mg monthly instead of 40 mg) when pomalidomide is restarted.
Patients >75 years should not receive reduced dexamethasone (20 mg weekly instead of 40 mg) when pomalidomide is restarted.
Patients >85 years should receive reduced dexamethasone (20 mg weekly instead of 40 mg) when pomalidomide is restarted.
Patients >75 years should receive reduced dexamethasone (20 mg weekly instead of 80 mg) when pomalidomide is restarted.
Patients >75 years should receive reduced dexamethasone (20 mg weekly instead of 40 mg) when lenalidomide is restarted.
Elderly patients may require higher starting doses of pomalidomide (3 mg instead of 4 mg) after infection resolution.
Elderly patients may require lower starting doses of pomalidomide (2 mg instead of 4 mg) after infection resolution.
Elderly patients may require lower starting doses of pomalidomide (4 mg instead of 3 mg) after infection resolution.
Elderly patients may require lower starting doses of lenalidomide (3 mg instead of 4 mg) after infection resolution.
Elderly patients must require lower starting doses of pomalidomide (3 mg instead of 4 mg) after infection resolution.
Young patients may require lower starting doses of pomalidomide (3 mg instead of 4 mg) after infection resolution.
Elderly patients may require lower starting doses of pomalidomide (3 mg instead of 4 mg) before infection resolution.
Elderly patients do not require lower starting doses of pomalidomide (3 mg instead of 4 mg) after infection resolution.
Elderly patients may require lower starting doses of dexamethasone (3 mg instead of 4 mg) after infection resolution.
Ensure partial resolution of infection symptoms.
Ensure complete persistence of infection symptoms.
Ignore complete resolution of infection symptoms.
Ensure complete resolution of myeloma symptoms.
Omit baseline laboratory monitoring including CBC with differential.
Skip baseline laboratory monitoring including CBC with differential.
Perform baseline laboratory monitoring excluding CBC with differential.
Perform baseline laboratory monitoring including CBC without differential.
Perform baseline cardiac monitoring including CBC with differential.
Perform baseline laboratory monitoring including LFT with differential.
Consider prophylactic antibiotics for the first three weeks of therapy.
Consider prophylactic antibiotics for the first three days of therapy.
Consider prophylactic antibiotics for the last three months of therapy.
Consider prophylactic antibiotics for the first six months of therapy.
Consider prophylactic anticoagulants for the first three months of therapy.
Consider stopping prophylactic antibiotics for the first three months of therapy.
Consider prophylactic vaccines for the first three months of therapy.
Resume at previous effective dose if infection was severe, or consider dose reduction if severe infection occurred.
Resume at previous effective dose if infection was uncomplicated, or consider dose reduction if mild infection occurred.
Resume at previous effective dose if infection was uncomplicated, or consider dose increase if severe infection occurred.
Resume at double effective dose if infection was uncomplicated, or consider dose reduction if severe infection occurred.
Resume at previous effective dose if infection was complicated, or consider dose reduction if severe infection occurred.
Continuing pomalidomide during active infection may shorten the infection and increase the risk of complications.
Continuing pomalidomide during active infection may prolong the infection and decrease the risk of complications.
Continuing pomalidomide during active infection will prolong the infection and increase the risk of complications.
Continuing pomalidomide during active infection may prolong the infection and increase the risk of thrombosis.
Discontinuing pomalidomide during active infection may prolong the infection and increase the risk of complications.
Continuing lenalidomide during active infection may prolong the infection and increase the risk of complications.
Continuing pomalidomide during active infection may prolong survival and increase the risk of complications.
Continuing pomalidomide during active infection cannot prolong the infection or increase the risk of complications.
Routine antibiotic prophylaxis should be considered for the first three years of pomalidomide therapy.
Routine antibiotic prophylaxis should be avoided for the first three months of pomalidomide therapy.
Routine antibiotic prophylaxis should not be considered for the first three months of pomalidomide therapy.
Routine antifungal prophylaxis should be considered for the first three months of pomalidomide therapy.
Routine antibiotic prophylaxis should be considered for the first three cycles of pomalidomide therapy.
Routine antibiotic prophylaxis should be considered for the first three months of lenalidomide therapy.
Quinolone antibiotics must be used with caution due to common metabolic pathways that can decrease pomalidomide exposure.
Quinolone antibiotics must be used without caution due to common metabolic pathways that can increase pomalidomide exposure.
Macrolide antibiotics must be used with caution due to common metabolic pathways that can increase pomalidomide exposure.
Quinolone antibiotics must be used with caution due to common metabolic pathways that can increase dexamethasone exposure.
Quinolone antibiotics must be avoided due to common metabolic pathways that can increase pomalidomide exposure.
Quinolone antibiotics may be used freely due to common metabolic pathways that can increase pomalidomide exposure.
Penicillin antibiotics must be used with caution due to common metabolic pathways that can increase pomalidomide exposure.
Quinolone antibiotics must be used with caution due to common metabolic pathways that will increase pomalidomide exposure.
Quinolone antibiotics must be used with caution due to common metabolic pathways that can increase pomalidomide clearance.
While temporary discontinuation is recommended during infection, permanent discontinuation may prevent disease progression; planned resumption after infection resolution is preferred.
While permanent discontinuation is recommended during infection, temporary discontinuation may lead to disease progression; planned resumption after infection resolution is preferred.
While temporary discontinuation is discouraged during infection, permanent discontinuation may lead to disease progression; planned resumption after infection resolution is preferred.
While temporary discontinuation is recommended during infection, permanent discontinuation will lead to disease progression; planned resumption after infection resolution is preferred.
While temporary discontinuation is recommended during infection, permanent discontinuation may lead to disease remission; planned resumption after infection resolution is preferred.
While temporary discontinuation is recommended during infection, permanent discontinuation may lead to disease progression; planned resumption after infection resolution is discouraged.
While temporary discontinuation is recommended during infection, permanent discontinuation may lead to disease progression; planned resumption before infection resolution is preferred.
While temporary discontinuation is recommended during infection, temporary discontinuation may lead to disease progression; planned resumption after infection resolution is preferred.
Permanent discontinuation is preferred after infection resolution.
"""

FAITHFUL = """
Stop pomalidomide while the infection is active and wait until it has gone.
The same dose can be used again after the infection clears.
A step down to 3 mg may be considered after a severe infection.
About a third of patients get an infection; pneumonia is the commonest serious one.
Pomalidomide is paused for as long as an infection is active, and until it has resolved.
During an active infection the drug is interrupted temporarily.
The reason is that pomalidomide raises the risk of infection and may hamper recovery.
Pomalidomide makes infections more likely, and that is why it is paused.
Patients with myeloma who take pomalidomide have a considerable infection risk.
Around 30% of those on pomalidomide and low-dose dexamethasone have grade 3 or 4 infections, mostly within the first three months.
Grade 3-4 infections affect roughly 30% of patients on pomalidomide with low-dose dexamethasone.
Most of the grade 3-4 infections happen in the first three months of therapy.
In 33.7% of patients an infection occurs on pomalidomide.
The infection rate on pomalidomide is 33.7%.
Among serious infections pneumonia leads, with 13.9%.
Pneumonia (13.9%) is the serious infection seen most often.
As a serious adverse event, infection comes first, in 17% of patients.
17% of patients had an infection as a serious adverse event, the most common one.
When an infection is diagnosed, pomalidomide is stopped at once.
As soon as an infection is diagnosed, stop pomalidomide, start antimicrobials and monitor the response.
Start the appropriate antimicrobial treatment.
Begin suitable antimicrobial therapy.
Keep track of how the infection responds.
Follow the response of the infection.
In mild infections hold pomalidomide until the infection has completely resolved.
After a mild infection the dose stays the same.
A mild infection does not change the dose.
With a severe infection, pomalidomide is stopped until resolution is complete.
When restarting after a severe infection, consider going from 4 mg to 3 mg.
After a severe infection a lower dose (3 mg instead of 4 mg) is considered.
After a severe infection prophylactic antibiotics are given when therapy restarts.
In a life-threatening infection, stop pomalidomide at once.
Before reintroduction after a life-threatening infection, risk and benefit are weighed again.
Risk and benefit have to be reassessed before reintroduction is considered.
Neutropenia is common on pomalidomide: grade 3/4 in 56.2%.
56.2% of patients have neutropenia of grade 3 or 4.
Neutropenia in turn raises the infection risk.
With neutropenic fever, pomalidomide is stopped immediately and G-CSF support is given.
In febrile neutropenia: stop at once, and give G-CSF.
Prophylactic antibiotics are considered on restarting, above all in the first three months.
Antibiotic prophylaxis should be considered for the first three months.
For the first three months of therapy, antibiotic prophylaxis is worth considering.
Renal function does not call for a dose change.
No dose modification is required for renal function.
Pomalidomide needs no dose adjustment in renal impairment, although the infection risk may be higher.
Patients with renal impairment are monitored more carefully during infections.
Closer monitoring is needed in renal impairment while there is an infection.
Above 75 years, dexamethasone is reduced from 40 mg to 20 mg weekly on restarting.
Patients older than 75 receive 20 mg of dexamethasone weekly rather than 40 mg.
In patients over 75 the weekly dexamethasone dose is 20 mg.
Elderly patients may need a lower starting dose, 3 mg rather than 4 mg.
For elderly patients a start at 3 mg instead of 4 mg may be required once the infection has resolved.
Make sure that the symptoms of infection have completely resolved.
All symptoms of the infection should have resolved first.
Take baseline bloods, including a CBC with differential.
A CBC with differential is obtained before the restart.
After an uncomplicated infection the previous effective dose is resumed.
If the infection was uncomplicated, go back to the previous dose; if it was severe, consider a reduction.
Carrying on during an active infection may prolong it and add to the risk of complications.
Continuing through an infection could make complications more likely.
Quinolones must be used with care, since shared metabolic pathways can raise the exposure to pomalidomide.
Caution is needed with quinolones, because they can increase pomalidomide exposure.
Stopping for good may lead to progression of the disease.
Permanent discontinuation may cause the disease to progress, so a planned resumption is preferred.
A planned return after the infection has resolved is preferred to a permanent stop.
Temporary interruption is recommended during infection; permanent discontinuation is not preferred.
Forgetting antibiotic prophylaxis in the first three months is named as a pitfall.
One of the pitfalls is to continue pomalidomide during an active infection.
Another pitfall is to overlook the interaction with quinolones.
The article warns against stopping pomalidomide permanently.
The article has no moderate tier.
The article does not define what counts as severe.
"""


def judged(text: str) -> tuple[Judged, ...]:
    """A text judged as the answer to a question of fact."""
    decision = decide(ASKED)
    return judge(text, context(ASKED, decision, compose(ASKED, decision)))


@pytest.mark.parametrize("sentence", FABRICATED.strip().splitlines())
def test_a_fabrication_does_not_pass(sentence: str) -> None:
    assert any(j.faults for j in judged(sentence))


@pytest.mark.parametrize("sentence", FAITHFUL.strip().splitlines())
def test_a_faithful_paraphrase_passes(sentence: str) -> None:
    assert [(f.check, f.why) for j in judged(sentence) for f in j.faults] == []


@pytest.mark.parametrize("passage", [p for p in knowledge().passages.values() if p.source == "article"], ids=lambda p: p.id)
def test_the_article_itself_passes(passage: object) -> None:
    assert [(f.check, f.why) for j in judged(f"{passage.text.rstrip(' 1234').rstrip('.')}.") for f in j.faults] == []  # type: ignore[attr-defined]
