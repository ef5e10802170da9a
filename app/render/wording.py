"""Values in words, as every screen says them: places, headings, an answer's layers, what of a record has changed."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from ingest.report import Passage, Report, for_reading
from retrieval.answer.templates import Frames, label
from retrieval.index.diff import Change
from retrieval.results import Answer, Citation, Layer, Statement

AROUND = 3  # words before and after those that changed
BRIEF = 160  # characters of what is only near
TRANSLATION = "translation: "  # in front of a reason: of what was refused of translations


@dataclass(frozen=True, slots=True)
class Parted:
    """The statements of an answer apart: what it rests on, and what a chat model has added."""

    evidence: tuple[Statement, ...]
    label: Statement | None = None  # our sentence in front of what is written, or that says why nothing is
    written: tuple[Statement, ...] = ()


def parted(answer: Answer) -> Parted:
    """The layers of an answer, never mixed."""
    said = answer.statements
    written = tuple(one for one in said if one.layer is Layer.WRITTEN and not one.frame)
    if not written and answer.writing is None:
        return Parted(said)
    at = len(said) - len(written) - 1  # the writer appends its sentence and then the model's
    label = said[at] if at >= 0 and said[at].frame else None
    return Parted(said[: at if label else at + 1], label, written)


def refused(answer: Answer) -> dict[str, int]:
    """What the proof refused of the quotes, by reason, apart from what it refused of a chat model's words."""
    written = answer.writing.dropped if answer.writing else {}
    quotes = {reason: count - written.get(reason, 0) for reason, count in answer.dropped.items()}
    return {one: count for one, count in quotes.items() if count > 0 and not one.startswith(TRANSLATION)}


def untranslated(answer: Answer) -> int:
    """How many translations the proof refused."""
    return sum(count for reason, count in answer.dropped.items() if reason.startswith(TRANSLATION))


def told(citation: Citation) -> list[tuple[str, bool]]:
    """A quote for reading in pieces, each with whether it is what answers; together they are the whole quote."""
    ends = [citation.start, *(end for span in citation.telling for end in span), citation.end]
    pieces: list[tuple[str, bool]] = []
    for at, (start, end) in enumerate(pairwise(ends)):
        raw = citation.quote[start - citation.start : end - citation.start]
        words = for_reading(raw)
        before = " " if pieces and raw[:1].isspace() else ""
        after = " " if words and end < citation.end and raw[-1:].isspace() else ""
        if words or before:
            pieces.append((before + words + after, at % 2 == 1))
    return pieces


def words_changed(change: Change) -> list[tuple[str, str]]:
    """What of a record's words is "gone", what has "come", and a few of those between that stay ("same")."""
    old, new = (for_reading(one.text).split() for one in (change.was, change.now))
    pieces: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            same = old[a:b]
            few = same if len(same) <= 2 * AROUND else [*same[:AROUND], "…", *same[-AROUND:]]
            pieces.append(("same", " ".join(few)))
            continue
        pieces += [(fate, " ".join(words)) for fate, words in (("gone", old[a:b]), ("come", new[c:d])) if words]
    return pieces


def brief(words: str) -> str:
    """The beginning of a long text, cut between words.

    >>> brief("palabra " * 40).endswith("palabra …"), brief("corto")
    (True, 'corto')
    """
    return words if len(words) <= BRIEF else words[:BRIEF].rsplit(" ", 1)[0] + " …"


def about(report: Report) -> str:
    """Forum, place and year of a report, those that are known."""
    known = report.metadata
    return " · ".join(str(part) for part in (known.forum, known.place, known.year) if part)


def heading_path(passage: Passage) -> str:
    """The headings a passage stands under, outermost first."""
    return " › ".join(heading.rstrip(": ") for heading in passage.headings)


def where(passage: Passage, report: Report | None, frames: Frames) -> str:
    """Page and line as a reader would say them; no page where the report's text has no pages."""
    paged = report is not None and bool(report.pages)
    page = [f"{frames.page} {passage.page}"] if paged else []
    return ", ".join([*page, f"{frames.line} {passage.line}"])


def citation_line(passage: Passage, report: Report | None, frames: Frames) -> str:
    """Report, section, number, page or line, and date, as a footnote says them."""
    known = report.metadata if report else None
    title = known.title if known and known.title else passage.report_id
    beside = about(report) if report else ""
    date = f" ({known.date})" if known and known.date else ""
    place = ", ".join(filter(None, [heading_path(passage), label(passage, frames), where(passage, report, frames)]))
    return for_reading(f"{title}{f' — {beside}' if beside else ''}{date}. {place}.")
