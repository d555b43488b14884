// SPDX-License-Identifier: Apache-2.0
/** Engines to be compared, each in a process of its own that is told over its standard input when to run. */
package dev.avocet.bench.worker;
