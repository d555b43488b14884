// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Precision;
import java.util.Locale;

/**
 * A graphics processor, as its driver describes it.
 *
 * @param ordinal its number
 * @param handle how the driver knows it
 * @param capability major and minor compute capability in one number: 80 is 8.0
 * @param kilohertz its highest clock
 * @param sharedBytes the shared memory that one block can have
 */
record Gpu(int ordinal, int handle, String name, int capability, int multiprocessors, int kilohertz, int sharedBytes) {
    static Gpu of(Driver driver, int ordinal) {
        int handle = driver.device(ordinal);
        return new Gpu(ordinal, handle, driver.deviceName(handle),
                10 * driver.attribute(Driver.Attribute.MAJOR, handle)
                        + driver.attribute(Driver.Attribute.MINOR, handle),
                driver.attribute(Driver.Attribute.MULTIPROCESSORS, handle),
                driver.attribute(Driver.Attribute.CLOCK_KILOHERTZ, handle),
                driver.attribute(Driver.Attribute.SHARED_MEMORY_OPT_IN, handle));
    }

    /** All that decides which algorithm is the fastest on it. */
    String kind() {
        return toString() + multiprocessors;
    }

    /** The architecture, as compilers name it: {@code sm_80}. */
    String architecture() {
        return "sm_" + capability;
    }

    /** Multiply-adds of plain floats in all cores, counted as two (CUDA C++ programming guide, "Arithmetic instructions"). */
    double peakFlops() {
        int perClock = switch (capability) {
            case 75, 80 -> 64;
            default -> 128;
        };
        return 2.0 * perClock * multiprocessors * kilohertz * 1e3;
    }

    /** Whether it has instructions for this precision. */
    boolean has(Precision precision) {
        return switch (precision) {
            case F32, F16 -> true;
            case TF32, BF16 -> capability >= 80;
        };
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (compute capability %d.%d)", name, capability / 10, capability % 10);
    }
}
