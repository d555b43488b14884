// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The engines that are compared, and how each is started. */
enum Peer {
    AVOCET("avocet") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return java("AvocetWorker", workload.checkpoint(places.home()), inputs, workload.output(), threads);
        }
    },
    ONNXRUNTIME("onnxruntime") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return java("OnnxRuntimeWorker", places.graph(workload), inputs, exported(workload), threads);
        }
    },
    OPENVINO("openvino") {
        @Override
        List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException {
            return List.of(places.python(), places.script("peer_openvino.py"), places.graph(workload).toString(),
                    inputs.toString(), exported(workload), Integer.toString(threads));
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

    Peer(String id) {
        this.id = id;
    }

    /** The short name, as in {@code --peers onnxruntime,torch}. */
    String id() {
        return id;
    }

    /** The peer of this name. */
    static Peer of(String id) {
        return Arrays.stream(values()).filter(peer -> peer.id.equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no peer \"" + id + "\"; there are "
                        + Arrays.stream(values()).map(Peer::id).collect(Collectors.joining(", "))));
    }

    /**
     * The command of a worker for this workload.
     *
     * @throws NotHereException where something that it needs is not installed
     */
    abstract List<String> command(Workload workload, Path inputs, Places places, int threads) throws IOException;

    /** A worker of this build, in a JVM as users start it: no options but the one that native code needs. */
    private static List<String> java(String worker, Path model, Path inputs, String output, int threads) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"),
                "dev.avocet.bench.worker." + worker,
                model.toString(), inputs.toString(), output, Integer.toString(threads)));
    }

    private static List<String> torch(String mode, Workload workload, Path inputs, Places places, int threads)
            throws IOException {
        return List.of(places.python(), places.script("peer_torch.py"), mode,
                workload.checkpoint(places.home()).toString(), inputs.toString(), exported(workload),
                Integer.toString(threads));
    }

    /** What the output is called where a tower is a model of its own, as in Hugging Face transformers. */
    private static String exported(Workload workload) {
        var path = workload.output();
        return path.substring(path.indexOf('.') + 1);
    }
}
