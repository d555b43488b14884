// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/** A hub on this machine, and the storage on another origin to which it redirects for large files, with their faults. */
public final class StubHub implements AutoCloseable {
    private final HttpServer hub = server();
    private final HttpServer storage = server();
    private final Map<String, StubRepo> repos = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentLinkedDeque<Fault>> faults = new ConcurrentHashMap<>();
    private final Collection<Request> requests = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String token = "";
    private volatile int pageSize = 1000;
    private volatile int bytesPerSecond = Integer.MAX_VALUE;

    /** What goes wrong once with a request. */
    public interface Fault {
        /** Answers, perhaps; true where that is all. */
        boolean answer(StubHub stub, HttpExchange exchange, Optional<StubRepo.Content> content) throws IOException;
    }

    /** What was asked, and of whom. */
    public record Request(String host, String method, String path, Optional<String> token, Optional<String> range) {}

    public StubHub() {
        hub.createContext("/", exchange -> answer(exchange, this::hub));
        storage.createContext("/", exchange -> answer(exchange, this::storage));
        hub.start();
        storage.start();
    }

    /** Serves a folder as a model, until the process is ended: {@code NAME FOLDER BYTES_PER_SECOND}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        var stub = new StubHub();
        stub.bytesPerSecond(Integer.parseInt(args[2]));
        stub.folder(args[0], Path.of(args[1]));
        IO.println("HF_ENDPOINT=" + stub.endpoint());
        stub.closed.await();
    }

    /** Makes a folder's files a model. */
    public void folder(String name, Path folder) throws IOException {
        var commit = "f".repeat(40);
        var repo = repo(name).revision("main", commit);
        try (var files = Files.list(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var bytes = Files.readAllBytes(file);
                repo.file(commit, file.getFileName().toString(), new StubRepo.Content(bytes, bytes.length > 1 << 20));
            }
        }
    }

