// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BlockTest {
    @Test
    void aStepThatWouldLeaveItsMemoryNeverReachesNativeCode() {
        var block = Block.inArena(100, 4, 0);
        assertThrows(AssertionError.class, () -> block.address(10, 90), "it has no place yet");
        block.place(64);
        assertEquals(64 + 40, block.address(10, 90));
        assertThrows(AssertionError.class, () -> block.address(10, 91));
        assertThrows(AssertionError.class, () -> block.address(-1, 5));
    }
}
