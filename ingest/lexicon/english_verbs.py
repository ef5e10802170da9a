"""English verbs in base form, lower case, with which an imperative may open."""

from ingest.lexicon.tables import WordTables

ENGLISH_VERBS = WordTables("ingest.lexicon", "english_verbs").words("verbs")
