// SPDX-License-Identifier: Apache-2.0
package dev.avocet.integrations.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.DeadlineExceededException;
import dev.avocet.core.backend.Device;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.BatchOptions;
import dev.avocet.pipelines.LoadOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerListenerTest {
    private static final Path MODEL = Path.of("..", "..", "models", "tiny-align");

    /** Three texts in one call, one through a batcher, and one that is late. */
    private static void work(MeterRegistry registry) {
        var listener = new MicrometerListener(registry);
        try (var device = Device.firstOf("cpu", "reference");
                var align = Align.load(MODEL, device, LoadOptions.defaults().withListener(listener));
                var batcher = align.textBatcher(BatchOptions.defaults())) {
            listener.watch("texts", batcher);
            align.embedTexts(List.of("a cat", "a dog", "a ship"));
            batcher.call("a cat");
            assertThrows(DeadlineExceededException.class, () -> batcher.call("late", Duration.ZERO));
        }
    }

    @Test
    void everyMeterHasItsNumbers() {
        var registry = new SimpleMeterRegistry();
        work(registry);
        var good = registry.get("avocet.calls").tag("outcome", "success").tag("operation", "embed-text").timer();
        assertEquals(2, good.count());
        assertEquals(1, registry.get("avocet.calls").tag("outcome", "DeadlineExceededException").timer().count());
        double stages = 0;
        for (var stage : List.of("queue", "preprocess", "compute", "postprocess")) {
            var timer = registry.get("avocet.stage").tag("stage", stage).tag("model", "tiny-align").timer();
            assertEquals(3, timer.count());
            stages += timer.totalTime(TimeUnit.NANOSECONDS);
        }
        assertTrue(registry.get("avocet.stage").tag("stage", "compute").timer().totalTime(TimeUnit.NANOSECONDS) > 0);
        double calls = registry.get("avocet.calls").timers().stream()
                .mapToDouble(timer -> timer.totalTime(TimeUnit.NANOSECONDS)).sum();
        assertEquals(calls, stages, 1);
        assertEquals(5, registry.get("avocet.items").summary().totalAmount());
        assertEquals(4, registry.get("avocet.batch").summary().totalAmount());
        assertTrue(registry.get("avocet.tokens").summary().totalAmount() > 12);
        assertEquals(1, registry.get("avocet.load").timer().count());
        assertEquals(0, registry.get("avocet.queued").tag("batcher", "texts").gauge().value());
    }

    @Test
    void prometheusCanScrapeThem() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        work(registry);
        var page = registry.scrape();
        assertTrue(page.contains("avocet_calls_seconds_count{device="), page);
        assertTrue(page.contains("operation=\"embed-text\",outcome=\"success\"} 2"), page);
        assertTrue(page.contains("stage=\"compute\""), page);
        assertTrue(page.contains("avocet_batch_count"), page);
        assertTrue(page.contains("avocet_queued{batcher=\"texts\"} 0.0"), page);
    }
}
