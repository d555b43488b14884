// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.ImageLimits;
import dev.avocet.loader.image.PictureFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The pictures of a folder and of the folders in it, by name; hidden ones and links to folders are left out. A text of the
 * same name beside a picture is its caption.
 */
final class FolderSource implements PictureSource {
    private static final int LONGEST_CAPTION = 4096;

    private final Path root;
    private final long size;
    private final Walk walk;

    /** Looks through the folder once, to count; throws {@link AvocetException} where that is impossible. */
    FolderSource(Path folder) {
        try {
            this.root = folder.toRealPath();
        } catch (IOException e) {
            throw new AvocetException(folder + " can't be read: " + e.getMessage() + "; check its permissions", e);
        }
        this.size = count(root);
        this.walk = new Walk(root);
    }

    private static long count(Path root) {
        var walk = new Walk(root);
        long count = 0;
        while (true) {
            try {
                if (walk.next().isEmpty()) {
                    return count;
                }
                count++;
            } catch (AvocetException e) {
                // Said when the pictures are read.
            }
        }
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Optional<Item> next() {
        while (true) {
            var file = walk.next();
            if (file.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(item(file.get()));
            } catch (IOException e) {
                if (Files.exists(file.get())) {
                    throw new AvocetException(file.get() + " can't be read: " + e.getMessage(), e);
                }
                // Removed this very moment.
            }
        }
    }

    private Item item(Path file) throws IOException {
        var fields = new LinkedHashMap<String, Object>();
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        fields.put("path", file.toString());
        fields.put("bytes", attributes.size());
        caption(file).ifPresent(text -> fields.put("text", text));
        long stamp = 31 * (31 * attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)
                + attributes.size()) + Objects.hashCode(fields.get("text"));
        var name = root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
        return new Item(name, stamp, fields, (Content.Bytes) () -> read(file));
    }

    private static Optional<String> caption(Path file) throws IOException {
        var name = file.getFileName().toString();
        var text = file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".txt");
        if (!Files.isRegularFile(text)) {
            return Optional.empty();
        }
        try (var in = Files.newInputStream(text)) {
            var caption = new String(in.readNBytes(LONGEST_CAPTION), StandardCharsets.UTF_8).strip();
            return caption.isEmpty() ? Optional.empty() : Optional.of(caption);
        }
    }

    static byte[] read(Path file) {
        try (var in = Files.newInputStream(file)) {
            long most = ImageLimits.DEFAULT.maxBytes();
            if (Files.size(file) > most) {
                throw new UnreadableException(file + " has more than " + most + " bytes, which is no picture's size");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UnreadableException(file + " can't be read: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "it does not exist";
            case AccessDeniedException _ -> "its permissions forbid it";
            default -> e.getMessage();
        };
    }

    @Override
    public void close() {
        // Nothing is open between two pictures.
    }

    /** All pictures below a folder, folder by folder, each sorted. */
    private static final class Walk {
        private final Deque<Iterator<Path>> open = new ArrayDeque<>();

        Walk(Path root) {
            open.push(List.of(root).iterator());
        }

        /** The next picture; empty at the end. Throws where a folder can't be listed, and then goes on behind it. */
        Optional<Path> next() {
            while (!open.isEmpty()) {
                if (!open.peek().hasNext()) {
                    open.pop();
                    continue;
                }
                var next = open.peek().next();
                if (!Files.isDirectory(next)) {
                    return Optional.of(next);
                }
                open.push(list(next).iterator());
            }
            return Optional.empty();
        }

        private static List<Path> list(Path folder) {
            var files = new ArrayList<Path>();
            try (var entries = Files.newDirectoryStream(folder, Walk::isWanted)) {
                entries.forEach(files::add);
            } catch (IOException | DirectoryIteratorException e) {
                throw new AvocetException(folder + " can't be listed: " + e.getMessage() + "; check its permissions",
                        e);
            }
            files.sort(null);
            return files;
        }

        private static boolean isWanted(Path file) {
            return PictureFiles.isPicture(file)
                    || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                            && !file.getFileName().toString().startsWith(".");
        }
    }
}
