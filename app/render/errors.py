"""Error messages for visitors: in the page's language, without folders or commands."""

from app.i18n.labels import Labels, format_count
from ingest.errors import BadQuestion, BeyondLimit, RelatoriaError, SearchTimedOut


class LocalizedError(RelatoriaError):
    """An error whose message is in the visitor's language already."""


def user_message(error: RelatoriaError, labels: Labels) -> str:
    """The message of an error for a visitor: its own for a bad question or a localized error, else a general one.

    Errors of the index, its disk or its models are for the operator: they name folders and commands.
    """
    if isinstance(error, SearchTimedOut):
        return labels.too_slow
    if isinstance(error, BeyondLimit):
        return labels.beyond.format(limit=format_count(error.most))
    return str(error) if isinstance(error, LocalizedError | BadQuestion) else labels.unavailable
