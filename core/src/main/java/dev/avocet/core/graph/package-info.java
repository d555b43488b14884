// SPDX-License-Identifier: Apache-2.0
/**
 * The operation set, the graph that it records, and the joining of its steps.
 */
package dev.avocet.core.graph;
