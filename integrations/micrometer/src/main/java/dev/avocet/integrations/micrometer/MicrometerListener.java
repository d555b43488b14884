// SPDX-License-Identifier: Apache-2.0
package dev.avocet.integrations.micrometer;

import dev.avocet.pipelines.Batcher;
import dev.avocet.pipelines.ModelCall;
import dev.avocet.pipelines.ModelListener;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Turns what models tell into Micrometer's meters; one listener may serve any number of models.
 *
 * <table>
 * <caption>Meters, all with the tags {@code model} and {@code device}</caption>
 * <tr><td>{@code avocet.calls}</td><td>timer</td><td>{@code operation}, {@code outcome}: {@code success} or the simple name
 * of what was thrown</td></tr>
 * <tr><td>{@code avocet.stage}</td><td>timer</td><td>{@code operation}, {@code stage}: {@code queue}, {@code preprocess},
 * {@code compute}, {@code postprocess}</td></tr>
 * <tr><td>{@code avocet.items}, {@code avocet.batch}</td><td>summaries</td><td>{@code operation}: items of a call, and the
 * largest batch it was computed in</td></tr>
 * <tr><td>{@code avocet.tokens}</td><td>summary</td><td>{@code operation}: tokens of a call with texts</td></tr>
 * <tr><td>{@code avocet.load}</td><td>timer</td><td>loading the model</td></tr>
 * <tr><td>{@code avocet.queued}</td><td>gauge</td><td>{@code batcher} only; see {@link #watch}</td></tr>
 * </table>
 *
 * <p>Tags are of a bounded number: no text, label or path is one. Timers are published as the registry is configured, by
 * default without percentiles.
 */
public final class MicrometerListener implements ModelListener {
    private final MeterRegistry registry;
    private final Map<Kind, Meters> meters = new ConcurrentHashMap<>();

    private record Kind(String model, String operation, String device) {}

    private record Meters(
            Timer queue, Timer preprocess, Timer compute, Timer postprocess, DistributionSummary items,
            DistributionSummary batch, DistributionSummary tokens) {}

    /** Registers meters there as calls come. */
    public MicrometerListener(MeterRegistry registry) {
        this.registry = Objects.requireNonNull(registry);
    }

    @Override
    public void onCall(ModelCall call) {
        var kind = new Kind(call.model(), call.operation(), call.device());
        var known = meters.computeIfAbsent(kind, this::register);
        registry.timer("avocet.calls", tags(kind).and("outcome", outcome(call.failure())))
                .record(call.stages().total(), TimeUnit.NANOSECONDS);
        known.queue.record(call.stages().queue(), TimeUnit.NANOSECONDS);
        known.preprocess.record(call.stages().preprocess(), TimeUnit.NANOSECONDS);
        known.compute.record(call.stages().compute(), TimeUnit.NANOSECONDS);
        known.postprocess.record(call.stages().postprocess(), TimeUnit.NANOSECONDS);
        known.items.record(call.items());
        if (call.batch() > 0) {
            known.batch.record(call.batch());
        }
        if (call.tokens() > 0) {
            known.tokens.record(call.tokens());
        }
    }

    @Override
    public void onLoad(String model, String device, long nanos) {
        registry.timer("avocet.load", "model", model, "device", device).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Watches how many items wait in a batcher, as the gauge {@code avocet.queued} with this name as {@code batcher}. */
    public void watch(String name, Batcher<?, ?> batcher) {
        Gauge.builder("avocet.queued", batcher, Batcher::queued)
                .description("Items accepted and not being computed yet")
                .tag("batcher", name)
                .strongReference(true)
                .register(registry);
    }

    private Meters register(Kind kind) {
        return new Meters(stage(kind, "queue"), stage(kind, "preprocess"), stage(kind, "compute"),
                stage(kind, "postprocess"), registry.summary("avocet.items", tags(kind)),
                registry.summary("avocet.batch", tags(kind)), registry.summary("avocet.tokens", tags(kind)));
    }

    private Timer stage(Kind kind, String stage) {
        return registry.timer("avocet.stage", tags(kind).and("stage", stage));
    }

    private static Tags tags(Kind kind) {
        return Tags.of("model", kind.model, "operation", kind.operation, "device", kind.device);
    }

    private static String outcome(Throwable failure) {
        return failure == null ? "success" : failure.getClass().getSimpleName();
    }
}
