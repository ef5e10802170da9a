"""Patterns of the parser in es en fr pt ar, over folded text (`cursor.fold_question`): filters, numbers, "all"."""

import re

from retrieval.text.lexicon import SECTION_UNITS

RECOMMENDATION = r"recommendations?|recomendacion(?:es)?|recommandations?|recomendac(?:ao|oes)|(?:ال)?توصي(?:ة|ات)"
_RECOMMENDATIONS = r"recommendations|recomendaciones|recommandations|recomendacoes|(?:ال)?توصيات"
_OBLIGATIONS = r"obligations|obligaciones|obrigacoes|التزامات|الالتزامات"
_PLURALS = (
    rf"{_RECOMMENDATIONS}|{_OBLIGATIONS}|proposals|propuestas|propositions|propostas|commitments|compromisos|engagements|"
    r"compromissos"
)
_COUNTED = (
    rf"{RECOMMENDATION}|{_PLURALS}|measures?|medidas?|mesures?|points?|puntos?|pontos?|passages?|pasajes?|trechos?|"
    r"paragraphs?|parrafos?|paragraphes?|paragrafos?|conclusions?|conclusiones|conclusoes"
)
RECOMMENDS = re.compile(rf"\b(?:{RECOMMENDATION}|recom(?:m?end|mand|iend)\w*|(?:ن|ت|ي|أ|ا)?وص[ىي]\w*)\b|{_OBLIGATIONS}")

_OF_THE = r"(?:\s+(?:of|the|its|las|los|les|as|os|de|das|dos|des|una|single))*"
ALL = (
    re.compile(rf"^\W*(?:(?:the|las|les|as)\s+)?(?:{_RECOMMENDATIONS})\b"),
    # all the recommendations, todas las propuestas, toutes les recommandations, كل التوصيات
    re.compile(
        rf"\b(?:all|every|each|todas?|todos?|tous|toutes?|cada|chaque|كل|جميع){_OF_THE}\s+(?:\w+\s+)?(?:{_COUNTED})\b"
    ),
    # the recommendations that …, las recomendaciones donde se lee …
    re.compile(
        rf"\b(?:the|las|les|as)\s+(?:{_RECOMMENDATIONS})\s+(?=(?:that|which|where|in which|donde|en (?:las )?que|en las cuales|"
        r"que|qui|ou|dans lesquelles|onde|em que|nas quais)\b)"
    ),
    re.compile(r"\b(?:l[ao]s\s+\w+\s+tod[ao]s|all of them|(?:je )?les \w+ toutes|quero todas|كلها)\b"),
    re.compile(r"\b(?:everything|all that|todo lo que|tudo (?:o )?que|tout ce qu[ei]|كل ما)\b"),
    # list …, enumera …, dame todas …, donnez-moi la liste de …
    re.compile(
        r"^\W*(?:(?:please|por favor|s'il vous plait|can you|could you|puedes|podrias)\W+)?"
        r"(?:(?:give|show|tell)\s+(?:me\s+)?(?:all|a list of|the list of|every)|list|enumerate|name all|"
        r"(?:dame|deme|muestrame|muestra|quiero|dime)\s+(?:todas|todos|una lista|la lista)|lista(?:r|me|do)?|"
        r"enumera(?:r|me)?|enumere[rz]?|liste[rz]?|la liste|une liste|donne[rz]?(?:-moi)?\s+(?:tou(?:s|tes)|la liste)|"
        r"(?:de-me|mostre)\s+(?:todas|todos|uma lista|a lista)|all|todas|todos|tous|toutes|كل|جميع|اسرد|عدد|اذكر|"
        rf"قائمة|اعرض)\b(?:\s+(?:of|de|d'|ب))?(?:{_OF_THE}\s+(?:\w+\s+)?(?:{_COUNTED})\b|(?=\s+(?:on|about|sobre|sur)\b))?"
    ),
    re.compile(rf"\b(?:how many|cuant[oa]s|combien|quant[oa]s|كم)\b\W+(?:\w+\W+){{0,2}}?(?:{_COUNTED})\b"),
    # which recommendations, cuáles son las recomendaciones, quels sont les engagements
    re.compile(
        r"\b(?:which|what|que|cuales|quels?|quelles?|quais|ما|ماهي)\W+(?:(?:are|were|son|fueron|sont|sao|foram|هي)\W+)?"
        rf"(?:(?:the|las|los|les|as|os)\W+)?(?:{_PLURALS})\b"
    ),
)
OBLIGATORY = re.compile(
    r"\b(?:obligatory|mandatory|binding|obligatori[ao]s?|obligatoires?|obrigatori[ao]s?|الزامي\w*|ملزم\w*)\b|"
    rf"\b(?:all|list|which|what|how many|lista|que|cuales|cuantas|todas|enumera|quelles|quels|toutes|liste[rz]?|combien|"
    rf"quais|quantas|enumere)\s+(?:(?:son|are|sont|sao)\s+)?(?:(?:the|las|les|as)\s+)?(?P<noun>{_OBLIGATIONS})\b"
)
_ARE = r"(?:(?:which|that|que|qui)\s+)?(?:(?:are|is|be|son|es|sean|sont|est|sao|sejam)\s+)?"
RELATIVE_BEFORE = re.compile(rf"{_ARE}$")  # of an adjective
NOUN_BESIDE = re.compile(rf"\b(?:{_COUNTED})\s+\0|\0\s+(?:{_COUNTED})\b")  # what an adjective at \0 is said of

