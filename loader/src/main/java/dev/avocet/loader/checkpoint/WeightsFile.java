// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One file of weights: what it says of its tensors read and checked, their data mapped.
 *
 * <p>The file stays open, since only its present size tells whether all of the mapping is still backed by it: a page
 * that was cut off whole faults, but the rest of a page that was cut off in part reads as zeros.
 */
final class WeightsFile implements AutoCloseable {
    private final Path path;
    private final RandomAccessFile file;
    private final long size;
    private final BasicFileAttributes attributes;
    private final boolean isNamed;
    private final Contents contents;
    private final MemorySegment data;

    /**
     * What the start or the end of a file says of the rest.
     *
     * @param tensors each with a name of its own and within the data
     * @param metadata the free text that the writer added
     * @param start where the data starts, from which tensors count
     */
    record Contents(List<StoredTensor> tensors, Map<String, String> metadata, long start) {
        /** Keeps collections of its own. */
        Contents {
            tensors = List.copyOf(tensors);
            metadata = Map.copyOf(metadata);
        }
    }

    private WeightsFile(Path path, BasicFileAttributes before, RandomAccessFile file, Arena arena) throws IOException {
        this.path = path;
        this.file = file;
        this.size = file.length();
        this.attributes = RegularFile.attributes(path);
        this.isNamed = before.fileKey() != null && before.fileKey().equals(attributes.fileKey());
        this.contents = TorchArchive.isNamed(path)
                ? TorchArchive.read(path, file)
                : SafetensorsHeader.read(path, file);
        this.data = file.getChannel().map(MapMode.READ_ONLY, contents.start(), size - contents.start(), arena);
        requireWhole();
    }

    /** Checks the contents, then maps the data for as long as the arena lives; throws {@link CheckpointException}. */
    static WeightsFile open(Path path, Arena arena) {
        var before = RegularFile.attributes(path);
        var file = RegularFile.open(path);
        try {
            return new WeightsFile(path, before, file, arena);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            close(file, e);
            throw switch (e) {
                case CheckpointException refused -> refused;
                case EOFException cut ->
                    new CheckpointException(Code.TRUNCATED, path, "the file was cut short just now", cut);
                case OutOfMemoryError full -> new CheckpointException(Code.NO_MEMORY, path,
                        "the heap has no room for the header", full);
                default -> new CheckpointException(Code.UNREADABLE, path, "mapping failed: " + e, e);
            };
        }
    }

    Path path() {
        return path;
    }

    Contents contents() {
        return contents;
    }

    /** The tensor's elements in C order: a view of the mapping, or a copy where they lie in another order there. */
    HostTensor tensor(StoredTensor tensor) {
        requireWhole();
        var dtype = tensor.type().dtype().orElseThrow(() -> new CheckpointException(Code.UNSUPPORTED_DTYPE, path,
                "tensor " + tensor + " has a type that the engine can't read"));
        if (tensor.shape().stream().anyMatch(dim -> dim > Integer.MAX_VALUE)) {
            throw new CheckpointException(Code.DIMENSION_TOO_LARGE, path,
                    "tensor " + tensor + " has a dimension beyond "
                            + Integer.MAX_VALUE);
        }
        var shape = Shape.of(tensor.shape().stream().mapToInt(Long::intValue).toArray());
        var span = data.asSlice(tensor.begin(), tensor.end() - tensor.begin());
        return new HostTensor(dtype, shape, tensor.isInOrder() ? span : inOrder(tensor, dtype, span));
    }

    /** Lets go of the tensor's resident pages; they are read from the file again when needed. */
    void release(StoredTensor tensor) {
        if (tensor.end() > tensor.begin()) {
            data.asSlice(tensor.begin(), tensor.end() - tensor.begin()).unload();
        }
    }

    /**
     * Throws unless the file is still as long as it was and was not written to; then what was read from the mapping
     * until now was the file's.
     */
    void requireWhole() {
        try {
            long now = file.length();
            if (now < size) {
                throw cut("from " + size + " to " + now + " bytes", null);
            }
        } catch (IOException e) {
            throw new CheckpointException(Code.UNREADABLE, path, "its size can't be read: " + e.getMessage(), e);
        }
        if (wasWritten()) {
            throw new CheckpointException(Code.CHANGED, path, "the file was written to while in use");
        }
    }

    /** What the file's contents are known by, see {@link FileIdentity}. */
    Optional<String> identity(long millis) {
        try {
            return isNamed ? FileIdentity.of(path, file, contents.start(), attributes, millis) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Another file of the same name, or none, says nothing: the mapping is still of the one that was opened. */
    private boolean wasWritten() {
        try {
            var now = Files.readAttributes(path, BasicFileAttributes.class);
            return Objects.equals(now.fileKey(), attributes.fileKey())
                    && !now.lastModifiedTime().equals(attributes.lastModifiedTime());
        } catch (IOException nothingOfThatName) {
            return false;
        }
    }

    /** The error for a tensor whose mapping is no longer backed by the file. */
    CheckpointException cut(StoredTensor tensor, InternalError cause) {
        return cut("and tensor " + tensor + " was in the part that is gone", cause);
    }

    private CheckpointException cut(String how, Throwable cause) {
        return new CheckpointException(Code.TRUNCATED, path, "the file was cut short while in use, " + how, cause);
    }

    /** Closes the file; the mapping ends with its arena. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            var log = System.getLogger(WeightsFile.class.getName());
            log.log(System.Logger.Level.DEBUG, path + ": closing failed; nothing was written, so nothing is lost", e);
        }
    }

    private MemorySegment inOrder(StoredTensor tensor, DType dtype, MemorySegment span) {
        try {
            var copy = Strided.inOrder(span, tensor, dtype.bytes());
            requireWhole();
            return copy;
        } catch (InternalError e) {
            throw cut(tensor, e);
        } catch (OutOfMemoryError e) {
            throw new CheckpointException(Code.NO_MEMORY, path, "there is no room for a copy in C order of tensor "
                    + tensor, e);
        }
    }

    private static void close(RandomAccessFile file, Throwable reason) {
        try {
            file.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
