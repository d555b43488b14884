// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.bert;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.model.InputShapes;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.FeedForward;
import dev.avocet.core.nn.LayerNorm;
import dev.avocet.core.nn.Linear;
import dev.avocet.core.nn.SelfAttention;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * BERT (Devlin et al., 2019) as in Hugging Face transformers 5.23, models/bert/modeling_bert.py {@code BertModel} and
 * models/align/modeling_align.py {@code AlignTextModel}.
 *
 * <p>Inputs: input_ids I32 [B,S]; attention_mask I32 [B,S], 0 where a token is padding, all ones where it is absent;
 * token_type_ids I32 [B,S], zeros where it is absent. Results: last_hidden_state [B,S,D], pooler_output [B,D] where
 * there is a pooler, hidden_states.N and attentions.N [B,heads,S,S].
 *
 * <p>Texts can also stand one after the other without padding, to the same bits as alone. Then text_ids I32 [B,S] has
 * a number for each token, the same for neighbours of one text; position_ids I32 [B,S] count in each text from 0; and
 * first_tokens I32 [N] are the places of the texts whose first token is wanted, counted through [B,S], which give
 * pooler_output [N,D]. There is no attention_mask then, and no attentions.
 *
 * @param pooler null where the checkpoint has none
 */
public record Bert(BertConfig config, Embeddings embeddings, List<Layer> layers, Linear pooler) implements Model {
    /** The model with its weights. */
    public static Bert load(BertConfig config, Weights weights) {
        int width = config.hiddenSize();
        return new Bert(
                config,
                Embeddings.load(config, weights.at("embeddings")),
                IntStream.range(0, config.numHiddenLayers())
                        .mapToObj(i -> Layer.load(config, weights.at("encoder").at("layer", i)))
                        .toList(),
                weights.hasAny("pooler") ? Linear.load(weights.at("pooler").at("dense"), width, width) : null);
    }

    @Override
    public SequencedMap<String, DType> inputs() {
        var inputs = new LinkedHashMap<String, DType>();
        inputs.put("input_ids", DType.I32);
        inputs.put("attention_mask", DType.I32);
        inputs.put("token_type_ids", DType.I32);
        inputs.put("position_ids", DType.I32);
        inputs.put("text_ids", DType.I32);
        inputs.put("first_tokens", DType.I32);
        return inputs;
    }

    @Override
    public SequencedMap<String, Tensor> forward(Ops ops, Map<String, Shape> inputs) {
        return record(ops, inputs).results();
    }

    /**
     * What {@link #record} records.
     *
     * @param first the first token of each text, [B,D], of packed ones [N,D], or null where those were not asked for
     */
    public record Recorded(SequencedMap<String, Tensor> results, Tensor first) {}

    /** As {@link #forward}, for models that go on from here. */
    public Recorded record(Ops ops, Map<String, Shape> inputs) {
        InputShapes.checkNames(inputs, inputs());
        var shape = InputShapes.require(inputs, "input_ids", -1, -1);
        boolean packed = inputs.containsKey("text_ids");
        if (packed && inputs.containsKey("attention_mask")) {
            throw new ShapeException(
                    "text_ids say which tokens see each other, so there can't be an attention_mask too");
        }
        if (!inputs.containsKey("position_ids") && shape.dim(1) > config.maxPositionEmbeddings()) {
            throw new ShapeException("input_ids: " + shape.dim(1) + " tokens are more than the "
                    + config.maxPositionEmbeddings() + " positions that this model has; truncate the text");
        }
        var ids = ops.input("input_ids", DType.I32, shape);
        var mask = optional(ops, inputs, "attention_mask", shape);
        var types = optional(ops, inputs, "token_type_ids", shape);
        var positions = optional(ops, inputs, "position_ids", shape);
        var texts = optional(ops, inputs, "text_ids", shape);

        var results = new LinkedHashMap<String, Tensor>();
        var x = embeddings.forward(ops.at("embeddings"), ids, types, positions); // [B,S,D]
        results.put("hidden_states.0", x);
        for (int i = 0; i < layers.size(); i++) {
            var place = ops.at("encoder").at("layer", i);
            var output = packed
                    ? layers.get(i).forwardPacked(place, x, texts)
                    : layers.get(i).forward(place, x, mask);
            x = output.hidden();
            results.put("hidden_states." + (i + 1), x);
            if (output.attentions() != null) {
                results.put("attentions." + i, output.attentions());
            }
        }
        results.put("last_hidden_state", x);
        var first = firstTokens(ops, inputs, x, packed);
        if (pooler != null && first != null) {
            results.put("pooler_output", ops.activation(pooler.forward(ops.at("pooler"), first), Activation.TANH));
        }
        return new Recorded(results, first);
    }

