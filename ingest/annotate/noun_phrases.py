"""Parses noun phrases that name actors: where a name begins and ends, and lists of names."""

import re
from collections.abc import Iterator

from ingest.annotate.imperatives import is_infinitive
from ingest.lexicon.actors import (
    ACRONYM,
    ACTOR_NOUNS,
    AMBIGUOUS_NOUNS,
    NON_ACTOR_ACRONYMS,
    QUALIFIED_ACTORS,
    STATE_NAMES,
)
from ingest.lexicon.addressing import GRAMMARS
from ingest.lexicon.english_verbs import ENGLISH_VERBS

SPACE = re.compile(r"\s+")
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
NAME_PREFIX = re.compile(  # articles and what else stands before a name and is not of it
    r"(?:(?!el\s+salvador\b)(?:(?:y|e|et|and|or|ou|o|u|en\s+(?:particular|especial)|especialmente|particularmente|particularly|especially|notably|including|"
    r"notamment|en\s+particulier|y\s+compris|em\s+(?:particular|especial)|incluind?[oa]s?|incluyendo|incluid[oa]s?|inclusive|"
    r"también|asimismo|además|tanto|como|both|also|either|neither|igualmente)\s*,?|"
    r"(?:a|al|to|on|upon|for|à|aux?|ao|aos|às|que|that|qu['’]|para\s+que|por|by|par|pela?s?|pelos?|para|de|del|do|da|dos|das|pour|des|d['’])|"
    r"(?:l['’]ensemble|la\s+plupart|la\s+mayoría|el\s+conjunto|cada\s+un[oa]|the\s+majority|most|many|several|each|one|a\s+maioria|o\s+conjunto|"
    r"chacun|muchos|muchas|vari[oa]s|plusieurs|muit[oa]s)(?:\s+(?:of|de|des|du|d[oa]s?))?|(?:(?:el|los|un|o|os|le|les)/(?:la|las|una|a|as)|el|la|los|las|un|una|unos|unas|the|an?|all|every|each|any|les?|l['’]|des|une?|tous|toutes|tout|toute|chaque|"
    r"os?|as|todos|todas|todo|toda|cada|cualquier|cualesquiera|qualquer|quaisquer|um|uma|of|those|these|ces?|cette|cet|sus?|its|their|nos|nuestros?|our|notre|votre|vos|your|seus?|suas?|"
    r"est[eoa]s?|es[eoa]s?|dich[oa]s?|estes?|both|some|certain|algun[oa]s|alguns|algumas|otr[oa]s|other|demás|"
    r"ning[úu]n(?:a|o)?|no|aucune?|nenhuma?|diferentes|divers[oa]s|distint[oa]s|various|respective|divers|différents))\s+|(?:l|d|qu)['’])*",
    re.IGNORECASE,
)
ASIDE_OPENING = re.compile(  # who supports, takes part or is a means, and other things said in passing
    r"\s*\(?(?:con\s+|a\s+través|por\s+medio|mediante|en\s+(?:cabeza|coordinación|articulación|colaboración|cooperación|conjunto|consulta|concertación|"
    r"alianza|caso|virtud|el\s+marco|el\s+ámbito|su|sus|cumplimiento|acuerdo|materia|consonancia|desarrollo|asocio|compañía)|bajo\s|según|conforme|"
    r"de\s+(?:acuerdo|conformidad|manera|forma|común)|para\s+(?!la\s+Paz)|o\s+quien|como\s|desde\s|dentro|sin\s|teniendo|ante\s|por\s+(?:su|sus)\s|"
    r"with\b|through\b|in\s+(?:cooperation|collaboration|consultation|coordination|partnership|accordance|line|particular|conjunction|their|its|close|order)|"
    r"supported\b|assisted\b|together\s+with|as\s+(?:appropriate|necessary|well)|where\b|when\b|under\b|within\b|if\b|at\b|by\b|on\b|"
    r"avec\b|en\s+(?:coopération|collaboration|concertation|partenariat|consultation|lien|vertu|cas|tant|application)|par\s+l['’]inter|au\s+moyen|grâce|"
    r"dans\b|conformément|selon\b|sous\b|lorsqu|si\b|le\s+cas\s+échéant|"
    r"com\s+(?:o|a|os|as|base|apoio|participação|vistas)\b|por\s+meio|através|em\s+(?:cooperação|colaboração|parceria|coordenação|conjunto|conformidade|"
    r"consulta|articulação|caso|virtude|particular)|no\s+âmbito|nos\s+termos|de\s+acordo|mediante|quando\b|se\s)",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"\b(?:incluyendo|incluid[oa]s?|inclusive|including|y\s+compris|incluindo|incluíd[oa]s|en\s+(?:particular|especial)|em\s+(?:particular|especial)|"
    r"in\s+particular|notamment|en\s+particulier)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(  # what follows a name and is not of it
    r"(?:\s(?:en\s+general|en\s+conjunto|en\s+su\s+conjunto|conjuntamente|juntos|también|igualmente|asimismo|además|siempre|solo|sólo|"
    r"por\s+(?:lo\s+tanto|tanto|ende)|para\s+lo\s+de.*|como\s+.*|en\s+particular|en\s+especial|"
    r"therefore|also|thus|always|then|together|jointly|alike|still|in\s+turn|consequently|first|now|only|themselves|collectively|never|both|"
    r"également|aussi|donc|ensemble|eux-mêmes|toujours|alors|ainsi|seuls?|"
    r"também|igualmente|portanto|sempre|ainda|juntos|conjuntamente|em\s+geral|não|no|ne|n['’]|se|y|e|et|and|or)|"
    r"\([^()]{0,80}\)(?:\s*\d+)?|(?<=[^\W\d_])\d{1,4}|[\s,;:.–—-])+\Z",
    re.IGNORECASE,
)
_OF_ENGLISH = re.compile(
    r"\s+(?:of|(?<=[Pp]arties\s)to|(?:(?<=Commission\s)|(?<=Committee\s)|(?<=Council\s)|(?<=Group\s)|(?<=Office\s)|(?<=Ministry\s)|"
    r"(?<=Department\s)|(?<=Institute\s)|(?<=Agency\s)|(?<=Unit\s)|(?<=Commissioner\s)|(?<=Court\s))(?:for|on)(?=\s+(?:the\s+)?[A-Z]))"
    r"\s+(?:the\s+)?"
)
_OPENS_ASIDE_ENGLISH = re.compile(
    r"\s+(?:of|for|in|on|at|with|to|from|by|concerning|involved|responsible|working|that|which|who|whose|under|within|against|among|between|across)\b"
)
_BOTH = re.compile(r"\b(?:tanto|tant|both)\s", re.IGNORECASE)
HELPER_PHRASE = re.compile(
    r"\s(?:con\s+(?:el\s+|la\s+)?(?:apoyo|participación|acompañamiento|colaboración|asistencia|ayuda|asesoría|concurso|cooperación)|"
    r"a\s+través\s|en\s+(?:cabeza|coordinación|articulación|colaboración|cooperación|conjunto|concertación)\s|por\s+medio\s|mediante\s|"
    r"avec\s+(?:l['’]appui|l['’]aide|le\s+(?:soutien|concours)|la\s+participation)|en\s+(?:collaboration|coopération|concertation)\s|"
    r"com\s+(?:o\s+|a\s+)?(?:apoio|participação|ajuda|colaboração|cooperação)|em\s+(?:cooperação|colaboração|parceria|articulação|coordenação)\s|"
    r"através\s|por\s+meio\s)",
    re.IGNORECASE,
)
_ENDS_NAME = frozenset(
    "against among within between during under over through how why such whether if this the to should must shall may can could will would has have had is are was were be and or as of for in on at by with from "
    "invited urged called asked encouraged recommended requested that which who not also their its his her".split()
)
_INNER_ARTICLES = frozenset("the a an such this these those".split())
_NO_NAME = frozenset(
    "encargado encargada encargados encargadas encarregado encarregados chargé chargés que qu qui ne n se s y en no não lo la le les pas não".split()
)
_BEFORE_NOUN = re.compile(
    r"propi[oa]s?|nuev[oa]s?|grandes?|gran|principales|actuales|futur[oa]s|mism[oa]s?|primer|propres?|mêmes?|mesm[oa]s?|nouve(?:au|lle)s?|"
    r"grand[es]*|petit[es]*|différent[es]*|autres?|principa(?:ux|les|is)|novos?|novas?|própri[oa]s?|outr[oa]s|demais|haut|alt[oa]|"
    r"vice|ex|hautes?|jeunes|jóvenes|jovens|numerosos|pequeñas|pequenas|altas",
    re.IGNORECASE,
)


