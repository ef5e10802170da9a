"""Finds the verb that opens an instruction: an imperative, infinitive or gerund, or the verb of a "That …"."""

import re
from importlib.resources import files
from itertools import pairwise

from ingest.lexicon.english_verbs import ENGLISH_VERBS

_PARTICLE = r"(?:\s+(?:up|out|off|down|on|forward|in\s+place|into\s+force)\b)?"
_NUMBER = r"[\s(]*(?:\(?\w{1,4}[.)]\s+)?[\"“«*●•–-]*\s*"
_JOINING = r"(?:(?:and|also|further|y|e|et|además|asimismo|también|também|ainda|également|furthermore|in addition|además de)\s*,?\s+)*"
_ADVERBS = r"(?:(?:(?!(?:supply|apply|comply|reply|multiply|rely)\b)[^\W\d_]+(?:ly|mente)|[^\W\d_]{3,}(?:am|em|l|é|u|a)ment|better|"
_ADVERBS += r"swiftly|timely|soon|further|also|and|y|e|et)\s*,?\s+)*"
_NOT = r"(?P<not>(?:do\s+not|don['’]t|not\s+to|not|no|não|ne\s+(?:pas|plus|jamais)|never|nunca)\s+)?"
_WORD = r"(?P<verb>[^\W\d_]+(?:-[^\W\d_]+)?)"
_PHRASE = (  # what stands before the instruction and ends in a comma
    r"(?:(?:in|with|within|as|on|by|through|for|following|regarding|concerning|given|considering|where|when|if|taking|"
    r"based|under|at|pursuant|while|during|recalling|bearing|to this|to that|towards|"
    r"a\s+(?:nivel|corto|mediano|largo|más|tal|este|la\s+(?:luz|vez|mayor)|medida|escala)|al\s+(?:mismo|respecto|menos|igual)|à\s+(?:court|moyen|long|terme)|"
    r"au\s+(?:niveau|plan|minimum|plus)|ao\s+(?:nível|mesmo|menos)|en|con|de|según|conforme|desde|a través|a fin|a partir|para|por|sobre|ante|dentro|teniendo|mediante|respecto|"
    r"dans|pour|afin|avec|conformément|selon|sur|à cet|à cette|au niveau|au titre|compte|"
    r"no|na|nos|nas|com|segundo|no âmbito|tendo)\b[^,.;:]{2,160},\s+)"
)
_IN_FRONT = re.compile(
    rf"{_NUMBER}(?:in|with|within|as|on|by|through|for|following|regarding|given|considering|under|at|pursuant|while|during)\s",
    re.IGNORECASE,
)
_OPENING = re.compile(rf"{_NUMBER}{_JOINING}(?P<to>(?:to|a|à|de|d['’])\s+)?{_ADVERBS}{_NOT}{_WORD}", re.IGNORECASE)
_AFTER_PHRASE = re.compile(rf"{_NUMBER}{_JOINING}{_PHRASE}(?P<to>to\s+)?{_ADVERBS}{_NOT}{_WORD}", re.IGNORECASE)
_INFINITIVE = re.compile(
    r"(?:[^\W\d_]{2,}(?:[ai]r|(?<!i)er)|[^\W\d_]*[aeioí]r(?:se|l[aeo]s?|les?|nos)|oír|reír|ir|ser|ver|dar|"  # es
    r"[^\W\d_]+[aeêi]r-(?:se|lhes?)|[^\W\d_]+[áêéí]-l[ao]s?|pôr|(?:com|dis|pro|ex|im|o|de|trans|su|re|contra|inter|pres|recom|pressu)por|[^\W\d_]+por-se|"  # pt
    r"[^\W\d_]*(?:[^\W\di_]er|ir|oir)|[^\W\d_]*(?:if|publ|tipl|étud|éd|vi|pr|ll|al|el|négoc|assoc|appréc|remerc|licenc|béné?fic|"
    r"cil|init|onf|plan|cr|tr|var|mar|cop|oubl|pl|n)ier|[^\W\d_]*(?:ttre|[eor]ndre|[aeo]indre|crire|duire|truire|faire|suivre|vivre|clure|battre|rompre|"
    r"naître|croître|fendre|pandre)|lire|dire|élire|être)",  # fr
    re.IGNORECASE,
)
_NO_INFINITIVE = frozenset(  # nouns, adjectives and others that end so
    files("ingest.lexicon").joinpath("data", "no_infinitives.txt").read_text(encoding="utf-8").split()
)
_GERUND = re.compile(r"[^\W\d_]{3,}(?:ando|iendo|yendo|endo|indo)|[^\W\d_]{3,}ing", re.IGNORECASE)
_IMPERATIVE = re.compile(r"[^\W\d_]{4,}(?:ez|[áéíóú][^\W\d_]{1,4}[ae]n?se|e-se)|garanta-se|promova-se", re.IGNORECASE)
_NO_VERB_BEFORE = re.compile(  # behind a word that may be a noun as well as a verb
    r"\s+(?:for|of|in(?!\s+(?:all|every|practice|law|its|place)\b)|by|from|between|among|is|are|was|were|has|have|had|should|must|may|can|could|will|would|shall)\b"
)
_FROM_WHOM = re.compile(r"\s+from\s+(?:the\s+)?[A-Z]")  # "Request from OHCHR …"
_VERB_OR_NOUN = frozenset(
    "balance base budget care cause charge contract contrast debate document estimate factor feature field file flag frame gain guard "
    "influence import master mandate position post print profile progress title tax time top voice warrant support increase access study report plan review use call control change aid help guarantee request respect "
    "research measure set target exchange fund practise finance record view visit vote value state place note link issue "
    "limit share lead map move present offer release return reform train transfer address approach account advance award "
    "ban cut delay design discharge draft end exercise process progress host demand need concern focus contact cover "
    "sanction contract check cause damage model monitor object permit project protest question reply result risk shift "
    "sponsor start step supply survey test trade treat turn urge welcome trust".split()
)
_OF_LIST = re.compile(r"\s+(?:its|the|an?|all|every|their|his|to|that|with|into|any|this|these|those)\b")
_OBJECT = re.compile(_OF_LIST.pattern + r"|\s+[A-Z]")
_FURTHER = re.compile(rf"{_NUMBER}(further)(?=\s+(?:its|the)\s)", re.IGNORECASE)
_COMMA = re.compile(r",\s+(?=([^\W\d_]+))")
_WITH_OBJECT = re.compile(r"\s+(?:its|the|an?|all|every|any|these|those|such)\b")
_NO_IMPERATIVE = frozenset(
    "given regarding concerning considering including like despite during within under over among through per after before "
    "since until while when where if in on at by for from of with as and or but both all the an this that these those its "
    "their it we they he she who which what how why also because although though whereas such some many most more once upon "
    "towards about against between beyond without is are was were has have had not no only even thus then so just than "
    "following based according due works supports needs reports uses measures calls controls changes plans views votes "
    "values states places notes links issues limits shares leads maps moves results".split()
)
_BE = re.compile(r"\bbe\s+(?:\w+ly\s+)?[^\W\d_]+(?:ed|en|wn|ght|ut|eld|ade)\b")
_ASKED_BY = re.compile(r"\b(?:to|should|must|may|might|can|could|will|would|shall|not)\s+\Z")
_THAT = re.compile(rf"{_NUMBER}(?:(?:and|y|et|e|a)\s+)?(?:that|que|qu['’])\s*(?=\w)", re.IGNORECASE)
_SUBJUNCTIVE = re.compile(
    r"(?:sea|sean|haya|hayan|tenga|tengan|haga|hagan|vaya|vayan|esté|estén|seja|sejam|tenha|tenham|faça|façam|soit|soient|"
    r"ait|aient|fasse|fassent|prenne|prennent|"
    r"[^\W\d_]{2,}(?:quen?|cen?|guen?|icen?|dan|den?|ten?|ren?|len?|nen?|sen?|ven?|men?|pen?|gan?|zcan?|yan?|ban?|uyan?|"
    r"uem|quem|cem|tem|rem|lem|nem|sem|vem|gam|issent|isse|ent|e))"
)
_PLAIN = re.compile(r"[^\W\d_]+")


