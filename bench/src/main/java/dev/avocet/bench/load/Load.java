// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.load;

import dev.avocet.bench.load.Generator.Sent;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How the server does at and beyond its capacity, when it is told to stop, and in the long run. */
@Command(name = "load", mixinStandardHelpOptions = true,
        description = "Sends pictures to avocet serve at 1, 2 and 10 times its capacity.")
final class Load implements Callable<Integer> {
    private static final int WARM_UP_SECONDS = 6;
    private static final int WARM_UP_TIMES = 5;
    private static final int MEASURE_SECONDS = 5;
    private static final int STOP_SECONDS = 4;
    private static final int CALLERS = 4;
    private static final double[] TIMES = {1, 2, 10};
    private static final Set<Integer> ALLOWED = Set.of(200, 429, 503, 504);

    @Option(names = "--seconds", defaultValue = "10",
            description = "Seconds at each rate; 0 for none of them. Default: 10.")
    private double seconds;

    @Option(names = "--soak", defaultValue = "0", description = "Seconds at half the capacity, for memory and threads.")
    private int soak;

    @Option(names = "--picture", description = "Default: models/samples/boats.jpg.")
    private Path picture;

    @Option(names = "--root", required = true, description = "The folder of the checkout, whose avocet is run.")
    private Path root;

    private final List<String> broken = new ArrayList<>();

    /** The process's entry. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Load()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        new ProcessBuilder("taskset", "-a", "-p", "-c", "1", Long.toString(ProcessHandle.current().pid())).start()
                .waitFor();
        var body = Files.readAllBytes(picture == null ? root.resolve("models/samples/boats.jpg") : picture);
        var jar = root.resolve("app/target/quick/avocet.jar");
        try (var server = ServerProcess.start(jar, 0);
                var generator = new Generator(server.address(), "/api/classify", body)) {
            System.out.println("warming up");
            generator.closed(CALLERS, WARM_UP_SECONDS);
            double capacity = times(generator.closed(CALLERS, MEASURE_SECONDS), 200).size() / (double) MEASURE_SECONDS;
            System.out.printf(Locale.ROOT, "capacity %.1f answers/s%n", capacity);
            if (seconds > 0) {
                generator.open(WARM_UP_TIMES * capacity, WARM_UP_SECONDS);
                overload(generator, server, capacity);
            }
            if (soak > 0) {
                soak(generator, server, capacity / 2);
            }
            stop(generator, server, capacity);
        }
        broken.forEach(promise -> System.out.println("BROKEN: " + promise));
        return broken.isEmpty() ? 0 : 1;
    }

    private void overload(Generator generator, ServerProcess server, double capacity) throws IOException,
            InterruptedException {
        System.out.println(
                "| rate | sent/s | 200/s | answered 200 of accepted | p50 / p99 of 200 | p99 of 429 | statuses |");
        System.out.println("|---|---|---|---|---|---|---|");
        double most = 0;
        double last = 0;
        for (double times : TIMES) {
            var sent = generator.open(times * capacity, seconds);
            var ok = times(sent, 200);
            var refused = times(sent, 429);
            int accepted = sent.size() - refused.size();
            last = ok.size() / seconds;
            most = Math.max(most, last);
            double share = ok.size() / (double) accepted;
            System.out.printf(Locale.ROOT, "| %.0f x | %.0f | %.1f | %.1f %% | %.0f / %.0f ms | %.1f ms | %s |%n",
                    times,
                    times * capacity, last, 100 * share, quantile(ok, 0.5), quantile(ok, 0.99), quantile(refused, 0.99),
                    statuses(sent));
            require(share >= 0.95, "95 % of what was accepted at " + times + " x answered in time");
            require(refused.isEmpty() || quantile(refused, 0.99) <= 50,
                    "429 within 50 ms at the client at " + times + " x");
            require(ALLOWED.containsAll(statuses(sent).keySet()),
                    "nothing but 200, 429, 503 and 504 at " + times + " x");
        }
        require(last >= 0.9 * most, "90 % of the best goodput at 10 x");
        double within = share429(server);
        System.out.printf(Locale.ROOT, "429 within 10 ms of its handler's entry: %.2f %%%n", 100 * within);
        require(within >= 0.99, "99 % of the 429 within 10 ms of the handler's entry");
    }

    /** The share of refusals that took the server at most 10 ms, by its own metrics. */
    private static double share429(ServerProcess server) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var metrics = client.send(HttpRequest.newBuilder(server.address().resolve("/metrics")).build(),
                    BodyHandlers.ofLines()).body().filter(line -> line.contains("code=\"429\"")).toList();
            double within =
                    metrics.stream().filter(line -> line.contains("le=\"0.01\"")).mapToDouble(Load::value).sum();
            double all = metrics.stream().filter(line -> line.contains("_count{")).mapToDouble(Load::value).sum();
            return all == 0 ? 1 : within / all;
        }
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    private void soak(Generator generator, ServerProcess server, double rate) throws IOException {
        var sizes = new ArrayList<ServerProcess.Size>();
        int slices = 10;
        for (int i = 0; i < slices; i++) {
            var sent = generator.open(rate, soak / (double) slices);
            sizes.add(server.size());
            System.out.printf(Locale.ROOT, "soak %d %%: %.1f MB resident, %d threads, %s%n", 100 * (i + 1) / slices,
                    sizes.getLast().resident() / 1e6, sizes.getLast().threads(), statuses(sent));
            require(times(sent, 200).size() == sent.size(), "all answered in the soak");
        }
        var middle = sizes.get(slices / 2 - 1);
        var end = sizes.getLast();
        require(end.resident() <= 1.05 * middle.resident(), "a flat resident size: " + middle + ", " + end);
        require(end.threads() <= middle.threads() + 2, "a flat number of threads: " + middle + ", " + end);
    }

    private void stop(Generator generator, ServerProcess server, double capacity)
            throws IOException, InterruptedException {
        var load = CompletableFuture.supplyAsync(() -> generator.open(2 * capacity, STOP_SECONDS));
        Thread.sleep(STOP_SECONDS * 500);
        long told = System.nanoTime();
        server.terminate();
        int code = server.await();
        var sent = load.join();
        // What was sent this long before was read before: the requests queue in the server, not in the system.
        var read = sent.stream().filter(each -> each.due() < told - 100_000_000L).toList();
        System.out.println("SIGTERM: sent before " + statuses(read) + ", exit code " + code);
        require(read.stream().allMatch(each -> ALLOWED.contains(each.status())),
                "every request that was read before SIGTERM answered, and rightly");
        require(code == 0, "exit code 0 after SIGTERM");
    }

    private static List<Sent> times(List<Sent> sent, int status) {
        return sent.stream().filter(each -> each.status() == status).toList();
    }

    private static Map<Integer, Long> statuses(List<Sent> sent) {
        return sent.stream().collect(Collectors.groupingBy(Sent::status, TreeMap::new, Collectors.counting()));
    }

    private static double quantile(List<Sent> sent, double share) {
        var nanos = sent.stream().mapToLong(Sent::nanos).sorted().toArray();
        return nanos.length == 0 ? 0 : nanos[(int) Math.min(nanos.length - 1, share * nanos.length)] / 1e6;
    }

    private void require(boolean kept, String promise) {
        if (!kept) {
            broken.add(promise);
        }
    }
}
