// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

/**
 * A label with its probability.
 *
 * @param index the label's number: the class of a classifier, or the position in a {@link LabelSet}
 * @param score from 0 to 1
 */
public record Prediction(int index, String label, float score) {}
