"""Patterns, by language, for the words around an addressee: prepositions, calls, passives and conjunctions."""

import re
from dataclasses import dataclass

_PASSING = (  # what may stand between a modal and its verb
    r"(?:\s*,[^,.;:]{1,80},)?\s+(?:(?:not|never|also|always|then|therefore|donc|toujours|ainsi|aussi|alors|bien|siempre|también|"
    r"nunca|además|sempre|também|ainda|[^\W\d_]+(?:mente|ment|ly)|(?:au|en|por|at|in|em|ao|de|à)\s+[^\W\d_]+(?:\s+(?:cas|caso|"
    r"momento|times?|moment))?)\s+){0,2}"
)


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language's patterns; ``goes_on``, ``of`` and ``to_do`` are case-sensitive, the others are not."""

    to: re.Pattern[str]  # the preposition before those an instruction opens with
    of: re.Pattern[str]  # what binds a further noun to a name
    goes_on: re.Pattern[str]  # words that a name may go on with, behind its noun
    addressed: re.Pattern[str]  # the beginning of an instruction that opens with whom it is for
    call: re.Pattern[str]  # between a call and whom it names
    to_do: re.Pattern[str]  # between whom a call names and what they are to do
    that: re.Pattern[str]  # before the subject of an asking subjunctive
    be_done: re.Pattern[str]  # behind a modal: something is to be done to its subject
    agent: re.Pattern[str]  # before the one by whom it is to be done
    get: re.Pattern[str]  # behind a modal: what those do for whom something is asked
    cut: re.Pattern[str]  # between two names of a list
    cut_both: re.Pattern[str]  # the same behind "both"


def _compile_grammar(*, joins: str, **patterns: str) -> Grammar:
    cut = rf"\s*,\s*(?:{joins}\s+)?|\s+{joins}\s+"
    compiled = {
        name: re.compile(words, 0 if name in _CASE_SENSITIVE else re.IGNORECASE) for name, words in patterns.items()
    }
    return Grammar(
        cut=re.compile(cut, re.IGNORECASE),
        cut_both=re.compile(cut + r"|\s+(?:como|quanto|que)\s+", re.IGNORECASE),
        **compiled,
    )


