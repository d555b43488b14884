// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.model.Extent;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.OutputFile;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import dev.avocet.loader.image.Preprocessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet preprocess}. */
@Command(
        name = "preprocess",
        header = "Turn pictures into the numbers that a model takes.",
        description = {
            "",
            "Decodes, resizes, crops and normalises as the model's preprocessor_config.json says, and writes",
            "pixel_values [N,3,H,W] in the pictures' order, which \"avocet run\" takes.",
            ""},
        footer = {"", "Example: avocet preprocess --model tiny-vit cat.jpg dog.jpg --output in.safetensors"})
final class Preprocess implements Executable {
    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = Pictures.HELP)
    private List<String> images;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = ModelReference.HELP)
    private String model;

    @Option(names = "--output", required = true, paramLabel = "FILE",
            description = "Where they go, a .safetensors file.")
    private Path output;

    private final Terminal terminal;
    private final CommonOptions common;

    Preprocess(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        OutputFile.requireWritable(output);
        var preprocessor = Preprocessor.load(ModelReference.of(model, terminal, common).folder());
        var pixels = new ArrayList<float[]>();
        var sizes = new ArrayList<Extent>();
        int code = Pictures.forEach(
                Pictures.of(images, terminal, common),
                terminal,
                (_, image) -> {
                    sizes.add(sameSize(sizes, preprocessor.framing().of(image)));
                    var values = new float[3 * sizes.getFirst().height() * sizes.getFirst().width()];
                    preprocessor.preprocess(image, values, 0);
                    pixels.add(values);
                },
                (_, _) -> {});
        if (code != OK) {
            throw new AvocetException(
                    output + " was not written, because not all pictures could be used; leave those out");
        }
        var size = sizes.getFirst();
        var shape = Shape.of(pixels.size(), 3, size.height(), size.width()); // [N,3,H,W]
        SafetensorsWriter.write(output, Map.of("pixel_values", HostTensor.of(shape, joined(pixels))), Map.of());
        return OK;
    }

    /** A processor may let pictures keep their proportions. */
    private static Extent sameSize(List<Extent> sizes, Extent size) {
        if (!sizes.isEmpty() && !sizes.getFirst().equals(size)) {
            throw new AvocetException("its pixel_values would be " + size + " and those of the picture before it are "
                    + sizes.getFirst() + "; preprocess it by itself");
        }
        return size;
    }

    private float[] joined(List<float[]> rows) {
        int size = rows.getFirst().length;
        if ((long) rows.size() * size > Integer.MAX_VALUE - 8) {
            throw new AvocetException(output + " can't be written: " + rows.size()
                    + " pictures are too many for one tensor; give at most " + (Integer.MAX_VALUE - 8) / size);
        }
        var joined = new float[rows.size() * size];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, joined, i * size, size);
        }
        return joined;
    }
}
