// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Model;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.OutputFile;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code avocet run}. */
@Command(
        name = "run",
        header = "Run a model on tensors, with nothing around it.",
        description = {
            "",
            "Reads pixel_values, input_ids, attention_mask and token_type_ids, named and shaped as in Hugging Face",
            "transformers, and writes all results under their names there. ALIGN also takes only pictures or only texts.",
            ""},
        footer = {"", "Example: avocet run --model FOLDER --input in.safetensors --output out.safetensors"})
final class RunModel implements Executable {
    private static final Pattern HIDDEN_STATES = Pattern.compile("(.*\\.)?hidden_states\\.[0-9]+");
    private static final Pattern ATTENTIONS = Pattern.compile("(.*\\.)?attentions\\.[0-9]+");

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = ModelReference.HELP)
    private String model;

    @Option(names = "--input", required = true, paramLabel = "FILE",
            description = "The inputs, a .safetensors file: pictures of any floating-point type, ids as I64 or I32.")
    private Path input;

    @Option(names = "--output", required = true, paramLabel = "FILE",
            description = "Where the results go, a .safetensors file.")
    private Path output;

    @Option(names = "--hidden-states", description = "Write hidden_states.N too.")
    private boolean hiddenStates;

    @Option(names = "--attentions", description = "Write attentions.N too.")
    private boolean attentions;

    private final Terminal terminal;
    private final CommonOptions common;

    RunModel(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        OutputFile.requireWritable(output);
        var chosen = ModelReference.of(model, terminal, common);
        try (var pretrained = Pretrained.open(chosen.folder());
                var given = Checkpoint.open(input);
                var device = common.open(terminal, () -> Work.of(chosen));
                var session = common.session(chosen.name(), pretrained, device)) {
            var inputs = inputs(pretrained.model(), given);
            var results = session.run(inputs, wanted(session, inputs));
            SafetensorsWriter.write(output, results, Map.of());
            return OK;
        } catch (ArithmeticException e) {
            throw new AvocetException(
                    input + ": the results are too large for one run; give fewer pictures or texts at once", e);
        }
    }

    private SequencedMap<String, HostTensor> inputs(Model network, Checkpoint given) {
        var inputs = new LinkedHashMap<String, HostTensor>();
        for (var name : given.names()) {
            var type = network.inputs().get(name);
            if (type == null) {
                throw new AvocetException(input + ": there is a tensor \"" + name + "\", and this model takes only "
                        + String.join(", ", network.inputs().sequencedKeySet()));
            }
            inputs.put(name, given.read(name, tensor -> converted(name, tensor, type)));
        }
        return inputs;
    }

    private HostTensor converted(String name, HostTensor tensor, DType wanted) {
        if (tensor.dtype().isFloating() != wanted.isFloating()) {
            throw new AvocetException(input + ": " + name + " is " + tensor + "; wanted "
                    + (wanted.isFloating() ? "floating point" : "I64 or I32"));
        }
        try {
            return wanted.isFloating()
                    ? HostTensor.of(tensor.shape(), tensor.toFloats())
                    : HostTensor.of(tensor.shape(), tensor.toInts());
        } catch (ArithmeticException e) {
            throw new AvocetException(
                    input + ": " + name + " " + tensor + " has too many elements, or one beyond 32 bits", e);
        }
    }

    private List<String> wanted(Session session, Map<String, HostTensor> inputs) {
        var shapes = new LinkedHashMap<String, Shape>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return session.results(shapes).sequencedKeySet().stream()
                .filter(name -> hiddenStates || !HIDDEN_STATES.matcher(name).matches())
                .filter(name -> attentions || !ATTENTIONS.matcher(name).matches())
                .toList();
    }
}
