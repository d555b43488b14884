// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.loader.OutputFile;
import dev.avocet.search.Entry;
import dev.avocet.search.Hit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Found pictures on one page, in a format that the file's name tells. */
final class ContactSheet {
    private final Path file;
    private final Format format;

    /** How a sheet is written. */
    interface Format {
        /** The bytes of a sheet; may tell the user of what it had to leave out. */
        byte[] sheet(String title, List<Hit> hits, Terminal terminal) throws IOException;
    }

    private ContactSheet(Path file, Format format) {
        this.file = file;
        this.format = format;
    }

    /** A sheet to be written to a file; throws before work is done for it where that can't be. */
    static ContactSheet to(Path file) {
        var name = file.toString().toLowerCase(Locale.ROOT);
        OutputFile.requireWritable(file);
        if (name.endsWith(".html") || name.endsWith(".htm")) {
            return new ContactSheet(file, new SheetPage());
        }
        if (name.endsWith(".png")) {
            return new ContactSheet(file, new SheetPicture());
        }
        throw new UsageException("--output must end in .html or .png, not as in " + file);
    }

    void write(String title, List<Hit> hits, Terminal terminal) {
        try (var out = OutputFile.create(file)) {
            out.stream().write(format.sheet(title, hits, terminal));
            out.commit();
        } catch (IOException e) {
            throw OutputFile.failed(file, e);
        }
    }

    /** What is said of a picture. */
    static Optional<String> caption(Entry entry) {
        return Stream.of("text", "caption", "title").map(entry.fields()::get)
                .filter(String.class::isInstance).map(Object::toString).findFirst();
    }

    /** The last part of where a picture is. */
    static String name(Entry entry) {
        var place = entry.place();
        return place.substring(place.lastIndexOf('/') + 1);
    }

    /** A score as people read it. */
    static String score(Hit hit) {
        return String.format(Locale.ROOT, "%.4f", hit.score());
    }
}
