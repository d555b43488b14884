// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.avocet.core.backend.PackedCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed weights that are kept on the disk: never other bits, whatever happens to the files. */
@NeedsKernels
class KeptWeightsTest {
    /** Where a file's data begins that has a short description. */
    private static final long DATA = 2 << 20;

    @TempDir
    private Path temporary;

    private Path folder() {
        return temporary.resolve("cache");
    }

    private List<Path> files() throws IOException {
        return files(folder());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            return all.filter(file -> !file.endsWith(".lock")).sorted().toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertEquals(1, files().size(), () -> "files");
        return files().getFirst();
    }

    /** What a start without anything kept computes. */
    private KeptStart.Outcome plain() {
        return new KeptStart(folder()).of(Optional::empty).run();
    }

    @Test
    void theSecondStartReadsNoWeightAndComputesTheSameBits() throws IOException {
        var wanted = plain();
        assertFalse(Files.exists(folder()));
        assertEquals(wanted, new KeptStart(folder()).run());
        assertTrue(onlyFile().toString().endsWith(PackedCache.SUFFIX));
        var second = new KeptStart(folder()).run();
        assertEquals(wanted.results(), second.results());
        assertEquals(0, second.floatsRead());
        assertEquals(new PackedCache.Usage(1, Files.size(onlyFile())), PackedCache.in(folder()).usage());
    }

