// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.server.ApiException.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What the server counts and times besides its models' calls. No tag is anything that clients choose. */
final class Meters {
    private static final Duration[] BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
        Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1),
        Duration.ofSeconds(5), Duration.ofSeconds(10)};

    private final PrometheusMeterRegistry registry;
    private final Map<Answered, Timer> answers = new ConcurrentHashMap<>();
    private final Timer queue;
    private final Timer decoding;
    private final DistributionSummary pixels;

    private record Answered(String route, int code) {}

    Meters(PrometheusMeterRegistry registry) {
        this.registry = registry;
        this.queue = Timer.builder("avocet.queue").description("From a request's arrival to its computing")
                .serviceLevelObjectives(BUCKETS).register(registry);
        this.decoding = Timer.builder("avocet.decode").description("Decoding a picture")
                .serviceLevelObjectives(BUCKETS).register(registry);
        this.pixels = DistributionSummary.builder("avocet.image.pixels").description("Pixels of a picture")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    void watch(Services services) {
        services.desks().forEach((lane, desk) -> {
            var name = lane.name().toLowerCase(Locale.ROOT);
            Gauge.builder("avocet.queue.depth", desk, Desk::waiting).description("Requests that wait")
                    .tag("lane", name).register(registry);
            Gauge.builder("avocet.inflight", desk, Desk::computing).description("Requests that are computed")
                    .tag("lane", name).register(registry);
        });
        memory("bodies", services.bodies());
        memory("pictures", services.pictures());
    }

    private void memory(String kind, ByteBudget budget) {
        Gauge.builder("avocet.memory", budget, ByteBudget::taken).description("Memory that requests have taken")
                .tag("kind", kind).baseUnit("bytes").register(registry);
        Gauge.builder("avocet.memory.limit", budget, ByteBudget::limit).description("Memory that requests may take")
                .tag("kind", kind).baseUnit("bytes").register(registry);
    }

    void answered(String route, int code, long nanos) {
        answers.computeIfAbsent(new Answered(route, code), this::register).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer register(Answered kind) {
        return Timer.builder("avocet.requests").description("From a request's arrival to its answer")
                .tag("route", kind.route()).tag("code", Integer.toString(kind.code()))
                .serviceLevelObjectives(BUCKETS).register(registry);
    }

    void refused(Status status) {
        Counter.builder("avocet.rejected").description("Requests without a result").tag("reason", status.code())
                .register(registry).increment();
    }

    void waited(long nanos) {
        queue.record(nanos, TimeUnit.NANOSECONDS);
    }

    void decoded(long nanos, long count) {
        decoding.record(nanos, TimeUnit.NANOSECONDS);
        pixels.record((double) count);
    }

    String scrape() {
        return registry.scrape();
    }
}
