// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The index of a checkpoint in several files: which file holds which tensor.
 *
 * <p>What the files themselves say is what counts; an index that says anything else is refused, as some file is then not of
 * the same checkpoint.
 *
 * @param file the index
 * @param fileOf a file's name by tensor
 * @param totalSize the bytes of all tensors, or null where the index does not say
 */
record ShardIndex(Path file, Map<String, String> fileOf, Number totalSize) {
    private static final String ENDING = ".index.json";
    /** The kinds of files that can have an index: its name is theirs with {@link #ENDING} behind it. */
    private static final List<String> EXTENSIONS = List.of(".safetensors", ".bin");

    /** Whether a file is an index, by its name. */
    static boolean isNamed(Path file) {
        return EXTENSIONS.stream().anyMatch(extension -> file.toString().endsWith(extension + ENDING));
    }

    /**
     * Reads the index; throws {@link CheckpointException} unless it names files of its own kind and folder alone.
     */
    static ShardIndex read(Path file) {
        return of(file, JsonFile.read(file, Code.BAD_INDEX, Code.BAD_INDEX));
    }

    /** The same for what the index says. */
    static ShardIndex of(Path file, Map<String, Object> json) {
        if (!(json.get("weight_map") instanceof Map<?, ?> map)) {
            throw bad(file, "it has no weight_map, which must be an object");
        }
        var fileOf = new LinkedHashMap<String, String>();
        map.forEach((tensor, shard) -> fileOf.put((String) tensor, shardName(file, (String) tensor, shard)));
        return new ShardIndex(file, fileOf, totalSize(file, json.get("metadata")));
    }

    /** The files that it names, in the order of their names. */
    List<Path> shards() {
        var shards = new ArrayList<Path>();
        for (var name : new TreeSet<>(fileOf.values())) {
            var shard = file.resolveSibling(name);
            if (Files.notExists(shard, LinkOption.NOFOLLOW_LINKS)) {
                throw new CheckpointException(Code.NOT_FOUND, shard,
                        "there is no such file, though " + file.getFileName() + " names it");
            }
            shards.add(shard);
        }
        return shards;
    }

    /** Throws {@link CheckpointException} unless the files hold exactly what the index says. */
    void check(List<WeightsFile> shards) {
        var absent = new HashSet<>(fileOf.keySet());
        var unlisted = new ArrayList<String>();
        var bytes = 0L;
        var bytesOnce = 0L;
        for (var shard : shards) {
            var name = shard.path().getFileName().toString();
            var seen = new HashSet<List<Long>>();
            for (var tensor : shard.contents().tensors()) {
                bytes += tensor.bytes();
                bytesOnce += seen.add(List.of(tensor.begin(), tensor.end())) ? tensor.bytes() : 0;
                var listed = fileOf.get(tensor.name());
                if (listed == null) {
                    unlisted.add(tensor.name());
                } else if (!listed.equals(name)) {
                    throw bad(file,
                            "it says that tensor " + Names.quote(tensor.name()) + " is in " + Names.quote(listed)
                                    + ", and it is in " + Names.quote(name));
                }
                absent.remove(tensor.name());
            }
        }
        if (!absent.isEmpty()) {
            throw bad(file, "its files lack the tensors that it lists: " + Names.list(new TreeSet<>(absent)));
        }
        if (!unlisted.isEmpty()) {
            throw bad(file, "its files have tensors that it does not list: " + Names.list(unlisted));
        }
        // What two tensors share, as PyTorch's files allow, some writers count once.
        if (totalSize != null && totalSize.doubleValue() != bytes && totalSize.doubleValue() != bytesOnce) {
            throw bad(file, "it says that all tensors take " + totalSize + " bytes, and they take " + bytes);
        }
    }

    private static String shardName(Path index, String tensor, Object shard) {
        if (!(shard instanceof String name)) {
            throw bad(index, "it names for tensor " + Names.quote(tensor) + " a file that is not text");
        }
        var extension = EXTENSIONS.stream().filter(each -> index.toString().endsWith(each + ENDING)).findFirst()
                .orElse(EXTENSIONS.getFirst());
        // What separates folders or drives on any system is refused on all: an index means the same everywhere.
        boolean isPlain = name.chars().noneMatch(unit -> unit < ' ' || unit == '/' || unit == '\\' || unit == ':');
        if (!isPlain || !name.endsWith(extension) || name.startsWith(".")) {
            throw bad(index, "it names for tensor " + Names.quote(tensor) + " the file " + Names.quote(name)
                    + ", which is not a " + extension + " file of the same folder");
        }
        return name;
    }

    private static Number totalSize(Path index, Object metadata) {
        if (metadata == null) {
            return null;
        }
        if (!(metadata instanceof Map<?, ?> map)) {
            throw bad(index, "its metadata is not an object");
        }
        return switch (map.get("total_size")) {
            case null -> null;
            case Number size -> size;
            default -> throw bad(index, "its total_size is not a number");
        };
    }

    private static CheckpointException bad(Path index, String problem) {
        return new CheckpointException(Code.BAD_INDEX, index, problem);
    }
}