_UNIT = "|".join(sorted(SECTION_UNITS, key=len, reverse=True))
_NUMBER = r"\d+(?:\.\d+)*"
_AND = r"\s*(?:,|;|&|\band\b|\by\b|\be\b|\bet\b|\bor\b|\bo\b|\bou\b|و)\s*"
JOINED = re.compile(_AND)
SECTION_NUMBER = re.compile(  # bare, in front of it no more than "in" or "of"
    r"(?:\b(?:in|of|from|at|en|de|del|desde|dans|du|em|na|no|da|do|في|من)\s+|^\W*)(\d+\.\d+)(?=\W*$|[\s,;:?.!])"
)
_IN = r"(?:\b(?:in|of|from|at|en|de|del|dans|da|do|na|no|em|pour|for|por|للم|في|من)\s+)?"
_THE = r"(?:(?:the|la|el|las|los|le|les|l'|a|o|as|os)\s*)?"
SECTION = re.compile(
    rf"{_IN}{_THE}\b(?P<unit>{_UNIT})e?s?\s+(?:n\.?o\.?\s*)?(?P<numbers>{_NUMBER}(?:{_AND}{_NUMBER})*)\b(?!\.\d)"
)
NUMBERS = re.compile(_NUMBER)

_RECORD = (
    rf"{RECOMMENDATION}|points?|puntos?|pontos?|items?|parrafos?|paragraphs?|paragraphes?|paragrafos?|numeral(?:es)?|"
    r"conclusions?|conclusion(?:es)?|(?:ال)?فقرة|(?:ال)?بند"
)
REFERENCE = re.compile(
    rf"{_THE}\b(?:{_RECORD})\s+(?:(?:n\.?[°o]?s?\.?|num\.?|numero|number|nums?\.?|رقم)\s*)?#?"
    rf"(?P<numbers>{_NUMBER}(?:{_AND}{_NUMBER})*)\b(?!\.\d)"
)
BARE_NUMBER = re.compile(  # no amount
    r"(?<![\w.,-])\d+(?:\.\d+)+(?![\w-])(?!\.\d)(?!\s*(?:%|per cent|percent|por ciento|million|millones|milliards?|milhoes))"
)
ID = re.compile(r"(?<![^\s(«\"“])(?:\S+#\S*\w|#?\d[\d.]*-[rpcn]\d+(?:\.\d+)*|#[rpcn]\d+(?:\.\d+)*)")
_ORDINALS = (
    "first|primera?|primero|premiere?|primeir[ao]|(?:ال)?اولى|الاول",
    "second|segund[ao]|deuxieme|seconde?|(?:ال)?ثانية|الثاني",
    "third|tercer[ao]?|troisieme|terceir[ao]|(?:ال)?ثالثة|الثالث",
    "fourth|cuart[ao]|quatrieme|quart[ao]|(?:ال)?رابعة|الرابع",
    "fifth|quint[ao]|cinquieme|(?:ال)?خامسة|الخامس",
    "sixth|sext[ao]|sixieme|(?:ال)?سادسة|السادس",
    "seventh|septim[ao]|setim[ao]|septieme|(?:ال)?سابعة|السابع",
    "eighth|octav[ao]|huitieme|oitav[ao]|(?:ال)?ثامنة|الثامن",
    "ninth|noven[ao]|neuvieme|non[ao]|(?:ال)?تاسعة|التاسع",
    "tenth|decim[ao]|dixieme|(?:ال)?عاشرة|العاشر",
    "eleventh|undecim[ao]|decimoprimer[ao]|onzieme|decim[ao] primeir[ao]",
    "twelfth|duodecim[ao]|decimosegund[ao]|douzieme|decim[ao] segund[ao]",
    "thirteenth|decimotercer[ao]|treizieme|decim[ao] terceir[ao]",
    "fourteenth|decimocuart[ao]|quatorzieme|decim[ao] quart[ao]",
    "fifteenth|decimoquint[ao]|quinzieme|decim[ao] quint[ao]",
    "sixteenth|decimosext[ao]|seizieme|decim[ao] sext[ao]",
)
_ORDINAL = "|".join(f"(?P<o{number}>{words})" for number, words in reversed(list(enumerate(_ORDINALS, start=1))))
_DIGITS = r"(?P<digits>\d+)(?:st|nd|rd|th|\.?[ao]|e|eme|ere|er|°)"
ORDINALS, ORDINAL_DIGITS = _ORDINAL, _DIGITS  # for other patterns: groups o1 to o16, and digits
ORDINAL_FIRST = re.compile(rf"{_THE}\b(?:{_ORDINAL}|{_DIGITS})\s+(?:{_RECORD})\b")
ORDINAL_LAST = re.compile(rf"{_THE}\b(?:{_RECORD})\s+(?:{_ORDINAL}|{_DIGITS})\b")


