// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import dev.avocet.loader.checkpoint.StrictJson.Token;
import dev.avocet.loader.checkpoint.WeightsFile.Contents;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, checked against every rule of the format before a byte of data is touched.
 *
 * <p>Accepts less than the format's own reader (safetensors 0.8.0), never more: duplicate keys, entries written as
 * arrays and more than 64 dimensions are refused. Fields of an entry that the format does not name are ignored.
 */
final class SafetensorsHeader {
    /** The largest header that the format allows, in bytes. */
    static final int LARGEST = 100_000_000;

    /** The one key that is no tensor's name. */
    static final String METADATA = "__metadata__";

    private static final int LARGEST_RANK = 64;
    /** Entries have a depth of 3; no header of the allowed size has more tokens than bytes. */
    private static final StrictJson.Limits LIMITS = new StrictJson.Limits(8, LARGEST);

    private SafetensorsHeader() {}

    /** Reads the header of a file, whose tensors are in the order of their bytes; throws {@link CheckpointException}. */
    static Contents read(Path path, RandomAccessFile file) throws IOException {
        long size = file.length();
        var json = new byte[length(path, file, size)];
        file.readFully(json);
        long start = Long.BYTES + (long) json.length;
        var contents = parse(path, json, size - start);
        if (json[0] != '{') {
            // Only now asks for a logger, since starting a logging system takes a while.
            System.getLogger(SafetensorsHeader.class.getName()).log(System.Logger.Level.WARNING,
                    path + ": white space before the header, which not every reader accepts");
        }
        return contents;
    }

    /**
     * Reads the JSON of a header whose file has so many bytes of data behind it; throws {@link CheckpointException}.
     */
    static Contents parse(Path file, byte[] utf8, long dataBytes) {
        return new Reader(file, utf8, dataBytes).read();
    }

    private static int length(Path path, RandomAccessFile file, long size) throws IOException {
        if (size < Long.BYTES) {
            throw new CheckpointException(Code.HEADER_TOO_SMALL, path, "the file has " + size
                    + " bytes, fewer than the 8 of the header's length");
        }
        long length = Long.reverseBytes(file.readLong());
        if (Long.compareUnsigned(length, LARGEST) > 0) {
            // Other formats put text or a signature where the length stands, which reads as a huge number.
            OtherFormats.refuse(path, file);
            throw new CheckpointException(Code.HEADER_TOO_LARGE, path, "the header is said to have "
                    + Long.toUnsignedString(length) + " bytes, more than " + LARGEST);
        }
        if (length > size - Long.BYTES) {
            throw new CheckpointException(Code.INVALID_HEADER_LENGTH, path, "the header is said to have " + length
                    + " bytes, and the file has " + size);
        }
        return (int) length;
    }

    private static final class Reader {
        private final Path file;
        private final int headerBytes;
        private final long dataBytes;
        private final StrictJson json;
        private final List<StoredTensor> tensors = new ArrayList<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        Reader(Path file, byte[] utf8, long dataBytes) {
            this.file = file;
            this.headerBytes = utf8.length;
            this.dataBytes = dataBytes;
            this.json = new StrictJson(utf8, new StrictJson.Source(file, "the header", Code.HEADER_NOT_UTF8,
                    Code.HEADER_NOT_JSON, Code.DUPLICATE_KEY, LIMITS));
        }

        Contents read() {
            if (json.next() != Token.BEGIN_OBJECT) {
                throw json.error(Code.HEADER_NOT_JSON, "is not one JSON object");
            }
            while (json.next() != Token.END_OBJECT) {
                var name = json.text();
                if (name.equals(METADATA)) {
                    readMetadata();
                } else {
                    tensors.add(readTensor(name));
                }
            }
            json.finish();
            checkLayout();
            return new Contents(tensors, metadata, Long.BYTES + (long) headerBytes);
        }

        private void readMetadata() {
            var start = json.next();
            if (start == Token.NULL) {
                return;
            }
            if (start != Token.BEGIN_OBJECT) {
                throw json.error(Code.BAD_METADATA, "has a " + METADATA + " that is not an object");
            }
            while (json.next() != Token.END_OBJECT) {
                var key = json.text();
                if (json.next() != Token.TEXT) {
                    throw json.error(Code.BAD_METADATA, "has in " + METADATA + " a value that is not text, at key "
                            + Names.quote(key));
                }
                metadata.put(key, json.text());
            }
        }

        private StoredTensor readTensor(String name) {
            if (json.next() != Token.BEGIN_OBJECT) {
                throw bad(Code.BAD_ENTRY, name, "has an entry that is not an object");
            }
            StoredType type = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            while (json.next() != Token.END_OBJECT) {
                switch (json.text()) {
                    case "dtype" -> type = readType(name);
                    case "shape" -> shape = readShape(name);
                    case "data_offsets" -> offsets = readOffsets(name);
                    default -> json.skip();
                }
            }
            if (type == null || shape == null || offsets == null) {
                var field = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
                throw bad(Code.BAD_ENTRY, name, "has no " + field);
            }
            var tensor = new StoredTensor(name, type, shape, offsets.get(0), offsets.get(1));
            checkSize(tensor);
            return tensor;
        }

