// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

/** An implementation of the operation set on one device. All methods may be called from any thread. */
public interface Backend extends AutoCloseable {
    /** What runs here, in words: {@code cpu: x86-64-v4, 2 threads, 2 slots}. */
    String description();

    /** A compiler for one model; it owns the weights that it prepares. */
    Compiler newCompiler();

    /** Frees threads and memory; called once, when no compiler is open any more. */
    @Override
    void close();
}
