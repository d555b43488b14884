// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.PictureFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The pictures that a user names: files, folders, URLs, and {@code -} for standard input. */
final class Pictures {
    /** The description of a parameter that takes them. */
    static final String HELP = "A picture, a folder of pictures, an http or https address, or - for standard input.";

    private static final Pattern URL = Pattern.compile("https?://", Pattern.CASE_INSENSITIVE);

    private Pictures() {}

    /**
     * One picture.
     *
     * @param name as the user wrote it, or the folder's name and the file's
     */
    record Picture(String name, Source source) {
        /** The name in messages. */
        String title() {
            return name.equals("-") ? "standard input" : name;
        }

        /** Decodes it; throws {@link AvocetException} where it is no picture. */
        Image read() {
            return source.read();
        }
    }

    /** Where a picture comes from. */
    interface Source {
        /** Decodes the picture. */
        Image read();
    }

    /** What becomes of a picture. */
    interface Task {
        /** Uses one picture; throws {@link AvocetException} where it can't. */
        void use(Picture picture, Image image);
    }

    /** What becomes of a picture that can't be used. */
    interface Refusal {
        /** Reports it, besides the line that the user has seen. */
        void report(Picture picture, String reason);
    }

    /** One picture after the other; one that fails is told of, and the rest go on. Returns the exit code. */
    static int forEach(List<Picture> pictures, Terminal terminal, Task task, Refusal refusal) {
        int done = 0;
        int code = Executable.OK;
        for (var picture : pictures) {
            try {
                task.use(picture, picture.read());
            } catch (AvocetException e) {
                var reason = e.getMessage().contains(picture.title())
                        ? e.getMessage()
                        : picture.title() + ": " + e.getMessage();
                terminal.say(reason);
                refusal.report(picture, reason);
                code = Executable.FAILED;
            }
            terminal.out().flush();
            done++;
            if (pictures.size() > 1) {
                terminal.progress(done + " of " + pictures.size() + " pictures");
            }
        }
        terminal.clearProgress();
        return code;
    }

    /** All pictures, in the order in which they are named, those of a folder by their names. */
    static List<Picture> of(List<String> names, Terminal terminal, CommonOptions common) {
        requireOneStandardInput(names);
        var pictures = new ArrayList<Picture>();
        for (var name : names) {
            if (name.equals("-")) {
                pictures.add(new Picture(name, () -> Image.read(terminal.in())));
            } else if (URL.matcher(name).lookingAt()) {
                pictures.add(new Picture(name, () -> Image.read(common.fetch(name))));
            } else {
                add(name, pictures);
            }
        }
        return pictures;
    }

    /** Throws {@link UsageException} where standard input would have to be read twice. */
    static void requireOneStandardInput(List<String> names) {
        if (names.stream().filter("-"::equals).count() > 1) {
            throw new UsageException("standard input (-) can be read only once");
        }
    }

    private static void add(String name, List<Picture> pictures) {
        try {
            var path = Path.of(name);
            if (Files.isDirectory(path)) {
                addFolder(path, pictures);
            } else {
                pictures.add(new Picture(name, () -> Image.read(path)));
            }
        } catch (InvalidPathException e) {
            pictures.add(failing(name, new AvocetException(name + " is not a path: " + e.getReason(), e)));
        } catch (AvocetException e) {
            pictures.add(failing(name, e));
        }
    }

    private static Picture failing(String name, AvocetException reason) {
        return new Picture(name, () -> {
            throw reason;
        });
    }

    private static void addFolder(Path folder, List<Picture> pictures) {
        var files = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(folder, PictureFiles::isPicture)) {
            entries.forEach(files::add);
        } catch (IOException | DirectoryIteratorException e) {
            throw new AvocetException(folder + ": listing the folder failed: " + e.getMessage(), e);
        }
        if (files.isEmpty()) {
            throw new AvocetException(
                    folder + ": there are no pictures in this folder; folders inside it are not searched");
        }
        files.sort(null);
        files.forEach(file -> pictures.add(new Picture(file.toString(), () -> Image.read(file))));
    }
}
