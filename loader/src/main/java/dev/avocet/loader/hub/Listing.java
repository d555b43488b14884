// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.checkpoint.JsonFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** All files of a commit, in the order of their code points; kept in the cache as huggingface_hub keeps it. */
record Listing(SequencedMap<String, RepoFile> files) {
    private static final long VERSION = 1;
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    static Listing of(List<RepoFile> files) {
        var sorted = new ArrayList<>(files);
        sorted.sort((a, b) -> Arrays.compareUnsigned(
                a.path().getBytes(StandardCharsets.UTF_8), b.path().getBytes(StandardCharsets.UTF_8)));
        var byPath = new LinkedHashMap<String, RepoFile>();
        sorted.forEach(file -> byPath.put(file.path(), file));
        return new Listing(byPath);
    }

    /** The files in a page of the hub's listing. */
    static List<RepoFile> ofPage(Object page) {
        var files = new ArrayList<RepoFile>();
        for (var entry : (List<?>) page) {
            var fields = (Map<?, ?>) entry;
            if ("file".equals(fields.get("type"))) {
                var large = (Map<?, ?>) fields.get("lfs");
                files.add(file((String) fields.get("path"), (large == null ? fields : large).get("size"),
                        fields.get("oid"), large == null ? null : large.get("oid"), fields.get("xetHash")));
            }
        }
        return files;
    }

    /** What the cache has of a commit; empty where it has nothing that can be read. */
    static Optional<Listing> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            var json = JsonFile.read(file);
            if (!Long.valueOf(VERSION).equals(json.get("format_version"))) {
                return Optional.empty();
            }
            var files = new ArrayList<RepoFile>();
            ((Map<?, ?>) json.get("files")).forEach((path, value) -> {
                var fields = (Map<?, ?>) value;
                var sha256 = fields.get("lfs_sha256");
                files.add(file((String) path, fields.get(sha256 == null ? "size" : "lfs_size"),
                        fields.get("blob_id"), sha256, fields.get("xet_hash")));
            });
            return Optional.of(of(files));
        } catch (AvocetException | ClassCastException | NullPointerException | IllegalArgumentException e) {
            // A listing can be asked for again.
            return Optional.empty();
        }
    }

    /** Throws {@link IllegalArgumentException}, or {@link ClassCastException}, for what no hub lists. */
    private static RepoFile file(String path, Object size, Object blobId, Object sha256, Object xetHash) {
        return new RepoFile(Objects.requireNonNull(path), (Long) size, required((String) blobId, SHA1),
                Optional.ofNullable((String) sha256).map(hash -> required(hash, SHA256)),
                Optional.ofNullable((String) xetHash).map(hash -> required(hash, SHA256)));
    }

    private static String required(String hash, Pattern form) {
        if (!form.matcher(hash).matches()) {
            throw new IllegalArgumentException("\"" + hash + "\" is no hash");
        }
        return hash;
    }

    /** The file's content, as Python's json.dump writes it with an indent of 1. */
    String json() {
        var json = new StringBuilder("{\n \"format_version\": " + VERSION + ",\n \"files\": {");
        var separator = "\n";
        for (var file : files.values()) {
            json.append(separator).append("  ");
            quote(file.path(), json);
            json.append(": {\n   \"size\": ").append(file.bytes());
            json.append(",\n   \"blob_id\": \"").append(file.blobId()).append('"');
            file.sha256().ifPresent(hash -> json.append(",\n   \"lfs_sha256\": \"").append(hash)
                    .append("\",\n   \"lfs_size\": ").append(file.bytes()));
            file.xetHash().ifPresent(hash -> json.append(",\n   \"xet_hash\": \"").append(hash).append('"'));
            json.append("\n  }");
            separator = ",\n";
        }
        return json.append(files.isEmpty() ? "}\n}" : "\n }\n}").toString();
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        text.chars().forEach(each -> {
            switch (each) {
                case '"', '\\' -> json.append('\\').append((char) each);
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                default -> json.append(
                        each >= ' ' && each <= '~' ? String.valueOf((char) each) : "\\u%04x".formatted(each));
            }
        });
        json.append('"');
    }
}
