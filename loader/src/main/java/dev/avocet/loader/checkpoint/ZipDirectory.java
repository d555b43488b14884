// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a zip archive in which nothing is compressed (PKWARE's APPNOTE 6.3, with Zip64).
 *
 * <p>Stricter than the format: what stands twice must agree, nothing lies between, before or behind the entries, and no
 * two have one name, so that every reader sees the same.
 */
final class ZipDirectory {
    private static final int LARGEST = 64 << 20;
    private static final int END = 22;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int LOCATOR = 20;
    private static final int LOCATOR_SIGNATURE = 0x07064b50;
    private static final int END64 = 56;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int CENTRAL = 46;
    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int LOCAL = 30;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int DESCRIPTOR_SIGNATURE = 0x08074b50;
    /** Stands where a number is in the Zip64 field. */
    private static final long ELSEWHERE = 0xFFFF_FFFFL;
    private static final int ZIP64_FIELD = 1;
    private static final int ENCRYPTED = 1;
    private static final int SIZES_BEHIND = 1 << 3;
    private static final int UTF_8 = 1 << 11;

    /**
     * One file of the archive.
     *
     * @param crc the CRC-32 of its bytes
     * @param begin where its bytes start in the archive
     */
    record Entry(long crc, long begin, long bytes) {}

    /** A row of the directory. */
    private record Row(byte[] key, String name, int flags, long crc, long bytes, long header) {}

    private final Path path;
    private final RandomAccessFile file;
    private long start;
    private long end;
    private long count;

