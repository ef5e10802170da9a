"""Hybrid search: dense and lexical candidates, ranked by late interaction on one scale across languages.

Candidates are the nearest vectors and the passages that share rare terms with the question. Every
candidate is scored by late interaction (`late_interaction.py`), whose scale hardly depends on the language of
the question; lexical coverage is added with a small weight, and is little across languages. A calibration
(`retrieval/models/calibration.py`) converts the scores into the probability that a passage answers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.lexicon.language import detect_language
from ingest.report import Kind, Passage
from retrieval.index.filters import NO_FILTER, Filter
from retrieval.index.index import Index
from retrieval.models.calibration import Calibration
from retrieval.models.embedder import Embedder, EncodedText
from retrieval.models.reranker import Reranker, rerank_hits
from retrieval.query.cursor import fold_question
from retrieval.query.parser import EMPTY_QUERY, ParsedQuery
from retrieval.query.patterns import PATTERNS
from retrieval.results import Hit, Score
from retrieval.search import late_interaction, lexical
from retrieval.search.answering import JUDGED, JUDGED_OF_ALL, judge_answers, open_answers
from retrieval.search.late_interaction import EncodedQuestion, PackedWindows, Window
from retrieval.search.scope import Scope, select_scope
from retrieval.storage.token_vectors import TokenVectors
from retrieval.text.gazetteer import find_states

DENSE_CANDIDATES = 50  # of the nearest
LEXICAL_CANDIDATES = 30  # of those that share words
EXHAUSTIVE_CANDIDATES = 1_000  # of each, where all that match are wanted; a narrower scope is scored whole
FACT_HANDICAP = 0.08  # "what does the report say on …" is not a question about the report
HEADING_SHARE = 0.9  # what stands in a heading is said of all passages under it, and of none in particular
_AHEAD = 0.08  # of the median of a scope, that the best record on a subject is at least
_TELLING = 10  # records, from which on their median tells something: of one it is the best
_SHARES_WORDS = 0.5  # share of its words, from which on a passage mentions a subject
BACKGROUND_WINDOWS = 64  # windows
_LOWEST_SCORES, _NO_SCORES = (-2.0, -2.0), (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A parsed question and its hits, best first."""

    question: str
    searched: str  # what of it was searched for
    language: str  # of the question, ISO 639-1
    hits: tuple[Hit, ...]
    query: ParsedQuery = EMPTY_QUERY  # what the question asks for beside its subject
    where: Filter = NO_FILTER  # what was asked for beside the question
    total_searched: int = 0  # recommendations among which they were searched
    missing: bool = False  # whether the question names a record that is not there
    states: frozenset[str] = frozenset()  # codes of those that it asks about, beside those that reports are on
    calibration: Calibration | None = None  # what probabilities rest on; None where nothing was compared
    encoded_question: EncodedQuestion | None = field(default=None, repr=False, compare=False)  # as it was compared

    @property
    def best_score(self) -> float:
        """The highest score of a hit; 0 without hits."""
        return max((hit.score.total for hit in self.hits), default=0.0)


def search(
    index: Index,
    embedder: Embedder,
    question: str,
    *,
    limit: int | None = None,
    where: Filter | None = None,
    candidates: int | None = None,
    reranker: Reranker | None = None,
) -> SearchResult:
    """Ranks the candidates for a question, all or the best ``limit``; deterministic on the same index.

    Only what the question's own filters and ``where`` admit is a hit. What the question names or quotes
    comes first; where it has no subject beside its filters, all that they admit are the hits, in reading
    order. ``candidates`` come from each side; a ``reranker`` reorders the best hits. Raises BadFilter.
    """
    languages = index.store.languages()
    language = detect_language(question, expected=languages[0] if languages else None)
    scope = select_scope(index, question, where or NO_FILTER)
    query = scope.query
    result = SearchResult(question, "", language, (), query, scope.where, scope.recommendation_count, scope.missing)
    if query.greets:
        return result
    if query.absent:
        scope = _without(index, embedder, replace(result, searched=query.absent), scope)
    if query.subject or scope.missing:
        count = candidates or (EXHAUSTIVE_CANDIDATES if query.all_of_them else DENSE_CANDIDATES)
        result = _rank_candidates(index, embedder, replace(result, searched=query.subject or question), scope, count)
        if query.all_of_them and scope.rows and _is_of_none(result):
            scope = scope.without_subject()
            result = replace(result, query=scope.query, total_searched=scope.recommendation_count)
            result = replace(result, hits=_list_scope(scope, limit))
    else:
        result = replace(result, hits=_list_scope(scope, limit))
    hits = rerank_hits(result.hits, result.searched, reranker) if reranker else result.hits
    return replace(result, hits=hits[:limit])


