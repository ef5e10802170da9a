"""A question that may go on with the earlier subject: searched with it and without, and which of the two is meant."""

from dataclasses import replace

from retrieval.complete import complete
from retrieval.quoting import answering
from retrieval.search.search import Found


def meant(joined: Found, alone: Found, *, joined_first: bool, demanded: bool = False) -> Found:
    """What was found for the words joined to the earlier subject, or for the words alone.

    Joined, only passages that may answer the new words by themselves count: of detention, "and
    remittances?" is not answered by a passage on detention. Without such a passage, the words stand
    alone. A joined question that is ``demanded``, by an "it", needs no such passage.
    """
    if not joined_first and _answers(alone):
        return alone
    narrowed = joined if demanded else narrow(joined, alone)
    return narrowed if _answers(narrowed) else alone


def narrow(joined: Found, alone: Found) -> Found:
    """The hits of ``joined`` that at least border on an answer to ``alone``."""
    if alone.calibration is None:
        return joined
    bordering = {hit.passage.id for hit in alone.hits if hit.exact or hit.probability >= alone.calibration.borderline}
    hits = [hit for hit in joined.hits if hit.passage.id in bordering]
    return replace(joined, hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)))


def _answers(found: Found) -> bool:
    return not found.missing and bool(complete(found) or answering(found))
