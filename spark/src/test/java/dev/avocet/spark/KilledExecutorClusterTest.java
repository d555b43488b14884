// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.avocet.core.backend.Device;
import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;
import dev.avocet.loader.image.Image;
import dev.avocet.models.BundledModels;
import dev.avocet.pipelines.Align;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar that users submit, on a Spark of its own with a process for the driver and one for each of two executors. A web
 * server of the test has the pictures, so that the test knows when both executors are in the middle of their work.
 */
class KilledExecutorClusterTest {
    private static final Path JAR = Path.of(System.getProperty("basedir", "."), "target/avocet-spark.jar");
    private static final int ROWS = 48;
    private static final int SERVED_BEFORE = 12;

    @TempDir
    private Path folder;

    private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger atWork = new AtomicInteger();
    private final CompletableFuture<Void> bothAtWork = new CompletableFuture<>();
    private final CountDownLatch killed = new CountDownLatch(1);
    private HttpServer server;
    private List<Path> pictures;

    @BeforeEach
    void serve() throws IOException {
        try (var files = Files.list(Outputs.SAMPLES)) {
            pictures = files.sorted().toList();
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var name = exchange.getRequestURI().getPath().substring(1);
        requests.computeIfAbsent(name, _ -> new AtomicInteger()).incrementAndGet();
        int number = Integer.parseInt(name.substring(0, name.indexOf('.')));
        try (exchange) {
            if (isGone(number)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            var body = bytes(number);
            exchange.sendResponseHeaders(200, body.length);
            int sent = 0;
            if (!isNoPicture(number) && served.incrementAndGet() > SERVED_BEFORE) {
                if (atWork.incrementAndGet() == 2) {
                    bothAtWork.complete(null);
                }
                // A byte now and then, or the executor would give the picture up before the other one is there.
                for (; !killed.await(1, TimeUnit.SECONDS); sent++) {
                    exchange.getResponseBody().write(body, sent, 1);
                    exchange.getResponseBody().flush();
                }
            }
            exchange.getResponseBody().write(body, sent, body.length - sent);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            // The executor that asked is the one that was killed.
        }
    }

    private static boolean isGone(int number) {
        return number % 11 == 3;
    }

    private static boolean isNoPicture(int number) {
        return number % 13 == 5;
    }

    private byte[] bytes(int number) throws IOException {
        return isNoPicture(number)
                ? "no picture".getBytes(StandardCharsets.UTF_8)
                : Files.readAllBytes(pictures.get(number % pictures.size()));
    }

    @Test
    void everyRowComesOnceAndWithTheEnginesBitsThoughAnExecutorIsKilledInTheMiddle() throws Exception {
        var input = folder.resolve("input.parquet");
        writeInput(input);
        var output = folder.resolve("output");
        var log = folder.resolve("log");
        var driver = submit(log, input, output);
        try {
            CompletableFuture.anyOf(bothAtWork, driver.onExit()).get(5, TimeUnit.MINUTES);
            assertTrue(driver.isAlive(), () -> "the job ended before it was disturbed:\n" + end(log));
            var executor = driver.descendants().filter(each -> each.children().findAny().isEmpty()).findFirst()
                    .orElseThrow();
            assertTrue(executor.destroyForcibly());
            executor.onExit().get(1, TimeUnit.MINUTES);
            killed.countDown();
            assertTrue(driver.waitFor(5, TimeUnit.MINUTES), () -> "the job does not end:\n" + end(log));
            assertEquals(0, driver.exitValue(), () -> end(log));
        } catch (TimeoutException e) {
            throw new AssertionError("nothing happens:\n" + end(log), e);
        } finally {
            driver.descendants().forEach(ProcessHandle::destroyForcibly);
            driver.destroyForcibly();
        }
        assertTrue(Files.readString(log).contains("Lost executor"), () -> end(log));
        assertTrue(requests.values().stream().anyMatch(each -> each.get() > 1), "something was done again");
        assertRowsAreRight(Outputs.rows(output));
        var report = Files.readString(output.resolve("_avocet.json"));
        assertTrue(report.contains("\"rows\":" + ROWS), report);
    }

    private void assertRowsAreRight(List<Row> rows) throws IOException {
        var byId = new HashMap<Long, Row>();
        for (var row : rows) {
            assertEquals(null, byId.put((Long) row.get("id"), row), "a row twice");
        }
        assertEquals(ROWS, byId.size());
        try (var device = Device.firstOf(Outputs.DEVICE); var align = Align.load(BundledModels.tinyAlign(), device)) {
            for (int i = 0; i < ROWS; i++) {
                var row = byId.get((long) i);
                assertEquals("picture " + i, row.get("text"));
                if (isGone(i) || isNoPicture(i)) {
                    assertEquals(null, row.get("embedding"));
                    assertTrue(row.text("embedding_error").isPresent());
                } else {
                    assertEquals(null, row.get("embedding_error"));
                    assertArrayEquals(align.embed(Image.read(bytes(i))), Outputs.vector(row).orElseThrow());
                }
            }
        }
    }

    private void writeInput(Path file) {
        var schema = Schema.of(Column.of("id", ValueType.INT64), Column.of("url", ValueType.STRING),
                Column.of("text", ValueType.STRING));
        try (var writer = ParquetWriter.create(file, schema)) {
            for (int i = 0; i < ROWS; i++) {
                writer.write((long) i, "http://localhost:" + server.getAddress().getPort() + "/" + i + ".jpg",
                        "picture " + i);
            }
            writer.finish();
        }
    }

    /** As spark-submit does, with the jars that this test runs with for an installed Spark. */
    private Process submit(Path log, Path input, Path output) throws IOException {
        var home = home();
        var java = Path.of(System.getProperty("java.home"));
        var command = new ArrayList<String>();
        command.add(java.resolve("bin/java").toString());
        command.addAll(List.of(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of("-cp", home.resolve("jars") + "/*", "-Xmx512m", "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "org.apache.spark.deploy.SparkSubmit",
                "--master", "local-cluster[2,1,1024]",
                "--conf", "spark.ui.enabled=false",
                "--conf", "spark.driver.host=localhost",
                "--conf", "spark.executor.memory=768m",
                "--conf", "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                "--conf", "spark.scheduler.minRegisteredResourcesRatio=1.0",
                "--conf", "spark.scheduler.maxRegisteredResourcesWaitingTime=300s",
                JAR.toAbsolutePath().toString(),
                input.toString(), "--output", output.toString(), "--model", BundledModels.tinyAlign().toString(),
                "--ship-model", "--device", Outputs.DEVICE,
                "--threads", "1", "--batch", "4", "--partitions", "6", "--private-addresses"));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
                .directory(folder.toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13"); // what its scripts set
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    private Path home() throws IOException {
        var jars = Files.createDirectories(folder.resolve("spark/jars"));
        Files.writeString(folder.resolve("spark/RELEASE"), "");
        for (var entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            var file = Path.of(entry).toAbsolutePath();
            boolean isOurs = file.toString().contains("avocet");
            if (Files.isRegularFile(file) && file.toString().endsWith(".jar") && !isOurs) {
                Files.createSymbolicLink(jars.resolve(file.getFileName()), file);
            }
        }
        return folder.resolve("spark");
    }

    private static String end(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            var all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - 80), all.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
