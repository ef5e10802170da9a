"""A cache for functions of a text that is bounded in bytes: long texts are computed anew, never kept."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[Concatenate[str, P], T]


def cache_short(entries: int, characters: int) -> Callable[[Function[P, T]], Function[P, T]]:
    """Decorate a function with an lru_cache of so many entries, for texts (its first argument) of so many characters.

    >>> measure = cache_short(2, 3)(lambda text: [text])
    >>> measure("abc") is measure("abc"), measure("abcd") is measure("abcd")
    (True, False)
    """

    def decorate(function: Function[P, T]) -> Function[P, T]:
        kept = lru_cache(entries)(function)

        @wraps(function)
        def cached(text: str, /, *others: P.args, **named: P.kwargs) -> T:
            return (kept if len(text) <= characters else function)(text, *others, **named)

        vars(cached)["cache_clear"] = kept.cache_clear
        return cached

    return decorate
