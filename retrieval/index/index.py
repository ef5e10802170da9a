"""The index: consistent reads, and updates that turn report files into records, words and vectors.

Long because checks, reads and updates share one folder. Each update is one transaction (`transaction.py`): killed
anywhere, the last complete state stands, and the next ingest reuses finished vectors and drops the unused.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from ingest.errors import IndexMismatch, NoIndex, RelatoriaError, StorageFailed
from ingest.report import ACTS, Passage, Report
from ingest.sources import Sources
from ingest.worker import ReadLimits
from retrieval.index.cache import LatestCache
from retrieval.index.diff import RecordDiff, diff_records, merge_diffs
from retrieval.index.facets import Facets
from retrieval.index.filters import unknown_value
from retrieval.index.history import append_history
from retrieval.index.transaction import INDEX_FORMAT, IndexTransaction, begin_transaction, drop_unreferenced
from retrieval.index.update_plan import UpdatePlan, plan_update
from retrieval.index.update_result import ParsedReport, ProgressCallback, UpdateResult, UpdateRun
from retrieval.models.calibration import Calibration, load_calibration
from retrieval.models.embedder import Embedder
from retrieval.models.judgement import judge_report
from retrieval.storage.chroma_local import make_backend
from retrieval.storage.passage_vectors import PassageVectors
from retrieval.storage.reader import Store
from retrieval.storage.write_lock import hold_write_lock

_ATTEMPTS = 20  # at an answer while the index changes
CACHED_TEXT = 1 << 24  # characters of reports

T = TypeVar("T")


def _state_key(stamp: Mapping[str, str]) -> str:
    """The identity of an index state: its counter, and its fingerprint in case the index was deleted and rebuilt."""
    return f"{stamp.get('state', '')} {stamp.get('fingerprint', '')}"


def _unexpected_embedder() -> Embedder:
    raise AssertionError("nothing is embedded here")


class Index:
    """One folder with a Store and PassageVectors of one embedding model; the vectors may be on a Chroma server."""

    def __init__(self, folder: Path, model: str, chroma: str | None = None, *, calibration: Path | None = None) -> None:
        """``calibration`` is a file of your own; without one the bundled calibration of the model is used."""
        self.folder = folder
        self.model = model
        self._calibration = calibration
        self.store = Store(folder)
        self.backend = make_backend(folder, chroma)
        self.vectors = PassageVectors(self.backend, model)
        self._state = ""  # of the index when its vectors were opened
        self._caches: dict[str, LatestCache[Any]] = {}
        self._lock = threading.Lock()

    # Asking

    def check(self) -> dict[str, str]:
        """Validate the index and return its stamp. Raises NoIndex or IndexMismatch, saying what to type."""
        stamp = self.store.stamp()
        if self.folder.exists() and not self.folder.is_dir():
            raise NoIndex(f"{self.folder} is a file, not an index. Choose a folder with --index.")
        if not stamp:
            raise NoIndex(f"There is no index in {self.folder} yet. Type: relatoria ingest")
        self._check_format(stamp)
        self._check_model(stamp)
        self._check_backend(stamp)
        if not self.store.count_reports():
            raise NoIndex(f"The index in {self.folder} is empty. Type: relatoria ingest")
        return stamp

    def run_on_snapshot(self, ask: Callable[[dict[str, str]], T]) -> T:
        """Call ``ask`` with the index's stamp and return its result; retried where the state changed meanwhile."""
        for _ in range(_ATTEMPTS):
            stamp = self.check()
            try:
                self._open_vectors(stamp)
                answer = ask(stamp)
            except RelatoriaError:
                if self.store.stamp() == stamp:
                    raise
                continue
            if self.store.stamp() == stamp:
                return answer
        raise StorageFailed(f"The index in {self.folder} changes faster than it can be asked. Try again later.")

    def facets(self) -> Facets:
        """The facets of the latest state, cached."""
        return self.cached_for_state("stated", lambda: Facets(self.store))

    def report(self, report_id: str) -> Report | None:
        """Look up a report of the latest state; the last ones are cached, up to CACHED_TEXT in all."""
        kept: dict[str, Report] = self.cached_for_state("reports", dict)
        if found := kept.get(report_id) or self.store.report(report_id):
            with self._lock:
                kept.pop(report_id, None)
                kept[report_id] = found  # behind those that were used before it
                while len(kept) > 1 and sum(len(report.text) for report in kept.values()) > CACHED_TEXT:
                    del kept[next(iter(kept))]
        return found

    def calibration(self, width: int) -> Calibration:
        """Load the calibration of the model, whose vectors have that width. Raises RelatoriaError."""
        return load_calibration(self.model, width, self._calibration)

    def cached_for_state(self, name: str, make: Callable[[], T]) -> T:
        """Return what ``make`` gives for the latest state, cached under that name until the index changes."""
        with self._lock:
            latest = self._caches.setdefault(name, LatestCache[Any]())
        made: T = latest.get_or_make(_state_key(self.store.stamp()), make)
        return made

    def _open_vectors(self, stamp: Mapping[str, str]) -> None:
        """Reopen the vectors on a new state of the index, and check that none is missing."""
        with self._lock:
            if self._state == _state_key(stamp):
                return
            self.vectors = self.vectors.for_generation(stamp.get("vectors", ""))
            self.vectors.reopen()
            named = self.store.count_vectors()
            if named and (not self.store.tokens.exists or self.vectors.count() < named):
                raise StorageFailed(
                    f"Some vectors of the index in {self.folder} are lost. Make them anew from the reports "
                    "in it: relatoria ingest --rebuild"
                )
            self._state = _state_key(stamp)

    # Changing

    def update(
        self,
        sources: Sources,
        embedder: Callable[[], Embedder],
        *,
        dry_run: bool = False,
        rebuild: bool = False,
        progress: ProgressCallback = lambda stage, done, total: None,
        waiting: Callable[[], object] = lambda: None,
        limits: ReadLimits | None = None,
        instead: Mapping[Path, Path] | None = None,
    ) -> UpdateResult:
        """Synchronize the index with the files, incrementally.

        A file that cannot be read within its ``limits`` is listed in ``failed`` and leaves its report as it
        was. ``rebuild`` makes everything anew, from the files and from the reports that the index holds. ``waiting``
        is called before waiting for another ingest. ``instead``, for a dry run only, maps files of the index to
        replacements, to preview what they would change.
        """
        began = time.monotonic()
        limits = limits or ReadLimits()
        if dry_run:
            outcome = UpdateRun(self._plan(sources, rebuild, instead, ocr=limits.ocr))
            return self._result(outcome, began, self._diff_plan(outcome, embedder, limits, progress))
        with hold_write_lock(self.folder, waiting):
            stamp = self.store.stamp()
            if stamp and not rebuild:
                self._check_format(stamp)
                self._check_model(stamp)
                self._check_backend(stamp)
            rebuild = rebuild or self._vectors_are_lost()
            outcome = UpdateRun(self._plan(sources, rebuild, ocr=limits.ocr))
            if not outcome.plan.is_empty:
                self._apply(outcome, embedder, limits, progress, anew=rebuild)
            if stamp or outcome.added:
                drop_unreferenced(self.store, self._vectors(), everything=rebuild)
                append_history(self.folder, sources, result := self._result(outcome, began))
                return result
            return self._result(outcome, began)

    def put(self, reports: Iterable[tuple[Path, Report, Iterable[Passage]]], model: Embedder) -> None:
        """Add reports that are already split, each with its source file, in one transaction."""
        with hold_write_lock(self.folder):
            with self._begin_transaction(lambda: model) as into:
                for source, report, passages in reports:
                    into.put(report, source, passages)
                into.embed(lambda stage, done, total: None)
            drop_unreferenced(self.store, self._vectors())

    def remove(self, report_id: str, waiting: Callable[[], object] = lambda: None) -> None:
        """Remove one report. Raises RelatoriaError when it is not in the index."""
        self.check()
        with hold_write_lock(self.folder, waiting):
            if self.store.report(report_id) is None:
                raise unknown_value("report", report_id, self.store.report_ids())
            with self._begin_transaction() as into:
                into.writer.drop(report_id)
            drop_unreferenced(self.store, self._vectors())

    def _check_format(self, stamp: Mapping[str, str]) -> None:
        if (found := stamp.get("format")) != INDEX_FORMAT:
            raise IndexMismatch(
                f"The index in {self.folder} has format {found}, made by relatoria {stamp.get('relatoria')}; "
                f"this version reads format {INDEX_FORMAT}. Delete that folder or choose another with --index, "
                "then type: relatoria ingest"
            )

    def _check_model(self, stamp: Mapping[str, str]) -> None:
        if (made_with := stamp.get("model")) != self.model:
            raise IndexMismatch(
                f"The index in {self.folder} was made with the embedding model {made_with}, not {self.model}. "
                "Choose the model it was made with, or make it anew: relatoria ingest --rebuild"
            )

    def _check_backend(self, stamp: Mapping[str, str]) -> None:
        if not self.backend.accepts_generation(stamp.get("vectors", "")):
            raise IndexMismatch(self.backend.mismatch_message(self.folder))

    def _vectors_are_lost(self) -> bool:
        """Whether vectors are missing that the index, or a killed ingest, refers to."""
        tokens, named = self.store.tokens, self.store.stamp() and self.store.count_vectors()
        if tokens.is_rebuilding or not (named or tokens.exists):
            return tokens.is_rebuilding
        return not (tokens.exists and self._vectors().exists)

    def _vectors(self, *, anew: bool = False) -> PassageVectors:
        return self.vectors.for_update(self.store.stamp(), anew=anew)

    # What the files say

    def _plan(
        self, sources: Sources, anew: bool, instead: Mapping[Path, Path] | None = None, *, ocr: bool = False
    ) -> UpdatePlan:
        stamp = self.store.stamp()
        if stamp:
            self._check_format(stamp)
            if not anew:
                self._check_model(stamp)
        trust = stamp.get("relatoria") == version("relatoria") and not ocr  # else files may be read in another way
        return plan_update(self.store, sources, trust=trust, anew=anew, empty=not stamp, instead=instead or {})

    def _diff_plan(
        self, outcome: UpdateRun, model: Callable[[], Embedder], limits: ReadLimits, progress: ProgressCallback
    ) -> RecordDiff:
        """Diff the records that an ingest would change."""
        parts = [diff_records(self.store.passages(report_id), ()) for report_id in outcome.plan.removed]
        with closing(outcome.parse_files(limits, progress)) as files:
            for file in files:
                if file.is_new:
                    before = self.store.passages(file.report.id) if file.todo.old else ()
                    parts.append(diff_records(before, judge_report(file.report, file.passages, self.model, model)))
        return outcome.count_records(merge_diffs(parts))

    # What becomes of it

    @contextmanager
    def _begin_transaction(
        self, model: Callable[[], Embedder] = _unexpected_embedder, *, anew: bool = False
    ) -> Iterator[IndexTransaction]:
        stamp, vectors = self.store.stamp(), self._vectors(anew=anew)
        with begin_transaction(self.store, vectors, self.model, model, anew=anew) as into:
            yield into
            if (stamp or into.writer.changed) and stamp.get("vectors", "") != vectors.generation:
                into.writer.write_stamp({"vectors": vectors.generation})

    def _apply(
        self,
        outcome: UpdateRun,
        model: Callable[[], Embedder],
        limits: ReadLimits,
        progress: ProgressCallback,
        *,
        anew: bool,
    ) -> None:
        what = outcome.plan
        with self._begin_transaction(model, anew=anew) as into:
            writer = into.writer
            for report_id in what.removed:
                outcome.count_records(diff_records(self.store.passages(report_id), ()))
                writer.drop(report_id)
            for report_id, target in what.moved:
                writer.move(report_id, target)
            for path in what.to_forget:
                writer.forget_file(path)
            with closing(outcome.parse_files(limits, progress)) as files:
                for file in files:
                    self._apply_file(into, file, outcome, model, anew=anew)
            for report_id in what.to_rebuild if anew else ():
                into.put_from_store(report_id)
            for seen in what.to_remember:
                writer.remember_file(seen)
            into.embed(progress)

    def _apply_file(
        self,
        into: IndexTransaction,
        file: ParsedReport,
        outcome: UpdateRun,
        model: Callable[[], Embedder],
        *,
        anew: bool,
    ) -> None:
        """Write one parsed file's report, unless the index has it already."""
        report, path = file.report, file.todo.seen.path
        if file.is_new or anew:
            passages = judge_report(report, file.passages, self.model, model)
            if file.is_new:
                before = self.store.passages(report.id) if file.todo.old else ()
                outcome.count_records(diff_records(before, passages))
            into.put(report, path, passages, file.digest)
        else:
            into.writer.move(report.id, path)
        into.remember_files((file.todo.seen, *file.todo.copies), report.id)

    def _result(self, outcome: UpdateRun, began: float, records: RecordDiff | None = None) -> UpdateResult:
        there = bool(self.store.stamp())
        return UpdateResult(
            reports=self.store.count_reports() if there else 0,
            passages=self.store.count() if there else 0,
            recommendations=self.store.count(ACTS) if there else 0,
            added=tuple(outcome.added),
            changed=tuple(outcome.changed),
            removed=tuple(outcome.plan.removed),
            unchanged=(*outcome.plan.unchanged, *outcome.unchanged),
            copies=(*outcome.plan.copies, *outcome.copies),
            failed=tuple(outcome.plan.failed),
            counts=outcome.counts,
            records=records,
            seconds=round(time.monotonic() - began, 3),
            warnings=tuple(outcome.warnings),
        )
