// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tests of the kernels, which are skipped where the build found no C compiler. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(value = "dev.avocet.kernels.cpu.MachineTiers#areBuilt",
        disabledReason = "there are no kernels to test: the build found no C compiler")
@interface NeedsKernels {}
