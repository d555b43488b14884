// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tells two checkpoints apart without reading them. */
class FileIdentityTest {
    private static final long AN_HOUR = 3_600_000;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("model.safetensors");
        write(file, 1);
    }

    /** More than what is held against a checksum, so that only its times tell of a change in the middle. */
    private static void write(Path to, float last) throws IOException {
        var values = new float[1 << 20];
        values[values.length - 1] = last;
        SafetensorsWriter.write(to, Map.of("w", HostTensor.of(Shape.of(values.length), values)), Map.of());
        Files.setLastModifiedTime(to, FileTime.fromMillis(1_000_000));
    }

    /** As seen an hour from now, when all that this test does is long ago. */
    private static Optional<String> later(Path path) {
        try (var checkpoint = Checkpoint.open(path)) {
            return checkpoint.identity(System.currentTimeMillis() + AN_HOUR);
        }
    }

    @Test
    void aFileThatNobodyTouchesStaysTheSame() {
        assertTrue(later(folder).isPresent());
        assertEquals(later(folder), later(file));
    }

    @Test
    void aChangeInPlaceShowsThoughSizeAndTimeOfModificationAreTheSame() throws IOException {
        var before = later(file);
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(2_000_000); // neither in the header nor in the last megabyte
            bytes.writeFloat(3);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        assertTrue(later(file).isPresent());
        assertNotEquals(before, later(file));
    }

    @Test
    void anotherFileInItsPlaceIsAnother() throws IOException {
        var before = later(file);
        var other = folder.resolve("other");
        write(other, 2);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertNotEquals(before, later(file));
    }

    @Test
    void whatWasJustWrittenHasNoIdentityYet() {
        try (var checkpoint = Checkpoint.open(file)) {
            assertEquals(Optional.empty(), checkpoint.identity(System.currentTimeMillis() - AN_HOUR));
        }
    }

    @Test
    void whatWasWrittenToWhileItIsOpenHasNoneAnyMore() throws IOException {
        try (var checkpoint = Checkpoint.open(file)) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000));
            assertEquals(Optional.empty(), checkpoint.identity(System.currentTimeMillis() + AN_HOUR));
        }
    }

    @Test
    void aBlobOfTheHubIsKnownByItsNameInAnyFileSystem() throws IOException {
        var first = snapshot("one", "models--owner--name");
        var copy = snapshot("two", "models--owner--name");
        assertEquals(later(first), later(copy));
        var edited = copy.toRealPath();
        Files.setLastModifiedTime(edited, FileTime.fromMillis(2_000_000));
        assertNotEquals(later(first), later(copy));
        assertNotEquals(later(snapshot("three", "elsewhere")), later(snapshot("four", "elsewhere")));
    }

    private Path snapshot(String cache, String repository) throws IOException {
        var blobs = Files.createDirectories(folder.resolve(cache).resolve(repository).resolve("blobs"));
        write(blobs.resolve("0123abcd"), 1);
        var snapshot = Files.createDirectories(blobs.resolveSibling("snapshots").resolve("commit"));
        return Files.createSymbolicLink(snapshot.resolve("model.safetensors"), blobs.resolve("0123abcd"));
    }
}