    private ZipDirectory(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    /** The entries by name; throws {@link CheckpointException} for what is no such archive. */
    static Map<String, Entry> read(Path path, RandomAccessFile file) throws IOException {
        var directory = new ZipDirectory(path, file);
        directory.readEnd();
        return directory.locate(directory.readRows());
    }

    private void readEnd() throws IOException {
        long place = file.length() - END;
        var record = place < 0 ? null : read(place, END);
        if (record == null || record.getInt(0) != END_SIGNATURE) {
            requireZip();
            throw bad("does not end with its directory: it was cut short, or something was added");
        }
        end = place;
        count = Short.toUnsignedInt(record.getShort(10));
        long bytes = Integer.toUnsignedLong(record.getInt(12));
        start = Integer.toUnsignedLong(record.getInt(16));
        boolean isWhole =
                record.getInt(4) == 0 && record.getShort(8) == record.getShort(10) && record.getShort(20) == 0;
        var locator = place < LOCATOR ? null : read(place - LOCATOR, LOCATOR);
        if (locator != null && locator.getInt(0) == LOCATOR_SIGNATURE) {
            end = locator.getLong(8);
            if (end < 0 || end != place - LOCATOR - END64) {
                throw bad("has its Zip64 directory at another place than it says");
            }
            var record64 = read(end, END64);
            isWhole &= record64.getInt(0) == END64_SIGNATURE && record64.getLong(4) == END64 - 12
                    && record64.getLong(16) == 0 && record64.getLong(24) == record64.getLong(32)
                    && locator.getInt(4) == 0 && locator.getInt(16) == 1
                    && agree(count, 0xFFFF, record64.getLong(32))
                    && agree(bytes, ELSEWHERE, record64.getLong(40))
                    && agree(start, ELSEWHERE, record64.getLong(48));
            count = record64.getLong(32);
            bytes = record64.getLong(40);
            start = record64.getLong(48);
        }
        if (!isWhole || start < 0 || bytes < 0 || bytes > LARGEST || start != end - bytes) {
            throw bad("has a directory of " + bytes + " bytes at " + start
                    + " that is in several parts, too large or not where it should be");
        }
    }

    /** Whether a number is as it stands a second time, or not given. */
    private static boolean agree(long given, long notGiven, long again) {
        return given == notGiven || given == again;
    }

    private List<Row> readRows() throws IOException {
        var bytes = read(start, (int) (end - start));
        var rows = new ArrayList<Row>();
        while (bytes.hasRemaining()) {
            rows.add(readRow(bytes));
        }
        if (rows.size() != count) {
            throw bad("has " + rows.size() + " entries, and says that it has " + count);
        }
        rows.sort(Comparator.comparingLong(Row::header));
        return rows;
    }

    private Row readRow(ByteBuffer bytes) {
        int at = bytes.position();
        if (bytes.remaining() < CENTRAL || bytes.getInt(at) != CENTRAL_SIGNATURE) {
            throw bad("has a damaged directory");
        }
        int nameBytes = Short.toUnsignedInt(bytes.getShort(at + 28));
        int extraBytes = Short.toUnsignedInt(bytes.getShort(at + 30));
        int commentBytes = Short.toUnsignedInt(bytes.getShort(at + 32));
        if (bytes.remaining() < CENTRAL + nameBytes + extraBytes + commentBytes) {
            throw bad("has a damaged directory");
        }
        var key = new byte[nameBytes];
        bytes.get(at + CENTRAL, key);
        var name = decode(key);
        int flags = Short.toUnsignedInt(bytes.getShort(at + 8));
        if ((flags & ENCRYPTED) != 0) {
            throw bad("has " + Names.quote(name) + " encrypted");
        }
        if ((flags & ~(SIZES_BEHIND | UTF_8)) != 0 || bytes.getShort(at + 34) != 0) {
            throw bad("needs for " + Names.quote(name) + " what torch.save does not use");
        }
        if (bytes.getShort(at + 10) != 0) {
            throw bad("has " + Names.quote(name) + " compressed");
        }
        var numbers = zip64(bytes.slice(at + CENTRAL + nameBytes, extraBytes), name,
                bytes.getInt(at + 24), bytes.getInt(at + 20), bytes.getInt(at + 42));
        if (!numbers[0].equals(numbers[1])) {
            throw bad("has two sizes for " + Names.quote(name) + ", " + numbers[0] + " and " + numbers[1]);
        }
        bytes.position(at + CENTRAL + nameBytes + extraBytes + commentBytes);
        long crc = Integer.toUnsignedLong(bytes.getInt(at + 16));
        return new Row(key, name, flags, crc, numbers[0], numbers[2]);
    }

    /** Numbers of 32 bits; those that have no room there are taken one after the other from the Zip64 field. */
    private Long[] zip64(ByteBuffer extra, String name, int... fields) {
        var field = zip64Field(extra.order(ByteOrder.LITTLE_ENDIAN), name);
        var numbers = new Long[fields.length];
        for (int i = 0; i < fields.length; i++) {
            numbers[i] = Integer.toUnsignedLong(fields[i]);
            if (numbers[i] == ELSEWHERE) {
                if (field.remaining() < Long.BYTES) {
                    throw bad("lacks a size or place of " + Names.quote(name));
                }
                numbers[i] = field.getLong();
            }
            if (numbers[i] < 0) {
                throw bad("has a size or place beyond 63 bits for " + Names.quote(name));
            }
        }
        return numbers;
    }

    private ByteBuffer zip64Field(ByteBuffer extra, String name) {
        var found = ByteBuffer.allocate(0);
        while (extra.remaining() >= 4) {
            int id = Short.toUnsignedInt(extra.getShort());
            int length = Short.toUnsignedInt(extra.getShort());
            if (length > extra.remaining()) {
                break;
            }
            if (id == ZIP64_FIELD) {
                if (found.capacity() > 0) {
                    throw bad("has two Zip64 fields for " + Names.quote(name));
                }
                found = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            }
            extra.position(extra.position() + length);
        }
        if (extra.hasRemaining()) {
            throw bad("has damaged fields for " + Names.quote(name));
        }
        return found;
    }

    /** Entries one behind the other from the first byte to the directory. */
    private Map<String, Entry> locate(List<Row> rows) throws IOException {
        var entries = new LinkedHashMap<String, Entry>();
        long place = 0;
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            if (row.header() != place) {
                throw bad("has " + Names.quote(row.name()) + " at " + row.header()
                        + ", where another entry or none ends");
            }
            long begin = place + localBytes(row);
            long next = i + 1 < rows.size() ? rows.get(i + 1).header() : start;
            if (next < begin || row.bytes() > next - begin) {
                throw bad("has " + Names.quote(row.name()) + " over what follows");
            }
            checkDescriptor(row, begin + row.bytes(), next);
            if (entries.putIfAbsent(row.name(), new Entry(row.crc(), begin, row.bytes())) != null) {
                throw bad("has " + Names.quote(row.name()) + " twice");
            }
            place = next;
        }
        if (place != start) {
            throw bad("has something before its directory");
        }
        return entries;
    }

