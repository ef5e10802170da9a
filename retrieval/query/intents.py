"""Detects which attribute a question asks for: of a record (by whom, to whom, how strongly) or of the report.

Patterns over folded text (`cursor.fold_question`), in es en fr pt ar. What a pattern names ``subject`` stays in the
question and is searched; the rest of the match is consumed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Attribute(StrEnum):
    """The attributes that can be asked for; the values are keys of the answer templates."""

    BY = "by"
    TO = "to"
    STRENGTH = "strength"
    TITLE = "title"
    RAPPORTEUR = "rapporteur"
    DATE = "date"
    PLACE = "place"
    FORUM = "forum"

    @property
    def of_report(self) -> bool:
        """Whether it is an attribute of the report, not of a recommendation."""
        return self not in (Attribute.BY, Attribute.TO, Attribute.STRENGTH)


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """An attribute, and the spans of the question that ask for it."""

    attribute: Attribute
    spans: tuple[tuple[int, int], ...]  # characters, half-open


_S = r"(?P<subject>\S.*?)\W*$"
_BINDING = r"(?:mandatory|obligatory|compulsory|binding|optional|required)"
_OBLIGATORIO = r"(?:obligatori[ao]s?|vinculantes?|optativ[ao]s?|facultativ[ao]s?)"
_OBLIGATOIRE = r"(?:obligatoires?|contraignante?s?|facultati(?:f|ve)s?)"
_OBRIGATORIO = r"(?:obrigatori[ao]s?|vinculantes?|vinculativ[ao]s?|facultativ[ao]s?)"
_OF_RECORDS = {
    Attribute.BY: (
        # who recommended …, who made the recommendation on …, by whom was … recommended
        rf"who (?:has |had )?(?:recommended|recommends|proposed|proposes|suggested|suggests) (?:that |to )?{_S}",
        rf"who (?:made|makes|put forward|issued|submitted) (?:the |this |that )?(?:recommendations?|proposals?) (?:on |about |for |to |of )?{_S}",
        r"(?:by whom|who) (?:was|were|is|are) (?P<subject>\S.*?) (?:recommended|proposed|suggested|made)(?: by)?\W*$",
        rf"quien(?:es)? (?:lo |la )?(?:recomendo|recomendaron|recomienda|recomiendan|propuso|propusieron|propone|proponen|sugirio|sugirieron) (?:que )?{_S}",
        rf"quien(?:es)? (?:hizo|hicieron|formulo|formularon|presento) (?:la |las )?(?:recomendacion(?:es)?|propuestas?) (?:sobre |de |acerca de )?{_S}",
        rf"por quien fue(?:ron)? (?:recomendad[ao]s?|propuest[ao]s?|formulad[ao]s?|hech[ao]s?) {_S}",
        rf"qui (?:est-ce qui )?(?:a|ont) (?:recommande|propose|suggere) (?:que |de |d')?{_S}",
        rf"qui (?:a|ont) (?:fait|formule|presente) (?:la |les |cette )?(?:recommandations?|propositions?) (?:sur |concernant )?{_S}",
        rf"qui (?:recommande|propose|suggere) (?:que |de |d')?{_S}",
        rf"quem (?:recomendou|recomendaram|recomenda|recomendam|propos|propuseram|propoe|sugeriu|sugeriram) (?:que )?{_S}",
        rf"quem (?:fez|fizeram|formulou|apresentou) (?:a |as )?(?:recomendac(?:ao|oes)|propostas?) (?:sobre )?{_S}",
        rf"من (?:الذي |هو الذي )?(?:اوصي|اوصى|اقترح|قدم توصية) (?:ب)?{_S}",
    ),
    Attribute.TO: (
        # to whom is … addressed, who is … addressed to, who must …
        r"to whom (?:is|are|was|were) (?P<subject>\S.*?) (?:addressed|directed|made)\W*$",
        r"who (?:is|are|was|were) (?P<subject>\S.*?) (?:addressed|directed|made) to\W*$",
        rf"who (?:must|should|shall|has to|have to|ought to|needs? to|is (?:supposed|asked|required|expected) to) (?!(?:the )?(?:governments?|states?|countries|parties|we|they)\b){_S}",
        rf"(?:a|hacia) quien(?:es)? (?:se (?:dirigen?|destinan?)|va(?:n)? dirigid[ao]s?|esta(?:n)? dirigid[ao]s?|es dirigid[ao]|compete) {_S}",
        rf"(?:a|hacia) quien(?:es)? (?:se (?:les? )?(?:recomienda|recomendo|pide|pidio)) {_S}",
        rf"quien(?:es)? (?:deben?|deberian?|tienen? que|han? de) {_S}",
        rf"a qui (?:s'adresse(?:nt)?|est adressee?|sont adressees?|est destinee?) {_S}",
        rf"(?:a|de) qui (?:recommande-t-on|demande-t-on) (?:de |d')?{_S}",
        rf"qui (?:doit|doivent|devrait|devraient) {_S}",
        rf"a quem (?:se (?:dirigem?|destinam?)|e dirigid[ao]|sao dirigid[ao]s|cabe|compete) {_S}",
        rf"quem (?:deve|devem|deveria|deveriam|tem que|tem de) {_S}",
        rf"الى من (?:توجه|وجهت|تتوجه|موجهة) {_S}",
        rf"(?:من (?:الذي )?(?:يجب|ينبغي)(?: عليه)?(?: ان)?|على من (?:يجب|ينبغي)(?: ان)?) {_S}",
    ),
    Attribute.STRENGTH: (
        # is … mandatory, is it mandatory to …, how strongly is … recommended, must or may …
        rf"(?:is|are) it {_BINDING} (?:that |to |for )?{_S}",
        rf"(?:is|are|was|were) (?P<subject>(?!there\b|which\b|the recommendations)\S.*?) (?:(?:only |merely )?(?:{_BINDING}|a (?:must|may)|an obligation|recommended|possible)(?: or (?:only |merely |just )?(?:{_BINDING}|a (?:must|may)|an obligation|(?:a )?recommend(?:ed|ation)|possible|possibility))|{_BINDING})\W*$",
        rf"how (?:strongly|firmly|strong|binding|mandatory|obligatory|firm) (?:is|are|was|were|does|do|did) {_S}",
        rf"(?:must or may|may or must|must or should|should or must) {_S}",
        rf"(?:es|son) {_OBLIGATORIO} (?:o .*? )?(?!los?\b.*\bque\b){_S}",
        rf"(?:es|son) (?P<subject>(?!las recomendaciones)\S.*?) {_OBLIGATORIO}\W*$",
        rf"(?:con que (?:fuerza|firmeza)|cuan (?:obligatori[ao]|firme|vinculante)) (?:se )?(?:recomienda|recomendo|pide|es|son|dice)? ?{_S}",
        rf"(?:deben? o (?:pueden?|podrian?)|pueden? o deben?) {_S}",
        rf"(?:est-il|est-ce|c'est|est ce) {_OBLIGATOIRE} (?:de |d'|que )?{_S}",
        rf"(?:est-ce que )?(?P<subject>\S.*?) (?:est-(?:elle|il)|sont-(?:elles|ils)|est|sont) {_OBLIGATOIRE}\W*$",
        rf"avec quelle (?:force|fermete) (?:est-(?:elle|il) |recommande-t-on |est )?{_S}",
        rf"(?:doit|doivent) ou (?:peut|peuvent) {_S}",
        rf"(?:e|sao) {_OBRIGATORIO} {_S}",
        rf"(?:a|o) (?P<subject>\S.*?) (?:e|sao) {_OBRIGATORIO}\W*$",
        rf"(?:com que (?:forca|firmeza)) (?:se )?(?:recomenda|recomendou|pede|e|sao)? ?{_S}",
        rf"هل (?:من )?(?:الالزامي|الواجب|الملزم|يجب) (?:ان |على )?{_S}",
        r"هل (?P<subject>\S.*?) (?:ملزمة?|الزامية?|واجبة?)\W*$",
        rf"ما مدى (?:الزام|الزامية|قوة) {_S}",
    ),
}
_REPORT_EN = r"(?:(?:the|this) )?(?:report|document|conference|meeting|forum|round ?table|event)"
_REPORT_ES = r"(?:(?:el|la|este|esta) )?(?:informe|documento|conferencia|reunion|foro|mesa redonda|evento|encuentro)"
_REPORT_FR = r"(?:(?:le|la|ce|cette) )?(?:rapport|document|conference|reunion|forum|table ronde)"
_REPORT_PT = r"(?:(?:o|a|este|esta) )?(?:relatorio|documento|conferencia|reuniao|forum|mesa redonda)"
_REPORT_AR = r"(?:ال)?(?:تقرير|مؤتمر|اجتماع|منتدى|منتدي|وثيقة)"
_HELD = r"(?:held|written|published|dated|issued|made|take place|happen|released|adopted|meet|from)"
_OF_REPORTS = {
    Attribute.TITLE: (
        rf"what(?:'s| is) (?:the )?(?:title|name) of {_REPORT_EN}|what is {_REPORT_EN} called",
        rf"(?:cual es|como es|que) (?:el )?(?:titulo|nombre) (?:de |del ){_REPORT_ES}|(?:cual es el titulo|como se (?:llama|titula)) (?:del )?{_REPORT_ES}",
        rf"(?:quel est le|c'est quoi le) (?:titre|nom) (?:du |de ){_REPORT_FR}|comment s'(?:appelle|intitule) {_REPORT_FR}",
        rf"qual e o (?:titulo|nome) d[oa] {_REPORT_PT}|como se (?:chama|intitula) {_REPORT_PT}",
        rf"ما (?:هو )?(?:عنوان|اسم) {_REPORT_AR}",
    ),
    Attribute.DATE: (
        rf"(?:when|on (?:what|which) (?:date|day)|in (?:what|which) year) (?:was|is|were|did) {_REPORT_EN}(?: {_HELD})?",
        rf"what(?:'s| is) (?:the )?date of {_REPORT_EN}|how old is {_REPORT_EN}",
        rf"(?:cuando|en que (?:fecha|ano)|de (?:cuando|que (?:fecha|ano))) (?:se )?(?:es|fue|escribio|publico|celebro|hizo|realizo|data|tuvo lugar|redacto)?(?: escrit[oa]| publicad[oa])? ?{_REPORT_ES}",
        rf"cual es la fecha (?:de |del ){_REPORT_ES}",
        rf"(?:quand|a quelle date|en quelle annee|de quand) (?:date |est date |a ete (?:ecrit|publie|redige) |est |a eu lieu |s'est tenue? )?{_REPORT_FR}(?: (?:a-t-il|a-t-elle) (?:ete (?:ecrit|publie)e?|eu lieu)| date-t-il| s'est-(?:il|elle) tenue?)?",
        rf"quelle est la date (?:du |de ){_REPORT_FR}",
        rf"(?:quando|em que (?:data|ano)|de quando) (?:e |foi (?:escrit[oa] |publicad[oa] |realizad[oa] )?|se realizou |data )?{_REPORT_PT}(?: (?:foi )?(?:escrit[oa]|publicad[oa]|realizad[oa]))?",
        rf"qual e a data d[oa] {_REPORT_PT}",
        rf"(?:متى|متي) (?:كتب|نشر|صدر|عقد|انعقد) {_REPORT_AR}|ما (?:هو )?تاريخ {_REPORT_AR}",
    ),
    Attribute.PLACE: (
        rf"(?:where|in (?:what|which) (?:city|country|place)) (?:was|is|were|did|has) {_REPORT_EN}(?: (?:been )?{_HELD})?",
        rf"what(?:'s| is) (?:the )?place of {_REPORT_EN}",
        rf"(?:donde|en que (?:ciudad|pais|lugar)) (?:se )?(?:celebro|hizo|realizo|reunio|fue|tuvo lugar|escribio|redacto|es) {_REPORT_ES}",
        rf"cual es el lugar (?:de |del ){_REPORT_ES}",
        rf"(?:ou|dans (?:quelle ville|quel pays)) (?:a eu lieu |s'est tenue? |a ete (?:ecrit|redige) |est-ce que )?{_REPORT_FR}(?: (?:a-t-il|a-t-elle) (?:eu lieu|ete \w+)| s'est-(?:il|elle) tenue?)?",
        rf"(?:onde|em que (?:cidade|pais|lugar)) (?:se )?(?:realizou|foi|teve lugar|reuniu)(?: realizad[oa]| escrit[oa])? {_REPORT_PT}",
        rf"(?:اين) (?:عقد|انعقد|كتب|اجتمع|جرى|جري) {_REPORT_AR}|ما (?:هو )?مكان {_REPORT_AR}",
    ),
    Attribute.FORUM: (
        rf"(?:which|what) (?:forum|conference|meeting|event) (?:is|was) {_REPORT_EN} (?:of|from|about|for)",
        rf"(?:de|en) que (?:foro|conferencia|reunion|evento) (?:es|fue|trata|viene) {_REPORT_ES}",
        rf"(?:de|dans) quel(?:le)? (?:forum|conference|reunion) (?:est|vient|provient) {_REPORT_FR}",
        rf"de que (?:forum|conferencia|reuniao|evento) (?:e|vem) {_REPORT_PT}",
    ),
    Attribute.RAPPORTEUR: (
        rf"who (?:was|is|were) (?:the )?(?:general )?(?:rapporteur|author)(?: of {_REPORT_EN})?|who wrote {_REPORT_EN}",
        rf"quien (?:es|fue|era) (?:el |la )?(?:relator|autor)a?(?: general)?(?: (?:de |del ){_REPORT_ES})?|quien (?:escribio|redacto) {_REPORT_ES}",
        rf"qui (?:est|etait|fut) (?:le |la |l')(?:rapporteure?|auteure?|rapporteuse)(?: general)?(?: (?:du |de ){_REPORT_FR})?|qui a (?:ecrit|redige) {_REPORT_FR}",
        rf"quem (?:e|foi|era) (?:o |a )(?:relator|autor)a?(?:[- ]geral)?(?: d[oa] {_REPORT_PT})?|quem (?:escreveu|redigiu) {_REPORT_PT}",
        rf"من (?:هو )?(?:ال)?(?:مقرر|كاتب|مؤلف|مولف)(?: العام)?(?: {_REPORT_AR})?|من كتب {_REPORT_AR}",
    ),
}
_RECORDS = [
    (attribute, re.compile(rf"\W*(?:{words})")) for attribute in _OF_RECORDS for words in _OF_RECORDS[attribute]
]
_REPORTS = [
    (attribute, re.compile(rf"\W*(?:{words})\W*$")) for attribute in _OF_REPORTS for words in _OF_REPORTS[attribute]
]


def detect_report_attribute(flat: str) -> Attribute | None:
    """Detects a folded question that asks for an attribute of the report and for nothing else.

    >>> detect_report_attribute("¿donde se celebro la mesa redonda?"), detect_report_attribute("where do migrants go?")
    (<Attribute.PLACE: 'place'>, None)
    """
    return next((attribute for attribute, pattern in _REPORTS if pattern.match(flat)), None)


_AND = re.compile(r"\W*(?:y|and|et|و|e(?= (?:a |por )?quem))\s+")  # in front of what goes on from the turn before


def detect_record_attribute(flat: str) -> AskedAttribute | None:
    """Detects which attribute of the recommendations on a subject a folded question asks for.

    >>> detect_record_attribute("who must prosecute traffickers?")
    AskedAttribute(attribute=<Attribute.TO: 'to'>, spans=((0, 9), (30, 31)))
    """
    turned = re.sub(r"([?!]) ", r" \1", flat)  # "who recommended it? r#1.1-r09": what is named stands behind
    opens = _AND.match(turned)
    for attribute, pattern in _RECORDS:
        if found := pattern.match(turned, opens.end() if opens else 0):
            start, end = found.span("subject")
            return AskedAttribute(attribute, ((found.start(), start), (end, found.end())))
    return None
