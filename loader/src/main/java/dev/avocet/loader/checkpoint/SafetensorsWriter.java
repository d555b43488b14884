// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Writes tensors to a safetensors file, byte for byte as the format's own writer does (safetensors 0.8.0), save that
 * free text of more than one key is sorted.
 */
public final class SafetensorsWriter {
    private static final int CHUNK = 1 << 20;

    private record Entry(String name, byte[] key, StoredType type, HostTensor tensor) {
        /** Wide elements come first, so that each tensor is aligned without gaps; names go by their UTF-8 bytes. */
        static final Comparator<Entry> ORDER = Comparator.comparing(Entry::type).reversed()
                .thenComparing(Entry::key, Arrays::compareUnsigned);

        static Entry of(String name, HostTensor tensor) {
            return new Entry(name, name.getBytes(StandardCharsets.UTF_8), StoredType.of(tensor.dtype()), tensor);
        }
    }

    private SafetensorsWriter() {}

    /**
     * Writes the tensors under their names, with some free text, in place of what was there.
     *
     * <p>The file appears complete or not at all: it is written beside its place and renamed, so that whoever has the
     * old one mapped keeps it. Throws {@link CheckpointException} where that fails, and {@link
     * IllegalArgumentException} for a name that the format can't hold.
     */
    public static void write(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata) {
        var entries = tensors.entrySet().stream()
                .map(each -> Entry.of(requireText(each.getKey()), each.getValue()))
                .sorted(Entry.ORDER)
                .toList();
        if (tensors.containsKey(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("a tensor can't be named " + SafetensorsHeader.METADATA);
        }
        var header = header(entries, metadata);
        if (header.length > SafetensorsHeader.LARGEST) {
            throw new CheckpointException(Code.HEADER_TOO_LARGE, file, "the header would take " + header.length
                    + " bytes, more than " + SafetensorsHeader.LARGEST);
        }
        try {
            replace(target(file), header, entries);
        } catch (IOException e) {
            throw new CheckpointException(Code.NOT_WRITABLE, file, "writing failed: " + e, e);
        }
    }

    /** The JSON, and spaces to where the data is aligned for every type. */
    private static byte[] header(List<Entry> entries, Map<String, String> metadata) {
        var json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            var pairs = new TreeMap<>(metadata).entrySet().stream()
                    .map(each -> quote(requireText(each.getKey())) + ":" + quote(requireText(each.getValue())));
            json.append(quote(SafetensorsHeader.METADATA)).append(pairs.collect(Collectors.joining(",", ":{", "},")));
        }
        var begin = 0L;
        for (var entry : entries) {
            long end = begin + entry.tensor().data().byteSize();
            json.append(quote(entry.name())).append(":{\"dtype\":\"").append(entry.type())
                    .append("\",\"shape\":").append(Arrays.toString(entry.tensor().shape().toArray()).replace(" ", ""))
                    .append(",\"data_offsets\":[").append(begin).append(',').append(end).append("]},");
            begin = end;
        }
        if (json.length() > 1) {
            json.setLength(json.length() - 1);
        }
        var bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(bytes.length, Long.BYTES) * Long.BYTES;
        var header = Arrays.copyOf(bytes, padded);
        Arrays.fill(header, bytes.length, padded, (byte) ' ');
        return header;
    }

    private static String quote(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            switch (unit) {
                case '"', '\\' -> quoted.append('\\').append(unit);
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append(unit < ' ' ? "\\u%04x".formatted((int) unit) : String.valueOf(unit));
            }
        }
        return quoted.append('"').toString();
    }

    private static void replace(Path target, byte[] header, List<Entry> entries) throws IOException {
        var unfinished = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (var channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
                writeFully(channel, length);
                writeFully(channel, ByteBuffer.wrap(header));
                var chunk = new byte[CHUNK];
                for (var entry : entries) {
                    copy(entry.tensor().data(), chunk, channel);
                }
                channel.force(true);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /**
     * By way of an array: not all memory has a byte buffer, and a channel would keep a mapping from being closed
     * meanwhile.
     */
    private static void copy(MemorySegment data, byte[] chunk, FileChannel channel) throws IOException {
        var buffer = MemorySegment.ofArray(chunk);
        for (long at = 0; at < data.byteSize(); at += chunk.length) {
            int count = (int) Math.min(chunk.length, data.byteSize() - at);
            MemorySegment.copy(data, at, buffer, 0, count);
            writeFully(channel, ByteBuffer.wrap(chunk, 0, count));
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The place itself where the path is a link; only a regular file is ever replaced. */
    private static Path target(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return file.toAbsolutePath();
        }
        if (!RegularFile.attributes(file).isRegularFile()) {
            throw new CheckpointException(Code.NOT_A_FILE, file, "this is a folder, a pipe or a device");
        }
        return file.toRealPath();
    }

    private static String requireText(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("half of a surrogate pair in " + Names.quote(text));
        }
        return text;
    }
}
