"""Texts as vectors: words 1-2 and pieces of words 3-5, weighed by rarity (TF-IDF), so that typos and endings match.

Methods B: sublinear term frequency, length 1, error codes twice as heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from etl.grouping.rules import CODE_WEIGHT

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Stands before an error code in a text, so that no word of the subject is taken for one.
CODE_MARK = "¤"


def distinct(first: Integers, second: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """The distinct pairs of two columns (NONE and up) in order, the place of each row's pair, and how many rows it has.

    As one whole number a pair: many times faster than to sort rows.
    """
    width = int(second.max(initial=0)) + 2
    names, place, times = np.unique((first + 1) * width + second + 1, return_inverse=True, return_counts=True)
    return names // width - 1, names % width - 1, place, times


def weighed(texts: Sequence[str]) -> sparse.csr_matrix:
    """One row of length 1 a text, each feature weighed by how few of these texts have it; no word: a row of zeros.

    Pieces of words are those of scikit-learn's ``char_wb``. They are cut from each distinct word once, and a text has
    the pieces of its words: subjects share their words, so that this is many times faster than to cut up every text.
    """
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.preprocessing import normalize

    if not any(text.strip() for text in texts):
        return sparse.csr_matrix(np.zeros((len(texts), 1), dtype=np.float32))
    common: dict[str, Any] = {"lowercase": False, "dtype": np.float32}
    phrases = CountVectorizer(tokenizer=str.split, token_pattern=None, ngram_range=(1, 2), **common)
    words = CountVectorizer(tokenizer=str.split, token_pattern=None, **common)
    counted, single = phrases.fit_transform(texts), words.fit_transform(texts)
    cut = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), **common)
    pieces = single @ cut.fit_transform(words.get_feature_names_out())
    by_rarity = TfidfTransformer(sublinear_tf=True, norm=None)
    heavy = np.array([CODE_WEIGHT if CODE_MARK in name else 1.0 for name in phrases.get_feature_names_out()])
    by_words = normalize(by_rarity.fit_transform(counted) @ sparse.diags(heavy), copy=False)
    by_pieces = normalize(by_rarity.fit_transform(pieces), copy=False)
    both = sparse.hstack([by_words, by_pieces], format="csr", dtype=np.float32)
    return sparse.csr_matrix(normalize(both, copy=False))


def cosines(
    vectors: sparse.csr_matrix, first: Integers, second: Integers, others: sparse.csr_matrix | None = None
) -> Floats:
    """The likeness of pairs of rows; ``second`` are rows of ``others``, if given."""
    other = vectors if others is None else others
    found = np.empty(len(first))
    for start in range(0, len(first), 50_000):
        part = slice(start, start + 50_000)
        both = vectors[first[part]].multiply(other[second[part]])
        found[part] = np.asarray(both.sum(axis=1)).ravel()
    return found


def alike(vectors: sparse.csr_matrix, others: sparse.csr_matrix, threshold: float) -> tuple[Integers, Integers, Floats]:
    """Pairs of a row and one of ``others`` whose cosine is ``threshold`` at least: (row, other, cosine)."""
    products = (vectors @ others.T.tocsr()).tocoo()
    keep = products.data >= threshold
    return products.row[keep].astype(np.int64), products.col[keep].astype(np.int64), products.data[keep].astype(float)
