"""Actor nouns: patterns for the bodies and people that can be asked to act, by language, and the names of states."""

import re
import tomllib
from importlib.resources import files

_TABLES = tomllib.loads(files("ingest.lexicon").joinpath("data", "actors.toml").read_text(encoding="utf-8"))
_NOUNS: dict[str, str] = _TABLES["nouns"]
_PEOPLE_FROM = {"es": "migrantes?", "en": "migrants?", "fr": "migrants?", "pt": "migrantes?"}


def _compile_nouns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the patterns of all actor nouns, and of those that name people, who may be beneficiaries instead."""
    words = _NOUNS[language].split()
    people = words[words.index(_PEOPLE_FROM[language]) :]
    return re.compile("|".join(words), re.IGNORECASE), re.compile("|".join(people), re.IGNORECASE)


ACTOR_NOUNS = {language: _compile_nouns(language) for language in _NOUNS}
QUALIFIED_ACTORS = {  # nouns that name an actor only with one of these words behind them
    "es": re.compile(
        r"(?:medios\s+de\s+comunicaci|sector(?:es)?\s+(?:p[úu]blic|privad|empresarial|productiv|social|económic|académic|financier|agropecuari|salud)|"
        r"sociedad(?:es)?\s+(?:civil|colombiana|en\s+general)|sociedad\s*\Z|comunidad(?:es)?\b|fuerzas?\s+(?:armad|militar|públic|de\s+seguridad|de\s+orden)|"
        r"sistema\s+(?:(?-i:[A-ZÁÉÍÓÚ])|judicial|de\s+(?:justicia|las\s+naciones))|unidad(?:es)?\s+(?:(?-i:[A-Z])|(?:para|de)\s+(?:la\s+|las\s+|los\s+)?(?-i:[A-Z]))|"
        r"poder(?:es)?\s+(?:(?:ejecutivo|legislativo|judicial|público)s?)|redes\s+de\s|partes\b|rama(?:s)?\s|centros?\s+(?:de|educativ)|plataformas?\s+de|"
        r"direcci(?:ón|ones)\s+(?:(?-i:[A-Z])|general|de\s+(?-i:[A-Z]))|grupos?\b|foros?\s|partidos?\b|actores\b|colectivos?\s|movimientos?\s)",
        re.IGNORECASE,
    ),
    "pt": re.compile(
        r"(?:meios\s+de\s+comunicaç|poder(?:es)?\s+(?:executivo|legislativo|judiciário|judicial|público|locais)|"
        r"forças?\s+(?:armad|policia|de\s+seguran)|redes\s+de\s|partes\b|se[ct]?tor(?:es)?\s+(?:públic|privad|empresaria|produtiv|socia)|plataformas?\s+de)",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"(?:secteurs?\s+(?:privé|public|associatif)|forces?\s+(?:armée|de\s+(?:police|l['’]ordre|sécurité))|cours?\s+(?:suprême|constitutionnelle|d['’]appel|de\s+(?:justice|cassation)|européenne|internationale|des\s+comptes)|"
        r"services?\s+\w|parties\b|villes\b|bureaux?\s|plateformes?\s|réseaux\s)",
        re.IGNORECASE,
    ),
    "en": re.compile(r"\B\b"),
}
AMBIGUOUS_NOUNS = {language: frozenset(words.split()) for language, words in _TABLES["ambiguous"].items()}
ACRONYM = re.compile(r"(?-i:[A-Z][A-Z-]{2,}s?|UN|EU|UE|ONU)")
NON_ACTOR_ACRONYMS = frozenset(_TABLES["acronyms"]["names"].split())  # acronyms of things
STATE_NAMES = frozenset(name.replace("_", " ") for name in _TABLES["states"]["names"].split())
