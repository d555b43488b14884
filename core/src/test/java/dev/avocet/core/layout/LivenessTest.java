// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.layout.Liveness.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LivenessTest {
    @Test
    void aChainOfStepsNeedsTwoBuffers() {
        var chain = new ArrayList<Interval>();
        for (int step = 0; step < 10; step++) {
            chain.add(new Interval(1000, step, step + 1));
        }
        assertEquals(2 * 1024, Liveness.place(chain, 64).bytes());
    }

    @Test
    void buffersThatLiveTogetherNeverOverlap() {
        var random = new Random(3);
        for (int round = 0; round < 200; round++) {
            var intervals = new ArrayList<Interval>();
            for (int i = 0; i < 40; i++) {
                int first = random.nextInt(30);
                intervals.add(new Interval(random.nextInt(5000), first, first + random.nextInt(6)));
            }
            assertDisjoint(intervals, Liveness.place(intervals, 64));
        }
    }

    private static void assertDisjoint(List<Interval> intervals, Liveness.Layout layout) {
        for (int i = 0; i < intervals.size(); i++) {
            var a = intervals.get(i);
            long start = layout.offsets()[i];
            assertEquals(0, start % 64);
            assertTrue(start + a.bytes() <= layout.bytes());
            for (int j = 0; j < i; j++) {
                var b = intervals.get(j);
                long other = layout.offsets()[j];
                boolean together = a.first() <= b.last() && b.first() <= a.last();
                boolean apart = start + a.bytes() <= other || other + b.bytes() <= start;
                assertTrue(!together || apart || a.bytes() == 0 || b.bytes() == 0, a + " and " + b);
            }
        }
    }
}
