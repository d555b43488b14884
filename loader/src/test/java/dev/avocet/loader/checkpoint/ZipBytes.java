// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Writes zip archives as torch.save does, and knows where what is to be damaged. */
final class ZipBytes {
    private static final int FLAGS = 0x808;

    private record Entry(byte[] name, byte[] data, int crc, int at) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private byte[] bytes;
    private int directory;

    /** An entry whose sizes are said behind it, as PyTorch's writer does. */
    ZipBytes add(String name, byte[] data) {
        return add(name.getBytes(StandardCharsets.UTF_8), data);
    }

    ZipBytes add(byte[] name, byte[] data) {
        var crc = new CRC32();
        crc.update(data);
        var entry = new Entry(name, data, (int) crc.getValue(), written.size());
        entries.add(entry);
        write(little(30 + 8).putInt(0x04034b50).putShort((short) 0).putShort((short) FLAGS).position(26)
                .putShort((short) name.length).putShort((short) 8), 30);
        written.writeBytes(name);
        written.writeBytes(new byte[] {'F', 'B', 4, 0, 'Z', 'Z', 'Z', 'Z'});
        written.writeBytes(data);
        write(little(16).putInt(0x08074b50).putInt(entry.crc()).putInt(data.length).putInt(data.length), 16);
        return this;
    }

    /** The archive with the directory that old writers make. */
    ZipBytes close() {
        writeRows(false);
        writeEnd(entries.size(), written.size() - directory, directory);
        return this;
    }

    /** The archive with the directory that large archives have, whose numbers have 64 bits. */
    ZipBytes close64() {
        writeRows(true);
        int end = written.size();
        write(little(56).putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0)
                .putLong(entries.size()).putLong(entries.size()).putLong(end - directory).putLong(directory), 56);
        write(little(20).putInt(0x07064b50).putInt(0).putLong(end).putInt(1), 20);
        writeEnd(0xFFFF, -1, -1);
        return this;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** Where the header before an entry starts. */
    int local(int entry) {
        return entries.get(entry).at();
    }

    /** Where the directory's row for an entry starts. */
    int row(int entry) {
        return rows.get(entry);
    }

    /** Where an entry's bytes start. */
    int data(int entry) {
        return local(entry) + 30 + entries.get(entry).name().length + 8;
    }

    /** Where the last record starts. */
    int end() {
        return bytes.length - 22;
    }

    /** The archive with other bytes at some place. */
    byte[] with(int at, int... values) {
        var damaged = bytes();
        for (int i = 0; i < values.length; i++) {
            damaged[at + i] = (byte) values[i];
        }
        return damaged;
    }

    private void writeRows(boolean is64) {
        directory = written.size();
        for (var entry : entries) {
            rows.add(written.size());
            int extra = is64 ? 28 : 0;
            int size = is64 ? -1 : entry.data().length;
            write(little(46).putInt(0x02014b50).putShort((short) 0).putShort((short) 0).putShort((short) FLAGS)
                    .position(16).putInt(entry.crc()).putInt(size).putInt(size).putShort((short) entry.name().length)
                    .putShort((short) extra).position(42).putInt(is64 ? -1 : entry.at()), 46);
            written.writeBytes(entry.name());
            if (is64) {
                write(little(28).putShort((short) 1).putShort((short) 24).putLong(entry.data().length)
                        .putLong(entry.data().length).putLong(entry.at()), 28);
            }
        }
    }

    private void writeEnd(int count, int size, int start) {
        write(little(22).putInt(0x06054b50).putInt(0).putShort((short) count).putShort((short) count).putInt(size)
                .putInt(start), 22);
        bytes = written.toByteArray();
    }

    private void write(ByteBuffer buffer, int count) {
        for (int i = 0; i < count; i++) {
            written.write(buffer.get(i));
        }
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
