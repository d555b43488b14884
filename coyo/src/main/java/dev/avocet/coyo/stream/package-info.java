// SPDX-License-Identifier: Apache-2.0
/** Data sets of parquet files as streams of rows: filtered, shuffled, split, and resumed where they were left. */
package dev.avocet.coyo.stream;
