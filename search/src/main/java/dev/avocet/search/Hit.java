// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

/**
 * A picture that was found.
 *
 * @param score the cosine with what was looked for: the larger, the closer in meaning
 */
public record Hit(float score, Entry entry) {}
