// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a file of machine code for GPUs says of its kernels: an ELF file with a section {@code .nv.info.NAME} for each. */
record Cubin(Map<String, List<Parameter>> kernels) {
    private static final String INFO = ".nv.info.";
    /** Attributes whose value is a number of bytes, after their size; others have two bytes in its place. */
    private static final int SIZED = 4;
    private static final int PARAMETER = 0x17;

    /** Where a kernel expects a parameter. */
    record Parameter(int offset, int bytes) {}

    static Cubin of(byte[] file) {
        var elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int sections = Math.toIntExact(elf.getLong(40));
        int size = Short.toUnsignedInt(elf.getShort(58));
        int count = Short.toUnsignedInt(elf.getShort(60));
        int names = sections + size * Short.toUnsignedInt(elf.getShort(62));
        var kernels = new LinkedHashMap<String, List<Parameter>>();
        for (int i = 0; i < count; i++) {
            int section = sections + i * size;
            var name = text(elf, Math.toIntExact(elf.getLong(names + 24)) + elf.getInt(section));
            if (name.startsWith(INFO)) {
                kernels.put(name.substring(INFO.length()), parameters(elf.slice(
                        Math.toIntExact(elf.getLong(section + 24)), Math.toIntExact(elf.getLong(section + 32)))
                        .order(ByteOrder.LITTLE_ENDIAN)));
            }
        }
        return new Cubin(kernels);
    }

    private static String text(ByteBuffer elf, int start) {
        int end = start;
        while (elf.get(end) != 0) {
            end++;
        }
        var name = new byte[end - start];
        elf.get(start, name);
        return new String(name, StandardCharsets.US_ASCII);
    }

    /** Each of 12 bytes: a number, its place in the list, its offset, and its size above 18 bits of something else. */
    private static List<Parameter> parameters(ByteBuffer info) {
        var found = new ArrayList<Parameter>();
        while (info.remaining() >= 4) {
            int form = info.get();
            int attribute = info.get();
            int size = Short.toUnsignedInt(info.getShort());
            if (form != SIZED) {
                continue;
            }
            if (attribute == PARAMETER) {
                int at = info.position();
                found.add(new Parameter(Short.toUnsignedInt(info.getShort(at + 6)), info.getInt(at + 8) >>> 18));
            }
            info.position(info.position() + size);
        }
        found.sort(Comparator.comparingInt(Parameter::offset));
        return List.copyOf(found);
    }
}
