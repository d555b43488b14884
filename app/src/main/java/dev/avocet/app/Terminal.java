// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The streams of the process, and who is at their other end: data goes to {@link #out}, talk to {@link #err}.
 *
 * <p>What is written to {@link #out} must be flushed; a failure there is {@link OutputFailed}. Both streams are UTF-8.
 */
final class Terminal {
    private static final String ERASE_LINE = "\r\u001b[K";

    private final InputStream in;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Traits traits;
    private boolean progressIsShown;

    /** Where a stream goes. */
    enum Target {
        /** To a person's eyes. */
        SCREEN,
        /** To a process, which may end before it has read all. */
        PIPE,
        /** To a file or a device. */
        FILE
    }

    /**
     * Who is at the other end.
     *
     * @param unicode whether block characters can be shown
     * @param colour whether bold type and colours are wanted
     */
    record Traits(Target out, Target err, boolean unicode, boolean colour) {
        private static Traits ofProcess() {
            var out = target(1);
            boolean dumb = System.getenv("NO_COLOR") != null || "dumb".equals(System.getenv("TERM"));
            // The locale's own encoding: the JVM's default charset is UTF-8 in every locale.
            boolean unicode = "UTF-8".equalsIgnoreCase(System.getProperty("native.encoding"));
            return new Traits(out, target(2), unicode, out == Target.SCREEN && !dumb);
        }

        /** System.console() tells of input and output together; Linux tells of each descriptor. */
        @SuppressWarnings("SystemConsoleNull") // it is null again since JDK 25 where nobody watches
        private static Target target(int descriptor) {
            try {
                var name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
                if (name.startsWith("/dev/pts/") || name.startsWith("/dev/tty") || name.equals("/dev/console")) {
                    return Target.SCREEN;
                }
                return name.startsWith("pipe:") || name.startsWith("socket:") ? Target.PIPE : Target.FILE;
            } catch (IOException | UnsupportedOperationException noProc) {
                return System.console().isTerminal() ? Target.SCREEN : Target.FILE;
            }
        }
    }

    Terminal(InputStream in, OutputStream out, OutputStream err, Traits traits) {
        this.in = in;
        this.out = new PrintWriter(new OutputStreamWriter(new StandardOutput(out), StandardCharsets.UTF_8));
        this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        this.traits = traits;
    }

    /** That of this process. */
    static Terminal ofProcess() {
        var out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
        return new Terminal(System.in, out, new FileOutputStream(FileDescriptor.err), Traits.ofProcess());
    }

    InputStream in() {
        return in;
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    Traits traits() {
        return traits;
    }

    /** One line of talk. */
    void say(String message) {
        clearProgress();
        err.println("avocet: " + DisplayText.clean(message.strip().replaceAll("\\s*\\R\\s*", "; ")));
    }

    /** Shows how far the work is, in place of what was shown before; only to a person who does not see results scroll by. */
    void progress(String message) {
        if (traits.out() != Target.SCREEN) {
            status(message);
        }
    }

    /** The same, while there are no results yet. */
    void status(String message) {
        if (traits.err() == Target.SCREEN) {
            err.print(ERASE_LINE + message);
            err.flush();
            progressIsShown = true;
        }
    }

    /** Removes what {@link #progress} shows. */
    void clearProgress() {
        if (progressIsShown) {
            err.print(ERASE_LINE);
            err.flush();
            progressIsShown = false;
        }
    }

    /** Lets a failure through, where {@link PrintWriter} would keep it to itself. */
    private static final class StandardOutput extends OutputStream {
        private final OutputStream out;

        StandardOutput(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int each) {
            attempt(() -> out.write(each));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            attempt(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() {
            attempt(out::flush);
        }

        private interface Attempt {
            void run() throws IOException;
        }

        private static void attempt(Attempt attempt) {
            try {
                attempt.run();
            } catch (IOException e) {
                throw new OutputFailed(e);
            }
        }
    }
}
