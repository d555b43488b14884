// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.jmh;

import dev.avocet.bench.Home;
import dev.avocet.bench.checkpoint.Preset;
import dev.avocet.core.backend.Device;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Preprocessor;
import dev.avocet.loader.tokenizer.Tokenizer;
import dev.avocet.models.BundledModels;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.ImageClassifier;
import dev.avocet.pipelines.LabelSet;
import dev.avocet.pipelines.Prediction;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call of a service is made of, in microseconds: the stages at the size of ALIGN, and whole calls with the bundled
 * models, whose networks are so small that what is around them shows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PipelineBenchmark {
    private static final String CAPTION = "Two cats asleep on a pink sofa, with two remote controls.";

    private byte[] file;
    private Image image;
    private Preprocessor preprocessor;
    private float[] pixels;
    private Tokenizer tokenizer;
    private Device device;
    private ImageClassifier classifier;
    private Align align;
    private LabelSet labels;

    /** Opens the bundled models, and ALIGN's processors. */
    @Setup
    public void open() throws IOException {
        try (var photo = PipelineBenchmark.class.getResourceAsStream("boats.jpg")) {
            if (photo == null) {
                throw new FileNotFoundException("resource boats.jpg");
            }
            file = photo.readAllBytes();
        }
        image = Image.read(file);
        var folder = Preset.ALIGN_BASE.in(Home.path());
        preprocessor = Preprocessor.load(folder);
        pixels = new float[3 * preprocessor.height() * preprocessor.width()];
        tokenizer = Tokenizer.load(folder);
        device = Device.firstOf("cpu");
        classifier = ImageClassifier.load(BundledModels.tinyVit(), device);
        align = Align.load(BundledModels.tinyAlign(), device);
        labels = align.labels("This is a photo of {}.", List.of("cat", "dog", "airplane"));
    }

    /** A JPEG of 640 x 512 pixels to RGB. */
    @Benchmark
    public Image decode() {
        return Image.read(file);
    }

    /** RGB to ALIGN's pixel_values [3,289,289]. */
    @Benchmark
    public float[] preprocess() {
        preprocessor.preprocess(image, pixels, 0);
        return pixels;
    }

    /** A caption to 64 ids. */
    @Benchmark
    public HostTensor tokenize() {
        return tokenizer.encodeToLength(List.of(CAPTION), 64).inputIds();
    }

    /** RGB to the five best labels, with tiny-vit. */
    @Benchmark
    public List<Prediction> classify() {
        return classifier.classify(image, 5);
    }

    /** RGB to the labels' probabilities, with tiny-align. */
    @Benchmark
    public List<Prediction> zeroShot() {
        return align.zeroShot(image, labels);
    }

    /** A caption to its embedding, with tiny-align. */
    @Benchmark
    public float[] embedText() {
        return align.embed(CAPTION);
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        align.close();
        classifier.close();
        device.close();
    }
}
