"""Text of others as HTML: every word of a report, a question or a model goes through ``escaped``."""

import html
from collections.abc import Mapping
from string import Formatter

from ingest.sanitize import visible

_TEMPLATE = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;", "`": "&#96;"})


def escaped(text: str) -> str:
    """Text of others, safe between tags and in quoted attributes, in a template and in Markdown's HTML.

    What a reader could not see but a browser would obey (controls, bidirectional overrides) is made
    visible as U+FFFD; right-to-left text itself needs none of it.

    >>> escaped('<b title="${x}">')
    '&lt;b title=&quot;&#36;&#123;x&#125;&quot;&gt;'
    """
    return html.escape(visible(text), quote=True).translate(_TEMPLATE)


def filled(sentence: str, pieces: Mapping[str, str]) -> str:
    """A sentence of ours with pieces of HTML in its braces.

    >>> filled("Type {command} & go", {"command": "<code>x</code>"})
    'Type <code>x</code> &amp; go'
    """
    parts = Formatter().parse(sentence)
    return "".join(escaped(words) + (pieces[name] if name else "") for words, name, _, _ in parts)


def said_html(sentence: str, *, working: bool = False, failed: bool = False, language: str = "") -> str:
    """A sentence of ours, for the live region."""
    kind = "r-working" if working else "r-failed" if failed else "r-done"
    lang = f' lang="{language}" dir="auto"' if language else ""
    return f'<p class="r-said {kind}"{lang}>{escaped(sentence)}</p>'