    private static Tensor firstTokens(Ops ops, Map<String, Shape> inputs, Tensor x, boolean packed) {
        if (!packed) {
            return ops.reshape(ops.slice(x, 1, 0, 1), x.shape().dim(0), x.shape().dim(2));
        }
        if (!inputs.containsKey("first_tokens")) {
            return null;
        }
        return ops.gather(x, ops.input("first_tokens", DType.I32, InputShapes.require(inputs, "first_tokens", -1)));
    }

    private static Tensor optional(Ops ops, Map<String, Shape> inputs, String name, Shape shape) {
        if (!inputs.containsKey(name)) {
            return null;
        }
        return ops.input(name, DType.I32, InputShapes.require(inputs, name, shape.toArray()));
    }

    /** Tokens as vectors: word, position and token type added and normalised. */
    public record Embeddings(
            Weight wordEmbeddings, Weight positionEmbeddings, Weight tokenTypeEmbeddings, LayerNorm layerNorm) {
        static Embeddings load(BertConfig config, Weights weights) {
            int width = config.hiddenSize();
            return new Embeddings(
                    weights.get("word_embeddings.weight", config.vocabSize(), width),
                    weights.get("position_embeddings.weight", config.maxPositionEmbeddings(), width),
                    weights.get("token_type_embeddings.weight", config.typeVocabSize(), width),
                    LayerNorm.load(weights.at("LayerNorm"), width, config.layerNormEps()));
        }

        Tensor forward(Ops ops, Tensor ids, Tensor types, Tensor positions) {
            var words = ops.embedding(ids, wordEmbeddings); // [B,S,D]
            var type = types == null
                    ? ops.slice(ops.constant(tokenTypeEmbeddings), 0, 0, 1) // [1,D]
                    : ops.embedding(types, tokenTypeEmbeddings); // [B,S,D]
            var places = positions == null
                    ? ops.slice(ops.constant(positionEmbeddings), 0, 0, ids.shape().dim(1)) // [S,D]
                    : ops.embedding(positions, positionEmbeddings); // [B,S,D]
            return layerNorm.forward(ops, ops.add(ops.add(words, type), places));
        }
    }

    /** An encoder layer; the norms come after attention and feed-forward. */
    public record Layer(
            SelfAttention attention,
            Linear attentionOutput,
            LayerNorm attentionNorm,
            FeedForward feedForward,
            LayerNorm outputNorm) {

        /** @param attentions null where texts are packed */
        record Output(Tensor hidden, Tensor attentions) {}

        static Layer load(BertConfig config, Weights weights) {
            int width = config.hiddenSize();
            var attention = weights.at("attention");
            return new Layer(
                    SelfAttention.load(attention.at("self"), width, config.numAttentionHeads(), true),
                    Linear.load(attention.at("output").at("dense"), width, width),
                    LayerNorm.load(attention.at("output").at("LayerNorm"), width, config.layerNormEps()),
                    FeedForward.load(weights, width, config.intermediateSize(), config.hiddenAct()),
                    LayerNorm.load(weights.at("output").at("LayerNorm"), width, config.layerNormEps()));
        }

        Output forward(Ops ops, Tensor x, Tensor mask) { // [B,S,D]
            var attended = attention.forward(ops.at("attention.self"), x, mask);
            return new Output(afterAttention(ops, x, attended.context()), attended.probabilities());
        }

        Output forwardPacked(Ops ops, Tensor x, Tensor texts) { // [B,S,D]
            return new Output(
                    afterAttention(ops, x, attention.forwardPacked(ops.at("attention.self"), x, texts)), null);
        }

        private Tensor afterAttention(Ops ops, Tensor x, Tensor context) {
            var projected = attentionOutput.forward(ops.at("attention.output"), context);
            var middle = attentionNorm.forward(ops.at("attention.output"), ops.add(projected, x));
            return outputNorm.forward(ops.at("output"), ops.add(feedForward.forward(ops, middle), middle));
        }
    }
}
