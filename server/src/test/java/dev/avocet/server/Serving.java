// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.models.BundledModels;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.ImageClassifier;
import dev.avocet.pipelines.LoadOptions;
import dev.avocet.pipelines.Prediction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The bundled models behind a real server on a free port, and a client. */
final class Serving implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private final Contract contract = new Contract();
    private static final Path SAMPLES = Path.of("../models/samples");

    private final Device device = device();
    private final Telemetry telemetry = new Telemetry();
    private final LoadOptions load = LoadOptions.defaults().withListener(telemetry);
    final ImageClassifier classifier = ImageClassifier.load(BundledModels.tinyVit(), device, load);
    final Align align = Align.load(BundledModels.tinyAlign(), device, load);
    final AvocetServer server;
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Serving(UnaryOperator<ServerOptions> options) {
        this.server = AvocetServer.start(
                new AvocetServer.Models(new Hosted<>(classifier, "tiny-vit", "ten classes", true),
                        new Hosted<>(align, "tiny-align", "captions", true), Optional.empty(), telemetry),
                options.apply(ServerOptions.local(2)));
    }

    private static Device device() {
        var options = DeviceOptions.ofThreads(2);
        try {
            return Device.firstOf(options, "cpu");
        } catch (BackendUnavailable noCompiler) {
            return Device.firstOf(options, "reference");
        }
    }

    static byte[] sample(String name) {
        try {
            return Files.readAllBytes(SAMPLES.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI at(String path) {
        return URI.create(server.address() + path);
    }

    HttpRequest.Builder post(String path, String type, byte[] body) {
        return HttpRequest.newBuilder(at(path)).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body));
    }

    /** Sends it and holds the answer to what the server says of itself. */
    HttpResponse<byte[]> send(HttpRequest.Builder builder) {
        try {
            var request = builder.build();
            var response = client.send(request, BodyHandlers.ofByteArray());
            contract.hold(request, response);
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<byte[]> image(String path, byte[] picture) {
        return send(post(path, "image/jpeg", picture));
    }

    HttpResponse<byte[]> json(String path, String body) {
        return send(post(path, "application/json", body.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    HttpResponse<byte[]> get(String path) {
        return send(HttpRequest.newBuilder(at(path)));
    }

    static JsonNode tree(HttpResponse<byte[]> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bits of a score survive its text. */
    static List<Prediction> predictions(HttpResponse<byte[]> response) {
        var predictions = new ArrayList<Prediction>();
        for (var each : tree(response).get("predictions")) {
            predictions.add(new Prediction(each.get("index").intValue(), each.get("label").textValue(),
                    Float.parseFloat(each.get("score").asText())));
        }
        return predictions;
    }

    @Override
    public void close() {
        client.close();
        server.close();
        align.close();
        classifier.close();
        device.close();
    }
}
