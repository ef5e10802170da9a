"""Selects the hits that answer: the best few, or for a question that wants all, clear and borderline matches.

A recommendation and its parts count once. What the question names, quotes, or asks for by its
filters alone is a clear match whatever its score.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.report import Kind, Passage, normalize_for_display
from retrieval.answer.asked_things import find_asked_thing, states
from retrieval.results import Hit
from retrieval.search.search import SearchResult
from retrieval.text.gazetteer import find_states

CLEAR_SHARE = 0.85  # share of the best hit's score that another answer must have
BESIDE, NEAR = 4, 8  # quotes of each of those compared, and hits from which they are chosen
ELSEWHERE_SHARE = 0.9  # share of the best score in any report, that one in the reports talked about must have
BORDERLINE_SHARE = 0.7  # and one on the border


@dataclass(frozen=True, slots=True)
class CompleteAnswer:
    """The hits of a complete answer, without a limit."""

    clear: tuple[Hit, ...]
    borderline: tuple[Hit, ...]

    @property
    def total(self) -> int:
        """The number of recommendations among the clear hits; parts count with theirs."""
        return len({hit.passage.parent_id or hit.passage.id for hit in self.clear if hit.passage.recommends})


def select_complete(result: SearchResult) -> CompleteAnswer | None:
    """Selects all hits for a question that wants all, or its exact hits; None where the best few are to be shown."""
    exact = [hit for hit in result.hits if hit.exact]
    if exact and (result.query.quoted or not result.query.all_of_them):  # a list of what has quoted words has no more
        return CompleteAnswer(tuple(merge_parts(exact)), ())
    if not result.query.is_exhaustive or not result.hits:
        return None
    clear = merge_parts([*exact, *(hit for hit in clear_matches(result) if not hit.exact)])
    if result.query.places:  # "the first three on women"
        in_order = sorted(clear, key=lambda hit: (hit.passage.report_id, hit.passage.start))
        return CompleteAnswer(tuple(in_order[slice(*result.query.places)]), ()) if clear else None
    taken = {hit.passage.parent_id or hit.passage.id for hit in clear}
    near = merge_parts(near_matches(result))
    borderline = [hit for hit in near if (hit.passage.parent_id or hit.passage.id) not in taken]
    return CompleteAnswer(tuple(clear), tuple(borderline)) if clear else None


def clear_matches(result: SearchResult) -> list[Hit]:
    """Returns the hits above the calibrated answer threshold and close to the best score, but for facts."""
    calibration = result.calibration
    return _matches(result, calibration.answer_threshold, CLEAR_SHARE) if calibration else []


def near_matches(result: SearchResult) -> list[Hit]:
    """Returns the hits above the borderline thresholds, clear ones included, but for facts."""
    calibration = result.calibration
    return _matches(result, calibration.borderline_threshold, BORDERLINE_SHARE) if calibration else []


def select_related(result: SearchResult) -> list[Hit]:
    """Selects the best hits that come near the question and do not answer it; none where not one does."""
    if not (calibration := result.calibration):
        return []
    by_nearness = replace(result, hits=tuple(replace(hit, probability=hit.nearness) for hit in result.hits))
    return _matches(by_nearness, calibration.related_threshold, BORDERLINE_SHARE)


def select_beside(result: SearchResult) -> list[Hit]:
    """Selects what one of several compared says: all that the filters alone ask for, else the best few of the near.

    Of these what was recommended goes before what else was said on it.
    """
    exact = [hit for hit in result.hits if hit.exact]
    return exact or sorted(select_related(result)[:NEAR], key=lambda hit: not hit.passage.recommends)[:BESIDE]


def _matches(result: SearchResult, probability: float, share: float) -> list[Hit]:
    least = share * result.best_score
    return [
        hit
        for hit in result.hits
        if hit.probability >= probability and hit.score.total >= least and hit.passage.kind is not Kind.FACT
    ]


def merge_parts(hits: Iterable[Hit]) -> list[Hit]:
    """Keeps one hit of each recommendation: its first, or the recommendation itself where several parts match."""
    by_id = {hit.passage.id: hit for hit in hits}
    kept: dict[str, Hit] = {}  # by the recommendation they belong to
    for hit in by_id.values():
        whole = hit.passage.parent_id or hit.passage.id
        if whole not in kept:
            kept[whole] = hit
        elif hit.passage.kind is Kind.PART and kept[whole].passage.kind is Kind.PART and whole in by_id:
            kept[whole] = by_id[whole]
    return list(kept.values())


def drop_same_wording(hits: Iterable[Hit]) -> list[Hit]:
    """Drops hits with the same wording as an earlier one, across reports."""
    kept: dict[str, Hit] = {}
    for hit in hits:
        kept.setdefault(normalize_for_display(hit.passage.text), hit)
    return list(kept.values())


def select_answering(result: SearchResult) -> list[Hit]:
    """Selects the hits that answer, best first, without duplicates; none where the best is below the threshold.

    A fact about the report answers alone. Of a recommendation and its parts, the better stays; the
    recommendation, where several of its parts would. What two reports say word for word is quoted from one.
    """
    best = result.hits[0] if result.hits else None
    if best is None or result.calibration is None or best.probability < result.calibration.answer_threshold:
        return []
    if best.passage.kind is Kind.FACT:
        return [best]
    clear = [hit for hit in dict.fromkeys([best, *clear_matches(result)]) if _names_states(result, hit.passage)]
    if not clear or lacks_asked_thing(result, clear[0].passage):
        return []
    return drop_same_wording(merge_parts(clear))


def lacks_asked_thing(result: SearchResult, passage: Passage) -> bool:
    """Whether the question asks for an amount, a date, a name or a State, and the passage has none such."""
    if result.query.attribute or result.query.all_of_them:
        return False
    asked = find_asked_thing(result.question)
    return bool(asked and not states(asked, passage.text, result.question)) or not _names_states(result, passage)


def _names_states(result: SearchResult, it: Passage) -> bool:
    """Whether a passage, with what stands above it, names every State that is asked about, in any language."""
    if not result.states:
        return True
    text = " · ".join(
        (it.report_id.replace("-", " ").title(), *it.headings, *it.by, *it.addressees, it.lead_in, it.text)
    )
    return result.states <= {code for code, *_ in find_states(text)}


def group_by_section(hits: Iterable[Hit]) -> list[Hit]:
    """Groups the hits by section; sections are in the order of their first hit."""
    groups: dict[tuple[str, tuple[str, ...]], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.passage.report_id, hit.passage.headings), []).append(hit)
    return [hit for some in groups.values() for hit in some]


def choose_result(
    joined: SearchResult, alone: SearchResult, *, joined_first: bool, demanded: bool = False
) -> SearchResult:
    """Chooses between the results for a follow-up joined to the earlier subject and for its words alone.

    Of the joined result, only passages that may answer the new words by themselves count: of detention,
    "and remittances?" is not answered by a passage on detention. Without such a passage, the words alone
    are meant. A joined question that is ``demanded``, by an "it", needs no such passage.
    """
    if not joined_first and _has_answer(alone):
        return alone
    narrowed = joined if demanded else keep_bordering(joined, alone)
    return narrowed if _has_answer(narrowed) else alone


def choose_scope(within: SearchResult, found: SearchResult, *, alone: bool) -> SearchResult:
    """Chooses between the reports that a conversation is about and all reports.

    A question that stands ``alone`` stays in them only where nothing elsewhere answers it clearly better.
    """
    if not _has_answer(within):
        return found if alone or not within.hits or _has_answer(found) else within
    return found if alone and within.best_score < ELSEWHERE_SHARE * found.best_score else within


def keep_bordering(joined: SearchResult, alone: SearchResult) -> SearchResult:
    """Keeps the hits of ``joined`` that are exact or at least borderline in ``alone``, ranked anew."""
    if alone.calibration is None:
        return joined
    bordering = {
        hit.passage.id for hit in alone.hits if hit.exact or hit.nearness >= alone.calibration.borderline_threshold
    }
    hits = [hit for hit in joined.hits if hit.passage.id in bordering]
    return replace(joined, hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)))


def _has_answer(result: SearchResult) -> bool:
    return not result.missing and bool(select_complete(result) or select_answering(result))
