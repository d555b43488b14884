// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.ImageClassifier;
import dev.avocet.pipelines.LabelSet;
import dev.avocet.pipelines.Prediction;
import dev.avocet.server.Route.Body;
import dev.avocet.server.Route.Computed;
import dev.avocet.server.Route.Dialect;
import dev.avocet.server.Route.Direct;
import dev.avocet.server.Route.Lane;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Avocet's own API: pictures as raw bodies, everything else as JSON. */
final class Endpoints {
    static final String TEMPLATE = "This is a photo of {}.";
    /** Sets of labels whose embeddings are kept: a page or a service asks with the same ones again and again. */
    private static final int KEPT_LABEL_SETS = 32;

    private final Hosted<ImageClassifier> classifier;
    private final Hosted<Align> align;
    private final TextBatches texts;
    private final Json json;
    private final Map<LabelRequest, LabelSet> labelSets =
            Collections.synchronizedMap(new LinkedHashMap<LabelRequest, LabelSet>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<LabelRequest, LabelSet> eldest) {
                    return size() > KEPT_LABEL_SETS;
                }
            });

    /** @param texts those of {@code align} */
    Endpoints(Hosted<ImageClassifier> classifier, Hosted<Align> align, TextBatches texts, Json json) {
        this.classifier = classifier;
        this.align = align;
        this.texts = texts;
        this.json = json;
    }

    List<Route> routes() {
        return List.of(
                new Direct("/api/models", Dialect.AVOCET, false, () -> Answer.json(json.write(models()))),
                new Computed("/api/classify", Dialect.AVOCET, Map.of(Body.IMAGE, Lane.PICTURES), this::classify),
                new Computed("/api/zero-shot", Dialect.AVOCET,
                        Map.of(Body.IMAGE, Lane.PICTURES, Body.JSON, Lane.PICTURES), this::zeroShot),
                new Computed("/api/embed", Dialect.AVOCET, Map.of(Body.IMAGE, Lane.PICTURES, Body.JSON, Lane.TEXTS),
                        this::embed));
    }

    private record LabelRequest(String template, List<String> labels) {}

    record Predictions(String model, List<Prediction> predictions) {}

    record ImageEmbedding(String model, float[] embedding) {}

    record TextEmbeddings(String model, float[][] embeddings) {}

    record Model(
            String name, String task, String description, boolean demonstration, Integer classes, Integer dimensions,
            Float temperature) {}

    record Models(List<Model> models) {}

    private Models models() {
        return new Models(List.of(
                new Model(classifier.name(), "classify", classifier.description(), classifier.demonstration(),
                        classifier.model().labels().size(), null, null),
                new Model(align.name(), "zero-shot", align.description(), align.demonstration(), null,
                        align.model().dimensions(), align.model().temperature())));
    }

    private Predictions classify(Call call) throws InterruptedException {
        var model = classifier.model();
        int topK = call.parameter("top_k", Math.min(5, model.labels().size()), model.labels().size());
        return new Predictions(classifier.name(), model.classify(call.image(), topK));
    }

    private Predictions zeroShot(Call call) throws InterruptedException {
        return new Predictions(align.name(), switch (call.type()) {
            case IMAGE -> {
                var labels = call.parameter("labels");
                if (labels == null) {
                    throw Json.invalid("the query lacks labels, a JSON list: ?labels=[\"cat\",\"dog\"], URL-encoded");
                }
                var set = labels(call.parameter("template"), json.texts(labels, "labels"));
                yield align.model().zeroShot(call.image(), set);
            }
            case JSON -> zeroShot(call, call.object(Set.of("labels", "template", "image", "embedding")));
        });
    }

    private List<Prediction> zeroShot(Call call, JsonNode body) throws InterruptedException {
        if (body.has("image") == body.has("embedding")) {
            throw Json.invalid("the body has either image, a picture in base64, or embedding, a list of numbers");
        }
        var template = body.has("template") ? json.text(body.get("template"), "template") : null;
        var names = json.texts(body.get("labels"), "labels");
        if (body.has("image")) {
            var image = call.image(body.get("image"));
            return align.model().zeroShot(image, labels(template, names));
        }
        var embedding = embedding(body.get("embedding"));
        return align.model().zeroShot(embedding, labels(template, names));
    }

    private LabelSet labels(String given, List<String> labels) {
        var template = given == null ? TEMPLATE : json.checked(given, "template");
        if (!template.contains("{}")) {
            throw Json.invalid("template has no {} for the label");
        }
        var wanted = new LabelRequest(template, labels);
        var known = labelSets.get(wanted);
        if (known == null) {
            known = align.model().labels(template, labels);
            labelSets.put(wanted, known);
        }
        return known;
    }

    private float[] embedding(JsonNode numbers) {
        int dimensions = align.model().dimensions();
        if (!numbers.isArray() || numbers.size() != dimensions) {
            throw Json.invalid("embedding must be a list of " + dimensions + " numbers");
        }
        var embedding = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            embedding[i] = numbers.get(i).isNumber() ? numbers.get(i).floatValue() : Float.NaN;
            if (!Float.isFinite(embedding[i])) {
                throw Json.invalid("embedding[" + i + "] is not a number that a float can hold");
            }
        }
        return embedding;
    }

    private Object embed(Call call) throws InterruptedException {
        return switch (call.type()) {
            case IMAGE -> new ImageEmbedding(align.name(), align.model().embed(call.image()));
            case JSON -> {
                var given = json.texts(call.object(Set.of("texts")).get("texts"), "texts");
                yield new TextEmbeddings(align.name(), texts.embed(given, call));
            }
        };
    }
}