_CASE_SENSITIVE = frozenset({"goes_on", "of", "to_do"})
GRAMMARS = {
    "es": _compile_grammar(
        joins=r"(?:y/o|y|e|o|u|así\s+como|junto\s+con)",
        to=r"\bal?\s",
        of=r"\s+(?:del?|para|sobre|contra)\s+(?:(?:el|la|los|las)\s+)?",
        goes_on=r"[^\W\d_]+(?:al(?:es)?|il(?:es)?|iv[oa]s?|ic[oa]s?|ad[oa]s?|id[oa]s?|os[oa]s?|[^\W\d_]{4,}istas|[^\W\d_]*(?:ilar|ular|olar|itar|iliar)(?:es)?|entes?|antes?|bles?|[óo]nom[oa]s?|(?:americ|colombi|mexic|urb|veter|hum|medi|ciudad|le)an[oa]s?|enses?|eñ[oa]s?|ari[oa]s?|ori[oa]s?|ant[ea]s|íes|es[ao]s|cas|rn[oa]s?)|civil(?:es)?|miembros?|partes?|públic[oa]s?|privad[oa]s?|ilegal(?:es)?|locales|rom|no|gubernamentales|étnic[oa]s",
        addressed=r"[\s(]*(?:\w{1,4}[.)]\s+)?[•●–*-]*\s*(?:(?:y|mientras\s+tanto|igualmente|asimismo|también|además|se\s+recomienda),?\s+)?(?P<to>al?)\s+(?!(?:fin|través|nivel|corto|mediano|largo|efectos?|partir|pesar|respecto|mismo|menos|igual|juicio|cambio|favor|continuación|la\s+(?:luz|hora|vez|fecha)|lo\s+largo|raíz|petición|medida)\b)",
        call=r"(?:\s+(?:encarecidamente|respetuosamente|también|además|urgentemente|[^\W\d_]+mente))?\s*:?\s*(?:\([a-z]\)\s*)?(?P<link>para\s+que|a\s+que|que|al?|de|del|para)\s+(?=\w)",
        to_do=r"",
        that=r"\A\W*que\s+",
        be_done=_PASSING + r"(?:ser|estar|haber\s+sido|quedar|verse|sentirse)\s+(?:[^\W\d_]+mente\s+|bien\s+|más\s+|debidamente\s+|plenamente\s+)?(?!dispuest|preparad|comprometid)[^\W\d_]+(?:[ai]d|uid|hech|vist|puest|crit|iert|uelt)[oa]s?\b",
        agent=r"(?:\s+[^\W\d_]+mente)?\s+por\s+(?=(?:el|la|los|las|cada|todos)\s)",
        get=r"\s+(?:poder|tener\s+(?:acceso|derecho|la\s+(?:posibilidad|oportunidad))|recibir|gozar|disfrutar|contar\s+con|beneficiarse|acceder|disponer)\b",
    ),
    "en": _compile_grammar(
        joins=r"(?:and/or|and|or|as\s+well\s+as|together\s+with)",
        to=r"\bto\s",
        of=r"\s+(?:of|for|on)\s+(?:the\s+)?",
        goes_on=r"parties|members?|concerned|involved|alike|system",
        addressed=r"(?!)",
        call=r"(?:\s+(?:also|further|strongly|again))?\s*:?\s*(?:\([a-z]\)\s*)?(?P<link>that|to|on|upon|for|of|)\s*,?(?:\s*\([a-z]\)\s*)?(?=\w)",
        to_do=r"[^.;:]{0,100}?\b(?:to|should|should not|on|in)\s|\s+(?:[a-z]+ly\s+)?[a-z]+\s+(?:the|its|all|a|an)\b",
        that=r"(?:\A\W*|[;:,]\s+(?:and\s+)?(?:\([a-z]\)\s*)?|\b(?:and|or)\s+)that\s+",
        be_done=_PASSING + r"(?:be|have\s+been|get|feel)\s+(?:[^\W\d_]+ly\s+|better\s+|well\s+)?(?!committed|prepared|determined|dedicated|encouraged|urged|invited)[^\W\d_]+(?:[^e]ed|eed|en|wn|ght|held|made|kept|put|set|given|taken|met|built|sent|led|paid|told|done|found|bound|heard|felt|left|lost|understood|sold|spent|cut|read|won|dealt)\b",
        agent=r"(?:\s+[^\W\d_]+ly)?\s+by\s+(?=(?:the|all|each|every|[A-Z])|states|governments|authorities)",
        get=r"\s+(?:also\s+|always\s+|[^\W\d_]+ly\s+)?(?:be\s+(?:able|free|eligible|entitled|safe)|have|enjoy|receive|benefit|get|gain|feel)\b",
    ),
    "fr": _compile_grammar(
        joins=r"(?:et/ou|et|ou|ainsi\s+que)",
        to=r"\b(?:aux?|à)\s",
        of=r"\s+(?:de\s+(?:la\s+|l['’])?|d['’]|du\s+|des\s+|pour\s+(?:les?\s+|la\s+|l['’])?)",
        goes_on=r"parties?|[^\W\d_]+(?:aux|ales?|iques?|ives?|ifs?|ées?|és|aires?|iers?|ières?|ants?|antes?|eux|euses?|(?:compét|pertin|perman|différ|indépend|émerg)ente?s?|iles?|istes?|ains?|aines?|ois|oises?|ens?|ennes?|elles?|els?|bles?|ins?|ines?)|parties|membres?|tiers|publics?|publiques?|civile|locaux",
        addressed=r"[\s(]*(?:\w{1,4}[.)]\s+)?[•●–*-]*\s*(?:(?:et|également|aussi),?\s+)?(?P<to>aux?|à)\s+(?!(?:fin|travers|niveau|court|moyen|long|partir|cet|cette|la\s+(?:lumière|suite|fois)|titre|cours|moins|sein|regard)\b)",
        call=r"(?:\s+(?:également|aussi|instamment|vivement|donc|en\s+outre|[^\W\d_]+ment))?\s*:?\s*(?P<link>pour\s+que|à\s+ce\s+que|que|qu['’]|aux?|à|pour|de|)\s*(?=\w)",
        to_do=r"[^.;:]{0,120}?(?:\b(?:à|de|pour)\s|\bd['’])",
        that=r"\A\W*(?:que\s+|qu['’])",
        be_done=_PASSING + r"(?:être|avoir\s+été|se\s+voir)\s+(?:[^\W\d_]+ment\s+|mieux\s+|bien\s+|plus\s+)?(?!invité|encouragé|prêt|déterminé|engagé)[^\W\d_]+(?:ée?s?|[^\W\d_]ie?s?|ue?s?|ite?s?|erte?s?|ise?s?)\b",
        agent=r"(?:\s+[^\W\d_]+ment)?\s+par\s+(?=(?:l['’]|le|la|les|chaque|tous)\s?)",
        get=r"\s+(?:[^\W\d_]+ment\s+)?(?:pouvoir|avoir\s+(?:accès|droit|la\s+possibilité|le\s+droit)|recevoir|bénéficier|jouir|disposer|accéder)\b",
    ),
    "pt": _compile_grammar(
        joins=r"(?:e/ou|e|ou|bem\s+como|assim\s+como|junto\s+com)",
        to=r"\b(?:aos?|às?)\s",
        of=r"\s+(?:d[eoa]s?|para|sobre)\s+(?:(?:o|a|os|as)\s+)?",
        goes_on=r"[^\W\d_]+(?:a(?:l|is)|iv[oa]s?|ic[oa]s?|ad[oa]s?|id[oa]s?|os[oa]s?|[^\W\d_]{4,}istas|[^\W\d_]*(?:ilar|ular|olar|itar|iliar)(?:es)?|entes?|antes?|ve(?:l|is)|an[oa]s?|enses?|ári[oa]s?|óri[oa]s?|es[ao]s|cas|rn[oa]s?|eir[oa]s?)|civil|civis|membros?|partes?|públic[oa]s?|privad[oa]s?|não|locais",
        addressed=r"[\s(]*(?:\w{1,4}[.)]\s+)?[•●–*-]*\s*(?:(?:e|também|ainda),?\s+)?(?P<to>aos?|às?)\s+(?!(?:fim|nível|longo|mesmo|menos|luz|medida|partir|curto|respeito|contrário|lado)\b)",
        call=r"(?:\s+(?:também|ainda|vivamente|[^\W\d_]+mente))?\s*:?\s*(?P<link>para\s+que|a\s+que|que|aos?|às?|a|para|d[oa]s?|de|)\s*(?=\w)",
        to_do=r"[^.;:]{0,120}?\b(?:a|ao|à|para|que)\s",
        that=r"\A\W*que\s+",
        be_done=_PASSING + r"(?:ser|estar|ter\s+sido|ficar)\s+(?:[^\W\d_]+mente\s+|bem\s+|mais\s+)?(?!dispost|preparad|comprometid|empenhad)[^\W\d_]+(?:[ai]d|feit|vist|post|crit|bert|egue)[oa]s?\b",
        agent=r"(?:\s+[^\W\d_]+mente)?\s+pel(?=[oa]s?\s)",
        get=r"\s+(?:poder|ter\s+(?:acesso|direito|a\s+(?:possibilidade|oportunidade))|receber|gozar|usufruir|desfrutar|dispor|beneficiar|contar\s+com)\b",
    ),
}  # fmt: skip