def read_ordinal(found: re.Match[str]) -> str:
    """The number that an ordinal stands for, in digits: "seventh" is "7"."""
    named = next((name[1:] for name, value in found.groupdict().items() if value and name[0] == "o"), "")
    return named or found["digits"]


QUOTED = re.compile(
    r"«\s*([^«»]{2,300}?)\s*»|“\s*([^“”]{2,300}?)\s*”|„\s*([^„“”]{2,300}?)\s*[“”]|\"\s*([^\"]{2,300}?)\s*\""
)

_TO = r"(?:to|a|al|au|aux|ao|aos|as)"
ADDRESSED = re.compile(
    rf"\b(?:(?:(?:which|that|que|qui)\s+)?(?:(?:are|is|were|was|be|son|es|van?|estan?|fueron|sont|est|sao|foram)\s+)?"
    rf"(?:addressed|directed|made|given|issued|dirigid[oa]s?|destinad[oa]s?|enderecad[oa]s?|hech[oa]s?|feit[oa]s?|"
    rf"adresse(?:e?s?)|destinee?s?|faites)\s+{_TO}|"
    rf"(?:(?:what|que|o que)\s+)?(?:(?:is|was|are|se|les?|lhes?|ha)\s+){{0,2}}"
    rf"(?:recommend(?:ed|s)?|recom(?:ienda|iendan|endo|endaron)|recommande(?:nt)?(?:-t-(?:on|il))?|"
    rf"recomenda(?:m|do|da|-se)?|recomendou|dirigen?|dirigem?|adressent)(?:\s+\w+(?:mente|ment|ly))?\s+{_TO}|(?:{RECOMMENDATION})\s+(?:{_TO}|for|para|pour)|"
    rf"(?:destinatari[oa]s?|destinataires?|addressees?)\s*(?:(?:es|is|:|sea|a|al)\s+)?)\s+"
    r"|(?:(?:ال)?موجهة|(?:ال)?موجه|(?:ي|ت)وص[ىي](?:\s+به)?)\s+(?:الى\s+)?(?:ل(?=ل))?"
)
MUST_DO = re.compile(
    r"^\W*(?:what\s+(?:must|should|shall|does|do|ought)|que\s+(?:debe|deben|deberian?|tienen? que)\s+hacer|"
    r"(?:qu'est-ce que|que)\s+(?:doit|doivent|devraient|devrait)\s+faire|(?:o\s+)?que\s+(?:deve|devem|deveriam?)\s+fazer)\s+"
)
TO_DO = re.compile(r"\s+(?:(?:have|has|need|needs)\s+to\s+)?(?:do|faire)\b")