    /** The length of the header before an entry's bytes, which must say the same as the directory. */
    private long localBytes(Row row) throws IOException {
        int fixed = LOCAL + row.key().length;
        if (fixed > start - row.header()) {
            throw differs(row);
        }
        var local = read(row.header(), fixed);
        var key = new byte[row.key().length];
        local.get(LOCAL, key);
        int extraBytes = Short.toUnsignedInt(local.getShort(28));
        if (local.getInt(0) != LOCAL_SIGNATURE || local.getShort(6) != (short) row.flags() || local.getShort(8) != 0
                || Short.toUnsignedInt(local.getShort(26)) != key.length || !Arrays.equals(key, row.key())
                || extraBytes > start - row.header() - fixed) {
            throw differs(row);
        }
        var extra = read(row.header() + fixed, extraBytes);
        var sizes = zip64(extra, row.name(), local.getInt(22), local.getInt(18));
        long crc = Integer.toUnsignedLong(local.getInt(14));
        boolean isLater = (row.flags() & SIZES_BEHIND) != 0;
        boolean isSame = agree(crc, isLater ? 0 : row.crc(), row.crc())
                && agree(sizes[0], isLater ? 0 : row.bytes(), row.bytes())
                && agree(sizes[1], isLater ? 0 : row.bytes(), row.bytes());
        if (!isSame) {
            throw differs(row);
        }
        return (long) fixed + extraBytes;
    }

    /** What a writer puts behind an entry whose sizes it did not know before. */
    private void checkDescriptor(Row row, long from, long to) throws IOException {
        boolean isThere = (row.flags() & SIZES_BEHIND) != 0;
        if (to - from > 6 * Integer.BYTES || (to > from) != isThere) {
            throw bad("has a hole behind " + Names.quote(row.name()));
        }
        var descriptor = read(from, (int) (to - from));
        if (descriptor.remaining() % Long.BYTES == 0 && descriptor.hasRemaining()
                && descriptor.getInt() != DESCRIPTOR_SIGNATURE) {
            throw differs(row);
        }
        boolean isSame = switch (descriptor.remaining()) {
            case 0 -> true;
            case 3 * Integer.BYTES -> descriptor.getInt() == (int) row.crc()
                    && Integer.toUnsignedLong(descriptor.getInt()) == row.bytes()
                    && Integer.toUnsignedLong(descriptor.getInt()) == row.bytes();
            case Integer.BYTES + 2 * Long.BYTES -> descriptor.getInt() == (int) row.crc()
                    && descriptor.getLong() == row.bytes() && descriptor.getLong() == row.bytes();
            default -> false;
        };
        if (!isSame) {
            throw differs(row);
        }
    }

    private ByteBuffer read(long from, int count) throws IOException {
        var bytes = new byte[count];
        file.seek(from);
        file.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String decode(byte[] name) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
        } catch (CharacterCodingException e) {
            throw bad("has a name that is not UTF-8");
        }
    }

    private void requireZip() throws IOException {
        if (file.length() < LOCAL || read(0, LOCAL).getInt() != LOCAL_SIGNATURE) {
            OtherFormats.refuse(path, file);
            throw new CheckpointException(Code.BAD_ARCHIVE, path, "this is no zip archive, as torch.save writes them");
        }
    }

    private CheckpointException differs(Row row) {
        return bad("says two things of " + Names.quote(row.name()) + ", one in its directory and one at its place");
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(Code.BAD_ARCHIVE, path, "the archive " + problem);
    }
}
