"""The index: report files into records, words and vectors, as one transaction.

Order is what makes it safe. Vectors of new content go to Chroma first, under ids made from that
content, where nothing refers to them yet; then one SQLite transaction makes the new state the
state; then vectors that nothing names any more are dropped. Killed anywhere, the last complete
state stands, and the next ingest clears what was left over.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from ingest.errors import IndexMismatch, NoIndex, RelatoriaError, StorageFailed, UnreadableReport
from ingest.report import Kind, Passage, Report
from ingest.sources import Sources
from ingest.split import split
from ingest.text import file_hash, read_text, readable_id
from retrieval.embedding import Embedder
from retrieval.searchable import Vocabulary, searchable
from retrieval.store import Indexed, Store, Tokens, Writer
from retrieval.vectors import Vectors
from retrieval.words import stems

FORMAT = "1"  # of the files on disk and of the records in them; a change means: make anew
_FLUSH = 1_000  # vectors handed to Chroma in one go
_LOCK_PATIENCE = 600  # seconds that a second ingest waits for the first

Progress = Callable[[int, int], None]  # passages embedded so far, passages to embed


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that did not go in, and why."""

    file: Path
    error: str


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest found and did; the first three count the index as it is afterwards."""

    reports: int
    passages: int
    recommendations: int
    added: tuple[str, ...]  # report ids
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the files say should change."""

    put: dict[Path, Report]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]


