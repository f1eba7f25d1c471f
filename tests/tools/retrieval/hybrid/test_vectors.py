"""Packed vectors give nearly the products that they gave before."""

import numpy as np

from stylegraph.tools.retrieval.hybrid.vectors import pack, products, size


def test_products_keep_three_digits():
    generator = np.random.default_rng(2)
    vectors, queries = generator.normal(size=(2, 40, 512)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = queries[:3] / np.linalg.norm(queries[:3], axis=1, keepdims=True)
    data = pack(vectors[:25]) + pack(vectors[25:])
    assert len(data) == 40 * size(512)
    assert np.abs(products(data, queries) - vectors @ queries.T).max() < 0.003


def test_none_and_nothing_are_packed_too():
    assert pack(np.zeros((0, 8), np.float32)) == b""
    assert not products(pack(np.zeros((1, 8), np.float32)), np.ones((1, 8), np.float32)).any()
