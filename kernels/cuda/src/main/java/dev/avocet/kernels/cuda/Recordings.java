// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.util.stream.IntStream;

/**
 * A plan's CUDA graphs, one for each slot that has run it. Each is read and replaced by whoever holds its slot only, and
 * freed when the plan is.
 */
final class Recordings {
    private final long[] executables;
    private final int[] generations;
    private volatile long nodes;

    Recordings(int slots) {
        executables = new long[slots];
        generations = new int[slots];
    }

    /** How many copies and kernels a recording has; 0 before the first. */
    long nodes() {
        return nodes;
    }

    /** The recording for a slot that has its memory and the inputs of a run; made at the first run in it, and again when the slot's memory has moved. */
    long of(Slot slot, Program program, CudaBackend device) {
        int number = slot.number();
        if (executables[number] != 0 && generations[number] == slot.generation()) {
            return executables[number];
        }
        return record(slot, program, device);
    }

    private long record(Slot slot, Program program, CudaBackend device) {
        var driver = device.driver();
        int number = slot.number();
        destroy(number, driver);
        synchronized (device.libraries()) {
            // Libraries load kernels when they are first run, which a capture does not allow.
            program.enqueue(slot, driver);
            driver.synchronize(slot.stream());
            driver.beginCapture(slot.stream());
            long graph = captured(slot, program, driver);
            try {
                executables[number] = driver.instantiate(graph);
                nodes = driver.graphNodes(graph);
            } finally {
                driver.destroyGraph(graph);
            }
        }
        generations[number] = slot.generation();
        return executables[number];
    }

    private static long captured(Slot slot, Program program, Driver driver) {
        try {
            program.enqueue(slot, driver);
        } catch (RuntimeException | Error e) {
            Release.after(e, () -> driver.abandonCapture(slot.stream()));
            throw e;
        }
        return driver.endCapture(slot.stream());
    }

    /** Frees them; nothing runs any more. */
    void close(Driver driver) {
        Release.all(IntStream.range(0, executables.length).mapToObj(number -> () -> destroy(number, driver)));
    }

    private void destroy(int number, Driver driver) {
        long executable = executables[number];
        executables[number] = 0;
        if (executable != 0) {
            driver.destroyExecutable(executable);
        }
    }
}
