// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.OutputFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest {
    /** A standard output that fails as the system would say it. */
    private static Cli.Result withBrokenOutput(String reason, Terminal.Target target, Object... args) {
        var err = new ByteArrayOutputStream();
        var broken = new OutputStream() {
            @Override
            public void write(int each) throws IOException {
                throw new IOException(reason);
            }
        };
        var traits = new Terminal.Traits(target, Terminal.Target.FILE, true, false);
        int code = Main.run(new Terminal(InputStream.nullInputStream(), broken, err, traits), () -> Cli.NO_HUB,
                Cli.words(args));
        return new Cli.Result(code, "", err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"inspect tiny-vit", "inspect tiny-vit --json", "--help", "classify --help", "models", "doctor",
                "tokenize --model tiny-align --text a", "completion bash", "--version"})
    void aReaderThatHasSeenEnoughEndsTheCommandQuietly(String line) {
        var english = withBrokenOutput("Broken pipe", Terminal.Target.FILE, (Object[]) line.split(" "));
        assertEquals("", english.err());
        assertEquals(0, english.code());
        var german = withBrokenOutput("Datenübergabe unterbrochen", Terminal.Target.PIPE, (Object[]) line.split(" "));
        assertEquals("", german.err());
        assertEquals(0, german.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect tiny-vit", "--help", "models --json", "tokenize --model tiny-align --text a"})
    void aFullDiskBehindStandardOutputIsOneLine(String line) {
        var result = withBrokenOutput("No space left on device", Terminal.Target.FILE, (Object[]) line.split(" "));
        assertEquals(1, result.code());
        assertEquals("standard output: writing failed: No space left on device; check the disk that it goes to",
                result.complaint());
    }

    @Test
    void aFileAppearsOnlyWhenItIsComplete(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("out.txt"), "before");
        try (var output = OutputFile.create(file)) {
            output.stream().write("half".getBytes(StandardCharsets.UTF_8));
            assertEquals("before", Files.readString(file));
        }
        assertEquals("before", Files.readString(file));
        try (var output = OutputFile.create(file)) {
            output.stream().write("after".getBytes(StandardCharsets.UTF_8));
            output.commit();
        }
        assertEquals("after", Files.readString(file));
        assertEquals(List.of(file), list(folder));
    }

    @Test
    void aLinkIsWrittenThrough(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("out.txt"), "before");
        var link = Files.createSymbolicLink(folder.resolve("link.txt"), file);
        try (var output = OutputFile.create(link)) {
            output.stream().write("after".getBytes(StandardCharsets.UTF_8));
            output.commit();
        }
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("after", Files.readString(file));
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedBeforeTheWork(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("file"), "");
        assertThrows(AvocetException.class, () -> OutputFile.requireWritable(folder));
        assertThrows(AvocetException.class, () -> OutputFile.requireWritable(folder.resolve("missing/out.npy")));
        assertThrows(AvocetException.class, () -> OutputFile.requireWritable(file.resolve("out.npy")));
        OutputFile.requireWritable(file);
        OutputFile.requireWritable(folder.resolve("new"));
        assertEquals(List.of(file), list(folder));
    }

    @Test
    void aFailureInTheMiddleLeavesNothingBehind(@TempDir Path folder) throws IOException {
        var result = Cli.run("embed", "--model", "tiny-vit", "--text", "a", "--device", Cli.DEVICE, "--output",
                folder.resolve("out.jsonl"));
        assertEquals(1, result.code());
        assertEquals(List.of(), list(folder));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