def _without(index: Index, embedder: Embedder, result: SearchResult, scope: Scope) -> Scope:
    """Leaves out of a scope what is, or may be, on the subject searched for: "that do not mention women"."""
    ranked = _rank_candidates(index, embedder, result, scope, EXHAUSTIVE_CANDIDATES)
    least = ranked.calibration.borderline_threshold if ranked.calibration else 1.0
    about = {hit.passage.id for hit in ranked.hits if hit.nearness >= least or hit.score.lexical >= _SHARES_WORDS}
    rows = scope.rows if scope.rows is not None else frozenset(index.store.all_rows())
    return replace(scope, rows=rows - index.facets().rows_with_ids(about))


def _is_of_none(result: SearchResult) -> bool:
    """Whether the words searched for are on none of the hits more than on another, and none answers: they only ask."""
    least = result.calibration.answer_threshold if result.calibration else 1.0
    scores = [hit.score.total for hit in result.hits]
    flat = len(scores) >= _TELLING and max(scores) - median(scores) < _AHEAD
    flat = flat and not PATTERNS["topic"].search(fold_question(result.question))
    return flat and not any(hit.probability >= least or hit.exact for hit in result.hits)


def _list_scope(scope: Scope, limit: int | None) -> tuple[Hit, ...]:
    """Lists all that the filters admit, in reading order; nothing is scored."""
    rows = scope.rows_in_order(limit)
    passages, unscored = scope.index.store.passages_at(rows), Score(0.0, 0.0, None)
    return tuple(Hit(passages[row], unscored, rank, scope.exact_reason(row)) for rank, row in enumerate(rows, start=1))


def _rank_candidates(index: Index, embedder: Embedder, result: SearchResult, scope: Scope, count: int) -> SearchResult:
    """Adds to a result the ranked candidates for what is searched: exact matches first, then by score."""
    encoded = embedder.query(result.searched)
    calibration = index.calibration(len(encoded.vector))
    reader = open_answers(embedder) if len(index.facets().reports) > 1 else None
    if len(index.facets().reports) > 1:
        calibration = replace(calibration, answer_threshold=calibration.many_threshold, read=reader is not None)
    passages, words = _collect_candidates(index, encoded, result.searched, scope, count)
    asked = encoded.tokens - calibration.questions.for_language(result.language)
    compared, matched = _score_late(index, embedder, calibration, asked, passages)
    scores = {row: replace(words[row], late=matched[row][0], weighted_late=matched[row][1]) for row in passages}

    def order(row: int) -> tuple[bool, float, str, int, str]:
        """Of equal hits the place in the report decides, not the order of indexing."""
        passage = passages[row]
        return (row not in scope.exact_rows, -round(scores[row].total, 6), passage.report_id, passage.start, passage.id)

    rows = sorted(scores, key=order)
    if reader:
        judged = {row: passages[row] for row in rows[: JUDGED_OF_ALL if result.query.all_of_them else JUDGED]}
        logits = judge_answers(index, reader, calibration, asked, judged)
        # what is further behind answers no better than the worst that was read; of all that match none is left out
        worst = None if result.query.all_of_them else min(logits.values(), default=None)
        scores = {row: replace(score, answers=logits.get(row, worst)) for row, score in scores.items()}
    hits = tuple(
        Hit(passages[row], scores[row], rank, None if scope.missing else scope.exact_reason(row))
        for rank, row in enumerate(rows, start=1)
    )
    hits = add_probabilities(hits, calibration, result.language)
    names = index.facets().report_names
    states = frozenset(code for code, *_ in find_states(result.searched) if not names.has_state(code))
    return replace(result, hits=hits, calibration=calibration, encoded_question=compared, states=states)