def parse_addressee_list(stretch: str, language: str) -> list[str]:
    """Parse a list of addressees, leaving out who helps them; empty if the first is no actor."""
    names: list[list[int]] = []  # start and end in the stretch
    aside = False
    for start, end, _ in split_list(stretch, language):
        piece = stretch[start:end]
        if ASIDE_OPENING.match(piece):
            aside = True
            continue
        front = NAME_PREFIX.match(piece)
        assert front is not None
        to_whom = bool(GRAMMARS[language].to.search(front.group()))
        if aside and not to_whom:
            continue
        aside = False
        if inner := HELPER_PHRASE.search(piece):
            aside = True
            end = start + inner.start()  # noqa: PLW2901
        at = start + front.end()
        if at >= end:
            continue
        if is_actor(stretch[at:end], language) or (names and to_whom):
            names += [[at, end]]
        elif not names:
            return []
        elif not re.match(r"(?:en|in|em)\s", piece.strip(), re.IGNORECASE):
            names[-1][1] = end
    return [name for start, end in names for name in split_included(stretch[start:end], language)]


def split_included(printed: str, language: str) -> list[str]:
    """Split a name from the actor that it mentions as included, if there is one."""
    also = _ALSO.search(printed)
    if not also:
        return [_strip_tail(printed)]
    included = _strip_prefix(printed[also.end() :])
    return [_strip_tail(printed[: also.start()]), *([_strip_tail(included)] if is_actor(included, language) else [])]


