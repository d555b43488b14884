// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.KeptWeights;
import dev.avocet.core.backend.UseCount;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.layout.Block;
import dev.avocet.core.layout.Storage;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Weight;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One model's weights in native memory, each in the layout that its operation reads: reserved when a plan first mentions
 * it, and filled from then on.
 */
final class PackedWeights implements Storage, AutoCloseable {
    private static final long REGION_BYTES = 64 << 20;
    /** Vector loads may run past a weight's end, see op.h; a bias is read by whole panels. */
    private static final int SLACK_FLOATS = 64;
    /** The same for rows in the arena. */
    private static final int ROW_SLACK_FLOATS = 16;

    private final Kernels kernels;
    private final UseCount memory = new UseCount("the model");
    private final List<NativeMemory> regions = new ArrayList<>();
    private final IdentityHashMap<Weight, Map<Packing, Block>> known = new IdentityHashMap<>();
    private final List<Filling.Target> reserved = new ArrayList<>();
    private final List<Filling> unfinished = new ArrayList<>();
    private final Optional<KeptWeights> kept;
    private final List<PackedFile.Extent> extents = new ArrayList<>();
    private final List<PackedFile> files = new ArrayList<>();
    private long used;
    private long bytes;

    PackedWeights(Kernels kernels, Optional<KeptWeights> kept) {
        this.kernels = kernels;
        this.kept = kept;
    }

    /** Where a weight is, or will be when its filling has finished. */
    Block of(Weight weight, Packing packing) {
        return known.computeIfAbsent(weight, _ -> new EnumMap<>(Packing.class))
                .computeIfAbsent(packing, _ -> reserve(weight, packing));
    }

    @Override
    public int bytes(DType dtype) {
        return dtype.bytes();
    }

    @Override
    public long rowStride(long columns) {
        return kernels.rowStride(columns);
    }

    @Override
    public long slack() {
        return ROW_SLACK_FLOATS;
    }

    /** A matrix that is no weight is packed before it is multiplied with. */
    @Override
    public long temporary(Node step) {
        return step.op() instanceof Op.Matmul product ? Packing.MATRIX.floats(product.b().shape(), kernels) : 0;
    }

    @Override
    public Block constant(Weight weight) {
        return of(weight, Packing.ROWS);
    }

    private Block reserve(Weight weight, Packing packing) {
        long floats = packing.floats(weight.shape(), kernels);
        long size = Packing.roundUp(floats + SLACK_FLOATS, 16) * Float.BYTES;
        // A file takes the place of whole regions, so each filling that may become one has its own.
        boolean begins = regions.isEmpty() || kept.isPresent() && reserved.isEmpty();
        if (begins || used + size > regions.getLast().bytes()) {
            endRegion();
            regions.add(NativeMemory.allocate(
                    Math.max(Packing.roundUp(size, NativeMemory.PAGES), REGION_BYTES), "weight " + weight.name()));
        }
        var place = regions.getLast().segment().asSlice(used, size);
        used += size;
        bytes += size;
        reserved.add(new Filling.Target(weight, packing, place));
        return Block.of(place, Float.BYTES);
    }

    private void endRegion() {
        if (used > 0) {
            regions.getLast().trim(used);
            extents.add(new PackedFile.Extent(regions.getLast(), used));
        }
        used = 0;
    }

    /** The fillings that a plan with all weights reserved so far has to wait for. */
    List<Filling> fill() {
        unfinished.removeIf(Filling::isFinished);
        if (!reserved.isEmpty()) {
            unfinished.add(new Filling(reserved, kernels, memory, file()));
            reserved.clear();
        }
        return List.copyOf(unfinished);
    }

    /** The file that what is reserved now may be kept in. */
    private Optional<PackedFile> file() {
        if (kept.isEmpty() || !NativeMemory.canMapFiles()) {
            return Optional.empty();
        }
        endRegion();
        var mine = List.copyOf(extents);
        extents.clear();
        var source = kept.get().source().get();
        if (source.isEmpty() || mine.stream().mapToLong(PackedFile.Extent::used).sum() < PackedFile.SMALLEST) {
            return Optional.empty();
        }
        var places = new StringBuilder();
        for (var target : reserved) {
            places.append(target.packing()).append(' ').append(target.weight().name()).append(' ')
                    .append(target.weight().shape()).append(' ').append(target.memory().byteSize()).append('\n');
        }
        var file = new PackedFile(kept.get(), source.get(), kernels, places.toString(), mine);
        files.add(file);
        return Optional.of(file);
    }

    /** The memory that the weights take so far. */
    long bytes() {
        return bytes;
    }

    /** Frees the memory, after waiting for whoever reads or writes it; no plan reads it any more. */
    @Override
    public void close() {
        files.forEach(PackedFile::await);
        memory.close(() -> {
            regions.forEach(NativeMemory::close);
            regions.clear();
        });
    }
}
