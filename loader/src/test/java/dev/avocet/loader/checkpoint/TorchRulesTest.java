// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static dev.avocet.loader.checkpoint.TorchBytes.EMPTY_DICT;
import static dev.avocet.loader.checkpoint.TorchBytes.EMPTY_TUPLE;
import static dev.avocet.loader.checkpoint.TorchBytes.FALSE;
import static dev.avocet.loader.checkpoint.TorchBytes.MARK;
import static dev.avocet.loader.checkpoint.TorchBytes.NONE;
import static dev.avocet.loader.checkpoint.TorchBytes.ORDERED_DICT;
import static dev.avocet.loader.checkpoint.TorchBytes.PERSISTENT;
import static dev.avocet.loader.checkpoint.TorchBytes.REDUCE;
import static dev.avocet.loader.checkpoint.TorchBytes.ascii;
import static dev.avocet.loader.checkpoint.TorchBytes.file;
import static dev.avocet.loader.checkpoint.TorchBytes.floats;
import static dev.avocet.loader.checkpoint.TorchBytes.global;
import static dev.avocet.loader.checkpoint.TorchBytes.integer;
import static dev.avocet.loader.checkpoint.TorchBytes.pickle;
import static dev.avocet.loader.checkpoint.TorchBytes.set;
import static dev.avocet.loader.checkpoint.TorchBytes.stateDict;
import static dev.avocet.loader.checkpoint.TorchBytes.storage;
import static dev.avocet.loader.checkpoint.TorchBytes.tensor;
import static dev.avocet.loader.checkpoint.TorchBytes.text;
import static dev.avocet.loader.checkpoint.TorchBytes.tuple;
import static dev.avocet.loader.checkpoint.TorchBytes.zip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule for PyTorch's files, each broken alone, and what is odd but allowed. */
class TorchRulesTest {
    private static final byte[] DATA = floats(1, 2, 3, 4);
    private static final byte[] TENSOR = tensor(4, 0, tuple(4), tuple(1));
    private static final byte[] GOOD = stateDict(TENSOR);
    private static final byte[] STORAGE = storage("FloatStorage", "0", 4);

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0} is refused as {2}")
    @MethodSource({"badArchives", "badDirectories", "unsafe", "badPickles", "badValues", "badStorages", "badViews",
        "bombs"})
    void everyRuleHasItsOwnError(String what, byte[] bytes, Code code) throws IOException {
        var path = Bytes.write(folder, "pytorch_model.bin", bytes);
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(path));
        assertEquals(code, refusal.code(), refusal.getMessage());
        assertEquals(path, refusal.file());
        assertTrue(refusal.getMessage().length() < 1000, refusal.getMessage());
    }

    static Stream<Arguments> badArchives() {
        var good = file(GOOD, DATA);
        return Stream.of(
                arguments("an empty file", new byte[0], Code.BAD_ARCHIVE),
                arguments("text", ascii("no archive, but long enough to be one"), Code.BAD_ARCHIVE),
                arguments("a file cut in its directory", Arrays.copyOf(good, good.length - 30), Code.BAD_ARCHIVE),
                arguments("a file cut by one byte", Arrays.copyOf(good, good.length - 1), Code.BAD_ARCHIVE),
                arguments("a file with a byte behind it", Bytes.join(good, new byte[1]), Code.BAD_ARCHIVE),
                arguments("a file with a byte before it", Bytes.join(new byte[1], good), Code.BAD_ARCHIVE),
                arguments("an archive behind another", Bytes.join(good, good), Code.BAD_ARCHIVE),
                arguments("no entries", new ZipBytes().close().bytes(), Code.BAD_ARCHIVE),
                arguments("no pickle", new ZipBytes().add("a/data/0", DATA).close().bytes(), Code.BAD_ARCHIVE),
                arguments("a pickle in no folder", new ZipBytes().add("data.pkl", GOOD).close().bytes(),
                        Code.BAD_ARCHIVE),
                arguments("two folders", new ZipBytes().add("a/data.pkl", GOOD).add("b/data.pkl", GOOD).close().bytes(),
                        Code.BAD_ARCHIVE),
                arguments("a name upwards",
                        new ZipBytes().add("a/data.pkl", GOOD).add("../data/0", DATA).close().bytes(),
                        Code.BAD_ARCHIVE),
                arguments("a name twice", new ZipBytes().add("a/data.pkl", GOOD).add("a/data/0", DATA)
                        .add("a/data/0", DATA).close().bytes(), Code.BAD_ARCHIVE),
                arguments("a name that is not UTF-8",
                        new ZipBytes().add("a/data.pkl", GOOD).add(new byte[] {'a', '/', -1}, DATA).close().bytes(),
                        Code.BAD_ARCHIVE));
    }

    static Stream<Arguments> badDirectories() {
        var zip = zip(GOOD, DATA); // 0 data.pkl, 1 byteorder, 2 data/0, 3 version
        var zip64 = new ZipBytes().add("a/data.pkl", GOOD).add("a/data/0", DATA).close64();
        int end64 = zip64.end() - 76;
        return Stream.of(
                arguments("an encrypted entry", zip.with(zip.row(2) + 8, 9, 8)),
                arguments("strong encryption", zip.with(zip.row(2) + 8, 0x48, 8)),
                arguments("a compressed entry", zip.with(zip.row(2) + 10, 8)),
                arguments("an entry compressed at its place alone", zip.with(zip.local(2) + 8, 8)),
                arguments("an entry encrypted at its place alone", zip.with(zip.local(2) + 6, 9)),
                arguments("another name at its place", zip.with(zip.local(2) + 30, 'b')),
                arguments("a longer name at its place", zip.with(zip.local(2) + 26, 15)),
                arguments("another CRC at its place", zip.with(zip.local(2) + 14, 1)),
                arguments("another size at its place", zip.with(zip.local(2) + 18, 1)),
                arguments("another length at its place", zip.with(zip.local(2) + 22, 1)),
                arguments("fields over the next entry", zip.with(zip.local(2) + 28, 0xff, 0xff)),
                arguments("no header at its place", zip.with(zip.local(2), 'Q')),
                arguments("another place", zip.with(zip.row(2) + 42, zip.local(2) + 1)),
                arguments("the place of another", zip.with(zip.row(2) + 42, zip.local(1) & 0xff, zip.local(1) >> 8)),
                arguments("a place beyond the file", zip.with(zip.row(2) + 42, 0xff, 0xff, 0xff, 0x7f)),
                arguments("a compressed size that differs", zip.with(zip.row(2) + 20, 15)),
                arguments("one byte less than there is", zip.with(zip.row(2) + 20, 15, 0, 0, 0, 15)),
                arguments("one byte more than there is", zip.with(zip.row(2) + 20, 17, 0, 0, 0, 17)),
                arguments("a size beyond the file", zip.with(zip.row(2) + 20, 0, 0, 0, 127, 0, 0, 0, 127)),
                arguments("another size behind the data", zip.with(zip.data(2) + 16 + 8, 17)),
                arguments("another CRC behind the data", zip.with(zip.data(2) + 16 + 4, 17)),
                arguments("no descriptor behind the data", zip.with(zip.data(2) + 16, 17)),
                arguments("another CRC than the pickle's", zip.with(zip.data(0) + 1, 3)),
                arguments("a damaged row", zip.with(zip.row(2), 'Q')),
                arguments("a row over the end", zip.with(zip.row(3) + 32, 0xff)),
                arguments("a part on another disk", zip.with(zip.row(2) + 34, 1)),
                arguments("an archive of several disks", zip.with(zip.end() + 4, 1)),
                arguments("fewer entries than rows", zip.with(zip.end() + 8, 3, 0, 3)),
                arguments("two numbers of entries", zip.with(zip.end() + 8, 3)),
                arguments("a directory at another place", zip.with(zip.end() + 16, zip.row(0) + 1)),
                arguments("a directory of another length", zip.with(zip.end() + 12, 1)),
                arguments("a comment that is not there", zip.with(zip.end() + 20, 1)),
                arguments("64 bits: another end", zip64.with(zip64.end() - 12, 1)),
                arguments("64 bits: no record", zip64.with(end64, 'Q')),
                arguments("64 bits: a negative length", zip64.with(end64 + 47, 0xff)),
                arguments("64 bits: a negative place", zip64.with(end64 + 55, 0x80)),
                arguments("64 bits: another count", zip64.with(end64 + 32, 9)),
                arguments("64 bits: another count in 16", zip64.with(zip64.end() + 8, 3, 0, 3, 0)),
                arguments("64 bits: two disks", zip64.with(zip64.end() - 4, 2)),
                arguments("64 bits: a size of 2^63", zip64.with(zip64.row(1) + 46 + 8 + 4 + 7, 0x80)),
                arguments("64 bits: a field that is cut", zip64.with(zip64.row(1) + 46 + 8 + 2, 16)),
                arguments("64 bits: no field", zip64.with(zip64.row(1) + 46 + 8, 2)))
                .map(each -> arguments(each.get()[0], each.get()[1], Code.BAD_ARCHIVE));
    }

    static Stream<Arguments> unsafe() {
        var functions = Stream.of("os system", "posix system", "builtins eval", "builtins exec", "__builtin__ eval",
                "builtins getattr", "torch load", "torch._utils _rebuild_tensor", "torch.serialization load",
                "torch._utils _rebuild_tensor_v3", "torch._utils _rebuild_sparse_tensor",
                "torch.storage UntypedStorage",
                "torch.storage _load_from_bytes", "torch ComplexFloatStorage", "torch._utils  _rebuild_tensor_v2",
                "collections OrderedDict.fromkeys", "collections defaultdict", "numpy.core.multiarray _reconstruct",
                "subprocess Popen", "webbrowser open", "torch.FloatStorage ", " ")
                .map(each -> each.split(" ", 2))
                .map(each -> arguments(each[0] + "." + each[1],
                        file(stateDict(Bytes.join(global(each[0], each[1]), tuple(text("echo")), REDUCE)), DATA)));
        // POP, DUP, INT, LONG, STRING, PERSID, UNICODE, DICT, GET, INST, LIST, OBJ, PUT, NEWOBJ, EXT1, STACK_GLOBAL,
        // BYTEARRAY8, SHORT_BINUNICODE, FRAME, MEMOIZE and what is no instruction at all
        var instructions = IntStream.of('0', '2', 'I', 'L', 'S', 'P', 'V', 'd', 'g', 'i', 'l', 'o', 'p', 0x81, 0x82,
                0x93, 0x96, 0x8c, 0x95, 0x94, 0x80, 0x8b, 0, 255)
                .mapToObj(each -> arguments("the instruction %02x".formatted(each),
                        file(pickle(EMPTY_DICT, new byte[] {(byte) each}, ascii("1\n1\n")))));
        return Stream.concat(functions, instructions)
                .map(each -> arguments(each.get()[0], each.get()[1], Code.UNSAFE_PICKLE));
    }

    static Stream<Arguments> badPickles() {
        return Stream.of(
                arguments("no bytes", new byte[0]),
                arguments("no protocol", Bytes.join(EMPTY_DICT, ascii("."))),
                arguments("protocol 4", Bytes.join(new byte[] {(byte) 0x80, 4}, EMPTY_DICT, ascii("."))),
                arguments("no end", new byte[] {(byte) 0x80, 2, '}'}),
                arguments("no value", pickle()),
                arguments("two values", pickle(EMPTY_DICT, EMPTY_DICT)),
                arguments("an open group", pickle(MARK, EMPTY_DICT)),
                arguments("something behind its end", pickle(EMPTY_DICT, ascii("."))),
                arguments("a group without its start", pickle(EMPTY_DICT, ascii("t"))),
                arguments("values from outside of the group", pickle(EMPTY_DICT, text("a"), NONE, MARK, ascii("s"))),
                arguments("more values than there are", pickle(NONE, new byte[] {(byte) 0x87})),
                arguments("a value that was not kept", pickle(ascii("h\0"))),
                arguments("a value that was not kept, by a long number", pickle(ascii("j\0\0\0\0"))),
                arguments("nothing to keep", pickle(ascii("q\0"))),
                arguments("a text over the end", pickle(new byte[] {'X', -1, -1, -1, -1, 'a'})),
                arguments("a text that is not UTF-8", pickle(new byte[] {'X', 1, 0, 0, 0, -1})),
                arguments("a name without an end", pickle(ascii("c" + "n".repeat(1000)))),
                arguments("an integer of 9 bytes", pickle(new byte[] {(byte) 0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1})),
                arguments("an integer over the end", pickle(new byte[] {(byte) 0x8a, 8, 0})))
                .map(each -> arguments(each.get()[0], file((byte[]) each.get()[1]), Code.BAD_PICKLE));
    }

    static Stream<Arguments> badValues() {
        var hooked = Bytes.join(global("torch._utils", "_rebuild_parameter"), tuple(TENSOR, FALSE, ORDERED_DICT),
                REDUCE);
        return Stream.of(
                arguments("a list", pickle(ascii("]"))),
                arguments("a tensor alone", pickle(TENSOR)),
                arguments("a number as tensor", stateDict(integer(1))),
                arguments("a dictionary in place of a tensor", stateDict(Bytes.join(EMPTY_DICT, set("w", TENSOR)))),
                arguments("a storage in place of a tensor", stateDict(STORAGE)),
                arguments("a class in place of a tensor", stateDict(global("torch", "FloatStorage"))),
                arguments("a key that is a number", pickle(EMPTY_DICT, integer(1), TENSOR, ascii("s"))),
                arguments("a key that is a tuple", pickle(EMPTY_DICT, EMPTY_TUPLE, TENSOR, ascii("s"))),
                arguments("a key without a value", pickle(EMPTY_DICT, MARK, text("w"), ascii("u"))),
                arguments("an entry of a list", pickle(ascii("]"), text("w"), TENSOR, ascii("s"))),
                arguments("an entry of a tensor", stateDict(Bytes.join(TENSOR, text("w"), NONE, ascii("s")))),
                arguments("an item of a dictionary", pickle(EMPTY_DICT, NONE, ascii("a"))),
                arguments("attributes of a dict", pickle(EMPTY_DICT, EMPTY_DICT, ascii("b"))),
                arguments("attributes of a tensor", stateDict(Bytes.join(TENSOR, EMPTY_DICT, ascii("b")))),
                arguments("attributes that are no dict", pickle(ORDERED_DICT, EMPTY_TUPLE, ascii("b"))),
                arguments("a call of a class",
                        stateDict(Bytes.join(global("torch", "FloatStorage"), EMPTY_TUPLE, REDUCE))),
                arguments("a call of text", stateDict(Bytes.join(text("f"), EMPTY_TUPLE, REDUCE))),
                arguments("a call with a list", pickle(global("collections", "OrderedDict"), ascii("]"), REDUCE)),
                arguments("an OrderedDict of something",
                        pickle(global("collections", "OrderedDict"), tuple(NONE), REDUCE)),
                arguments("a persistent id that is text", stateDict(Bytes.join(text("storage"), PERSISTENT))),
                arguments("a persistent id of four", stateDict(Bytes.join(tuple(text("storage"),
                        global("torch", "FloatStorage"), text("0"), text("cpu")), PERSISTENT))),
                arguments("a persistent id of a module", stateDict(Bytes.join(tuple(text("module"),
                        global("torch", "FloatStorage"), text("0"), text("cpu"), integer(4)), PERSISTENT))),
                arguments("a storage of a function", stateDict(Bytes.join(tuple(text("storage"),
                        global("collections", "OrderedDict"), text("0"), text("cpu"), integer(4)), PERSISTENT))),
                arguments("a storage with a key that is no text", stateDict(Bytes.join(tuple(text("storage"),
                        global("torch", "FloatStorage"), integer(0), text("cpu"), integer(4)), PERSISTENT))),
                arguments("a tensor of five arguments",
                        stateDict(tensor(STORAGE, integer(0), tuple(4), tuple(1), FALSE))),
                arguments("a tensor with metadata", stateDict(tensor(STORAGE, integer(0), tuple(4), tuple(1), FALSE,
                        ORDERED_DICT, Bytes.join(EMPTY_DICT, set("neg", FALSE))))),
                arguments("a tensor of a tensor", stateDict(tensor(TENSOR, integer(0), tuple(4), tuple(1), FALSE,
                        ORDERED_DICT))),
                arguments("a shape that is a number", stateDict(tensor(4, 0, integer(4), tuple(1)))),
                arguments("a shape of text", stateDict(tensor(4, 0, tuple(text("4")), tuple(1)))),
                arguments("a shape of booleans", stateDict(tensor(4, 0, tuple(FALSE), tuple(1)))),
                arguments("a stride that is None", stateDict(tensor(4, 0, tuple(4), tuple(NONE)))),
                arguments("a parameter of a parameter's class", stateDict(Bytes.join(
                        global("torch._utils", "_rebuild_parameter"), tuple(STORAGE, FALSE, ORDERED_DICT), REDUCE))),
                arguments("a parameter of two arguments", stateDict(Bytes.join(
                        global("torch._utils", "_rebuild_parameter"), tuple(hooked, FALSE), REDUCE))))
                .map(each -> arguments(each.get()[0], file((byte[]) each.get()[1], DATA), Code.BAD_PICKLE));
    }

    static Stream<Arguments> badStorages() {
        var repeated = tensor(4, 0, tuple(10_000_000), tuple(0));
        return Stream.of(
                arguments("a key twice", file(pickle(EMPTY_DICT, set("w", TENSOR), set("w", TENSOR)), DATA),
                        Code.DUPLICATE_KEY),
                arguments("a storage that is not there", file(GOOD), Code.BAD_STORAGE),
                arguments("a storage of fewer bytes than said", file(GOOD, floats(1, 2, 3)), Code.BAD_STORAGE),
                arguments("a storage of more bytes than said", file(GOOD, floats(1, 2, 3, 4, 5)), Code.BAD_STORAGE),
                arguments("a storage of half an element more", file(GOOD, new byte[18]), Code.BAD_STORAGE),
                arguments("a storage of another type", file(stateDict(tensor(storage("DoubleStorage", "0", 4),
                        integer(0), tuple(4), tuple(1), FALSE, ORDERED_DICT)), DATA), Code.BAD_STORAGE),
                arguments("a negative storage", file(stateDict(tensor(-4, 0, tuple(4), tuple(1))), DATA),
                        Code.BAD_STORAGE),
                arguments("a storage whose size wraps", file(stateDict(tensor((1L << 62) + 4, 0, tuple(4), tuple(1))),
                        DATA), Code.BAD_STORAGE),
                arguments("one storage of two types", file(pickle(EMPTY_DICT, set("w", TENSOR),
                        set("v", tensor(storage("IntStorage", "0", 4), integer(0), tuple(4), tuple(1), FALSE,
                                ORDERED_DICT))),
                        DATA), Code.BAD_STORAGE),
                arguments("two tensors that make much of little",
                        file(pickle(EMPTY_DICT, set("a", repeated), set("b", repeated)), DATA), Code.BAD_VIEW),
                arguments("a key like a path", file(stateDict(storage("FloatStorage", "../version", 4)), DATA),
                        Code.BAD_STORAGE),
                arguments("a key of digits of another script", file(stateDict(storage("FloatStorage", "\u0660", 4)),
                        DATA), Code.BAD_STORAGE),
                arguments("an empty key", file(stateDict(storage("FloatStorage", "", 4)), DATA), Code.BAD_STORAGE));
    }

    static Stream<Arguments> badViews() {
        long huge = Long.MAX_VALUE;
        return Stream.of(
                arguments("a tensor larger than its storage", tensor(4, 0, tuple(5), tuple(1)), Code.BAD_VIEW),
                arguments("a tensor that starts too late", tensor(4, 1, tuple(4), tuple(1)), Code.BAD_VIEW),
                arguments("a tensor that strides too far", tensor(4, 0, tuple(2, 2), tuple(3, 1)), Code.BAD_VIEW),
                arguments("a scalar behind its storage", tensor(4, 4, tuple(new long[0]), tuple(new long[0])),
                        Code.BAD_VIEW),
                arguments("an empty tensor behind its storage", tensor(4, 5, tuple(0), tuple(1)), Code.BAD_VIEW),
                arguments("a negative offset", tensor(4, -1, tuple(4), tuple(1)), Code.BAD_VIEW),
                arguments("a negative stride", tensor(4, 3, tuple(4), tuple(-1)), Code.BAD_VIEW),
                arguments("a negative size", tensor(4, 0, tuple(-4), tuple(1)), Code.BAD_VIEW),
                arguments("fewer strides than dimensions", tensor(4, 0, tuple(2, 2), tuple(2)), Code.BAD_VIEW),
                arguments("an offset that wraps", tensor(4, huge, tuple(4), tuple(1)), Code.SHAPE_OVERFLOW),
                arguments("a stride that wraps", tensor(4, 0, tuple(3), tuple(huge)), Code.SHAPE_OVERFLOW),
                arguments("strides whose sum wraps", tensor(4, 0, tuple(2, 2), tuple(huge, huge)), Code.SHAPE_OVERFLOW),
                arguments("a size that wraps", tensor(4, 0, tuple(huge, 2), tuple(0, 0)), Code.SHAPE_OVERFLOW),
                arguments("bytes that wrap", tensor(4, 0, tuple(huge), tuple(0)), Code.SHAPE_OVERFLOW),
                arguments("a size that wraps before 0", tensor(4, 0, tuple(huge, 2, 0), tuple(1, 1, 1)),
                        Code.SHAPE_OVERFLOW),
                arguments("2^60 numbers made of one", tensor(4, 0, tuple(1 << 30, 1 << 30), tuple(0, 0)),
                        Code.BAD_VIEW),
                arguments("65 dimensions", tensor(4, 0, tuple(new long[65]), tuple(new long[65])),
                        Code.RANK_TOO_LARGE),
                arguments("100,000 dimensions", tensor(4, 0, tuple(new long[100_000]), tuple(new long[100_000])),
                        Code.RANK_TOO_LARGE))
                .map(each -> arguments(each.get()[0], file(stateDict((byte[]) each.get()[1]), DATA), each.get()[2]));
    }

    /** Small pickles of which careless readers make much: each takes a moment and no memory to speak of. */
    static Stream<Arguments> bombs() {
        var doubled = Bytes.join(EMPTY_TUPLE,
                Bytes.join(times(Bytes.join(ascii("q\0h\0"), new byte[] {(byte) 0x86}), 10_000)));
        return Stream.of(
                arguments("a tuple doubled 10,000 times", stateDict(doubled), Code.BAD_PICKLE),
                arguments("a dictionary inside itself", pickle(EMPTY_DICT, ascii("q\0"), set("w", ascii("h\0"))),
                        Code.BAD_PICKLE),
                arguments("100,000 levels of dictionaries", pickle(EMPTY_DICT,
                        Bytes.join(times(Bytes.join(text("a"), EMPTY_DICT), 100_000)),
                        Bytes.join(times(ascii("s"), 100_000))), Code.BAD_PICKLE),
                arguments("two million values on the stack", pickle(Bytes.join(times(NONE, 2_000_000))),
                        Code.BAD_PICKLE),
                arguments("two million groups", pickle(Bytes.join(times(MARK, 2_000_000))), Code.BAD_PICKLE),
                arguments("five million instructions", pickle(EMPTY_DICT, Bytes.join(times(ascii("q\0"), 5_000_000))),
                        Code.BAD_PICKLE),
                arguments("a million keys", pickle(ORDERED_DICT, Bytes.join(times(
                        Bytes.join(text("k"), NONE, ascii("s")), 1_000_000))), Code.DUPLICATE_KEY))
                .map(each -> arguments(each.get()[0], file((byte[]) each.get()[1]), each.get()[2]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void whatIsOddButAllowedIsAccepted(String what, byte[] pickle, Set<String> names) throws IOException {
        try (var checkpoint = Checkpoint.open(Bytes.write(folder, "pytorch_model.bin", file(pickle, DATA)))) {
            assertEquals(names, checkpoint.names());
            for (var name : names) {
                checkpoint.tensor(name).toFloats();
            }
        }
    }

    static Stream<Arguments> whatIsOddButAllowedIsAccepted() {
        var hooks = Bytes.join(ORDERED_DICT, set("h", NONE));
        return Stream.of(
                arguments("no tensors", pickle(EMPTY_DICT), Set.of()),
                arguments("an OrderedDict with attributes", pickle(ORDERED_DICT, set("w", TENSOR), EMPTY_DICT,
                        set("_metadata", Bytes.join(ORDERED_DICT, set("", Bytes.join(EMPTY_DICT, set("version",
                                integer(1)))))),
                        ascii("b")), Set.of("w")),
                arguments("many entries at once", pickle(EMPTY_DICT, MARK, text("a"), TENSOR, text("b"), TENSOR,
                        ascii("u")), Set.of("a", "b")),
                arguments("no entries at once", pickle(EMPTY_DICT, MARK, ascii("u")), Set.of()),
                arguments("values kept under large numbers", pickle(EMPTY_DICT, set("w", Bytes.join(TENSOR,
                        new byte[] {'r', -1, -1, -1, -1})), set("v", new byte[] {'j', -1, -1, -1, -1})),
                        Set.of("v", "w")),
                arguments("lists among the attributes", pickle(ORDERED_DICT, EMPTY_DICT, set("x", Bytes.join(ascii("]"),
                        NONE, ascii("a"), MARK, NONE, NONE, ascii("e"), ascii("]"), new byte[] {(byte) 0x86})),
                        set("y", new byte[] {'G', 0, 0, 0, 0, 0, 0, 0, 0}), ascii("b")), Set.of()),
                arguments("a tensor with hooks", stateDict(tensor(STORAGE, integer(0), tuple(4), tuple(1), FALSE,
                        hooks)), Set.of("w")),
                arguments("a tensor without metadata", stateDict(tensor(STORAGE, integer(0), tuple(4), tuple(1), FALSE,
                        ORDERED_DICT, NONE)), Set.of("w")),
                arguments("a parameter", stateDict(Bytes.join(global("torch._utils", "_rebuild_parameter"),
                        tuple(TENSOR, FALSE, ORDERED_DICT), REDUCE)), Set.of("w")),
                arguments("an empty tensor at its storage's end", stateDict(tensor(4, 4, tuple(3, 0), tuple(9, 9))),
                        Set.of("w")),
                arguments("any stride where there is one element", stateDict(tensor(4, 3, tuple(1, 1), tuple(77, 77))),
                        Set.of("w")),
                arguments("64 dimensions", stateDict(tensor(4, 0, tuple(ones(64)), tuple(ones(64)))), Set.of("w")),
                arguments("odd names", pickle(EMPTY_DICT, set("", TENSOR), set("../../etc/passwd", TENSOR),
                        set("\0\u202e", TENSOR)), Set.of("", "../../etc/passwd", "\0\u202e")));
    }

    private static long[] ones(int count) {
        var ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static byte[][] times(byte[] part, int count) {
        var parts = new byte[count][];
        Arrays.fill(parts, part);
        return parts;
    }
}
