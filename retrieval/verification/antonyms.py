"""Finds words that have antonyms, which vectors hardly separate: "more" and "less", "origin" and "destination".

A class has two or more poles, each a pattern of word beginnings, folded, in es en fr pt ar.
"""

import re
from dataclasses import dataclass

from retrieval.text.terms import fold_by_letter
from retrieval.verification.modality import find_next_content_word


@dataclass(frozen=True, slots=True)
class Pole:
    """A word of a pole; offsets in the text, half-open."""

    start: int
    end: int
    focus: tuple[int, int] | None  # the next word that says something
    word_class: str  # its class
    name: str  # its pole


_CLASSES = {
    "amount": {
        "up": r"mas(?! alla)|highly|high|altamente|hautement|mayor(?:es)?|more|greater|larger|higher|further|davantage|plus|mais|maior(?:es)?|increas\w+|aument\w+|"
        r"increment\w+|augment\w+|accro\w+|rais(?:e|es|ed|ing)|maximi\w+|expand\w*|ampli\w+|foment\w+|encourag\w+|incentiv\w+|اكثر|اكبر|اعلى|مزيد\w*|زيادة|تزيد|يزيد|رفع",
        "down": r"menos|menor|less|fewer|lower|smaller|low|poco|poca|pocos|pocas|peu|moins|moindre|pouco|pouca|poucos|poucas|low-\w+|"
        r"reduc\w+|redui\w+|redu[zc]\w*|disminu\w+|diminu\w+|decreas\w+|minimi\w+|cut\w*|اقل|ادنى|قليل\w*|منخفض\w*|"
        r"تقليص|خفض|تخفيض|تقليل|الحد|تقلل",
    },
    "force": {
        "up": r"strengthen\w*|fortale\w+|renfor\w+|reforc\w+|reinforc\w*|تعزيز|تقوية",
        "down": r"weaken\w*|debilit\w+|affaibl\w+|enfraquec\w+|undermin\w+|اضعاف",
    },
    "way": {
        "origin": r"orig[ei]n\w*|منشا|المنشا|الاصل|اصل",
        "destination": r"destin(?!ad|ed)\w*|receiving|accueil|وجهة|الوجهة|مقصد|المقصد|والمقصد",
        "transit": r"transit\w*|العبور|عبور|والعبور",
    },
    "rule": {
        "regular": r"regular(?:es)?|reguli\w+|legal\w*|lawful|(?<!غير )(?:ال)?نظامي\w*",
        "irregular": r"irregul\w+|illegal\w*|ilegal\w*|unlawful|غير",
    },
    "will": {
        "free": r"volunt\w+|volont\w+|طوع\w*",
        "forced": r"forced|forcibl\w+|compelled|obliged|forzad\w+|forzos\w+|obligad\w+|forces|forcee?s?|contraint\w*|forcad\w+|obrigad\w+|قسر\w*",
    },
    "good": {
        "good": r"positiv\w+|benefi\w+|benef\w+|favorabl\w+|ايجاب\w*|مفيد\w*",
        "bad": r"negativ\w+|harm\w*|perjudic\w+|nuis\w+|nocif\w*|nociv\w+|prejudic\w+|damag\w+|detriment\w+|سلب\w*|ضار\w*",
    },
    "within": {
        "in": r"includ\w+|inclu\w+|compris\w*|يشمل|تشمل",
        "out": r"exclu\w+|استبعاد",
    },
    "time": {
        "short": r"tempor\w+|provis\w+|مؤقت\w*|المؤقت\w*",
        "long": r"permanen\w+|دائم\w*|الدائم\w*",
    },
    "term": {"short": r"corto|short|court|curto", "long": r"largo|long|longo"},
    "company": {
        "without": r"unaccompan\w+|no acompan\w+|non accompagn\w+|desacompanh\w+|nao acompanh\w+|غير (?:ال)?مصحوب\w*",
        "with": r"accompan\w+|acompan\w+|accompagn\w+|(?:ال)?مصحوب\w*",
    },
    "owner": {"public": r"public\w*|عام\w*", "private": r"privad\w+|privat\w+|prive\w*|خاص\w*"},
    "leave": {
        "yes": r"allow\w*|permit\w+|autori[sz]\w+",
        "no": r"prohib\w+|forbid\w*|ban|bans|banned|interdi\w+|proib\w+",
    },
    "most": {
        "all": r"all|every|todos|todas|tous|toutes|جميع|كل",
        "most": r"most|majority|mayoria|majorite|plupart|maioria|معظم|غالبية|اغلب\w*",
        "some": r"some|algun\w+|certain\w*|بعض",
        "few": r"few|minority|minoria|minorite|قلة",
    },
}
ACTOR_CLASS = "who"  # those who are asked: not opposites, and not to be taken for one another
_CLASSES[ACTOR_CLASS] = {
    "governments": r"gobiern\w+|govern\w*|gouvern\w+|\w*حكوم\w+",
    "states": r"estados?|states?|etats?|\w*دول|الدولة",
    "countries": r"pais(?:es)?|countr(?:y|ies)|pays|\w*بلدان",
    "migrants": r"\w*migra(?:nt|ntes|nts|nte)s?|\w*مهاجر\w*",
    "delegates": r"deleg\w+|\w*مندوب\w*|\w*وفود",
    "leaders": r"lider(?:es)?|leaders?|dirigeants?|\w*قاد[ةه]",
    "society": r"sociedad civil|civil society|societe civile|sociedade civil|المجتمع المدني",
    "organizations": r"organi[sz]a\w+|منظم\w+|المنظم\w+",
    "companies": r"empresas?|empresari\w+|compan(?:y|ies)|business\w*|entreprises?|\w*شرك(?:ة|ه|ات)",
    "employers": r"empleador\w*|employers?|employeurs?|empregador\w*|\w*صحاب العمل",
    "ministers": r"ministr[oae]s?|ministers?|\w*وزراء|\w*وزير",
    "journalists": r"periodistas?|journalists?|journalistes?|jornalistas?|\w*صحفي\w*",
    "media": r"medios de comunicacion|media|medias|meios de comunicacao|وسائل الاعلام",
    "parliaments": r"parlament\w+|parliament\w*|parlement\w*|congres[os]\w*|congress|\w*برلمان\w*",
    "police": r"policias?|police|\w*شرطة",
    "judges": r"juez|jueces|judges?|juges?|juiz|juizes|tribunal\w*|tribunaux|courts?|\w*قضاة|\w*محاكم",
    "experts": r"expertos?|expertas?|experts?|especialistas?|specialists?|\w*خبراء",
    "donors": r"donantes?|donors?|donateurs?|doadores|\w*مانح\w*",
    "unions": r"sindicatos?|trade unions?|syndicats?|\w*نقاب\w+",
    "families": r"familias?|famil(?:y|ies)|familles?|\w*اسر",
    "women": r"mujer(?:es)?|wom[ae]n|femmes?|mulher(?:es)?|\w*نساء",
    "children": r"nin[oa]s?|child(?:ren)?|enfants?|criancas?|\w*اطفال",
    "minors": r"menores|minors?|mineurs?|\w*قاصر\w*",
    "workers": r"trabajador\w*|workers?|travailleurs?|trabalhador\w*|\w*عمال",
    "chairs": r"copresident\w+|co-?chair\w*|copresid\w+|co-?president\w*",
}
QUALIFIER_CLASS = "limit"  # what narrows or widens a statement: each must stand in the source too
_CLASSES[QUALIFIER_CLASS] = {
    "cause": r"because|porque|puesto que|parce que|car|since|لان",
    "exception": r"except\w*|excepto|salvo|sauf|unless|exceto|باستثناء|الا",
    "only": r"only|solely|solo|solamente|unicamente|seulement|uniquement|apenas|somente|فقط",
    "at_once": r"immediat\w+|inmediat\w+|imediat\w+|urgent\w*|فورا",
    "at_times": r"sometimes|often|rarely|usually|already|a veces|a menudo|suelen?|ya|raramente|parfois|souvent|deja|as vezes|frequentemente|muitas vezes|ja|احيانا|غالبا|كثيرا",
    "always": r"always|siempre(?! que)|toujours|sempre(?! que)|دائما",
    "free": r"free of charge|gratis|gratuit\w+|مجان\w+",
}
PLACE_CLASS = "place"  # regions, which no table of states has
_CLASSES[PLACE_CLASS] = {
    "africa": r"afric\w+|\w*افريقي\w*",
    "europe": r"europ\w+|\w*اوروب\w*",
    "asia": r"asi[ae]\w*|\w*اسيا",
    "america": r"americ\w+|\w*امريك\w*|latinoameric\w+",
    "caribbean": r"carib\w+|\w*الكاريبي",
    "mediterranean": r"mediterr\w+|\w*المتوسط",
    "oceania": r"ocean\w+|pacific\w*|\w*المحيط\w*",
}
STANDALONE_CLASSES = frozenset({ACTOR_CLASS, QUALIFIER_CLASS, PLACE_CLASS})
_PATTERNS = {
    name: re.compile("|".join(rf"(?P<{pole}>(?<!\w)(?:{words})(?!\w))" for pole, words in poles.items()))
    for name, poles in _CLASSES.items()
}


def find_poles(text: str) -> list[Pole]:
    """Find the polar words of a text, in its order.

    >>> [(pole.name, pole.focus) for pole in find_poles("un enfoque más civil y menos penal")]
    [('up', (15, 20)), ('down', (29, 34))]
    """
    flat = fold_by_letter(text)
    found = [
        Pole(*match.span(), find_next_content_word(flat, match.end()), name, str(match.lastgroup))
        for name, pattern in _PATTERNS.items()
        for match in pattern.finditer(flat)
    ]
    return sorted(found, key=lambda pole: (pole.start, pole.word_class))
