// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Terminal terminal(Terminal.Target outTarget, Terminal.Target errTarget, boolean unicode, boolean colour) {
        var traits = new Terminal.Traits(outTarget, errTarget, unicode, colour);
        return new Terminal(InputStream.nullInputStream(), out, err, traits);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void progressIsShownOnlyToWhoeverWatchesAndSeesNoResults() {
        terminal(Terminal.Target.FILE, Terminal.Target.FILE, true, false).progress("1 of 2");
        terminal(Terminal.Target.SCREEN, Terminal.Target.SCREEN, true, false).progress("1 of 2");
        assertEquals("", err());
        terminal(Terminal.Target.FILE, Terminal.Target.SCREEN, true, false).progress("1 of 2");
        assertTrue(err().endsWith("1 of 2"), err());
    }

    @Test
    void talkReplacesProgress() {
        var terminal = terminal(Terminal.Target.FILE, Terminal.Target.SCREEN, true, false);
        terminal.progress("1 of 2");
        terminal.say("two\n  lines");
        assertEquals("\r\u001b[K1 of 2\r\u001b[Kavocet: two; lines\n", err());
    }

    @Test
    void helpHasColourOnlyWhereItIsWanted() {
        Main.run(terminal(Terminal.Target.FILE, Terminal.Target.FILE, true, false), () -> Cli.NO_HUB, "--help");
        assertFalse(out().contains("\u001b"));
        Main.run(terminal(Terminal.Target.SCREEN, Terminal.Target.SCREEN, true, true), () -> Cli.NO_HUB, "--help");
        assertTrue(out().contains("\u001b["));
    }

    @Test
    void withoutUnicodeBarsAreOfPlainCharacters() {
        Main.run(terminal(Terminal.Target.FILE, Terminal.Target.FILE, false, false), () -> Cli.NO_HUB,
                Cli.words("classify",
                        Cli.SAMPLES.resolve("cat.jpg"), "--model", "tiny-vit", "--device", Cli.DEVICE));
        assertTrue(out().contains("  ####"), out());
        assertTrue(out().chars().allMatch(each -> each < 128), out());
    }
}
