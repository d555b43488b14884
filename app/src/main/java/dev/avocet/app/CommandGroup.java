// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.util.SequencedMap;

/** A command that only has commands below it. */
interface CommandGroup extends Executable {
    /** They, by name, in the order in which help lists them. */
    SequencedMap<String, Object> commands();

    @Override
    default int run() {
        throw new UsageException("name one of " + String.join(", ", commands().sequencedKeySet()));
    }
}
