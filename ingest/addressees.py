"""To whom a passage is addressed, as it says itself: who must or should, who is called upon, whom an instruction opens with."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.actors import ACRONYM, ACTORS, AMBIGUOUS, NEEDS_MORE, NO_ACTOR, STATES
from ingest.clauses import Mark, marks_in, sentences
from ingest.instructions import ENGLISH, is_infinitive
from ingest.marks import LEFT, NOBODY, READER
from ingest.report import Strength

_WINDOW = 500  # characters in which names are looked for, on either side
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_AND = {
    "es": r"(?:y/o|y|e|o|u|así\s+como|junto\s+con)",
    "en": r"(?:and/or|and|or|as\s+well\s+as|together\s+with)",
    "fr": r"(?:et/ou|et|ou|ainsi\s+que)",
    "pt": r"(?:e/ou|e|ou|bem\s+como|assim\s+como|junto\s+com)",
}
_CUT = {lang: re.compile(rf"\s*,\s*(?:{words}\s+)?|\s+{words}\s+", re.IGNORECASE) for lang, words in _AND.items()}
_FRONT = re.compile(  # articles and what else stands before a name and is not of it
    r"(?:(?!el\s+salvador\b)(?:(?:y|e|et|and|or|ou|o|u|en\s+(?:particular|especial)|especialmente|particularmente|particularly|especially|notably|including|"
    r"notamment|en\s+particulier|y\s+compris|em\s+(?:particular|especial)|incluind?[oa]s?|incluyendo|incluid[oa]s?|inclusive|"
    r"también|asimismo|además|tanto|como|both|also|both|either|neither|igualmente|también)\s*,?|"
    r"(?:a|al|to|on|upon|for|à|aux?|ao|aos|às|que|that|qu['’]|para\s+que|por|by|par|pela?s?|pelos?|para|de|del|do|da|dos|das|pour|des|d['’])|"
    r"(?:l['’]ensemble|la\s+plupart|la\s+mayoría|el\s+conjunto|cada\s+un[oa]|the\s+majority|most|many|several|each|one|a\s+maioria|o\s+conjunto|"
    r"chacun|muchos|muchas|vari[oa]s|plusieurs|muit[oa]s)(?:\s+(?:of|de|des|du|d[oa]s?))?|(?:(?:el|los|un|o|os|le|les)/(?:la|las|una|a|as)|el|la|los|las|un|una|unos|unas|the|an?|all|every|each|any|les?|l['’]|des|une?|tous|toutes|tout|toute|chaque|"
    r"os?|as|todos|todas|todo|toda|cada|um|uma|of|those|these|these|ces?|cette|cet|sus?|its|their|nos|nuestros?|our|notre|votre|vos|your|seus?|suas?|"
    r"est[eoa]s?|es[eoa]s?|dich[oa]s?|estes?|both|some|certain|algun[oa]s|alguns|algumas|otr[oa]s|other|demás|"
    r"ning[úu]n(?:a|o)?|no|aucune?|nenhuma?|diferentes|divers[oa]s|distint[oa]s|various|respective|divers|différents|tod[oa]s))\s+|(?:l|d|qu)['’])*",
    re.IGNORECASE,
)
_ASIDE = re.compile(  # who supports, takes part or is a means, and other things said in passing
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
_OPENS_ASIDE_ENGLISH = re.compile(
    r"\s+(?:of|for|in|on|at|with|to|from|by|concerning|involved|responsible|working|that|which|who|whose|under|within|against|among|between|across)\b"
)
_ADDRESSED = {
    "es": re.compile(r"[\s(]*(?:\w{1,4}[.)]\s+)?[•●–*-]*\s*(?:(?:y|mientras\s+tanto|igualmente|asimismo|también|además|se\s+recomienda),?\s+)?(?P<to>al?)\s+(?!(?:fin|través|nivel|corto|mediano|largo|efectos?|partir|pesar|respecto|mismo|menos|igual|juicio|cambio|favor|continuación|la\s+(?:luz|hora|vez|fecha)|lo\s+largo|raíz|petición|medida)\b)", re.IGNORECASE),
    "fr": re.compile(r"[\s(]*(?:\w{1,4}[.)]\s+)?[•●–*-]*\s*(?:(?:et|également|aussi),?\s+)?(?P<to>aux?|à)\s+(?!(?:fin|travers|niveau|court|moyen|long|partir|cet|cette|la\s+(?:lumière|suite|fois)|titre|cours|moins|sein|regard)\b)", re.IGNORECASE),
    "pt": re.compile(r"[\s(]*(?:\w{1,4}[.)]\s+)?[•●–*-]*\s*(?:(?:e|também|ainda),?\s+)?(?P<to>aos?|às?)\s+(?!(?:fim|nível|longo|mesmo|menos|luz|medida|partir|curto|respeito|contrário|lado)\b)", re.IGNORECASE),
}  # fmt: skip
_NOT_ITS_VERB = frozenset(  # an infinitive behind one of these says something else
    "para de por sin con en hasta tras del que pour sans à par d l sem em até após do da puede pueden debe deben peut doit pode deve".split()
)
_PASSING = (  # what may stand between a modal and its verb
    r"(?:\s*,[^,.;:]{1,80},)?\s+(?:(?:not|never|also|always|then|therefore|donc|toujours|ainsi|aussi|alors|bien|siempre|también|"
    r"nunca|además|sempre|também|ainda|[^\W\d_]+(?:mente|ment|ly)|(?:au|en|por|at|in|em|ao|de|à)\s+[^\W\d_]+(?:\s+(?:cas|caso|"
    r"momento|times?|moment))?)\s+){0,2}"
)
_BE_DONE = {
    "es": re.compile(_PASSING + r"(?:ser|estar|haber\s+sido|quedar|verse|sentirse)\s+(?:[^\W\d_]+mente\s+|bien\s+|más\s+|debidamente\s+|plenamente\s+)?(?!dispuest|preparad|comprometid)[^\W\d_]+(?:[ai]d|uid|hech|vist|puest|crit|iert|uelt)[oa]s?\b", re.IGNORECASE),
    "en": re.compile(_PASSING + r"(?:be|have\s+been|get|feel)\s+(?:[^\W\d_]+ly\s+|better\s+|well\s+)?(?!committed|prepared|determined|dedicated|encouraged|urged|invited)[^\W\d_]+(?:[^e]ed|eed|en|wn|ght|held|made|kept|put|set|given|taken|met|built|sent|led|paid|told|done|found|bound|heard|felt|left|lost|understood|sold|spent|cut|read|won|dealt)\b", re.IGNORECASE),
    "fr": re.compile(_PASSING + r"(?:être|avoir\s+été|se\s+voir)\s+(?:[^\W\d_]+ment\s+|mieux\s+|bien\s+|plus\s+)?(?!invité|encouragé|prêt|déterminé|engagé)[^\W\d_]+(?:ée?s?|[^\W\d_]ie?s?|ue?s?|ite?s?|erte?s?|ise?s?)\b", re.IGNORECASE),
    "pt": re.compile(_PASSING + r"(?:ser|estar|ter\s+sido|ficar)\s+(?:[^\W\d_]+mente\s+|bem\s+|mais\s+)?(?!dispost|preparad|comprometid|empenhad)[^\W\d_]+(?:[ai]d|feit|vist|post|crit|bert|egue)[oa]s?\b", re.IGNORECASE),
}  # fmt: skip
_GET = {  # what those do for whom something is asked
    "es": re.compile(r"\s+(?:poder|tener\s+(?:acceso|derecho|la\s+(?:posibilidad|oportunidad))|recibir|gozar|disfrutar|contar\s+con|beneficiarse|acceder|disponer)\b", re.IGNORECASE),
    "en": re.compile(r"\s+(?:also\s+|always\s+|[^\W\d_]+ly\s+)?(?:be\s+(?:able|free|eligible|entitled|safe)|have|enjoy|receive|benefit|get|gain|feel)\b", re.IGNORECASE),
    "fr": re.compile(r"\s+(?:[^\W\d_]+ment\s+)?(?:pouvoir|avoir\s+(?:accès|droit|la\s+possibilité|le\s+droit)|recevoir|bénéficier|jouir|disposer|accéder)\b", re.IGNORECASE),
    "pt": re.compile(r"\s+(?:poder|ter\s+(?:acesso|direito|a\s+(?:possibilidade|oportunidade))|receber|gozar|usufruir|desfrutar|dispor|beneficiar|contar\s+com)\b", re.IGNORECASE),
}  # fmt: skip
_AGENT = {
    "es": re.compile(r"(?:\s+[^\W\d_]+mente)?\s+por\s+(?=(?:el|la|los|las|cada|todos)\s)", re.IGNORECASE),
    "en": re.compile(r"(?:\s+[^\W\d_]+ly)?\s+by\s+(?=(?:the|all|each|every|[A-Z])|states|governments|authorities)", re.IGNORECASE),
    "fr": re.compile(r"(?:\s+[^\W\d_]+ment)?\s+par\s+(?=(?:l['’]|le|la|les|chaque|tous)\s?)", re.IGNORECASE),
    "pt": re.compile(r"(?:\s+[^\W\d_]+mente)?\s+pel(?=[oa]s?\s)", re.IGNORECASE),
}  # fmt: skip
_UP_TO_NAME = {  # between a call and whom it names
    "es": re.compile(r"(?:\s+(?:encarecidamente|respetuosamente|también|además|urgentemente|[^\W\d_]+mente))?\s*:?\s*(?:\([a-z]\)\s*)?(?P<link>para\s+que|a\s+que|que|al?|de|del|para)\s+(?=\w)", re.IGNORECASE),
    "en": re.compile(r"(?:\s+(?:also|further|strongly|again))?\s*:?\s*(?:\([a-z]\)\s*)?(?P<link>that|to|on|upon|for|of|)\s*,?(?:\s*\([a-z]\)\s*)?(?=\w)", re.IGNORECASE),
    "fr": re.compile(r"(?:\s+(?:également|aussi|instamment|vivement|donc|en\s+outre|[^\W\d_]+ment))?\s*:?\s*(?P<link>pour\s+que|à\s+ce\s+que|que|qu['’]|aux?|à|pour|de|)\s*(?=\w)", re.IGNORECASE),
    "pt": re.compile(r"(?:\s+(?:também|ainda|vivamente|[^\W\d_]+mente))?\s*:?\s*(?P<link>para\s+que|a\s+que|que|aos?|às?|a|para|d[oa]s?|de|)\s*(?=\w)", re.IGNORECASE),
}  # fmt: skip
_GOES_ON = {  # words that a name may go on with, behind its noun
    "es": re.compile(r"[^\W\d_]+(?:al(?:es)?|il(?:es)?|iv[oa]s?|ic[oa]s?|ad[oa]s?|id[oa]s?|os[oa]s?|[^\W\d_]{4,}istas|[^\W\d_]*(?:ilar|ular|olar|itar|iliar)(?:es)?|entes?|antes?|bles?|[óo]nom[oa]s?|(?:americ|colombi|mexic|urb|veter|hum|medi|ciudad|le)an[oa]s?|enses?|eñ[oa]s?|ari[oa]s?|ori[oa]s?|ant[ea]s|íes|es[ao]s|cas|rn[oa]s?)|civil(?:es)?|miembros?|partes?|públic[oa]s?|privad[oa]s?|ilegal(?:es)?|locales|rom|no|gubernamentales|étnic[oa]s"),
    "en": re.compile(r"parties|members?|concerned|involved|alike|system"),
    "fr": re.compile(r"parties?|[^\W\d_]+(?:aux|ales?|iques?|ives?|ifs?|ées?|és|aires?|iers?|ières?|ants?|antes?|eux|euses?|(?:compét|pertin|perman|différ|indépend|émerg)ente?s?|iles?|istes?|ains?|aines?|ois|oises?|ens?|ennes?|elles?|els?|bles?|ins?|ines?)|parties|membres?|tiers|publics?|publiques?|civile|locaux"),
    "pt": re.compile(r"[^\W\d_]+(?:a(?:l|is)|iv[oa]s?|ic[oa]s?|ad[oa]s?|id[oa]s?|os[oa]s?|[^\W\d_]{4,}istas|[^\W\d_]*(?:ilar|ular|olar|itar|iliar)(?:es)?|entes?|antes?|ve(?:l|is)|an[oa]s?|enses?|ári[oa]s?|óri[oa]s?|es[ao]s|cas|rn[oa]s?|eir[oa]s?)|civil|civis|membros?|partes?|públic[oa]s?|privad[oa]s?|não|locais"),
}  # fmt: skip
_OF = {
    "es": re.compile(r"\s+(?:del?|para|sobre|contra)\s+(?:(?:el|la|los|las)\s+)?"),
    "en": re.compile(r"\s+(?:of|for|on)\s+(?:the\s+)?"),
    "fr": re.compile(r"\s+(?:de\s+(?:la\s+|l['’])?|d['’]|du\s+|des\s+|pour\s+(?:les?\s+|la\s+|l['’])?)"),
    "pt": re.compile(r"\s+(?:d[eoa]s?|para|sobre)\s+(?:(?:o|a|os|as)\s+)?"),
}
_ADVERB = re.compile(
    r"además|asimismo|también|igualmente|por\s+(?:lo\s+)?tanto|sin\s+embargo|no\s+obstante|por\s+ende|entonces|however|therefore|moreover|too|"
    r"furthermore|in\s+turn|then|accordingly|consequently|nevertheless|for\s+(?:their|its)\s+part|donc|cependant|toutefois|également|en\s+outre|"
    r"par\s+conséquent|quant\s+à\s+\w+|portanto|também|além\s+disso|contudo|assim|por\s+(?:su|sua)\s+\w+|pour\s+\w+\s+part|[^\W\d_]+(?:mente|ment|ly)",
    re.IGNORECASE,
)
_OR = re.compile(r"\s(?:o|u|ou|or)\s", re.IGNORECASE)
_ADVERBIAL = re.compile(
    r"(?:por|en|para|de|con|desde|ante|según|hasta|luego|después|entonces|a\s+continuación|ahora|hoy|al\s+\w+|in|for|under|within|on|at|"
    r"from|then|now|here|pour|dans|en|par|avec|sur|selon|ensuite|puis|ainsi|em|no|na|nos|nas|com|após|depois|então|neste|nesse|nesta)\s",
    re.IGNORECASE,
)
_TITLE = re.compile(r"[^\W\d_]+\s+(?:El|La|Los|Las|Le|Les|L['’]|The|Os|As)\s?")
_ARTICLE = re.compile(
    r"([^\W\d_]+)\s+(?:(?:el|la|los|las|cada|the|each|every|les?|chaque|os?|as?|todos\s+los|todas\s+las)\s+|l['’])",
    re.IGNORECASE,
)
_PREPOSITIONS = frozenset(
    "de del con entre por para a en sobre contra hacia según ante bajo sin y o como que desde hasta of with by for to from between among and or "
    "in on at as than du d avec par pour sur sous sans entre chez et ou à dans que com por para em e ou sobre sob até após ao todos todas tous "
    "toutes all".split()
)
_OF_ONLY = re.compile(r"\s*(?:(?:de|del|do|da|dos|das|des|du|of)\s+|d['’])?", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:tanto|tant|both)\s", re.IGNORECASE)
_CUT_BOTH = {lang: re.compile(cut.pattern + r"|\s+(?:como|quanto|que)\s+", re.IGNORECASE) for lang, cut in _CUT.items()}
_PRONOUN = re.compile(r"\b(?:ils?|elles?|they|ellos|ellas|él|ella|eles?|elas?|he|she)\s*\Z", re.IGNORECASE)
_IF = re.compile(
    r"\s*(?:si\s|s['’]|lorsqu(?:e\s|['’])|quand\s|if\s|when\s|once\s|where\s|cuando\s|se\s|quando\s|caso\s|"
    r"une\s+fois\s+qu(?:e\s|['’]))\s*",
    re.IGNORECASE,
)
_NO_ONE = re.compile(r"\s+(?:s['’]agir|y\s+avoir|exister|haver|haber|existir)\b", re.IGNORECASE)
_THEIR_OWN = re.compile(r"\s*(?:(?:los|las|el|la|les|le|os|as|the|all|tous|todos|todas)\s+|l['’])?", re.IGNORECASE)
_FINITE = re.compile(
    r"\b(?:es|son|está|están|fue|fueron|ha|han|había|tiene|tienen|debe|deben|puede|pueden|[^\W\d_]{3,}(?:aron|ieron|arán|ará|erá|irá)|"
    r"is|are|was|were|has|have|had|will|would|"
    r"estime|considère|juge|note|souligne|indique|précise|rappelle|señala|considera|estima|destaca|indica|reconoce|afirma|"
    r"notes|considers|believes|says|stresses|observa|ressalta|"
    r"est|sont|était|ont|avait|sera|seront|fait|peut|doit|"
    r"é|são|foi|foram|tem|têm|deve|devem|pode|podem|[^\W\d_]{3,}(?:aram|eram|iram|arão|erão|irão))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:que|qui|who|which|that|dont|où|quienes|cuyos)\b", re.IGNORECASE)
_SUBJUNCTIVE_THAT = {
    "en": re.compile(r"(?:\A\W*|[;:,]\s+(?:and\s+)?(?:\([a-z]\)\s*)?|\b(?:and|or)\s+)that\s+", re.IGNORECASE),
    "es": re.compile(r"\A\W*que\s+", re.IGNORECASE),
    "fr": re.compile(r"\A\W*(?:que\s+|qu['’])", re.IGNORECASE),
    "pt": re.compile(r"\A\W*que\s+", re.IGNORECASE),
}
_TO = {
    "es": re.compile(r"\bal?\s", re.IGNORECASE),
    "en": re.compile(r"\bto\s", re.IGNORECASE),
    "fr": re.compile(r"\b(?:aux?|à)\s", re.IGNORECASE),
    "pt": re.compile(r"\b(?:aos?|às?)\s", re.IGNORECASE),
}
_CLITIC = re.compile(r"\b(?:les?|se|lhes?|nos|s['’])\s(?!\s*$)", re.IGNORECASE)
_HELPED = re.compile(
    r"\s(?:con\s+(?:el\s+|la\s+)?(?:apoyo|participación|acompañamiento|colaboración|asistencia|ayuda|asesoría|concurso|cooperación)|"
    r"a\s+través\s|en\s+(?:cabeza|coordinación|articulación|colaboración|cooperación|conjunto|concertación)\s|por\s+medio\s|mediante\s|"
    r"avec\s+(?:l['’]appui|l['’]aide|le\s+(?:soutien|concours)|la\s+participation)|en\s+(?:collaboration|coopération|concertation)\s|"
    r"com\s+(?:o\s+|a\s+)?(?:apoio|participação|ajuda|colaboração|cooperação)|em\s+(?:cooperação|colaboração|parceria|articulação|coordenação)\s|"
    r"através\s|por\s+meio\s)",
    re.IGNORECASE,
)
_DUTY = re.compile(r"obliga|deber|dever|responsab|duty|oblig|incumb", re.IGNORECASE)
_TO_DO = {
    "es": re.compile(r""),
    "en": re.compile(
        r"[^.;:]{0,100}?\b(?:to|should|should not|on|in)\s|\s+(?:[a-z]+ly\s+)?[a-z]+\s+(?:the|its|all|a|an)\b"
    ),
    "fr": re.compile(r"[^.;:]{0,120}?(?:\b(?:à|de|pour)\s|\bd['’])"),
    "pt": re.compile(r"[^.;:]{0,120}?\b(?:a|ao|à|para|que)\s"),
}
_BEING_DONE = re.compile(
    r"\s+(?:no\s+|não\s+|ne\s+|not\s+)?(?:be|sean?|estén?|sejam?|estejam?|soit|soient)\s+(?:[^\W\d_]+(?:ly|mente|ment)\s+|bien\s+|mieux\s+)?"
    r"[^\W\d_]+(?:[aiu]d[oa]s?|[^e]ed|eed|en|wn|ght|ées?|és?|ies?|is|ises?|ue?s?|ites?|held|made|kept|given|hech[oa]s?|vist[oa]s?)\b",
    re.IGNORECASE,
)
_GETTING = re.compile(
    r"\s+(?:tengan?|reciban?|puedan?|gocen?|disfruten?|have|receive|be\s+able|enjoy|benefit|aient?|puissent?|reçoivent|bénéficient|"
    r"tenham?|recebam?|possam?|gozem?)\b",
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
_SINGULAR = frozenset(
    "debe deberá debería puede podrá podría doit devra devrait peut pourrait pourra deve deverá deveria pode poderá poderia tiene tem".split()
)
_PLURAL = frozenset(
    "deben deberán deberían pueden podrán podrían doivent devront devraient peuvent pourraient devem deverão deveriam podem "
    "poderão poderiam tienen têm".split()
)
_ARABIC = re.compile(
    r"(?:يجب|ينبغي|يتعين|يتوجب)\s+(?:على\s+|ل)((?:\S+\s+){1,5}?)(?=أن\b|أل|ألا\b)|"
    r"(?:ندعو|يدعو|تدعو|نحث|يحث|تحث|نشجع|نناشد|يناشد|تناشد)\s+((?:\S+\s+){1,5}?)(?=إلى\b|على\b)"
)


@dataclass(frozen=True, slots=True)
class Addressed:
    """An instruction that opens with whom it is for: their names and its verb, as printed."""

    names: tuple[str, ...]
    verb: str


def addressees(text: str, language: str) -> tuple[str, ...]:
    """The ones a passage asks to act, as printed, without article or preposition; empty when it names none.

    >>> addressees("Al Congreso de la República y al Gobierno, con apoyo de la ONU, adoptar la ley.", "es")
    ('Congreso de la República', 'Gobierno')
    >>> addressees("The new policy must be explained.", "en")
    ()
    """
    if language == "ar":
        return _arabic(text)
    if language not in ACTORS:
        return ()
    found: list[str] = []
    marks = marks_in(text, language)
    for start in _openings(text):
        if to_whom := addressed(text[start : start + 2 * _WINDOW], language):
            found += to_whom.names
    strongest = min((mark.strength for mark in marks), key=list(Strength).index, default=None)
    for mark in marks:
        if mark.who in {NOBODY, READER} or (
            mark.strength is Strength.POSSIBILITY and (found or strongest is not mark.strength)
        ):
            continue
        found += _subject(text, mark, language) if mark.who == LEFT else _called_upon(text, mark, language)
    found += _to_adopt(text, language)
    return _unique(found)


def addressed(text: str, language: str) -> Addressed | None:
    """Whom a text that begins "Al Congreso, …", "Aux États, …", "Ao Governo, …" instructs, and to do what; else None."""
    front = _ADDRESSED[language].match(text) if language in _ADDRESSED else None
    if not front:
        return None
    end = next((end for _, end, _ in sentences(text[: 4 * _WINDOW]) if end > front.end()), len(text))
    before = front["to"].lower()
    for word in _WORD.finditer(text, front.end(), end):
        plain = word.group()
        if is_infinitive(plain) and before not in _NOT_ITS_VERB:
            break
        before = plain.lower()
    else:
        return None
    stretch = text[front.start("to") : word.start()]
    plain_stretch = _FRONT.sub("", stretch, count=1)
    if not plain_stretch.strip() or _CLITIC.search(_RELATIVE.split(stretch)[0]):
        return None
    names = _listed(stretch, language)
    return Addressed(_unique(names), word.group()) if names else None


def _openings(text: str) -> Iterator[int]:
    """Where a sentence or an item begins that may open with whom it is for."""
    for start, _, question in sentences(text):
        if not question:
            yield start


def _listed(stretch: str, language: str) -> list[str]:
    """The names of a stretch that lists those addressed, and maybe who helps them; none if the first is no actor."""
    names: list[list[int]] = []  # start and end in the stretch
    aside = False
    for start, end, _ in _pieces(stretch, language):
        piece = stretch[start:end]
        if _ASIDE.match(piece):
            aside = True
            continue
        front = _FRONT.match(piece)
        assert front is not None
        to_whom = bool(_TO[language].search(front.group()))
        if aside and not to_whom:
            continue
        aside = False
        if inner := _HELPED.search(piece):
            aside = True
            end = start + inner.start()  # noqa: PLW2901
        at = start + front.end()
        if at >= end:
            continue
        if _is_actor(stretch[at:end], language) or (names and to_whom):
            names += [[at, end]]
        elif not names:
            return []
        elif not re.match(r"(?:en|in|em)\s", piece.strip(), re.IGNORECASE):
            names[-1][1] = end
    return [name for start, end in names for name in _with_included(stretch[start:end], language)]


def _with_included(printed: str, language: str) -> list[str]:
    """A name, and those named in it as included."""
    also = _ALSO.search(printed)
    if not also:
        return [_trimmed(printed)]
    included = _bare(printed[also.end() :])
    return [_trimmed(printed[: also.start()]), *([_trimmed(included)] if _is_actor(included, language) else [])]


def _subject(text: str, mark: Mark, language: str) -> list[str]:
    """Who must or should: the actors in front of the modal, or behind it ("deben los Estados …")."""
    done = _BE_DONE[language].match(text, mark.end)
    if done:
        by = _AGENT[language].match(text, done.end())
        names, _ = _parsed(text, by.end(), language) if by else ([], 0)
        return names
    left = max(mark.clause, mark.start - _WINDOW)
    stretch = text[left : mark.start]
    if _NO_ONE.match(text, mark.end):
        return []
    if _PRONOUN.search(stretch):
        return _meant_by_pronoun(text, mark, language)
    names = _in_front(stretch, language)
    if not names and language in {"es", "pt"}:
        article = re.compile(r"\s+(?=(?:los|las|el|la|os|as|o|a)\s)").match(text, mark.end)
        names, _ = _parsed(text, article.end(), language) if article else ([], 0)
    people = ACTORS[language][1]
    if _GET[language].match(text, mark.end):
        names = [one for one in names if not any(people.fullmatch(word) for word in _WORD.findall(one)[:3])]
    either = bool(_OR.search(stretch))
    return names if _agrees(names, text[mark.start : mark.end], language, either=either) else []


def _in_front(stretch: str, language: str) -> list[str]:
    """The actors that a stretch before a verb ends with, as its subject."""
    names: list[list[int]] = []  # start and end in the stretch
    aside = full = thing = False  # in passing; the subject is complete; the piece before is a noun phrase, but no actor
    pieces = list(_pieces(stretch, language))
    for n, (start, end, joins) in enumerate(pieces):
        piece, joined = stretch[start:end], joins
        if not piece.strip() or full:
            continue
        if _ASIDE.match(piece):
            aside, full = True, bool(names)
            continue
        front = _FRONT.match(piece)
        assert front is not None
        at = start + front.end()
        bare = stretch[at:end]
        last = n == len(pieces) - 1
        if last and (behind := _behind_adverbial(piece, language)):
            at, bare, joined, aside, thing = start + behind, piece[behind:], False, False, False
            front = _FRONT.match("")
            assert front is not None
        if (
            joined
            and thing
            and not names
            and front.group().strip()
            and _FINITE.search(stretch, pieces[n - 1][0], pieces[n - 1][1])
        ):
            thing = False  # "… is private, and the employer must"
        actor = (
            not _TO[language].search(front.group()) and _is_actor(bare, language) and not (joined and (thing or aside))
        )
        if actor and last:
            actor = not _FINITE.search(_RELATIVE.split(bare)[0])
        elif actor:
            parsed, stop = _parsed(piece, front.end(), language)
            actor = bool(parsed) and (
                stop >= len(piece.rstrip()) or bool(_RELATIVE.search(bare) or _HELPED.search(piece))
            )
        listed = joined or (not last and pieces[n + 1][2])
        if actor:
            names.append([at, end])
            aside = thing = False
        elif names and listed and _OF_ONLY.fullmatch(front.group()) and len(bare.split()) <= 3:
            names[-1][1] = end  # "países de origen, tránsito y destino"
        elif names and joined and _RELATIVE.search(stretch, *names[-1]):
            names[-1][1] = end  # "whoever films the street or other public places"
        elif names and not joined and _ADVERB.fullmatch(bare.strip()):
            full = True
        else:
            aside = aside and not (front.group().strip() and not joined)
            names, thing = [], True
    return [name for start, end in names for name in _with_included(_alone(stretch[start:end]), language)]


def _behind_adverbial(piece: str, language: str) -> int:
    """Where the actor stands that follows an adverbial without a comma, "Por esta razón el Gobierno"; 0 for none."""
    if not _ADVERBIAL.match(piece) and not _TITLE.match(piece):
        return 0
    for article in reversed(list(_ARTICLE.finditer(piece))):
        if article[1].lower() not in _PREPOSITIONS and _is_actor(piece[article.end() :], language):
            _, stop = _parsed(piece, article.end(), language)
            return article.end() if stop >= len(piece.rstrip()) else 0
    return 0


def _alone(printed: str) -> str:
    """A name without who helps."""
    helped = _HELPED.search(printed)
    return printed[: helped.start()] if helped else printed


def _called_upon(text: str, mark: Mark, language: str) -> list[str]:
    """Those that a call names: "insta a los Estados", "recommends that the Government", "invite les employeurs à"."""
    up_to = _UP_TO_NAME[language].match(text, mark.end)
    if not up_to:
        return []
    link = re.sub(r"\W.*", "", up_to["link"].lower())
    if link in {"de", "del", "do", "da", "dos", "das", "of"} and not _DUTY.search(text[mark.start : mark.end]):
        return []
    if link == "to" and text[mark.start : mark.start + 2].lower() == "it":
        return []  # "it is important to show the people"
    names, end = _parsed(text, up_to.end(), language, anyone=language == "en" and not link)
    if not names or text.startswith(("’s", "'s"), end):
        return []
    if link in {"for", ""} and not _TO_DO[language].match(text, end):
        return []
    if link in {"que", "that", "qu", "para", "pour", "à", "a"} and _BEING_DONE.match(text, end):
        return []
    people = ACTORS[language][1]
    if _GETTING.match(text, end):
        return [one for one in names if not any(people.fullmatch(word) for word in _WORD.findall(one)[:3])]
    return names


def _to_adopt(text: str, language: str) -> list[str]:
    """Who stands in "That the Government adopt …", alone or behind another instruction."""
    names: list[str] = []
    if language == "en" and "that" not in text.lower():
        return names
    for that in _SUBJUNCTIVE_THAT[language].finditer(text):
        found, end = _parsed(text, that.end(), language)
        verb = _WORD.search(text, end, end + 40)
        if not found or not verb or _BEING_DONE.match(text, end):
            continue
        first = not text[: that.start()].strip()
        should = verb.group() in {"should", "must"} and that.group().startswith(";")
        if (language == "en" and (should or verb.group() in ENGLISH)) or (language != "en" and first):
            names += found
    return names


def _parsed(text: str, at: int, language: str, *, anyone: bool = False) -> tuple[list[str], int]:
    """The names of actors that stand at a place, in a row, and where the last of them ends.

    ``anyone``: whatever has a capital is taken for a name.
    """
    names: list[str] = []
    end = at
    while at - end < 40:
        front = _FRONT.match(text, at)
        assert front is not None
        start = front.end()
        stop = (_english if language == "en" else _romance)(text, start, language, anyone)
        if stop <= start:
            break
        names.append(_trimmed(text[start:stop]))
        end = stop
        cut = _CUT[language].match(text, stop)
        if not cut:
            break
        at = cut.end()
    return names, end


def _romance(text: str, start: int, language: str, anyone: bool) -> int:
    """Where a name ends that begins with its noun: "autoridades locales de los países de origen"."""
    del anyone
    noun = _WORD.match(text, start)
    if not noun:
        return start
    if not _is_actor(text[start : start + 80], language):
        return start
    either = re.compile(r"/[ao]s?\b").match(text, noun.end())  # "facilitador/a"
    end = either.end() if either else noun.end()
    if not (ACTORS[language][0].fullmatch(noun.group()) or noun.group()[:1].isupper()):
        second = _WORD.search(text, end, end + 30)
        end = second.end() if second else end
    limit = min(len(text), start + 200)
    while end < limit:
        of = _OF[language].match(text, end, limit)
        space = _SPACE.match(text, end)
        word = _WORD.match(text, of.end() if of else space.end() if space else end, limit)
        if not word or (not of and not text[end : end + 1].isspace()):
            return end
        plain = word.group()
        if is_infinitive(plain) or plain.lower() in _NO_NAME:
            return end
        if (
            not of
            and not (plain[:1].isupper() and plain.lower() not in {"que"})
            and not _GOES_ON[language].fullmatch(plain)
        ):
            return end
        end = word.end()
    return end


def _english(text: str, start: int, language: str, anyone: bool) -> int:
    """Where a name ends whose noun comes last: "the relevant State institutions of Uruguay"."""
    end = start
    at = start
    for word in _WORD.finditer(text, start, min(len(text), start + 120)):
        if text[at : word.start()].strip():
            break
        plain = word.group()
        low = plain.lower()
        at = word.end()
        if (
            low in _ENDS_NAME
            or (low.endswith("ing") and plain.islower())
            or (end > start and plain.islower() and low in ENGLISH)
        ):
            break
        if (
            ACTORS[language][0].fullmatch(low)
            or plain in STATES
            or text[start:at] in STATES
            or _acronym(plain)
            or (plain[:1].isupper() and (anyone or end > start or text.startswith("United Nations", start)))
        ):
            end = at
    if end == start:
        return start
    while of := re.compile(r"\s+(?:of|(?<=[Pp]arties\s)to)\s+(?:the\s+)?").match(text, end):
        words = re.compile(r"(?:[A-Z][\w’'-]*(?:\s+(?:and\s+)?(?=[A-Z]))?)+|[a-z]+").match(text, of.end())
        if not words:
            break
        end = words.end()
    return end


def _is_actor(printed: str, language: str) -> bool:
    """Whether a name, without its article, is of someone who can be asked to act."""
    printed = _SPACE.sub(" ", printed.strip())
    if language == "en":
        cut = _OPENS_ASIDE_ENGLISH.search(printed)
        words = _WORD.findall(_TAIL.sub("", printed[: cut.start()] if cut else printed))
        if not words:
            return False
        whole = " ".join(words)
        if not _INNER_ARTICLES.isdisjoint(words[1:]):
            return False
        return bool(
            ACTORS["en"][0].fullmatch(words[-1])
            or _acronym(words[-1])
            or whole in STATES
            or (whole.startswith("United Nations") and whole[-1:].islower() and words[-1][:1].isupper())
        )
    words = _WORD.findall(printed[:80])
    for n, word in enumerate(words[:2]):
        if n and not _BEFORE_NOUN.fullmatch(words[0]):
            break
        if word in STATES or " ".join(words[:2]) in STATES or _acronym(word):
            return True
        if ACTORS[language][0].fullmatch(word):
            here = printed.find(word)
            return word.lower() not in AMBIGUOUS[language] or bool(NEEDS_MORE[language].match(printed, here))
    return False


def _acronym(word: str) -> bool:
    return bool(ACRONYM.fullmatch(word)) and word not in NO_ACTOR and not word.endswith("-")


def _agrees(names: list[str], modal: str, language: str, *, either: bool = False) -> bool:
    """Whether a subject has the number of its verb; where it has not, the noun phrase was read wrongly."""
    if not names or either or language == "en":
        return True
    last = _WORD.findall(modal)
    singular = any(word.lower() in _SINGULAR for word in last)
    plural = any(word.lower() in _PLURAL for word in last)
    first = (_WORD.findall(names[0]) or [""])[0]
    many = len(names) > 1 or (first[-1:] in {"s", "x"} and not first.isupper())
    return not (singular and many and first.lower() not in {"pays", "congrès", "país"}) and not (
        plural and not many and first.islower()
    )


def _meant_by_pronoun(text: str, mark: Mark, language: str) -> list[str]:
    """Whom "they" means: the actors that the sentence before begins with."""
    if opening := _IF.match(text, mark.sentence, mark.start):
        names, _ = _parsed(text, opening.end(), language)
        if names:
            return names if _agrees(names, text[mark.start : mark.end], language) else []
    before = text[max(0, mark.sentence - _WINDOW) : mark.sentence]
    last = 0
    for start, end, _ in sentences(before):
        if before[start:end].strip(" .\n"):
            last = start
    names, _ = _parsed(before, last, language)
    return names if _agrees(names, text[mark.start : mark.end], language) else []


def _pieces(stretch: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """The stretch cut at commas and at "and": start, end, and whether an "and" without comma stands before."""
    at, joined = 0, False
    cuts = _CUT_BOTH if _BOTH.match(stretch.lstrip()) else _CUT
    for cut in cuts[language].finditer(stretch):
        yield _word_at(stretch, at), cut.start(), joined
        at, joined = cut.end(), "," not in cut.group() and "/" not in cut.group()
    yield _word_at(stretch, at), len(stretch), joined


def _word_at(stretch: str, at: int) -> int:
    """The first place from ``at`` on that is no white space."""
    found = _SPACE.match(stretch, at)
    return found.end() if found else at


def _bare(printed: str) -> str:
    front = _FRONT.match(printed.lstrip())
    return printed.lstrip()[front.end() :] if front else printed


def _trimmed(printed: str) -> str:
    return _SPACE.sub(" ", _TAIL.sub("", printed)).strip()


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for name in names:
        unique.setdefault(name.casefold(), name)
    return tuple(one for one in unique.values() if one)


def _arabic(text: str) -> tuple[str, ...]:
    """Those behind "يجب على" and the like, with the article that is written as one word with them."""
    return _unique((found[1] or found[2]).strip() for found in _ARABIC.finditer(text))
