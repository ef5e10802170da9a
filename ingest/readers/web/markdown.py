"""The Markdown reader: CommonMark with tables and footnotes, as text without markup."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from ingest.readers.extract import STRUCK, Extract, ExtractBuilder, parse_date, parse_language_tag
from ingest.readers.text.decoding import decode_text
from ingest.report import Metadata, normalize_for_display

_FRONT_MATTER = re.compile(
    r"\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<stated>.{0,65536}?)\n(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL
)
_KEY = re.compile(r"\s*(?:#[^\n]*\n\s*)*[\w-]+[ \t]*(?:[:=](?:\s|$))")
_NOTE = re.compile(r"\[\^([^\]\s]{1,60})\]:[ \t]*(.*)")
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,60})\]")
_MAX_DEPTH = 50  # levels of lists and quotations together
_MAX_INLINE_DEPTH = 10  # levels of links and brackets: each "[" is looked ahead of as many times
_LOOSE_EMPHASIS = re.compile(r"\s*(\*\*|__)(?=\S)((?:(?!\1).)*?\S)\s+\1\s*")  # "**Title **": meant, if not CommonMark
_RULE = re.compile(r"\s*[-_*=~\u2010-\u2015]{3,}\s*")  # a line drawn with whatever dashes were at hand
_MARK = re.compile(r"[^\w\s]")
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_CLOSE_HEADING = re.compile(r"^(#{2,6})(?=[^\W_])", re.MULTILINE)  # "##Title"
_MAX_MARKS = 500  # marks in one paragraph; where they are a quarter of it, too, it is no prose with markup
_KEYS = tomllib.loads((Path(__file__).parents[1] / "data" / "front_matter.toml").read_text(encoding="utf-8"))
_METADATA_KEYS = {field: tuple(names.split()) for field, names in _KEYS.items()}


def read_markdown(raw: bytes) -> Extract:
    """Read Markdown in any encoding. Raises UnreadableReport for what is not text."""
    text = decode_text(raw).replace("\r\n", "\n").replace("\r", "\n")
    front = match_front_matter(text)
    if front:
        text = text[front.end() :]
    text = _CLOSE_HEADING.sub(r"\1 ", text)
    builder = ExtractBuilder()
    _TokenWalker(builder).add_tokens(_create_parser().parse(text))
    return builder.extract(_metadata(front) if front else Metadata())


def match_front_matter(text: str) -> re.Match[str] | None:
    """Match the front matter, YAML between lines of three hyphens or TOML between lines of three plus signs."""
    front = _FRONT_MATTER.match(text)
    return front if front and _KEY.match(front["stated"]) else None


def _create_parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"maxNesting": _MAX_DEPTH}).enable(["table", "strikethrough"])
    markdown.block.ruler.before("reference", "note", _parse_footnote, {"alt": ["paragraph", "reference"]})
    markdown.core.ruler.at("inline", _parse_inline)
    return markdown


def _parse_inline(state: StateCore) -> None:
    """Parse inline markup in linear time: thousands of brackets in a row are text."""
    state.md.options["maxNesting"] = _MAX_INLINE_DEPTH
    for token in state.tokens:
        if token.type != "inline":
            continue
        if loose := _LOOSE_EMPHASIS.fullmatch(token.content):
            token.content = f"{loose[1]}{loose[2]}{loose[1]}"
        children: list[Token] = []
        if (marks := len(_MARK.findall(token.content))) > _MAX_MARKS and 4 * marks > len(token.content):
            children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, children)
        token.children = children


def _parse_footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``[^1]: text`` and the lines that belong to it: up to a blank line, behind it those that are indented."""
    if state.is_code_block(start):
        return False
    found = _NOTE.match(state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]])
    if found is None:
        return False
    if silent:
        return True
    lines = [found.group(2)]
    line = start + 1
    while line < end:
        content = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        blank_before = state.isEmpty(line - 1)
        if _NOTE.match(content) or (blank_before and content and state.sCount[line] < state.blkIndent + 2):
            break
        lines.append(content)
        line += 1
    state.line = line
    opening = state.push("note_open", "", 1)
    opening.meta = {"label": found.group(1)}
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = "\n".join(lines).strip(), [start, line], []
    state.push("note_close", "", -1)
    return True


