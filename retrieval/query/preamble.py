"""Strips the asking phrase from a question: "What does the report say on detention?" becomes "detention?".

Such a phrase can precede any subject; left in, it matches what every passage says of
itself ("report", "recommend") and hides how well the subject fits. Spanish, English, French,
Portuguese and Arabic; a question in another language, or of another shape, is searched as it is.
"""

import re

_REPORT = {
    "es": r"(?:(?:el|este|los|estos|ese) )?(?:informes?|reportes?|documentos?|relator(?:es)?|mesas? redondas?|foro)",
    "en": r"(?:(?:the|this|these) )?(?:reports?|documents?|rapporteurs?|round ?tables?|forum)",
    "fr": r"(?:(?:le|ce|les|ces) )?(?:rapports?|documents?|rapporteurs?|tables? rondes?|forum)",
    "pt": r"(?:(?:o|este|os|estes|esse) )?(?:relat[óo]rios?|documentos?|relator(?:es)?|mesas?[- ]redondas?|f[óo]rum)",
}
_PREAMBLES = (
    # es: qué dice el informe sobre, qué se recomendó sobre, qué recomienda acerca de, hay algo sobre
    rf"qu[ée] (?:se )?(?:dice|dicen|dijo|recomienda|recomiendan|recomend[óo]|señala|menciona|propone|propuso|plantea)"
    rf"(?: {_REPORT['es']})? (?:sobre|acerca de|respecto (?:a|de)|en cuanto a|de)",
    r"y (?:para|sobre|qué hay de)",
    rf"(?:{_REPORT['es']} )?(?:dice|menciona|habla|recomienda) (?:{_REPORT['es']} )?(?:algo )?(?:sobre|acerca de|de)",
    # en: what does the report say/recommend on, what was recommended on, does the report mention, what is said about
    rf"what (?:do|does|did) (?:{_REPORT['en']}|it|they) (?:say|recommend|mention|propose|suggest|state)"
    r"(?: (?:on|about|regarding|concerning))?",
    r"what (?:is|was|were|are|has been) (?:said|recommended|proposed|suggested) (?:on|about|regarding|concerning)",
    rf"(?:do|does|did) (?:{_REPORT['en']}|it|they) (?:mention|discuss|(?:say|recommend) anything (?:on|about))",
    r"what (?:about|should be done about)",
    r"and (?:for|on|about)",
    # fr: que dit le rapport sur, que recommande-t-on sur, le rapport parle-t-il de
    rf"(?:que|qu['’]est-ce que) (?:dit|disent|recommande|recommandent|propose|mentionne)(?:-t-(?:on|il))?"
    rf"(?: {_REPORT['fr']})? (?:sur|concernant|[àa] propos (?:de|du|des)|au sujet (?:de|du|des))",
    rf"(?:{_REPORT['fr']} )(?:parle|mentionne)(?:-t-il|-t-on)? (?:de |des |du )?",
    r"et (?:pour|sur)",
    # pt: o que diz o relatório sobre, o que se recomenda sobre, o que o relatório diz sobre
    rf"(?:o )?que (?:{_REPORT['pt']} )?(?:se )?(?:diz|dizem|disse|recomenda|recomendam|recomendou|menciona|prop[õo]e)"
    rf"(?: {_REPORT['pt']})? (?:sobre|acerca d[aeo]s?|a respeito d[aeo]s?|quanto [àa]o?s?)",
    r"e (?:para|sobre)",
    # ar: what does the report say on
    r"ماذا يقول التقرير (?:عن|حول|بشأن)",
    r"ما هي توصيات التقرير (?:عن|حول|بشأن)",
)
_PREAMBLE = re.compile(rf"\W*(?:{'|'.join(_PREAMBLES)})\s+(?=\w)", re.IGNORECASE)


def strip_preamble(question: str) -> str:
    """Returns the question without its opening asking phrase; the whole question where there is none.

    >>> strip_preamble("What does the report say on detention of irregular migrants?")
    'detention of irregular migrants?'
    >>> strip_preamble("¿Qué se recomendó sobre la migración de retorno?")
    'la migración de retorno?'
    >>> strip_preamble("Which vulnerable groups need priority?")
    'Which vulnerable groups need priority?'
    """
    opened = _PREAMBLE.match(question)
    return question[opened.end() :] if opened else question
