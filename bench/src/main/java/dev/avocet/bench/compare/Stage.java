// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.checkpoint.Preset;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.image.Image;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    DECODE("JPEG of 640 x 512 pixels to RGB, one thread", Preset.VIT_LARGE, "rgb", "pillow", 8),
    /** RGB to ViT's pixel_values. */
    VIT_PIXELS("640 x 512 pixels to ViT's 384 x 384, one thread", Preset.VIT_LARGE, "pixel_values", "pillow", 8),
    /** RGB to ALIGN's pixel_values. */
    ALIGN_PIXELS("640 x 512 pixels to ALIGN's 289 x 289, one thread", Preset.ALIGN_BASE, "pixel_values", "pillow", 8),
    /** Texts to ids. */
    TOKENIZE("captions of 8 to 16 words to 64 ids, one thread", Preset.ALIGN_BASE, "input_ids", "tokenizers", 1000);

    private static final String PHOTO = "models/samples/boats.jpg";

    private final String title;
    private final Preset preset;
    private final String output;
    private final String peer;
    private final int batch;

    Stage(String title, Preset preset, String output, String peer, int batch) {
        this.title = title;
        this.preset = preset;
        this.output = output;
        this.peer = peer;
        this.batch = batch;
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

    /** The stage, with its peer if its name is given. */
    Contest contest(Set<String> names, Places places) throws IOException {
        var folder = preset.in(places.home());
        var entrants = new LinkedHashMap<String, Contest.Entrant>();
        entrants.put(Contest.AVOCET, inputs -> places.java("StageWorker", folder, inputs, output, 1));
        if (names.contains(peer)) {
            entrants.put(peer, inputs -> places.python("peer_" + peer + ".py", folder.toString(), inputs.toString(),
                    output, "1"));
        }
        return new Contest(title, batch, inputs(folder, places.root().resolve(PHOTO)), 0, entrants);
    }

    private Map<String, HostTensor> inputs(Path folder, Path photo) throws IOException {
        return switch (this) {
            case DECODE -> Map.of("jpeg", repeated(Files.readAllBytes(photo)));
            case VIT_PIXELS, ALIGN_PIXELS -> {
                var image = Image.read(photo);
                yield Map.of("rgb", repeated(image.toRgb(), image.height(), image.width(), 3));
            }
            case TOKENIZE -> {
                var texts = captions(Files.readAllLines(folder.resolve("vocab.txt")));
                var bytes = String.join("\n", texts).getBytes(StandardCharsets.UTF_8);
                yield Map.of("texts", new HostTensor(DType.U8, Shape.of(bytes.length), MemorySegment.ofArray(bytes)));
            }
        };
    }

    private HostTensor repeated(byte[] item, int... dims) {
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
    private List<String> captions(List<String> vocabulary) {
        var words = vocabulary.stream().filter(word -> word.matches("[a-z]{4,}")).toList();
        var random = new Random(1);
        var captions = new ArrayList<String>();
        for (int i = 0; i < batch; i++) {
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
