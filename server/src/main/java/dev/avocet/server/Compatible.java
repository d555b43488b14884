// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.server.ApiException.Status;
import dev.avocet.server.Route.Body;
import dev.avocet.server.Route.Computed;
import dev.avocet.server.Route.Dialect;
import dev.avocet.server.Route.Direct;
import dev.avocet.server.Route.Lane;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** What clients of OpenAI's embeddings and of text-embeddings-inference ask for, so that they switch by base URL. */
final class Compatible {
    private final TextBatches texts;
    private final Limits limits;
    private final Json json;
    private final BooleanSupplier ready;

    Compatible(TextBatches texts, Limits limits, Json json, BooleanSupplier ready) {
        this.texts = texts;
        this.limits = limits;
        this.json = json;
        this.ready = ready;
    }

    List<Route> routes() {
        return List.of(
                new Computed("/v1/embeddings", Dialect.OPEN_AI, Map.of(Body.JSON, Lane.TEXTS), this::openAi),
                new Direct("/v1/models", Dialect.OPEN_AI, false, () -> Answer.json(json.write(
                        new OpenAiModels("list",
                                List.of(new OpenAiModel(texts.model().name(), "model", 0, "avocet")))))),
                new Computed("/embed", Dialect.TEXT_EMBEDDINGS_INFERENCE, Map.of(Body.JSON, Lane.TEXTS),
                        this::tei),
                new Direct("/info", Dialect.TEXT_EMBEDDINGS_INFERENCE, false, () -> Answer.json(json.write(info()))),
                new Direct("/health", Dialect.TEXT_EMBEDDINGS_INFERENCE, true, this::health));
    }

    record OpenAiModel(String id, String object, long created, @JsonProperty("owned_by") String ownedBy) {}

    record OpenAiModels(String object, List<OpenAiModel> data) {}

    /** @param embedding numbers, or their bytes in base64 */
    record OpenAiEmbedding(String object, int index, Object embedding) {}

    record Usage(@JsonProperty("prompt_tokens") int promptTokens, @JsonProperty("total_tokens") int totalTokens) {}

    record OpenAiEmbeddings(String object, List<OpenAiEmbedding> data, String model, Usage usage) {}

    record TextModelInfo(
            @JsonProperty("model_id") String modelId, @JsonProperty("model_dtype") String modelDtype,
            @JsonProperty("max_client_batch_size") int maxClientBatchSize,
            @JsonProperty("auto_truncate") boolean autoTruncate) {}

    private OpenAiEmbeddings openAi(Call call) throws InterruptedException {
        var body = call.object(Set.of("input", "model", "encoding_format", "dimensions", "user"));
        var format = body.has("encoding_format") ? json.text(body.get("encoding_format"), "encoding_format") : "float";
        if (!format.equals("float") && !format.equals("base64")) {
            throw Json.invalid("encoding_format must be float or base64");
        }
        requireDimensions(body.get("dimensions"));
        var inputs = inputs(body.get("input"), "input");
        var vectors = texts.embed(inputs, call);
        int tokens = inputs.stream().mapToInt(texts.model().tokens()).sum();
        var data = IntStream.range(0, vectors.length)
                .mapToObj(i -> new OpenAiEmbedding("embedding", i,
                        format.equals("float") ? vectors[i] : base64(vectors[i])))
                .toList();
        return new OpenAiEmbeddings("list", data, texts.model().name(), new Usage(tokens, tokens));
    }

    private float[][] tei(Call call) throws InterruptedException {
        var body = call.object(Set.of("inputs", "normalize", "truncate", "truncation_direction", "prompt_name",
                "dimensions"));
        requireDimensions(body.get("dimensions"));
        if (body.has("normalize") && !body.get("normalize").booleanValue()) {
            throw Json.invalid("normalize must be true: this server's embeddings have length 1");
        }
        if (body.hasNonNull("prompt_name")) {
            throw Json.invalid("prompt_name: this server's models have no prompts");
        }
        if (body.hasNonNull("truncation_direction")
                && !body.get("truncation_direction").asText().equalsIgnoreCase("right")) {
            throw Json.invalid("truncation_direction must be Right");
        }
        return texts.embed(inputs(body.get("inputs"), "inputs"), call);
    }

    private List<String> inputs(JsonNode input, String name) {
        if (input != null && input.isArray() && !input.isEmpty() && input.get(0).isNumber()) {
            throw Json.invalid(name + " must be texts: token ids depend on a tokenizer that only the server has");
        }
        return input != null && input.isTextual() ? List.of(json.text(input, name)) : json.texts(input, name);
    }

    private void requireDimensions(JsonNode wanted) {
        int own = texts.model().dimensions();
        if (wanted != null && !wanted.isNull() && !(wanted.isInt() && wanted.intValue() == own)) {
            throw Json.invalid("dimensions: this model's embeddings have " + own + " and cannot be shortened");
        }
    }

    /** Little-endian floats, as OpenAI's clients read them. */
    private static String base64(float[] vector) {
        var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private TextModelInfo info() {
        return new TextModelInfo(texts.model().name(), "float32", limits.texts(), true);
    }

    private Answer health() {
        if (!ready.getAsBoolean()) {
            throw new ApiException(Status.UNAVAILABLE, "not ready");
        }
        return Answer.json(json.write(new Readiness.Health("ok")));
    }
}
