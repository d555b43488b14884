// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The fields of a TIFF file's first directory (TIFF 6.0, section 2; BigTIFF), which is also what EXIF is made of. */
final class TiffDirectory {
    private static final int[] TYPE_SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    private static final int MOST_FIELDS = 4096;

    private record Field(int type, long count, long offset) {}

    private final byte[] file;
    private final boolean bigEndian;
    private final Map<Integer, Field> fields = new HashMap<>();

    private TiffDirectory(byte[] file, boolean bigEndian) {
        this.file = file;
        this.bigEndian = bigEndian;
    }

    /** Reads the directory that the file's header points to; one that the file cuts off is an error, or is cut off. */
    static TiffDirectory first(byte[] file, boolean whole) throws CodecException {
        if (file.length < 8) {
            throw CodecException.truncated("a TIFF header has 8 bytes and here are " + file.length);
        }
        var directory = new TiffDirectory(file, file[0] == 'M');
        var in = directory.input();
        in.seek(2);
        int version = in.u16();
        boolean big = version == 43;
        long start;
        if (big) {
            in.skip(4);
            start = in.i64();
        } else {
            start = in.u32();
        }
        in.seek(start);
        directory.read(in, big, whole);
        return directory;
    }

    /** The file, from its beginning, in its byte order. */
    ByteInput input() {
        return bigEndian ? ByteInput.bigEndian(file) : ByteInput.littleEndian(file);
    }

    boolean isBigEndian() {
        return bigEndian;
    }

    private void read(ByteInput in, boolean big, boolean whole) throws CodecException {
        long count = big ? in.i64() : in.u16();
        if (count < 0 || count > MOST_FIELDS) {
            throw CodecException.corrupt("its directory announces " + count + " fields");
        }
        for (int i = 0; i < count && (whole || in.remaining() >= (big ? 20 : 12)); i++) {
            int tag = in.u16();
            int type = in.u16();
            long values = big ? in.i64() : in.u32();
            int inline = big ? 8 : 4;
            int size = type < TYPE_SIZES.length ? TYPE_SIZES[type] : 0;
            long at = in.position();
            if (size > 0 && values > inline / size) {
                at = big ? in.i64() : in.u32();
            } else {
                in.skip(inline);
            }
            if (size > 0 && values > 0) {
                fields.put(tag, new Field(type, values, at));
            }
        }
    }

    boolean has(int tag) {
        return fields.containsKey(tag);
    }

    /** The number of values that a field has; 0 when it is absent. */
    long count(int tag) {
        var field = fields.get(tag);
        return field == null ? 0 : field.count;
    }

    /** A field's only or first value, as a whole number. */
    long number(int tag, long whenAbsent) throws CodecException {
        return has(tag) ? numbers(tag, 1)[0] : whenAbsent;
    }

    /** A field's values, at most {@code most} of them; empty when the field is absent. */
    long[] numbers(int tag, int most) throws CodecException {
        var field = fields.get(tag);
        if (field == null) {
            return new long[0];
        }
        int count = (int) Math.min(field.count, most);
        var in = input();
        in.seek(field.offset);
        if ((long) count * TYPE_SIZES[field.type] > in.remaining()) {
            throw CodecException.truncated("the values of its field " + tag + " lie beyond the end");
        }
        var values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (field.type) {
                case 1, 2, 7 -> in.u8();
                case 3 -> in.u16();
                case 4, 13 -> in.u32();
                case 6 -> (byte) in.u8();
                case 8 -> (short) in.u16();
                case 9 -> in.i32();
                case 16, 17, 18 -> in.i64();
                default -> throw CodecException.corrupt("its field " + tag + " has the type " + field.type
                        + ", which is no whole number");
            };
        }
        return values;
    }

    /** A field's bytes as they are stored, or null when it is absent, not made of bytes, or beyond the end. */
    byte[] bytes(int tag) {
        var field = fields.get(tag);
        if (field == null || TYPE_SIZES[field.type] != 1 || field.offset < 0
                || field.count > file.length - field.offset) {
            return null;
        }
        return Arrays.copyOfRange(file, (int) field.offset, (int) (field.offset + field.count));
    }
}