class Index:
    """One folder with a Store and its Vectors, made by one embedding model."""

    def __init__(self, folder: Path, model: str) -> None:
        self.folder = folder
        self.model = model
        self.store = Store(folder)
        self.vectors = Vectors(folder / "chroma", model)

    def check(self) -> dict[str, str]:
        """The index's stamp. Raises NoIndex or IndexMismatch, saying what to type."""
        stamp = self.store.stamp()
        if self.folder.exists() and not self.folder.is_dir():
            raise NoIndex(f"{self.folder} is a file, not an index. Choose a folder with --index.")
        if not stamp:
            raise NoIndex(f"There is no index in {self.folder} yet. Type: relatoria ingest")
        self._check_stamp(stamp)
        if not self.store.count_reports():
            raise NoIndex(f"The index in {self.folder} is empty. Type: relatoria ingest")
        return stamp

    def update(
        self,
        sources: Sources,
        embedder: Callable[[], Embedder],
        *,
        dry_run: bool = False,
        rebuild: bool = False,
        progress: Progress = lambda done, total: None,
    ) -> Ingested:
        """Make the index say what the files say; what has not changed is not done again.

        A file that cannot be read is listed in ``failed`` and leaves its report as it was.
        ``rebuild`` makes everything anew, from the files and from the reports the index holds.
        """
        began = time.monotonic()
        if dry_run:
            return self._result(self._plan(sources, rebuild), began)
        with self._locked():
            stamp = self.store.stamp()
            if stamp and not rebuild:
                self._check_stamp(stamp)
                rebuild = not self.vectors.there  # they were lost
            plan = self._plan(sources, rebuild)
            if plan.put or plan.removed:
                self._apply(plan, embedder, rebuild, progress)
            return self._result(plan, began)

    def put(self, reports: Iterable[tuple[Path, Report, Iterable[Passage]]], model: Embedder) -> None:
        """Reports whose passages are at hand, each with where it came from, as one change."""
        with self._locked(), self._change() as writer:
            self._write(writer, reports, model, lambda done, total: None)

    def remove(self, report_id: str) -> None:
        """Take one report out. Raises RelatoriaError when it is not there."""
        self.check()
        with self._locked():
            if self.store.report(report_id) is None:
                known = ", ".join(self.store.report_ids())
                raise RelatoriaError(f"There is no report {report_id!r} in the index. There are: {known or 'none'}")
            with self._change() as writer:
                writer.drop(report_id)

    def _check_stamp(self, stamp: dict[str, str]) -> None:
        if (found := stamp.get("format")) != FORMAT:
            raise IndexMismatch(
                f"The index in {self.folder} has format {found}, made by relatoria {stamp.get('relatoria')}; "
                f"this version reads format {FORMAT}. Delete that folder or choose another with --index, "
                "then type: relatoria ingest"
            )
        if (made_with := stamp.get("model")) != self.model:
            raise IndexMismatch(
                f"The index in {self.folder} was made with the embedding model {made_with}, not {self.model}. "
                "Choose the model it was made with, or make it anew: relatoria ingest --rebuild"
            )

    def _plan(self, sources: Sources, rebuild: bool) -> _Plan:
        stamp = self.store.stamp()
        if stamp and not rebuild:
            self._check_stamp(stamp)
        known = self.store.reports() if stamp else {}
        taken = {report.id for report in known.values()}
        homes = {report.file_hash: source for source, report in known.items()}  # of every content, one
        put: dict[Path, Report] = {}
        moved: set[str] = set()  # sources that are no longer, of reports that are
        failed = [Failure(folder, error) for folder, error in sources.unlisted]
        added, changed, unchanged = list[str](), list[str](), list[str]()
        for file in sources.files:
            old = known.get(str(file))
            report_id = old.id if old else _free_id(readable_id(file.stem), taken)
            try:
                report = read_text(file, report_id)
            except UnreadableReport as error:
                failed.append(Failure(file, str(error)))
                continue
            if report == old:
                unchanged.append(report_id)
                continue
            home = homes.get(report.file_hash) if old is None else None
            if home and not Path(home).exists():  # it was moved or renamed: it keeps its records
                put[file] = replace(report, id=known[home].id)
                unchanged.append(known[home].id)
                homes[report.file_hash] = str(file)
                moved.add(home)
                continue
            if home and _holds(Path(home), report.file_hash):  # a copy says nothing new
                unchanged.append((known.get(home) or put[Path(home)]).id)
                continue
            (changed if old else added).append(report_id)
            taken.add(report_id)
            homes[report.file_hash] = str(file)
            put[file] = report
        found = {str(file) for file in sources.files} | moved
        gone = {source: old for source, old in known.items() if source not in found and sources.covers(Path(source))}
        if rebuild:
            kept = {Path(source): old for source, old in known.items() if source not in gone.keys() | moved}
            put = kept | put
        removed = tuple(old.id for old in gone.values())
        return _Plan(put, tuple(added), tuple(changed), removed, tuple(unchanged), tuple(failed))

    def _apply(self, plan: _Plan, embedder: Callable[[], Embedder], rebuild: bool, progress: Progress) -> None:
        model = embedder() if plan.put else None
        if rebuild:
            self.vectors.mend()
        with self._change() as writer:
            if rebuild:
                writer.clear()
            for report_id in plan.removed:
                writer.drop(report_id)
            if model is not None:
                reports = ((source, report, split(report)) for source, report in plan.put.items())
                self._write(writer, reports, model, progress)

    def _write(
        self,
        writer: Writer,
        reports: Iterable[tuple[Path, Report, Iterable[Passage]]],
        model: Embedder,
        progress: Progress,
    ) -> None:
        """Reports with their passages into the transaction; what is new of their vectors is embedded."""
        texts: dict[str, str] = {}  # what is to be embedded, by vector id
        for source, report, passages in reports:
            vocabulary = Vocabulary(report.text)
            writer.put(report, source, (self._record(one, vocabulary, model, texts) for one in passages))
        new = {one: texts[one] for one in sorted(writer.missing(texts))}
        self._embed(new, model, writer, progress)

    def _record(self, passage: Passage, vocabulary: Vocabulary, model: Embedder, texts: dict[str, str]) -> Indexed:
        """A passage ready for the store; the texts its vectors are made from are added to ``texts``."""
        searched = searchable(passage, vocabulary)
        windows = {_vector_id(self.model, window): window for text in searched for window in model.windows(text)}
        texts.update(windows)
        return Indexed(passage, stems(" ".join([*passage.headings, *searched]), passage.language), tuple(windows))

    def _embed(self, texts: dict[str, str], model: Embedder, writer: Writer, progress: Progress) -> None:
        """Vectors to Chroma and token vectors to the transaction, some at a time."""
        ids = list(texts)
        some: dict[str, NDArray[np.float32]] = {}
        if ids:
            progress(0, len(ids))
        for done, (i, encoded) in enumerate(model.passages([texts[one] for one in ids]), start=1):
            writer.put_tokens(ids[i], Tokens.of(encoded.tokens))
            some[ids[i]] = encoded.vector
            if len(some) == _FLUSH or done == len(ids):
                self.vectors.put(list(some), np.stack(list(some.values())))
                some.clear()
            progress(done, len(ids))

    @contextmanager
    def _change(self) -> Iterator[Writer]:
        """One transaction, then the vectors that it left without a name are dropped."""
        with self.store.transaction() as writer:
            yield writer
            writer.drop_unused_tokens()
            writer.count_languages()
            writer.stamp({"format": FORMAT, "model": self.model, "relatoria": version("relatoria")})
            writer.stamp({"fingerprint": writer.fingerprint()})
        with suppress(StorageFailed):  # the new state stands; what was left over is dropped next time
            self.vectors.keep_only(self.store.vector_ids())

    def _result(self, plan: _Plan, began: float) -> Ingested:
        there = bool(self.store.stamp())
        return Ingested(
            reports=self.store.count_reports() if there else 0,
            passages=self.store.count() if there else 0,
            recommendations=self.store.count(Kind.RECOMMENDATION) if there else 0,
            added=plan.added,
            changed=plan.changed,
            removed=plan.removed,
            unchanged=plan.unchanged,
            failed=plan.failed,
            seconds=round(time.monotonic() - began, 3),
        )

    def _locked(self) -> AbstractContextManager[object]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return FileLock(self.folder / "writer.lock", timeout=_LOCK_PATIENCE).acquire()
        except Timeout as error:
            raise StorageFailed(
                f"Another ingest has been writing to {self.folder} for {_LOCK_PATIENCE // 60} minutes. Try again later."
            ) from error
        except OSError as error:
            raise StorageFailed(
                f"The index folder {self.folder} cannot be written to ({error.strerror}). "
                "Choose another with --index, or free the disk. Nothing was changed."
            ) from error


def _vector_id(model: str, text: str) -> str:
    return hashlib.sha256(f"{model}\0{text}".encode()).hexdigest()[:32]


def _free_id(wanted: str, taken: Iterable[str]) -> str:
    """The id, or with the first number that makes it unique: "informe", "informe-2"."""
    used = set(taken)
    candidates = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(used) + 2))
    return next(one for one in candidates if one not in used)


def _holds(file: Path, content: str) -> bool:
    """Whether a file still has the content of that hash."""
    try:
        return file_hash(file) == content
    except UnreadableReport:
        return False
