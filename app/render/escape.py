"""HTML escaping: every word of a report, a question or a model goes through ``escape_html``."""

import html
from collections.abc import Mapping
from string import Formatter

from ingest.sanitize import sanitize_text

_TEMPLATE = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;", "`": "&#96;"})


def escape_html(text: str) -> str:
    """Escape untrusted text for HTML: between tags, in quoted attributes, in templates and in Markdown's HTML.

    Invisible characters that a browser would obey (controls, bidirectional overrides) become U+FFFD;
    right-to-left text itself needs none of them.

    >>> escape_html('<b title="${x}">')
    '&lt;b title=&quot;&#36;&#123;x&#125;&quot;&gt;'
    """
    return html.escape(sanitize_text(text), quote=True).translate(_TEMPLATE)


def fill_template(sentence: str, pieces: Mapping[str, str]) -> str:
    """Escape a sentence of ours and fill its braces with pieces of HTML.

    >>> fill_template("Type {command} & go", {"command": "<code>x</code>"})
    'Type <code>x</code> &amp; go'
    """
    parts = Formatter().parse(sentence)
    return "".join(escape_html(words) + (pieces[name] if name else "") for words, name, _, _ in parts)


def status_html(sentence: str, *, working: bool = False, failed: bool = False, language: str = "") -> str:
    """Render a status message for the live region; ``working`` and ``failed`` set its class."""
    kind = "r-working" if working else "r-failed" if failed else "r-done"
    lang = f' lang="{language}" dir="auto"' if language else ""
    return f'<p class="r-said {kind}"{lang}>{escape_html(sentence)}</p>'
