// SPDX-License-Identifier: Apache-2.0
/** How fast data sets are streamed. */
package dev.avocet.bench.stream;
