// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.worker;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.Checkpoint;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** ONNX Runtime's Java package as a worker, with its default CPU provider, or CUDA's, and all its optimisations; its model is an .onnx file. */
final class OnnxRuntimeWorker implements Worker.Engine {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Set<String> output;
    private OrtSession.Result result;

    private OnnxRuntimeWorker(Worker.Task task) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(task.threads());
            options.setInterOpNumThreads(1);
            if (Target.isCuda()) {
                options.addCUDA();
            }
            session = environment.createSession(task.model().toString(), options);
        }
        try (var file = Checkpoint.open(task.inputs())) {
            for (var name : file.names()) {
                inputs.put(name, tensor(file.tensor(name)));
            }
        }
        output = Set.of(task.output());
    }

    private OnnxTensor tensor(HostTensor stored) throws OrtException {
        var copy = ByteBuffer.allocateDirect(Math.toIntExact(stored.data().byteSize())).order(ByteOrder.nativeOrder());
        MemorySegment.ofBuffer(copy).copyFrom(stored.data());
        var shape = Arrays.stream(stored.shape().toArray()).asLongStream().toArray();
        return stored.dtype() == DType.F32
                ? OnnxTensor.createTensor(environment, copy.asFloatBuffer(), shape)
                : OnnxTensor.createTensor(environment, copy.asLongBuffer(), shape);
    }

    public static void main(String[] args) throws Exception {
        Worker.serve(args, OnnxRuntimeWorker::new);
    }

    @Override
    public String version() {
        return "ONNX Runtime " + environment.getVersion() + " (Java)";
    }

    @Override
    public void run() throws OrtException {
        if (result != null) {
            result.close();
        }
        result = session.run(inputs, output);
    }

    @Override
    public HostTensor output() {
        var tensor = (OnnxTensor) result.get(0);
        var values = tensor.getFloatBuffer();
        var copy = new float[values.remaining()];
        values.get(copy);
        var dims = Arrays.stream(tensor.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
        return HostTensor.of(Shape.of(dims), copy);
    }
}
