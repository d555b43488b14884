// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.hub.HubSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: finds the command, runs it, and turns whatever goes wrong into one line and an exit code. */
public final class Main {
    private final Terminal terminal;
    private final boolean verbose;
    private final CommonOptions common;

    private Main(Terminal terminal, Supplier<HubSettings> hub, boolean verbose) {
        this.terminal = terminal;
        this.common = new CommonOptions(hub);
        this.verbose = verbose;
    }

    /** The process's entry. */
    public static void main(String[] args) {
        System.exit(run(Terminal.ofProcess(), HubSettings::fromEnv, args));
    }

    /** Runs one command line; returns the exit code. */
    static int run(Terminal terminal, Supplier<HubSettings> hub, String... args) {
        return new Main(terminal, hub, List.of(args).contains("--verbose")).run(args);
    }

    private int run(String... args) {
        try {
            int code = execute(args);
            terminal.clearProgress();
            terminal.out().flush();
            return code;
        } catch (OutputFailed e) {
            return e.isClosedByReader(terminal.traits()) ? Executable.OK : failed(e, e.getMessage());
        } catch (AvocetException e) {
            return failed(e, e.getMessage());
        } catch (OutOfMemoryError e) {
            return failed(e, "not enough memory: the heap may grow to " + Sizes.bytes(Runtime.getRuntime().maxMemory())
                    + "; give less at once, or a larger heap with AVOCET_JAVA_OPTS=-Xmx8g");
        } catch (RuntimeException | Error e) {
            return failed(e,
                    "unexpected " + e + "; this is a defect of Avocet, please report it with what --verbose shows");
        }
    }

    private int execute(String... args) {
        var root = commandLine(args.length == 0 ? "" : args[0]);
        try {
            requireReadable(args);
            var parsed = root.parseArgs(args);
            var helpShown = CommandLine.executeHelpRequest(parsed);
            if (helpShown != null) {
                return helpShown;
            }
            var command = parsed.asCommandLineList().getLast();
            Logging.configure(terminal, verbose);
            try {
                return command.<Executable>getCommand().run();
            } catch (UsageException e) {
                throw new ParameterException(command, e.getMessage(), e);
            }
        } catch (ParameterException e) {
            return wrongUsage(e);
        }
    }

    private void add(CommandLine parent, String name, Object command) {
        parent.addSubcommand(name, command);
        var added = parent.getSubcommands().get(name);
        added.addMixin("common", common);
        if (command instanceof CommandGroup group) {
            group.commands().forEach((below, each) -> add(added, below, each));
        }
    }

    /** All commands by name, in the order in which help lists them. */
    private SequencedMap<String, Supplier<Object>> commands() {
        var commands = new LinkedHashMap<String, Supplier<Object>>();
        commands.put("classify", () -> new Classify(terminal, common));
        commands.put("zero-shot", () -> new ZeroShot(terminal, common));
        commands.put("embed", () -> new Embed(terminal, common));
        commands.put("index", () -> new Index(terminal, common));
        commands.put("search", () -> new Search(terminal, common));
        commands.put("serve", () -> new Serve(terminal, common));
        commands.put("run", () -> new RunModel(terminal, common));
        commands.put("preprocess", () -> new Preprocess(terminal, common));
        commands.put("tokenize", () -> new Tokenize(terminal, common));
        commands.put("inspect", () -> new Inspect(terminal, common));
        commands.put("download", () -> new Download(terminal, common));
        commands.put("models", () -> new Models(terminal, common));
        commands.put("verify", () -> new Verify(terminal, common));
        commands.put("doctor", () -> new Doctor(terminal, common));
        commands.put("bench", () -> new Bench(terminal, common));
        commands.put("explain", () -> new Explain(terminal, common));
        commands.put("profile", () -> new Profile(terminal, common));
        commands.put("coyo", () -> new Coyo(terminal, common));
        commands.put("eval", () -> new Eval(terminal, common));
        return commands;
    }

    private CommandLine commandLine(String first) {
        var root = new CommandLine(new Avocet(terminal));
        var commands = commands();
        // picocli takes some 20 ms to study a command, so it is shown no more of them than it needs.
        var needed = commands.containsKey(first) ? Set.of(first) : commands.keySet();
        needed.forEach(name -> add(root, name, commands.get(name).get()));
        if (needed.size() > 1) {
            // These two are about all the others.
            add(root, "completion", new Completion(terminal, root));
            root.addSubcommand("help", new CommandLine.HelpCommand());
        }
        root.setOut(terminal.out());
        root.setErr(terminal.err());
        root.setColorScheme(Help.defaultColorScheme(terminal.traits().colour() ? Help.Ansi.ON : Help.Ansi.OFF));
        // A text may well begin with @.
        root.setExpandAtFiles(false);
        root.setUsageHelpWidth(80);
        root.setUsageHelpLongOptionsMaxWidth(26);
        return root;
    }

    /** In a locale without Unicode the JVM replaces what it can't read in its arguments, and the wrong text would be used. */
    private static void requireReadable(String... args) {
        boolean isUnicode = "UTF-8".equalsIgnoreCase(System.getProperty("native.encoding"));
        if (!isUnicode && Arrays.stream(args).anyMatch(arg -> arg.contains("\uFFFD"))) {
            throw new AvocetException("the arguments have characters that this locale ("
                    + System.getProperty("native.encoding") + ") has not; set LC_ALL=C.UTF-8");
        }
    }

    private int wrongUsage(ParameterException e) {
        var command = e.getCommandLine();
        terminal.say(e.getMessage().replaceFirst("^Error: ", ""));
        UnmatchedArgumentException.printSuggestions(e, terminal.err());
        terminal.err().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        showTrace(e);
        return Executable.USAGE;
    }

    private int failed(Throwable e, String message) {
        terminal.say(message);
        showTrace(e);
        return Executable.FAILED;
    }

    private void showTrace(Throwable e) {
        if (verbose) {
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            terminal.err().print(trace);
            terminal.err().flush();
        }
    }
}
