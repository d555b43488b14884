// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes PyTorch's files by hand, right and wrong ones: a pickle is joined from the parts that stand for its values. */
public final class TorchBytes {
    static final byte[] NONE = ascii("N");
    static final byte[] FALSE = {(byte) 0x89};
    static final byte[] MARK = ascii("(");
    static final byte[] STOP = ascii(".");
    static final byte[] EMPTY_TUPLE = ascii(")");
    static final byte[] EMPTY_DICT = ascii("}");
    static final byte[] REDUCE = ascii("R");
    static final byte[] PERSISTENT = ascii("Q");
    static final byte[] ORDERED_DICT = Bytes.join(global("collections", "OrderedDict"), EMPTY_TUPLE, REDUCE);

    private TorchBytes() {}

    /** A file with tensors, each of F32 with a storage of its own. */
    public static byte[] file(Map<String, HostTensor> tensors) {
        var entries = new ArrayList<byte[]>();
        var storages = new ArrayList<byte[]>();
        tensors.forEach((name, tensor) -> {
            var values = tensor.toFloats();
            var shape = tensor.shape();
            var strides = new long[shape.rank()];
            for (int axis = strides.length - 1, count = 1; axis >= 0; count *= shape.dim(axis--)) {
                strides[axis] = count;
            }
            var sizes = IntStream.range(0, shape.rank()).mapToLong(shape::dim).toArray();
            entries.add(set(name, tensor(storage("FloatStorage", String.valueOf(storages.size()), values.length),
                    integer(0), tuple(sizes), tuple(strides), FALSE, ORDERED_DICT)));
            storages.add(floats(values));
        });
        return file(pickle(EMPTY_DICT, Bytes.join(entries.toArray(byte[][]::new))), storages.toArray(byte[][]::new));
    }

    /** A file with a pickle and its storages, keyed by their order. */
    static byte[] file(byte[] pickle, byte[]... storages) {
        return zip(pickle, storages).bytes();
    }

    static ZipBytes zip(byte[] pickle, byte[]... storages) {
        var zip = new ZipBytes().add("archive/data.pkl", pickle).add("archive/byteorder", ascii("little"));
        for (int i = 0; i < storages.length; i++) {
            zip.add("archive/data/" + i, storages[i]);
        }
        return zip.add("archive/version", ascii("3\n")).close();
    }

    /** A pickle of one value. */
    static byte[] pickle(byte[]... parts) {
        return Bytes.join(new byte[] {(byte) 0x80, 2}, Bytes.join(parts), STOP);
    }

    /** The pickle of a state_dict with one tensor {@code w}. */
    static byte[] stateDict(byte[] value) {
        return pickle(EMPTY_DICT, set("w", value));
    }

    /** Sets one entry of the dictionary before it. */
    static byte[] set(String key, byte[] value) {
        return Bytes.join(text(key), value, ascii("s"));
    }

    /** A tensor of F32 in storage 0, which has so many elements. */
    static byte[] tensor(long elements, long offset, byte[] size, byte[] strides) {
        return tensor(storage("FloatStorage", "0", elements), integer(offset), size, strides, FALSE, ORDERED_DICT);
    }

    static byte[] tensor(byte[]... arguments) {
        return Bytes.join(global("torch._utils", "_rebuild_tensor_v2"), tuple(arguments), REDUCE);
    }

    static byte[] storage(String type, String key, long elements) {
        return Bytes.join(
                tuple(text("storage"), global("torch", type), text(key), text("cpu"), integer(elements)), PERSISTENT);
    }

    static byte[] tuple(byte[]... items) {
        return Bytes.join(MARK, Bytes.join(items), ascii("t"));
    }

    static byte[] tuple(long... items) {
        return tuple(Arrays.stream(items).mapToObj(TorchBytes::integer).toArray(byte[][]::new));
    }

    static byte[] integer(long value) {
        var bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.put((byte) 0x8a).put((byte) Long.BYTES).putLong(value).array();
    }

    static byte[] text(String text) {
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        var head = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN).put((byte) 'X').putInt(utf8.length).array();
        return Bytes.join(head, utf8);
    }

    static byte[] global(String module, String name) {
        return ascii("c" + module + "\n" + name + "\n");
    }

    static byte[] floats(float... values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
