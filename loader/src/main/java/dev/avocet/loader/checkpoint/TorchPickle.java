// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import dev.avocet.loader.checkpoint.Pickle.Dictionary;
import dev.avocet.loader.checkpoint.Pickle.Tuple;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the pickle of a state_dict says: its tensors by name, each a view of a storage. Knows the three functions and
 * the ten classes that PyTorch needs for that, and gives them no meaning but this.
 */
final class TorchPickle implements Pickle.Meaning {
    private static final int LARGEST_RANK = 64;
    private static final Pattern KEY = Pattern.compile("[0-9]+");

    /** What a pickle may ask for, as it spells it: the module and the name. */
    private sealed interface Global permits Call, StorageClass {
        String title();
    }

    /** A function that a pickle may call. */
    private enum Call implements Global {
        ORDERED_DICT("collections OrderedDict"),
        TENSOR("torch._utils _rebuild_tensor_v2"),
        PARAMETER("torch._utils _rebuild_parameter");

        private final String title;

        Call(String title) {
            this.title = title;
        }

        @Override
        public String title() {
            return title;
        }
    }

    /** A class of storages, which stands for the type of their elements. */
    private enum StorageClass implements Global {
        FLOAT("torch FloatStorage", StoredType.F32),
        HALF("torch HalfStorage", StoredType.F16),
        BFLOAT16("torch BFloat16Storage", StoredType.BF16),
        DOUBLE("torch DoubleStorage", StoredType.F64),
        LONG("torch LongStorage", StoredType.I64),
        INT("torch IntStorage", StoredType.I32),
        SHORT("torch ShortStorage", StoredType.I16),
        CHAR("torch CharStorage", StoredType.I8),
        BYTE("torch ByteStorage", StoredType.U8),
        BOOL("torch BoolStorage", StoredType.BOOL);

        private final String title;
        private final StoredType type;

        StorageClass(String title, StoredType type) {
            this.title = title;
            this.type = type;
        }

        @Override
        public String title() {
            return title;
        }
    }

    /** Where in the file the elements of one storage are. */
    private record Storage(StoredType type, long elements, long begin) {}

    /** A tensor that has no name yet. */
    private record View(StoredType type, List<Long> shape, List<Long> strides, long begin, long end) {}

    private static final Map<String, Global> GLOBALS = Stream.<Global>concat(
            Stream.of(Call.values()), Stream.of(StorageClass.values()))
            .collect(Collectors.toUnmodifiableMap(Global::title, each -> each));

    private final Path path;
    private final Function<String, ZipDirectory.Entry> entries;
    private final Map<String, Storage> storages = new HashMap<>();

    private TorchPickle(Path path, Function<String, ZipDirectory.Entry> entries) {
        this.path = path;
        this.entries = entries;
    }

    /**
     * The tensors in the order of the state_dict; throws {@link CheckpointException}.
     *
     * @param entries the file of a storage by its key, or null where there is none
     */
    static List<StoredTensor> read(Path path, byte[] pickle, Function<String, ZipDirectory.Entry> entries) {
        var reader = new TorchPickle(path, entries);
        if (!(Pickle.read(path, pickle, reader) instanceof Dictionary dictionary)) {
            throw reader.bad("holds something else than a state_dict, which is a dictionary of tensors");
        }
        var tensors = new ArrayList<StoredTensor>();
        dictionary.entries().forEach((name, value) -> {
            if (!(value instanceof View view)) {
                throw reader.bad("has under " + Names.quote(name) + " something that is not a tensor");
            }
            tensors.add(new StoredTensor(name, view.type(), view.shape(), view.strides(), view.begin(), view.end()));
        });
        return tensors;
    }

    @Override
    public Object global(String module, String name) {
        var found = GLOBALS.get(module + " " + name);
        if (found == null) {
            throw new CheckpointException(Code.UNSAFE_PICKLE, path,
                    "data.pkl asks for " + Names.quote(module + "." + name)
                            + ", which no dictionary of tensors needs");
        }
        return found;
    }

    @Override
    public Object call(Object function, Tuple arguments) {
        if (!(function instanceof Call call)) {
            throw bad("calls something that is no function");
        }
        return switch (call) {
            case ORDERED_DICT -> orderedDict(arguments.items());
            case TENSOR -> tensor(arguments.items());
            case PARAMETER -> parameter(arguments.items());
        };
    }

    /** A storage, as ('storage', its class, its key, the device that it was on, its number of elements). */
    @Override
    public Object persistent(Object id) {
        if (!(id instanceof Tuple(var items)) || items.size() != 5 || !"storage".equals(items.get(0))
                || !(items.get(1) instanceof StorageClass type) || !(items.get(2) instanceof String key)
                || !(items.get(3) instanceof String) || !(items.get(4) instanceof Long elements)) {
            throw bad("refers to something that is no storage");
        }
        if (!KEY.matcher(key).matches()) {
            throw new CheckpointException(Code.BAD_STORAGE, path,
                    "data.pkl has a storage of the key " + Names.quote(key) + ", which is no number");
        }
        var storage = storages.computeIfAbsent(key, absent -> storage(type.type, key, elements));
        if (storage.type() != type.type || storage.elements() != elements) {
            throw new CheckpointException(Code.BAD_STORAGE, path, "data.pkl says two things of storage " + key);
        }
        return storage;
    }

