// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import java.util.OptionalDouble;

/** An implementation of the operation set on one device. All methods may be called from any thread. */
public interface Backend extends AutoCloseable {
    /** What runs here, in words: {@code cpu: x86-64-v4, 2 threads, 2 slots}. */
    String description();

    /** How many runs compute at once, each with its own scratch memory. */
    int slots();

    /**
     * The most floating-point operations that all threads together do here in a second, in registers; measured now, in
     * some tens of milliseconds, and empty where the backend can't tell.
     */
    OptionalDouble peakFlops();

    /**
     * A compiler for one model; it owns the weights that it prepares.
     *
     * @throws BackendUnavailable where the device does not have this precision
     */
    Compiler newCompiler(Precision precision);

    /** The same for a model whose weights may be kept on the disk, where the backend can make use of that. */
    default Compiler newCompiler(Precision precision, KeptWeights kept) {
        return newCompiler(precision);
    }

    /** Frees threads and memory; called once, when no compiler is open any more. */
    @Override
    void close();
}
