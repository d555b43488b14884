// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a call borrows to run: a stream, device memory, and pinned memory of the host. Used by one thread at a time.
 */
final class Slot {
    /** cuBLAS and cuDNN want their workspaces at multiples of this, and tensors at the half. */
    static final int ALIGNMENT = 256;

    private final Driver driver;
    private final int number;
    private final long stream;
    private final MemorySegment popped = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private long memory;
    private MemorySegment pinned = MemorySegment.NULL;
    private Needs has = new Needs(0, 0, 0);
    private int generation;

    /**
     * The memory that a plan needs in a slot.
     *
     * @param bytes for tensors
     * @param workspaceBytes for whichever launch needs most, after the tensors
     * @param pinnedBytes of the host, for inputs and results
     */
    record Needs(long bytes, long workspaceBytes, long pinnedBytes) {
        private Needs atLeast(Needs other) {
            return new Needs(Math.max(bytes, other.bytes), Math.max(workspaceBytes, other.workspaceBytes),
                    Math.max(pinnedBytes, other.pinnedBytes));
        }

        private long deviceBytes() {
            return bytes + workspaceBytes;
        }
    }

    /** A slot with no memory yet. */
    Slot(Driver driver, int number) {
        this.driver = driver;
        this.number = number;
        this.stream = driver.createStream();
    }

    /** Its position among the device's slots. */
    int number() {
        return number;
    }

    long stream() {
        return stream;
    }

    /** Where its device memory begins. */
    long memory() {
        return memory;
    }

    /** Where the memory for launches themselves begins. */
    long workspace() {
        return memory + has.bytes;
    }

    MemorySegment pinned() {
        return pinned;
    }

    /** Changes whenever its memory has moved. */
    int generation() {
        return generation;
    }

    /** Where the driver writes the context that it takes from a thread. */
    MemorySegment popped() {
        return popped;
    }

    /** Gets the memory that it lacks; the old memory's contents are lost. */
    void require(Needs needs) {
        var wanted = has.atLeast(needs);
        if (wanted.equals(has)) {
            return;
        }
        freeMemory();
        memory = wanted.deviceBytes() == 0 ? 0 : driver.allocate(wanted.deviceBytes(), "activations");
        try {
            pinned = wanted.pinnedBytes == 0 ? MemorySegment.NULL : driver.allocatePinned(wanted.pinnedBytes);
        } catch (RuntimeException | Error e) {
            Release.after(e, this::freeMemory);
            throw e;
        }
        has = wanted;
    }

    /** Waits for what a failure left in the stream, so that nobody gets memory that the GPU still uses. */
    void settle() {
        driver.synchronize(stream);
    }

    private void freeMemory() {
        generation++;
        has = new Needs(0, 0, 0);
        long device = memory;
        var host = pinned;
        memory = 0;
        pinned = MemorySegment.NULL;
        Release.all(() -> {
            if (device != 0) {
                driver.free(device);
            }
        }, () -> {
            if (host.address() != 0) {
                driver.freePinned(host);
            }
        });
    }

    void close() {
        Release.all(this::freeMemory, () -> driver.destroyStream(stream));
    }
}
