// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static dev.avocet.loader.checkpoint.Bytes.entry;
import static dev.avocet.loader.checkpoint.Bytes.file;
import static dev.avocet.loader.checkpoint.Bytes.join;
import static dev.avocet.loader.checkpoint.Bytes.length;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of the safetensors format, each broken alone, and what is odd but allowed. */
class SafetensorsRulesTest {
    private static final String TYPE = "\"dtype\":\"F32\"";
    private static final String OFFSETS = "\"data_offsets\":[0,4]";
    private static final String GOOD = TYPE + ",\"shape\":[1]," + OFFSETS;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0} is refused as {2}")
    @MethodSource({"badLengths", "badJson", "badEntries", "badShapes", "badLayouts", "badMetadata"})
    void everyRuleHasItsOwnError(String what, byte[] bytes, Code code) throws IOException {
        var path = Bytes.write(folder, "bad.safetensors", bytes);
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(path));
        assertEquals(code, refusal.code(), refusal.getMessage());
        assertEquals(path, refusal.file());
        assertTrue(refusal.getMessage().startsWith(path + ": "), refusal.getMessage());
        assertTrue(refusal.getMessage().length() < 1000, refusal.getMessage());
    }

    static Stream<Arguments> badLengths() {
        return Stream.of(
                arguments("an empty file", new byte[0], Code.HEADER_TOO_SMALL),
                arguments("a file of 7 bytes", new byte[7], Code.HEADER_TOO_SMALL),
                arguments("a header of no bytes", length(0), Code.HEADER_NOT_JSON),
                arguments("a header of no bytes before data", join(length(0), new byte[4]), Code.HEADER_NOT_JSON),
                arguments("a header behind the end", join(length(3), bytes("{}")), Code.INVALID_HEADER_LENGTH),
                arguments("the largest header, not there", join(length(100_000_000), bytes("{}")),
                        Code.INVALID_HEADER_LENGTH),
                arguments("a header over the limit", join(length(100_000_001), bytes("{}")), Code.HEADER_TOO_LARGE),
                arguments("a length of 2^63", length(Long.MIN_VALUE), Code.HEADER_TOO_LARGE),
                arguments("a length of 2^64-1", length(-1), Code.HEADER_TOO_LARGE),
                arguments("a length that wraps to 0", length(-8), Code.HEADER_TOO_LARGE),
                arguments("a pointer of Git LFS",
                        bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
                        Code.GIT_LFS_POINTER),
                arguments("a zip archive", bytes("PK\3\4\0\0\10\10archive/data.pkl"), Code.UNSUPPORTED_FORMAT));
    }

    static Stream<Arguments> badJson() {
        var good = "{\"t\":{" + GOOD + "}}";
        return Stream.of(
                arguments("a key in Latin-1", file(latin1("{\"\u00e9\":{" + GOOD + "}}"), 4), Code.HEADER_NOT_UTF8),
                arguments("an overlong NUL", file(latin1("{\"\u00c0\u0080\":{" + GOOD + "}}"), 4),
                        Code.HEADER_NOT_UTF8),
                arguments("a surrogate in UTF-8", file(latin1("{\"\u00ed\u00a0\u0080\":{" + GOOD + "}}"), 4),
                        Code.HEADER_NOT_UTF8),
                arguments("a cut character", file(latin1("{\"\u00e2\u0082"), 4), Code.HEADER_NOT_UTF8),
                arguments("a byte order mark", file("\ufeff" + good, 4), Code.HEADER_NOT_JSON),
                arguments("UTF-16", file(good.getBytes(StandardCharsets.UTF_16LE), 4), Code.HEADER_NOT_JSON),
                arguments("half of a pair as escape", file("{\"\\ud800\":{" + GOOD + "}}", 4), Code.HEADER_NOT_JSON),
                arguments("a pair the wrong way round", file("{\"\\udc00\\ud800\":{" + GOOD + "}}", 4),
                        Code.HEADER_NOT_JSON),
                arguments("half of a pair in ignored text", entry(GOOD + ",\"note\":\"\\ud83d\""),
                        Code.HEADER_NOT_JSON),
                arguments("a raw newline in a key", file("{\"a\nb\":{" + GOOD + "}}", 4), Code.HEADER_NOT_JSON),
                arguments("a raw NUL in a key", file("{\"a\0\":{" + GOOD + "}}", 4), Code.HEADER_NOT_JSON),
                arguments("an unknown escape", file("{\"\\x41\":{" + GOOD + "}}", 4), Code.HEADER_NOT_JSON),
                arguments("an array", file("[]", 0), Code.HEADER_NOT_JSON),
                arguments("null", file("null", 0), Code.HEADER_NOT_JSON),
                arguments("text", file("\"t\"", 0), Code.HEADER_NOT_JSON),
                arguments("an open object", file("{", 0), Code.HEADER_NOT_JSON),
                arguments("an open entry", file("{\"t\":{" + GOOD, 4), Code.HEADER_NOT_JSON),
                arguments("an open shape", file("{\"t\":{\"shape\":[1", 4), Code.HEADER_NOT_JSON),
                arguments("white space alone", file("        ", 0), Code.HEADER_NOT_JSON),
                arguments("two documents", file("{}{}", 0), Code.HEADER_NOT_JSON),
                arguments("something after the end", file(good + "x", 4), Code.HEADER_NOT_JSON),
                arguments("a comma after the end", file(good + ",", 4), Code.HEADER_NOT_JSON),
                arguments("padding with NUL", file(good + "\0\0\0", 4), Code.HEADER_NOT_JSON),
                arguments("padding with a form feed", file(good + "\f", 4), Code.HEADER_NOT_JSON),
                arguments("a no-break space", file("\u00a0" + good, 4), Code.HEADER_NOT_JSON),
                arguments("a block comment", file("/* */" + good, 4), Code.HEADER_NOT_JSON),
                arguments("a line comment", file(good + "//", 4), Code.HEADER_NOT_JSON),
                arguments("a hash comment", file(good + "#", 4), Code.HEADER_NOT_JSON),
                arguments("a comma before a brace", file("{\"t\":{" + GOOD + "},}", 4), Code.HEADER_NOT_JSON),
                arguments("a comma at a shape's end", shape("1,"), Code.HEADER_NOT_JSON),
                arguments("a comma before a bracket", entry(GOOD + ",\"x\":[1,]"), Code.HEADER_NOT_JSON),
                arguments("two commas", entry(GOOD + ",\"x\":[1,,2]"), Code.HEADER_NOT_JSON),
                arguments("single quotes", file("{'t':{" + GOOD + "}}", 4), Code.HEADER_NOT_JSON),
                arguments("a bare key", file("{t:{" + GOOD + "}}", 4), Code.HEADER_NOT_JSON),
                arguments("a missing colon", file("{\"t\" {" + GOOD + "}}", 4), Code.HEADER_NOT_JSON),
                arguments("NaN", entry(GOOD + ",\"x\":NaN"), Code.HEADER_NOT_JSON),
                arguments("Infinity", entry(GOOD + ",\"x\":-Infinity"), Code.HEADER_NOT_JSON),
                arguments("a number over all doubles", entry(GOOD + ",\"x\":1e400"), Code.HEADER_NOT_JSON),
                arguments("an integer over all doubles", entry(GOOD + ",\"x\":1" + "0".repeat(400)),
                        Code.HEADER_NOT_JSON),
                arguments("a hexadecimal number", entry(GOOD + ",\"x\":0x1"), Code.HEADER_NOT_JSON),
                arguments("True", entry(GOOD + ",\"x\":True"), Code.HEADER_NOT_JSON),
                arguments("200 levels", entry(GOOD + ",\"x\":" + nested(200)), Code.HEADER_NOT_JSON),
                arguments("100,000 levels", entry(GOOD + ",\"x\":" + nested(100_000)), Code.HEADER_NOT_JSON),
                arguments("100,000 open arrays", file("[".repeat(100_000), 0), Code.HEADER_NOT_JSON),
                arguments("100,000 open objects", file("{\"a\":".repeat(100_000), 0), Code.HEADER_NOT_JSON));
    }

    static Stream<Arguments> badEntries() {
        var first = "\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}";
        return Stream.of(
                arguments("a name twice for one range", file("{" + first + "," + first.replace("F32", "I32") + "}", 16),
                        Code.DUPLICATE_KEY),
                arguments("a name twice, once escaped",
                        file("{" + first + "," + first.replace("\"t\"", "\"\\u0074\"") + "}", 16),
                        Code.DUPLICATE_KEY),
                arguments("a name twice for two ranges",
                        file("{" + first + "," + first.replace("[0,16]", "[16,32]") + "}", 32),
                        Code.DUPLICATE_KEY),
                arguments("dtype twice", entry(GOOD + "," + TYPE), Code.DUPLICATE_KEY),
                arguments("shape twice", entry("\"shape\":[1]," + GOOD), Code.DUPLICATE_KEY),
                arguments("offsets twice", entry(GOOD + "," + OFFSETS), Code.DUPLICATE_KEY),
                arguments("an ignored key twice", entry(GOOD + ",\"x\":{\"y\":1,\"y\":1}"), Code.DUPLICATE_KEY),
                arguments("metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}", 0), Code.DUPLICATE_KEY),
                arguments("a key twice in the metadata", file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", 0),
                        Code.DUPLICATE_KEY),
                arguments("no dtype", entry("\"shape\":[1]," + OFFSETS), Code.BAD_ENTRY),
                arguments("no shape", entry(TYPE + "," + OFFSETS), Code.BAD_ENTRY),
                arguments("no offsets", entry(TYPE + ",\"shape\":[1]"), Code.BAD_ENTRY),
                arguments("an empty entry", entry(""), Code.BAD_ENTRY),
                arguments("a null entry", file("{\"t\":null}", 0), Code.BAD_ENTRY),
                arguments("an entry as array", file("{\"t\":[\"F32\",[1],[0,4]]}", 4), Code.BAD_ENTRY),
                arguments("a dtype as object", entry("\"dtype\":{\"F32\":null},\"shape\":[1]," + OFFSETS),
                        Code.BAD_ENTRY),
                arguments("one offset", entry(TYPE + ",\"shape\":[1],\"data_offsets\":[4]"), Code.BAD_ENTRY),
                arguments("three offsets", entry(TYPE + ",\"shape\":[1],\"data_offsets\":[0,4,4]"), Code.BAD_ENTRY),
                arguments("offsets as object", entry(TYPE + ",\"shape\":[1],\"data_offsets\":{}"), Code.BAD_ENTRY),
                arguments("dtype F31", entry("\"dtype\":\"F31\",\"shape\":[1]," + OFFSETS), Code.UNKNOWN_DTYPE),
                arguments("dtype f32", entry("\"dtype\":\"f32\",\"shape\":[1]," + OFFSETS), Code.UNKNOWN_DTYPE),
                arguments("dtype null", entry("\"dtype\":null,\"shape\":[1]," + OFFSETS), Code.UNKNOWN_DTYPE),
                arguments("a dtype of text null", entry("\"dtype\":\"null\",\"shape\":[1]," + OFFSETS),
                        Code.UNKNOWN_DTYPE));
    }

    static Stream<Arguments> badShapes() {
        var bad = Stream
                .of("-2", "2.0", "2e0", "-0", "02", "\"2\"", "18446744073709551616", "null", "[1]", "true", "+1",
                        "1" + "0".repeat(300))
                .map(dim -> arguments("dimension " + dim, shape(dim), Code.BAD_SHAPE));
        var overflow = Stream.of("2,18446744073709551614", "9223372036854775808", "4611686018427387904,4",
                "4194305,4194305,211106198978564", "9223372036854775808,9223372036854775808,0",
                "0,9223372036854775808,9223372036854775808", "4294967296,4294967296,0")
                .map(dims -> arguments("shape [" + dims + "]", shape(dims), Code.SHAPE_OVERFLOW));
        var words = Stream.of("NaN", "-Infinity", "0x1", "1_000", "True", "1e400")
                .map(dim -> arguments("dimension " + dim, shape(dim), Code.HEADER_NOT_JSON));
        return Stream.of(bad, overflow, words, Stream.of(
                arguments("a shape as number", entry(TYPE + ",\"shape\":1," + OFFSETS), Code.BAD_SHAPE),
                arguments("a shape of null", entry(TYPE + ",\"shape\":null," + OFFSETS), Code.BAD_SHAPE),
                arguments("65 dimensions", shape("1" + ",1".repeat(64)), Code.RANK_TOO_LARGE),
                arguments("10,000 dimensions", shape("1" + ",1".repeat(9_999)), Code.RANK_TOO_LARGE),
                arguments("three elements of 4 bits", entry("\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]"),
                        Code.SUBBYTE_MISALIGNED),
                arguments("one element of 6 bits", entry("\"dtype\":\"F6_E2M3\",\"shape\":[],\"data_offsets\":[0,1]"),
                        Code.SUBBYTE_MISALIGNED),
                arguments("offsets of 2 bytes too many",
                        file("{\"t\":{" + TYPE + ",\"shape\":[1],\"data_offsets\":[0,6]}}", 6),
                        Code.SIZE_MISMATCH),
                arguments("an empty tensor with bytes", entry(TYPE + ",\"shape\":[0]," + OFFSETS), Code.SIZE_MISMATCH),
                arguments("a scalar without bytes",
                        file("{\"t\":{" + TYPE + ",\"shape\":[],\"data_offsets\":[0,0]}}", 0),
                        Code.SIZE_MISMATCH)))
                .flatMap(stream -> stream);
    }

    static Stream<Arguments> badLayouts() {
        var offsets = Stream.of("[4,0]", "[-4,0]", "[0,-4]", "[0,4.0]", "[0,4e0]", "[-0,4]", "[0,04]", "[\"0\",\"4\"]",
                "[null,4]", "[[0,4],4]", "[0,18446744073709551615]", "[0,18446744073709551616]",
                "[0,9223372036854775807]",
                "[0,5]", "[4,12]")
                .map(range -> arguments("offsets " + range, entry(TYPE + ",\"shape\":[1],\"data_offsets\":" + range),
                        Code.BAD_OFFSETS));
        return Stream.concat(offsets, Stream.of(
                arguments("a hole at the start", file(tensors("a 1 4 8"), 8), Code.HOLE),
                arguments("a hole in the middle", file(tensors("a 1 0 4", "b 1 8 12"), 12), Code.HOLE),
                arguments("a hole before an empty tensor", file(tensors("a 1 0 4", "b 0 8 8"), 8), Code.HOLE),
                arguments("an empty tensor inside another", file(tensors("a 2 0 8", "b 0 4 4"), 8), Code.HOLE),
                arguments("an overlap", file(tensors("a 2 0 8", "b 2 4 12"), 12), Code.OVERLAP),
                arguments("two tensors of one range", file(tensors("a 2 0 8", "b 2 0 8"), 8), Code.OVERLAP),
                arguments("a tensor inside another", file(tensors("a 3 0 12", "b 1 4 8"), 12), Code.OVERLAP),
                arguments("100,000 tensors of one range", file(tensors(aliases(100_000)), 160_000), Code.OVERLAP),
                arguments("one byte after the last tensor", file(tensors("a 1 0 4"), 5), Code.TRAILING_BYTES),
                arguments("an archive after the last tensor", join(file(tensors("a 1 0 4"), 4), bytes("PK\3\4")),
                        Code.TRAILING_BYTES),
                arguments("data without tensors", file("{}", 1), Code.TRAILING_BYTES),
                arguments("one byte less than the tensors take", file(tensors("a 1 0 4", "b 1 4 8"), 7),
                        Code.TRUNCATED),
                arguments("no data", file(tensors("a 1 0 4", "b 1 4 8"), 0), Code.TRUNCATED)));
    }

    static Stream<Arguments> badMetadata() {
        return Stream
                .of("1", "[]", "\"pt\"", "true", "{\"a\":1}", "{\"a\":null}", "{\"a\":{}}", "{\"a\":[\"b\"]}",
                        "{" + GOOD + "}")
                .map(value -> arguments("metadata " + value, file("{\"__metadata__\":" + value + "}", 0),
                        Code.BAD_METADATA));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void whatIsOddButAllowedIsAccepted(String what, byte[] bytes, Set<String> names) throws IOException {
        try (var checkpoint = Checkpoint.open(Bytes.write(folder, "odd.safetensors", bytes))) {
            assertEquals(names, checkpoint.names());
        }
    }

    static Stream<Arguments> whatIsOddButAllowedIsAccepted() {
        var good = "{\"t\":{" + GOOD + "}}";
        return Stream.of(
                arguments("no tensors", file("{}", 0), Set.of()),
                arguments("white space behind the header", file(good + " \t\r\n", 4), Set.of("t")),
                arguments("white space before the header", file(" \t\r\n" + good, 4), Set.of("t")),
                arguments("white space all over", file(good.replaceAll("([\\[\\]{},:])", " $1\t\r\n"), 4), Set.of("t")),
                arguments("unknown fields", entry(GOOD + ",\"x\":[1,{\"y\":[-0.5e-3,null,true,false,\"\\u00e9\"]}]"),
                        Set.of("t")),
                arguments("metadata of null", file("{\"__metadata__\":null}", 0), Set.of()),
                arguments("no metadata", file("{\"__metadata__\":{}}", 0), Set.of()),
                arguments("a header in another order", file(tensors("b 1 4 8", "a 1 0 4"), 8), Set.of("a", "b")),
                arguments("64 dimensions", shape("1" + ",1".repeat(63)), Set.of("t")),
                arguments("empty tensors at every border",
                        file(tensors("a 0 0 0", "b 1 0 4", "c 0 4 4", "d 1 4 8", "e 0 8 8"), 8),
                        Set.of("a", "b", "c", "d", "e")),
                arguments("more elements than bits, times 0", file("{\"t\":{" + TYPE + ",\"shape\":[0,4294967296],"
                        + "\"data_offsets\":[0,0]}}", 0), Set.of("t")),
                arguments("an empty name", file("{\"\":{" + GOOD + "}}", 4), Set.of("")),
                arguments("a name of a NUL", file("{\"\\u0000\":{" + GOOD + "}}", 4), Set.of("\0")),
                arguments("a name like a path", file("{\"../../etc/passwd\":{" + GOOD + "}}", 4),
                        Set.of("../../etc/passwd")),
                arguments("a name right to left", file("{\"\u202e\\u001b[2J\":{" + GOOD + "}}", 4),
                        Set.of("\u202e\u001b[2J")),
                arguments("a pair as two escapes", file("{\"\\ud83d\\ude00\":{" + GOOD + "}}", 4),
                        Set.of("\ud83d\ude00")),
                arguments("a name of 1 MB", file("{\"" + "n".repeat(1 << 20) + "\":{" + GOOD + "}}", 4),
                        Set.of("n".repeat(1 << 20))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BOOL", "I8", "I16", "U16", "U32", "U64", "C64", "F4", "F6_E2M3", "F6_E3M2", "F8_E5M2",
        "F8_E4M3",
        "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"})
    void aTypeTheEngineLacksIsListedAndRefusedOnUse(String type) throws IOException {
        int bytes = StoredType.valueOf(type).bits();
        var path = Bytes.write(folder, "t.safetensors", file("{\"t\":{\"dtype\":\"" + type
                + "\",\"shape\":[2,4],\"data_offsets\":[0," + bytes + "]}}", bytes));
        try (var checkpoint = Checkpoint.open(path)) {
            assertEquals(List.of(new StoredTensor("t", StoredType.valueOf(type), List.of(2L, 4L), 0, bytes)),
                    checkpoint.tensors());
            var refusal = assertThrows(CheckpointException.class, () -> checkpoint.tensor("t"));
            assertEquals(Code.UNSUPPORTED_DTYPE, refusal.code());
            assertTrue(refusal.getMessage().contains("\"t\" " + type + " [2, 4]"), refusal.getMessage());
        }
    }

    @Test
    void aDimensionBeyondTheEnginesIsListedAndRefusedOnUse() throws IOException {
        var path = Bytes.write(folder, "t.safetensors", file("{\"t\":{" + TYPE
                + ",\"shape\":[0,4294967296],\"data_offsets\":[0,0]}}", 0));
        try (var checkpoint = Checkpoint.open(path)) {
            var refusal = assertThrows(CheckpointException.class, () -> checkpoint.tensor("t"));
            assertEquals(Code.DIMENSION_TOO_LARGE, refusal.code());
        }
    }

    @Test
    void unalignedDataIsReadRight() throws IOException {
        var header = "{\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[9,17]}}";
        var data = new byte[] {(byte) 200, 0, 0, (byte) 0x80, 0x3f, 0, 0, (byte) 0xc0, 0x7f, 0, 0, 0, 0, 0, 0, 4,
            (byte) 0xc0};
        var path = Bytes.write(folder, "t.safetensors", join(length(header.length()), bytes(header), data));
        try (var checkpoint = Checkpoint.open(path)) {
            assertArrayEquals(new int[] {200}, checkpoint.tensor("u").toInts());
            assertArrayEquals(new float[] {1, Float.NaN}, checkpoint.tensor("f").toFloats());
            assertEquals(-2.5, checkpoint.tensor("d").doubleAt(0));
            assertEquals(Shape.SCALAR, checkpoint.tensor("d").shape());
        }
    }

    @Test
    void aHostileNameIsShownEscapedAndShort() throws IOException {
        var path = Bytes.write(folder, "t.safetensors", file("{\"\\u001b[2J\\u202e\\n" + "n".repeat(5000)
                + "\":{\"dtype\":\"\\u0007\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4));
        var message = assertThrows(CheckpointException.class, () -> Checkpoint.open(path)).getMessage();
        assertTrue(message.contains("\"\\u001b[2J\\u202e\\u000annn"), message);
        assertTrue(message.contains("\"\\u0007\""), message);
        assertTrue(message.contains("(5006 characters)"), message);
        assertFalse(message.chars().anyMatch(Character::isISOControl), message);
    }

    @Test
    void aMillionKeysAreTheMost() throws IOException {
        var metadata = new StringBuilder("{\"__metadata__\":{\"\":\"\"");
        for (int i = 0; i < 1_000_000; i++) {
            metadata.append(",\"").append(Integer.toHexString(i)).append("\":\"\"");
        }
        var path = Bytes.write(folder, "t.safetensors", file(metadata.append("}}").toString(), 0));
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(path));
        assertEquals(Code.TOO_MANY_KEYS, refusal.code());
    }

    @Test
    void theMetadataIsKept() throws IOException {
        var path = Bytes.write(folder, "t.safetensors",
                file("{\"__metadata__\":{\"format\":\"pt\",\"\":\"\\u0000\"}}", 0));
        try (var checkpoint = Checkpoint.open(path)) {
            assertEquals(Map.of("format", "pt", "", "\0"), checkpoint.metadata());
        }
    }

    private static byte[] shape(String dims) {
        return entry(TYPE + ",\"shape\":[" + dims + "]," + OFFSETS);
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static String[] aliases(int count) {
        return Stream.iterate(0, i -> i + 1).limit(count).map(i -> "t" + i + " 40000 0 160000").toArray(String[]::new);
    }

    /** A header of F32 vectors, each given as name, elements, begin and end. */
    private static String tensors(String... rows) {
        return Arrays.stream(rows)
                .map(row -> row.split(" "))
                .map(row -> "\"%s\":{%s,\"shape\":[%s],\"data_offsets\":[%s,%s]}".formatted(row[0], TYPE, row[1],
                        row[2], row[3]))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
