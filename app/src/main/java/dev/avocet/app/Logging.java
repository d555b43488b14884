// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Keeps the libraries' log away from the user, who is told what matters in the command's own words, unless asked for. */
final class Logging {
    /** Kept here, because the log's manager forgets a logger, and its level, that nobody keeps. */
    private static final Logger OWN = Logger.getLogger("dev.avocet");

    private Logging() {}

    /** Sends the log to the terminal, or nowhere. */
    static void configure(Terminal terminal, boolean verbose) {
        LogManager.getLogManager().reset();
        var root = Logger.getLogger("");
        root.setLevel(verbose ? Level.INFO : Level.OFF);
        if (verbose) {
            OWN.setLevel(Level.FINE);
            root.addHandler(new TerminalHandler(terminal));
        }
    }

    private static final class TerminalHandler extends Handler {
        private final Terminal terminal;

        TerminalHandler(Terminal terminal) {
            this.terminal = terminal;
            setFormatter(new SimpleFormatter());
        }

        @Override
        public void publish(LogRecord entry) {
            var level = entry.getLevel().equals(Level.FINE) ? "debug" : entry.getLevel().getName();
            terminal.say(level.toLowerCase(Locale.ROOT) + ": "
                    + getFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
