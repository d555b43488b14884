// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import dev.avocet.loader.checkpoint.CheckpointException;
import dev.avocet.loader.checkpoint.JsonFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The files of a tokenizer's folder, read with limits: they may come from strangers. */
final class TokenizerFiles {
    /** Ids are below this; the largest WordPiece vocabularies in use have half a million. */
    static final int MOST_IDS = 1 << 21;
    /** The most UTF-16 units in one token. */
    static final int LONGEST_TOKEN = 10_000;

    private static final int LARGEST_FILE = 64 << 20;

    private final Path folder;

    TokenizerFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new TokenizerException(folder, Files.exists(folder)
                    ? "this is not a folder; give the one that holds vocab.txt or tokenizer.json"
                    : "there is no such folder");
        }
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    /** A JSON file; null when the folder does not have it. */
    JsonObject json(String name) {
        return has(name) ? new JsonObject(folder.resolve(name), parse(folder.resolve(name))) : null;
    }

    private static Map<String, Object> parse(Path file) {
        try {
            return JsonFile.read(file);
        } catch (CheckpointException e) {
            throw new TokenizerException(e);
        }
    }

    /** vocab.txt: one token a line, its id the line's number from 0; of equal lines the last one counts. */
    Map<String, Integer> vocabulary() {
        var file = folder.resolve("vocab.txt");
        var text = text(file);
        var ids = new HashMap<String, Integer>(text.length() / 4);
        int id = 0;
        for (int start = 0; start < text.length(); id++) {
            int newline = text.indexOf('\n', start);
            int next = newline < 0 ? text.length() : newline;
            int end = next;
            while (end > start && (UnicodeTable.of(text.charAt(end - 1)) & UnicodeTable.SPACE) != 0) {
                end--;
            }
            if (end - start > LONGEST_TOKEN || id >= MOST_IDS) {
                throw new TokenizerException(file,
                        "line " + (id + 1) + " is beyond the limits of " + MOST_IDS + " lines of "
                                + LONGEST_TOKEN + " characters; this is no WordPiece vocabulary");
            }
            ids.put(text.substring(start, end), id);
            start = next + 1;
        }
        return ids;
    }

    private static String text(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new TokenizerException(file, "this is not a regular file");
            }
            if (Files.size(file) > LARGEST_FILE) {
                throw new TokenizerException(file, "the file has more than " + LARGEST_FILE + " bytes");
            }
            byte[] bytes;
            try (var stream = Files.newInputStream(file)) {
                // Not all of it, should the file be growing.
                bytes = stream.readNBytes(LARGEST_FILE);
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new TokenizerException(file, "the file is not UTF-8", e);
        } catch (IOException e) {
            throw new TokenizerException(file, "reading failed: " + e, e);
        }
    }
}
