// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests in a process whose CUDA is simulated. Each class begins with a fresh GPU and fails if something was wrong there
 * that no test took, or is still open, at its end; it is skipped where the simulation can't be built.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("simulated")
@ExtendWith(SimulatedMachine.class)
@interface Simulated {
    /** The GPU. */
    SimulatedGpu value() default SimulatedGpu.A100;
}