_MADE = (
    r"made|formulated|issued|proposed|put forward|submitted|presented|given|formulad[oa]s?|hech[oa]s?|realizad[oa]s?|"
    r"propuest[oa]s?|presentad[oa]s?|emitid[oa]s?|formulee?s?|faites?|emises?|proposee?s?|presentee?s?|feit[oa]s?|"
    r"propost[oa]s?|apresentad[oa]s?"
)
_SAID = (
    r"recommend(?:ed|s)?|proposed?|suggest(?:ed)?|recomendo|recomienda|propuso|propone|formulo|hizo|recommande|"
    r"propose|formule|recomendou|recomenda|propos|formulou|fez"
)
MADE_BY = re.compile(
    rf"\b(?:(?:which|that|que|qui)\s+)?(?:(?:are|were|was|son|fueron|sont|ont ete|sao|foram)\s+)?"
    rf"(?:{_MADE})\s+(?:by|por|par|pel[oa]s?)\s+|"
    rf"\b(?:{RECOMMENDATION})\s+(?:by|of|from|del?|por|par|des|du|d[ao]s?)\s+|"
    rf"\b(?:{RECOMMENDATION})\s+d'|"
    rf"\b(?:que\s+|qu'(?:a|ont)\s+|a\s+|ont\s+|o que\s+)?(?:{_SAID})\s+|"
    r"(?:(?:ال)?مقدمة|قدمتها|الصادرة)\s+(?:من\s+|عن\s+)?|توصيات\s+"
)
AUTHOR_QUESTION = re.compile(r"\b(?:what|which\s+(?:recommendations?|proposals?))\s+(?:did|does|do|has|have)\s+")
AUTHOR_VERB = re.compile(r"\s+(?:recommend(?:ed)?|make|made|propose[ds]?|suggest(?:ed)?)\b")
POSSESSIVE_AUTHOR = re.compile(rf"(?<!\w)(?P<name>[\w’' .-]{{2,60}}?)['’]s?\s+(?:{RECOMMENDATION})\b")

LABELS = {  # name -> the words that say it
    "theme": r"(?:(?:thematic\s+)?(?:area|theme|topic)|(?:sub)?tema|(?:sous-)?theme|eixo|eje(?:\s+tematico)?|(?:ال)?موضوع)s?",
    "approach": r"(?:enfoque|approach|approche|abordagem)s?",
}
AS_LABEL = r"(?:\b(?:on|about|under|in|with|of|sobre|en|del?|con|bajo|sur|avec|dans|do|com|no|da)\s+)?(?:(?:the|el|la|le|o|a|un)\s+)?\b(?:{})\s*(?::|\b(?:de|del|of|is|es|est|da|do|d')\b)?\s*[\"«“'‘]?\s*"
TERMS = {
    "short": "short|immediate|corto|inmediato|court|immediat|curto|imediato|قصير|القصير",
    "medium": "medium|mid|mediano|medio|moyen|متوسط|المتوسط",
    "long": "long|largo|longo|طويل|الطويل|بعيد|البعيد",
}
_TERM = "|".join(f"(?P<{name}>{words})" for name, words in TERMS.items())
_TERM_NOUN = r"plazos?|prazos?|termes?|term|المدى|مدى"
TERM = re.compile(
    rf"(?:\b(?:a|al|de|del|en|in|the|on|for|on the|in the|for the|com|con|sur le|على|في)\s+){{0,2}}"
    rf"(?:\b(?:{_TERM})[\s-]+(?:{_TERM_NOUN})\b|"
    rf"\b(?:{_TERM_NOUN})\s*:?\s+(?:{_TERM.replace('P<', 'P<_')})\b)"
)
