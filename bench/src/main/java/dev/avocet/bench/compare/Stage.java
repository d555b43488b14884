// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.checkpoint.Preset;
import dev.avocet.core.model.Extent;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Resample;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** What happens before a network runs; on one thread each. */
enum Stage {
    /** JPEG files to RGB. */
    DECODE("to RGB", Preset.VIT_LARGE, "rgb", "pillow"),
    /** RGB to ViT's pixel_values. */
    VIT_PIXELS("to ViT's 384 x 384", Preset.VIT_LARGE, "pixel_values", "pillow"),
    /** RGB to ALIGN's pixel_values. */
    ALIGN_PIXELS("to ALIGN's 289 x 289", Preset.ALIGN_BASE, "pixel_values", "pillow"),
    /** Texts to ids. */
    TOKENIZE("captions of 8 to 16 words to 64 ids", Preset.ALIGN_BASE, "input_ids", "tokenizers");

    private static final String PHOTO = "models/samples/boats.jpg";
    /** Of 640 x 512 pixels, which is what the photograph has. */
    private static final Extent PHOTO_SIZE = new Extent(512, 640);
    private static final List<Extent> SIZES =
            List.of(new Extent(375, 500), PHOTO_SIZE, new Extent(1080, 1920), new Extent(3000, 4000));
    /** Pixels of a run, as far as one picture does not have more. */
    private static final int PIXELS = 8 * 640 * 512;
    private static final int TEXTS = 1000;

    private final String title;
    private final Preset preset;
    private final String output;
    private final String peer;

    Stage(String title, Preset preset, String output, String peer) {
        this.title = title;
        this.preset = preset;
        this.output = output;
        this.peer = peer;
    }

    /** The names of the peers of all stages. */
    static List<String> peers() {
        return Arrays.stream(values()).map(stage -> stage.peer).distinct().toList();
    }

    /** The stage of this name, such as {@code vit-pixels}. */
    static Stage of(String name) {
        return Arrays.stream(values()).filter(stage -> stage.id().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no stage \"" + name + "\"; there are "
                        + Arrays.stream(values()).map(Stage::id).collect(Collectors.joining(", "))));
    }

    /** The short name. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The stage, for each size of picture that it is measured with, with its peer if its name is given. */
    List<Contest> contests(Set<String> names, Places places) throws IOException {
        var folder = preset.in(places.home());
        var entrants = new LinkedHashMap<String, Contest.Entrant>();
        entrants.put(Contest.AVOCET, inputs -> List.of(places.java("StageWorker", folder, inputs, output, 1)));
        if (names.contains(peer)) {
            entrants.put(peer, inputs -> List.of(places.python("peer_" + peer + ".py", folder, inputs, output, 1)));
        }
        var photo = places.root().resolve(PHOTO);
        return switch (this) {
            case DECODE -> List.of(new Contest("JPEG of " + inPixels(PHOTO_SIZE), 1, batch(PHOTO_SIZE), 1,
                    Map.of("jpeg", repeated(Files.readAllBytes(photo), batch(PHOTO_SIZE))), 0, entrants));
            case VIT_PIXELS, ALIGN_PIXELS -> {
                var image = Image.read(photo);
                yield SIZES.stream().map(size -> new Contest(inPixels(size), 1, batch(size), 1,
                        Map.of("rgb", repeated(image.resize(size.width(), size.height(), Resample.BICUBIC).toRgb(),
                                batch(size), size.height(), size.width(), 3)),
                        0, entrants)).toList();
            }
            case TOKENIZE -> {
                var texts = captions(Files.readAllLines(folder.resolve("vocab.txt")));
                var bytes = String.join("\n", texts).getBytes(StandardCharsets.UTF_8);
                var input = new HostTensor(DType.U8, Shape.of(bytes.length), MemorySegment.ofArray(bytes));
                yield List.of(new Contest(title, 1, TEXTS, 1, Map.of("texts", input), 0, entrants));
            }
        };
    }

    private String inPixels(Extent size) {
        return size.width() + " x " + size.height() + " pixels " + title;
    }

    private static int batch(Extent size) {
        return Math.max(1, PIXELS / (size.height() * size.width()));
    }

    private static HostTensor repeated(byte[] item, int batch, int... dims) {
        var bytes = new byte[batch * item.length];
        for (int i = 0; i < batch; i++) {
            System.arraycopy(item, 0, bytes, i * item.length, item.length);
        }
        var shape = new int[Math.max(2, dims.length + 1)];
        shape[0] = batch;
        shape[1] = item.length;
        System.arraycopy(dims, 0, shape, 1, dims.length);
        return new HostTensor(DType.U8, Shape.of(shape), MemorySegment.ofArray(bytes));
    }

    /** Words that the vocabulary has, some joined to longer ones that it doesn't, capitals and punctuation. */
    private static List<String> captions(List<String> vocabulary) {
        var words = vocabulary.stream().filter(word -> word.matches("[a-z]{4,}")).toList();
        var random = new Random(1);
        var captions = new ArrayList<String>();
        for (int i = 0; i < TEXTS; i++) {
            var caption = new StringBuilder("A");
            int length = random.nextInt(7, 16);
            for (int w = 0; w < length; w++) {
                caption.append(w % 5 == 4 ? ", " : " ").append(words.get(random.nextInt(words.size())));
                if (random.nextInt(4) == 0) {
                    caption.append(words.get(random.nextInt(words.size())));
                }
            }
            captions.add(caption.append('.').toString());
        }
        return captions;
    }
}
