// SPDX-License-Identifier: Apache-2.0
package dev.avocet.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundledModelsTest {
    /** The folders that the jar is made of, in this module's folder. */
    private static final Path SOURCES = Path.of("").toAbsolutePath();

    @TempDir
    Path cache;

    @ParameterizedTest
    @ValueSource(strings = {"tiny-vit", "tiny-align"})
    void anUnpackedModelIsTheOneInTheSources(String model) throws IOException {
        var folder = Unpacking.of(model).into(cache);

        var names = names(SOURCES.resolve(model));
        assertEquals(names, names(folder));
        for (var name : names) {
            assertArrayEquals(Files.readAllBytes(SOURCES.resolve(model).resolve(name)),
                    Files.readAllBytes(folder.resolve(name)), name);
        }
    }

    @Test
    void aSecondUseTakesTheFilesThatAreThere() throws IOException {
        var folder = Unpacking.of("tiny-vit").into(cache);
        var before = identity(folder.resolve("model.safetensors"));

        assertEquals(folder, Unpacking.of("tiny-vit").into(cache));
        assertEquals(before, identity(folder.resolve("model.safetensors")));
    }

    @Test
    void aDamagedAndAMissingFileAreReplaced() throws IOException {
        var folder = Unpacking.of("tiny-vit").into(cache);
        Files.write(folder.resolve("model.safetensors"), new byte[100]);
        Files.delete(folder.resolve("config.json"));

        anUnpackedModelIsTheOneInTheSources("tiny-vit");
    }

    @Test
    void manyAtOnceAllGetTheWholeModel() throws Exception {
        Callable<Path> start = () -> {
            var folder = Unpacking.of("tiny-align").into(cache);
            assertEquals(Files.size(SOURCES.resolve("tiny-align/model.safetensors")),
                    Files.size(folder.resolve("model.safetensors")));
            return folder;
        };
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var result : threads.invokeAll(Collections.nCopies(16, start))) {
                result.get();
            }
        }
        anUnpackedModelIsTheOneInTheSources("tiny-align");
    }

    @Test
    void whereTheCacheCannotBeWrittenATemporaryFolderServes() throws IOException {
        var file = Files.createFile(cache.resolve("a file and no folder"));

        var folder = Unpacking.of("tiny-vit").into(file);

        assertFalse(folder.startsWith(cache));
        assertEquals(names(SOURCES.resolve("tiny-vit")), names(folder));
    }

    @Test
    void bytesThatDoNotHaveTheListedDigestNeverGetTheirName() throws IOException {
        var error = assertThrows(AvocetException.class,
                () -> new Unpacking("tiny-vit", Map.of("config.json", "00")).into(cache));

        assertTrue(error.getMessage().contains("tiny-vit/config.json"), error.getMessage());
        try (var left = Files.walk(cache)) {
            assertEquals(List.of(), left.filter(Files::isRegularFile).toList());
        }
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        var error = assertThrows(AvocetException.class, () -> BundledModels.folder("tiny-bert"));

        assertEquals("no model named \"tiny-bert\" is bundled, only tiny-vit, tiny-align", error.getMessage());
    }

    private static String identity(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.fileKey() + " of " + attributes.lastModifiedTime();
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
