// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.checkpoint.CheckpointException;
import java.nio.file.Path;

/** A tokenizer's files can't be used; says which file, what is wrong with it, and what would be right. */
public final class TokenizerException extends AvocetException {
    private static final long serialVersionUID = 1;

    TokenizerException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /** What reading a file says, as a tokenizer's error. */
    TokenizerException(CheckpointException cause) {
        super(cause.getMessage(), cause);
    }

    TokenizerException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
