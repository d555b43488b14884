// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.TensorSource;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The published models whose size the backend is built for, without their weights. */
enum FullSizeModel {
    VIT_LARGE("ViT-L/16-384", "logits", Map.of("pixel_values", Shape.of(1, 3, 384, 384)), Map.of(
            "model_type", "vit", "hidden_size", 1024, "intermediate_size", 4096, "image_size", 384,
            "num_attention_heads", 16, "num_hidden_layers", 24, "num_labels", 1000)),
    EFFICIENTNET_B7("EfficientNet-B7/600", "pooler_output", Map.of("pixel_values", Shape.of(1, 3, 600, 600)), Map.of(
            "model_type", "align_vision_model")),
    BERT_BASE("BERT-base, 64 tokens", "pooler_output", Map.of("input_ids", Shape.of(1, 64)), Map.of(
            "model_type", "align_text_model"));

    private final String title;
    private final String output;
    private final Map<String, Shape> inputs;
    private final Map<String, ?> config;

    FullSizeModel(String title, String output, Map<String, Shape> inputs, Map<String, ?> config) {
        this.title = title;
        this.output = output;
        this.inputs = inputs;
        this.config = config;
    }

    String title() {
        return title;
    }

    /** The network for one picture or text. */
    Graph graph() {
        var model = Model.load(new Config(title, config), Weights.comparing(new Nothing(), new ArrayList<>()));
        var ops = Ops.record();
        return ops.graph(model.forward(ops, inputs)).only(List.of(output));
    }

    /** Has what tells a model that there is a head, and none of it in the right shape: everything is zeros. */
    private record Nothing() implements TensorSource {
        @Override
        public Set<String> names() {
            return Set.of("classifier.weight", "pooler.dense.weight");
        }

        @Override
        public HostTensor tensor(String name) {
            return HostTensor.zeros(DType.F32, Shape.of(1));
        }

        @Override
        public String origin(String name) {
            return "nowhere";
        }
    }
}
