// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class JavaCppTest {
    /** With its limits on, JavaCPP collects garbage and refuses memory by the size of Java's heap. */
    @Test
    void itsLimitsOfMemoryAreOffBeforeItLoads() {
        JavaCpp.configure();
        assertEquals(0, Pointer.maxBytes());
        assertEquals(0, Pointer.maxPhysicalBytes());
    }
}
