// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import java.util.List;
import java.util.stream.Stream;

/** The devices that promises are tested on: the oracle, and the CPU with each instruction-set tier that this machine has. */
final class TestDevices {
    private static final List<String> NAMES = Stream.of("reference", "cpu:baseline", "cpu:v3", "cpu:v4")
            .filter(TestDevices::isHere)
            .toList();

    private TestDevices() {}

    static List<String> names() {
        return NAMES;
    }

    static String fastest() {
        return NAMES.getLast();
    }

    private static boolean isHere(String name) {
        try (var _ = Device.firstOf(name)) {
            return true;
        } catch (BackendUnavailable refusal) {
            return false;
        }
    }
}
