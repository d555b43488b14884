// SPDX-License-Identifier: Apache-2.0
/** Avocet against other engines: one process each, asked in turn, timed by one clock. */
package dev.avocet.bench.compare;
