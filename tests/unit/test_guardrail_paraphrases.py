"""Faithful paraphrases of the article, each sentence of it said in several ways: they pass, but for a few.

They were written after the rules and first scored unseen; at least 95 of 100 must pass, so that a rule made stricter for
one wrong sentence is noticed when it costs many right ones.
"""

from __future__ import annotations

from assistant.composing import compose
from assistant.guardrail.judging import judge
from assistant.guardrail.readings import context
from assistant.records import Asked, Case
from assistant.rules import decide

ASKED = Case(asked=Asked.FACT, topics=("infection_rate",))

PARAPHRASES = """
While an infection is active, pomalidomide is to be interrupted; the interruption lasts until the infection is over, since the drug raises the risk of infection and could slow recovery [1].
Because it makes infections likelier and may hold back recovery, pomalidomide is paused in active infection until resolution [1].
An active infection calls for a temporary stop of pomalidomide until it has resolved.
Pomalidomide ought to be withheld for as long as an infection is active [1].
Treatment with pomalidomide carries a significant risk of infection in multiple myeloma.
In myeloma patients, pomalidomide is associated with a considerable risk of infection.
A substantial infection risk goes with pomalidomide in multiple myeloma.
Roughly 30% of those on pomalidomide with low-dose dexamethasone get grade 3-4 infections, most of them in the first three months [1].
Of patients who take pomalidomide with low-dose dexamethasone, some 30% have a grade 3 or 4 infection, chiefly in the first three months of treatment [1].
Grade 3-4 infections affect about 30%, and they cluster in the first three months [1].
High-grade (3-4) infections are seen in approximately 30% of patients given pomalidomide and low-dose dexamethasone [1].
About three in ten patients on pomalidomide plus low-dose dexamethasone have grade 3-4 infections [1].
The first three months of therapy are when most grade 3-4 infections happen [1].
The risk of grade 3-4 infection is greatest in the first three months [1].
33.7% of patients taking pomalidomide develop an infection [2].
Just over a third of patients on pomalidomide (33.7%) have an infection [2].
Infection was seen in 33.7% [2]; the most common serious one was pneumonia, in 13.9% [2].
Among serious infections pneumonia leads, with 13.9% [2].
Pneumonia heads the list of serious infections at 13.9% [2].
The commonest serious infection is pneumonia (13.9%) [2].
The figure for pneumonia is 13.9% [2].
For infections overall the article gives 33.7% [2].
The overall rate of infection is 33.7% and that of pneumonia 13.9% [2].
Infections top the list of serious adverse events with pomalidomide-containing regimens, at 17% [1].
With regimens that contain pomalidomide, infection is the leading serious adverse event (17%) [1].
17% of patients on pomalidomide-containing regimens have an infection as a serious adverse event [1].
No serious adverse event is more common than infection; it occurs in 17% [1].
Grade 3/4 neutropenia is seen in 56.2% of patients on pomalidomide [2].
More than half of patients, 56.2%, develop grade 3/4 neutropenia [2].
Neutropenia is common with pomalidomide (grade 3/4 in 56.2%) and makes infections more likely [2].
The neutropenia that pomalidomide causes adds to the infection risk.
A low neutrophil count raises the risk of infection, and pomalidomide causes grade 3/4 neutropenia in 56.2% [2].
At diagnosis of an infection, three things are done: stop pomalidomide at once, start appropriate antimicrobials, watch the response.
As soon as infection is diagnosed, pomalidomide is discontinued.
Appropriate antimicrobial treatment is begun when infection is diagnosed.
The response of the infection to treatment is monitored.
In a mild infection the drug is held until the infection has completely resolved and then resumed at the same dose.
Mild infection: hold until fully resolved, then the same dose again.
Once a mild infection has cleared, the dose stays what it was.
A mild infection does not change the dose.
In severe infection, too, pomalidomide is stopped until complete resolution.
After a severe infection a lower dose may be considered when restarting, 3 mg in place of 4 mg.
Following a severe infection, think about going from 4 mg down to 3 mg on restarting.
A reduction from 4 mg to 3 mg is considered after severe infections.
When pomalidomide is restarted after a severe infection, prophylactic antibiotics are given.
Prophylactic antibiotics go along with the restart after severe infections.
For life-threatening infections the drug is discontinued immediately, and benefit and risk are weighed again before any return.
After a life-threatening infection, reintroduction is considered only once risk and benefit have been reassessed.
A life-threatening infection asks for a fresh look at risk and benefit before reintroduction.
Neutropenic fever means stopping pomalidomide immediately and giving G-CSF support.
If the patient becomes febrile and neutropenic, stop pomalidomide straight away and add G-CSF.
G-CSF support belongs to the treatment of neutropenic fever.
Antibiotic prophylaxis should be considered on restarting, above all in the first three months [1].
Consider giving prophylactic antibiotics when pomalidomide is restarted, particularly for the first three months [1].
Prophylactic antibiotics are worth considering throughout the first three months of treatment [1].
The article would have antibiotic prophylaxis considered as a routine in the first three months [1].
Impaired kidney function does not require a change of the pomalidomide dose [3].
For renal function alone the dose is left unchanged [3].
There is no dose adjustment for renal function, although the infection risk may be higher [3].
The infection risk may be higher when the kidneys are impaired.
Patients with renal impairment should be monitored more closely while they have an infection.
Closer monitoring is needed during infections when renal function is impaired.
Those over 75 take dexamethasone 20 mg weekly rather than 40 mg once pomalidomide restarts [2].
From 40 mg to 20 mg weekly: that is the change in dexamethasone for patients older than 75 [2].
Dexamethasone is halved to 20 mg a week in patients over 75 at the restart [2].
In the elderly a lower starting dose of pomalidomide, 3 mg in place of 4 mg, may be needed after an infection [3].
Older patients might need to start again at 3 mg, not 4 mg, once the infection has resolved [3].
Elderly patients may have to restart at 3 mg instead of 4 mg [3].
Before restarting, make sure that the symptoms of the infection have resolved completely.
Complete resolution of symptoms comes before any restart.
A restart presupposes that all symptoms have gone.
Baseline bloods, a CBC with differential among them, are taken before restarting.
A CBC with differential is part of the baseline tests before the restart.
If the infection was uncomplicated, go back to the previous effective dose; if it was severe, consider a lower one.
The previous effective dose is resumed after an uncomplicated infection, while a reduction is considered after a severe one.
Going on with pomalidomide during an active infection may draw it out and make complications more likely.
Not stopping may prolong the infection and raise the risk of complications.
Carrying on in active infection risks a longer illness and more complications.
One pitfall is to continue during an active infection.
A common mistake is to forget antibiotic prophylaxis.
Leaving out antibiotic prophylaxis is a pitfall, too.
Quinolones share metabolic pathways with pomalidomide and can raise its levels, so they call for caution [1].
Caution is needed with quinolone antibiotics, which can increase exposure to pomalidomide through common metabolic pathways [1].
Exposure to pomalidomide can go up with quinolones [1].
If a quinolone is used, use it with caution: pomalidomide exposure may increase [1].
The interaction with quinolones is about exposure: it can rise [1].
Stopping for good may let the myeloma progress; planned resumption after resolution is preferred [4].
Giving up pomalidomide permanently may lead to progression, which is why a planned restart is preferred [4].
A planned return after resolution is preferred to permanent discontinuation [4].
Temporary, yes; permanent, no: disease progression may follow a permanent stop [4].
Permanent discontinuation is listed among the pitfalls, as it may lead to disease progression [4].
The aim of these guidelines is to keep treatment effective and complications few.
Handled in this way, infections can be managed while efficacy is maximized and complications are minimized.
Neither reference number comes with a title in the article.
The article prints reference numbers without a bibliography.
The article is dated August 5, 2025 and still awaits human review.
Three tiers are distinguished: mild, severe and life-threatening.
The article knows no moderate tier.
Severity decides how, not whether, pomalidomide comes back after a mild or severe infection.
In the elderly and in renal impairment there are additional points to consider.
The dose question is answered by severity: same dose after mild, 3 mg considered after severe.
The three months of prophylaxis are counted as the first three months of therapy.
Prophylaxis here means antibiotics.
The drug impairs neither renal function nor its own dosing; what changes is the monitoring.
Infection risk is highest early on, during the first three months of therapy [1].
""".strip().splitlines()


def test_at_least_95_of_100_faithful_paraphrases_pass() -> None:
    decision = decide(ASKED)
    told = context(ASKED, decision, compose(ASKED, decision))
    refused = [text for text in PARAPHRASES if any(piece.faults for piece in judge(text, told))]
    assert len(PARAPHRASES) >= 100
    assert len(refused) <= len(PARAPHRASES) * 0.05, refused
