"""Fitting of the text classifier: features, the two model families, and the calibration of confidence.

Only training needs this file; scikit-learn and scipy are imported inside the functions that use them, so that
a server which only suggests never pays for them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mulin.voices import grams
from mulin.voices.classifier import RIDGE_BLOCK, Counted, Model, count

MIN_TEXTS = {"ridge": 1, "ensemble": 3}
SVM_C, RATIO_C, RATIO_SMOOTHING = 1.0, 1.0, 0.1
RIDGE = 0.5
# A copy on both sides would make confidence look better than it is, so looser copies than usual count here.
CALIBRATION_FOLDS, CALIBRATION_COPIES = 2, 0.6


def fit(
    rows: Sequence[tuple[str, str]],
    labels: tuple[str, ...],
    sizes: tuple[int, ...],
    method: str,
    calibrate: bool = True,
) -> Model:
    """A model of `method` on all rows, its confidence calibrated on rows it did not see."""
    counted = [count(text, sizes) for _, text in rows]
    index = {label: k for k, label in enumerate(labels)}
    y = np.array([index[label] for label, _ in rows])
    model = _fit_counted(counted, y, labels, sizes, method)
    if calibrate:
        groups = grams.near_copies([text for _, text in rows], CALIBRATION_COPIES)
        model.slope = _calibrated_slope(counted, y, groups, labels, sizes, method)
    model.about = {"rows": len(rows), "method": method}
    return model


def _fit_counted(
    counted: Sequence[Counted], y: np.ndarray, labels: tuple[str, ...], sizes: tuple[int, ...], method: str
) -> Model:
    keys, texts_with = np.unique(np.concatenate([c.keys for c in counted]), return_counts=True)
    kept = texts_with >= MIN_TEXTS[method]
    if not kept.any():
        kept[:] = True
    vocabulary = keys[kept]
    idf = np.log((1 + len(counted)) / (1 + texts_with[kept])) + 1
    pointers, columns, values = _rows(counted, vocabulary, idf)
    build = _ridge if method == "ridge" else _ensemble
    return Model(
        labels,
        vocabulary,
        idf,
        sizes=sizes,
        **build(pointers, columns, values, y, len(vocabulary), len(labels)),
    )


def _rows(
    counted: Sequence[Counted], vocabulary: np.ndarray, idf: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compressed sparse rows (pointers, columns, values), each of length one."""
    pointers, columns, values = [0], [], []
    for item in counted:
        at = np.searchsorted(vocabulary, item.keys)
        at[at == len(vocabulary)] = 0
        known = vocabulary[at] == item.keys
        row = item.counts[known] * idf[at[known]]
        length = np.sqrt(row @ row)
        columns.append(at[known])
        values.append(row / length if length else row)
        pointers.append(pointers[-1] + len(row))
    return np.array(pointers), np.concatenate(columns), np.concatenate(values)


def _ridge(pointers, columns, values, y, width: int, classes: int) -> dict:
    """Ridge regression on +1/0 targets in its dual form: one solve of the size of the training set."""
    n = len(pointers) - 1
    row_of = np.repeat(np.arange(n), np.diff(pointers))
    target = np.zeros((n, classes))
    target[np.arange(n), y] = 1.0
    bias = target.mean(axis=0)
    gram = np.zeros((n, n), dtype=np.float32)
    for block, rows, cols, vals in _blocks(row_of, columns, values, width):
        dense = np.zeros((n, block), dtype=np.float32)
        dense[rows, cols] = vals
        gram += dense @ dense.T
    share = 1.0 / np.bincount(y, minlength=classes)[y]
    alpha = np.linalg.solve(gram + RIDGE * np.diag(share / share.mean()), target - bias)
    weights = np.zeros((width, classes), dtype=np.float32)
    begin = 0
    for block, rows, cols, vals in _blocks(row_of, columns, values, width):
        dense = np.zeros((n, block), dtype=np.float32)
        dense[rows, cols] = vals
        weights[begin : begin + block] = dense.T @ alpha.astype(np.float32)
        begin += block
    return {"weights": weights, "bias": np.zeros(classes)}


