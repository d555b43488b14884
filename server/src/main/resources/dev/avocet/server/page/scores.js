// SPDX-License-Identifier: Apache-2.0

/** Labels with their probabilities for a picture, best first: the arithmetic of the server's zero-shot endpoint. */
export function zeroShot(image, labels, embeddings, temperature) {
  const logits = embeddings.map(text => Math.fround(dot(image, text) / temperature));
  const most = Math.max(...logits);
  const powers = logits.map(logit => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return labels
    .map((label, i) => ({label, score: Math.fround(powers[i] / sum)}))
    .sort((a, b) => b.score - a.score);
}

/** The cosine of two vectors of length 1. */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i] * b[i];
  }
  return sum;
}
