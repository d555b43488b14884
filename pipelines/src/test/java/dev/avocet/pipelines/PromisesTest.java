// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.model.ConfigException;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.ImageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a service may rely on, one test per promise. */
class PromisesTest {
    static List<String> devices() {
        return TestDevices.names();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aPicturesEmbeddingIsTheSameBitsAloneAndAnywhereInABatch(String deviceName) {
        try (var device = Device.firstOf(deviceName); var align = Align.load(Bundled.TINY_ALIGN, device)) {
            var images = new ArrayList<>(Bundled.samples().values()).subList(0, 7);
            var alone = images.stream().map(align::embed).toArray(float[][]::new);
            assertSameBits(alone, align.embedImages(images));
            Collections.reverse(images);
            var reversed = align.embedImages(images);
            for (int i = 0; i < alone.length; i++) {
                assertArrayEquals(alone[i], reversed[alone.length - 1 - i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aPictureThatCannotBeDecodedFailsAloneAndTheOthersKeepTheirBits(String deviceName) {
        try (var device = Device.firstOf(deviceName); var align = Align.load(Bundled.TINY_ALIGN, device)) {
            var images = new ArrayList<>(Bundled.samples().values()).subList(0, 6);
            var wanted = new ArrayList<Supplier<Image>>();
            images.forEach(image -> wanted.add(() -> image));
            wanted.add(1, () -> Image.read(new byte[] {1, 2, 3}));
            wanted.add(() -> {
                throw new IllegalStateException("a defect");
            });
            var results = align.embedEach(wanted);
            assertEquals(wanted.size(), results.size());
            var refused = assertInstanceOf(Embedding.Refused.class, results.get(1));
            assertInstanceOf(ImageException.class, refused.reason());
            assertInstanceOf(Embedding.Refused.class, results.getLast());
            for (int i = 0; i < images.size(); i++) {
                var result = assertInstanceOf(Embedding.Vector.class, results.get(i == 0 ? 0 : i + 1));
                assertArrayEquals(align.embed(images.get(i)), result.values());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aTextsEmbeddingIsTheSameBitsWhateverItsNeighboursLength(String deviceName) {
        var texts = List.of("cat", "a photo of a red apple on a table", "", "dog ".repeat(40),
                "This is a photo of a ship.");
        try (var device = Device.firstOf(deviceName); var align = Align.load(Bundled.TINY_ALIGN, device)) {
            var alone = texts.stream().map(align::embed).toArray(float[][]::new);
            assertSameBits(alone, align.embedTexts(texts));
        }
    }

    @Test
    void theNumberOfThreadsNeverChangesABit() {
        for (var deviceName : TestDevices.names()) {
            float[] first = null;
            for (int threads : new int[] {1, 2, 3}) {
                try (var device = Device.firstOf(DeviceOptions.ofThreads(threads), deviceName);
                        var align = Align.load(Bundled.TINY_ALIGN, device)) {
                    var embedding = align.embed(Bundled.sample("cat.jpg"));
                    first = first == null ? embedding : first;
                    assertArrayEquals(first, embedding, deviceName + " with " + threads + " threads");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void manyThreadsGetTheSameBitsAsOne(String deviceName) throws InterruptedException, ExecutionException {
        var images = new ArrayList<>(Bundled.samples().values());
        try (var device = Device.firstOf(deviceName);
                var align = Align.load(Bundled.TINY_ALIGN, device);
                var platform = Executors.newFixedThreadPool(5);
                var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            var alone = images.stream().map(align::embed).toArray(float[][]::new);
            var answers = new ArrayList<Future<float[]>>();
            for (int i = 0; i < 3 * images.size(); i++) {
                var image = images.get(i % images.size());
                answers.add((i % 2 == 0 ? platform : virtual).submit(() -> align.embed(image)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertArrayEquals(alone[i % images.size()], answers.get(i).get());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void closingWhileOthersCallLetsCallsInFlightFinishAndRefusesLaterOnes(String deviceName)
            throws InterruptedException {
        try (var device = Device.firstOf(deviceName)) {
            var vit = ImageClassifier.load(Bundled.TINY_VIT, device);
            var image = Bundled.sample("cat.jpg");
            var wanted = vit.classify(image, 3);
            var answered = new AtomicInteger();
            var failures = Collections.synchronizedList(new ArrayList<Throwable>());
            var refused = new AtomicInteger();
            var callers = IntStream.range(0, 4)
                    .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                        try {
                            while (true) {
                                assertEquals(wanted, vit.classify(image, 3));
                                answered.incrementAndGet();
                            }
                        } catch (IllegalStateException closed) {
                            assertEquals("ImageClassifier tiny-vit is closed", closed.getMessage());
                            refused.incrementAndGet();
                        } catch (Throwable other) {
                            failures.add(other);
                        }
                    }))
                    .toList();
            while (answered.get() < 10 && failures.isEmpty()) {
                Thread.onSpinWait();
            }
            vit.close();
            vit.close();
            for (var caller : callers) {
                caller.join();
            }
            assertEquals(List.of(), failures);
            assertEquals(4, refused.get());
        }
    }

    @Test
    void labelsBelongToTheModelThatEmbeddedThem() {
        try (var device = Device.firstOf(TestDevices.fastest());
                var one = Align.load(Bundled.TINY_ALIGN, device);
                var other = Align.load(Bundled.TINY_ALIGN, device)) {
            var labels = one.labels("{}", List.of("cat"));
            assertThrows(IllegalArgumentException.class, () -> other.zeroShot(Bundled.sample("cat.jpg"), labels));
        }
    }

    @Test
    void probabilitiesSumToOneAndComeBestFirst() {
        try (var device = Device.firstOf(TestDevices.fastest());
                var vit = ImageClassifier.load(Bundled.TINY_VIT, device)) {
            var all = vit.classify(Bundled.sample("dog_face.png"), 1000);
            assertEquals(vit.labels().size(), all.size());
            assertEquals(1, all.stream().mapToDouble(Prediction::score).sum(), 1e-6);
            for (int i = 1; i < all.size(); i++) {
                assertTrue(all.get(i - 1).score() >= all.get(i).score());
            }
        }
    }

    @Test
    void noPicturesAndNoTextsGiveNoAnswers() {
        try (var device = Device.firstOf(TestDevices.fastest());
                var align = Align.load(Bundled.TINY_ALIGN, device)) {
            assertEquals(0, align.embedImages(List.<Image>of()).length);
            assertEquals(0, align.embedTexts(List.of()).length);
            assertThrows(IllegalArgumentException.class, () -> align.labels("{}", List.of()));
            assertThrows(IllegalArgumentException.class, () -> align.labels("no place", List.of("cat")));
        }
    }

    @Test
    void aFolderOfAnotherKindOfModelIsRefusedByName() {
        try (var device = Device.firstOf(TestDevices.fastest())) {
            var error = assertThrows(ConfigException.class, () -> ImageClassifier.load(Bundled.TINY_ALIGN, device));
            assertTrue(error.getMessage().contains("holds no image classifier but a model of type \"align\""));
            assertThrows(ConfigException.class, () -> Align.load(Bundled.TINY_VIT, device));
        }
    }

    @Test
    void warmUpTakesAnyBatchSizes() {
        try (var device = Device.firstOf(TestDevices.fastest());
                var vit = ImageClassifier.load(Bundled.TINY_VIT, device, LoadOptions.defaults().withMaxBatch(2))) {
            vit.warmUp(1, 2, 5);
            var images = List.copyOf(Bundled.samples().values()).subList(0, 5);
            assertEquals(5, vit.classify(images, 1).size());
        }
    }

    private static void assertSameBits(float[][] wanted, float[][] found) {
        assertEquals(wanted.length, found.length);
        for (int i = 0; i < wanted.length; i++) {
            assertArrayEquals(wanted[i], found[i], "item " + i);
        }
    }
}
