// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Workload;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            return places.python("peer_openvino.py", places.graph(workload), inputs, exported(workload), threads);
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

    private static final int REQUESTS_PER_CALLER = 16;

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
        entrants.put(Contest.AVOCET, inputs -> List.of(avocet("AvocetWorker", workload, inputs, places, threads)));
        for (var peer : named(names)) {
            entrants.put(peer.id, inputs -> List.of(peer.command(workload, inputs, places, threads)));
        }
        var inputs = workload.inputs(batch);
        return new Contest(
                workload.title(), threads, batch, 1, inputs, gflop(workload, inputs, places), entrants);
    }

    /**
     * As many callers as threads, one inference each at a time: Avocet on one device, also with many virtual threads as callers,
     * and of the others as many processes of one thread.
     */
    static Contest callers(Workload workload, Set<String> names, Places places, int threads) throws IOException {
        int requests = REQUESTS_PER_CALLER * threads;
        var entrants = new LinkedHashMap<String, Contest.Entrant>();
        entrants.put(Contest.AVOCET,
                inputs -> List.of(avocet("CallersWorker", workload, inputs, places, threads, threads, "platform")));
        entrants.put(Contest.AVOCET + ", " + requests + " virtual threads",
                inputs -> List.of(avocet("CallersWorker", workload, inputs, places, threads, requests, "virtual")));
        for (var peer : named(names)) {
            entrants.put(peer.id + ", " + threads + " processes",
                    inputs -> Collections.nCopies(threads, peer.command(workload, inputs, places, 1)));
        }
        var inputs = workload.inputs(1);
        return new Contest(workload.title() + ", " + threads + " callers at once", threads, 1, requests, inputs,
                gflop(workload, inputs, places), entrants);
    }

    private static List<NetworkPeer> named(Set<String> names) {
        return Arrays.stream(values()).filter(peer -> names.contains(peer.id)).toList();
    }

    private static List<String> avocet(String worker, Workload workload, Path inputs, Places places, Object... more)
            throws IOException {
        var arguments = new ArrayList<Object>(
                List.of(workload.checkpoint(places.home()), inputs, workload.output()));
        arguments.addAll(List.of(more));
        return places.avocet(worker, arguments.toArray());
    }

    private static double gflop(Workload workload, Map<String, HostTensor> inputs, Places places) throws IOException {
        try (var pretrained = Pretrained.open(workload.checkpoint(places.home()))) {
            var shapes = new LinkedHashMap<String, Shape>();
            inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            var ops = Ops.record();
            var graph = ops.graph(pretrained.model().forward(ops, shapes)).only(List.of(workload.output()));
            return graph.flops() / 1e9;
        }
    }

    abstract List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException;

    private static List<String> torch(String mode, Workload workload, Path inputs, Places places, int threads)
            throws IOException {
        return places.python("peer_torch.py", mode, workload.checkpoint(places.home()), inputs, exported(workload),
                threads);
    }

    /** What the output is called where a tower is a model of its own, as in Hugging Face transformers. */
    private static String exported(Workload workload) {
        var path = workload.output();
        return path.substring(path.indexOf('.') + 1);
    }
}