    private Storage storage(StoredType type, String key, long elements) {
        var entry = entries.apply(key);
        if (entry == null) {
            throw new CheckpointException(Code.BAD_STORAGE, path, "storage " + Names.quote(key) + " is not there");
        }
        int width = type.bits() / Byte.SIZE;
        if (elements < 0 || entry.bytes() % width != 0 || entry.bytes() / width != elements) {
            throw new CheckpointException(Code.BAD_STORAGE, path, "storage " + Names.quote(key) + " should have "
                    + elements + " elements of " + type + ", and has " + entry.bytes() + " bytes");
        }
        return new Storage(type, elements, entry.begin());
    }

    private Dictionary orderedDict(List<Object> arguments) {
        if (!arguments.isEmpty()) {
            throw bad("makes an OrderedDict in another way than PyTorch does");
        }
        return new Dictionary(true);
    }

    /** From (tensor, requires_grad, hooks). */
    private View parameter(List<Object> arguments) {
        if (arguments.size() != 3 || !(arguments.get(0) instanceof View view) || !(arguments.get(1) instanceof Boolean)
                || !(arguments.get(2) instanceof Dictionary)) {
            throw bad("makes a parameter in another way than PyTorch does");
        }
        return view;
    }

    /** From (storage, offset, size, strides, requires_grad, hooks, and perhaps None for metadata). */
    private View tensor(List<Object> arguments) {
        boolean isCount = arguments.size() == 6 || arguments.size() == 7 && arguments.get(6) instanceof Pickle.None;
        if (!isCount || !(arguments.get(0) instanceof Storage storage) || !(arguments.get(1) instanceof Long offset)
                || !(arguments.get(2) instanceof Tuple(var sizes)) || !(arguments.get(3) instanceof Tuple(var steps))
                || !(arguments.get(4) instanceof Boolean) || !(arguments.get(5) instanceof Dictionary)) {
            throw bad("makes a tensor in another way than PyTorch does");
        }
        if (sizes.size() > LARGEST_RANK) {
            throw new CheckpointException(Code.RANK_TOO_LARGE, path,
                    "a tensor has more than " + LARGEST_RANK + " dimensions");
        }
        if (sizes.size() != steps.size() || offset < 0) {
            throw new CheckpointException(Code.BAD_VIEW, path, "a tensor has " + steps.size() + " strides for "
                    + sizes.size() + " dimensions, and starts at element " + offset + " of its storage");
        }
        var shape = integers(sizes);
        var strides = integers(steps);
        return view(storage, offset, shape, strides);
    }

    private View view(Storage storage, long offset, List<Long> shape, List<Long> strides) {
        long end; // in elements, exclusive
        long width = storage.type().bits() / Byte.SIZE;
        boolean isInOrder = true;
        try {
            var count = 1L;
            end = Math.addExact(offset, 1);
            for (int axis = shape.size() - 1; axis >= 0; axis--) {
                isInOrder &= shape.get(axis) == 1 || strides.get(axis) == count;
                count = Math.multiplyExact(count, shape.get(axis));
                end = Math.addExact(end, Math.multiplyExact(Math.max(shape.get(axis) - 1, 0), strides.get(axis)));
            }
            Math.multiplyExact(shape.stream().reduce(1L, Math::multiplyExact), width);
            end = count == 0 ? offset : end;
            isInOrder |= count == 0;
        } catch (ArithmeticException e) {
            throw new CheckpointException(Code.SHAPE_OVERFLOW, path,
                    "a tensor of shape " + shape + " has a size or a place beyond 63 bits");
        }
        if (end > storage.elements()) {
            throw new CheckpointException(Code.BAD_VIEW, path, "a tensor of shape " + shape
                    + " leads out of its storage of " + storage.elements() + " elements");
        }
        return new View(storage.type(), shape, isInOrder ? List.of() : strides, storage.begin() + offset * width,
                storage.begin() + end * width);
    }

    private List<Long> integers(List<Object> items) {
        var integers = new ArrayList<Long>();
        for (var item : items) {
            if (!(item instanceof Long integer)) {
                throw bad("makes a tensor with a size or stride that is no integer");
            }
            if (integer < 0) {
                throw new CheckpointException(Code.BAD_VIEW, path,
                        "a tensor has the negative size or stride " + integer);
            }
            integers.add(integer);
        }
        return integers;
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(Code.BAD_PICKLE, path, "data.pkl " + problem);
    }
}
