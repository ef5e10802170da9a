"""Extracts a passage's addressees: subjects of modals, parties called upon, and openings of instructions.

Long because every construction that names an addressee has a short rule here, and they call one another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.annotate.clauses import Analysis, Modal, analyze
from ingest.annotate.imperatives import is_infinitive
from ingest.annotate.noun_phrases import (
    ASIDE_OPENING,
    NAME_PREFIX,
    WORD,
    is_actor,
    parse_addressee_list,
    parse_names,
    split_list,
    strip_tail,
)
from ingest.lexicon.actors import ACTOR_NOUNS
from ingest.lexicon.addressing import GRAMMARS
from ingest.lexicon.modals import ENGLISH_VERBS, LEFT, NOBODY, READER
from ingest.lexicon.responses import RECEIVED
from ingest.lexicon.sentences import Boundary, find_sentences
from ingest.lexicon.tables import WordTables
from ingest.report import Strength

_WINDOW = 500  # characters in which names are looked for, on either side
_TABLES = WordTables("ingest.annotate", "addressees", printed=True)

_NOT_ITS_VERB = _TABLES.words("infinitive_of_another")
_OF_ONLY = re.compile(r"\s*+(?:(?:de|del|do|da|dos|das|des|du|of)\s++|d['’])?", re.IGNORECASE)
_PRONOUN = _TABLES.compile(r"\b{pronoun}\s*+\Z", re.IGNORECASE)
_FINITE = _TABLES.compile(r"\b{finite}\b", re.IGNORECASE)
_RELATIVE = _TABLES.compile(r"\b{relative}\b", re.IGNORECASE)
_WHO = _TABLES.compile(r"(?<![\s,])[\s,]*+(?:\([^()]{1,100}\)\s*+,?\s*+)?{who}\b", re.IGNORECASE)
_AND_DOES = _TABLES.compile(r"\b{and_does}\s++\Z", re.IGNORECASE)
_OPENING = _TABLES.compile(r"\W*(?:{opening}\b[^,.;:]{1,150},\s*+)?", re.IGNORECASE)
_BEHIND = _TABLES.compile(r"\s++(?:{takes_part}\s++)?(?={subject_article}\s)", re.IGNORECASE)
_ANYONE = _TABLES.compile(r"\W*{anyone}\b", re.IGNORECASE)
_BEING_DONE = _TABLES.compile(
    r"\s++{negation}?{be}\s++(?:[^\W\d_]+(?:ly|mente|ment)\s++|bien\s++|mieux\s++)?[^\W\d_]+{participle}\b",
    re.IGNORECASE,
)
_ARABIC = _TABLES.compile(
    r"{arabic_duty}\s++(?:على\s++|ل(?P<glued>ل)?)(?P<bound>(?:\S+\s++){1,5}?)(?=أن\b|أل|ألا\b)"
    r"|{arabic_call}\s++(?:{arabic_caller}\s++)?+(?P<called>(?:(?!ب?أن\b)\S+\s++){1,5}?)(?=إلى\b|على\b|ب?أن\b)"
    r"|{arabic_call}\s++(?:\S+\s++){0,3}?بأن\s++[تي]\S+\s++(?P<does>{arabic_actor}(?:\s++ال\S+){0,2})"
)


@dataclass(frozen=True, slots=True)
class AddressedInstruction:
    """An instruction that opens with its addressees, "Al Congreso, adoptar …": names and verb, as printed."""

    names: tuple[str, ...]
    verb: str


def find_addressees(analysis: Analysis) -> tuple[str, ...]:
    """Extract whom a passage asks to act, as printed, without article or preposition; empty when it names none.

    >>> text = "Al Congreso de la República y al Gobierno, con apoyo de la ONU, adoptar la ley."
    >>> find_addressees(analyze(text, "es")), find_addressees(analyze("The new policy must be explained.", "en"))
    (('Congreso de la República', 'Gobierno'), ())
    """
    text, language = analysis.text, analysis.language
    if language == "ar":
        return _find_arabic(text)
    if language not in ACTOR_NOUNS:
        return ()
    found: list[str] = []
    for start, _ in analysis.statements:
        if to_whom := parse_addressed(text[start : start + 2 * _WINDOW], language):
            found += to_whom.names
    asks = bool(found) or any(mark.strength is not Strength.POSSIBILITY for mark in analysis.modals)
    for mark in analysis.modals:
        if mark.who in {NOBODY, READER} or (asks and mark.strength is Strength.POSSIBILITY):
            continue
        found += _find_subjects(text, mark, language) if mark.who == LEFT else _find_called_upon(text, mark, language)
    found += _find_that_subjects(text, language)
    return _deduplicate(found)


def find_recipients(language: str, *above: str) -> tuple[str, ...]:
    """Find whom the items of a list are for in what stands above it, the lead-in and headings, nearest first.

    >>> find_recipients("en", "The following recommendations will be examined by Malta, which will respond in June:")
    ('Malta',)
    >>> find_recipients("fr", "", "Recommandations aux États membres", "Rapport")
    ('États membres',)
    """
    if language not in ACTOR_NOUNS:
        return find_addressees(analyze(above[0], language))
    people = ACTOR_NOUNS[language][1]
    for text in above:
        last = text[slice(*find_sentences(text, Boundary.STOP)[-1])] if text.endswith(":") else ""
        names = list(find_addressees(analyze(last, language)))
        for received in RECEIVED.finditer(text):
            found, _ = parse_names(text, received.end(), language, anyone=not received["noun"])
            about = received["noun"] and any(people.fullmatch(name.partition(" ")[0]) for name in found)
            names += [] if about else found
        if names:
            return _deduplicate(names)
    return ()


def parse_addressed(text: str, language: str) -> AddressedInstruction | None:
    """Parse an instruction that opens with its addressees, "Al Congreso, …", "Aux États, …"; None for other texts."""
    front = GRAMMARS[language].addressed.match(text) if language in GRAMMARS else None
    if not front:
        return None
    end = next((end for _, end in find_sentences(text[: 4 * _WINDOW], Boundary.CLAUSE) if end > front.end()), len(text))
    before = front["to"].lower()
    for word in WORD.finditer(text, front.end(), end):
        plain = word.group()
        if is_infinitive(plain) and before not in _NOT_ITS_VERB:
            break
        before = plain.lower()
    else:
        return None
    stretch = text[front.start("to") : word.start()]
    plain_stretch = NAME_PREFIX.sub("", stretch, count=1)
    if not plain_stretch.strip():
        return None
    names = parse_addressee_list(stretch, language)
    return AddressedInstruction(_deduplicate(names), word.group()) if names else None


def _find_subjects(text: str, mark: Modal, language: str) -> list[str]:
    """Who must or should: the actors in front of the modal, or behind it ("deben los Estados …")."""
    done = GRAMMARS[language].be_done.match(text, mark.end)
    if done:
        by = GRAMMARS[language].agent.match(text, done.end())
        names, _ = parse_names(text, by.end(), language) if by else ([], 0)
        return names
    left = max(mark.clause, mark.start - _WINDOW)
    stretch = text[left : mark.start]
    if _PRONOUN.search(stretch):
        return _resolve_pronoun(text, mark, language)
    names = _subjects_in_front(stretch, language) or _subjects_at_start(stretch, language)
    if not names and language in {"es", "pt"}:
        article = _BEHIND.match(text, mark.end)
        names, _ = parse_names(text, article.end(), language) if article else ([], 0)
    return names


def _subjects_at_start(stretch: str, language: str) -> list[str]:
    """The actors that a clause begins with and says more of before its verb: "The council, which …, must"."""
    opening = _OPENING.match(stretch)
    assert opening is not None
    names, end = parse_names(stretch, opening.end(), language)
    goes_on = names and (
        _WHO.match(stretch, end) or (_FINITE.match(stretch[end:].lstrip()) and _AND_DOES.search(stretch))
    )
    return names if goes_on else []


def _subjects_in_front(stretch: str, language: str) -> list[str]:
    """The actors that a stretch before a verb ends with, as its subject."""
    names: list[list[int]] = []  # start and end in the stretch
    thing = False  # whether the piece before is a noun phrase, but no actor
    shared = -1  # where a row of adjectives begins that may share the noun behind: "state and local governments"
    cut = list(split_list(stretch, language))
    for n, (start, end, joins) in enumerate(cut):
        piece, joined = stretch[start:end], joins
        if not piece.strip() or ASIDE_OPENING.match(piece):
            continue
        front = NAME_PREFIX.match(piece)
        assert front is not None
        at = start + front.end()
        bare = stretch[at:end]
        last = n == len(cut) - 1
        shares = shared >= 0 and joined and not front.group().strip()
        actor = (
            not GRAMMARS[language].to.search(front.group())
            and is_actor(bare, language)
            and (shares or not (joined and thing))
        )
        if actor and last:
            actor = not _FINITE.search(_RELATIVE.split(bare)[0])
        elif actor:
            named, stop = parse_names(piece, front.end(), language)
            actor = bool(named) and (stop >= len(piece.rstrip()) or bool(_RELATIVE.search(bare)))
        in_list = joined or (not last and cut[n + 1][2])
        if actor:
            names.append([shared if shares else at, end])
            thing = False
            shared = -1
        elif names and in_list and _OF_ONLY.fullmatch(front.group()) and len(bare.split()) <= 3:
            names[-1][1] = end  # "países de origen, tránsito y destino"
        else:
            one_word = language == "en" and WORD.fullmatch(bare.strip()) and (n == 0 or not names)
            shared = (shared if shared >= 0 and not front.group().strip() else at) if one_word else -1
            names, thing = [], True
    return [strip_tail(_drop_relative_clause(stretch[start:end])) for start, end in names]


def _drop_relative_clause(printed: str) -> str:
    """A name without the relative clause behind it, unless its noun says nothing by itself: "persons who film"."""
    clause = _WHO.search(printed)
    return printed[: clause.start()] if clause and not _ANYONE.match(printed) else printed


def _find_called_upon(text: str, mark: Modal, language: str) -> list[str]:
    """Those that a call names: "insta a los Estados", "recommends that the Government", "invite les employeurs à"."""
    up_to = GRAMMARS[language].call.match(text, mark.end)
    if not up_to:
        return []
    link = re.sub(r"\W.*", "", up_to["link"].lower())
    names, end = parse_names(text, up_to.end(), language, anyone=language == "en" and not link)
    if not names or text.startswith(("’s", "'s"), end):
        return []
    if link in {"que", "that", "qu", "para", "pour", "à", "a"} and _BEING_DONE.match(text, end):
        return []
    return names


def _find_that_subjects(text: str, language: str) -> list[str]:
    """Who stands in "That the Government adopt …", alone or behind another instruction."""
    names: list[str] = []
    if language == "en" and "that" not in text.lower():
        return names
    for that in GRAMMARS[language].that.finditer(text):
        found, end = parse_names(text, that.end(), language)
        verb = WORD.search(text, end, end + 40)
        if not found or not verb or _BEING_DONE.match(text, end):
            continue
        first = language != "en" and not text[: that.start()].strip()
        should = verb.group() in {"should", "must"} and that.group().startswith(";")
        if (language == "en" and (should or verb.group() in ENGLISH_VERBS)) or first:
            names += found
    return names


def _resolve_pronoun(text: str, mark: Modal, language: str) -> list[str]:
    """Resolve "they": to the actors that the sentence before begins with."""
    before = text[max(0, mark.sentence - _WINDOW) : mark.sentence]
    starts = [start for start, end in find_sentences(before, Boundary.CLAUSE) if before[start:end].strip(" .\n")]
    opening = _OPENING.match(before, starts[-1] if starts else 0)
    assert opening is not None
    return parse_names(before, opening.end(), language)[0]


def _deduplicate(names: Iterable[str]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for name in names:
        unique.setdefault(name.casefold(), name)
    return tuple(value for value in unique.values() if value)


def _find_arabic(text: str) -> tuple[str, ...]:
    """Those behind "يجب على" and the like; the article that "for" has swallowed a letter of stands whole again."""
    return _deduplicate(
        f"{'ال' if found['glued'] else ''}{found[found.lastgroup or 0]}".strip() for found in _ARABIC.finditer(text)
    )
