"""Classifies errors of chat model calls into a closed set of kinds, each with a message for the user.

Errors are classified by HTTP status and by class names, so that every provider's library is treated alike. A server's
message is untrusted: it is cut to one short line, and whatever looks like a key is redacted.
"""

import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from enum import StrEnum

from ingest.errors import RelatoriaError
from ingest.lexicon.tables import WordTables

MAX_MESSAGE = 200  # characters of a server's own words that are repeated


class FailureKind(StrEnum):
    """Why a call to a chat model failed; a closed set."""

    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    NO_SUCH_MODEL = "no_such_model"
    RATE_LIMITED = "rate_limited"
    CONTEXT_OVERFLOW = "context_overflow"  # the question and its passages are more than the model reads at once
    UNREACHABLE = "unreachable"
    SERVER_FAILED = "server_failed"  # HTTP 5xx
    TIMED_OUT = "timed_out"
    BROKEN_OFF = "broken_off"  # closed in the middle of its answer
    EMPTY = "empty"
    GARBAGE = "garbage"  # what came is in no form that the provider's library reads
    OTHER = "other"


_TRANSIENT = {FailureKind.RATE_LIMITED, FailureKind.UNREACHABLE, FailureKind.SERVER_FAILED}
_TABLES = WordTables("retrieval.generation", "errors")
_OVERFLOW = re.compile(
    r"context.?(length|window|size)|maximum context|too many (input )?tokens|prompt is too long|exceed_context", re.I
)
_NO_MODEL = re.compile(r"model_not_found|model .{0,80}(not found|does not exist|not exist)|unknown model", re.I)
# Where waiting does not help
_QUOTA_SPENT = re.compile(r"insufficient_quota|exceeded your current quota|credit balance", re.I)
_SECRET = re.compile(
    r"(?i)\b(?:bearer|basic)\s+\S+|\b(?:sk|pk|rk|gsk|xai|hf|ghp|AIza|AKIA|lsv2|key)[-_]?[\w*-]{6,}"
    r"|(?:api[-_ ]?key|authorization|token|secret|password)\"?'?\s*[:=]\s*\S+|(?=[\w+/*-]{0,200}\d)[\w+/*-]{24,}"
)
_STATUSES = {int(status): FailureKind(kind) for status, kind in _TABLES.entry("statuses").items()}
_KINDS_BY_CLASS_NAME = {name: FailureKind(kind) for name, kind in _TABLES.entry("class_names").items()}
_PARSING_ERRORS = _TABLES.words("parsing_errors")
_CONNECTION_ERRORS = _TABLES.words("connection_errors")


class ChatFailed(RelatoriaError):
    """A chat model could not be used, or ended early; ``kind`` says how, the message is one sentence for the user."""

    def __init__(self, kind: FailureKind, message: str, *, transient: bool = False, pause: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.transient = transient  # the same call may go well when it is made again
        self.pause = pause  # seconds that the server asks to be left alone; None where it does not say


def build_error(kind: FailureKind, spec: str, said: str = "", *, pause: float | None = None) -> ChatFailed:
    """Build the error of a kind for the model ``spec``; ``said``, the server's message, must be redacted already."""
    sentence = _TABLES.entry(kind).format(key=key_variable(spec))
    heard = f" (it says: {said})" if said else ""
    transient = kind in _TRANSIENT and not _QUOTA_SPENT.search(said)
    return ChatFailed(kind, f"The chat model {spec} {sentence}{heard}.", transient=transient, pause=pause)


def classify_error(error: BaseException, spec: str, *, begun: bool, secrets: Sequence[str] = ()) -> ChatFailed:
    """Classify an error of a provider's library. ``begun``: part of the answer had arrived already."""
    return build_error(_classify(error, begun), spec, _server_message(error, secrets), pause=_retry_after(error))


def find_http_status(error: BaseException) -> int | None:
    """The HTTP status of an error, where it has one.

    >>> find_http_status(ValueError("no"))
    """
    for bearer in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            status = getattr(bearer, name, None)
            if isinstance(status, int) and 100 <= status <= 599:
                return status
    return None


def redact(text: str, secrets: Sequence[str] = ()) -> str:
    """Redact a server's text: one line of 200 characters at most, without control characters, secrets or keys.

    >>> redact("Incorrect key sk-abcdef123456.\\n\\x1b[31mGo away")
    'Incorrect key […]. [31mGo away'
    """
    for secret in secrets:
        text = text.replace(secret, "[…]")
    start = text[: 20 * MAX_MESSAGE]
    kept = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in start)
    line = " ".join(_SECRET.sub("[…]", kept).split()).rstrip(".")
    return line if len(line) <= MAX_MESSAGE else f"{line[: MAX_MESSAGE - 1]}…"


def key_variable(spec: str) -> str:
    """The environment variable that usually holds a provider's key.

    >>> key_variable("anthropic:claude")
    'ANTHROPIC_API_KEY'
    """
    return f"{re.sub('[^A-Z0-9]', '_', spec.partition(':')[0].upper())}_API_KEY"


def _classify(error: BaseException, begun: bool) -> FailureKind:
    status, text, names = find_http_status(error), str(error)[:5_000], set(_class_names(error))
    told = {kind for sign, kind in _KINDS_BY_CLASS_NAME.items() if any(sign in name for name in names)}
    if FailureKind.CONTEXT_OVERFLOW in told or status == 413 or _matches(_OVERFLOW, text, status):
        return FailureKind.CONTEXT_OVERFLOW
    if _matches(_NO_MODEL, text, status):
        return FailureKind.NO_SUCH_MODEL
    if status is not None:
        return _STATUSES.get(status, FailureKind.SERVER_FAILED if status >= 500 else FailureKind.OTHER)
    if names & _CONNECTION_ERRORS:
        told.add(FailureKind.UNREACHABLE)
    if names & _PARSING_ERRORS:
        told.add(FailureKind.GARBAGE)
    kind = next((kind for kind in FailureKind if kind in told), FailureKind.UNREACHABLE if begun else FailureKind.OTHER)
    return FailureKind.BROKEN_OFF if begun and kind is FailureKind.UNREACHABLE else kind


def _matches(pattern: re.Pattern[str], text: str, status: int | None) -> bool:
    """Whether a message matches; it counts only with HTTP 400 or 422, or with no status at all."""
    return status in (None, 400, 422) and pattern.search(text) is not None


def _class_names(error: BaseException) -> Iterator[str]:
    """The names of an error's classes, and of those that caused it."""
    cause: BaseException | None = error
    for _ in range(8):  # an error may be its own cause
        if cause is None:
            return
        yield from (base.__name__ for base in type(cause).__mro__)
        cause = cause.__cause__ or cause.__context__


def _server_message(error: BaseException, secrets: Sequence[str]) -> str:
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    text = said if isinstance(said, str) else str(error)
    status = find_http_status(error)
    words = redact(text, secrets)
    return f"HTTP {status}: {words}" if status and str(status) not in words[:20] else words


def _retry_after(error: BaseException) -> float | None:
    """Parse the Retry-After header, a number or a date, into seconds; None where there is none."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    stated = str(headers.get("retry-after", "")).strip()
    try:
        pause = float(stated)
    except ValueError:
        try:
            pause = parsedate_to_datetime(stated).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError, OSError):
            return None
    return max(0.0, pause) if pause == pause else None  # noqa: PLR0124 (a Retry-After may say "nan")
