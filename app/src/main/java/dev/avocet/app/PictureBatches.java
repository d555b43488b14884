// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Goes through many pictures in batches, whose pictures are decoded at the same time; what can't be read is told of and left out. */
final class PictureBatches {
    private static final int SIZE = 16;

    private final Terminal terminal;
    private final List<Path> pictures;
    private int failures;

    PictureBatches(Terminal terminal, List<Path> pictures) {
        this.terminal = terminal;
        this.pictures = pictures;
    }

    /** What becomes of a batch. */
    interface Task {
        /** Uses the pictures with these numbers. */
        void use(List<Integer> numbers, List<Image> images);
    }

    /** Uses all pictures in their order; returns the exit code. */
    int forEach(Task task) {
        for (int from = 0; from < pictures.size(); from += SIZE) {
            int first = from;
            var batch = pictures.subList(from, Math.min(pictures.size(), from + SIZE));
            var read = batch.parallelStream().map(PictureBatches::read).toList();
            var numbers = new ArrayList<Integer>();
            var images = new ArrayList<Image>();
            for (int i = 0; i < read.size(); i++) {
                if (read.get(i).image().isPresent()) {
                    numbers.add(first + i);
                    images.add(read.get(i).image().get());
                } else {
                    terminal.say(read.get(i).reason());
                    failures++;
                }
            }
            if (!images.isEmpty()) {
                task.use(numbers, images);
            }
            terminal.status(first + batch.size() + " of " + pictures.size() + " pictures");
        }
        terminal.clearProgress();
        if (failures == pictures.size()) {
            throw new AvocetException("none of the " + failures + " pictures could be read; check the folder");
        }
        return failures == 0 ? Executable.OK : Executable.FAILED;
    }

    private record Read(Optional<Image> image, String reason) {}

    private static Read read(Path picture) {
        try {
            return new Read(Optional.of(Image.read(picture)), "");
        } catch (AvocetException e) {
            return new Read(Optional.empty(), e.getMessage());
        }
    }
}
