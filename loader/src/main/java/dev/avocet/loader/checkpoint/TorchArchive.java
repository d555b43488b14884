// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import dev.avocet.loader.checkpoint.WeightsFile.Contents;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * What torch.save writes since PyTorch 1.6: a zip archive with a pickle, which tells of the tensors, and their
 * storages as files of their own, which can be mapped because nothing is compressed.
 */
final class TorchArchive {
    private static final List<String> EXTENSIONS = List.of(".bin", ".pt", ".pth");
    private static final String PICKLE = "/data.pkl";
    private static final int LARGEST_PICKLE = 64 << 20;
    private static final int MOST_SHARED = 16;
    private static final int ALWAYS_ALLOWED = 64 << 20;

    private final Path path;
    private final RandomAccessFile file;
    private final Map<String, ZipDirectory.Entry> entries;

    private TorchArchive(Path path, RandomAccessFile file) throws IOException {
        this.path = path;
        this.file = file;
        this.entries = ZipDirectory.read(path, file);
    }

    /** Whether a file is in PyTorch's format, by its name. */
    static boolean isNamed(Path path) {
        return EXTENSIONS.stream().anyMatch(path.toString()::endsWith);
    }

    /** The tensors of a file, in the order in which the pickle lists them; throws {@link CheckpointException}. */
    static Contents read(Path path, RandomAccessFile file) throws IOException {
        var archive = new TorchArchive(path, file);
        var root = archive.root();
        archive.requireWeights(root);
        var pickle = archive.content(root + PICKLE, LARGEST_PICKLE);
        var tensors = TorchPickle.read(path, pickle, key -> archive.entries.get(root + "/data/" + key));
        archive.requireBounded(tensors);
        return new Contents(tensors, Map.of(), 0);
    }

    /**
     * Tensors may share a storage, and strides of 0 make much of little. What that comes to is bounded, since whoever
     * uses a tensor takes memory for all of it.
     */
    private void requireBounded(List<StoredTensor> tensors) throws IOException {
        double bytes = tensors.stream().mapToDouble(StoredTensor::bytes).sum();
        if (bytes > MOST_SHARED * (double) file.length() + ALWAYS_ALLOWED) {
            throw new CheckpointException(Code.BAD_VIEW, path,
                    "its tensors take %.0f bytes together, more than %d times the file's %d"
                            .formatted(bytes, MOST_SHARED, file.length()));
        }
    }

    /** The one folder that all entries are in. */
    private String root() {
        var root = entries.keySet().stream()
                .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length())
                .map(name -> name.substring(0, name.length() - PICKLE.length()))
                .findFirst()
                .orElseThrow(() -> bad("has no " + PICKLE.substring(1)));
        for (var name : entries.keySet()) {
            if (!name.startsWith(root + "/")) {
                throw bad("has " + Names.quote(name) + " outside of its folder " + Names.quote(root));
            }
        }
        return root;
    }

    private void requireWeights(String root) throws IOException {
        if (entries.containsKey(root + "/constants.pkl")) {
            throw new CheckpointException(Code.UNSUPPORTED_FORMAT, path,
                    "this is a TorchScript program, which Avocet does not run");
        }
        var order = root + "/byteorder";
        if (entries.containsKey(order)) {
            var found = new String(content(order, Long.BYTES), StandardCharsets.ISO_8859_1);
            if (!found.equals("little")) {
                throw new CheckpointException(Code.UNSUPPORTED_FORMAT, path,
                        "its numbers have the byte order " + Names.quote(found) + ", not \"little\"");
            }
        }
    }

    private byte[] content(String name, int most) throws IOException {
        var entry = entries.get(name);
        if (entry.bytes() > most) {
            throw bad("has " + entry.bytes() + " bytes in " + Names.quote(name) + ", more than " + most);
        }
        var bytes = new byte[(int) entry.bytes()];
        file.seek(entry.begin());
        file.readFully(bytes);
        var crc = new CRC32();
        crc.update(bytes);
        if (crc.getValue() != entry.crc()) {
            throw bad("has another CRC-32 than that of " + Names.quote(name));
        }
        return bytes;
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(Code.BAD_ARCHIVE, path, "the archive " + problem);
    }
}
