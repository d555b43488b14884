// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.KeptWeights;
import dev.avocet.core.backend.PackedCache;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** One start of a model whose weights are kept: compiles, computes once, closes. Also as a process of its own. */
final class KeptStart {
    /** 18 MB of weights. */
    static final int SMALL = 3;

    private static final int WIDTH = 1200;

    private final PackedCache cache;
    private final int layers;
    private Tier tier = MachineTiers.best();
    private Supplier<Optional<String>> source = () -> Optional.of("the same");
    private float first = 1;

    KeptStart(PackedCache cache, int layers) {
        this.cache = cache;
        this.layers = layers;
    }

    KeptStart(Path folder) {
        this(PackedCache.in(folder), SMALL);
    }

    KeptStart on(Tier other) {
        tier = other;
        return this;
    }

    KeptStart of(Supplier<Optional<String>> other) {
        source = other;
        return this;
    }

    /** With other values of the weights. */
    KeptStart withFirst(float value) {
        first = value;
        return this;
    }

    /** What a start came to. */
    record Outcome(List<Float> results, long floatsRead) {}

    /** Values that are made when they are read. */
    private record Made(String name, Shape shape, float first, AtomicLong count) implements Weight {
        @Override
        public void read(long from, float[] into, int offset, int length) {
            count.addAndGet(length);
            for (int i = 0; i < length; i++) {
                into[offset + i] = first + (from + i) % 89 / 64f - 1;
            }
        }
    }

    Outcome run() {
        var read = new AtomicLong();
        var x = HostTensor.zeros(DType.F32, Shape.of(3, WIDTH));
        x.data().fill((byte) 0x3d);
        var options = DeviceOptions.ofThreads(2);
        try (var backend = CpuBackend.open(tier, options);
                var compiler = backend.newCompiler(Precision.F32, new KeptWeights(cache, source))) {
            var ops = Ops.record();
            var y = ops.input("x", DType.F32, x.shape());
            for (int i = 0; i < layers; i++) {
                y = ops.linear(y, new Made("layer " + i, Shape.of(WIDTH, WIDTH), first, read), null);
                y = ops.layerNorm(y, new Made("scale " + i, Shape.of(WIDTH), first, read),
                        new Made("shift " + i, Shape.of(WIDTH), first, read), 1e-6f);
            }
            var plan = compiler.compile(ops.graph(Map.of("y", y)));
            var result = HostTensor.zeros(DType.F32, y.shape());
            plan.run(List.of(x), List.of(result));
            var results = new ArrayList<Float>();
            for (float each : result.toFloats()) {
                results.add(each);
            }
            return new Outcome(results, read.get());
        }
    }

    /** The same in a process of its own, whose output is the outcome's hash. */
    static Process process(Path folder, int layers) throws java.io.IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), KeptStart.class.getName(), folder.toString(), "" + layers)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** The hash that a process printed. */
    static String said(Process process) throws java.io.IOException {
        return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    }

    public static void main(String[] args) {
        var start = new KeptStart(PackedCache.in(Path.of(args[0])), Integer.parseInt(args[1]));
        System.out.println(start.run().results().hashCode());
    }
}
