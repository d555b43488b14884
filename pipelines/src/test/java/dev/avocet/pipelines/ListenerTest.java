// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.DeadlineExceededException;
import dev.avocet.core.backend.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What listeners and Flight Recorder are told of. */
class ListenerTest {
    private static final class Log implements ModelListener {
        private final List<ModelCall> calls = Collections.synchronizedList(new ArrayList<>());
        private final List<String> loads = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onCall(ModelCall call) {
            calls.add(call);
        }

        @Override
        public void onLoad(String model, String device, long nanos) {
            assertTrue(nanos > 0);
            loads.add(model + " on " + device);
        }

        LoadOptions options() {
            return LoadOptions.defaults().withListener(this).withMaxBatch(2);
        }
    }

    @Test
    void everyOperationIsToldWithItsStages() {
        var log = new Log();
        try (var device = Device.firstOf("cpu", "reference");
                var align = Align.load(Bundled.TINY_ALIGN, device, log.options());
                var vit = ImageClassifier.load(Bundled.TINY_VIT, device, log.options())) {
            var cat = Bundled.sample("cat.jpg");
            var labels = align.labels("{}", List.of("a cat", "a dog", "a"));
            align.zeroShot(cat, labels);
            align.embed(cat);
            align.imageFeatures(cat);
            align.textFeatures("a cat");
            vit.classify(List.of(cat, cat, cat), 1);
            assertEquals(List.of("tiny-align on " + device.name(), "tiny-vit on " + device.name()), log.loads);
        }
        assertEquals(List.of("embed-text", "zero-shot", "embed-image", "image-features", "text-features", "classify"),
                log.calls.stream().map(ModelCall::operation).toList());
        for (var call : log.calls) {
            assertNull(call.failure());
            assertEquals(call.operation().equals("classify") ? "tiny-vit" : "tiny-align", call.model());
            assertEquals(Math.min(2, call.items()), call.batch());
            assertTrue(call.stages().preprocess() > 0 && call.stages().compute() > 0
                    && call.stages().postprocess() > 0, call.toString());
            assertEquals(call.operation().contains("text"), call.tokens() > 0);
        }
        assertEquals(List.of(3, 1, 1, 1, 1, 3), log.calls.stream().map(ModelCall::items).toList());
    }

    @Test
    void aBatcherTellsOfEachItemWithTheTimeInItsQueue() {
        var log = new Log();
        try (var device = Device.firstOf("cpu", "reference");
                var align = Align.load(Bundled.TINY_ALIGN, device, log.options());
                var batcher = align.textBatcher(BatchOptions.defaults().withMaxBatch(2))) {
            var futures = List.of("a", "a cat", "a dog").stream().map(batcher::submit).toList();
            futures.forEach(each -> each.join());
            assertThrows(DeadlineExceededException.class, () -> batcher.call("late", Duration.ZERO));
        }
        assertEquals(4, log.calls.size());
        for (var call : log.calls.subList(0, 3)) {
            assertEquals(1, call.items());
            assertTrue(call.batch() == 1 || call.batch() == 2);
            assertTrue(call.tokens() > 0);
            assertTrue(call.stages().queue() > 0 && call.stages().compute() > 0, call.toString());
        }
        assertTrue(log.calls.getLast().failure() instanceof DeadlineExceededException);
        assertEquals(0, log.calls.getLast().batch());
    }

    @Test
    void aListenerThatFailsDoesNotFailTheCall() {
        try (var device = Device.firstOf("cpu", "reference");
                var align = Align.load(Bundled.TINY_ALIGN, device, LoadOptions.defaults().withListener(_ -> {
                    throw new IllegalStateException("not today");
                }))) {
            assertEquals(align.dimensions(), align.embed("a cat").length);
        }
    }

    @Test
    void whereNobodyListensNoCallAsksTheClock() {
        assertSame(CallTimer.OFF, new Observer("model", "cpu", ModelListener.NONE).begin("classify", 1));
        assertSame(CallTimer.OFF, CallTimer.OFF.forBatch());
        assertEquals(ModelCall.Stages.ZERO, CallTimer.OFF.stages());
    }

    @Test
    void flightRecorderGetsTheSame(@TempDir Path folder) throws IOException {
        var file = folder.resolve("calls.jfr");
        try (var recording = new Recording();
                var device = Device.firstOf("cpu", "reference");
                var align = Align.load(Bundled.TINY_ALIGN, device)) {
            recording.enable("dev.avocet.Inference").withoutThreshold();
            recording.start();
            align.embed("a cat");
            assertThrows(NullPointerException.class, () -> align.embed((String) null));
            recording.stop();
            recording.dump(file);
        }
        var events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.avocet.Inference"))
                .toList();
        assertEquals(1, events.size());
        var event = events.getFirst();
        assertEquals("tiny-align", event.getString("model"));
        assertEquals("embed-text", event.getString("operation"));
        assertEquals(1, event.getInt("items"));
        assertTrue(event.getInt("tokens") > 2);
        assertTrue(event.getDuration("compute").isPositive());
        assertTrue(event.getDuration().compareTo(event.getDuration("compute")) > 0);
    }
}
