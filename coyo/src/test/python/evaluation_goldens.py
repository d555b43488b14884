# SPDX-License-Identifier: Apache-2.0
"""Writes what scikit-learn, SciPy and ImageHash have for coyo's tests: evaluation_goldens.py OUTPUT PICTURES

Needs numpy, scipy, scikit-learn, pillow and imagehash. Vectors come from a generator that the Java test has, too.
"""

import json
import sys
from pathlib import Path

import imagehash
import numpy
from PIL import Image
from scipy.stats import binomtest
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors


def vectors(seed, rows, width):
    state, values = seed, []
    for _ in range(rows * width):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((state >> 40) / 2**23 - 1)
    matrix = numpy.array(values, numpy.float32).reshape(rows, width)
    return matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)


def recalls(images, texts, owner):
    scores = images @ texts.T
    by_image = numpy.argsort(-scores, axis=1, kind="stable")
    by_text = numpy.argsort(-scores.T, axis=1, kind="stable")
    to_text = [float(numpy.mean([(owner[by_image[i, :k]] == i).any() for i in range(len(images))])) for k in (1, 5, 10)]
    to_image = [float(numpy.mean([owner[t] in by_text[t, :k] for t in range(len(texts))])) for k in (1, 5, 10)]
    return to_text + to_image


def main(output, pictures):
    gallery, queries = vectors(1, 3000, 12), vectors(2, 500, 12)
    classes = numpy.array([(i * 7919 + i // 5) % 23 for i in range(len(gallery))])
    neighbours = NearestNeighbors(metric="cosine", algorithm="brute", n_neighbors=10).fit(gallery)
    knn = {}
    for k in (1, 5, 20):
        classifier = KNeighborsClassifier(k, metric="cosine", algorithm="brute").fit(gallery, classes)
        knn[k] = classifier.predict(queries).tolist()
    images = vectors(3, 200, 8)
    owner = numpy.array([i % 200 if i < 200 else (i * 31) % 200 for i in range(900)])
    noise = vectors(4, 900, 8)
    texts = images[owner] + numpy.float32(0.9) * noise
    texts /= numpy.linalg.norm(texts, axis=1, keepdims=True)
    wilson = {}
    for right, cases in ((0, 10), (10, 10), (43120, 50000), (7, 9), (1, 3)):
        interval = binomtest(right, cases).proportion_ci(0.95, "wilson")
        wilson[f"{right}/{cases}"] = [interval.low, interval.high]
    golden = {
        "nearest": neighbours.kneighbors(queries, return_distance=False).tolist(),
        "knn": knn,
        "recall": recalls(images, texts, owner),
        "wilson": wilson,
        "phash": {file.name: str(imagehash.phash(Image.open(file).convert("RGB"))) for file in sorted(Path(pictures).iterdir())
                  if file.suffix in (".jpg", ".png")},
    }
    Path(output).write_text(json.dumps(golden) + "\n")


main(*sys.argv[1:])
