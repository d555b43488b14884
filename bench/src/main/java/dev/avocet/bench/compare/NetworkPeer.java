// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Workload;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** The engines that run whole networks. */
enum NetworkPeer {
    ONNXRUNTIME("onnxruntime") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return places.java("OnnxRuntimeWorker", places.graph(workload), inputs, exported(workload), threads);
        }
    },
    OPENVINO("openvino") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return places.python("peer_openvino.py", places.graph(workload).toString(), inputs.toString(),
                    exported(workload), Integer.toString(threads));
        }
    },
    TORCH("torch") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return torch("eager", workload, inputs, places, threads);
        }
    },
    TORCH_CHANNELS_LAST("torch-channels-last") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return torch("channels-last", workload, inputs, places, threads);
        }
    },
    TORCH_COMPILE("torch-compile") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return torch("compile", workload, inputs, places, threads);
        }
    };

    private final String id;

    NetworkPeer(String id) {
        this.id = id;
    }

    /** All names, as in {@code --peers onnxruntime,torch}. */
    static List<String> ids() {
        return Arrays.stream(values()).map(peer -> peer.id).toList();
    }

    /** A network at a batch size, with those of these engines whose names are given. */
    static Contest contest(Workload workload, int batch, Set<String> names, Places places, int threads)
            throws IOException {
        var entrants = new LinkedHashMap<String, Contest.Entrant>();
        entrants.put(Contest.AVOCET, inputs -> places.java("AvocetWorker", workload.checkpoint(places.home()), inputs,
                workload.output(), threads));
        for (var peer : values()) {
            if (names.contains(peer.id)) {
                entrants.put(peer.id, inputs -> peer.command(workload, inputs, places, threads));
            }
        }
        var inputs = workload.inputs(batch);
        try (var pretrained = Pretrained.open(workload.checkpoint(places.home()))) {
            var shapes = new LinkedHashMap<String, Shape>();
            inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            var ops = Ops.record();
            var graph = ops.graph(pretrained.model().forward(ops, shapes)).only(List.of(workload.output()));
            return new Contest(workload.title(), batch, inputs, graph.flops() / 1e9, entrants);
        }
    }

    abstract List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException;

    private static List<String> torch(String mode, Workload workload, Path inputs, Places places, int threads)
            throws IOException {
        return places.python("peer_torch.py", mode, workload.checkpoint(places.home()).toString(), inputs.toString(),
                exported(workload), Integer.toString(threads));
    }

    /** What the output is called where a tower is a model of its own, as in Hugging Face transformers. */
    private static String exported(Workload workload) {
        var path = workload.output();
        return path.substring(path.indexOf('.') + 1);
    }
}