def drop_helpers(printed: str) -> str:
    """Cut "with the support of …" and the like from a name."""
    helped = HELPER_PHRASE.search(printed)
    return printed[: helped.start()] if helped else printed


def parse_names(text: str, at: int, language: str, *, anyone: bool = False) -> tuple[list[str], int]:
    """Parse the row of actor names at an offset; return them, and the offset where the last one ends.

    ``anyone``: whatever has a capital is taken for a name.
    """
    names: list[str] = []
    end = at
    while at - end < 40:
        front = NAME_PREFIX.match(text, at)
        assert front is not None
        start = front.end()
        stop = (
            _english_name_end(text, start, anyone=anyone)
            if language == "en"
            else _romance_name_end(text, start, language)
        )
        if stop <= start:
            break
        names.append(_strip_tail(text[start:stop]))
        end = stop
        cut = GRAMMARS[language].cut.match(text, stop)
        if not cut:
            break
        at = cut.end()
    return names, end


def _romance_name_end(text: str, start: int, language: str) -> int:
    """Return where a name ends that begins with its noun: "autoridades locales de los países de origen"."""
    noun = WORD.match(text, start)
    if not noun:
        return start
    if not is_actor(text[start : start + 80], language):
        return start
    either = re.compile(r"/[ao]s?\b").match(text, noun.end())  # "facilitador/a"
    end = either.end() if either else noun.end()
    if not (ACTOR_NOUNS[language][0].fullmatch(noun.group()) or noun.group()[:1].isupper()):
        second = WORD.search(text, end, end + 30)
        end = second.end() if second else end
    limit = min(len(text), start + 200)
    while end < limit:
        of = GRAMMARS[language].of.match(text, end, limit)
        space = SPACE.match(text, end)
        word = WORD.match(text, of.end() if of else space.end() if space else end, limit)
        if not word or (not of and not text[end : end + 1].isspace()):
            return end
        plain = word.group()
        if is_infinitive(plain) or plain.lower() in _NO_NAME:
            return end
        if (
            not of
            and not (plain[:1].isupper() and plain.lower() not in {"que"})
            and not GRAMMARS[language].goes_on.fullmatch(plain)
        ):
            return end
        end = word.end()
    return end


