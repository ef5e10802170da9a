"""The HTML reader: the page's main content as blocks, without boilerplate (menus, banners, footers)."""

import re

from selectolax.lexbor import LexborHTMLParser

from ingest.errors import UnreadableReport
from ingest.readers.extract import STRUCK, Extract, ExtractBuilder, parse_date, parse_language_tag
from ingest.readers.text.decoding import decode_strict, decode_text, decode_wide, decode_with_bom, is_plausible_text
from ingest.readers.web.html_blocks import BlockWalker
from ingest.readers.web.main_content import MainContent
from ingest.readers.web.nodes import NAMES
from ingest.report import Metadata, normalize_for_display

_HEAD = 4096  # bytes in which a page says its encoding
_BYTES_PER_ZERO = 500  # bytes to each zero byte that is forgiven
_MAX_DEPTH = 5_000  # elements open at once; building a tree takes the square of it
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,500}?charset\s*=\s*+["']?\s*+([\w.:-]{1,40})""", re.IGNORECASE)
_ENCODING_ALIASES = {name: code for code in NAMES.languages("encodings") for name in NAMES.words("encodings", code)}
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_CLOSED_BY_OTHERS = NAMES.words("closed_by_others")
_SELF_CLOSING = re.compile(r"<([a-zA-Z][\w:.-]*)((?:\s[^<>]*)?)/>")
_VOID = NAMES.words("void")
_TITLES, _DATES = (NAMES.entry(name).split() for name in ("titles", "dates"))


def read_html(raw: bytes) -> Extract:
    """Read an HTML or XHTML page. Raises UnreadableReport for what is not text."""
    tree = parse_page(decode_page(raw))
    builder = ExtractBuilder()
    if body := tree.body or tree.root:
        content = MainContent(body)
        walker = BlockWalker(builder, content.left_out)
        if content.title is not None:
            walker.walk(content.title)
        walker.walk(content.root)
    if any(node.text().strip() for node in tree.css("s, strike, del, [style*=line-through]")):
        builder.warnings[STRUCK] = None
    return builder.extract(_metadata(tree))


def decode_page(raw: bytes) -> str:
    """Decode a page: by byte order mark, by its declared encoding, or by plausibility."""
    text = decode_with_bom(raw)
    if text is None:
        text = decode_wide(raw)
    if text is None:
        if 0 < raw.count(b"\0") < len(raw) / _BYTES_PER_ZERO:
            raw = raw.replace(b"\0", b"")  # as browsers do
        said = _XML_ENCODING.search(raw[:_HEAD]) or _META_CHARSET.search(raw[:_HEAD])
        name = said.group(1).decode("ascii", "ignore").lower() if said else ""
        # UTF-8 that is well-formed is UTF-8, whatever a template says.
        text = decode_strict(raw, "utf-8") or (decode_strict(raw, _ENCODING_ALIASES.get(name, name)) if name else None)
    if text is None or not is_plausible_text(text):
        text = decode_text(raw)
    return text


def parse_page(text: str, *, as_xml: bool = False) -> LexborHTMLParser:
    """Parse a page; XHTML's empty elements (``<title/>``, ``<a id="p3"/>``) are closed for the HTML parser."""
    depth = deepest = 0
    for closing, name in _TAG.findall(text):
        if name.lower() not in _CLOSED_BY_OTHERS:
            depth = max(depth + (-1 if closing else 1), 0)
            deepest = max(deepest, depth)
    if deepest > _MAX_DEPTH:
        raise UnreadableReport(
            f"has elements nested more than {_MAX_DEPTH:,} deep, which no page does: save it again from a browser"
        )
    if as_xml or "http://www.w3.org/1999/xhtml" in text[:_HEAD]:
        text = _SELF_CLOSING.sub(lambda it: it[0] if it[1].lower() in _VOID else f"<{it[1]}{it[2]}></{it[1]}>", text)
    return LexborHTMLParser(text)


def _metadata(tree: LexborHTMLParser) -> Metadata:
    stated: dict[str, str] = {}
    for meta in tree.css("meta"):
        attributes = meta.attributes
        for key in ("name", "property", "itemprop"):
            if (name := attributes.get(key)) and (content := attributes.get("content")):
                stated.setdefault(name.lower(), normalize_for_display(content))
    head = tree.css_first("head title")
    title = next(
        (stated[name] for name in _TITLES if stated.get(name)), normalize_for_display(head.text() if head else "")
    )
    date = next((found for name in _DATES if (found := parse_date(stated.get(name, "")))), "")
    root = tree.root
    said = root.attributes if root is not None and root.tag == "html" else {}
    return Metadata(title=title, date=date, language=parse_language_tag(said.get("lang") or said.get("xml:lang")))
