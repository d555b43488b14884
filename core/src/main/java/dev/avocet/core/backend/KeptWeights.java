// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where one model's weights may be kept as a device laid them out, and what they were made from.
 *
 * @param cache the folder
 * @param source tells all that the values of the model's weights depend on, besides this version of Avocet: the same
 *     text only for the same values; empty while that can't be told
 */
public record KeptWeights(PackedCache cache, Supplier<Optional<String>> source) {}
