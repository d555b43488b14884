// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Runs Jazzer on the targets, one after the other: {@code Fuzz WORK SECONDS [TARGET...]}.
 *
 * <p>What Jazzer learns stays below the folder WORK, where the next run takes it up. A finding becomes an input of
 * {@link FuzzRegressionTest}, and the exit status 1.
 */
final class Fuzz {
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");

    private Fuzz() {}

    /** See the class. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var work = Path.of(arguments[0]).toAbsolutePath();
        int seconds = Integer.parseInt(arguments[1]);
        var targets = Arrays.stream(arguments).skip(2)
                .map(each -> FuzzTarget.valueOf(each.toUpperCase(Locale.ROOT))).toList();
        boolean isSound = true;
        for (var target : targets.isEmpty() ? List.of(FuzzTarget.values()) : targets) {
            isSound &= run(target, work.resolve(target.name().toLowerCase(Locale.ROOT)), seconds);
        }
        System.exit(isSound ? 0 : 1);
    }

    private static boolean run(FuzzTarget target, Path work, int seconds) throws IOException, InterruptedException {
        var corpus = Files.createDirectories(work.resolve("corpus"));
        var temporary = Files.createDirectories(work.resolve("tmp"));
        var findings = Files.createDirectories(work.resolve("findings"));
        var log = work.resolve("log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g", "-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Djava.io.tmpdir=" + temporary,
                "-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.type().getName(), "--instrumentation_includes=dev.avocet.**",
                "--reproducer_path=" + findings, "-artifact_prefix=" + findings + "/", "-max_total_time=" + seconds,
                "-rss_limit_mb=4096", "-timeout=10", "-print_final_stats=1", corpus.toString(),
                target.folder().toAbsolutePath().toString()));
        var process = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        int status = process.waitFor();
        var output = Files.readString(log, StandardCharsets.ISO_8859_1);
        report(target, output, status);
        if (status != 0) {
            System.out.println("all that Jazzer said is in " + log);
            keep(findings, target);
        }
        return status == 0;
    }

    private static void report(FuzzTarget target, String output, int status) {
        var done = DONE.matcher(output);
        var covered = COVERED.matcher(output).results().reduce((first, last) -> last);
        System.out.printf("%-10s %12s runs in %4s s, %5s edges%s%n", target, done.find() ? done.group(1) : "?",
                done.hasMatch() ? done.group(2) : "?", covered.isPresent() ? covered.get().group(1) : "?",
                status == 0 ? "" : ", ended with " + status);
        if (status != 0) {
            output.lines().dropWhile(line -> !line.startsWith("== ")).limit(30).forEach(System.out::println);
        }
    }

    private static void keep(Path findings, FuzzTarget target) throws IOException {
        try (var files = Files.list(findings)) {
            for (var file : files.filter(each -> !each.toString().endsWith(".java")).toList()) {
                var kept = target.folder().resolve(file.getFileName().toString());
                Files.move(file, kept);
                System.out.println("kept as " + kept);
            }
        }
    }
}