class _TokenWalker:
    """Adds markdown-it's tokens to a builder."""

    def __init__(self, builder: ExtractBuilder) -> None:
        self._builder = builder
        self._item: tuple[str, int] | None = None  # marker and level of the item that is open
        self._words: list[str] = []  # its paragraphs so far
        self._depth = -1
        self._labels: set[str] = set()

    def add_tokens(self, tokens: list[Token]) -> None:
        self._labels = {token.meta["label"] for token in tokens if token.type == "note_open"}
        for before, token in zip([None, *tokens], tokens, strict=False):
            kind = token.type
            if kind in ("bullet_list_open", "ordered_list_open"):
                self._end_item()
                self._depth += 1
            elif kind in ("bullet_list_close", "ordered_list_close"):
                self._depth -= 1
            elif kind == "list_item_open":
                self._item = (token.info + token.markup if token.info else "•", self._depth)
            elif kind == "list_item_close":
                self._end_item()
            elif kind in ("fence", "code_block"):
                self._text(token.content.rstrip("\n"))
            elif kind == "inline" and before is not None:
                self._inline(token, before)
            elif kind == "tr_open":
                self._end_item()
                self._row: list[str] = []
            elif kind == "tr_close":
                self._builder.row(self._row)

    def _inline(self, token: Token, before: Token) -> None:
        if any(inside.type == "s_open" for inside in token.children or []):
            self._builder.warnings[STRUCK] = None
        text = _REFERENCE.sub(self._drop_reference, "".join(_inline_text(token.children or [])))
        if before.type == "heading_open":
            number = self._item[0] if self._item is not None and not self._words else ""
            self._end_item()
            text = f"{number} {text}" if number[:1].isdigit() else text
            self._builder.heading(" ".join(text.split()), int(before.tag[1]))
        elif before.type == "note_open":
            self._builder.note(" ".join(text.split()), before.meta["label"])
        elif before.type in ("th_open", "td_open"):
            self._row.append(text)
        elif not _RULE.fullmatch(text):
            self._text(text, bold=_is_emphasized(token.children or []))

    def _text(self, text: str, *, bold: bool = False) -> None:
        if self._item is not None:
            self._words.append(text)
        else:
            self._builder.text(text, bold=bold)

    def _end_item(self) -> None:
        """Add the open item to the builder; what follows in it stands by itself."""
        if self._item is not None and self._words:
            self._builder.item("\n".join(self._words), *self._item)
        self._item = None
        self._words.clear()

    def _drop_reference(self, found: re.Match[str]) -> str:
        """Marks that call a note go: in a quotation they would be part of the word before them."""
        return "" if found.group(1) in self._labels else found.group()


def _is_emphasized(tokens: list[Token]) -> bool:
    """Whether all of a paragraph is strong."""
    shown = [token for token in tokens if token.content.strip() or token.type.startswith("strong")]
    return (
        bool(shown)
        and shown[0].type == "strong_open"
        and shown[-1].type == "strong_close"
        and (sum(token.type == "strong_open" for token in shown) == 1)
    )


def _inline_text(tokens: list[Token]) -> Iterator[str]:
    """The words of inline tokens; markup that holds (HTML, images' addresses) has none, nor has what is struck out."""
    struck = 0
    for token in tokens:
        struck += {"s_open": 1, "s_close": -1}.get(token.type, 0)
        if struck:
            continue
        if token.type in ("text", "code_inline", "text_special"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak") or _LINE_BREAK.match(token.content):
            yield "\n"
        elif token.type == "image":
            yield from _inline_text(token.children or [])


def _metadata(front: re.Match[str]) -> Metadata:
    """What the front matter says; what cannot be read says nothing."""
    try:
        found = (yaml.safe_load if front["mark"] == "---" else tomllib.loads)(front["stated"])
    except (yaml.YAMLError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
        return Metadata()
    if not isinstance(found, dict):
        return Metadata()
    values = {str(key).lower(): value for key, value in found.items() if isinstance(key, str | int)}
    said = {field: _first_value(values, keys) for field, keys in _METADATA_KEYS.items()}
    year = said.pop("year")
    return Metadata(
        title=said["title"],
        forum=said["forum"],
        year=int(year) if re.fullmatch(r"[12]\d{3}", year) else None,
        place=said["place"],
        rapporteur=said["rapporteur"],
        date=parse_date(said["date"]),
        language=parse_language_tag(said["language"]),
    )


def _first_value(values: dict[str, object], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = values.get(key)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str | int) and not isinstance(value, bool):
            return normalize_for_display(str(value))
    return ""
