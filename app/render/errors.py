"""An error as the sentence that a visitor is told: in the page's language, and naming no folder and no command."""

from app.i18n.labels import Labels
from ingest.errors import BadQuestion, RelatoriaError


class Said(RelatoriaError):
    """An error whose sentence is the page's own, in the visitor's language."""


def told(error: RelatoriaError, labels: Labels) -> str:
    """What is wrong with a question, or what the page says itself, as it stands; of any other, that it is so.

    An error of the index, its disk or its models is for whoever runs the page: it says where, and what to type.
    """
    return str(error) if isinstance(error, Said | BadQuestion) else labels.unavailable
