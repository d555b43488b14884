// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The names that versions 2 to 5 of Hugging Face transformers gave to one and the same tensor, brought to those that
 * most checkpoints on the hub have, and by which the models here ask.
 */
final class VersionNames {
    private record Rule(Pattern pattern, String replacement) {
        Rule(String regex, String replacement) {
            this(Pattern.compile(regex), replacement);
        }
    }

    private static final List<Rule> RULES = List.of(
            // BERT as it was converted from TensorFlow, where a norm's two vectors have letters for names.
            new Rule("LayerNorm\\.gamma$", "LayerNorm.weight"),
            new Rule("LayerNorm\\.beta$", "LayerNorm.bias"),
            // ViT as version 5 has it in memory, and on disk when it is told not to save in the original format.
            new Rule("^(vit\\.)?layers\\.(\\d+)\\.", "$1encoder.layer.$2."),
            new Rule("^((?:vit\\.)?encoder\\.layer\\.\\d+\\.)attention\\.q_proj\\.", "$1attention.attention.query."),
            new Rule("^((?:vit\\.)?encoder\\.layer\\.\\d+\\.)attention\\.k_proj\\.", "$1attention.attention.key."),
            new Rule("^((?:vit\\.)?encoder\\.layer\\.\\d+\\.)attention\\.v_proj\\.", "$1attention.attention.value."),
            new Rule("^((?:vit\\.)?encoder\\.layer\\.\\d+\\.)attention\\.o_proj\\.", "$1attention.output.dense."),
            new Rule("^((?:vit\\.)?encoder\\.layer\\.\\d+\\.)mlp\\.fc1\\.", "$1intermediate.dense."),
            new Rule("^((?:vit\\.)?encoder\\.layer\\.\\d+\\.)mlp\\.fc2\\.", "$1output.dense."));

    private VersionNames() {}

    /** The name that a model asks for. */
    static String common(String name) {
        var renamed = name;
        for (var rule : RULES) {
            renamed = rule.pattern().matcher(renamed).replaceFirst(rule.replacement());
        }
        return renamed;
    }
}
