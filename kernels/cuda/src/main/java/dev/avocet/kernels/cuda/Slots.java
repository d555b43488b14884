// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** The slots of a device: as many calls compute at once, others wait in the order in which they came. */
final class Slots {
    private final List<Slot> all = new ArrayList<>();
    private final BlockingQueue<Slot> free;

    Slots(Driver driver, int count) {
        free = new ArrayBlockingQueue<>(count, true);
        for (int i = 0; i < count; i++) {
            add(driver, i);
        }
        free.addAll(all);
    }

    private void add(Driver driver, int number) {
        try {
            all.add(new Slot(driver, number));
        } catch (RuntimeException | Error e) {
            Release.after(e, this::close);
            throw e;
        }
    }

    int count() {
        return all.size();
    }

    /** Waits for a slot, whatever happens to the thread meanwhile: a run has no way to be half done. */
    Slot take() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return free.take();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void giveBack(Slot slot) {
        free.add(slot);
    }

    /** Frees the slots; nobody uses one any more. */
    void close() {
        Release.all(all, Slot::close);
    }
}