def find_leading_verb(text: str, language: str = "", *, asked: bool = True) -> str:
    """Find the verb of the instruction that a text opens with, as printed; empty where it opens otherwise.

    With ``asked`` also what is an instruction only where something is asked for: a gerund, a "That …",
    a verb that no list of verbs holds. Without a language the verbs of all are looked for.

    >>> find_leading_verb("Thoroughly and timely implement the Convention", asked=False)
    'implement'
    >>> find_leading_verb("The following recommendations were made:")
    ''
    """
    head = text[:400]
    if asked and (that := _THAT.match(head)):
        return _find_subjunctive(head, that.end()) or that.group().strip(" \n(–-•*").split()[-1]
    if language in {"", "en"} and (further := _FURTHER.match(head)):
        return further[1]
    if verb := _check_opening(_OPENING.match(head), head, language, asked=asked):
        return verb
    if verb := _check_opening(_AFTER_PHRASE.match(head), head, language, asked=False):
        return verb
    if asked and language in {"", "en"} and _IN_FRONT.match(head):
        for comma in _COMMA.finditer(head):  # a phrase that has commas of its own
            if comma[1] in ENGLISH_VERBS and comma[1] not in _VERB_OR_NOUN and _OBJECT.match(head, comma.end(1)):
                return comma[1]
    if (
        asked
        and (be := _BE.search(head))
        and not _ASKED_BY.search(head[: be.start()])
        and "," not in head[: be.start()]
    ):
        return be.group()
    return ""


