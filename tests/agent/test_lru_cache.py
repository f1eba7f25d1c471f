"""What was used lately stays, and what was not used longest goes."""

from __future__ import annotations

from stylegraph.agent.lru_cache import LRUCache


def test_what_is_recalled_stays_and_what_was_not_used_longest_goes():
    cache = LRUCache(2)
    cache.keep({"a": 1, "b": 2})
    assert cache.recall(["a", "x", "a"]) == {"a": 1}
    cache.keep({"c": 3})
    assert cache.recall(["a", "b", "c"]) == {"a": 1, "c": 3}


def test_of_more_than_it_keeps_the_last_stay():
    cache = LRUCache(2)
    cache.keep({number: number for number in range(5)})
    assert [*cache] == [3, 4]
