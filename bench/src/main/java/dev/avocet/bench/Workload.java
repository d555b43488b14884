// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench;

import dev.avocet.bench.checkpoint.Preset;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** What is measured: one network at its published size, from input tensors to one output tensor. */
public enum Workload {
    /** Picture [B,3,384,384] to logits [B,1000]. */
    VIT("ViT-L/16-384", Preset.VIT_LARGE, "logits", 384),
    /** Picture [B,3,289,289] to the pooled features [B,640] of ALIGN's vision tower. */
    B7("EfficientNet-B7 at 289 px (ALIGN)", Preset.ALIGN_BASE, "vision_model_output.pooler_output", 289),
    /** 64 tokens [B,64], none of them padding, to the last hidden state [B,64,768] of ALIGN's text tower. */
    BERT("BERT-base, 64 tokens (ALIGN)", Preset.ALIGN_BASE, "text_model_output.last_hidden_state", 0);

    private static final int TOKENS = 64;
    private static final int VOCABULARY = 30_522;

    private final String title;
    private final Preset preset;
    private final String output;
    private final int side;

    Workload(String title, Preset preset, String output, int side) {
        this.title = title;
        this.preset = preset;
        this.output = output;
        this.side = side;
    }

    /** The workload of this name, such as {@code vit}. */
    public static Workload of(String name) {
        return Arrays.stream(values()).filter(each -> each.id().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no model \"" + name + "\"; there are "
                        + Arrays.stream(values()).map(Workload::id).collect(Collectors.joining(", "))));
    }

    /** The short name, as in {@code --models vit,b7,bert}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name for people. */
    public String title() {
        return title;
    }

    /** What the output is called in Avocet. */
    public String output() {
        return output;
    }

    /** The checkpoint's folder below the benchmarks' home; written at the first call. */
    public Path checkpoint(Path home) throws IOException {
        return preset.in(home);
    }

    /** Inputs by Hugging Face's names: pictures in F32, ids and masks in I64 as tokenizers give them. Always the same. */
    public SequencedMap<String, HostTensor> inputs(int batch) {
        var random = new Random(1);
        var inputs = new LinkedHashMap<String, HostTensor>();
        if (side > 0) {
            var pixels = new float[batch * 3 * side * side];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = 2 * random.nextFloat() - 1;
            }
            inputs.put("pixel_values", HostTensor.of(Shape.of(batch, 3, side, side), pixels));
            return inputs;
        }
        var ids = random.longs((long) batch * TOKENS, 0, VOCABULARY).toArray();
        var mask = new long[ids.length];
        Arrays.fill(mask, 1);
        var shape = Shape.of(batch, TOKENS);
        inputs.put("input_ids", new HostTensor(DType.I64, shape, MemorySegment.ofArray(ids)));
        inputs.put("attention_mask", new HostTensor(DType.I64, shape, MemorySegment.ofArray(mask)));
        return inputs;
    }
}
