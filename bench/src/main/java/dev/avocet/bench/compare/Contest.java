// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.core.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What engines are compared in.
 *
 * @param title the name for people
 * @param batch how many pictures or texts one run takes
 * @param inputs what a run is given
 * @param gflop floating-point operations of a run, in thousand millions; 0 where they are not what counts
 * @param entrants who takes part, by name, Avocet first
 */
record Contest(
        String title, int batch, Map<String, HostTensor> inputs, double gflop, SequencedMap<String, Entrant> entrants) {
    /** Avocet's name. */
    static final String AVOCET = "avocet";

    /** How an engine is started. */
    @FunctionalInterface
    interface Entrant {
        /**
         * The command of a worker.
         *
         * @param inputs a safetensors file with the inputs
         * @throws NotHereException where something that it needs is not installed
         */
        List<String> command(Path inputs) throws IOException;
    }
}