    @Test
    void nobodyElseMayReadWhatIsKept() throws IOException {
        new KeptStart(folder()).run();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())));
        assertEquals("r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())));
    }

    @Test
    void everyTierHasAFileOfItsOwn() throws IOException {
        for (var tier : MachineTiers.all().toList()) {
            var first = new KeptStart(folder()).on(tier).run();
            assertTrue(first.floatsRead() > 0);
            assertEquals(first.results(), new KeptStart(folder()).on(tier).run().results());
        }
        assertEquals(MachineTiers.all().count(), files().size());
    }

    @Test
    void weightsOfAnotherSourceArePackedAnew() {
        new KeptStart(folder()).run();
        var other = new KeptStart(folder()).of(() -> Optional.of("another")).withFirst(2).run();
        assertTrue(other.floatsRead() > 0);
        assertNotEquals(plain().results(), other.results());
    }

    @Test
    void aSourceThatChangesWhileItIsPackedIsNotKept() throws IOException {
        var asked = new AtomicInteger();
        new KeptStart(folder()).of(() -> Optional.of("time " + asked.incrementAndGet())).run();
        assertTrue(asked.get() > 1);
        assertEquals(List.of(), files());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 40, 200, DATA, DATA + 5_000_000, -1})
    void aByteThatChangedIsNoticedAndTheFileReplaced(long position) throws IOException {
        var wanted = new KeptStart(folder()).run().results();
        var file = onlyFile();
        long at = position < 0 ? Files.size(file) - 70_000 : position;
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 16)).flip();
            channel.write(one, at);
        }
        assertEquals(wanted, new KeptStart(folder()).run().results());
        var third = new KeptStart(folder()).run();
        assertEquals(wanted, third.results());
        assertEquals(0, third.floatsRead());
        assertEquals(file, onlyFile());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 100, DATA, DATA + 4096, 10_000_000})
    void aFileThatWasCutShortIsReplaced(long size) throws IOException {
        var wanted = new KeptStart(folder()).run().results();
        Files.setPosixFilePermissions(onlyFile(), PosixFilePermissions.fromString("rw-------"));
        try (var channel = FileChannel.open(onlyFile(), StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
        var second = new KeptStart(folder()).run();
        assertEquals(wanted, second.results());
        assertTrue(second.floatsRead() > 0);
        assertEquals(0, new KeptStart(folder()).run().floatsRead());
    }

    @Test
    void anotherFileOfTheNameIsReplaced() throws IOException {
        var wanted = new KeptStart(folder()).run().results();
        var file = onlyFile();
        long size = Files.size(file);
        Files.delete(file);
        Files.write(file, new byte[(int) size]);
        assertEquals(wanted, new KeptStart(folder()).run().results());
        assertEquals(0, new KeptStart(folder()).run().floatsRead());
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws IOException {
        new KeptStart(folder()).run();
        var elsewhere = Files.move(onlyFile(), temporary.resolve("elsewhere"));
        Files.createSymbolicLink(folder().resolve(elsewhereName()), elsewhere);
        assertTrue(new KeptStart(folder()).run().floatsRead() > 0);
    }

    private String elsewhereName() throws IOException {
        var probe = temporary.resolve("probe");
        new KeptStart(probe).run();
        return files(probe).getFirst().getFileName().toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwx----w-"})
    void whatOthersMayWriteToIsNotMapped(String permissions) throws IOException {
        new KeptStart(folder()).run();
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString(permissions));
        assertTrue(new KeptStart(folder()).run().floatsRead() > 0);
    }

    @Test
    void aFolderThatCannotBeMadeIsDoneWithout() throws IOException {
        var file = Files.createFile(temporary.resolve("file"));
        assertEquals(plain().results(), new KeptStart(file.resolve("cache")).run().results());
    }

    @Test
    void whatWasNotUsedForLongestMakesRoom() throws IOException {
        new KeptStart(folder()).run();
        var first = onlyFile();
        Files.setLastModifiedTime(first, FileTime.fromMillis(0));
        var cache = PackedCache.in(folder()).withMaxBytes(Files.size(first) * 5 / 2);
        new KeptStart(cache, KeptStart.SMALL).of(() -> Optional.of("second")).run();
        assertEquals(0, new KeptStart(folder()).run().floatsRead()); // which counts as a use
        new KeptStart(cache, KeptStart.SMALL).of(() -> Optional.of("third")).run();
        assertEquals(2, files().size());
        assertTrue(files().contains(first));
        var small = cache.withMaxBytes(Files.size(first) - 1);
        new KeptStart(small, KeptStart.SMALL).of(() -> Optional.of("fourth")).run();
        assertEquals(2, files().size());
    }

    /** Whenever it dies, the next start computes the right thing and cleans up. */
    @Test
    void aProcessThatIsKilledWhileItWritesLeavesNothingThatCounts() throws Exception {
        int layers = 40; // 230 MB
        var wanted = new KeptStart(PackedCache.in(folder()), layers).of(Optional::empty).run().results();
        var seen = new ArrayList<Boolean>();
        for (int i = 0; i < 3; i++) {
            var process = KeptStart.process(folder(), layers);
            while (process.isAlive() && partBytes() < 1 + i * 60_000_000L) { // other moments of writing
                Thread.onSpinWait();
            }
            process.destroyForcibly().waitFor();
            seen.add(files().stream().anyMatch(this::isPart));
        }
        assertTrue(seen.contains(true), "no process was killed while it wrote");
        assertEquals(wanted, new KeptStart(PackedCache.in(folder()), layers).run().results());
        assertFalse(isPart(onlyFile()));
        var last = new KeptStart(PackedCache.in(folder()), layers).run();
        assertEquals(wanted, last.results());
        assertEquals(0, last.floatsRead());
    }

    private long partBytes() {
        try {
            return Files.exists(folder()) && files().stream().anyMatch(this::isPart)
                    ? Files.size(files().stream().filter(this::isPart).findFirst().orElseThrow())
                    : 0;
        } catch (IOException | NoSuchElementException renamed) {
            return 0;
        }
    }

    private boolean isPart(Path file) {
        return file.toString().endsWith(".part");
    }

    @Test
    void processesThatStartAtOnceKeepOneFile() throws Exception {
        var wanted = Integer.toString(plain().results().hashCode());
        var processes = new ArrayList<Process>();
        for (int i = 0; i < 3; i++) {
            processes.add(KeptStart.process(folder(), KeptStart.SMALL));
        }
        for (var process : processes) {
            assertEquals(wanted, KeptStart.said(process));
            assertEquals(0, process.waitFor());
        }
        assertFalse(isPart(onlyFile()));
        assertEquals(0, new KeptStart(folder()).run().floatsRead());
    }

    @Test
    void aFullDiskIsDoneWithout() throws Exception {
        try (var disk = new SmallDisk(Files.createDirectory(temporary.resolve("disk")), "20m")) {
            assertEquals(plain().results(), new KeptStart(disk.folder().resolve("cache")).run().results());
            assertEquals(List.of(), files(disk.folder().resolve("cache")));
        }
    }

    @Test
    void aFileThatStopsGrowingIsDeleted() throws Exception {
        var process = new ProcessBuilder("sh", "-c", "ulimit -f 8192; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                KeptStart.class.getName(), folder().toString(), "" + KeptStart.SMALL)
                .redirectError(temporary.resolve("log").toFile()).start();
        assertEquals(Integer.toString(plain().results().hashCode()), KeptStart.said(process));
        assertEquals(0, process.waitFor());
        assertTrue(Files.readString(temporary.resolve("log")).contains("can't be kept"));
        assertEquals(List.of(), files());
    }

    @Test
    void aReadOnlyFolderIsReadFrom() throws Exception {
        try (var disk = new SmallDisk(Files.createDirectory(temporary.resolve("disk")), "600m")) {
            var cache = disk.folder().resolve("cache");
            var wanted = new KeptStart(cache).run().results();
            disk.makeReadOnly();
            var second = new KeptStart(cache).run();
            assertEquals(0, second.floatsRead());
            assertEquals(wanted, second.results());
            assertEquals(plain().results(), new KeptStart(cache).of(() -> Optional.of("another")).run().results());
        }
    }

    /** A file system of a few megabytes; tests are skipped where it may not be made. */
    private record SmallDisk(Path folder, String size) implements AutoCloseable {
        SmallDisk {
            assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString()),
                    "this user may not mount");
        }

        void makeReadOnly() {
            assertTrue(run("mount", "-o", "remount,ro", folder.toString()));
        }

        private static boolean run(String... command) {
            try {
                return new ProcessBuilder(command).redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
            } catch (IOException noSuchProgram) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public void close() {
            assertTrue(run("umount", folder.toString()));
        }
    }
}
