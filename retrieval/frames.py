"""The sentences that are ours: openings, refusals and labels, in the asker's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.report import Kind, Passage


@dataclass(frozen=True, slots=True)
class Frames:
    """One language's sentences; braces are filled with counts and titles."""

    one_recommendation: str
    recommendations: str
    some_recommendations: str  # shown of all that match
    all_recommendations: str  # "N of M"
    borderline: str
    no_such_record: str
    one_passage: str
    passages: str
    fact: str
    nothing_found: str
    out_of_scope: str
    not_understood: str
    unproved: str
    nearest: str
    searched: str  # in front of the question as it was searched, where that is not as it was asked
    kinds: Mapping[Kind, str]
    facts: Mapping[str, str]
    page: str
    line: str
    reports: str


FRAMES: Mapping[str, Frames] = {
    "es": Frames(
        one_recommendation="Una recomendación de {reports} responde a la pregunta:",
        recommendations="{shown} recomendaciones de {reports} responden a la pregunta:",
        some_recommendations="{shown} de las {total} recomendaciones de {reports} que tratan de ello:",
        all_recommendations="{total} de {of} recomendaciones de {reports}:",
        borderline="Pueden venir al caso, sin que sea seguro:",
        no_such_record="{reports} no contiene una recomendación con ese número.",
        one_passage="Esto dice {reports} al respecto:",
        passages="{shown} pasajes de {reports} responden a la pregunta:",
        fact="Así consta en {reports}:",
        nothing_found="Sobre eso no dice nada {reports}.",
        out_of_scope="La pregunta no trata de lo que cubre {reports}.",
        not_understood="No he entendido la pregunta. Escriba una o más palabras sobre lo que busca en los informes.",
        unproved="Ninguna de las citas halladas pudo comprobarse en el texto del informe, así que no se muestra ninguna.",
        nearest="Lo más cercano que contiene:",
        searched="Se buscó:",
        kinds={
            Kind.RECOMMENDATION: "Recomendación",
            Kind.PART: "Punto",
            Kind.PARAGRAPH: "Párrafo",
            Kind.CONCLUSION: "Conclusión",
            Kind.NOTE: "Nota",
            Kind.FACT: "Sobre el informe",
        },
        facts={"title": "Título", "rapporteur": "Relator", "date": "Fecha"},
        page="página",
        line="línea",
        reports="{count} informes",
    ),
    "en": Frames(
        one_recommendation="One recommendation of {reports} answers this:",
        recommendations="{shown} recommendations of {reports} answer this:",
        some_recommendations="{shown} of the {total} recommendations of {reports} on this:",
        all_recommendations="{total} of {of} recommendations of {reports}:",
        borderline="These may belong here too; it is not certain:",
        no_such_record="{reports} has no recommendation of that number.",
        one_passage="This is what {reports} says on it:",
        passages="{shown} passages of {reports} answer this:",
        fact="As stated in {reports}:",
        nothing_found="{reports} says nothing on that.",
        out_of_scope="The question is not about what {reports} covers.",
        not_understood="I did not understand the question. Type one or more words on what you want to find in the reports.",
        unproved="None of the quotes found could be proved against the text of the report, so none is shown.",
        nearest="The closest it comes:",
        searched="Searched:",
        kinds={
            Kind.RECOMMENDATION: "Recommendation",
            Kind.PART: "Item",
            Kind.PARAGRAPH: "Paragraph",
            Kind.CONCLUSION: "Conclusion",
            Kind.NOTE: "Note",
            Kind.FACT: "About the report",
        },
        facts={"title": "Title", "rapporteur": "Rapporteur", "date": "Date"},
        page="page",
        line="line",
        reports="{count} reports",
    ),
    "fr": Frames(
        one_recommendation="Une recommandation de {reports} répond à la question :",
        recommendations="{shown} recommandations de {reports} répondent à la question :",
        some_recommendations="{shown} des {total} recommandations de {reports} à ce sujet :",
        all_recommendations="{total} recommandations sur {of} de {reports} :",
        borderline="Celles-ci pourraient aussi convenir, sans certitude :",
        no_such_record="{reports} ne contient pas de recommandation de ce numéro.",
        one_passage="Voici ce qu'en dit {reports} :",
        passages="{shown} passages de {reports} répondent à la question :",
        fact="Selon {reports} :",
        nothing_found="{reports} ne dit rien à ce sujet.",
        out_of_scope="La question ne porte pas sur ce que couvre {reports}.",
        not_understood="Je n'ai pas compris la question. Écrivez un ou plusieurs mots sur ce que vous cherchez dans les rapports.",
        unproved="Aucune des citations trouvées n'a pu être vérifiée dans le texte du rapport ; aucune n'est donc montrée.",
        nearest="Ce qui s'en approche le plus :",
        searched="Recherché :",
        kinds={
            Kind.RECOMMENDATION: "Recommandation",
            Kind.PART: "Point",
            Kind.PARAGRAPH: "Paragraphe",
            Kind.CONCLUSION: "Conclusion",
            Kind.NOTE: "Note",
            Kind.FACT: "Sur le rapport",
        },
        facts={"title": "Titre", "rapporteur": "Rapporteur", "date": "Date"},
        page="page",
        line="ligne",
        reports="{count} rapports",
    ),
    "pt": Frames(
        one_recommendation="Uma recomendação de {reports} responde à pergunta:",
        recommendations="{shown} recomendações de {reports} respondem à pergunta:",
        some_recommendations="{shown} das {total} recomendações de {reports} sobre isso:",
        all_recommendations="{total} de {of} recomendações de {reports}:",
        borderline="Estas talvez também respondam, sem certeza:",
        no_such_record="{reports} não contém uma recomendação com esse número.",
        one_passage="É isto que diz {reports} a respeito:",
        passages="{shown} trechos de {reports} respondem à pergunta:",
        fact="Assim consta em {reports}:",
        nothing_found="{reports} não diz nada sobre isso.",
        out_of_scope="A pergunta não trata do que cobre {reports}.",
        not_understood="Não entendi a pergunta. Escreva uma ou mais palavras sobre o que procura nos relatórios.",
        unproved="Nenhuma das citações encontradas pôde ser comprovada no texto do relatório; por isso nenhuma é mostrada.",
        nearest="O que mais se aproxima:",
        searched="Pesquisado:",
        kinds={
            Kind.RECOMMENDATION: "Recomendação",
            Kind.PART: "Ponto",
            Kind.PARAGRAPH: "Parágrafo",
            Kind.CONCLUSION: "Conclusão",
            Kind.NOTE: "Nota",
            Kind.FACT: "Sobre o relatório",
        },
        facts={"title": "Título", "rapporteur": "Relator", "date": "Data"},
        page="página",
        line="linha",
        reports="{count} relatórios",
    ),
    "ar": Frames(
        one_recommendation="توصية واحدة من {reports} تجيب عن السؤال:",
        recommendations="توصيات من {reports} تجيب عن السؤال، وعددها {shown}:",
        some_recommendations="{shown} من أصل {total} من توصيات {reports} في هذا الموضوع:",
        all_recommendations="{total} من أصل {of} من توصيات {reports}:",
        borderline="قد تكون هذه أيضاً ذات صلة، من دون يقين:",
        no_such_record="لا توجد في {reports} توصية بهذا الرقم.",
        one_passage="هذا ما يقوله {reports} في ذلك:",
        passages="مقاطع من {reports} تجيب عن السؤال، وعددها {shown}:",
        fact="كما ورد في {reports}:",
        nothing_found="لا يقول {reports} شيئاً عن ذلك.",
        out_of_scope="لا يتعلق السؤال بما يشمله {reports}.",
        not_understood="لم أفهم السؤال. اكتب كلمة أو أكثر عما تبحث عنه في التقارير.",
        unproved="لم يمكن التحقق من أي من الاقتباسات في نص التقرير، ولذلك لا يُعرض أي منها.",
        nearest="أقرب ما ورد:",
        searched="ما جرى البحث عنه:",
        kinds={
            Kind.RECOMMENDATION: "التوصية",
            Kind.PART: "البند",
            Kind.PARAGRAPH: "الفقرة",
            Kind.CONCLUSION: "الخلاصة",
            Kind.NOTE: "الحاشية",
            Kind.FACT: "عن التقرير",
        },
        facts={"title": "العنوان", "rapporteur": "المقرر", "date": "التاريخ"},
        page="الصفحة",
        line="السطر",
        reports="{count} من التقارير",
    ),
}


