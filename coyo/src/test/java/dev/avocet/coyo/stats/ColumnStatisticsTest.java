// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.ValueType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ColumnStatisticsTest {
    @Test
    void figuresAreThoseOfTheValues() {
        var statistics = new ColumnStatistics(Column.of("x", ValueType.DOUBLE));
        for (int i = 1; i <= 1000; i++) {
            statistics.add((double) i);
        }
        statistics.add(null);
        statistics.add(Double.NaN);
        assertEquals(1000, statistics.count());
        assertEquals(1, statistics.missing());
        assertEquals(1, statistics.noNumber());
        assertEquals(500.5, statistics.mean(), 1e-9);
        assertEquals(Math.sqrt((1000.0 * 1000 - 1) / 12), statistics.deviation(), 1e-9);
        assertArrayEquals(new double[] {1, 500, 950, 1000}, statistics.quantiles(0, 0.5, 0.95, 1));
    }

    @Test
    void lengthsAreCharactersAndElements() {
        var texts = new ColumnStatistics(Column.of("x", ValueType.STRING));
        texts.add("👩 a");
        assertEquals(3, texts.largest());
        var lists = new ColumnStatistics(Column.listOf("x", ValueType.FLOAT));
        lists.add(new float[7]);
        assertEquals(7, lists.largest());
    }

    @Test
    void aSampleStandsForManyValuesAndAnAbsurdOneDoesNotHideThem() {
        var statistics = new ColumnStatistics(Column.of("x", ValueType.INT64));
        for (long i = 0; i < 500_000; i++) {
            statistics.add(i % 100);
        }
        statistics.add(Long.MAX_VALUE);
        assertEquals(50, statistics.quantiles(0.5)[0], 3);
        var histogram = statistics.histogram(10);
        assertEquals(1, Arrays.stream(histogram.shares()).sum(), 1e-9);
        for (double share : histogram.shares()) {
            assertEquals(0.1, share, 0.02);
        }
    }
}
