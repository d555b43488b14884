// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.worker;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Preprocessor;
import dev.avocet.loader.tokenizer.Tokenizer;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * What Avocet does before a network runs, as a worker on one thread. Which stage, the inputs say: {@code jpeg} U8
 * [N,bytes], {@code rgb} U8 [N,H,W,3] or {@code texts} U8, one a line. Its model is a folder in Hugging Face layout.
 */
final class StageWorker implements Worker.Engine {
    private final Supplier<Supplier<HostTensor>> stage;
    private Supplier<HostTensor> result;

    private StageWorker(Worker.Task task) {
        try (var file = Checkpoint.open(task.inputs())) {
            var input = file.names().iterator().next();
            var tensor = file.tensor(input);
            stage = switch (input) {
                case "jpeg" -> decode(items(tensor));
                case "rgb" -> preprocess(task.model(), tensor.shape(), items(tensor));
                case "texts" -> tokenize(task.model(), items(tensor.reshape(Shape.of(1, tensor.shape().dim(0)))));
                default -> throw new IllegalArgumentException("no stage takes " + input);
            };
        }
    }

    private static byte[][] items(HostTensor tensor) {
        var items = new byte[tensor.shape().dim(0)][];
        long size = tensor.data().byteSize() / items.length;
        for (int i = 0; i < items.length; i++) {
            items[i] = tensor.data().asSlice(i * size, size).toArray(ValueLayout.JAVA_BYTE);
        }
        return items;
    }

    private static Supplier<Supplier<HostTensor>> decode(byte[][] files) {
        var images = new Image[files.length];
        return () -> {
            Arrays.setAll(images, i -> Image.read(files[i]));
            return () -> pixels(images);
        };
    }

    private static HostTensor pixels(Image[] images) {
        var shape = Shape.of(images.length, images[0].height(), images[0].width(), 3);
        var values = new float[Math.toIntExact(shape.elements())];
        int count = 0;
        for (var image : images) {
            for (byte value : image.toRgb()) {
                values[count++] = value & 0xFF;
            }
        }
        return HostTensor.of(shape, values);
    }

    private static Supplier<Supplier<HostTensor>> preprocess(Path folder, Shape shape, byte[][] pictures) {
        var images = Arrays.stream(pictures).map(rgb -> Image.of(shape.dim(2), shape.dim(1), rgb)).toList();
        var preprocessor = Preprocessor.load(folder);
        int size = 3 * preprocessor.height() * preprocessor.width();
        var values = new float[images.size() * size];
        var result = HostTensor.of(
                Shape.of(images.size(), 3, preprocessor.height(), preprocessor.width()), values);
        return () -> {
            for (int i = 0; i < images.size(); i++) {
                preprocessor.preprocess(images.get(i), values, i * size);
            }
            return () -> result;
        };
    }

    private static Supplier<Supplier<HostTensor>> tokenize(Path folder, byte[][] lines) {
        var texts = List.of(new String(lines[0], StandardCharsets.UTF_8).split("\n", -1));
        var tokenizer = Tokenizer.load(folder);
        return () -> {
            var ids = tokenizer.encodeToLength(texts, 64).inputIds();
            return () -> HostTensor.of(ids.shape(), ids.toFloats());
        };
    }

    public static void main(String[] args) throws Exception {
        Worker.serve(args, StageWorker::new);
    }

    @Override
    public String version() {
        return "Java " + Runtime.version();
    }

    @Override
    public void run() {
        result = stage.get();
    }

    @Override
    public HostTensor output() {
        return result.get();
    }
}