def frames_for(language: str) -> tuple[str, Frames]:
    """The frames of a language, and which it is: English where we do not have it."""
    spoken = language if language in FRAMES else "en"
    return spoken, FRAMES[spoken]


def opening(frames: Frames, passages: Sequence[Passage], total: int, reports: str) -> str:
    """The first sentence of an answer: how many recommendations, of how many, from where."""
    kinds = {passage.kind for passage in passages}
    shown = len(passages)
    if kinds == {Kind.FACT}:
        template = frames.fact
    elif all(passage.recommends for passage in passages):
        some = frames.some_recommendations if total > shown else frames.recommendations
        template = frames.one_recommendation if shown == total == 1 else some
    else:
        template = frames.one_passage if shown == 1 else frames.passages
    return template.format(shown=shown, total=total, reports=reports)


def label(passage: Passage, frames: Frames) -> str:
    """What a passage is called.

    >>> from ingest.report import Kind, Passage
    >>> label(Passage("r#1.2-r07", "r", Kind.RECOMMENDATION, "7", (), "", "x", 0, 1, 1, 1, "es"), FRAMES["en"])
    'Recommendation 7'
    """
    if passage.kind is Kind.FACT:
        return frames.facts.get(passage.id.rpartition("#")[2], frames.kinds[Kind.FACT])
    kind = Kind.RECOMMENDATION if passage.recommends else passage.kind
    return f"{frames.kinds[kind]} {passage.number}".strip()