def _english_name_end(text: str, start: int, *, anyone: bool) -> int:
    """Return where a name ends whose noun comes last: "the relevant State institutions of Uruguay"."""
    end = start
    at = start
    for word in WORD.finditer(text, start, min(len(text), start + 120)):
        if text[at : word.start()].strip():
            break
        plain = word.group()
        low = plain.lower()
        at = word.end()
        if (
            low in _ENDS_NAME
            or (low.endswith("ing") and plain.islower())
            or (end > start and plain.islower() and low in ENGLISH_VERBS)
        ):
            break
        if (
            ACTOR_NOUNS["en"][0].fullmatch(low)
            or plain in STATE_NAMES
            or text[start:at] in STATE_NAMES
            or _is_acronym(plain)
            or (plain[:1].isupper() and (anyone or end > start or text.startswith("United Nations", start)))
        ):
            end = at
    if end == start:
        return start
    while of := _OF_ENGLISH.match(text, end):
        words = re.compile(r"(?:[A-Z][\w’'-]*(?:\s+(?:and\s+)?(?=[A-Z]))?)+|[a-z]+").match(text, of.end())
        if not words:
            break
        end = words.end()
    return end


def is_actor(printed: str, language: str) -> bool:
    """Whether a name, without its article, is of an actor, someone who can be asked to act."""
    printed = SPACE.sub(" ", printed.strip())
    if language == "en":
        cut = _OPENS_ASIDE_ENGLISH.search(printed)
        words = WORD.findall(_TAIL.sub("", printed[: cut.start()] if cut else printed))
        if not words:
            return False
        whole = " ".join(words)
        if not _INNER_ARTICLES.isdisjoint(words[1:]):
            return False
        return bool(
            ACTOR_NOUNS["en"][0].fullmatch(words[-1])
            or _is_acronym(words[-1])
            or whole in STATE_NAMES
            or (whole.startswith("United Nations") and whole[-1:].islower() and words[-1][:1].isupper())
        )
    words = WORD.findall(printed[:80])
    for n, word in enumerate(words[:2]):
        if n and not _BEFORE_NOUN.fullmatch(words[0]):
            break
        if word in STATE_NAMES or " ".join(words[:2]) in STATE_NAMES or _is_acronym(word):
            return True
        if ACTOR_NOUNS[language][0].fullmatch(word):
            here = printed.find(word)
            return word.lower() not in AMBIGUOUS_NOUNS[language] or bool(
                QUALIFIED_ACTORS[language].match(printed, here)
            )
    return False


def _is_acronym(word: str) -> bool:
    return bool(ACRONYM.fullmatch(word)) and word not in NON_ACTOR_ACRONYMS and not word.endswith("-")


def split_list(stretch: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """Split a stretch at commas and "and": (start, end, whether an "and" without comma stands before)."""
    at, joined = 0, False
    grammar = GRAMMARS[language]
    between = grammar.cut_both if _BOTH.match(stretch.lstrip()) else grammar.cut
    for cut in between.finditer(stretch):
        yield _skip_space(stretch, at), cut.start(), joined
        at, joined = cut.end(), "," not in cut.group() and "/" not in cut.group()
    yield _skip_space(stretch, at), len(stretch), joined


def _skip_space(stretch: str, at: int) -> int:
    """The first place from ``at`` on that is no white space."""
    found = SPACE.match(stretch, at)
    return found.end() if found else at


def _strip_prefix(printed: str) -> str:
    front = NAME_PREFIX.match(printed.lstrip())
    return printed.lstrip()[front.end() :] if front else printed


def _strip_tail(printed: str) -> str:
    return SPACE.sub(" ", _TAIL.sub("", printed)).strip()
