// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.core.model.efficientnet.EfficientNetConfig;
import dev.avocet.core.model.vit.VitConfig;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {
    @Test
    void absentFieldsGiveTheReferencesDefaults() {
        var config = VitConfig.of(config(Map.of()));
        assertEquals(768, config.hiddenSize());
        assertEquals(new Extent(224, 224), config.imageSize());
        assertEquals(List.of("LABEL_0", "LABEL_1"), config.labels());
    }

    @Test
    void aFieldOfAnotherTypeIsNamedWithItsFileAndValue() {
        assertEquals(
                "config.json: \"hidden_size\" must be an integer of 32 bits, found \"large\"",
                refusal(Map.of("hidden_size", "large")));
        assertEquals("config.json: \"image_size\" must be a positive integer or [height, width], found [1, 2, 3]",
                refusal(Map.of("image_size", List.of(1, 2, 3))));
        assertEquals("config.json: \"qkv_bias\" must be true or false, found 1", refusal(Map.of("qkv_bias", 1)));
        assertEquals(
                "config.json: \"hidden_size\" must be a multiple of num_attention_heads, 12, found 100",
                refusal(Map.of("hidden_size", 100)));
    }

    @Test
    void anUnknownActivationIsNamedWithTheKnownOnes() {
        assertTrue(refusal(Map.of("hidden_act", "mish"))
                .startsWith("activation \"mish\" is not supported; known are gelu,"));
    }

    @Test
    void aGapInTheLabelsIsNamed() {
        assertEquals(
                "config.json: id2label has 2 entries but no \"1\"",
                refusal(Map.of("id2label", Map.of("0", "cat", "2", "dog"))));
    }

    /** Each of these fields alone would have a small file fill the memory. */
    @Test
    void numbersThatNoModelHasAreRefusedBeforeAnythingIsMadeOfThem() {
        assertEquals("config.json: \"num_hidden_layers\" must be an integer from 0 to 1000, found 2000000000",
                refusal(Map.of("num_hidden_layers", 2_000_000_000L)));
        assertEquals("config.json: \"num_labels\" must be an integer from 0 to 1048576, found 2000000000",
                refusal(Map.of("num_labels", 2_000_000_000L)));
        assertEquals("config.json: \"image_size\" must be one that makes at most 16777216 patches, found 100000",
                refusal(Map.of("image_size", 100_000L, "patch_size", 1L)));
        var blocks = config(Map.of("num_block_repeats", List.of(1L, 1L, 1L, 1L, 1L, 1L, 2_000_000_000L)));
        assertTrue(assertThrows(ConfigException.class, () -> EfficientNetConfig.of(blocks)).getMessage()
                .startsWith("config.json: \"num_block_repeats\" must be a list that makes at most 1000 blocks"));
        for (var wide : List.of(Map.of("width_coefficient", 1e5), Map.of("depth_divisor", 2_000_000_000L),
                Map.of("expand_ratios", Collections.nCopies(7, 2_000_000_000L)))) {
            assertTrue(assertThrows(ConfigException.class, () -> EfficientNetConfig.of(config(wide))).getMessage()
                    .startsWith("config.json: \"width_coefficient\" must be one that makes at most 2097152 channels"));
        }
    }

    private static Config config(Map<String, ?> fields) {
        return new Config("config.json", fields);
    }

    private static String refusal(Map<String, ?> fields) {
        return assertThrows(AvocetException.class, () -> VitConfig.of(config(fields))).getMessage();
    }
}