    private static HttpServer server() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its address, as HF_ENDPOINT has it. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
    }

    /** The other origin. */
    URI storageEndpoint() {
        return URI.create("http://127.0.0.1:" + storage.getAddress().getPort());
    }

    /** A repository, such as {@code owner/name} or {@code datasets/owner/name}. */
    public StubRepo repo(String name) {
        return repos.computeIfAbsent(name, _ -> new StubRepo());
    }

    /** Lets the next request whose path ends so go wrong. */
    public StubHub fault(String pathEnd, Fault... inOrder) {
        faults.computeIfAbsent(pathEnd, _ -> new ConcurrentLinkedDeque<>()).addAll(List.of(inOrder));
        return this;
    }

    /** Lets only those in who have this token. */
    public void requireToken(String wanted) {
        token = wanted;
    }

    void pageSize(int entries) {
        pageSize = entries;
    }

    public void bytesPerSecond(int count) {
        bytesPerSecond = count;
    }

    /** All requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The requests for paths that end so. */
    List<Request> requests(String pathEnd) {
        return requests.stream().filter(each -> each.path().endsWith(pathEnd)).toList();
    }

    public void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() {
        closed.countDown();
        hub.stop(0);
        storage.stop(0);
    }

    private interface Handler {
        void handle(HttpExchange exchange, String path) throws IOException;
    }

    private void answer(HttpExchange exchange, Handler handler) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            var path = exchange.getRequestURI().getRawPath();
            requests.add(new Request(handlesHub(exchange) ? "hub" : "storage", exchange.getRequestMethod(), path,
                    Optional.ofNullable(headers.getFirst("Authorization")),
                    Optional.ofNullable(headers.getFirst("Range"))));
            handler.handle(exchange, path);
        }
    }

    private boolean handlesHub(HttpExchange exchange) {
        return exchange.getLocalAddress().getPort() == hub.getAddress().getPort();
    }

    private boolean failed(HttpExchange exchange, String path, Optional<StubRepo.Content> content) throws IOException {
        for (var each : faults.entrySet()) {
            var fault = path.endsWith(each.getKey()) ? each.getValue().poll() : null;
            if (fault != null && fault.answer(this, exchange, content)) {
                return true;
            }
        }
        return false;
    }

    private void hub(HttpExchange exchange, String path) throws IOException {
        var authorization = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!token.isEmpty() && !authorization.equals(Optional.of("Bearer " + token))) {
            error(exchange, 401, authorization.isPresent() ? "" : "RepoNotFound",
                    authorization.isPresent() ? "Invalid credentials in Authorization header" : "Repository not found");
            return;
        }
        var words = path.substring(1).split("/");
        if (words[0].equals("api")) {
            api(exchange, path, words);
            return;
        }
        int resolve = List.of(words).indexOf("resolve");
        var name = String.join("/", List.of(words).subList(0, Math.max(0, resolve)));
        var repo = repos.get(name);
        if (resolve < 0 || repo == null) {
            if (!failed(exchange, path, Optional.empty())) {
                error(exchange, 404, "RepoNotFound", "Repository not found");
            }
            return;
        }
        resolve(exchange, path, repo, decode(words[resolve + 1]),
                decode(String.join("/", List.of(words).subList(resolve + 2, words.length))));
    }

    private void resolve(HttpExchange exchange, String path, StubRepo repo, String revision, String file)
            throws IOException {
        var commit = repo.commit(revision);
        if (commit == null) {
            error(exchange, 404, "RevisionNotFound", "Invalid rev id: " + revision);
            return;
        }
        exchange.getResponseHeaders().set("X-Repo-Commit", commit);
        var content = repo.files(commit).get(file);
        if (content == null) {
            error(exchange, 404, "EntryNotFound", "Entry not found");
        } else if (!failed(exchange, path, Optional.of(content))) {
            if (content.isLarge()) {
                exchange.getResponseHeaders().set("X-Linked-Etag", '"' + content.etag() + '"');
                exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.bytes().length));
                redirect(exchange, 302, storageEndpoint() + "/blob/" + content.sha256() + "?signature=a%2Fb");
            } else {
                exchange.getResponseHeaders().set("ETag", "W/\"" + content.etag() + '"');
                send(exchange, content.bytes());
            }
        }
    }

    private void storage(HttpExchange exchange, String path) throws IOException {
        var hash = path.substring(path.lastIndexOf('/') + 1);
        for (var repo : repos.values()) {
            var content = repo.bySha256(hash);
            if (content != null) {
                if (!failed(exchange, path, Optional.of(content))
                        && !failed(exchange, "storage", Optional.of(content))) {
                    exchange.getResponseHeaders().set("ETag", "\"other\"");
                    send(exchange, content.bytes());
                }
                return;
            }
        }
        error(exchange, 403, "", "Forbidden");
    }

    private void api(HttpExchange exchange, String path, String[] words) throws IOException {
        if (failed(exchange, path, Optional.empty())) {
            return;
        }
        var name = (words[1].equals("models") ? "" : words[1] + "/") + words[2] + "/" + words[3];
        var repo = repos.get(name);
        if (repo == null) {
            error(exchange, 404, "RepoNotFound", "Repository not found");
            return;
        }
        var commit = repo.commit(decode(words[5]));
        if (commit == null) {
            error(exchange, 404, "RevisionNotFound", "Invalid rev id: " + words[5]);
        } else if (words[4].equals("revision")) {
            sendJson(exchange, "{\"_id\":\"1\",\"id\":\"" + words[2] + "/" + words[3] + "\",\"sha\":\"" + commit
                    + "\",\"private\":false,\"tags\":[],\"downloads\":0,\"likes\":0,\"siblings\":[]}");
        } else {
            tree(exchange, path, repo.files(commit));
        }
    }

    private void tree(HttpExchange exchange, String path, Map<String, StubRepo.Content> files) throws IOException {
        var query = exchange.getRequestURI().getRawQuery();
        int from = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=(\\d+).*", "$1")) : 0;
        var entries = new ArrayList<String>();
        entries.add("{\"type\":\"directory\",\"oid\":\"" + "0".repeat(40) + "\",\"size\":0,\"path\":\"folder\"}");
        files.forEach((name, content) -> entries.add("{\"type\":\"file\",\"oid\":\"" + content.blobId() + "\",\"size\":"
                + content.bytes().length
                + (content.isLarge()
                        ? ",\"lfs\":{\"oid\":\"" + content.sha256() + "\",\"size\":" + content.bytes().length
                                + ",\"pointerSize\":130}"
                        : "")
                + ",\"path\":\"" + name + "\"}"));
        int to = Math.min(entries.size(), from + pageSize);
        if (to < entries.size()) {
            exchange.getResponseHeaders().set("Link", "<" + endpoint() + path + "?recursive=true&cursor=" + to
                    + ">; rel=\"next\"");
        }
        sendJson(exchange, "[" + String.join(",", entries.subList(from, to)) + "]");
    }

    static void redirect(HttpExchange exchange, int status, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(status, -1);
    }

    static void error(HttpExchange exchange, int status, String code, String message) throws IOException {
        if (!code.isEmpty()) {
            exchange.getResponseHeaders().set("X-Error-Code", code);
        }
        exchange.getResponseHeaders().set("X-Error-Message", message);
        exchange.sendResponseHeaders(status, -1);
    }

    private static void sendJson(HttpExchange exchange, String json) throws IOException {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Sends all, or the part that is asked for. */
    void send(HttpExchange exchange, byte[] bytes) throws IOException {
        var range = exchange.getRequestHeaders().getFirst("Range");
        int from = 0;
        int to = bytes.length;
        if (range != null) {
            var ends = range.substring("bytes=".length()).split("-");
            from = Integer.parseInt(ends[0]);
            to = ends.length == 1 ? to : Integer.parseInt(ends[1]) + 1;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + bytes.length);
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(to - from));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, to == from ? -1 : to - from);
        write(exchange.getResponseBody(), bytes, from, to);
    }

    private void write(OutputStream out, byte[] bytes, int from, int to) throws IOException {
        int chunk = bytesPerSecond == Integer.MAX_VALUE ? 1 << 16 : Math.max(1, bytesPerSecond / 100);
        for (int at = from; at < to; at += chunk) {
            out.write(bytes, at, Math.min(chunk, to - at));
            if (bytesPerSecond != Integer.MAX_VALUE) {
                out.flush();
                waitUntilClosed(10);
            }
        }
    }

    /** Falls silent, until the stub is closed at the latest. */
    void waitUntilClosed(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** A status and nothing else. */
    public static Fault status(int status, String... headers) {
        return (_, exchange, _) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
            return true;
        };
    }

    /** Promises all and ends after some bytes of what was asked for. */
    static Fault shortAfter(int count) {
        return (_, exchange, content) -> {
            exchange.sendResponseHeaders(200, content.orElseThrow().bytes().length);
            exchange.getResponseBody().write(content.get().bytes(), 0, count);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
        };
    }

    /** Sends some bytes and then nothing more, with the connection open. */
    static Fault silentAfter(int count) {
        return (stub, exchange, content) -> {
            exchange.sendResponseHeaders(200, content.orElseThrow().bytes().length);
            exchange.getResponseBody().write(content.get().bytes(), 0, count);
            exchange.getResponseBody().flush();
            stub.waitUntilClosed(60_000);
            return true;
        };
    }

    /** Sends the whole file though a part was asked for. */
    static Fault wholeInsteadOfPart() {
        return (_, exchange, content) -> {
            exchange.sendResponseHeaders(200, content.orElseThrow().bytes().length);
            exchange.getResponseBody().write(content.get().bytes());
            return true;
        };
    }

    /** Sends other bytes of the same length. */
    static Fault otherBytes() {
        return (stub, exchange, content) -> {
            var bytes = content.orElseThrow().bytes().clone();
            bytes[bytes.length / 2] ^= 1;
            stub.send(exchange, bytes);
            return true;
        };
    }

    /** Sends the file compressed, of unknown length. */
    static Fault compressed() {
        return (_, exchange, content) -> {
            var compressed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(compressed)) {
                gzip.write(content.orElseThrow().bytes());
            }
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(compressed.toByteArray());
            return true;
        };
    }
}