        private StoredType readType(String name) {
            var token = json.next();
            if (token != Token.TEXT && token != Token.NULL) {
                throw bad(Code.BAD_ENTRY, name, "has a dtype that is not text");
            }
            var type = StoredType.named(json.text());
            if (type == null) {
                throw bad(Code.UNKNOWN_DTYPE, name, "has the unknown dtype " + Names.quote(json.text()));
            }
            return type;
        }

        private List<Long> readShape(String name) {
            var shape = new ArrayList<Long>();
            if (json.next() != Token.BEGIN_ARRAY) {
                throw bad(Code.BAD_SHAPE, name, "has a shape that is not an array");
            }
            while (json.next(Code.BAD_SHAPE) != Token.END_ARRAY) {
                if (shape.size() == LARGEST_RANK) {
                    throw bad(Code.RANK_TOO_LARGE, name, "has more than " + LARGEST_RANK + " dimensions");
                }
                shape.add(unsigned(name, Code.BAD_SHAPE, Code.SHAPE_OVERFLOW, "a dimension"));
            }
            return shape;
        }

        private List<Long> readOffsets(String name) {
            var offsets = new ArrayList<Long>();
            if (json.next() != Token.BEGIN_ARRAY) {
                throw bad(Code.BAD_ENTRY, name, "has data_offsets that are not an array");
            }
            while (json.next(Code.BAD_OFFSETS) != Token.END_ARRAY) {
                if (offsets.size() == 2) {
                    throw bad(Code.BAD_ENTRY, name, "has more than two data_offsets");
                }
                offsets.add(unsigned(name, Code.BAD_OFFSETS, Code.BAD_OFFSETS, "an offset"));
            }
            if (offsets.size() < 2) {
                throw bad(Code.BAD_ENTRY, name, "has fewer than two data_offsets");
            }
            if (offsets.get(1) < offsets.get(0)) {
                throw bad(Code.BAD_OFFSETS, name,
                        "ends at " + offsets.get(1) + ", before it begins at " + offsets.get(0));
            }
            return offsets;
        }

        /** The current token as an integer written in plain digits, as the format's unsigned 64-bit numbers are. */
        private long unsigned(String name, Code malformed, Code tooLarge, String what) {
            var digits = json.text();
            if (json.token() != Token.INTEGER || digits.startsWith("-")) {
                throw bad(malformed, name, "has " + what + " that is not an unsigned integer: " + Names.quote(digits));
            }
            try {
                long value = Long.parseUnsignedLong(digits);
                if (value < 0) {
                    throw bad(tooLarge, name, "has " + what + " beyond 63 bits: " + digits);
                }
                return value;
            } catch (NumberFormatException beyond64Bits) {
                throw bad(malformed, name, "has " + what + " beyond 64 bits: " + Names.quote(digits));
            }
        }

        private void checkSize(StoredTensor tensor) {
            long bits = tensor.type().bits();
            try {
                var elements = 1L;
                for (long dim : tensor.shape()) {
                    elements = Math.multiplyExact(elements, dim);
                }
                bits = Math.multiplyExact(elements, bits);
            } catch (ArithmeticException e) {
                throw error(Code.SHAPE_OVERFLOW, "tensor " + tensor + " has a size beyond 63 bits");
            }
            if (bits % Byte.SIZE != 0) {
                throw error(Code.SUBBYTE_MISALIGNED, "tensor " + tensor + " does not fill its last byte");
            }
            if (tensor.bytes() != bits / Byte.SIZE) {
                if (tensor.end() > dataBytes) {
                    throw error(Code.BAD_OFFSETS, "tensor " + tensor + " lies at " + range(tensor) + ", outside the "
                            + dataBytes + " bytes of data that the file has");
                }
                throw error(Code.SIZE_MISMATCH, "tensor " + tensor + " takes " + bits / Byte.SIZE
                        + " bytes, its data_offsets " + range(tensor) + " hold " + tensor.bytes());
            }
        }

        /** One tensor after the other from the first byte to the last, which bounds their sum by the file's size. */
        private void checkLayout() {
            tensors.sort(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
            var end = 0L;
            for (var tensor : tensors) {
                if (tensor.begin() > end) {
                    throw error(Code.HOLE, "no tensor covers the bytes from " + end + " to " + tensor.begin()
                            + " before tensor " + tensor);
                }
                if (tensor.begin() < end && tensor.bytes() == 0) {
                    throw error(Code.HOLE,
                            "tensor " + tensor + " is empty and lies inside another one, at " + tensor.begin());
                }
                if (tensor.begin() < end) {
                    throw error(Code.OVERLAP, "tensor " + tensor + " at " + range(tensor)
                            + " shares bytes with another, which ends at " + end);
                }
                end = tensor.end();
            }
            if (end > dataBytes) {
                throw error(Code.TRUNCATED, "the tensors take " + end + " bytes, and the file has " + dataBytes
                        + " bytes of data");
            }
            if (end < dataBytes) {
                throw error(Code.TRAILING_BYTES, "the tensors take " + end + " bytes, and the file has " + dataBytes
                        + " bytes of data");
            }
        }

        private static String range(StoredTensor tensor) {
            return "[" + tensor.begin() + ", " + tensor.end() + "]";
        }

        private CheckpointException bad(Code code, String name, String problem) {
            return json.error(code, "says that tensor " + Names.quote(name) + " " + problem);
        }

        private CheckpointException error(Code code, String problem) {
            return new CheckpointException(code, file, problem);
        }
    }
}
