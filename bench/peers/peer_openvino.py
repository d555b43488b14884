#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""OpenVINO as a worker, reading an exported graph.

usage: peer_openvino.py GRAPH.onnx INPUTS OUTPUT THREADS
"""
import os

import openvino
import worker


def main():
    task = worker.Task.from_command_line()
    core = openvino.Core()
    model = core.read_model(task.model)
    model.reshape({name: list(values.shape) for name, values in task.inputs.items()})
    compiled = core.compile_model(model, "CPU", {
        "INFERENCE_PRECISION_HINT": "f32",  # otherwise it computes in bf16 on processors that can
        "INFERENCE_NUM_THREADS": task.threads,
        "NUM_STREAMS": 1,
        "ENABLE_CPU_PINNING": task.threads == os.cpu_count(),  # otherwise several processes share one processor
        "PERFORMANCE_HINT": "LATENCY",
    })
    request = compiled.create_infer_request()
    for name, values in task.inputs.items():
        request.set_tensor(name, openvino.Tensor(values))

    def run():
        request.infer()
        return lambda: request.get_output_tensor().data

    worker.serve("OpenVINO " + openvino.__version__.split("-")[0], run)


if __name__ == "__main__":
    main()
