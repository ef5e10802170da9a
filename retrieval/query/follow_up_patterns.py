"""Patterns of follow-up questions in es en fr pt ar, over folded text (`cursor.fold_question`)."""

import re

from ingest.lexicon.tables import WordTables
from retrieval.query import patterns

_TABLES = WordTables("retrieval.query", "follow_up")

# yes, sí por favor, oui, sim, نعم: to what the last answer offered
_PLEASE = r"(?:\W+{please})?"
YES = _TABLES.compile(
    r"^\W*(?:{yes}" + _PLEASE + r"(?:\W+{show}(?:\s+(?:{them}|{rest}))?)?|{show}(?:\s+{them})?)" + _PLEASE + r"\W*$"
)
REST = _TABLES.compile(
    r"^\W*(?:{yes}\W+)?(?:(?:and|y|e|et|و)\s+)?(?:{show}\s+)?(?:{rest}|{more})" + _PLEASE + r"\W*$|"
    r"^\W*{what_else}|^\W*(?:how many|cuant[oa]s|combien|quant[oa]s|كم)\W*$"
)
WHY = _TABLES.compile(r"^\W*(?:{but}\s*)?{why}\W*$")

# no, I meant …: what follows is meant
CORRECTION = _TABLES.compile(
    r"^\W*(?:{no}\W+)?(?:{sorry}\W+)?(?P<meant>{meant})\W+(?=\w)|^\W*{rather}\s*[,;:.،]\s*(?=\w)"
)

# go back to the first question, volvamos a la pregunta anterior
BACK = _TABLES.compile(
    r"^\W*(?:{now}\W+)?(?:{can_we}\s+)?(?:{go_back}\s+{back_to}\s+(?=\w)|return\s+to\s+(?=\w)|"
    r"(?:retomemos|retomar)\s+(?=\w)|(?:go\s+)?back\W*$)"
)
PREVIOUS = _TABLES.compile(
    r"\b{previous}\b.{0,200}\b{question}|{question}\s+{previous_behind}|^\W*(?:that|the|la|a)\s+{question}\W*$"
)
QUESTION_MENTIONED = _TABLES.compile(r"\b{question}\b")

# ordinals over what was shown: explain the second one, la tercera, [2], number 3
_ONE = r"(?:\s+{one})?"
BRACKETED = re.compile(r"\[\s*(\d{1,3})\s*\]")
NUMBERED = _TABLES.compile(r"(?<![\w.])(?:(?:the|el|la|le|o|a)\s+)?{number}\s*(\d{1,3})\b(?![.\d])")
ORDINAL = _TABLES.compile(
    rf"\b(?:(?:the|la|el|le|o|a|l')\s*)?(?:{patterns.ORDINALS}|{patterns.ORDINAL_DIGITS})(?!\w)" + _ONE
)
LAST = _TABLES.compile(r"\b(?:(?:the|la|el|le|o|a)\s+)?{last}(?!\w)" + _ONE + r"|(?:ال)?(?:اخيرة|اخير)(?!\w)")
ONLY_NUMBER = re.compile(r"(?:^\W*|\b(?:the|la|el|le|o|a)\s+)(\d{1,2})\W*$")

# and for women?: the earlier subject goes on, narrowed by what follows
CONTINUATION = _TABLES.compile(r"^\W*(?:{well}\W+)?(?:{and}\s+(?=\w)|و(?=\s*(?:ال|لل|ل|في|ب|عن|ما|من|هل|كيف))\s*)")
IN_CASE_OF = _TABLES.compile(
    r"^\W*(?:(?:what|how)\s+about\s+(?=for\b|in\b|to\b|with\b|when\b)|que\s+(?:hay|pasa)\s+(?=para\b|en\b|con\b))?"
    r"(?P<prep>{in_case_of})\s+(?=\w)|^\W*(?P<for>بالنسبة ل|ل(?=ل))(?=\w)"
)
NARROWED = _TABLES.compile(r"^\W*{only}\s+(?=\w)|^\W*{those}\b")
ABOUT = _TABLES.compile(r"^\W*(?:{but_about}\s*)?{what_about}(?:\s+|(?<='))(?=\w)|^\W*{about}\s+(?=\w)")

# is it mandatory?, ¿a quién se dirige eso?
THIS_REPORT = _TABLES.compile(r"\b{this}\s+{report}\b|هذا\s+التقرير")
PRONOUN = _TABLES.compile(
    r"\b{pronoun}\b|\b{before_this}\s+(?:that|this)\b|\b{on_this}\b|(?<!\w)(?:ب|ل)?ذلك(?!\w)|\B(?:ها|هم|عنه)\b"
)
DEMONSTRATIVE = _TABLES.compile(r"(?<!\w){demonstrative}\s+(?P<noun>\w+)")
INTERROGATIVE = _TABLES.compile(r"^\W*(?:{preposition}\s+)?{interrogative}(?!\w)")
LIST_OPENING = _TABLES.compile(r"^\W*(?:\w+\W+){1,7}?{list_about}\s+(?=\w)")
ATTRIBUTE = _TABLES.compile(r"^{attribute}$")  # what is asked of a passage that was shown
FILLER = _TABLES.compile(r"^{filler}$")
