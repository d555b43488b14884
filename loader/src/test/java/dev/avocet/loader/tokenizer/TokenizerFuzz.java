// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Any bytes as a tokenizer.json: refused, or a tokenizer whose ids are within the limits; special tokens may have ids
 * that no token has, as with Hugging Face, which the model refuses.
 */
public final class TokenizerFuzz {
    private static final Path FOLDER = temporary();

    private TokenizerFuzz() {}

    /** The bytes are the file's. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Files.write(FOLDER.resolve("tokenizer.json"), input);
        try {
            var tokenizer = Tokenizer.load(FOLDER);
            for (int id : tokenizer.encode("A cat, na\u00efve \u4e2d [MASK]!")) {
                if (id < 0 || id >= TokenizerFiles.MOST_IDS) {
                    throw new IllegalStateException("accepted: " + id);
                }
            }
        } catch (TokenizerException refused) {
            if (refused.getMessage().length() > 10_000) {
                throw refused;
            }
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("fuzz");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
