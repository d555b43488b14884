// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.server.ApiException.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the server counts and times, for Prometheus. Tags are routes, codes and stages: nothing that clients choose. */
final class Meters {
    private static final Duration[] BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
        Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1),
        Duration.ofSeconds(5), Duration.ofSeconds(10)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Timer decoding = Timer.builder("avocet.decode").serviceLevelObjectives(BUCKETS).register(registry);
    private final DistributionSummary pixels = DistributionSummary.builder("avocet.image.pixels").register(registry);

    Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    void watch(Desk desk, ByteBudget bodies, ByteBudget pictures) {
        Gauge.builder("avocet.queue.depth", desk, Desk::waiting).register(registry);
        Gauge.builder("avocet.inflight", desk, Desk::computing).register(registry);
        Gauge.builder("avocet.memory", bodies, ByteBudget::taken).tag("kind", "bodies").baseUnit("bytes")
                .register(registry);
        Gauge.builder("avocet.memory", pictures, ByteBudget::taken).tag("kind", "pictures").baseUnit("bytes")
                .register(registry);
    }

    void answered(String route, int code, long nanos) {
        Timer.builder("avocet.requests").tag("route", route).tag("code", Integer.toString(code))
                .serviceLevelObjectives(BUCKETS).register(registry).record(nanos, TimeUnit.NANOSECONDS);
    }

    void refused(Status status) {
        Counter.builder("avocet.rejected").tag("reason", status.code()).register(registry).increment();
    }

    void stages(StageClock.Stages stages) {
        stage("queue", stages.queue());
        stage("preprocess", stages.preprocess());
        stage("compute", stages.compute());
        stage("postprocess", stages.postprocess());
    }

    private void stage(String name, long nanos) {
        Timer.builder("avocet.stage").tags(List.of(Tag.of("stage", name))).serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    void decoded(long nanos, long count) {
        decoding.record(nanos, TimeUnit.NANOSECONDS);
        pixels.record((double) count);
    }

    String scrape() {
        return registry.scrape();
    }
}
