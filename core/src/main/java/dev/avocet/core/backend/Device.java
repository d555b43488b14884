// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A place to compute: opened once, shared by all models, closed by whoever opened it.
 *
 * <p>Models keep the device's memory and threads until they are closed too, so the order of closing can't break
 * anything.
 */
public final class Device implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Device.class.getName());

    private final String name;
    private final Backend backend;
    private final Admission admission;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger holders = new AtomicInteger(1);

    private Device(String name, Backend backend, int maxWaiting) {
        this.name = name;
        this.backend = backend;
        this.admission = new Admission("device " + name, backend.slots(), maxWaiting);
    }

    /**
     * The first of these devices that can be used here, such as {@code firstOf("cuda:0", "cpu")}, with default options.
     */
    public static Device firstOf(String... names) {
        return firstOf(DeviceOptions.defaults(), names);
    }

    /**
     * The first of these devices that can be used here.
     *
     * <p>Logs what was chosen, and for each one refused before it the reason and the remedy.
     *
     * @throws BackendUnavailable where none can be used, with every reason
     */
    public static Device firstOf(DeviceOptions options, String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("no device is named; the CPU is \"cpu\"");
        }
        var refusals = new ArrayList<BackendUnavailable>();
        for (var name : names) {
            try {
                var device = open(name, options);
                LOG.log(System.Logger.Level.DEBUG, () -> "using " + device.backend.description());
                return device;
            } catch (BackendUnavailable refusal) {
                LOG.log(System.Logger.Level.WARNING, "device {0} was refused: {1}", name, refusal.getMessage());
                refusals.add(refusal);
            }
        }
        throw combined(List.of(names), refusals);
    }

    private static BackendUnavailable combined(List<String> names, List<BackendUnavailable> refusals) {
        if (refusals.size() == 1) {
            return refusals.getFirst();
        }
        var reasons = new ArrayList<String>();
        for (int i = 0; i < names.size(); i++) {
            reasons.add(names.get(i) + ": " + refusals.get(i).getMessage());
        }
        var combined = new BackendUnavailable("no device can be used: " + String.join("; ", reasons));
        refusals.forEach(combined::addSuppressed);
        return combined;
    }

    private static Device open(String name, DeviceOptions options) {
        int colon = name.indexOf(':');
        var family = colon < 0 ? name : name.substring(0, colon);
        var selector = colon < 0 ? "" : name.substring(colon + 1);
        var found = new ArrayList<String>();
        for (var provider : ServiceLoader.load(BackendProvider.class, Device.class.getClassLoader())) {
            if (provider.name().equals(family)) {
                return new Device(name, provider.open(selector, options), options.maxWaiting());
            }
            found.add(provider.name());
        }
        throw new BackendUnavailable("there is no backend \"" + family + "\"; found "
                + found.stream().sorted().collect(Collectors.joining(", "))
                + (family.equals("cpu") || family.equals("cuda")
                        ? "; add dev.avocet:avocet-kernels-" + family + " to the class or module path"
                        : ""));
    }

    /** The name it was opened by. */
    public String name() {
        return name;
    }

    /** What runs here, in words. */
    public String description() {
        return backend.description();
    }

    /**
     * The most floating-point operations that it does in a second, as measured now; empty where it can't tell.
     *
     * <p>Nothing else should run meanwhile.
     */
    public OptionalDouble peakFlops() {
        requireOpen();
        return backend.peakFlops();
    }

    /** How many calls compute at once; more wait for their turn. */
    public int slots() {
        return backend.slots();
    }

    /** Who may compute here. */
    Admission admission() {
        return admission;
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("device " + name + " is closed");
        }
    }

    /** A compiler for one model; it keeps the device until it is closed. */
    Compiler newCompiler(Precision precision, Optional<KeptWeights> kept) {
        requireOpen();
        holders.incrementAndGet();
        try {
            return kept.isPresent()
                    ? backend.newCompiler(precision, kept.get())
                    : backend.newCompiler(precision);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /** Ends what {@link #newCompiler} began, after the compiler was closed. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            backend.close();
        }
    }

    /** Refuses new models; threads and memory go when the last open model is closed. Closing again does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    @Override
    public String toString() {
        return description();
    }
}
