// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.avocet.core.backend.KeptWeights;
import dev.avocet.core.backend.PackedCache;
import dev.avocet.core.backend.UseCount;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The weights that one plan is the first to use, packed, as a file of a {@link KeptWeights#cache}: mapped in place of
 * their memory where there is one, else written from it.
 *
 * <p>A file is taken only if its description is equal, byte for byte, to what would be packed: the code, the weights'
 * source, and each weight's name, shape and layout. All of its contents have checksums, so nothing that happened to it on
 * the disk is ever computed with. It can only appear whole, and is never written to afterwards.
 */
final class PackedFile {
    /**
     * Changes whenever packed weights do, other than by the native code: by how they are derived from a checkpoint, by
     * {@link Packing}, or by the format of the file.
     */
    static final int VERSION = 1;

    /** Packing less takes no time worth a file. */
    static final long SMALLEST = 16 << 20;

    private static final System.Logger LOG = System.getLogger(PackedFile.class.getName());
    private static final long MAGIC = ByteBuffer.wrap("avocetPW".getBytes(UTF_8)).getLong();
    private static final int PREFIX = 4 * Long.BYTES;
    private static final long CHUNK = 4 << 20;

    /** Memory of which the first bytes are the file's. */
    record Extent(NativeMemory memory, long used) {
        /** What the file has of it. */
        long bytes() {
            return Packing.roundUp(used, NativeMemory.PAGES);
        }
    }

    /**
     * A part of the file that has a checksum of its own.
     *
     * @param offset where it is in the file
     */
    record Chunk(int index, MemorySegment memory, long offset) {}

    private final KeptWeights kept;
    private final Kernels kernels;
    private final String source;
    private final byte[] description;
    private final List<Extent> extents;
    private final List<Chunk> chunks = new ArrayList<>();
    private final long[] checksums;
    private final Path file;
    private final long size;
    private volatile Thread writer;

    /** @param weights what the extents hold, in words: the same only for the same places of the same weights */
    PackedFile(KeptWeights kept, String source, Kernels kernels, String weights, List<Extent> extents) {
        this.kept = kept;
        this.kernels = kernels;
        this.source = source;
        this.extents = List.copyOf(extents);
        description = ("packed weights " + VERSION + "\n" + kernels.identity() + "\n" + source + "\n" + weights)
                .getBytes(UTF_8);
        file = kept.cache().folder().toAbsolutePath().resolve(name(description) + PackedCache.SUFFIX);
        long end = 0;
        for (var extent : extents) {
            end += extent.bytes();
        }
        checksums = new long[Math.toIntExact(2L * extents.size() + end / CHUNK)];
        end = Packing.roundUp(headerBytes(), NativeMemory.HUGE_PAGE);
        for (var extent : extents) {
            long start = Packing.roundUp(end, NativeMemory.HUGE_PAGE); // so that huge pages of the file can be mapped
            end = start + extent.bytes();
            for (long at = 0; at < extent.bytes(); at += CHUNK) {
                var memory = extent.memory().segment().asSlice(at, Math.min(CHUNK, extent.bytes() - at));
                chunks.add(new Chunk(chunks.size(), memory, start + at));
            }
        }
        size = end;
    }

    /** Two checksums, since one of 32 bits is too short for a name; should two names meet, the descriptions differ. */
    private static String name(byte[] description) {
        var first = new CRC32();
        var second = new CRC32C();
        first.update(description);
        second.update(description);
        return String.format("%08x%08x", first.getValue(), second.getValue());
    }

    private int headerBytes() {
        return PREFIX + checksums.length * Long.BYTES + description.length;
    }

    /** The parts of which all are to be held against their checksums after mapping. */
    List<Chunk> chunks() {
        return chunks;
    }

    /** Puts the file in place of the memory; false where there is no file that is these weights. */
    boolean map() {
        try (var opened = OpenFile.trusted(file)) {
            if (opened != null && !isThis(opened)) {
                // Damaged, or else of the same name by chance: what is written now takes its place.
                CacheFolder.delete(file);
                return false;
            }
            return opened != null && map(opened);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "packed weights can't be read from " + file + " and are packed again: " + e);
            return false;
        }
    }

    private boolean isThis(OpenFile opened) throws IOException {
        if (opened.size() != size) {
            return false;
        }
        var header = ByteBuffer.wrap(opened.read(headerBytes()));
        var known = new long[checksums.length];
        header.order(ByteOrder.LITTLE_ENDIAN).position(PREFIX).slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer()
                .get(known);
        System.arraycopy(known, 0, checksums, 0, known.length);
        return Arrays.equals(header.array(), header());
    }

    private boolean map(OpenFile opened) {
        int mapped = 0;
        long offset = Packing.roundUp(headerBytes(), NativeMemory.HUGE_PAGE);
        for (var extent : extents) {
            offset = Packing.roundUp(offset, NativeMemory.HUGE_PAGE);
            if (!extent.memory().mapFile(opened.descriptor(), offset, extent.bytes())) {
                extents.subList(0, mapped + 1).forEach(each -> each.memory().unmapFile(each.bytes()));
                return false;
            }
            offset += extent.bytes();
            mapped++;
        }
        CacheFolder.noteUse(file);
        return true;
    }

    /** Whether a part of the mapping is what was written. */
    boolean isWhole(Chunk chunk) {
        return NativeMemory.populate(chunk.memory()) && checksum(chunk) == checksums[chunk.index()];
    }

    private long checksum(Chunk chunk) {
        return kernels.checksum(chunk.memory().address(), chunk.memory().byteSize());
    }

    /** Puts memory back in place of the file, and deletes the file. */
    void discard() {
        LOG.log(System.Logger.Level.WARNING, file + " is damaged; it is deleted, and the weights are packed again");
        extents.forEach(extent -> extent.memory().unmapFile(extent.bytes()));
        CacheFolder.delete(file);
    }

    /** The header for the checksums as they are. */
    private byte[] header() {
        var header = ByteBuffer.allocate(headerBytes()).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putLong(size).putLong(checksums.length).putLong(0);
        for (long checksum : checksums) {
            header.putLong(checksum);
        }
        header.put(description);
        var checksum = new CRC32C();
        checksum.update(header.flip());
        return header.putLong(PREFIX - Long.BYTES, checksum.getValue()).array();
    }

    /**
     * Begins to write the file from the memory, which is complete.
     *
     * @param memory counts whoever reads it
     */
    void keep(UseCount memory) {
        writer = Thread.ofPlatform().daemon().name("avocet-cpu-keeper").start(() -> {
            try {
                new CacheFolder(kept.cache()).write(file, size, to -> write(to, memory));
            } catch (IllegalStateException closed) {
                LOG.log(System.Logger.Level.DEBUG, "the model was closed before its weights were kept", closed);
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING,
                        "packed weights can't be kept in " + file + ", so the next start packs them again: " + e);
            }
        });
    }

    /** Writes everything; whether that is still what the source holds. */
    private boolean write(FileChannel to, UseCount memory) throws IOException {
        for (var chunk : chunks) {
            long stamp = memory.enter();
            try {
                checksums[chunk.index()] = checksum(chunk);
                write(to, chunk.memory().asByteBuffer(), chunk.offset());
            } finally {
                memory.leave(stamp);
            }
        }
        write(to, ByteBuffer.wrap(header()), 0);
        return kept.source().get().filter(source::equals).isPresent();
    }

    private static void write(FileChannel to, ByteBuffer bytes, long offset) throws IOException {
        for (long at = offset; bytes.hasRemaining();) {
            at += to.write(bytes, at);
        }
    }

    /** Waits until what {@link #keep} began is on the disk. */
    void await() {
        var thread = writer;
        if (thread != null) {
            Threads.join(thread);
        }
    }
}
