// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.KeptWeights;
import dev.avocet.core.backend.Precision;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.OptionalDouble;

/** One tier's kernels and the threads that run them. */
final class CpuBackend implements Backend {
    private final Tier tier;
    private final Arena library;
    private final Kernels kernels;
    private final Crew crew;

    private CpuBackend(Tier tier, Arena library, Kernels kernels, DeviceOptions options) {
        this.tier = tier;
        this.library = library;
        this.kernels = kernels;
        this.crew = new Crew(kernels, options);
    }

    /** Loads a tier that this machine has. */
    static CpuBackend open(Tier tier, DeviceOptions options) {
        var library = Arena.ofShared();
        try {
            int slots = Math.min(options.slots(), options.threads());
            return new CpuBackend(tier, library, Kernels.load(tier, library), options.withSlots(slots));
        } catch (RuntimeException | Error e) {
            library.close();
            throw e;
        }
    }

    @Override
    public String description() {
        return "cpu: " + NativeLibrary.platform() + " " + tier.label() + ", " + crew.description();
    }

    @Override
    public int slots() {
        return crew.slots();
    }

    @Override
    public OptionalDouble peakFlops() {
        return OptionalDouble.of(Peak.measure(kernels, crew.threads()));
    }

    @Override
    public Compiler newCompiler(Precision precision) {
        return newCompiler(precision, Optional.empty());
    }

    @Override
    public Compiler newCompiler(Precision precision, KeptWeights kept) {
        return newCompiler(precision, Optional.of(kept));
    }

    private Compiler newCompiler(Precision precision, Optional<KeptWeights> kept) {
        precision.requireF32("cpu");
        return new CpuCompiler(kernels, crew, kept);
    }

    @Override
    public void close() {
        crew.close();
        library.close();
    }
}
