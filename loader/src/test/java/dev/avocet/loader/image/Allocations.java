// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a thread has taken from the heap. */
final class Allocations {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** The bytes that the current thread has allocated since it began. */
    static long ofThisThread() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
