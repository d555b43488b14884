// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import java.util.List;

/**
 * What came out of an evaluation, and how it was made.
 *
 * @param protocol all that matters for comparing it with others
 */
public record Evaluation(String name, String model, String protocol, List<Metric> metrics) {}
