// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.loader.Pretrained;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts one after the other against the same texts padded. */
class PackedTextsTest {
    private static final Path BERT = Path.of("src/test/resources/golden/bert-plain");
    private static final int[] LENGTHS = {5, 1, 13, 2, 7};
    private static final int LONGEST = 13;

    static List<String> devices() {
        return TestDevices.names();
    }

    private static int id(int text, int token) {
        return 1 + (7 * text + 3 * token) % 20;
    }

    private static Map<String, HostTensor> padded() {
        int count = LENGTHS.length;
        var ids = new int[count * LONGEST];
        var mask = new int[count * LONGEST];
        for (int text = 0; text < count; text++) {
            for (int token = 0; token < LENGTHS[text]; token++) {
                ids[text * LONGEST + token] = id(text, token);
                mask[text * LONGEST + token] = 1;
            }
        }
        return Map.of("input_ids", HostTensor.of(Shape.of(count, LONGEST), ids),
                "attention_mask", HostTensor.of(Shape.of(count, LONGEST), mask));
    }

    private static Map<String, HostTensor> packed() {
        int tokens = Arrays.stream(LENGTHS).sum();
        var ids = new int[tokens];
        var positions = new int[tokens];
        var texts = new int[tokens];
        var firsts = new int[LENGTHS.length];
        int place = 0;
        for (int text = 0; text < LENGTHS.length; text++) {
            firsts[text] = place;
            for (int token = 0; token < LENGTHS[text]; token++, place++) {
                ids[place] = id(text, token);
                positions[place] = token;
                texts[place] = 100 - text; // any numbers will do
            }
        }
        var inputs = new LinkedHashMap<String, HostTensor>();
        inputs.put("input_ids", HostTensor.of(Shape.of(1, tokens), ids));
        inputs.put("position_ids", HostTensor.of(Shape.of(1, tokens), positions));
        inputs.put("text_ids", HostTensor.of(Shape.of(1, tokens), texts));
        inputs.put("first_tokens", HostTensor.of(Shape.of(LENGTHS.length), firsts));
        return inputs;
    }

    @ParameterizedTest
    @MethodSource("devices")
    void everyTokenIsTheSameBits(String deviceName) {
        try (var pretrained = Pretrained.open(BERT);
                var device = Device.firstOf(deviceName);
                var session = Session.open("bert", pretrained.model()::forward, device)) {
            var outputs = List.of("last_hidden_state", "pooler_output");
            var wanted = session.run(padded(), outputs);
            var found = session.run(packed(), outputs);
            assertEquals(List.of(), differences(wanted.get("last_hidden_state"), found.get("last_hidden_state")));
            assertEquals(Arrays.toString(wanted.get("pooler_output").toFloats()),
                    Arrays.toString(found.get("pooler_output").toFloats()));
        }
    }

    private static List<String> differences(HostTensor padded, HostTensor packed) {
        int width = (int) padded.shape().columns();
        var differences = new ArrayList<String>();
        int place = 0;
        for (int text = 0; text < LENGTHS.length; text++) {
            for (int token = 0; token < LENGTHS[text]; token++, place++) {
                for (int i = 0; i < width; i++) {
                    float wanted = padded.floatAt((long) (text * LONGEST + token) * width + i);
                    if (wanted != packed.floatAt((long) place * width + i)) {
                        differences.add("text " + text + ", token " + token + ", column " + i);
                    }
                }
            }
        }
        return differences;
    }

    @Test
    void packedTextsTakeNoMaskAndOnlyPlacesThatThereAre() {
        try (var pretrained = Pretrained.open(BERT);
                var device = Device.firstOf(TestDevices.fastest());
                var session = Session.open("bert", pretrained.model()::forward, device)) {
            var both = new LinkedHashMap<>(packed());
            both.put("attention_mask", both.get("text_ids"));
            var mask = assertThrows(ShapeException.class, () -> session.run(both, List.of("last_hidden_state")));
            assertTrue(mask.getMessage().contains("attention_mask"), mask.getMessage());
            var outside = new LinkedHashMap<>(packed());
            outside.put("first_tokens", HostTensor.of(Shape.of(1), new int[] {28}));
            assertThrows(ShapeException.class, () -> session.run(outside, List.of("pooler_output")));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "8, 8", "9, 16", "64, 64", "65, 72", "127, 128", "128, 128", "129, 144", "256, 256", "257, 288",
        "4096, 4096"})
    void aFewPlansServeAllNumbersOfTokens(int tokens, int rounded) {
        assertEquals(rounded, Texts.roundedUp(tokens));
    }
}