def _check_opening(found: re.Match[str] | None, text: str, language: str, *, asked: bool) -> str:
    if not found:
        return ""
    printed, end = found["verb"], found.end("verb")
    start = found.start("not") if found["not"] else found.start("verb")
    word = printed.lower()
    english = language in {"", "en"}
    if found["to"] and found["to"].strip().lower() not in {"to", "a", "à"}:
        return ""
    if english and word in ENGLISH_VERBS:
        noun = word in _VERB_OR_NOUN and not found["to"] and _NO_VERB_BEFORE.match(text, end)
        if noun and not (asked and _FROM_WHOM.match(text, end)):
            return ""
        more = re.compile(_PARTICLE).match(text, end)
        to = found.start("to") if found["to"] and found["to"].strip().lower() == "to" else start
        return text[to : more.end() if more else end]
    if language != "en" and is_infinitive(printed, first=True):
        return text[start:end]
    if found["to"] and found["to"].strip().lower() == "to":
        return text[found.start("to") : end] if found["to"][:1] in "tT" and printed.islower() and len(word) > 2 else ""
    if found["not"] and found["not"].lower().startswith(("do", "never", "not to")) and printed.islower():
        return text[start:end]
    if not asked or found["to"]:
        return ""
    if _GERUND.fullmatch(word) or _IMPERATIVE.fullmatch(word):
        return printed
    if not english:
        return ""
    if word[:-1] in ENGLISH_VERBS or _WITH_OBJECT.match(text, end):  # "Considers conducting …" is a slip of the pen
        return printed if word not in _NO_IMPERATIVE else ""
    return printed if word.endswith(("ate", "ize", "ise", "ify", "ed")) and _OF_LIST.match(text, end) else ""


def is_infinitive(word: str, *, first: bool = False) -> bool:
    """Whether a word is a Spanish, French or Portuguese infinitive; capitals are accepted only of the ``first``."""
    if not first and not word.islower():
        return False
    plain = word.lower()
    return plain not in _NO_INFINITIVE and _INFINITIVE.fullmatch(plain) is not None


def _find_subjunctive(text: str, at: int) -> str:
    """Find the verb of "That the Government adopt …": the first word that can be one behind the subject's own."""
    words = list(_PLAIN.finditer(text, at, min(len(text), at + 160)))
    for before, word in pairwise(words):
        plain = word.group()
        if not plain.islower() or before.group().lower() in _ARTICLES:
            continue
        if plain in ENGLISH_VERBS or (plain not in _NO_SUBJUNCTIVE and _SUBJUNCTIVE.fullmatch(plain)):
            return plain
    return ""


_ARTICLES = frozenset(
    "the a an el la los las le les l de del of du des d o os as da do dos das un une uma um for to".split()
)
_NO_SUBJUNCTIVE = frozenset(
    "de le que se este ese dicho entre desde sobre parte parties gobierno país países the state internacionales gente "
    "presente siguiente competente pertinentes residente gobernante comité conferencia ministre comité autre notre leur "
    "centre membre membres justice police société concerned".split()
)
