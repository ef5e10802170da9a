"""English verbs in base form, lower case, with which an imperative may open."""

from importlib.resources import files

ENGLISH_VERBS = frozenset(
    files("ingest.lexicon").joinpath("data", "english_verbs.txt").read_text(encoding="utf-8").split()
)
