// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Any bytes as a pytorch_model.bin: refused, or tensors within the file. */
public final class ArchiveFuzz {
    private static final Path FILE = temporary();

    private ArchiveFuzz() {}

    /** The bytes are the file's. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        try (var file = new RandomAccessFile(FILE.toFile(), "rw")) {
            file.setLength(input.length);
            file.write(input);
            file.seek(0);
            for (var tensor : TorchArchive.read(FILE, file).tensors()) {
                if (tensor.begin() < 0 || tensor.end() < tensor.begin() || tensor.end() > input.length) {
                    throw new IllegalStateException("accepted: " + tensor);
                }
            }
        } catch (CheckpointException refused) {
            if (refused.getMessage().length() > 2000) {
                throw refused;
            }
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempFile("fuzz", ".bin");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
