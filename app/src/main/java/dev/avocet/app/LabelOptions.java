// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Stack;
import java.util.stream.Stream;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The three ways to give labels, of which a command takes one. */
final class LabelOptions {
    @Option(names = "--labels", paramLabel = "\"A,B,...\"", description = "The labels, separated by commas.")
    private String commaSeparated;

    @Option(names = "--label", paramLabel = "LABEL", arity = "1..*", parameterConsumer = UpToAPicture.class,
            description = "The labels, each an argument of its own; may be given several times.")
    private List<String> single;

    @Option(names = "--labels-file", paramLabel = "FILE", description = "A text file with a label on each line.")
    private Path file;

    /** The labels, without blanks around them, at least one. */
    List<String> names() {
        // picocli doesn't count an option that has a consumer of its own.
        if (Stream.of(commaSeparated, single, file).filter(Objects::nonNull).count() > 1) {
            throw new UsageException("--labels, --label and --labels-file exclude each other; give one of them");
        }
        var names = lines().map(String::strip).filter(name -> !name.isEmpty()).toList();
        if (names.isEmpty()) {
            throw new UsageException(file == null ? "there are no labels" : "there are no labels in " + file);
        }
        return names;
    }

    private Stream<String> lines() {
        if (commaSeparated != null) {
            return Arrays.stream(commaSeparated.split(","));
        }
        return single != null
                ? single.stream()
                : TextLines.of(file, "--labels-file takes a text file with a label on each line").stream();
    }

    /** Takes labels until something comes that can't be one: an option, standard input, or a file that exists. */
    static final class UpToAPicture implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> arguments, ArgSpec argument, CommandSpec command) {
            if (arguments.isEmpty()) {
                throw new ParameterException(command.commandLine(), "--label needs a label");
            }
            List<String> labels = argument.getValue() == null ? new ArrayList<>() : argument.getValue();
            do {
                labels.add(arguments.pop());
            } while (!arguments.isEmpty() && isLabel(arguments.peek()));
            argument.setValue(labels);
        }

        /** A folder may well have a label's name, unless it is written as a path. */
        private static boolean isLabel(String next) {
            boolean isPath = next.contains(File.separator) && new File(next).exists();
            return !next.startsWith("-") && !isPath && !new File(next).isFile();
        }
    }
}
