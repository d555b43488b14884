// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.EmbeddingTable;
import dev.avocet.coyo.eval.LabelledPictures;
import dev.avocet.pipelines.Align;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Embeds pictures with ALIGN; those that can't be read are left out. */
final class EmbeddedPictures {
    private final Terminal terminal;
    private final Align align;
    private int code = Executable.OK;

    EmbeddedPictures(Terminal terminal, Align align) {
        this.terminal = terminal;
        this.align = align;
    }

    /** The exit code of all so far. */
    int code() {
        return code;
    }

    /** Each picture's vector, of length 1; null where the picture can't be read. */
    float[][] of(List<Path> pictures) {
        var vectors = new float[pictures.size()][];
        int result = new PictureBatches(terminal, pictures).forEach((numbers, images) -> {
            var embedded = align.embedImages(images);
            for (int i = 0; i < embedded.length; i++) {
                vectors[numbers.get(i)] = embedded[i];
            }
        });
        code = Math.max(code, result);
        return vectors;
    }

    /** A table of those that can be read. */
    EmbeddingTable table(LabelledPictures pictures) {
        var vectors = of(pictures.pictures());
        var paths = new ArrayList<String>();
        var labels = new ArrayList<Integer>();
        for (int i = 0; i < vectors.length; i++) {
            if (vectors[i] != null) {
                paths.add(pictures.pictures().get(i).toString());
                labels.add(pictures.labels()[i]);
            }
        }
        return new EmbeddingTable(paths, labels.stream().mapToInt(Integer::intValue).toArray(), pictures.classes(),
                Arrays.stream(vectors).filter(each -> each != null).toArray(float[][]::new));
    }
}
