// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle of Python's, protocol 2, as data: it follows the few instructions that writing a dictionary of tensors
 * takes, resolves no class and calls nothing. What a class or a call stands for is decided by {@link Meaning}.
 *
 * <p>Values are {@link String}, {@link Long}, {@link Double}, {@link Boolean}, {@link None}, {@link Tuple}, {@link
 * Sequence}, {@link Dictionary} and what the meaning gives. They are shared, never copied and never walked through, so
 * that memory and time are bounded by the pickle's length whatever it refers to.
 */
final class Pickle {
    /** Python's None. */
    enum None {
        NONE
    }

    private static final int PROTOCOL = 2;
    private static final int MOST_INSTRUCTIONS = 4_000_000;
    private static final int LARGEST_STACK = 1 << 20;
    private static final int LONGEST_LINE = 200;

    /** A fixed list. */
    record Tuple(List<Object> items) {}

    /** A list; no tensor is made of one, so that what it holds is of no interest. */
    static final class Sequence {}

    /** A dict, or an OrderedDict, which alone may be given attributes. */
    static final class Dictionary {
        private final boolean isOrdered;
        private Map<String, Object> entries = Map.of();

        Dictionary(boolean isOrdered) {
            this.isOrdered = isOrdered;
        }

        Map<String, Object> entries() {
            return Collections.unmodifiableMap(entries);
        }

        private boolean put(String key, Object value) {
            if (entries.isEmpty()) {
                entries = new LinkedHashMap<>();
            }
            return entries.putIfAbsent(key, value) == null;
        }
    }

    /** What the names and calls of a pickle stand for; each throws {@link CheckpointException} where that is nothing. */
    interface Meaning {
        /** A class or a function by its module and name. */
        Object global(String module, String name);

        /** What a call gives. */
        Object call(Object function, Tuple arguments);

        /** What is kept outside of the pickle. */
        Object persistent(Object id);
    }

    private final Path path;
    private final ByteBuffer bytes;
    private final Meaning meaning;
    private final List<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(Path path, byte[] bytes, Meaning meaning) {
        this.path = path;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.meaning = meaning;
    }

    /** The one value that a pickle stands for; throws {@link CheckpointException}. */
    static Object read(Path path, byte[] bytes, Meaning meaning) {
        return new Pickle(path, bytes, meaning).read();
    }

    private Object read() {
        if (unsigned(1) != 0x80 || unsigned(1) != PROTOCOL) {
            throw bad("is not of protocol " + PROTOCOL);
        }
        for (int i = 0; i < MOST_INSTRUCTIONS; i++) {
            int instruction = (int) unsigned(1);
            if (instruction == '.') {
                return result();
            }
            follow(instruction);
            if (stack.size() + marks.size() > LARGEST_STACK) {
                throw bad("has more than " + LARGEST_STACK + " values on its stack");
            }
        }
        throw bad("has more than " + MOST_INSTRUCTIONS + " instructions");
    }

    private Object result() {
        var result = pop();
        if (!stack.isEmpty() || !marks.isEmpty() || bytes.hasRemaining()) {
            throw bad("has something besides its one value");
        }
        return result;
    }

