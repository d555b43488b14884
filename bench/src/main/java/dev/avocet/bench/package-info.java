// SPDX-License-Identifier: Apache-2.0
/** Benchmarks: kernels and models with JMH, and the comparison with other engines. */
package dev.avocet.bench;
