// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.nn.TensorSource;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The tensors of a checkpoint by name: one file, or several with an index, in safetensors or in PyTorch's format.
 *
 * <p>Opening reads and checks the headers alone; the data is mapped, not read. Tensors are views of the mapping, valid
 * until {@link #close}; those that PyTorch stored in another order than C's are copies. May be used by any number of
 * threads.
 *
 * <p>A file that is replaced by renaming stays as it was for a checkpoint that has it open. One that is cut short or
 * written to in place is noticed by {@link #tensor}, {@link #read} and {@link #release}, which throw {@link
 * CheckpointException}. Whoever reads a view himself gets an {@link InternalError} for the pages that are gone, and
 * zeros for what is missing of the last page; so what was read counts only once {@link #release} has returned, and
 * after an error in reading, {@link #release} tells its reason.
 */
public final class Checkpoint implements TensorSource, AutoCloseable {
    /** The first that a folder has is taken. */
    private static final List<String> NAMES = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json");

    private final Path path;
    private final Arena arena = Arena.ofShared();
    private final List<WeightsFile> files = new ArrayList<>();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private volatile boolean closed;

    private record Place(WeightsFile file, StoredTensor tensor) {}

    private Checkpoint(Path path) {
        this.path = path;
    }

    /**
     * Opens a folder with model.safetensors or model.safetensors.index.json, or else pytorch_model.bin or
     * pytorch_model.bin.index.json, or one file of any of these kinds.
     *
     * <p>Throws {@link CheckpointException} where there are no such weights, or where a file breaks a rule of its
     * format; what other formats the folder has is then said.
     */
    public static Checkpoint open(Path path) {
        var checkpoint = new Checkpoint(path);
        try {
            checkpoint.openFiles(RegularFile.attributes(path).isDirectory() ? weightsOf(path) : path);
            return checkpoint;
        } catch (Throwable e) {
            checkpoint.close();
            throw e;
        }
    }

    /** All names, file after file; in safetensors in the order of the bytes, in PyTorch's format as it lists them. */
    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(places.keySet());
    }

    /** What the files say of every tensor, in the order of {@link #names}. */
    public List<StoredTensor> tensors() {
        return places.values().stream().map(Place::tensor).toList();
    }

    /** The files that hold the tensors. */
    public List<Path> files() {
        return files.stream().map(WeightsFile::path).toList();
    }

    /**
     * What the contents of all files are known by without reading them: the same text only for the same contents.
     *
     * <p>A file below a hub's {@code blobs} is known by its name there, size and time, any other by device, inode, size and
     * times; and both by checksums of their beginning and end. Empty where a file was written to within the last two
     * seconds, since a change right after it might not show, or where the system has no inodes.
     */
    public Optional<String> identity() {
        return identity(System.currentTimeMillis());
    }

    /** The same at a time of day. */
    synchronized Optional<String> identity(long millis) {
        var all = new StringBuilder();
        for (var file : files) {
            var identity = file.identity(millis);
            if (identity.isEmpty()) {
                return identity;
            }
            all.append(identity.get()).append('\n');
        }
        return Optional.of(all.toString());
    }

    /** The free text in the headers; of two files with the same key, the first one's. */
    public Map<String, String> metadata() {
        var all = new LinkedHashMap<String, String>();
        files.forEach(file -> file.contents().metadata().forEach(all::putIfAbsent));
        return all;
    }

    /**
     * A view of one tensor, valid until {@link #close}.
     *
     * <p>Throws {@link CheckpointException} where there is none of that name, or where the engine has no such element
     * type.
     */
    @Override
    public HostTensor tensor(String name) {
        var place = place(name);
        return place.file().tensor(place.tensor());
    }

    /**
     * What a reader makes of one tensor, which must not be the view itself.
     *
     * <p>Throws {@link CheckpointException} as {@link #tensor} does, and where the file was cut short or written to
     * meanwhile.
     */
    public <T> T read(String name, Function<HostTensor, T> reader) {
        var place = place(name);
        try {
            var made = reader.apply(place.file().tensor(place.tensor()));
            place.file().requireWhole();
            return made;
        } catch (InternalError e) {
            throw place.file().cut(place.tensor(), e);
        }
    }

    /** The file that holds a tensor; for a name that there is not, the checkpoint. */
    @Override
    public String origin(String name) {
        var place = places.get(name);
        return (place == null ? path : place.file().path()).toString();
    }

    /**
     * Lets go of the tensor's resident pages, once the caller has a copy.
     *
     * <p>Throws {@link CheckpointException} if the file was cut short or written to since it was opened, which may have
     * spoiled that copy.
     */
    @Override
    public void release(String name) {
        var place = place(name);
        try {
            place.file().requireWhole();
            place.file().release(place.tensor());
        } catch (InternalError e) {
            // The JVM may report a fault some steps after the access, so that the reader did not see it.
            throw place.file().cut(place.tensor(), e);
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    /** Unmaps the files; views that were handed out throw {@link IllegalStateException} from then on. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            arena.close();
            files.forEach(WeightsFile::close);
        }
    }

    private Place place(String name) {
        if (closed) {
            throw closed(null);
        }
        var place = places.get(name);
        if (place == null) {
            throw new CheckpointException(Code.NO_SUCH_TENSOR, path, "there is no tensor " + Names.quote(name));
        }
        return place;
    }

    private CheckpointException closed(Throwable cause) {
        return new CheckpointException(Code.CLOSED, path, "the checkpoint is closed", cause);
    }

    private static Path weightsOf(Path folder) {
        for (var name : NAMES) {
            var file = folder.resolve(name);
            // A broken link counts as the file, so that its own error tells of it.
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return file;
            }
        }
        throw OtherFormats.refusal(folder);
    }

    private void openFiles(Path file) {
        if (ShardIndex.isNamed(file)) {
            var index = ShardIndex.read(file);
            index.shards().forEach(this::openFile);
            index.check(files);
        } else {
            OtherFormats.refuse(file);
            openFile(file);
        }
    }

    private void openFile(Path path) {
        var file = WeightsFile.open(path, arena);
        files.add(file);
        for (var tensor : file.contents().tensors()) {
            var other = places.putIfAbsent(tensor.name(), new Place(file, tensor));
            if (other != null) {
                throw new CheckpointException(Code.BAD_INDEX, this.path, "tensor " + Names.quote(tensor.name())
                        + " is in two files, " + other.file().path().getFileName() + " and " + path.getFileName());
            }
        }
    }
}
