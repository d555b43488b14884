// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.model.Extent;
import dev.avocet.loader.checkpoint.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * From a picture to the {@code pixel_values} of a model, as preprocessor_config.json says.
 *
 * <p>The numbers equal, to the last bit, those of the Pillow-backed image processors of Hugging Face transformers 5.23.
 * A field of the file wins over the processor's default; fields that those processors do not know, and those that only
 * matter to other kinds of pictures or of processors, are ignored as they are there. Immutable; any thread may use it.
 */
public sealed interface Preprocessor permits ViTPreprocessor, EfficientNetPreprocessor {
    /**
     * Reads a model folder's processor: what processor_config.json holds as {@code image_processor}, or else
     * preprocessor_config.json. Where neither says of which kind it is, config.json's {@code model_type} does.
     *
     * @throws dev.avocet.core.AvocetException when a file is missing or malformed, or wants what is not implemented
     */
    static Preprocessor load(Path folder) {
        var processor = folder.resolve("processor_config.json");
        var preprocessor = folder.resolve("preprocessor_config.json");
        if (Files.exists(processor)) {
            var whole = new Config(processor.toString(), JsonFile.read(processor));
            if (whole.has("image_processor")) {
                return of(whole.at("image_processor"), modelType(folder));
            }
        }
        if (!Files.exists(preprocessor)) {
            throw new ConfigException(
                    folder + " has no preprocessor_config.json, which says how pictures are prepared");
        }
        return of(new Config(preprocessor.toString(), JsonFile.read(preprocessor)), modelType(folder));
    }

    private static String modelType(Path folder) {
        var file = folder.resolve("config.json");
        return Files.exists(file) ? new Config(file.toString(), JsonFile.read(file)).text("model_type", "") : "";
    }

    /**
     * The processor that the contents of a preprocessor_config.json describe, which must name its kind.
     *
     * @throws ConfigException when they are malformed, or want what is not implemented
     */
    static Preprocessor of(Config config) {
        return of(config, "");
    }

    private static Preprocessor of(Config config, String modelType) {
        var type = config.text("image_processor_type", config.text("feature_extractor_type", ""));
        var kind = type.replace("FeatureExtractor", "ImageProcessor").replaceFirst("(Fast|Pil)$", "");
        return switch (kind.isEmpty() ? modelType : kind) {
            case "ViTImageProcessor", "vit" -> ViTPreprocessor.of(config);
            case "EfficientNetImageProcessor", "efficientnet", "align" -> EfficientNetPreprocessor.of(config);
            default -> throw new ConfigException(config.source() + (kind.isEmpty()
                    ? " has no \"image_processor_type\", and the model's type \"" + modelType + "\" implies none"
                    : " wants the image processor \"" + type + "\"")
                    + ": ViTImageProcessor and EfficientNetImageProcessor are implemented");
        };
    }

    /** How pictures are brought to size. */
    Framing framing();

    /**
     * How many rows {@code pixel_values} has for every picture.
     *
     * @throws ConfigException when that depends on the picture
     */
    default int height() {
        return fixed().height();
    }

    /**
     * How many columns {@code pixel_values} has for every picture.
     *
     * @throws ConfigException when that depends on the picture
     */
    default int width() {
        return fixed().width();
    }

    private Extent fixed() {
        return framing().fixed().orElseThrow(() -> new ConfigException("preprocessor_config.json lets pictures keep"
                + " their proportions, and a model takes one size: give \"size\" height and width, or a crop_size"));
    }

    /**
     * Writes a picture's {@code pixel_values}, {@code [3,height,width]} of {@link Framing#of}, into an array from an
     * offset on.
     */
    void preprocess(Image image, float[] into, int offset);
}
