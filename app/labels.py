"""The page's own words, one value per language, and which language a visitor gets."""

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT = "es"  # of the first reports


@dataclass(frozen=True, slots=True)
class Labels:
    """One language's words; braces are filled with counts and names."""

    name: str  # of the language, in itself
    tagline: str
    welcome: str
    promise: str
    covers: str
    one_recommendation: str
    recommendations: str
    more_reports: str
    read: str
    try_asking: str
    ask: str
    placeholder: str
    languages: str
    searching: str
    writing: str  # while a chat model is at it
    stopped: str  # where the visitor asked anew before it had ended
    untranslated: str  # why there is no translation
    spoken: Mapping[str, str]  # names of languages, by ISO 639-1
    conversation: str
    sources: str
    report: str
    back: str
    in_place: str
    edit: str  # of the question as it was searched
    gone: str
    statuses: Mapping[str, str]  # what a status other than answered is called
    unexpected: str
    provenance: str
    fields: Mapping[str, str]  # of the provenance
    no_chat_model: str
    dropped: str
    starters: Mapping[str, tuple[str, ...]]  # questions by the report they suit


LABELS: Mapping[str, Labels] = {
    "es": Labels(
        name="Español",
        tagline="Pregunte a los informes",
        welcome="¿Qué se recomendó?",
        promise=(
            "Pregunte con sus palabras, en su idioma. "
            "Responde el informe con las suyas: cada cita es literal y lleva a su lugar en el texto."
        ),
        covers="Qué cubre",
        one_recommendation="1 recomendación",
        recommendations="{count} recomendaciones",
        more_reports="y {count} informes más",
        read="Leer el informe",
        try_asking="Pruebe con",
        ask="Preguntar",
        placeholder="Escriba su pregunta…",
        languages="Idioma de la página",
        searching="Buscando en los informes…",
        writing="Redactando…",
        stopped="La redacción se detuvo aquí.",
        untranslated=(
            "Las citas están en su idioma original ({language}); para traducirlas hace falta un modelo de lenguaje."
        ),
        spoken={
            "es": "español",
            "en": "inglés",
            "fr": "francés",
            "pt": "portugués",
            "ar": "árabe",
            "de": "alemán",
            "it": "italiano",
            "ru": "ruso",
            "zh": "chino",
        },
        conversation="Conversación",
        sources="Fuentes",
        report="Informe",
        back="Volver",
        in_place="Ver en el informe",
        edit="Editar la pregunta",
        gone="Ese pasaje ya no está en los informes. Vuelva a preguntar.",
        statuses={
            "nothing_found": "El informe no lo dice",
            "out_of_scope": "Fuera de lo que cubre",
            "not_understood": "Pregunta no entendida",
            "failed": "Sin respuesta",
        },
        unexpected="No se ha podido responder. Inténtelo de nuevo.",
        provenance="Procedencia",
        fields={
            "index": "índice",
            "report": "informe",
            "embedding": "modelo de búsqueda",
            "reranker": "modelo de reordenación",
            "chat": "modelo de redacción",
            "given": "pasajes entregados",
            "left_out": "pasajes sin lugar",
            "kept": "frases admitidas",
            "refused": "frases descartadas",
            "untranslated": "traducciones descartadas",
            "attempts": "llamadas",
            "seconds": "segundos",
            "tokens": "tokens leídos / escritos",
            "cost": "costo",
            "problem": "problema",
            "version": "versión",
            "date": "fecha",
        },
        no_chat_model="ninguno: solo citas",
        dropped="Citas descartadas por la comprobación: {count}",
        starters={
            "gfmd-2010-mesa-redonda-1": (
                "¿Qué es la Plataforma para Alianzas?",
                "¿Qué se recomendó sobre la migración de retorno?",
                "¿Qué características tienen las alianzas exitosas?",
                "¿Qué deben hacer los gobiernos contra la trata de personas?",
            )
        },
    ),
    "en": Labels(
        name="English",
        tagline="Ask the reports",
        welcome="What was recommended?",
        promise=(
            "Ask in your own words, in your own language. "
            "The report answers in its own: every quote is verbatim and leads to its place in the text."
        ),
        covers="What it covers",
        one_recommendation="1 recommendation",
        recommendations="{count} recommendations",
        more_reports="and {count} more reports",
        read="Read the report",
        try_asking="Try asking",
        ask="Ask",
        placeholder="Type your question…",
        languages="Language of the page",
        searching="Searching the reports…",
        writing="Writing…",
        stopped="The writing was stopped here.",
        untranslated="The quotes are in their original language ({language}); a translation needs a chat model.",
        spoken={
            "es": "Spanish",
            "en": "English",
            "fr": "French",
            "pt": "Portuguese",
            "ar": "Arabic",
            "de": "German",
            "it": "Italian",
            "ru": "Russian",
            "zh": "Chinese",
        },
        conversation="Conversation",
        sources="Sources",
        report="Report",
        back="Back",
        in_place="See it in the report",
        edit="Edit the question",
        gone="That passage is no longer in the reports. Please ask again.",
        statuses={
            "nothing_found": "The report does not say",
            "out_of_scope": "Outside what it covers",
            "not_understood": "Question not understood",
            "failed": "No answer",
        },
        unexpected="This could not be answered. Please try again.",
        provenance="Provenance",
        fields={
            "index": "index",
            "report": "report",
            "embedding": "search model",
            "reranker": "re-ranking model",
            "chat": "writing model",
            "given": "passages given",
            "left_out": "passages left out",
            "kept": "sentences kept",
            "refused": "sentences dropped",
            "untranslated": "translations dropped",
            "attempts": "calls",
            "seconds": "seconds",
            "tokens": "tokens read / written",
            "cost": "cost",
            "problem": "problem",
            "version": "version",
            "date": "date",
        },
        no_chat_model="none: quotes only",
        dropped="Quotes refused by the proof: {count}",
        starters={
            "gfmd-2010-mesa-redonda-1": (
                "What is the Platform for Partnerships?",
                "What was recommended on return migration?",
                "Which vulnerable groups need priority?",
                "What does the report say on brain drain?",
            )
        },
    ),
    "fr": Labels(
        name="Français",
        tagline="Interrogez les rapports",
        welcome="Qu'a-t-on recommandé ?",
        promise=(
            "Posez votre question avec vos mots, dans votre langue. "
            "Le rapport répond avec les siens : chaque citation est littérale et mène à sa place dans le texte."
        ),
        covers="Ce qu'il couvre",
        one_recommendation="1 recommandation",
        recommendations="{count} recommandations",
        more_reports="et {count} autres rapports",
        read="Lire le rapport",
        try_asking="Par exemple",
        ask="Demander",
        placeholder="Écrivez votre question…",
        languages="Langue de la page",
        searching="Recherche dans les rapports…",
        writing="Rédaction en cours…",
        stopped="La rédaction s'est arrêtée ici.",
        untranslated=(
            "Les citations sont dans leur langue d'origine ({language}) ; les traduire demande un modèle de langage."
        ),
        spoken={
            "es": "espagnol",
            "en": "anglais",
            "fr": "français",
            "pt": "portugais",
            "ar": "arabe",
            "de": "allemand",
            "it": "italien",
            "ru": "russe",
            "zh": "chinois",
        },
        conversation="Conversation",
        sources="Sources",
        report="Rapport",
        back="Retour",
        in_place="Voir dans le rapport",
        edit="Modifier la question",
        gone="Ce passage n'est plus dans les rapports. Posez la question de nouveau.",
        statuses={
            "nothing_found": "Le rapport n'en dit rien",
            "out_of_scope": "Hors de ce qu'il couvre",
            "not_understood": "Question non comprise",
            "failed": "Pas de réponse",
        },
        unexpected="La réponse n'a pas pu être donnée. Veuillez réessayer.",
        provenance="Provenance",
        fields={
            "index": "index",
            "report": "rapport",
            "embedding": "modèle de recherche",
            "reranker": "modèle de reclassement",
            "chat": "modèle de rédaction",
            "given": "passages fournis",
            "left_out": "passages laissés de côté",
            "kept": "phrases retenues",
            "refused": "phrases écartées",
            "untranslated": "traductions écartées",
            "attempts": "appels",
            "seconds": "secondes",
            "tokens": "jetons lus / écrits",
            "cost": "coût",
            "problem": "problème",
            "version": "version",
            "date": "date",
        },
        no_chat_model="aucun : citations seules",
        dropped="Citations refusées par la vérification : {count}",
        starters={
            "gfmd-2010-mesa-redonda-1": (
                "Que dit le rapport sur la fuite des cerveaux ?",
                "Qu'est-ce que la Plateforme pour les partenariats ?",
                "Quels groupes vulnérables sont prioritaires ?",
                "Que dit le rapport sur la détention des migrants ?",
            )
        },
    ),
    "pt": Labels(
        name="Português",
        tagline="Pergunte aos relatórios",
        welcome="O que se recomendou?",
        promise=(
            "Pergunte com as suas palavras, na sua língua. "
            "O relatório responde com as dele: cada citação é literal e leva ao seu lugar no texto."
        ),
        covers="O que cobre",
        one_recommendation="1 recomendação",
        recommendations="{count} recomendações",
        more_reports="e mais {count} relatórios",
        read="Ler o relatório",
        try_asking="Experimente",
        ask="Perguntar",
        placeholder="Escreva a sua pergunta…",
        languages="Língua da página",
        searching="A procurar nos relatórios…",
        writing="A redigir…",
        stopped="A redação parou aqui.",
        untranslated=(
            "As citações estão na sua língua original ({language}); para as traduzir é preciso um modelo de linguagem."
        ),
        spoken={
            "es": "espanhol",
            "en": "inglês",
            "fr": "francês",
            "pt": "português",
            "ar": "árabe",
            "de": "alemão",
            "it": "italiano",
            "ru": "russo",
            "zh": "chinês",
        },
        conversation="Conversa",
        sources="Fontes",
        report="Relatório",
        back="Voltar",
        in_place="Ver no relatório",
        edit="Editar a pergunta",
        gone="Esse trecho já não está nos relatórios. Pergunte de novo.",
        statuses={
            "nothing_found": "O relatório não o diz",
            "out_of_scope": "Fora do que cobre",
            "not_understood": "Pergunta não entendida",
            "failed": "Sem resposta",
        },
        unexpected="Não foi possível responder. Tente de novo.",
        provenance="Proveniência",
        fields={
            "index": "índice",
            "report": "relatório",
            "embedding": "modelo de busca",
            "reranker": "modelo de reordenação",
            "chat": "modelo de redação",
            "given": "trechos entregues",
            "left_out": "trechos deixados de fora",
            "kept": "frases admitidas",
            "refused": "frases recusadas",
            "untranslated": "traduções recusadas",
            "attempts": "chamadas",
            "seconds": "segundos",
            "tokens": "tokens lidos / escritos",
            "cost": "custo",
            "problem": "problema",
            "version": "versão",
            "date": "data",
        },
        no_chat_model="nenhum: só citações",
        dropped="Citações recusadas pela verificação: {count}",
        starters={
            "gfmd-2010-mesa-redonda-1": (
                "O que é a Plataforma para Alianças?",
                "O que se recomendou sobre a migração de retorno?",
                "Que grupos vulneráveis têm prioridade?",
                "O que diz o relatório sobre a fuga de cérebros?",
            )
        },
    ),
}


def labels_for(language: str) -> Labels:
    """The words of a language; the default's where we do not have it."""
    return LABELS.get(language, LABELS[DEFAULT])


def choose_language(asked: str | None, accepted: str | None) -> str:
    """The page's language: the one asked for, else the browser's first that we have.

    ``accepted`` is the header Accept-Language (RFC 9110, 12.5.4). A visitor whose languages are all
    others gets English; one who states none, the default.

    >>> choose_language(None, "de, pt-BR;q=0.7, en;q=0.8")
    'en'
    >>> choose_language("fr", "en"), choose_language("xx", None), choose_language(None, "de")
    ('fr', 'es', 'en')
    """
    if asked in LABELS:
        return str(asked)
    wanted: list[tuple[float, str]] = []
    for one in (accepted or "").split(","):
        tag, _, parameter = one.partition(";")
        weight = parameter.strip().removeprefix("q=")
        if tag.strip(" *"):
            wanted.append((-float(weight) if weight.replace(".", "", 1).isdecimal() else -1.0, tag.strip()[:2].lower()))
    if not wanted:
        return DEFAULT
    return next((tag for _, tag in sorted(wanted, key=lambda one: one[0]) if tag in LABELS), "en")