def _blocks(row_of, columns, values, width: int):
    """The matrix in slices of columns, so that it never stands dense in memory as a whole."""
    order = np.argsort(columns, kind="stable")
    row_of, columns, values = row_of[order], columns[order], values[order]
    for begin in range(0, width, RIDGE_BLOCK):
        end = min(width, begin + RIDGE_BLOCK)
        part = slice(np.searchsorted(columns, begin), np.searchsorted(columns, end))
        yield end - begin, row_of[part], columns[part] - begin, values[part]


def _ensemble(pointers, columns, values, y, width: int, classes: int) -> dict:
    from scipy.sparse import csr_matrix, diags
    from sklearn.preprocessing import normalize
    from sklearn.svm import LinearSVC

    x = csr_matrix((values, columns, pointers), shape=(len(pointers) - 1, width))
    weights = np.zeros((width, classes), dtype=np.float32)
    ratio = np.zeros((width, classes), dtype=np.float32)
    ratio_weights = np.zeros((width, classes), dtype=np.float32)
    bias, ratio_bias = np.zeros(classes), np.zeros(classes)
    share = len(y) / (classes * np.bincount(y, minlength=classes))
    for k in range(classes):
        here = y == k
        plain = LinearSVC(C=SVM_C, random_state=0).fit(x, here, sample_weight=share[y])
        weights[:, k], bias[k] = plain.coef_[0], plain.intercept_[0]
        inside = RATIO_SMOOTHING + np.asarray(x[here].sum(axis=0)).ravel()
        outside = RATIO_SMOOTHING + np.asarray(x[~here].sum(axis=0)).ravel()
        stretch = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum())))
        bayes = LinearSVC(C=RATIO_C, random_state=0).fit(normalize(x @ diags(stretch)), here)
        ratio[:, k] = stretch
        ratio_weights[:, k] = bayes.coef_[0] * stretch
        ratio_bias[k] = bayes.intercept_[0]
    return {
        "weights": weights,
        "bias": bias,
        "ratio": ratio,
        "ratio_weights": ratio_weights,
        "ratio_bias": ratio_bias,
    }


def _calibrated_slope(counted, y, groups, labels, sizes, method: str) -> float:
    """The slope of the softmax that makes confidence match the share of right answers on unseen rows."""
    scores = np.zeros((len(y), len(labels)))
    seen = np.zeros(len(y), bool)
    fold = folds_of(groups, CALIBRATION_FOLDS)
    for k in range(CALIBRATION_FOLDS):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        if len(np.unique(y[inside])) < len(labels) or not len(outside):
            continue
        model = _fit_counted([counted[i] for i in inside], y[inside], labels, sizes, method)
        pointers, columns, values = _rows([counted[i] for i in outside], model.vocabulary, model.idf)
        for n, i in enumerate(outside):
            part = slice(pointers[n], pointers[n + 1])
            scores[i] = model._score(columns[part], values[part])
        seen[outside] = True
    if not seen.any():
        return Model.slope
    return _best_slope(scores[seen], y[seen])


def _best_slope(scores: np.ndarray, y: np.ndarray) -> float:
    """Smallest log loss over a grid: one number needs no optimiser."""
    centred = scores - scores.max(axis=1, keepdims=True)
    best, least = Model.slope, np.inf
    for slope in np.geomspace(0.5, 60.0, 80):
        scaled = slope * centred
        loss = np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(y)), y])
        if loss < least:
            best, least = float(slope), loss
    return best


def folds_of(groups: np.ndarray, folds: int, seed: int = 0) -> np.ndarray:
    """Fold number of every row, 0 to `folds` - 1; rows of one group stay together."""
    unique, inverse = np.unique(groups, return_inverse=True)
    return (np.random.default_rng(seed).permutation(len(unique)) % folds)[inverse]
