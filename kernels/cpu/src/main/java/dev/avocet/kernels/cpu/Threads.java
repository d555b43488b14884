// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

/** Waiting for threads. */
final class Threads {
    private Threads() {}

    /** Waits for a thread's end, also when interrupted; the interrupt is there afterwards. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