def add_probabilities(hits: Sequence[Hit], calibration: Calibration, language: str) -> tuple[Hit, ...]:
    """Adds to each hit the calibrated probability that it answers a question in that language, and that it is near."""
    nearness = [calibration.nearness(signals) for signals in compute_signals(hits, calibration, language)]
    return tuple(
        replace(hit, probability=calibration.probability(near, hit.score.answers), nearness=near)
        for hit, near in zip(hits, nearness, strict=True)
    )


def compute_signals(hits: Sequence[Hit], calibration: Calibration, language: str) -> list[dict[str, float]]:
    """Computes the features that the calibration weighs, for each hit, by the names in calibration.SIGNALS."""
    best = max(hits, key=lambda hit: hit.score.total, default=None)
    whole = best and (best.passage.parent_id or best.passage.id)
    others = [hit.score.total for hit in hits if whole not in {hit.passage.parent_id, hit.passage.id}]
    ahead = best.score.total - max(others) if best and others else 0.0  # of all that is no part of the same
    return [
        {
            "late": hit.score.late,
            "telling": hit.score.weighted_late,
            "lead": ahead if hit is best else 0.0,
            "lexical": hit.score.lexical,
            "closeness": calibration.closeness(language, hit.passage.language),
        }
        for hit in hits
    ]


def _collect_candidates(
    index: Index, question: EncodedText, searched: str, scope: Scope, count: int
) -> tuple[dict[int, Passage], dict[int, Score]]:
    """Collects the candidates by row, with their lexical and dense scores; late interaction is still 0."""
    store = index.store
    whole = scope.rows is not None and len(scope.rows) <= max(count, EXHAUSTIVE_CANDIDATES)
    dense = _nearest_rows(index, question, scope, count, once=whole)
    words = lexical.weigh_terms(store, searched)
    most = LEXICAL_CANDIDATES if count == DENSE_CANDIDATES else count
    shared = lexical.retrieve_rows(store, words, most, scope.admit, everywhere=scope.rows is not None)
    passages = store.passages_at({*dense, *shared, *scope.exact_rows, *((scope.rows or ()) if whole else ())})
    named = index.facets().report_names.terms  # what a question may say to name the report
    there: Mapping[int, Collection[str]] = {
        row: own | named.get(passages[row].report_id, frozenset()) for row, own in store.words_at(passages).items()
    }
    return passages, {
        row: Score(
            late=0.0,
            lexical=words.coverage(there.get(row, ())),  # an ingest may take it away meanwhile: then all is asked again
            dense=dense.get(row),
            has_every_word=words.is_in(there.get(row, ())),
            handicap=FACT_HANDICAP if passage.kind is Kind.FACT else 0.0,
        )
        for row, passage in passages.items()
    }


