"""Who is spoken of: one patient or several, a new one in a later turn, the writer, a relative."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.reading.items import Scan
from assistant.reading.phrases import phrase
from assistant.reading.text import fold

# What introduces a person; two different ones of the same kind are two people.
_ANCHORS = (
    re.compile(r"\b(?:bed|bay|room|rm|side room|cubicle)\s*(\d+\w?)"),
    re.compile(
        r"\b(?:subj(?:ect)?s?|pt|patient|case|participant|no)\.?\s*#?\s*(\d{1,4}(?:-\d+)?|[ab]|one|two|x|y)\b(?!\s*(?:mg|of|days?|weeks?|years?|yo|y/o|on|has|had|is|was|with))"
    ),
    re.compile(r"\b((?:mr|mrs|ms|miss|mx)\.? (?!and\b)[a-z][a-z'-]*)"),
    re.compile(r"\b((?:sister|brother|patient|lady|man|woman|pt|case|resident|twin) [ab12])\b"),
    re.compile(r"\b((?:left|right|near|far)(?:-hand)?) (?:bed|cubicle|bay)\b"),
    re.compile(r"\b(\d{2}\s?(?:m|f|yo|y/o|yof|yom|year[- ]old))\b"),
    re.compile(r"\b(?:the|a|my|an)\s+(\d{2})(?:[- ]?(?:year[- ]old|yo|yr[- ]old|m|f))\b"),
    re.compile(
        r"(?:^|\n|[.;:?!,(]\s*|\band\s+|\bthe\s+)(first|second|other|one|another|former|latter|1\)|2\)|a\)|b\)|1\.|2\.|\(1\)|\(2\)|\(a\)|\(b\))(?=[ :,)'-])"
    ),
)
# Where two are announced: kin, a name or a letter with a colon, 'lady one', 'bed A', he and she.
_ANNOUNCED = (
    re.compile(r"(?:^|[.;?!\n]\s*|\band )(?:my |the )?(dad|mum|mom|uncle|aunt|auntie|sister|brother|mother|father|husband|wife|mine|hers)(?='s|s\b| is\b| has\b| in\b|:)"),
    re.compile(r"(?:^|[.;\n]\s*)(?!(?:note|handover|chart|letter|q|question|obs|labs|plan|update|ps|ct|cxr|bloods|interval|interim|pmh|psh|meds|hpi|ros|exam|assessment|imp|impression|subjective|objective|problems?|course|allergies|addendum|today|now|onc|vitals|micro|imaging|admission|discharge|visit|background|social|family|doses|cc|dx|hx|adm|pe|here)\b)([a-z]{3,12}):(?= )"),
    re.compile(r"(?:^|[.;\n]\s*|\b(?:bed|bay|room|patient|pt|lady|gent) )([ab])(?=[.:)]? )"),
    re.compile(r"\b(?:lady|man|patient|pt|gent|woman|chap|lad|gentleman) (one|two|1|2)\b"),
    re.compile(r"(?:^|[.;\n]\s*)(he|she)\b"),
)
_CAREGIVER_PATIENT = re.compile(r"\b(?:his|her|he|she|he's|she's|hes|shes|him|they|pom\w*|imnovid|takes it)\b")
_OWN_DRUG = re.compile(
    r"\b(?:i|i'm|im|i've|ive)\b(?:(?!\b(?:his|her|their|him|mum's|dad's|mom's|my (?:wife|husband|mum|mom|dad|mother|father|partner|son|daughter|sister|brother|nan|gran\w*))\b)[^.?!\n]){0,40}\b(?:pom\w*|imnovid|capsules?|myeloma)\b|\bmy (?:pom\w*|imnovid|capsules?|own|myeloma|dose)\b"
)


def last_patient(scans: Sequence[Scan]) -> Sequence[Scan]:
    """The turns of the patient spoken of last: a new patient announced in a later turn starts a fresh case."""
    for number in range(len(scans) - 1, 0, -1):
        if scans[number].intents("new_patient"):
            return scans[number:]
    return scans


# 'I nursed my dad through his flu. I caught it off him': the writer is the one who is ill now.
_CAUGHT_IT = re.compile(
    r"\bi(?:'ve| have)? (?:now |also |then |just |since )*(?:caught|picked up|got|come down with|came down with|gone down with|went down with) (?:it|hers|theirs|the same)\b(?! (?:all|right|wrong|for))"
)


def caregiver_writes(text: str) -> bool:
    """Whether somebody writes about a relative who is the patient ('my dad is on pomalidomide')."""
    folded = fold(text)
    if _CAUGHT_IT.search(folded) and not phrase("kin_takes_it").search(folded):
        return False
    relative = re.search(
        r"(?:^|[.!?\n] *)(?:dad|mum|mom|nan|nana|gran|grandad|grandma|grandpa|papa|mama|mummy|daddy|mammy|mam|granny)\b|^(?:wife|husband|brother|sister|father|mother|son|daughter|partner)(?=,? (?:is|takes|on|started|aged|\(?\d\d)\b[^.;]{0,30}\b(?:pom\w*|imnovid))|\b(?:my|our) (?:\w+ ){0,2}(?:dad|mum|mom|father|mother|husband|wife|partner|sister|brother|nan|gran\w*|son|daughter|aunt\w*|uncle|hubby|spouse|papa|mama|father-in-law|mother-in-law|friend|step\w+)\b",
        folded,
    )
    if not relative or _OWN_DRUG.search(folded):
        return False
    return bool(_CAREGIVER_PATIENT.search(folded[relative.end() :]))


_BODY = re.compile(
    r"\b(?:i|i'm|im|i've|ive|i'd)\b (?:also |still |just |now |really |only |was |have |am |have been |been |keep |woke |feel |felt )*(?:take|taking|on|tested|have|had|feel|felt|got|getting|woke|started|finished|paused|stopped|swallow|swallowed|well|fine|sick|ill|ache|cough|coughing|coughed|unwell|catch|caught|want to stop|been|in hospital|keep|came down|almost died|nearly died|perfectly|running|shivering|sneez\w+|hot|better|recovered|completely|given)\b"
    r"|\bmy (?:own |left |right |big |head |usual )?(?:onc|specialist|cold|self|pill box|steroids?|doctor|dr|gp|oncologist|haematologist|hematologist|consultant (?!insist|would like it|wants it)|nurse|myeloma|capsules?|pomalidomide|pom\w*|imnovid|infection|chest|temp\w*|throat|leg|foot|toe|arm|eye|ear|tooth|cough|antibiotics|pomalyst|surgeon|booster|covid booster|jab|arm s|friend|roommate|flatmate|kids?|dose|tablets|pills|kidneys|bloods|counts|neutrophils|port|line|dentist|pharmacist|treatment|skin|cold|face|lip|mouth|bladder|washbag|wife|husband)\b"
    r"|\b(?:do i (?:go ba|still take|have to stop|need to stop|start agen|start back)|can i (?:start back|take my|go back on)|am i (?:ok|okay|safe|allowed)|take or not take|in my hand|my flatmate)|\b(?:gave|given|put|told|tells|prescribed|had|have|keeping|kept|on|at|left|sent|for|but) me\b(?! (?:a|an) (?:patient|call|lady|man))|\bme (?:off|on)\b"
)
_THIRD_PERSON = re.compile(r"\b(?:he|she|his|her|him|hers|pt|pts|patient|lady|gentleman|mr|mrs|man|woman|chap)\b")
_ABOUT_STAFF = re.compile(
    r"\b(?:doctor|dr|gp|nurse|oncologist|haematologist|hematologist|consultant|pharmacist|dentist|wife|husband|daughter|son|mum|they (?:have|had|gave|put|kept|said|told|want)|clinic|hospital|line|team|optician|surgeon)\b"
)


_DRUG = r"(?:pom\w*|imnovid|pomalyst|pd|pvd|dpd|kpd)\b(?! (?:patients?|pts?|lad(?:y|ies)|gentlem[ae]n|gents?|man|men|wom[ae]n|chaps?|case|cases|clinic|list|gal|guy|fella))"
_SOMEBODY_TAKES_IT = re.compile(rf"\b(?:he|she|he's|she's|hes|shes|his|her|hers|him)\b[^.?!\n]{{0,30}}\b{_DRUG}")
# What only the one who takes the drug says, whoever else is spoken of.
_OWN_DRUG_WORDS = re.compile(
    rf"\bmy (?:own |old |usual |last |remaining |spare |leftover )*{_DRUG}|\b(?:i|i'm|im|i've|ive|i am|i have)\b (?:been |now |still |also |just |only |the one )*(?:back )?(?:on(?! call)|take|taking|takes|swallow|started|starting|start|went on|used to (?:have|take)|have been on)\b (?:\w+ ){{0,4}}?{_DRUG}|\b(?:i'm|im|i am) (?:a|an|the) \w+ (?:who is |who's |and )?(?:on|taking) {_DRUG}"
    rf"|\bmy (?:own )?(?:\w+ )?(?:cycle|course|box|bottle|script) of {_DRUG}|\bi(?:'ve| have|ve) (?:{_DRUG}|myeloma\b(?! (?:patients?|pts?|clinic|people|lad)))|\bi (?:also |both )have (?:myeloma|mm)\b|\b(?:for once |today |now )?also the (?:patient|pt)\b|\b(?:i am|i'm|im) the patient\b|\bsince (?:i went|i've been|starting|going) on {_DRUG}|\bi (?:get|got) [^.?!]{{0,40}} (?:on|since (?:starting|i started)) {_DRUG}|\bi want off {_DRUG}"
)
# What only the one who is or may be ill says.
_OWN_WORDS = re.compile(
    r"\b(?:me,? i mean|i mean me|meaning me|as (?:the |a )?patient,? (?:and )?not as (?:a |the )?\w+)\b|\bmyself\b(?=[^a-z]*do i skip)|\bwhen i (?:mow|garden|sleep|lie down|swallow|cough|bend|breathe|pee|wee)\b|\bmy (?:\w+ )?(?:ribs|feet|calves|hickman|hair|throat tickles|eyes are|anc is|neutrophils are|head cold|cold sore)\b|\bi (?:now )?have (?:a|an|no) (?:strip|rash|sore throat|fever|temperature|cough|cold|blister|infection|verruca|boil|abscess)|\bi (?:feel|felt|am|'m) (?:absolutely |perfectly |completely |quite |all )?(?:fine|well|great|grand|better|ok|okay|my usual self|myself)\b"
    r"|\bi'm (?:grand|perfect|fine|petrified|\d{2})\b|\bi was kept in\b|\bi(?:'ve| have) (?:had it|no symptoms|recovered)\b|\bthey (?:have|had|put|kept|started|sent) me\b|\bi (?:was told|was given|was left|was sent) |\b(?:told|gave|given|sorted|prescribed) me (?:some |a |an |to (?:leave|stop|take|finish|carry|start))"
    r"|\b(?:can|may|could|should|shall|do|must) i (?:still )?(?:get a tattoo|give blood|dye|swallow|skip|take my|open the (?:new )?(?:pack|box|bottle)|eat|drink|swim|travel|have my)\b|\b(?:dye|dyeing|colour|cut) my hair\b|\bwill they do (?:that|it|this) to me\b|\bi (?:ever|get to) restart\b|\bwhen i (?:re)?start\b|\bi took the (?:last|first)\b|\bif i (?:start|restart|take|stop)\b|\bmake you stop\b"
    r"|^this is the (?:patient|father|mother|husband|wife)\b|\b(?:father|mother|husband|wife|patient) (?:himself|herself) (?:here|speaking|typing|now)\b"
)
# 'I take it' supposes, 'his wife gave me' brings, 'for me' asks a favour: no word of an own body.
_NOT_OF_ONESELF = re.compile(
    r"\"[^\"]*\"(?=[^\"]*\bwhat (?:do|should|can) i (?:reply|say|tell|write|answer|send))|\bmy (?:pom\w*|imnovid|pomalyst) (?:orders?|consult|counsel\w*)\b|\bi have (?:\d+|two|three|several) (?:\w+ )?(?:numbers|figures|percentages)\b[^.?!]*|\bi take it\b|\b(?:hold|same|stop|restart|dose)[^.?!]{0,30}, i (?:take|assume|presume)\b|\b(?:\w+ ){0,6}for me\b(?=[ ,.?!]|$)|\b(?:wife|husband|son|daughter|family|mum|dad|nurse|mother|father|relative) (?:gave|hands|handed|brought|showed|sent|told|tells) me\b(?! to)|\b(?:he|she|they|nurse|pt|patient) (?:told|tells) me\b(?! to)"
    r"|\b(?:nobody|no one|no-one|anyone|somebody|someone) (?:has |have |had )?(?:told|tells|asked|said to) me\b|\bme,? (?:his|her|their) (?:gp|doctor|nurse|pharmacist|carer|wife|husband|daughter|son)\b|\bcame to me\b|\bi(?:'ve| have) been (?:quoted|asked|told that|rung|called|bleeped|paged)\b|\bi(?:'ve| have) (?:asked|told|given|put|started|sent|seen|looked|examined|revised)\b|\bi keep (?:confusing|forgetting|mixing)\b|\bi had (?:the )?(?:wrong|next door|another|his|her)\b[^.]{0,30}|\bi(?:'ve| have) got no other\b|\bask(?:s|ed)? me\b|\bgive me (?:only|the|a|just)\b|\bdo i have to (?:stop|hold)\b(?= *\?? *$)|\bmy discharge summary\b"
)
_OF_A_PATIENT = re.compile(r"\b(?:offer|refer|treat|tell|advise|prescribe(?: for)?) (?:him|her|them)\b|\bmy (?:exam|note|jobs list|patients?|pts?|lady|gentleman)\b")


@lru_cache(maxsize=256)
def writes_of_own_drug(text: str) -> bool:
    """Whether the writer says in so many words that the drug, or the infection beside it, is their own."""
    folded = _NOT_OF_ONESELF.sub(" ", fold(text))
    if _OF_A_PATIENT.search(folded):
        return False
    own_words = _OWN_WORDS.search(folded) or _CAUGHT_IT.search(folded)
    return bool(_OWN_DRUG_WORDS.search(folded)) or (bool(own_words) and not _SOMEBODY_TAKES_IT.search(folded) and not phrase("kin_takes_it").search(folded))


def speaks_of_oneself(text: str) -> bool:
    """Whether the writer is the patient: speaks of an own body, drug or doctor, and of no third person but those who treat."""
    folded = _NOT_OF_ONESELF.sub(" ", fold(text))
    if not _BODY.search(folded) or _OF_A_PATIENT.search(folded):
        return False
    return not _THIRD_PERSON.search(folded) or bool(
        _ABOUT_STAFF.search(folded)
        and re.search(r"\b(?:i|i'm|im|i've|me|my)\b", folded)
        and not re.search(r"\b(?:pt|patient|mr|mrs|lady|gentleman)\b", folded)
    )


def begins_with_kin(piece: str) -> bool:
    """Whether the piece of one patient names him as somebody's kin ('Uncle is in the ICU')."""
    return bool(_ANNOUNCED[0].match(fold(piece)))


