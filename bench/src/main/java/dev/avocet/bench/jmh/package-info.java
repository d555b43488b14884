// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks: single kernels through plans, and whole models. */
package dev.avocet.bench.jmh;
