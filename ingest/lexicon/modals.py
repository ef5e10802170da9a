"""Modals, calls and imperatives, by strength of the request: one table a language, compiled to one pattern.

A row is where the addressee stands (LEFT of the words: their subject; RIGHT of them: those called upon; or NOBODY),
the strength, and the words. Imperatives, which ask the READER, have tables of their own. In the words a space is any
white space, ``'`` any apostrophe and ``~`` a place where an adverb may stand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ingest.report import Strength

LEFT, RIGHT, NOBODY, READER = "left", "right", "nobody", "reader"
_MUST, _ASK, _MAY = Strength.OBLIGATION, Strength.RECOMMENDATION, Strength.POSSIBILITY

_ADVERB = (
    r"(?:(?:[^\W\d_]+(?:mente|ment|ly)|muy|más|también|sumamente|ainda|muito|mais|também|très|plus|aussi|also|very|"
    r"most|therefore|thus|now|then|donc|pues|of utmost|particularly|still|equally|so)\s+){0,2}"
)


class ModalRow(NamedTuple):
    """Words of one strength whose addressee stands on the same side; one group of the compiled pattern."""

    who: str
    strength: Strength
    words: str


_NO_ES = r"(?:(?:no|nunca|tampoco) )?(?:(?:se|les?|nos|lo) )?"
_INF_ES = r"(?=(?: [^\W\d_]+mente)?,? (?:que |[^\W\d_]+[aeií]r(?:se|l[aeo]s?|nos)?\b)|,|:)"
_DE_QUE = r"(?= (?:que |qu'|de |d'|à |aux? |pour ))"
_INF_PT = r"(?=(?: [^\W\d_]+mente)?,? (?:que |[^\W\d_]+[aeio]r(?:-[^\W\d_]+|em|mos)?\b)|,|:)"
_NEED_ES = r"(?:necesari[oa]s?|imprescindibles?|indispensables?|obligatori[oa]s?|preciso|menester|imperativ[oa]|imperios[oa]|urgente)"
_GOOD_ES = (
    r"(?:importante|conveniente|esencial|fundamental|deseable|aconsejable|recomendable|preferible|crucial|vital|clave|"
    r"oportuno|pertinente|primordial|prioritario|útil|trascendental)"
)
_NEED_FR = r"(?:nécessaires?|indispensables?|obligatoires?|impérati(?:f|ve)s?|urgent)"
_GOOD_FR = (
    r"(?:important|essentiel|souhaitable|conseillé|préférable|primordial|fondamental|crucial|opportun|utile|capital|"
    r"vital|judicieux|recommandé|suggéré|proposé|demandé|conseillable|prioritaire)"
)
_NEED_PT = r"(?:necessári[oa]s?|imprescindíve(?:l|is)|indispensáve(?:l|is)|obrigatóri[oa]s?|preciso|mister|imperativ[oa]|imperios[oa]|urgente)"
_GOOD_PT = (
    r"(?:importante|conveniente|essencial|fundamental|desejável|aconselhável|recomendável|preferível|crucial|vital|"
    r"oportuno|pertinente|primordial|prioritário|útil|recomendado|sugerido)"
)
_SAYING = (  # before a present that is a verb: "the participants also urge"
    r"(?:(?<=[a-z]s )|(?<=we )|(?<=I )|(?<=ly )|(?<=also )|(?<=further )|(?<=therefore )|(?<=hereby )|(?<=like to )|"
    r"(?<=participants )|(?<=not ))"
)
_HAS = r"(?:(?:has|have|had) (?:also |repeatedly )?)?"
_NOT_BE = r"(?<!be )(?<!was )(?<!were )(?<!is )(?<!are )"
_NEED_EN = r"(?:necessary|imperative|mandatory|indispensable|obligatory|compulsory)"
_GOOD_EN = (
    r"(?:important|essential|vital|crucial|critical|desirable|advisable|preferable|fundamental|key|paramount|useful|"
    r"appropriate|recommended|suggested|advised|proposed)"
)

MODAL_ROWS: dict[str, tuple[ModalRow, ...]] = {
    "es": (
        ModalRow(LEFT, _MUST, _NO_ES + r"(?:deb(?:en?|emos|éis|o|es|ía|ían|íamos|erán?|eremos)(?! al? ?(?:l[aeo]s?|que|un|una|falta|su|sus)\b)(?! al\b))"),
        ModalRow(LEFT, _MUST, r"(?:no )?(?:t(?:iene|ienen|enemos|endrá|endrán|enía|enían) ~que(?! ver\b)|ha de|han de|hemos de|habrán? de)(?= )"),
        ModalRow(RIGHT, _MUST, r"(?:no )?(?:hay|habrá|había) que"),
        ModalRow(LEFT, _MUST, r"(?:no )?(?:está|están|estará|estarán|queda|quedan) ~obligad[oa]s? a"),
        ModalRow(LEFT, _MUST, r"(?:tiene|tienen|tendrá|tendrán) ~(?:la|el|como) (?:obligación|deber)(?: de)?"),
        ModalRow(RIGHT, _MUST, r"(?:es|será) ~(?:una |un )?(?:obligación|deber|responsabilidad)(?= del? )"),
        ModalRow(RIGHT, _MUST, rf"(?:no )?(?:es|son|será|serán|era|resulta|resultan|se hace|se hacen) ~{_NEED_ES}(?! (?:especial|decir)\b)"),
        ModalRow(RIGHT, _MUST, r"(?:no )?(?:se (?:requieren?|necesitan?|precisan?|exigen?)|hacen? falta)"),
        ModalRow(RIGHT, _MUST, r"(?:exig(?:e|en|imos|ió|ieron)|demandamos)"),
        ModalRow(RIGHT, _MUST, r"(?:corresponde|incumbe|compete)(?= al? (?!un)(?:(?!que )[^\s.,;:]+ ){1,8}[^\W\d_]+[aei]r(?:se|l[aeo]s?)?\b)"),
        ModalRow(LEFT, _ASK, _NO_ES + r"(?:deber(?:ían?|íamos)|debieran?)"),
        ModalRow(LEFT, _ASK, r"(?:no )?(?:tendrían?|habrían?) (?:que|de)(?= )"),
        ModalRow(RIGHT, _ASK, rf"(?:sería|serían|resultaría) ~(?:{_NEED_ES}|{_GOOD_ES})|haría falta|habría que"),
        ModalRow(RIGHT, _ASK, r"(?:no )?(?:se (?:le |les |nos )?)?(?:han? |había )?recom(?:iendan?|endamos|endó|endaron|endaban?|endado)"),
        ModalRow(RIGHT, _ASK, r"(?:se (?:le |les )?)?(?:instan?|instamos|instó|instaron|instaba)(?= (?:a|al|encarecidamente|[^\W\d_]+mente)\b)"),
        ModalRow(RIGHT, _ASK, r"(?:se (?:le |les )?|los |las |les )?(?:invitan?|invitamos|invitó|invitaron|exhortan?|exhortamos|exhortó|exhortaron)(?= )"),
        ModalRow(RIGHT, _ASK, r"(?:se (?:le |les )?|los |las |les )?(?:alientan?|alentamos|alentó|alentaron|animan?|animamos|animó)(?= (?:a|al|[^\W\d_]+mente a)\b)"),
        ModalRow(RIGHT, _ASK, r"(?:ha|han|hemos|había|habían) (?:instado|exhortado|alentado|invitado|sugerido|aconsejado)(?= )"),
        ModalRow(RIGHT, _ASK, r"(?:se )?(?:urgen?|urgimos|urgió)"),
        ModalRow(RIGHT, _ASK, r"(?:se (?:le |les )?)?(?:pide|piden|pedimos|pidió|pidieron|solicitamos|solicitan?|solicitó)(?= (?:que|al? [^.;:]{3,80}? que)\b)"),
        ModalRow(RIGHT, _ASK, r"(?:se )?(?:sugieren?|sugerimos|sugirió|sugirieron)|(?:se )?(?:aconsejan?|aconsejamos|aconsejó)"),
        ModalRow(RIGHT, _ASK, r"(?:se )?(?:proponen?|proponemos|propuso|propusieron)(?= que\b)"),
        ModalRow(RIGHT, _ASK, r"(?-i:Se proponen?)"),
        ModalRow(RIGHT, _ASK, rf"(?:es|era|será|fue|resulta|parece) ~{_GOOD_ES}{_INF_ES}"),
        ModalRow(RIGHT, _ASK, r"(?:es|son|era|resulta) de (?:(?:gran|suma|vital|especial|la mayor|mucha|particular|máxima|primordial) )importancia"),
        ModalRow(RIGHT, _ASK, r"(?:conviene|convendría|importa|cabría)(?= )|más vale"),
        ModalRow(RIGHT, _ASK, r"(?:(?:se )?hace|hacemos|hacen|hizo|hicieron) un (?:[^\W\d_]+ )?(?:llamad[oa]|llamamiento)(?= )|llamamos(?= al? )|(?:se )?llama(?= a l[ao]s )"),
        ModalRow(LEFT, _ASK, r"(?:es|son|está|están|quedan?) (?:invitad|instad|exhortad|alentad|llamad|animad)[oa]s? a"),
        ModalRow(LEFT, _MAY, _NO_ES + r"(?:pued(?:en?|o|es)|pod(?:emos|rán?|rían?|ríamos|remos|ía|ían))"),
        ModalRow(RIGHT, _MAY, r"(?:no )?(?:es|sería|será) ~posible"),
    ),
    "en": (
        ModalRow(LEFT, _MUST, r"must(?! have (?:been|had)\b)(?: not|n't| never)?|(?<!we )(?<!I )shall(?: not| never)?|mustn't"),
        ModalRow(LEFT, _MUST, r"(?:does not |do not |did not |will |would )?(?:has|have|(?<!has )(?<!have )had) ~to(?= )(?! (?:do with|the|an?|its|their|all)\b)"),
        ModalRow(LEFT, _MUST, r"(?:does not |do not |will )?(?<!the )(?<!an )(?<!a )(?<!no )(?<!any )(?<!urgent )(?<!great )(?<!further )(?<!this )(?<!pressing )needs?(?: urgently)? to(?= )"),
        ModalRow(LEFT, _MUST, r"(?:is|are|was|were|be|remains?) ~(?:not )?(?:required|obliged|obligated|bound|compelled)(?: by law)? to(?= )"),
        ModalRow(RIGHT, _MUST, r"(?:is|are|was|were) ~(?:required|needed)(?! to\b| by\b)"),
        ModalRow(LEFT, _MUST, r"(?:has|have|had|is under|are under) ~(?:a|an|the) ~(?:duty|obligation|responsibility) to(?= )"),
        ModalRow(RIGHT, _MUST, r"it is (?:the |a )?(?:duty|obligation|responsibility)(?= of )|it is incumbent (?:up)?on"),
        ModalRow(RIGHT, _MUST, rf"(?:it (?:is|was|remains|becomes|will be)|it's) ~(?:not )?{_NEED_EN}"),
        ModalRow(RIGHT, _MUST, r"there (?:is|was|are|remains) (?:a|an) (?:\w+ )?need (?:for|to)|demand(?:s|ed)?(?= that\b)|we demand"),
        ModalRow(LEFT, _ASK, r"should(?! (?:the|any|this|these|it|they|such|there|an?)\b)(?: not| never| also not)?(?! have (?:been|had)\b)|shouldn't|ought(?: not)? to"),
        ModalRow(RIGHT, _ASK, r"(?:(?<=, )|(?<=and )|(?<=\n))recommending(?= that\b)"),
        ModalRow(RIGHT, _ASK, rf"(?:do not |does not |did not )?(?<!as )(?<!be )(?:strongly |also |further |therefore |urgently )?(?:{_SAYING}recommend|recommends|{_HAS}recommended)(?! (?:by|in|for|by)\b)"),
        ModalRow(LEFT, _ASK, r"(?:is|are|(?<!will )(?<!would )be|was|were) ~(?:encouraged(?! to (?:note|see|learn|hear|know|observe)\b)|urged|invited|requested|called (?:up)?on|advised|asked|exhorted|recommended)(?= to\b)"),
        ModalRow(RIGHT, _ASK, rf"{_NOT_BE}(?:{_SAYING}(?:encourage|urge|exhort)|encourages(?= [^.;:]{{2,120}} to\b)|{_HAS}encouraged|urges|{_HAS}urged|exhorts|{_HAS}exhorted)(?! by\b)"),
        ModalRow(RIGHT, _ASK, rf"(?<!so )(?:{_SAYING}call|calls|{_HAS}called)(?: once again| again)? (?:up)?on\b|(?:{_SAYING}call|calls|{_HAS}called) for(?= )|(?:{_SAYING}appeal|appeals|{_HAS}appealed) to(?= )"),
        ModalRow(RIGHT, _ASK, rf"{_NOT_BE}(?:{_SAYING}(?:invite|advise)|invites|{_HAS}invited|advises|{_HAS}advised)(?= (?:[A-Z]|the\b|all\b|states\b|governments?\b|it\b|them\b|us\b|both\b|member\b|that\b))"),
        ModalRow(RIGHT, _ASK, rf"(?:{_SAYING}(?:request|ask)|requests|{_HAS}requested|asks|{_HAS}asked)(?= (?!if\b|why\b|when\b|where\b|which\b|who\b|questions?\b|more\b|further\b|about\b|for\b|information\b|details\b|how\b|what\b|whether\b)(?:(?:the|that|all) )?(?:[^\W\d_]+ ){{1,5}}(?:to (?!(?:please |further |also )?(?:elaborate|explain|clarify|comment|describe|inform|tell|share|say|specify|indicate)\b|(?:provide|give|offer|supply) (?:it |them )?(?:with )?(?:some |any |the |an |its |their |more |further |additional )*(?:information|details?|update|clarification|examples?|explanation|views?|data|opinion|assessment))|should\b))"),
        ModalRow(RIGHT, _ASK, rf"(?<!data )(?<!evidence )(?<!studies )(?<!research )(?<!results )(?<!findings )(?<!this )(?<!reports )(?<!reports also )(?<!as )(?:{_SAYING}suggest|suggests|{_HAS}suggested)(?! by\b)"),
        ModalRow(RIGHT, _ASK, rf"(?:{_SAYING}propose|proposes|{_HAS}proposed)(?= that\b)"),
        ModalRow(RIGHT, _ASK, rf"(?:it (?:is|was|remains|would be|will be|seems)|it's) ~(?:not )?(?:{_GOOD_EN}|necessary)(?= (?:to|that|for|not)\b|,|:)"),
        ModalRow(RIGHT, _ASK, r"(?:is|are|was|were) of (?:(?:great|utmost|the utmost|vital|paramount|particular|high|crucial|the highest) )importance"),
        ModalRow(LEFT, _MAY, r"(?-i:may|might|can|could|cannot|Cannot)(?: not)?|can't|couldn't"),
        ModalRow(RIGHT, _MAY, r"it (?:is|was|would be|may be) (?:not )?possible"),
    ),
    "fr": (
        ModalRow(LEFT, _MUST, r"(?:ne |n')?(?:se |s'|leur |lui |y )?(?:dois|doit|doivent|devons|devez|devra|devront|devrons|devrez|devait|devaient)(?:\s*(?:pas|jamais|plus|point|en aucun cas))?"),
        ModalRow(RIGHT, _MUST, r"il (?:ne )?(?:faut|faudra|fallait|a fallu)(?: (?:pas|jamais|plus))?|faut-il"),
        ModalRow(LEFT, _MUST, r"(?:est|sont|sera|seront|était|étaient) ~(?:tenue?s?|obligée?s?|contrainte?s?) (?:de|d'|à)(?= |\w)"),
        ModalRow(LEFT, _MUST, r"(?:a|ont|avait|auront) (?:~pour obligation|l'obligation|le devoir|~obligation) (?:de|d')"),
        ModalRow(RIGHT, _MUST, rf"(?:il (?:est|était|sera|devient|demeure|reste|paraît)|s'avère|(?<=[^\W\d_] )est|sont) ~{_NEED_FR}"),
        ModalRow(RIGHT, _MUST, r"(?:exige|exigent|exigeons|exigé)(?= )|il (?:incombe|appartient|revient)(?= (?:à|aux?)\b)|il est interdit"),
        ModalRow(LEFT, _ASK, r"(?:ne |n')?(?:se |s'|leur |lui |y )?(?:devrais|devrait|devraient|devrions|devriez)(?: (?:pas|jamais|plus|point))?"),
        ModalRow(RIGHT, _ASK, r"il (?:ne )?faudrait(?: pas)?|mieux vaut|il vaut mieux|il vaudrait mieux"),
        ModalRow(RIGHT, _ASK, r"(?:ne )?(?:recommande|recommandent|recommandons|recommandait|recommandaient|recommandera)(?: pas)?|(?:a|ont|avait|avons|avaient) (?:~)recommandé"),
        ModalRow(LEFT, _ASK, r"(?:est|sont|était|étaient|soient) ~(?:invité|encouragé|prié|appelé|exhorté|engagé|incité)e?s? (?:à|de|d')"),
        ModalRow(RIGHT, _ASK, r"(?<!n')(?:invite|invitent|invitons|invitait|encourage(?= [^.;:]{2,120} (?:à\b|aux?\b|d'))|encouragent|encourageons|exhorte|exhortent|exhortons|incite|incitent|prie|prient|prions)(?= )|(?:a|ont|avait) ~(?:invité|encouragé|exhorté|prié|appelé)(?= )"),
        ModalRow(RIGHT, _ASK, r"(?:appelle|appellent|appelons)(?= (?:[^.;:]{0,80} )?(?:à|aux?)\b)|(?:lance|lancent|lançons|a lancé|adresse) un (?:\w+ )?appel"),
        ModalRow(RIGHT, _ASK, r"(?<!leur )(?<!votre )(?<!notre )(?<!la )(?<!sa )(?<!une )(?<!cette )(?<!toute )(?:demande|demandent|demandons|demandait|(?:a|ont) demandé)(?= (?:instamment |également |aussi )?(?:à|aux?|que)\b| qu')"),
        ModalRow(RIGHT, _ASK, r"(?:suggère|suggèrent|suggérons|conseille|conseillent|conseillons|préconise|préconisent|préconisons)|(?:a|ont|avait) ~(?:suggéré|conseillé|préconisé)"),
        ModalRow(RIGHT, _ASK, r"(?:propose|proposent|proposons|a proposé|ont proposé)(?= (?:que\b|qu'|d'|de\b))"),
        ModalRow(RIGHT, _ASK, rf"(?:il (?:est|était|serait|sera|paraît|semble|demeure|reste)) ~(?:{_GOOD_FR}|nécessaire)(?:{_DE_QUE}|,)"),
        ModalRow(RIGHT, _ASK, r"il (?:importe|convient|conviendra|conviendrait|importera)|il y a(?:urait)? lieu (?:de|d')"),
        ModalRow(RIGHT, _ASK, r"(?:est|sont|était|revêt|revêtent) d'une (?:(?:grande|haute|extrême|particulière) )?importance(?: (?:capitale|cruciale|primordiale|vitale|majeure|particulière))?"),
        ModalRow(LEFT, _MAY, r"(?:ne |n')?(?:se |s'|leur |lui |y |en )?(?:peux|peut|peuvent|pouvons|pouvez|pourra|pourront|pourrons|pourrez|pourrait|pourraient|pourrions|pourriez|pouvait|pouvaient)(?: (?:pas|jamais|plus))?"),
        ModalRow(RIGHT, _MAY, r"il (?:est|serait|sera) ~possible|il se peut"),
    ),
    "pt": (
        ModalRow(LEFT, _MUST, r"(?:(?:não|nunca) )?(?:(?:se|lhes?|nos) )?(?:dev(?:em?|emos|o|erão|eremos)|deverá)(?:-(?:se|lhes?|nos))?(?!-)(?! (?:ao?s?|às?)\b)"),
        ModalRow(LEFT, _MUST, r"(?:não )?(?:tem|têm|temos|terá|terão|teremos|tinha|tinham) ~(?:que|de)(?= (?:se )?[^\W\d_]+[aeio]r(?:-|\b)| (?:ser|pôr)\b)|(?:há|hão) de"),
        ModalRow(RIGHT, _MUST, r"(?:não )?(?:há|haverá|havia) que"),
        ModalRow(LEFT, _MUST, r"(?:não )?(?:precisam?|precisamos|precisará|precisarão|necessitam?)(?= (?:de )?(?:urgentemente )?[^\W\d_]{2,}[aei]r\b)"),
        ModalRow(LEFT, _MUST, r"(?:é|são|está|estão|fica|ficam|será|serão) ~obrigad[oa]s? a"),
        ModalRow(LEFT, _MUST, r"(?:tem|têm|terá|terão) ~(?:a obrigação|o dever|a responsabilidade|como dever) de"),
        ModalRow(RIGHT, _MUST, r"é (?:uma |um )?(?:obrigação|dever|responsabilidade) (?=d[aoe])"),
        ModalRow(RIGHT, _MUST, rf"(?:não )?(?:é|são|será|serão|era|faz-se|fazem-se|torna-se|tornam-se|mostra-se|se faz|se torna) ~{_NEED_PT}"),
        ModalRow(RIGHT, _MUST, r"(?:necessita|necessitam|requer|requerem|exige|exigem)-se|(?:se )(?:requer|requerem|necessitam?|exigem?)"),
        ModalRow(RIGHT, _MUST, r"exig(?:e|em|imos|iu|iram)|(?:cabe|compete|incumbe|cumpre)(?= (?:aos?|às?) [^.,;:]{3,100} [^\W\d_]+[aeio]r\b)"),
        ModalRow(LEFT, _ASK, r"(?:(?:não|nunca) )?(?:(?:se|lhes?|nos) )?(?:dever(?:iam?|íamos)|deviam?|devíamos)(?:-se)?"),
        ModalRow(LEFT, _ASK, r"(?:não )?(?:teriam?) (?:que|de)(?= )"),
        ModalRow(RIGHT, _ASK, r"(?:não )?(?:se |lhe |lhes )?(?:recomenda|recomendam|recomendamos|recomendou|recomendaram|recomendava)(?:-se|-lhes?)?|(?:foi|foram|é|tem|têm) recomendad[oa]s?"),
        ModalRow(RIGHT, _ASK, r"(?:se |os |as )?(?:insta|instam|instamos|instou|instaram|exorta|exortam|exortamos|exortou|exortaram|convida|convidam|convidamos|convidou|convidaram|encoraja|encorajam|encorajamos|encorajou|encorajaram)(?:-se|-[ao]s)?(?= )"),
        ModalRow(RIGHT, _ASK, r"(?:incentivamos|incentiva-se|incentivou|incentivaram|estimulamos)(?= )"),
        ModalRow(RIGHT, _ASK, r"(?:apela|apelam|apelamos|apelou|apelaram)(?:-se)?(?= (?:a|ao|à|aos|às|para)\b)|(?:faz|fazem|fazemos|fez|faz-se|fizeram|lança) um (?:\w+ )?apelo"),
        ModalRow(RIGHT, _ASK, r"(?:pede|pedem|pedimos|pediu|pediram|solicita|solicitam|solicitamos|solicitou)(?:-se)?(?= (?:que|(?:a|ao|à|aos|às) [^.;:]{3,80}? que)\b)"),
        ModalRow(RIGHT, _ASK, r"(?:se )?(?:sugere|sugerem|sugerimos|sugeriu|sugeriram|aconselha|aconselham|aconselhamos|aconselhou)(?:-se)?"),
        ModalRow(RIGHT, _ASK, r"(?:propõe|propõem|propomos|propôs|propuseram)(?:-se)?(?= que\b)|(?-i:Propõe-se|Propõem-se)"),
        ModalRow(RIGHT, _ASK, rf"(?:é|era|será|foi|seria|parece|revela-se|torna-se) ~{_GOOD_PT}{_INF_PT}|(?:seria|seriam) ~{_NEED_PT}"),
        ModalRow(RIGHT, _ASK, r"(?:é|são|era) de (?:(?:grande|suma|vital|especial|extrema|fundamental|particular|máxima) )importância"),
        ModalRow(RIGHT, _ASK, r"(?:convém|conviria|importa|urge)(?= )"),
        ModalRow(LEFT, _ASK, r"(?:são|é|estão|ficam|foram) (?:convidad|instad|exortad|encorajad|chamad|incentivad)[oa]s? a"),
        ModalRow(LEFT, _MAY, r"(?:não )?(?:se |lhe )?(?:pode|podem|podemos|poderá|poderão|poderia|poderiam|poderíamos|podia|podiam)(?:-se|-lhes?)?"),
        ModalRow(RIGHT, _MAY, r"(?:não )?(?:é|seria|será) ~possível"),
    ),
    "ar": (
        ModalRow(RIGHT, _MUST, r"[وف]?(?:لا )?(?:يجب|يتعين|يلزم|يتوجب)|[وف]?لا بد|[وف]?من (?:الضروري|الواجب)"),
        ModalRow(RIGHT, _ASK, r"[وف]?(?:لا )?ينبغي|[وف]?(?:نوصي|يوصي|توصي|يوصى|أوصى|أوصت|أوصينا)"),
        ModalRow(RIGHT, _ASK, r"[وف]?(?:ندعو|يدعو|تدعو|دعا|دعت|نحث|يحث|تحث|حث|حثت|نشجع|يشجع|تشجع|نناشد|يناشد|تناشد)|[وف]?من (?:المهم|الأهمية|المستحسن)"),
        ModalRow(NOBODY, _MAY, r"[وف]?(?:لا )?(?:يمكن|يجوز|بإمكان)"),
    ),
}  # fmt: skip


IMPERATIVES = {  # imperatives, which only count where a sentence begins: elsewhere they are subjunctives or the form of "vous"
    "es": (
            r"(?:no )?(?:considere|señale|recuerde|pregunte|evite|tenga(?= en cuenta)|tome|haga|explique|identifique|verifique|asegúrese|realice|"
            r"solicite|utilice|incluya|revise|procure|establezca|elabore|registre|describa|indique|anote|consulte|adopte|garantice|promueva|fortalezca|"
            r"impulse|cree|diseñe|implemente|desarrolle|analice|apoye|facilite|fomente|elija|defina|escriba|lea|observe|proponga|siga|mantenga|ofrezca|"
            r"informe|presente|organice|asegure|envíe|aplique|reconozca|respete|"
            r"pida|conozca|deje|invite|permita|comience|empiece|termine|finalice|divida|entregue|reparta|lleve|ponga|coloque|dibuje|seleccione|compare|"
            r"responda|conteste|dialogue|reflexione|comparta|compruebe|complete|cuide|cumpla|distribuya|emplee|evalúe|examine|obtenga|oriente|"
            r"planifique|prepare|priorice|profundice|proteja|recoja|resuma|retome|transcriba|traiga|use|valore|visite|vuelva|agradezca|aclare|"
            r"acuda|ajuste|confirme|construya|continúe|denuncie|dedique|asista|asigne|atienda|acompañe|escuche|motive|busque|mencione|muestre)"
            r"(?:n)?(?:lo|la|los|las|se|les?)?(?= )"
    ),
    "fr": (
        r"(?:ne |n')?(?:(?!chez|assez|nez\b|rez\b|avez|pouvez|devez|voulez|êtes)[^\W\d_]{2,}ez|soyez|faites|dites)(?:-(?:vous|les?|la|en|y))?(?: (?:pas|jamais|plus))?(?!\w)"
    ),
    "pt": (
            r"(?:não )?(?:considere|lembre-se|pergunte|evite|tenha(?= em conta)|faça|explique|identifique|verifique|assegure|certifique-se|realize|solicite|"
            r"utilize|inclua|revise|procure|estabeleça|elabore|registre|registe|descreva|indique|anote|consulte|adote|garanta|promova|fortaleça|crie|"
            r"desenvolva|implemente|apoie|facilite|fomente|escolha|defina|escreva|leia|observe|proponha|siga|mantenha|ofereça|informe|apresente|organize|"
            r"envie|aplique|reconheça|respeite)m?(?:-(?:se|os?|as?))?(?= )"
    ),
}  # fmt: skip
IMPERATIVE_OPENINGS = {  # what may stand before an imperative, up to its comma
    "es": r"(?:para|si|en|al|antes|después|cuando|durante|de ser|por (?:favor|ejemplo|último)|luego|finalmente|además)",
    "fr": r"(?:si|s'il|s'ils|pour|en|dans|avant|après|lorsque|lorsqu'|quand|dès|afin|à|au|aux|selon|sinon|ensuite|puis|enfin|par|sur|avec|sans|depuis)",
    "pt": r"(?:para|se|em|no|na|nos|nas|ao|antes|depois|quando|durante|por (?:favor|exemplo|fim)|finalmente|além)",
}


STEMS = {  # letters without which no row matches, in lower case: where to look at all
    "es": r"deb|tien|ten[egdí]|\bha\b|\bhan\b|hemos|hab[ír]|\bhay\b|oblig|responsab|necesari|prescind|ndispens|precis|menester|imper|urg|"
    r"requier|necesit|exig|falta|demandamos|orrespond|ncumb|compet|recom|inst[aáeó]|invit|exhort|alien?t|anim|pid|pedi|solicit|sug[ie]|"
    r"aconsej|propo|propus|importa|conv[ei]|esencial|fundament|deseabl|ecomendabl|prefer|crucial|vital|clave|oportun|pertinent|"
    r"primord|priorit|útil|trascend|vale|cabr|llam|p[uo]ed|pod|posibl",
    "en": r"must|shall|ha[sd]\b|have\b|need|requir|oblig|bound|compell|duty|responsib|incumb|necess|imperat|mandat|indispens|compuls|"
    r"demand|should|ought|recommend|encourag|urge|invit|request|call|advi[sc]|ask|exhort|appeal|suggest|propos|importan|essential|vital|"
    r"cruci|critic|desir|prefer|fundament|key|paramount|useful|appropri|\bmay\b|might|can|could|possib",
    "fr": r"doi[stv]|doive|dev[roea]|fau[td]|fall[ua]|tenu|oblig|contrain|devoir|nécessai|ndispens|mpérati|urgent|exig|incomb|appart|revient|"
    r"interdi|mieux|recommand|invit|encourag|exhort|incit|pri[eéo]|appel|engag|demand|sugg|conseil|préconis|propos|importan|essentiel|"
    r"souhait|préfér|primord|fondament|crucial|opportun|utile|capital|vital|judici|priorit|importe|convi|lieu|peu[txv]|pouv|pourr|possibl|"
    r"\bpeut\b",
    "pt": r"dev|t[eê]m|ter[áãie]|tinh|\bhá\b|hão|hav|precis|necess|obrig|responsab|prescind|ndispens|mister|imper|urg|requer|exig|cabe|"
    r"compet|incumb|cumpr|recomend|inst[ao]|exort|convi|conv[éê]|encoraj|incentiv|estimul|apel|ped[ei]|solicit|suger|aconselh|prop[õoôu]|"
    r"importan|importa|essencial|fundament|desej|ecomend|prefer|crucial|vital|oportun|pertinent|primord|priorit|útil|chamad|pod|poss",
    "ar": r"يجب|يتعين|يلزم|يتوجب|بد|ضروري|واجب|ينبغي|وصي|وصى|وصت|دع|حث|شجع|ناشد|مهم|أهمية|مستحسن|يمكن|يجوز|بإمكان",
}  # fmt: skip
GLUED_WORDS = {  # printed in one word with the one before or behind, "gobiernosdeben", "doiventdonner": no other word holds them
    "es": ("deben", "pueden"),
    "fr": ("doivent", "doit", "devez", "devront", "peuvent", "pouvez"),
    "pt": ("devem",),
}
_BEFORE_STEM = 70  # characters in front of its stem in which a match may begin: "has the ultimate responsibility to"
_WORD_START = re.compile(r"\b\w")


@dataclass(frozen=True, slots=True)
class ModalLexicon:
    """One language's rows as one pattern, group n for row n - 1; every match contains one of the stems."""

    pattern: re.Pattern[str]
    rows: tuple[ModalRow, ...]
    stems: re.Pattern[str]

    def find_all(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches of ``pattern.finditer`` in order, trying only the word starts in front of a stem."""
        lower = text.lower()
        done = 0  # no match begins before it, or has been tried there
        for stem in self.stems.finditer(lower if len(lower) == len(text) else text):
            at = stem.start()
            if at < done:
                continue
            starts = [match.start() for match in _WORD_START.finditer(text, max(done, at - _BEFORE_STEM), at + 1)]
            done = at + 1
            for start in [*starts, at]:
                match = self.pattern.match(text, start)
                if match and match.end() > at:
                    done = match.end()
                    yield match
                    break
            else:
                done = at + 1  # what began before and led to no mark leads to none further on


def _compile_rows(language: str, rows: tuple[ModalRow, ...]) -> ModalLexicon:
    """Compile the rows to one alternation; the group that matched is the row, counted from 1."""
    each = (f"({row.words})" for row in rows)
    words = _expand_spaces("|".join(each).replace("~", _ADVERB))
    words = re.sub(r"\(\?<[!=][^()]*\)", lambda back: back[0].replace(r"\s+", r"\s"), words)  # of a fixed width
    glued = GLUED_WORDS.get(language, ())
    before = "".join(rf"|(?<=[^\W\d_])(?={word})" for word in glued)
    behind = "".join(f"|(?<={word})" for word in glued)
    pattern = re.compile(rf"(?:\b{before})(?:{words})(?:(?!\w){behind})", re.IGNORECASE)
    return ModalLexicon(pattern, rows, re.compile(STEMS[language]))


def _expand_spaces(words: str) -> str:
    return words.replace(" ", r"\s+").replace("'", "['’]")


def _compile_imperative(language: str) -> re.Pattern[str]:
    """Compile the imperative that begins a sentence, group "words", maybe behind an opening and its comma."""
    order, opening = _expand_spaces(IMPERATIVES[language]), _expand_spaces(IMPERATIVE_OPENINGS[language])
    return re.compile(rf"[\W\d_]*(?:{opening}\b[^;:?!]{{0,250}}?,\s*)?(?P<words>{order})", re.IGNORECASE)


IMPERATIVE_PATTERNS = {language: _compile_imperative(language) for language in IMPERATIVES}
MODAL_LEXICONS = {language: _compile_rows(language, rows) for language, rows in MODAL_ROWS.items()}
