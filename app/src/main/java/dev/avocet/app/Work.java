// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a command is about to compute.
 *
 * @param flops floating-point operations of each thing that it does, such as {@code picture}
 */
record Work(Map<String, Long> flops) {
    private static final int SHORT_TEXT = 16;
    private static final Shape PROBE = Shape.of(128, 256);

    /** What a model does with a picture, and with a text of the length that labels have. */
    static Work of(ModelReference chosen) {
        try (var pretrained = Pretrained.open(chosen.folder())) {
            var flops = new LinkedHashMap<String, Long>();
            ModelPart.of(pretrained, 1, SHORT_TEXT).forEach(part -> flops.put(part.unit(), part.flops()));
            return new Work(flops);
        }
    }

    /** In words, how long a device will take, from a small product that it computes for this. */
    String estimate(Device device) {
        double perSecond = speed(device);
        return flops.entrySet().stream()
                .map(each -> "about " + Sizes.about(Duration.ofNanos((long) (each.getValue() / perSecond * 1e9)))
                        + " for each " + each.getKey())
                .collect(Collectors.joining(", "));
    }

    private static double speed(Device device) {
        try (var session = Session.open("probe", (ops, inputs) -> {
            var a = ops.input("a", DType.F32, PROBE);
            var b = ops.input("b", DType.F32, PROBE);
            return Map.of("product", ops.matmul(a, b));
        }, device)) {
            var given = HostTensor.zeros(DType.F32, PROBE);
            var inputs = Map.of("a", given, "b", given);
            long fastest = Long.MAX_VALUE;
            // The first runs are interpreted by the JVM, the later ones compiled.
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                session.run(inputs, List.of("product"));
                fastest = Math.min(fastest, System.nanoTime() - start);
            }
            return 2.0 * PROBE.dim(0) * PROBE.dim(0) * PROBE.dim(1) / fastest * 1e9;
        }
    }
}
