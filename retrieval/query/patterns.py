"""Patterns of the parser in es en fr pt ar, over folded text (`cursor.fold_question`): filters, numbers, "all"."""

import re

from ingest.lexicon.tables import WordTables
from retrieval.text.lexicon import SECTION_UNITS

_TABLES = WordTables("retrieval.query", "patterns")
RECOMMENDS = _TABLES.compile(
    r"\b(?:{recommendation}|recom(?:m?end|mand|iend)\w*|(?:ن|ت|ي|أ|ا)?وص[ىيت]\w*)\b|\b{plurals}\b"
)

_OF_THE = r"(?:\s+{of_the})*"
ALL = (
    _TABLES.compile(r"^\W*(?:{the_many}\s+)?{recommendations}\b"),
    # all the recommendations, todas las propuestas, toutes les recommandations, كل التوصيات
    _TABLES.compile(r"\b{all}" + _OF_THE + r"\s+(?:\w+\s+)?{counted}\b"),
    # the recommendations that …, las recomendaciones donde se lee …
    _TABLES.compile(r"\b{the_many}\s+{recommendations}\s+(?={that}\b)"),
    _TABLES.compile(r"\b{all_of_them}\b"),
    _TABLES.compile(r"\b{everything}\b"),
    # list …, enumera …, dame todas …, donnez-moi la liste de …
    _TABLES.compile(
        r"^\W*(?:{please}\W+)?{list}\b(?:\s+{list_of})?(?:" + _OF_THE + r"\s+(?:\w+\s+)?{counted}\b|(?=\s+{about}\b))?"
    ),
    _TABLES.compile(r"\b{how_many}\b\W+(?:\w+\W+){0,2}?{counted}\b"),
    # which recommendations, cuáles son las recomendaciones, quels sont les engagements
    _TABLES.compile(r"\b{which_are}\W+(?:{are}\W+)?(?:{the_all}\W+)?{plurals}\b"),
)
OBLIGATORY = _TABLES.compile(
    r"\b{obligatory}\b|\b{listing}\s+(?:(?:son|are|sont|sao)\s+)?(?:{the_many}\s+)?(?P<noun>{obligations})\b"
)
RELATIVE_BEFORE = _TABLES.compile(r"(?:{which}\s+)?(?:{be}\s+)?$")  # of an adjective
NOUN_BESIDE = _TABLES.compile(r"\b{counted}\s+\0|\0\s+{counted}\b")  # what an adjective at \0 is said of

_UNIT = "|".join(sorted(SECTION_UNITS, key=len, reverse=True))
_NUMBER = r"\d+(?:\.\d+)*"
_WHOLE = r"\d++(?:\.\d++)*+"  # which no shorter one is tried in place of
_AND = r"\s*{and}\s*"
_NUMBERS = rf"(?P<numbers>{_NUMBER}(?:{_AND}{_NUMBER})*)\b(?!\.\d)"
JOINED = _TABLES.compile(_AND)
SECTION_NUMBER = _TABLES.compile(  # bare, in front of it no more than "in" or "of"
    r"(?:\b{in_number}\s+|^\W*)(\d+\.\d+)(?=\W*$|[\s,;:?.!])"
)
_THE = r"(?:{the}\s*)?"
SECTION = _TABLES.compile(r"(?:\b{in}\s+)?" + _THE + rf"\b(?P<unit>{_UNIT})e?s?\s+(?:n\.?o\.?\s*)?" + _NUMBERS)
NUMBERS = re.compile(_NUMBER)

REFERENCE = _TABLES.compile(
    _THE + r"\b{record}\s+(?:(?:n\.?[°o]?s?\.?|num\.?|numero|number|nums?\.?|رقم)\s*)?#?" + _NUMBERS
)
BARE_NUMBER = _TABLES.compile(r"(?<![\w.,-])\d+(?:\.\d+)+(?![\w-])(?!\.\d)(?!\s*{amount})")
RANGE = _TABLES.compile(
    rf"(?:\b{{from}}\s+)?{_THE}\b(?<![\w.])(?P<first>{_WHOLE})\s*(?:\b|(?<=\d)){{up_to}}\s*{_THE}(?P<last>{_WHOLE})(?![\w%])"
)
BETWEEN = _TABLES.compile(
    rf"\b{{between}}\s+{_THE}(?P<first>{_WHOLE})\s*{{and_last}}\s*{_THE}(?P<last>{_WHOLE})(?![\w%])"
)
ABOUT_RECORDS = _TABLES.compile(r"\b{record}\b")
FIRST_OR_LAST = _TABLES.compile(  # the first three, las tres primeras, the last recommendation
    r"\b(?:(?P<firsts>{firsts})|(?P<lasts>{lasts}))\s+(?P<count>{count})\b|"
    r"\b(?P<count2>{count})\s+(?:(?P<firsts2>{firsts})|(?P<lasts2>{lasts}))\b|"
    r"\b(?P<last>{last})\s+{record}\b|\b{record}\s+(?P<last2>{last})\b"
)
REPORT_NOUN = _TABLES.compile(r"\b{report_noun}\b")
_OF_NAME = r"(?:\s{1,3}{within}){1,3}\s{0,3}\w{1,40}"
NAMED_NOUN = _TABLES.compile(rf"\b{{report_noun}}(?:{_OF_NAME})?(?:\s{{1,3}}{{within}}){{0,3}}\s{{0,3}}$")
NOUN_BEHIND = _TABLES.compile(
    rf"(?:\s{{1,3}}(?!{{in_number}}\b)\w{{1,40}})?\s{{1,3}}{{report_noun}}\b|"
    rf"\W{{1,4}}(?:{{the}}\s{{1,3}})?{{report_noun}}{_OF_NAME}(?=\W{{0,4}}[,:])"
)
TO_BEFORE = _TABLES.compile(r"\b(?:{to}|for|para|pour|الى)\s+(?:{the}\s*)?\0|\0و?ل")
LATEST = _TABLES.compile(r"\b{latest}\b")
COMPARE = _TABLES.compile(r"\b{compare}\b")
_NOT = r"(?:\b{not}|(?<=\w)n't)(?!\s+{only}\b)"
NOT_BEFORE = _TABLES.compile(_NOT + r"\s+(?:\w+\s+){0,2}$")
NOT_ABOUT = _TABLES.compile(_NOT + r"\s+(?:\w+\s+){0,2}?{speaks}\s+|\b{except}\s+(?:\w+\s+){0,2}?(?:{speaks}\s+)?")
ID = re.compile(r"(?<!\S)\S[^\s#]*+#\S*\w|(?<![^\s(«\"“])(?:#?\d[\d.]*-[rpcn]\d+(?:\.\d+)*|#[rpcn]\d+(?:\.\d+)*)")
_ORDINAL = "|".join(
    f"(?P<o{number}>{words})" for number, words in reversed(list(enumerate(_TABLES.lines("ordinals"), start=1)))
)
_DIGITS = r"(?P<digits>\d+)(?:st|nd|rd|th|\.?[ao]|e|eme|ere|er|°)"
ORDINALS, ORDINAL_DIGITS = _ORDINAL, _DIGITS  # for other patterns: groups o1 to o16, and digits
ORDINAL_FIRST = _TABLES.compile(rf"{_THE}\b(?:{_ORDINAL}|{_DIGITS})\s+" + r"{record}\b")
ORDINAL_LAST = _TABLES.compile(_THE + r"\b{record}\s+" + rf"(?:{_ORDINAL}|{_DIGITS})\b")


