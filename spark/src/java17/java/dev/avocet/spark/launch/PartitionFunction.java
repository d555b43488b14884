// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark.launch;

import java.util.Iterator;
import java.util.Map;
import org.apache.spark.sql.Row;

/** What is done with a partition's rows, in classes that need a newer Java than this one. */
public interface PartitionFunction {
    /** Rows for rows, one each, as they are asked for. */
    Iterator<Row> apply(Iterator<Row> rows, Map<String, String> settings);
}
