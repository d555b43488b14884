// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One safetensors file: its header read and checked, its data mapped.
 *
 * <p>The file stays open, since only its present size tells whether all of the mapping is still backed by it: a page
 * that was cut off whole faults, but the rest of a page that was cut off in part reads as zeros.
 */
final class SafetensorsFile implements AutoCloseable {
    private static final byte[] GIT_LFS = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private final Path path;
    private final RandomAccessFile file;
    private final long size;
    private final SafetensorsHeader header;
    private final MemorySegment data;

    private SafetensorsFile(Path path, RandomAccessFile file, Arena arena) throws IOException {
        this.path = path;
        this.file = file;
        this.size = file.length();
        int headerBytes = headerBytes();
        long start = Long.BYTES + (long) headerBytes;
        var json = new byte[headerBytes];
        file.readFully(json);
        this.header = SafetensorsHeader.parse(path, json, size - start);
        if (json[0] != '{') {
            log(System.Logger.Level.WARNING, "white space before the header, which not every reader accepts", null);
        }
        this.data = file.getChannel().map(MapMode.READ_ONLY, start, size - start, arena);
        requireWhole();
    }

    /** Checks the header, then maps the data for as long as the arena lives; throws {@link CheckpointException}. */
    static SafetensorsFile open(Path path, Arena arena) {
        var file = RegularFile.open(path);
        try {
            return new SafetensorsFile(path, file, arena);
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

    SafetensorsHeader header() {
        return header;
    }

    /** A view of the tensor's bytes in the mapping. */
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
        return new HostTensor(dtype, shape, data.asSlice(tensor.begin(), tensor.bytes()));
    }

    /** Lets go of the tensor's resident pages; they are read from the file again when needed. */
    void release(StoredTensor tensor) {
        if (tensor.bytes() > 0) {
            data.asSlice(tensor.begin(), tensor.bytes()).unload();
        }
    }

    /**
     * Throws unless the file is still as long as it was; then what was read from the mapping until now was the file's.
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
    }

    /** The error for a mapping that is no longer backed by the file. */
    CheckpointException cut(String how, Throwable cause) {
        return new CheckpointException(Code.TRUNCATED, path, "the file was cut short while in use, " + how, cause);
    }

    /** Closes the file; the mapping ends with its arena. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            log(System.Logger.Level.DEBUG, "closing failed; nothing was written, so nothing is lost", e);
        }
    }

    /** Asks for a logger only now, since a sound file needs none, and starting a logging system takes a while. */
    private void log(System.Logger.Level level, String message, Throwable cause) {
        System.getLogger(SafetensorsFile.class.getName()).log(level, path + ": " + message, cause);
    }

    private int headerBytes() throws IOException {
        if (size < Long.BYTES) {
            throw new CheckpointException(Code.HEADER_TOO_SMALL, path, "the file has " + size
                    + " bytes, fewer than the 8 of the header's length");
        }
        long length = Long.reverseBytes(file.readLong());
        if (Long.compareUnsigned(length, SafetensorsHeader.LARGEST) > 0) {
            requireNoOtherFormat();
            throw new CheckpointException(Code.HEADER_TOO_LARGE, path, "the header is said to have "
                    + Long.toUnsignedString(length) + " bytes, more than " + SafetensorsHeader.LARGEST);
        }
        if (length > size - Long.BYTES) {
            throw new CheckpointException(Code.INVALID_HEADER_LENGTH, path, "the header is said to have " + length
                    + " bytes, and the file has " + size);
        }
        return (int) length;
    }

    /** Other formats put text or a signature where the length stands, which reads as a huge number. */
    private void requireNoOtherFormat() throws IOException {
        file.seek(0);
        var start = new byte[(int) Math.min(size, GIT_LFS.length)];
        file.readFully(start);
        if (startsWith(start, GIT_LFS)) {
            throw new CheckpointException(Code.GIT_LFS_POINTER, path,
                    "this is the pointer of a file in Git LFS, not the file");
        }
        if (startsWith(start, ZIP)) {
            throw new CheckpointException(Code.UNSUPPORTED_FORMAT, path,
                    "this is a zip archive, as PyTorch writes them, which is not supported yet");
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    private static void close(RandomAccessFile file, Throwable reason) {
        try {
            file.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
