// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

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
    private final Consumer<List<Mismatch>> mismatched;

    private Weights(
            TensorSource source, String prefix, NavigableSet<String> unread, Consumer<List<Mismatch>> mismatched) {
        this.source = source;
        this.prefix = prefix;
        this.unread = unread;
        this.mismatched = mismatched;
    }

    /** All tensors of a source; throws {@link WeightMismatch} at the first one that is not as a model wants it. */
    public static Weights of(TensorSource source) {
        return new Weights(source, "", new TreeSet<>(source.names()), mismatches -> {
            throw new WeightMismatch(mismatches);
        });
    }

    /**
     * All tensors of a source, to find everything in which it differs from what a model wants.
     *
     * <p>The model gets zeros in place of what is not as it wants it, so it is good for nothing else.
     *
     * @param differences what was found is added here
     */
    public static Weights comparing(TensorSource source, List<Mismatch> differences) {
        return new Weights(source, "", new TreeSet<>(source.names()), differences::addAll);
    }

    /** The same tensors under other names; a tensor whose new name another one has keeps its own. */
    public Weights renamed(UnaryOperator<String> rename) {
        var renamed = RenamedSource.of(source, rename);
        return new Weights(renamed, prefix, new TreeSet<>(renamed.names()), mismatched);
    }

    /** The tensors below a name. */
    public Weights at(String name) {
        return new Weights(source, prefix + name + ".", unread, mismatched);
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
            return mismatch(Mismatch.missing(path, wanted.toString(), source.origin(path)), wanted);
        }
        var tensor = source.tensor(path);
        unread.remove(path);
        if (!tensor.shape().equals(wanted)) {
            return mismatch(new Mismatch(Mismatch.Kind.SHAPE, path, wanted.toString(), tensor.shape().toString(),
                    source.origin(path)), wanted);
        }
        if (!tensor.dtype().isFloating()) {
            return mismatch(new Mismatch(Mismatch.Kind.TYPE, path, "floating point", tensor.dtype().toString(),
                    source.origin(path)), wanted);
        }
        return new Stored(path, tensor, source);
    }

    /** What stands for a tensor that is not as it should be, where that is no error yet. */
    private Weight mismatch(Mismatch mismatch, Shape wanted) {
        mismatched.accept(List.of(mismatch));
        return new Zeros(mismatch.name(), wanted);
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
            mismatched.accept(surplus.stream()
                    .map(name -> Mismatch.leftOver(name, shapeOf(name), source.origin(name)))
                    .toList());
        }
    }

    private String shapeOf(String name) {
        try {
            return source.tensor(name).toString();
        } catch (RuntimeException unreadable) {
            return "a tensor of a type that is not supported";
        }
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
                // The JVM reports a fault some steps later, at the next safepoint: this call into it is one, in time.
                var _ = Thread.holdsLock(source);
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

    /** Stands for a tensor that is not there. */
    private record Zeros(String name, Shape shape) implements Weight {
        @Override
        public void read(long from, float[] into, int offset, int count) {
            Arrays.fill(into, offset, offset + count, 0);
        }
    }
}
