// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.ImageClassifier;
import dev.avocet.pipelines.TextEmbedder;
import dev.avocet.server.ApiKey;
import dev.avocet.server.AvocetServer;
import dev.avocet.server.Hosted;
import dev.avocet.server.Limits;
import dev.avocet.server.Pem;
import dev.avocet.server.ServerOptions;
import dev.avocet.server.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code avocet serve}. */
@Command(
        name = "serve",
        header = "Answer over HTTP, with a web page to try the models.",
        description = {"", "Serves a JSON API and a page, for this machine alone unless --host says otherwise. Ends at "
                + "Ctrl-C or SIGTERM, after the requests in flight.",
            ""},
        footer = {"", "Example: avocet serve --port 8080"})
final class Serve implements Executable {
    private static final String KEY_VARIABLE = "AVOCET_API_KEY";
    private static final int LAST_PORT = 65_535;
    /** Texts that a server computes together. */
    private static final int BATCH = 8;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1",
            description = "Address or name to listen on; 0.0.0.0 for all of this machine. Default: 127.0.0.1.")
    private String host;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8080",
            description = "Port to listen on; 0 for any that is free. Default: 8080.")
    private int port;

    @Option(names = "--vit", paramLabel = "MODEL",
            description = "The classifier: " + ModelReference.HELP + " Default: tiny-vit.")
    private String vit;

    @Option(names = "--align", paramLabel = "MODEL",
            description = "The model for labels and embeddings. Default: tiny-align.")
    private String align;

    @Option(names = "--embedder", paramLabel = "MODEL",
            description = "A sentence-transformers model for /v1/embeddings and /embed. Default: ALIGN's texts.")
    private String embedder;

    @Option(names = "--api-key-file", paramLabel = "FILE",
            description = "File with the key that clients must send. Or set AVOCET_API_KEY.")
    private Path keyFile;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Certificate chain in PEM, for https.")
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key in PEM (PKCS #8).")
    private Path privateKey;

    @Option(names = "--queue", paramLabel = "N", defaultValue = "64", converter = AtLeastOne.class,
            description = "Requests that may wait; more are refused (429). Default: 64.")
    private int queue;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "10", converter = AtLeastOne.class,
            description = "Longest time to an answer (504). Default: 10.")
    private int timeout;

    @Option(names = "--rate", paramLabel = "N", converter = AtLeastOne.class,
            description = "Requests per second that one address may send (429). Default: any number.")
    private int rate;

    private final Terminal terminal;
    private final CommonOptions common;

    Serve(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        if (port < 0 || port > LAST_PORT) {
            throw new UsageException("--port must be from 0 to " + LAST_PORT + ", not " + port);
        }
        if ((certificate == null) != (privateKey == null)) {
            throw new UsageException("--tls-cert and --tls-key belong together");
        }
        var key = key();
        var classifierModel = ModelReference.of(vit, Demo.TINY_VIT, terminal, common);
        var alignModel = ModelReference.of(align, Demo.TINY_ALIGN, terminal, common);
        var embedderModel = embedder == null ? null : ModelReference.of(embedder, terminal, common);
        var telemetry = new Telemetry();
        var load = common.loadOptions().withListener(telemetry);
        try (var device = common.open(terminal, () -> Work.of(classifierModel));
                var classifier = ImageClassifier.load(classifierModel.folder(), device, load);
                var labels = Align.load(alignModel.folder(), device, load);
                var texts = embedderModel == null ? null : TextEmbedder.load(embedderModel.folder(), device, load)) {
            terminal.say("warming up");
            labels.warmUp(1);
            if (texts != null) {
                texts.warmUp(1, BATCH);
            }
            var models = new AvocetServer.Models(hosted(classifier, classifierModel), hosted(labels, alignModel),
                    Optional.ofNullable(texts).map(embedding -> hosted(embedding, embedderModel)), telemetry);
            var options = new ServerOptions(host, port, common.deviceOptions().slots(), key,
                    Optional.ofNullable(certificate).map(chain -> new Pem(chain, privateKey)),
                    Limits.DEFAULT.withQueue(queue).withTimeout(Duration.ofSeconds(timeout)).withRate(rate));
            try (var server = AvocetServer.start(models, options)) {
                var stopped = Signals.latch();
                warnIfOpen(key);
                terminal.say("listening on " + server.address() + " (Ctrl-C ends it)");
                stopped.await();
                terminal.say("finishing the requests in flight; a second signal ends at once");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return OK;
    }

    private static <M> Hosted<M> hosted(M model, ModelReference reference) {
        var demo = Demo.named(reference.name());
        return new Hosted<>(model, demo.isPresent() ? reference.name() : name(reference.name()),
                demo.map(Demo::training).orElse("given to this server when it was started"), demo.isPresent());
    }

    /** Names on the hub as they are; of paths the last part, since clients need not know the others. */
    private static String name(String reference) {
        var path = Path.of(reference);
        return Files.isDirectory(path) ? path.toAbsolutePath().normalize().getFileName().toString() : reference;
    }

    private Optional<ApiKey> key() {
        try {
            if (keyFile != null) {
                return Optional.of(new ApiKey(Files.readString(keyFile).strip()));
            }
            return Optional.ofNullable(System.getenv(KEY_VARIABLE)).map(ApiKey::new);
        } catch (IOException e) {
            throw new AvocetException(keyFile + " cannot be read; check the path of the API key and its permissions",
                    e);
        } catch (IllegalArgumentException e) {
            throw new AvocetException((keyFile == null ? KEY_VARIABLE : keyFile) + ": " + e.getMessage(), e);
        }
    }

    private void warnIfOpen(Optional<ApiKey> key) {
        try {
            if (key.isEmpty() && !InetAddress.getByName(host).isLoopbackAddress()) {
                terminal.say("other machines can reach this server, and no API key is set (--api-key-file)");
            }
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the server listens there", e);
        }
    }
}
