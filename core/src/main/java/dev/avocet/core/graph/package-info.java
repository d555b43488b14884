// SPDX-License-Identifier: Apache-2.0
/**
 * The operation set, the graph that it records, and what every backend needs of a graph: fusion and memory planning.
 */
package dev.avocet.core.graph;