def splitting_turn(scans: Sequence[Scan]) -> tuple[Scan, list[str]] | None:
    """The last message that tells of several patients, with its pieces; None where a later one tells of an illness itself."""
    announced = any(s.intents("two_patients") for s in scans)
    for scan in reversed(scans):
        pieces = split_patients(scan, announced=announced)
        if len(pieces) > 1:
            return scan, pieces
        if any(i.kind in ("infection", "state", "symptom", "antimicrobial") for i in scan.items):
            return None
    return None


def split_patients(scan: Scan, *, announced: bool = False) -> list[str]:
    """The message cut into one piece for each patient, or a list of one; `announced`: another message says that there are two."""
    folded = scan.folded
    announced = announced or scan.intents("two_patients")
    best: list[int] = []
    for pattern in (*_ANCHORS[:-1], *((_ANCHORS[-1], *_ANNOUNCED) if announced else ())):
        places: dict[str, int] = {}
        for match in pattern.finditer(folded):
            name = re.sub(r"\W", "", match.group(1))
            # 'One has got over a cold, one is well': the word for both.
            places.setdefault(f"{name} again" if name == "one" and name in places else name, match.start(1))
        if len(places) >= 2 and len(places) > len(best):
            best = sorted(places.values())
    if len(best) < 2:
        return [scan.text] if not announced else _by_infection(scan)
    if not announced and not _each_has_its_own(scan, best):
        return [scan.text]
    ends = [*best[1:], len(scan.text)]
    return [scan.text[start:end] for start, end in zip(best, ends, strict=True)]


def _each_has_its_own(scan: Scan, starts: list[int]) -> bool:
    """Whether every piece has an infection, a count or a state of its own; a name in passing is no second patient."""
    ends = [*starts[1:], len(scan.text)]
    clinical = [i for i in scan.items if i.kind in ("infection", "symptom", "state", "severity")]
    own = [
        any(start <= i.words.start < end for i in clinical) or bool(re.search(r"\b(?:anc|neuts?|plts?|platelets)\b", scan.folded[start:end]))
        for start, end in zip(starts, ends, strict=True)
    ]
    return all(own)


def _by_infection(scan: Scan) -> list[str]:
    """Announced as two without names: cut before the second infection's clause."""
    infections = [i for i in scan.of("infection") if i.entry.kind not in ("not_infection", "generic")]
    if len(infections) < 2:
        return [scan.text]
    second = next((i for i in infections[1:] if i.name != infections[0].name), None)
    if second is None:
        return [scan.text]
    cut = max(scan.text.rfind(sign, infections[0].words.end, second.words.start) for sign in (",", ";", ".", "\n", " and "))
    return [scan.text] if cut < 0 else [scan.text[:cut], scan.text[cut + 1 :]]
