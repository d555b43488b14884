// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the C sources promise by themselves. */
@NeedsKernels
class NativeCodeTest {
    private static final Path SCRIPT = Path.of("src/test/c/check.sh").toAbsolutePath();
    private static final int CANNOT = 77;

    @ParameterizedTest
    @EnumSource(Tier.class)
    void aLibraryNeedsNothingOfTheSystemItRunsOn(Tier tier) throws IOException {
        var name = "native/" + NativeLibrary.platform() + "/libavocet-" + tier.label() + ".so";
        try (var library = NativeLibrary.class.getResourceAsStream(name)) {
            assumeTrue(library != null, "this build has no " + name);
            var symbols = dynamicSymbols(ByteBuffer.wrap(library.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN));
            assertTrue(symbols.defined().contains("avocet_run"), symbols.toString());
            assertEquals(List.of(), symbols.undefined());
            assertFalse(symbols.needsLibraries(), "the library depends on others");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void theVectorFunctionsKeepTheirErrorBounds(Tier tier, @TempDir Path work) throws Exception {
        check(work, tier, "functions");
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void noKernelTouchesMemoryThatIsNotItsOwn(Tier tier, @TempDir Path work) throws Exception {
        check(work, tier, "40");
    }

    private static void check(Path work, Tier tier, String mode) throws IOException, InterruptedException {
        var process = new ProcessBuilder("/bin/sh", SCRIPT.toString(), work.toString(), tier.label(), mode)
                .redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        assumeTrue(code != CANNOT, said);
        assertEquals(0, code, said);
    }

    private record Symbols(List<String> defined, List<String> undefined, boolean needsLibraries) {}

    /** The dynamic symbols of an ELF file (System V ABI, generic part, chapters 4 and 5). */
    private static Symbols dynamicSymbols(ByteBuffer elf) {
        long sections = elf.getLong(40);
        int size = elf.getShort(58);
        int count = elf.getShort(60);
        var defined = new ArrayList<String>();
        var undefined = new ArrayList<String>();
        boolean needs = false;
        for (int i = 0; i < count; i++) {
            int header = (int) sections + i * size;
            int type = elf.getInt(header + 4);
            int offset = (int) elf.getLong(header + 24);
            int length = (int) elf.getLong(header + 32);
            if (type == 11) { // SHT_DYNSYM
                int names = (int) elf.getLong((int) sections + elf.getInt(header + 40) * size + 24);
                for (int symbol = offset + 24; symbol < offset + length; symbol += 24) {
                    (elf.getShort(symbol + 6) == 0 ? undefined : defined).add(text(elf, names + elf.getInt(symbol)));
                }
            } else if (type == 6) { // SHT_DYNAMIC
                for (int entry = offset; entry < offset + length; entry += 16) {
                    needs |= elf.getLong(entry) == 1; // DT_NEEDED
                }
            }
        }
        return new Symbols(defined, undefined, needs);
    }

    private static String text(ByteBuffer bytes, int start) {
        int end = start;
        while (bytes.get(end) != 0) {
            end++;
        }
        return StandardCharsets.US_ASCII.decode(bytes.slice(start, end - start)).toString();
    }
}
