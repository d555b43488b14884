// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The lines of a text file that a user wrote. */
final class TextLines {
    private TextLines() {}

    /** Its lines without blanks around them, and without empty ones; {@code wanted} ends the message where it is no such file. */
    static List<String> of(Path file, String wanted) {
        try {
            // Editors of some systems begin a file in UTF-8 with a byte order mark.
            return Files.readString(file).replaceFirst("^\uFEFF", "").lines().map(String::strip)
                    .filter(line -> !line.isEmpty()).toList();
        } catch (NoSuchFileException e) {
            throw new AvocetException(file + " does not exist; " + wanted, e);
        } catch (CharacterCodingException e) {
            throw new AvocetException(file + " is not text in UTF-8; " + wanted, e);
        } catch (IOException e) {
            throw new AvocetException(file + " can't be read: " + e.getMessage() + "; " + wanted, e);
        }
    }
}
