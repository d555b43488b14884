// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import java.util.List;

/** The devices that every promise is tested on: the oracle, and the CPU with each instruction set that this machine has. */
final class TestDevices {
    private TestDevices() {}

    static List<String> names() {
        return List.of("reference", "cpu");
    }

    static String fastest() {
        return names().getLast();
    }
}
