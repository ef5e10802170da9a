"""Fills the HTML templates of `templates/`: whatever is put into one goes through ``escape_html``.

A template's line breaks, with the indentation behind them, are no part of its HTML.
"""

import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from app.i18n.labels import format_count
from app.render import links, wording
from app.render.escape import escape_html, fill_template
from ingest.report import normalize_for_display
from retrieval.answer.templates import label_passage, templates_for
from retrieval.index.short_names import short_name
from retrieval.verification.quotes import format_mark


class _JoinLines(Extension):
    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return re.sub(r"\n\s*", "", source)


@cache
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        extensions=[_JoinLines],
        finalize=_escape,
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
    )
    made.filters |= {
        "brief": wording.truncate,
        "count": format_count,
        "filled": lambda sentence, **pieces: Markup(fill_template(sentence, pieces)),  # noqa: S704 (escaped)
        "known_in": lambda key, known: known.get(key),
        "mark": format_mark,
        "one_line": normalize_for_display,
        "path": wording.heading_path,
        "url": lambda text: quote(text, safe=""),
    }
    made.globals |= {
        name: getattr(module, name)
        for module, names in (
            (links, ("Place", "permalink", "place_of")),
            (
                wording,
                ("cut_at_marks", "diff_words", "highlighted_pieces", "is_quote", "page_and_line", "report_origin"),
            ),
        )
        for name in names
    }
    made.globals |= {"label_passage": label_passage, "short_name": short_name, "templates_for": templates_for}
    return made


def fill(file: str, part: str, *values: object) -> str:
    """Fill a part of a template, one of its macros."""
    name = file if "." in file else f"{file}.html"
    return str(getattr(_environment().get_template(name).module, part)(*values))


def _escape(value: object) -> object:
    return value if hasattr(value, "__html__") else Markup(escape_html(str(value)))  # noqa: S704
