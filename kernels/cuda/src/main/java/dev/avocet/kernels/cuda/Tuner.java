// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.DeviceFailure;
import dev.avocet.core.backend.DeviceOutOfMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Finds out which of several ways to compute the same is the fastest on this device, by trying them. What lies in the
 * operands' memory meanwhile is anything.
 */
record Tuner(Driver driver) {
    private static final System.Logger LOG = System.getLogger(Tuner.class.getName());
    /** Runs of each way, after one that loads its kernels. */
    private static final int RUNS = 5;

    /** One way, and the workspace that it needs. */
    record Way(long workspaceBytes, Attempt attempt) {}

    /** What puts a way into a stream, given where its operands are. */
    interface Attempt {
        void run(long[] operands, long workspace, long stream);
    }

    /**
     * The number of the fastest; of one that is alone without trying. Empty where there was no memory to try, or none of
     * them ran.
     *
     * @param operands their sizes in bytes, 0 for none, which is nowhere
     */
    OptionalInt fastest(long[] operands, List<Way> ways) {
        if (ways.size() == 1) {
            return OptionalInt.of(0);
        }
        var memory = new ArrayList<Long>();
        try {
            var places = new long[operands.length];
            for (int i = 0; i < places.length; i++) {
                places[i] = allocated(operands[i], memory);
            }
            long workspace =
                    allocated(ways.stream().mapToLong(Way::workspaceBytes).max().orElse(0), memory);
            return timed(places, workspace, ways);
        } catch (DeviceOutOfMemory e) {
            LOG.log(System.Logger.Level.DEBUG, "not timed: {0}", e.getMessage());
            return OptionalInt.empty();
        } finally {
            Release.all(memory, driver::free);
        }
    }

    private long allocated(long bytes, List<Long> memory) {
        if (bytes == 0) {
            return 0;
        }
        long address = driver.allocate(bytes, "what is timed");
        memory.add(address);
        return address;
    }

    private OptionalInt timed(long[] operands, long workspace, List<Way> ways) {
        var events = new ArrayList<Long>();
        long stream = driver.createStream();
        try {
            events.add(driver.createEvent());
            events.add(driver.createEvent());
            var best = OptionalInt.empty();
            long least = Long.MAX_VALUE;
            for (int i = 0; i < ways.size(); i++) {
                if (!runs(ways.get(i).attempt(), operands, workspace, stream)) {
                    continue;
                }
                driver.recordEvent(events.get(0), stream);
                for (int run = 0; run < RUNS; run++) {
                    ways.get(i).attempt().run(operands, workspace, stream);
                }
                driver.recordEvent(events.get(1), stream);
                driver.synchronize(stream);
                long nanos = driver.elapsedNanos(events.get(0), events.get(1));
                if (nanos < least) {
                    least = nanos;
                    best = OptionalInt.of(i);
                }
            }
            return best;
        } finally {
            Release.all(() -> Release.all(events, driver::destroyEvent), () -> driver.destroyStream(stream));
        }
    }

    /** Whether a way runs at all; throws what has happened to the device, if anything has. */
    private boolean runs(Attempt way, long[] operands, long workspace, long stream) {
        try {
            way.run(operands, workspace, stream);
        } catch (DeviceFailure refusal) {
            LOG.log(System.Logger.Level.DEBUG, "a candidate does not run: {0}", refusal.getMessage());
            driver.synchronize(stream);
            return false;
        }
        driver.synchronize(stream);
        return true;
    }
}
