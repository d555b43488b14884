// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.core.AvocetException;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.ImageClassifier;
import dev.avocet.pipelines.TextEmbedder;
import dev.avocet.server.Route.Lane;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.DoSHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The models over HTTP/1.1, with a page to try them.
 *
 * <p>Does not own the models: close it, then them.
 */
public final class AvocetServer implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int HEAD_BYTES = 16 << 10;
    /** Most pictures in a few reads. */
    private static final int INPUT_BYTES = 64 << 10;
    private static final int IO_THREADS = 16;
    /** Requests with texts that are computed at once, in batches. */
    private static final int TEXT_REQUESTS = 16;
    private static final int MOST_ADDRESSES = 10_000;

    private final Server server;
    private final ServerConnector connector;
    private final Readiness readiness;
    private final Map<Lane, Desk> desks;
    private final TextBatches alignTexts;
    private final TextBatches texts;
    private final ServerOptions options;

    /**
     * What is served.
     *
     * @param embedder answers what clients of other servers ask, which ALIGN's texts do without
     * @param telemetry the listener that all of the models were loaded with
     */
    public record Models(
            Hosted<ImageClassifier> classifier, Hosted<Align> align, Optional<Hosted<TextEmbedder>> embedder,
            Telemetry telemetry) {}

    private AvocetServer(Models models, ServerOptions options) {
        this.options = options;
        this.readiness = new Readiness();
        var limits = options.limits();
        this.desks = Map.of(
                Lane.PICTURES, new Desk(options.threads(), limits.queue(),
                        Thread.ofPlatform().daemon().name("avocet-pictures-", 1).factory()),
                Lane.TEXTS, new Desk(TEXT_REQUESTS, limits.queue(),
                        Thread.ofVirtual().name("avocet-texts-", 1).factory()));
        int mostTexts = TEXT_REQUESTS * limits.texts();
        this.alignTexts = new TextBatches(TextModel.of(models.align()), models.telemetry(), mostTexts);
        this.texts = models.embedder()
                .map(hosted -> new TextBatches(TextModel.ofEmbedder(hosted), models.telemetry(), mostTexts))
                .orElse(alignTexts);
        long heap = Runtime.getRuntime().maxMemory();
        var services = new Services(limits, new Json(limits), desks, new ByteBudget(heap / 8), new ByteBudget(heap / 3),
                models.telemetry(), new Meters(models.telemetry().registry()));
        services.meters().watch(services);
        var pool = new QueuedThreadPool(IO_THREADS);
        pool.setName("avocet-http");
        pool.setDaemon(true);
        this.server = new Server(pool);
        this.connector = connector(options);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
        server.addBean(new SlowHeads(connector, limits.head().toNanos()));
        server.setStopTimeout(limits.grace().toMillis());
        server.setErrorHandler(new PlainErrors());
        server.setHandler(new GracefulHandler(
                limited(new Gate(routes(models, services), services, options.key(), hosts()), limits)));
    }

    /** No more requests per second than an address may send; probes are let through. */
    private static Handler limited(Gate gate, Limits limits) {
        if (limits.rate() == 0) {
            return gate;
        }
        var limit = new DoSHandler(gate, DoSHandler.ID_FROM_REMOTE_ADDRESS,
                new DoSHandler.LeakingBucketTrackerFactory(limits.rate()), gate::refuseHaste, MOST_ADDRESSES);
        limit.excludePath("/livez", "/readyz", "/health");
        return limit;
    }

    private List<Route> routes(Models models, Services services) {
        var json = services.json();
        var routes = new ArrayList<Route>(Page.routes());
        routes.addAll(new Endpoints(models.classifier(), models.align(), alignTexts, json).routes());
        routes.addAll(new Compatible(texts, services.limits(), json, readiness::isReady).routes());
        var alive = Answer.json(json.write(new Readiness.Health("alive")));
        routes.add(Gate.open("/livez", () -> alive));
        routes.add(Gate.open("/readyz", () -> Answer.of(readiness.isReady() ? 200 : 503, Answer.JSON, json.write(
                new Readiness.Health(
                        readiness.isReady() ? "ready" : readiness.isStopping() ? "stopping" : "starting")))));
        routes.add(new Route.Direct("/metrics", Route.Dialect.AVOCET, false, () -> Answer.of(200,
                "text/plain; version=0.0.4; charset=utf-8",
                services.meters().scrape().getBytes(StandardCharsets.UTF_8))));
        return routes;
    }

    /**
     * Computes something with each model whose result is known, and then listens.
     *
     * @throws AvocetException where a model fails that, the port is taken, or the certificate can't be used
     */
    public static AvocetServer start(Models models, ServerOptions options) {
        var made = new AvocetServer(models, options);
        try {
            made.readiness.prove(models.classifier(), models.align(), made.texts.model());
            made.server.start();
            return made;
        } catch (Exception e) {
            made.close();
            throw made.failure(e);
        }
    }

    private AvocetException failure(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AvocetException known) {
                return known;
            } else if (cause instanceof BindException && isHere(options.host())) {
                return new AvocetException("port " + options.port() + " of " + options.host() + " cannot be had: "
                        + cause.getMessage() + "; stop what listens there or pass another --port", e);
            } else if (cause instanceof BindException || cause instanceof UnresolvedAddressException) {
                return new AvocetException(
                        options.host() + " is no name or address of this machine; pass another --host", e);
            }
        }
        return new AvocetException("the server cannot start: " + e, e);
    }

    private static boolean isHere(String host) {
        try {
            var address = InetAddress.getByName(host);
            return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }

    private ServerConnector connector(ServerOptions options) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(HEAD_BYTES);
        http.setHttpCompliance(HttpCompliance.RFC9110);
        http.setUriCompliance(UriCompliance.RFC3986);
        http.setMaxUnconsumedRequestContentReads(16);
        var factory = new HttpConnectionFactory(http);
        factory.setInputBufferSize(INPUT_BYTES);
        var factories = new ArrayList<ConnectionFactory>();
        options.pem().ifPresent(pem -> {
            var tls = new SslContextFactory.Server();
            tls.setKeyStore(pem.keyStore());
            tls.setKeyStorePassword("");
            tls.setKeyManagerPassword("");
            factories.add(new SslConnectionFactory(tls, factory.getProtocol()));
        });
        factories.add(factory);
        var made = new ServerConnector(server, null, null, null, 1, 1, factories.toArray(ConnectionFactory[]::new));
        made.setHost(options.host());
        made.setPort(options.port());
        made.setIdleTimeout(IDLE.toMillis());
        made.setAcceptQueueSize(1024);
        return made;
    }

    /**
     * The names that a server for this machine alone answers to: a page elsewhere whose name is made to lead here must not
     * reach it.
     */
    private Set<String> hosts() {
        try {
            return InetAddress.getByName(options.host()).isLoopbackAddress()
                    ? Set.copyOf(List.of("localhost", "127.0.0.1", "[::1]", options.host()))
                    : Set.of();
        } catch (UnknownHostException e) {
            return Set.of();
        }
    }

    /** Where it listens. */
    public URI address() {
        var host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
        return URI
                .create((options.pem().isPresent() ? "https" : "http") + "://" + host + ":" + connector.getLocalPort());
    }

    /**
     * Refuses new requests, finishes those that have come, for as long as {@link Limits#grace} allows, and stops
     * listening. Closing again does nothing.
     */
    @Override
    public void close() {
        readiness.stop();
        try {
            server.stop();
        } catch (Exception e) {
            throw new AvocetException("the server did not stop in order: " + e, e);
        } finally {
            desks.values().forEach(Desk::close);
            texts.close();
            alignTexts.close();
        }
    }
}
