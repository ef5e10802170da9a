"""Loads word tables, the TOML files in a package's folder `data`: who adds words or a language touches no Python.

An entry is a list of words with blanks between them, or a pattern: its alternatives, where a line break is "|" and
`{name}` is another entry. It is one for all languages, or a table with a line a language; or each language has a file
of its own, in the folder `languages`, and the languages are those that have one.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]  # of the packages
_NAME = re.compile(r"\{([a-z_]+)\}")


class WordTables:
    r"""The entries of one file; in ``printed`` patterns a blank is all white space there is, and ' any apostrophe.

    >>> nouns = WordTables("ingest.lexicon", "actors")
    >>> sorted(nouns.words("ambiguous", "pt"))[:3], nouns.pattern("acronym")
    (['força', 'forças', 'meios'], '[A-Z][A-Z-]{2,}s?|UN|EU|UE|ONU')
    """

    def __init__(self, package: str, name: str, *, printed: bool = False) -> None:
        file = _ROOT.joinpath(*package.split("."), "data", f"{name}.toml")
        self._entries: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._printed = printed

    def languages(self, name: str) -> tuple[str, ...]:
        """The languages that an entry has a line for, ISO 639-1, in the file's order."""
        return tuple(self._entries[name])

    def names(self) -> tuple[str, ...]:
        """The names of all entries, in the file's order."""
        return tuple(self._entries)

    def entry(self, name: str, language: str = "") -> Any:
        """An entry as it stands in the file."""
        entry = self._entries[name]
        return entry[language] if language and isinstance(entry, dict) else entry

    def words(self, name: str, language: str = "") -> frozenset[str]:
        """The words of an entry, of one language or of all."""
        entry = self.entry(name, language)
        return frozenset((entry if isinstance(entry, str) else " ".join(entry.values())).split())

    def word_sets(self, name: str) -> dict[str, frozenset[str]]:
        """The words of an entry, by language."""
        return {language: self.words(name, language) for language in self.languages(name)}

    def pattern(self, name: str, language: str = "") -> str:
        """The source of a pattern, of one language or of all, in the file's order; of one without a line none."""
        entry = self._entries[name]
        entry = entry.get(language, "(?!)") if language and isinstance(entry, dict) else entry
        lines = {language: entry} if isinstance(entry, str) else entry
        return "|".join(self.expand(words, code) for code, words in lines.items())

    def lines(self, name: str) -> list[str]:
        """The sources of an entry whose lines are patterns of their own, of all languages."""
        entry = self._entries[name]
        texts = {"": entry} if isinstance(entry, str) else entry
        return [self.expand(line, code) for code, text in texts.items() for line in text.strip("\n").split("\n")]

    def expand(self, words: str, language: str = "") -> str:
        """The source of a pattern as it is written in an entry of that language."""
        pattern = words.strip("\n").replace("\n", "|")
        if self._printed:
            pattern = pattern.replace(" ?", r"\s+?").replace(" ", r"\s++").replace("'", "['’]")
        return _NAME.sub(lambda found: self.pattern(found[1], language), pattern)

    def compile(self, shape: str, flags: int = 0, language: str = "") -> re.Pattern[str]:
        """Compile a shape: a pattern in which `{name}` is a group of an entry's alternatives."""
        return re.compile(_NAME.sub(lambda found: f"(?:{self.pattern(found[1], language)})", shape), flags)


class LanguageTables(WordTables):
    """The entries of one table of all languages: of each file in a package's folder `languages`; and what all share."""

    def __init__(self, package: str, table: str, **shared: str) -> None:
        self._entries, self._printed = dict(shared), False
        for language, tables in _read_languages(_ROOT.joinpath(*package.split("."), "languages")).items():
            for name, words in tables.get(table, {}).items():
                self._entries.setdefault(name, {})[language] = words

    def pattern(self, name: str, language: str = "") -> str:
        """The source of a pattern, each word once: two ways to match one take time in powers."""
        whole = super().pattern(name, language)
        return whole if "(" in whole else "|".join(dict.fromkeys(whole.split("|")))


@cache
def _read_languages(folder: Path) -> dict[str, Any]:
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.toml"))}
