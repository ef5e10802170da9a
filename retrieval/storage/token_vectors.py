"""Stores 4-bit quantized token vectors in a SQLite file of their own, under content-derived ids.

They are committed in small batches while the index's transaction is still open, so that the next ingest
can use the work of a killed one. What is ``fresh`` was announced by an ingest that has not finished: the
index may or may not refer to it, and it may or may not be among the passage vectors.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.storage.database import Database

TOKENS_FILE = "tokens.sqlite"
_SCHEMA = """
create table tokens (vector_id text primary key, mean blob not null, numbers blob not null, codes blob not null);
create table fresh (vector_id text primary key) without rowid;
create table rebuilding (since text primary key) without rowid;
"""
_PAGE = 5_000  # ids held at one time
_ZERO_CODE = 8  # the code of nothing; 4 bits hold 1 to 15 for -7 to 7
_MAX_LEVEL = 7


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Token vectors of one window, quantized to 4 bits a component: ``mean + scale x (code - 8)``.

    What the window's tokens have in common, half of a vector's length and more, is kept once; the 4 bits
    are for what tells them apart, which loses nothing that can be measured (docs/search.md). Two products
    are kept beside the scale, so that lengths need not be found anew with every question.
    """

    mean: NDArray[np.float32]  # (d,)
    token_scales: NDArray[np.float32]  # (t, 3): scale, r . r and r . mean, where r = scale x (code - 8)
    codes: NDArray[np.uint8]  # (t, (d + 1) / 2): the first half of the components in the low bits

    @classmethod
    def quantize(cls, vectors: NDArray[np.float32]) -> "TokenVectors":
        """Quantize (t, d) token vectors."""
        count, width = vectors.shape
        mean = vectors.mean(axis=0) if count else np.zeros(width, np.float32)
        rest = vectors - mean
        scales = (np.abs(rest).max(axis=1, initial=1e-9) / _MAX_LEVEL).astype(np.float32)
        steps = np.rint(rest / scales[:, None])
        kept = steps * scales[:, None]
        numbers = np.stack([scales, (kept * kept).sum(axis=1), kept @ mean], axis=1).astype(np.float32)
        codes = np.full((count, width + width % 2), _ZERO_CODE, np.uint8)
        codes[:, :width] = steps + _ZERO_CODE
        low, high = np.hsplit(codes, 2)
        return cls(mean.astype(np.float32), numbers, low | high << 4)

    def dequantize(self) -> NDArray[np.float32]:
        """Dequantize to (t, d); the error is at most 1/14 of a token's largest component distance from the mean."""
        codes = np.concatenate([self.codes & 15, self.codes >> 4], axis=1)[:, : len(self.mean)]
        kept: NDArray[np.float32] = self.mean + (codes.astype(np.float32) - _ZERO_CODE) * self.token_scales[:, :1]
        return kept

    def __len__(self) -> int:
        return len(self.token_scales)


class TokenStore:
    """Token vectors by vector id. What is here is in Chroma as well: it was written there first."""

    def __init__(self, folder: Path) -> None:
        self._db = Database(folder / TOKENS_FILE, _SCHEMA)

    @property
    def exists(self) -> bool:
        return self._db.exists

    def get(self, vector_ids: Iterable[str]) -> dict[str, TokenVectors]:
        """Look up token vectors; unknown ids are left out."""
        query = "select vector_id, mean, numbers, codes from tokens where vector_id in (%s)"
        return {row[0]: _tokens_from_row(*row[1:]) for row in self._db.rows_in(query, vector_ids)}

    def missing(self, vector_ids: Collection[str]) -> set[str]:
        """The ids that have no token vectors yet."""
        there = (
            self._db.rows_in("select vector_id from tokens where vector_id in (%s)", vector_ids) if self.exists else ()
        )
        return set(vector_ids) - {row[0] for row in there}

    def announce(self, vector_ids: Iterable[str]) -> None:
        """Record vectors that are about to be written, so that they can be found if this ingest is killed."""
        with self._db.transaction() as db:
            db.executemany("insert or ignore into fresh values (?)", ((vector_id,) for vector_id in vector_ids))

    def put(self, tokens: Mapping[str, TokenVectors]) -> None:
        """Store token vectors and commit."""
        rows = (
            (name, *(part.tobytes() for part in (it.mean, it.token_scales, it.codes))) for name, it in tokens.items()
        )
        with self._db.transaction() as db:
            db.executemany("insert or replace into tokens values (?, ?, ?, ?)", rows)

    def drop(self, vector_ids: Iterable[str]) -> None:
        with self._db.transaction() as db:
            db.executemany("delete from tokens where vector_id = ?", ((vector_id,) for vector_id in vector_ids))

    def announced_ids(self) -> Iterator[list[str]]:
        """Iterate over the ids announced and not settled, in pages."""
        return self._pages("fresh") if self.exists else iter(())

    def all_ids(self) -> Iterator[list[str]]:
        """Iterate over all ids with token vectors, in pages."""
        return self._pages("tokens")

    def clear_announced(self) -> None:
        """Clear the announcements: all are now either referred to by the index or dropped."""
        with self._db.transaction() as db:
            db.execute("delete from fresh")
            db.execute("delete from rebuilding")

    def begin_rebuilding(self) -> None:
        """Mark a rebuild as begun: vectors of the index may be missing until everything is settled."""
        with self._db.transaction() as db:
            db.execute("insert or ignore into rebuilding values (datetime())")

    @property
    def has_unsettled(self) -> bool:
        """Whether there are announcements or an unfinished rebuild."""
        query = "select 1 from (select 1 from fresh union all select 1 from rebuilding) limit 1"
        return self.exists and self._db.first_row(query) is not None

    @property
    def is_rebuilding(self) -> bool:
        """Whether a rebuild was begun and not finished."""
        return self.exists and self._db.first_row("select 1 from rebuilding") is not None

    def close(self) -> None:
        """Close this thread's connection."""
        self._db.close()

    def _pages(self, table: str) -> Iterator[list[str]]:
        last = ""
        query = f"select vector_id from {table} where vector_id > ? order by vector_id limit {_PAGE}"
        while page := [row[0] for row in self._db.rows(query, last)]:
            yield page
            last = page[-1]


def _tokens_from_row(mean: bytes, numbers: bytes, codes: bytes) -> TokenVectors:
    there = np.frombuffer(numbers, np.float32).reshape(-1, 3)
    centre = np.frombuffer(mean, np.float32)
    packed = np.frombuffer(codes, np.uint8).reshape(len(there), (len(centre) + 1) // 2)
    return TokenVectors(centre, there, packed)
