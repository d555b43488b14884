// SPDX-License-Identifier: Apache-2.0
/** Parquet files as rows: read row group by row group from disk or from the hub, and written. */
package dev.avocet.coyo.parquet;
