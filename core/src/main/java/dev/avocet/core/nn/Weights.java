// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The tensors of a checkpoint by path: {@code weights.at("encoder").at("layer", 3).get("weight", 64, 64)}.
 *
 * <p>Remembers what was read, so that {@link #finish} can tell what a model left over. Not safe for use from several
 * threads.
 */
public final class Weights {
    private final TensorSource source;
    private final String prefix;
    private final NavigableSet<String> unread;

    private Weights(TensorSource source, String prefix, NavigableSet<String> unread) {
        this.source = source;
        this.prefix = prefix;
        this.unread = unread;
    }

    /** All tensors of a source. */
    public static Weights of(TensorSource source) {
        return new Weights(source, "", new TreeSet<>(source.names()));
    }

    /** The tensors below a name. */
    public Weights at(String name) {
        return new Weights(source, prefix + name + ".", unread);
    }

    /** The tensors of one element of a list. */
    public Weights at(String name, int index) {
        return at(name).at(Integer.toString(index));
    }

    /**
     * The tensors below a name where there are any; else these, as checkpoints differ in whether they name their base
     * model.
     */
    public Weights atOptional(String name) {
        return hasAny(name) ? at(name) : this;
    }

    /** Whether there is a tensor of this name. */
    public boolean has(String name) {
        return source.names().contains(prefix + name);
    }

    /** Whether there is any tensor below this name. */
    public boolean hasAny(String name) {
        var start = prefix + name + ".";
        return source.names().stream().anyMatch(each -> each.startsWith(start));
    }

    /**
     * The tensor of this name, a view that is read on demand; throws {@link WeightMismatch} unless it has this shape.
     */
    public Weight get(String name, int... dims) {
        var path = prefix + name;
        var wanted = Shape.of(dims);
        if (!source.names().contains(path)) {
            throw new WeightMismatch("tensor " + path + " is missing: wanted " + wanted + ", found nothing in "
                    + source.origin(path));
        }
        var tensor = source.tensor(path);
        if (!tensor.shape().equals(wanted)) {
            throw new WeightMismatch(
                    "tensor " + path + " has another shape: wanted " + wanted + ", found " + tensor.shape()
                            + " in " + source.origin(path));
        }
        if (!tensor.dtype().isFloating()) {
            throw new WeightMismatch(
                    "tensor " + path + " has another type: wanted floating point, found " + tensor.dtype()
                            + " in " + source.origin(path));
        }
        unread.remove(path);
        return new Stored(path, tensor, source);
    }

    /** The one number that a tensor of rank 0 or of one element holds. */
    public float scalar(String name) {
        boolean isVector = has(name) && source.tensor(prefix + name).shape().rank() == 1;
        return (isVector ? get(name, 1) : get(name)).toFloats()[0];
    }

    /**
     * Throws {@link WeightMismatch} if the model read less than there is, save what is ignored by full name on purpose.
     */
    public void finish(Predicate<String> ignored) {
        var surplus = unread.stream().filter(ignored.negate()).toList();
        if (!surplus.isEmpty()) {
            var first = surplus.getFirst();
            throw new WeightMismatch("tensor " + first + " is left over: wanted nothing, found "
                    + shapeOf(first) + " in " + source.origin(first) + others(surplus));
        }
    }

    private String shapeOf(String name) {
        try {
            return source.tensor(name).toString();
        } catch (RuntimeException unreadable) {
            return "a tensor of a type that is not supported";
        }
    }

    private static String others(List<String> surplus) {
        return surplus.size() == 1
                ? ""
                : " (and " + (surplus.size() - 1) + " more, the last " + surplus.getLast() + ")";
    }

    /** A tensor as the checkpoint holds it. */
    private record Stored(String name, HostTensor tensor, TensorSource source) implements Weight {
        @Override
        public Shape shape() {
            return tensor.shape();
        }

        @Override
        public void read(long from, float[] into, int offset, int count) {
            try {
                tensor.read(from, into, offset, count);
            } catch (InternalError pageIsGone) { // how the JVM reports a mapped file that was cut short
                source.release(name);
                throw pageIsGone;
            }
        }

        @Override
        public void release() {
            source.release(name);
        }
    }
}
