"""Texts as vectors: words 1-2 and pieces of words 3-5, weighed by rarity (TF-IDF), so that typos and endings match.

Methods B: sublinear term frequency, length 1, error codes twice as heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from etl.grouping.rules import CODE_WEIGHT

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Marks = NDArray[np.uint64]

#: Stands before an error code in a text, so that no word of the subject is taken for one.
CODE_MARK = "¤"
#: An odd number (of 2^64 by the golden ratio) that keeps the hash of one word before another from its own as second.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def distinct(first: Integers, second: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """The distinct pairs of two columns (NONE and up) in order, the place of each row's pair, and how many rows it has.

    As one whole number a pair: many times faster than to sort rows.
    """
    width = int(second.max(initial=0)) + 2
    names, place, times = np.unique((first + 1) * width + second + 1, return_inverse=True, return_counts=True)
    return names // width - 1, names % width - 1, place, times


#: Pieces of words, counted.
_PIECES: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (3, 5), "lowercase": False, "dtype": np.float32}


def weighed(texts: Sequence[str]) -> sparse.csr_matrix:
    """One row of length 1 a text, each feature weighed by how few of these texts have it; no word: a row of zeros.

    Pieces of words are those of scikit-learn's ``char_wb``. They are cut from each distinct word once, and a text has
    the pieces of its words: subjects share their words, so that this is many times faster than to cut up every text.
    """
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.preprocessing import normalize

    if not any(text.strip() for text in texts):
        return sparse.csr_matrix(np.zeros((len(texts), 1), dtype=np.float32))
    words, counted, is_code, single, _ = _counted(texts)
    cut = CountVectorizer(**_PIECES)
    pieces = single @ cut.fit_transform(words)
    by_rarity = TfidfTransformer(sublinear_tf=True, norm=None)
    heavy = np.where(is_code, np.float64(CODE_WEIGHT), 1.0)
    by_words = normalize(by_rarity.fit_transform(counted) @ sparse.diags(heavy), copy=False)
    by_pieces = normalize(by_rarity.fit_transform(pieces), copy=False)
    by_pieces.sort_indices()
    return sparse.csr_matrix(normalize(_side_by_side(by_words, by_pieces), copy=False))


@dataclass(frozen=True)
class Features:
    """Words, or pieces of them, by a hash of each (in order): how many texts have it, and its column."""

    marks: Marks
    counts: Integers
    place: Integers

    def grown(self, marks: Marks, width: int) -> Features:
        """With those never seen before, which no text has, in columns from ``width`` on."""
        new = np.setdiff1d(marks, self.marks)
        every = np.concatenate([self.marks, new])
        order = np.argsort(every)
        counts = np.concatenate([self.counts, np.zeros(len(new), dtype=np.int64)])
        return Features(every[order], counts[order], np.concatenate([self.place, width + np.arange(len(new))])[order])


@dataclass(frozen=True)
class Vocabulary:
    """Weights that stand still: what ``weighed`` would learn from some texts, for texts that come later."""

    documents: int
    words: Features
    pieces: Features

    @property
    def width(self) -> int:
        return len(self.words.marks) + len(self.pieces.marks)

    def read(self, texts: Sequence[str]) -> tuple[sparse.csr_matrix, Vocabulary]:
        """One row of length 1 a text, and the vocabulary with what was new in them; columns stay what they are."""
        from sklearn.preprocessing import normalize

        if not any(text.strip() for text in texts):
            none, ends = np.empty(0, dtype=np.int32), np.zeros(len(texts) + 1, dtype=np.int32)
            return sparse.csr_matrix((none.astype(np.float32), none, ends), shape=(len(texts), self.width)), self
        words, pieces = _marked(texts)
        grown_words = self.words.grown(words.marks, self.width)
        more = len(grown_words.marks) - len(self.words.marks)
        grown = Vocabulary(self.documents, grown_words, self.pieces.grown(pieces.marks, self.width + more))
        left, right = grown._weighed(words, grown.words), grown._weighed(pieces, grown.pieces)
        both = _side_by_side(left, right)
        columns = np.concatenate([_column(words.marks, grown.words), _column(pieces.marks, grown.pieces)])
        shape = (len(texts), grown.width)
        found = sparse.csr_matrix((both.data, columns[both.indices].astype(np.int32), both.indptr), shape=shape)
        found.sort_indices()
        return sparse.csr_matrix(normalize(found, copy=False)), grown

    def _weighed(self, told: _Marked, known: Features) -> sparse.csr_matrix:
        """Smooth rarity, sublinear counts (scikit-learn's ``TfidfTransformer``), length 1."""
        from sklearn.preprocessing import normalize

        texts = known.counts[np.searchsorted(known.marks, told.marks)]
        rarity = (np.log((1 + self.documents) / (1 + texts)) + 1) * told.heavy
        data = (np.log(told.counted.data) + 1) * rarity[told.counted.indices].astype(np.float32)
        weights = sparse.csr_matrix((data, told.counted.indices, told.counted.indptr), shape=told.counted.shape)
        return sparse.csr_matrix(normalize(weights, copy=False))


@dataclass(frozen=True)
class _Marked:
    """How often each text has each feature, a hash of each, and how much heavier than others each is."""

    counted: sparse.csr_matrix
    marks: Marks
    heavy: Floats


def vocabulary(texts: Sequence[str]) -> Vocabulary:
    """What there is to know of these texts; the columns are in the order of the hashes."""
    learned: list[Features] = []
    for told in _marked(texts):
        order = np.argsort(told.marks)
        counts = np.bincount(told.counted.indices, minlength=len(order))
        first = len(learned[0].marks) if learned else 0
        learned.append(Features(told.marks[order], counts[order].astype(np.int64), first + np.arange(len(order))))
    return Vocabulary(len(texts), *learned)


def hashed(names: Sequence[str]) -> Marks:
    """A hash of each name, the same in every run."""
    from pandas.util import hash_array

    return np.asarray(hash_array(np.array([*names], dtype=object), categorize=False), dtype=np.uint64)


def _column(marks: Marks, known: Features) -> Integers:
    return known.place[np.searchsorted(known.marks, marks)]


def _marked(texts: Sequence[str]) -> tuple[_Marked, _Marked]:
    """Words and pieces; there must be a word."""
    from sklearn.feature_extraction.text import CountVectorizer

    words, counted, is_code, single, names = _counted(texts)
    marks = np.append(np.uint64(0), hashed(words))
    # Two words are marked by both; one by itself.
    phrase = marks[names // (len(words) + 1) + 1] * _SPREAD + marks[names % (len(words) + 1)]
    cut = CountVectorizer(**_PIECES)
    pieces = sparse.csr_matrix(single @ cut.fit_transform(words))
    pieces.sort_indices()
    alone = hashed(cut.get_feature_names_out().tolist())
    by_words = _Marked(counted, phrase, np.where(is_code, CODE_WEIGHT, 1.0))
    return by_words, _Marked(pieces, alone, np.ones(len(alone)))


def _counted(
    texts: Sequence[str],
) -> tuple[list[str], sparse.csr_matrix, NDArray[np.bool_], sparse.csr_matrix, Integers]:
    """The words in order; how often each text has each word or two in a row; which of these hold a code; each word;
    the two words of each column as one number.

    What scikit-learn's ``CountVectorizer`` counts, as sorted numbers, which is several times faster.
    """
    split = [text.split() for text in texts]
    lengths = np.array([len(each) for each in split], dtype=np.int64)
    said = [word for each in split for word in each]
    words = sorted(set(said))
    number = dict(zip(words, range(len(words)), strict=True))
    word = np.fromiter(map(number.__getitem__, said), dtype=np.int64, count=len(said))
    row = np.repeat(np.arange(len(texts)), lengths)
    inside = np.flatnonzero(np.diff(row) == 0)
    # A word alone comes before the same word and another: as in the order of the alphabet.
    width = len(words) + 1
    phrase = np.concatenate([word * width, word[inside] * width + word[inside + 1] + 1])
    names, column = np.unique(phrase, return_inverse=True)
    counted = _matrix(np.concatenate([row, row[inside]]), column, (len(texts), len(names)))
    has_code = np.array([CODE_MARK in each for each in words])
    is_code = has_code[names // width] | ((names % width > 0) & has_code[names % width - 1])
    return words, counted, is_code, _matrix(row, word, (len(texts), len(words))), names


def _side_by_side(left: sparse.csr_matrix, right: sparse.csr_matrix) -> sparse.csr_matrix:
    """What ``sparse.hstack`` makes, without going through coordinates: each row's left part, then its right."""
    # Whole numbers of 32 bits where they do: half the memory of what is largest here.
    narrow: Any = np.int32 if left.nnz + right.nnz < 2**31 else np.int64
    ends = left.indptr.astype(narrow) + right.indptr.astype(narrow)
    of_left = np.arange(left.nnz) + np.repeat(right.indptr[:-1], np.diff(left.indptr))
    of_right = np.arange(right.nnz) + np.repeat(left.indptr[1:], np.diff(right.indptr))
    columns, values = np.empty(ends[-1], dtype=narrow), np.empty(ends[-1], dtype=np.float32)
    columns[of_left], columns[of_right] = left.indices, right.indices + left.shape[1]
    values[of_left], values[of_right] = left.data, right.data
    return sparse.csr_matrix((values, columns, ends), shape=(left.shape[0], left.shape[1] + right.shape[1]))


def _matrix(row: Integers, column: Integers, shape: tuple[int, int]) -> sparse.csr_matrix:
    """How often each row has each column, in order."""
    found = sparse.coo_matrix((np.ones(len(row), dtype=np.float32), (row, column)), shape=shape).tocsr()
    found.sort_indices()
    return found


def cosines(vectors: sparse.csr_matrix, first: Integers, second: Integers) -> Floats:
    """The likeness of pairs of rows."""
    found = np.empty(len(first))
    for start in range(0, len(first), 50_000):
        part = slice(start, start + 50_000)
        found[part] = np.asarray(vectors[first[part]].multiply(vectors[second[part]]).sum(axis=1)).ravel()
    return found


def cosines_to(centres: sparse.csr_matrix, vectors: sparse.csr_matrix, first: Integers, second: Integers) -> Floats:
    """The likeness of pairs of a row and a centre: many rows have one centre, which is spread out for them once."""
    found = np.empty(len(first))
    order = np.argsort(second, kind="stable")
    wide = np.zeros(centres.shape[1], dtype=centres.dtype)
    for rows in np.split(order, np.flatnonzero(np.diff(second[order])) + 1) if len(order) else []:
        centre = slice(*centres.indptr[second[rows[0]] :][:2])
        wide[centres.indices[centre]] = centres.data[centre]
        found[rows] = vectors[first[rows]] @ wide
        wide[centres.indices[centre]] = 0
    return found


def alike(vectors: sparse.csr_matrix, others: sparse.csr_matrix, threshold: float) -> tuple[Integers, Integers, Floats]:
    """Pairs of a row and one of ``others`` whose cosine is ``threshold`` at least: (row, other, cosine)."""
    products = (vectors @ others.T.tocsr()).tocoo()
    keep = products.data >= threshold
    return products.row[keep].astype(np.int64), products.col[keep].astype(np.int64), products.data[keep].astype(float)
