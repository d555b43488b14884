// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class ProfileTest {
    @Test
    void everyStepThatExplainListsIsTimedAndTheTimesAddUp() {
        var explained = Cli.ok("explain", "--model", "tiny-align", "--device", Cli.DEVICE, "--json").json();
        var profiled = Cli.ok("profile", "--model", "tiny-align", "--device", Cli.DEVICE, "--runs", 3, "--warmup", 1,
                "--json").json();
        assertEquals(2, profiled.size());
        for (int i = 0; i < 2; i++) {
            var steps = profiled.get(i).get("steps");
            assertEquals(explained.get(i).get("steps").size(), steps.size());
            for (int step = 0; step < steps.size(); step++) {
                for (var field : List.of("operation", "fused", "layer", "shape", "gflop", "read_bytes")) {
                    assertEquals(explained.get(i).get("steps").get(step).get(field), steps.get(step).get(field));
                }
            }
            var totals = profiled.get(i).get("totals");
            assertTrue(totals.get("ms").asDouble() > 0 && profiled.get(i).get("run_ms").asDouble() > 0);
            for (var rows : List.of(steps, profiled.get(i).get("kinds"))) {
                assertEquals(1, sum(rows, "share"), 1e-6);
                assertEquals(totals.get("ms").asDouble(), sum(rows, "ms"), 1e-6);
                assertEquals(totals.get("gflop").asDouble(), sum(rows, "gflop"), 1e-9);
            }
        }
    }

    @Test
    void thePeakIsMeasuredWhereTheDeviceCanTell() {
        var onCpu = Cli.ok("profile", "--model", "tiny-vit", "--device", Cli.DEVICE, "--runs", 1, "--json").json()
                .getFirst();
        assertEquals(Cli.DEVICE.equals("cpu"), onCpu.get("peak_gflop_per_second").asDouble() > 0);
        var onReference = Cli.ok("profile", "--model", "tiny-vit", "--device", "reference", "--runs", 1, "--warmup", 0,
                "--json").json().getFirst();
        assertTrue(onReference.get("peak_gflop_per_second").isNull());
        assertTrue(onReference.get("steps").get(0).get("of_peak").isNull());
        assertEquals(0, onReference.get("totals").get("idle").asDouble());
    }

    @Test
    void peopleGetTablesThatFitTheirScreen() {
        var text = Cli.ok("profile", "--model", "tiny-align", "--device", Cli.DEVICE, "--runs", 1, "--warmup", 0)
                .outLines();
        text.forEach(line -> assertTrue(line.length() <= 120, line));
        assertEquals(2, text.stream().filter(line -> line.startsWith("kind ")).count());
        assertEquals(2, text.stream().filter(line -> line.startsWith("a whole run ")).count());
    }

    private static double sum(JsonNode rows, String field) {
        return StreamSupport.stream(rows.spliterator(), false).mapToDouble(row -> row.get(field).asDouble()).sum();
    }
}