def read_ordinal(found: re.Match[str]) -> str:
    """The number that an ordinal stands for, in digits: "seventh" is "7"."""
    named = next((name[1:] for name, value in found.groupdict().items() if value and name[0] == "o"), "")
    return named or found["digits"]


QUOTED = re.compile(
    r"«\s*+([^«»]{2,300}?)\s*»|“\s*+([^“”]{2,300}?)\s*”|„\s*+([^„“”]{2,300}?)\s*[“”]|\"\s*+([^\"]{2,300}?)\s*\""
)

ADDRESSED = _TABLES.compile(
    r"\b(?:(?:{which}\s+)?(?:{be_made}\s+)?{directed}\s+{to}|"
    r"(?:{what}\s+)?(?:{helping}\s+){0,2}{recommends}(?:\s+\w+(?:mente|ment|ly))?\s+{to}|"
    r"{recommendation}\s+(?:{to}|for|para|pour)|{addressee}\s*(?:(?:es|is|:|sea|a|al)\s+)?)\s+"
    r"|(?:(?:ال)?موجهة|(?:ال)?موجه|(?:ي|ت)وص[ىي](?:\s+به)?)\s+(?:الى\s+)?(?:ل(?=ل))?"
)
MUST_DO = _TABLES.compile(r"^\W*{must_do}\s+")
TO_DO = re.compile(r"\s+(?:(?:have|has|need|needs)\s+to\s+)?(?:do|faire)\b")
MADE_BY = _TABLES.compile(
    r"\b(?:{which}\s+)?(?:{were_made}\s+)?{made}\s+{by}\s+|\b{recommendation}\s+{by}\s+|"
    r"\b(?:que\s+|qu'(?:a|ont)\s+|a\s+|ont\s+|o que\s+)?{said}\s+|"
    r"(?:(?:ال)?مقدمة|قدمتها|الصادرة)\s+(?:من\s+|عن\s+)?"
)
MADE_OF = _TABLES.compile(r"\b{recommendation}\s+{of}\s+|\b{recommendation}\s+d'|توصيات\s+")  # by them, or on them

LABELS = {  # by name: the words that say it, up to its value
    name: _TABLES.compile(
        r"(?:\b{under}\s+)?(?:{the_label}\s+)?\b{labels}\s*(?::|\b{label_is}\b)?\s*[\"«“'‘]?\s*", language=name
    )
    for name in _TABLES.languages("labels")
}
TERMS: dict[str, str] = _TABLES.entry("terms")
_TERM = "|".join(f"(?P<{name}>{words})" for name, words in TERMS.items())
TERM = _TABLES.compile(
    r"(?:\b{in_term}\s+){0,2}"
    rf"(?:\b(?:{_TERM})[\s-]+"
    r"{term}\b|\b{term}(?:\s*+:)?\s+"
    rf"(?:{_TERM.replace('P<', 'P<_')})\b)"
)
TOPIC = _TABLES.compile(r"(?<![\w-])(?:{about}|{said_of})\s+(?=\w)")
ASKED = _TABLES.compile(r"(?<!\w){asked}\b")
ASKING = _TABLES.compile(rf"{{asked}}|{{made}}|{{said}}|{{directed}}|{{wrapping}}|{{report_noun}}|{RECOMMENDS.pattern}")
ANY_ALL = _TABLES.compile(r"(?<!\w){any_all}\b")
COUNTS = _TABLES.compile(r"{how_many}|count|total|number|numero|nombre|عدد|how much")
TO_WHOM = _TABLES.compile(r"{to}\s")
RESPONSES = {  # by the value of the label, in its order: what denies comes first
    name: re.compile(rf"(?<!\w)(?:{_TABLES.pattern('responses', name)})(?!\w)")
    for name in _TABLES.languages("responses")
}
GREETING = WordTables("retrieval.query", "small_talk").compile(r"\W*+(?:(?>{greeting})(?!\w)\W*+)++")
