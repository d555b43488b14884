// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.PackedCache;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.backend.Session;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.fetch.FetchLimits;
import dev.avocet.loader.fetch.Fetcher;
import dev.avocet.loader.hub.Hub;
import dev.avocet.loader.hub.HubSettings;
import dev.avocet.pipelines.LoadOptions;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that all commands have. */
@SuppressWarnings("UnusedVariable") // picocli acts on --help, Main on --verbose before anything is parsed
final class CommonOptions {
    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", converter = DeviceName.class,
            description = "Where to compute: auto, cpu, cpu:TIER (v4, v3 or baseline), reference (plain Java, slow), cuda or "
                    + "cuda:N. "
                    + "auto is cpu, and reference where the CPU kernels can't be used. Default: auto.")
    private String device;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "f32", converter = PrecisionName.class,
            description = "How numbers are kept and multiplied: f32, or on a CUDA device also tf32, f16 or bf16, which are "
                    + "faster and less exact. Default: f32.")
    private Precision precision;

    @Option(names = "--threads", paramLabel = "N", converter = ThreadCount.class,
            description = "Threads that compute. Default: one per processor.")
    private Integer threads;

    @Option(names = "--packed-cache", paramLabel = "DIR", defaultValue = "${env:AVOCET_PACKED_CACHE}",
            description = "Keep the weights of models there as the CPU's kernels read them, so that later starts are "
                    + "faster; as large as the models, at most 16 GiB in all. Default: $AVOCET_PACKED_CACHE, else nowhere.")
    private Path packedCache;

    @Option(names = "--offline",
            description = "Never use the network: models come from the cache, pictures from files.")
    private boolean offline;

    @Option(names = "--verbose", description = "Show the log, and where an error comes from.")
    private boolean verbose;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    private final Supplier<HubSettings> hub;

    CommonOptions(Supplier<HubSettings> hub) {
        this.hub = hub;
    }

    /** Reads a number of threads, and not one that only a slip of the finger explains. */
    static final class ThreadCount implements ITypeConverter<Integer> {
        private static final int MOST = 1024;

        @Override
        public Integer convert(String text) {
            int count = new AtLeastOne().convert(text);
            if (count > MOST) {
                throw new TypeConversionException("'" + text + "' is more than " + MOST);
            }
            return count;
        }
    }

    /** Reads the name of a device. */
    static final class DeviceName implements ITypeConverter<String> {
        private static final Pattern KNOWN = Pattern.compile("auto|cpu(:[a-z0-9]+)?|reference|cuda(:[0-9]+)?");

        @Override
        public String convert(String text) {
            if (!KNOWN.matcher(text).matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is none of auto, cpu, cpu:TIER, reference, cuda, cuda:N");
            }
            return text;
        }
    }

    /** Reads the name of a precision. */
    static final class PrecisionName implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String text) {
            for (var each : Precision.values()) {
                if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return each;
                }
            }
            throw new TypeConversionException("'" + text + "' is none of f32, tf32, f16, bf16");
        }
    }

    /** The hub, or its cache alone. */
    Hub hub() {
        var settings = hub.get();
        return Hub.of(offline ? settings.withOffline() : settings);
    }

    /** What is at a URL that the user wrote. */
    byte[] fetch(String url) {
        requireNetwork(url + " is");
        return new Fetcher(FetchLimits.DEFAULT).fetch(url);
    }

    /** Throws {@link AvocetException} where the network is not to be used; {@code what} is, or are, not fetched then. */
    void requireNetwork(String what) {
        if (offline || hub.get().offline()) {
            throw new AvocetException(
                    what + " not fetched, because the network is not to be used; download it by other "
                            + "means, or leave out --offline and HF_HUB_OFFLINE");
        }
    }

    /** How much of the machine to use. */
    DeviceOptions deviceOptions() {
        return threads == null ? DeviceOptions.defaults() : DeviceOptions.ofThreads(threads);
    }

    /** How to load a model for a pipeline. */
    LoadOptions loadOptions() {
        var options = LoadOptions.defaults().withPrecision(precision);
        return packedCache == null ? options : options.withPackedCache(PackedCache.in(packedCache));
    }

    /** A model on a device, without a pipeline around it. */
    Session session(String name, Pretrained pretrained, Device device) {
        var options = loadOptions();
        return Session.open(name, pretrained.model()::forward, device, options.precision(),
                options.packedCache().map(pretrained::keptIn));
    }

    /** Opens the device that the user chose; {@code work} is asked for only where it will take long. */
    Device open(Terminal terminal, Supplier<Work> work) {
        if (!device.equals("auto")) {
            return open(device);
        }
        try {
            return Device.firstOf(deviceOptions(), "cpu");
        } catch (BackendUnavailable refusal) {
            terminal.say("the CPU kernels can't be used: " + refusal.getMessage());
            var reference = open("reference");
            terminal.say("COMPUTING IN PLAIN JAVA INSTEAD, which is many times slower: "
                    + work.get().estimate(reference));
            return reference;
        }
    }

    private Device open(String name) {
        try {
            return Device.firstOf(deviceOptions(), name);
        } catch (BackendUnavailable refusal) {
            throw new AvocetException("the device " + name + " can't be used: " + refusal.getMessage()
                    + "; \"avocet doctor\" tells which ones can", refusal);
        }
    }
}