    private void follow(int instruction) {
        switch (instruction) {
            case 'N' -> stack.add(None.NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'J' -> stack.add((long) (int) unsigned(4));
            case 'K' -> stack.add(unsigned(1));
            case 'M' -> stack.add(unsigned(2));
            case 0x8a -> stack.add(longInteger());
            case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(take(Double.BYTES).getLong())));
            case 'X' -> stack.add(text(unsigned(4)));
            case '(' -> marks.push(stack.size());
            case ')' -> stack.add(new Tuple(List.of()));
            case 0x85 -> stack.add(new Tuple(pop(1)));
            case 0x86 -> stack.add(new Tuple(pop(2)));
            case 0x87 -> stack.add(new Tuple(pop(3)));
            case 't' -> stack.add(new Tuple(popToMark()));
            case ']' -> stack.add(new Sequence());
            case 'a' -> {
                pop();
                requireSequence();
            }
            case 'e' -> {
                popToMark();
                requireSequence();
            }
            case '}' -> stack.add(new Dictionary(false));
            case 's' -> put(pop(2));
            case 'u' -> put(popToMark());
            case 'q' -> memo.put((int) unsigned(1), top());
            case 'r' -> memo.put((int) unsigned(4), top());
            case 'h' -> stack.add(remembered((int) unsigned(1)));
            case 'j' -> stack.add(remembered((int) unsigned(4)));
            case 'c' -> stack.add(meaning.global(line(), line()));
            case 'Q' -> stack.add(meaning.persistent(pop()));
            case 'R' -> call();
            case 'b' -> build();
            default -> throw new CheckpointException(Code.UNSAFE_PICKLE, path, where()
                    + "has the instruction 0x%02x, which writing tensors does not take".formatted(instruction));
        }
    }

    private void requireSequence() {
        if (!(top() instanceof Sequence)) {
            throw bad("adds to something that is no list");
        }
    }

    private void put(List<Object> pairs) {
        if (!(top() instanceof Dictionary dictionary)) {
            throw bad("sets an entry of something that is no dictionary");
        }
        if (pairs.size() % 2 != 0) {
            throw bad("has a key without a value");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            if (!(pairs.get(i) instanceof String key)) {
                throw bad("has a key that is not text");
            }
            if (!dictionary.put(key, pairs.get(i + 1))) {
                throw new CheckpointException(Code.DUPLICATE_KEY, path, where() + "has the key " + Names.quote(key)
                        + " twice in one dictionary");
            }
        }
    }

    private void call() {
        var arguments = pop();
        var function = pop();
        if (!(arguments instanceof Tuple tuple)) {
            throw bad("calls something with arguments that are no tuple");
        }
        stack.add(meaning.call(function, tuple));
    }

    /** Gives an OrderedDict its attributes, such as a state_dict's version numbers, which tell nothing of tensors. */
    private void build() {
        boolean isState = pop() instanceof Dictionary;
        if (!isState || !(top() instanceof Dictionary dictionary) || !dictionary.isOrdered) {
            throw bad("gives attributes to something that is no OrderedDict");
        }
    }

    private Object remembered(int index) {
        var value = memo.get(index);
        if (value == null) {
            throw bad("refers to a value that it has not given");
        }
        return value;
    }

    /** Values below the last mark are out of reach. */
    private int bottom() {
        return marks.isEmpty() ? 0 : marks.element();
    }

    private Object top() {
        if (stack.size() == bottom()) {
            throw bad("takes a value that is not there");
        }
        return stack.getLast();
    }

    private Object pop() {
        top();
        return stack.removeLast();
    }

    private List<Object> pop(int count) {
        if (stack.size() - bottom() < count) {
            throw bad("takes a value that is not there");
        }
        return popFrom(stack.size() - count);
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw bad("has the end of a group without its start");
        }
        return popFrom(marks.pop());
    }

    private List<Object> popFrom(int from) {
        var above = stack.subList(from, stack.size());
        var values = List.copyOf(above);
        above.clear();
        return values;
    }

    private ByteBuffer take(long count) {
        if (count > bytes.remaining()) {
            throw bad("ends too early");
        }
        var taken = bytes.slice(bytes.position(), (int) count).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(bytes.position() + (int) count);
        return taken;
    }

    private long unsigned(int count) {
        var taken = take(count);
        return switch (count) {
            case 1 -> Byte.toUnsignedLong(taken.get());
            case 2 -> Short.toUnsignedLong(taken.getShort());
            default -> Integer.toUnsignedLong(taken.getInt());
        };
    }

    private long longInteger() {
        var digits = take(unsigned(1));
        if (digits.remaining() > Long.BYTES) {
            throw bad("has an integer beyond 64 bits");
        }
        long value = digits.hasRemaining() && digits.get(digits.limit() - 1) < 0 ? -1 : 0;
        for (int i = digits.limit() - 1; i >= 0; i--) {
            value = value << Byte.SIZE | Byte.toUnsignedLong(digits.get(i));
        }
        return value;
    }

    private String text(long count) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(take(count)).toString();
        } catch (CharacterCodingException e) {
            throw bad("has a text that is not UTF-8");
        }
    }

    private String line() {
        int start = bytes.position();
        int most = Math.min(bytes.remaining(), LONGEST_LINE);
        for (int i = 0; i < most; i++) {
            if (bytes.get(start + i) == '\n') {
                var line = text(i);
                bytes.get();
                return line;
            }
        }
        throw bad("has a name that does not end");
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(Code.BAD_PICKLE, path, where() + problem);
    }

    private String where() {
        return "data.pkl before its byte " + bytes.position() + " ";
    }
}
