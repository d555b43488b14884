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
 * @param threads that each engine computes with, all its processes together
 * @param batch how many pictures or texts an inference takes
 * @param requests how many inferences make a run
 * @param inputs what an inference is given
 * @param gflop floating-point operations of an inference, in thousand millions; 0 where they are not what counts
 * @param entrants who takes part, by name, Avocet first
 */
record Contest(
        String title, int threads, int batch, int requests, Map<String, HostTensor> inputs, double gflop,
        SequencedMap<String, Entrant> entrants) {
    /** Avocet's name. */
    static final String AVOCET = "avocet";

    /** How an engine is started. */
    @FunctionalInterface
    interface Entrant {
        /**
         * The commands of its workers, which share the requests of a run.
         *
         * @param inputs a safetensors file with the inputs
         * @throws NotHereException where something that it needs is not installed
         */
        List<List<String>> commands(Path inputs) throws IOException;
    }

    /** The same under another name. */
    Contest titled(String other) {
        return new Contest(other, threads, batch, requests, inputs, gflop, entrants);
    }

    boolean isWithFewerThreadsThan(Contest other) {
        return threads < other.threads && title.equals(other.title) && batch == other.batch;
    }

    /** The whole of it in one line. */
    String heading() {
        return title + ", batch " + batch + ", " + threads + (threads == 1 ? " thread" : " threads");
    }
}
