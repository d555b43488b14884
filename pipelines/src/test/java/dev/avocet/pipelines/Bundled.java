// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.model.Config;
import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.loader.image.Image;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The models and pictures that come with the project, and what Hugging Face computes for them. */
final class Bundled {
    static final Path MODELS = Path.of("..", "models");
    static final Path TINY_VIT = MODELS.resolve("tiny-vit");
    static final Path TINY_ALIGN = MODELS.resolve("tiny-align");

    private Bundled() {}

    static Config expected() {
        var file = MODELS.resolve("expected.json");
        return new Config(file.toString(), JsonFile.read(file));
    }

    /** All sample pictures by file name. */
    static Map<String, Image> samples() {
        var samples = new LinkedHashMap<String, Image>();
        expected().at("classify").fields().keySet().forEach(name -> samples.put(name, sample(name)));
        return samples;
    }

    static Image sample(String name) {
        return Image.read(MODELS.resolve("samples").resolve(name));
    }

    static List<String> labels() {
        return expected().texts("labels", List.of());
    }

    static String template() {
        return expected().text("template", "");
    }
}