def _score_late(
    index: Index, embedder: Embedder, calibration: Calibration, asked: NDArray[np.float32], passages: dict[int, Passage]
) -> tuple[EncodedQuestion, dict[int, tuple[float, float]]]:
    """Scores each candidate's best window by late interaction with a centred question; returns it with its weights too.

    A token of the question may also be met by the passage's heading or lead-in, or by the name of its report.
    """
    weights = late_interaction.compute_weights(
        late_interaction.score_tokens(asked, sample_background(index, calibration))
    )
    of_row = index.store.windows_of_rows(passages)
    languages = {vector_id: passages[row].language for row, vector_id, _ in of_row}
    tokens = index.store.tokens.get(languages)
    place = {id_: at for at, id_ in enumerate(sorted(id_ for id_ in tokens if len(tokens[id_])))}
    windows = [Window(tokens[id_], calibration.passages.for_language(languages[id_])) for id_ in place]
    found = late_interaction.score_tokens(asked, late_interaction.pack(windows))
    names = _name_windows(index, embedder, calibration, {passage.report_id for passage in passages.values()})
    said = dict(
        zip(names, late_interaction.score_tokens(asked, late_interaction.pack(list(names.values()))), strict=True)
    )
    none = found.new_full(found.shape[1:], -1.0)
    above = {row: said.get(passage.report_id, none) for row, passage in passages.items()}
    for row, vector_id, is_above in of_row:
        if is_above and vector_id in place:
            above[row] = above[row].maximum(HEADING_SHARE * found[place[vector_id]])
    own = [(row, place[vector_id]) for row, vector_id, is_above in of_row if vector_id in place and not is_above]
    best: dict[int, tuple[float, float]] = {}
    if own:
        met = late_interaction.meet(found[[at for _, at in own]], [above[row] for row, _ in own])
        means = zip(met.mean(dim=1).tolist(), late_interaction.weighted_mean(met, weights).tolist(), strict=True)
        for (row, _), scores in zip(own, means, strict=True):
            best[row] = max(scores, best.get(row, _LOWEST_SCORES))
    return EncodedQuestion(asked, weights), {row: best.get(row, _NO_SCORES) for row in passages}


def _name_windows(
    index: Index, embedder: Embedder, calibration: Calibration, reports: Collection[str]
) -> dict[str, Window]:
    """The windows of what each report is called by, encoded on first use; none where there is only one report."""
    names = index.facets().report_names
    encoded: dict[str, TokenVectors] = index.cached_for_state("names", dict)
    wanted = {id_: names.printed[id_] for id_ in sorted(reports) if id_ in names.printed}
    missing = [id_ for id_ in wanted if id_ not in encoded]
    for at, text in embedder.passages([embedder.windows(wanted[id_])[0] for id_ in missing]):
        encoded[missing[at]] = TokenVectors.quantize(text.tokens)
    return {id_: Window(encoded[id_], calibration.passages.for_language(names.languages[id_])) for id_ in wanted}


def sample_background(index: Index, calibration: Calibration) -> list[PackedWindows]:
    """Samples windows pseudo-randomly, always the same ones for a state of the index; the basis of token weights."""

    def drawn() -> list[PackedWindows]:
        languages = index.store.sample_windows(BACKGROUND_WINDOWS)
        stored = sorted(index.store.tokens.get(languages).items())
        windows = [Window(t, calibration.passages.for_language(languages[id_])) for id_, t in stored if len(t)]
        return list(late_interaction.pack(windows))

    return index.cached_for_state("background", drawn)


def _nearest_rows(index: Index, question: EncodedText, scope: Scope, count: int, *, once: bool) -> dict[int, float]:
    """Returns the cosine of the nearest passages by row; vectors that the store does not name are skipped.

    With a filter, the number of nearest vectors grows until ``count`` admitted rows are among them; not where all
    admitted rows are scored anyway (``once``), since for a few among many that would end with all vectors.
    """
    enough = count if scope.rows is None else min(count, len(scope.rows))
    looked = count
    while True:
        nearest = index.vectors.nearest(question.vector, looked)
        cosines: dict[int, float] = {}
        named = index.store.rows_of_vectors(nearest, count)  # so many of each: a heading may stand for thousands
        admitted = scope.admit(row for _, row in named)
        for vector_id, row in named:
            if row in admitted:
                cosines[row] = max(nearest[vector_id], cosines.get(row, -1.0))
        if once or scope.rows is None or len(cosines) >= enough or looked >= index.store.count_vectors():
            return cosines
        looked *= 8
