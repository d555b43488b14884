// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.coyo.parquet.Source;
import dev.avocet.loader.hub.Hub;
import dev.avocet.loader.hub.HubDataset;
import dev.avocet.loader.hub.RepoFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Finds the parquet files that names stand for. */
final class DataFiles {
    private static final Pattern HUB =
            Pattern.compile("hf://datasets/(?<id>[\\w.-]+/[\\w.-]+)(?<revision>@[^/]+)?(?:/(?<path>.*))?");
    private static final Pattern WILD = Pattern.compile("[*?\\[{]");

    private DataFiles() {}

    static List<DataFile> of(List<String> names, Supplier<Hub> hub) {
        var files = new ArrayList<DataFile>();
        for (var name : names) {
            var found = name.startsWith("hf://") ? ofHub(name, hub) : ofDisk(name);
            if (found.isEmpty()) {
                throw new ParquetException("there are no parquet files at " + name + "; check the name");
            }
            files.addAll(found);
        }
        return List.copyOf(files);
    }

    private static List<DataFile> ofHub(String name, Supplier<Hub> hub) {
        var matcher = HUB.matcher(name);
        if (!matcher.matches()) {
            throw new ParquetException(name + " names no data set; write hf://datasets/OWNER/NAME[@REVISION][/PATH]");
        }
        var revision = matcher.group("revision") == null ? "" : matcher.group("revision").replace("%2F", "/");
        var dataset = hub.get().dataset(matcher.group("id") + revision);
        var path = matcher.group("path") == null ? "" : matcher.group("path").replaceFirst("/+$", "");
        var root = "hf://datasets/" + matcher.group("id") + revision + "/";
        if (dataset.files().stream().anyMatch(file -> file.path().equals(path))) {
            return List.of(file(dataset, path, root));
        }
        var isWanted = WILD.matcher(path).find()
                ? matches(path)
                : (Predicate<Path>) each -> path.isEmpty() || each.startsWith(path);
        return dataset.files().stream().map(RepoFile::path)
                .filter(each -> isParquet(Path.of(each)) && isWanted.test(Path.of(each)))
                .map(each -> file(dataset, each, root))
                .toList();
    }

    private static DataFile file(HubDataset dataset, String path, String root) {
        return new DataFile(root + path, dataset.commit(), () -> Source.of(dataset.open(path), root + path));
    }

    private static List<DataFile> ofDisk(String name) {
        try {
            var path = Path.of(name);
            if (Files.isDirectory(path)) {
                return below(path, _ -> true);
            }
            if (!Files.exists(path) && WILD.matcher(name).find()) {
                return below(fixed(name), matches(name));
            }
            return List.of(file(path));
        } catch (InvalidPathException e) {
            throw new ParquetException(name + " is not a path: " + e.getReason(), e);
        }
    }

    /** The folder that a pattern begins with. */
    private static Path fixed(String pattern) {
        var wild = WILD.matcher(pattern);
        int end = wild.find() ? pattern.lastIndexOf('/', wild.start()) : -1;
        var folder = Path.of(end < 0 ? "." : end == 0 ? "/" : pattern.substring(0, end));
        if (!Files.isDirectory(folder)) {
            throw new ParquetException("there is no folder " + folder + " for " + pattern + "; check the path");
        }
        return folder;
    }

    private static Predicate<Path> matches(String pattern) {
        try {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + Path.of(pattern).normalize());
            return path -> matcher.matches(path.normalize());
        } catch (PatternSyntaxException e) {
            throw new ParquetException(pattern + " is no pattern: " + e.getDescription() + "; correct it", e);
        }
    }

    private static List<DataFile> below(Path folder, Predicate<Path> isWanted) {
        try (var all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(file -> isParquet(folder.relativize(file)) && isWanted.test(file)
                    && Files.isRegularFile(file))
                    .sorted()
                    .map(DataFiles::file)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ParquetException(folder + " can't be listed: " + e.getMessage() + "; check its permissions", e);
        }
    }

    /** What begins with a dot or an underscore is, by custom, something that a job has not finished. */
    private static boolean isParquet(Path file) {
        for (var part : file) {
            if (part.toString().startsWith(".") || part.toString().startsWith("_")) {
                return false;
            }
        }
        return file.toString().endsWith(".parquet");
    }

    private static DataFile file(Path path) {
        String version;
        try {
            version = Files.exists(path) ? Files.size(path) + "@" + Files.getLastModifiedTime(path).toMillis() : "";
        } catch (IOException e) {
            version = "";
        }
        return new DataFile(path.toString(), version, () -> Source.of(path));
    }
}
