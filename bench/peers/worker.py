# SPDX-License-Identifier: Apache-2.0
"""The process's side of a comparison, for the peers in Python; the protocol is described in Worker.java."""
import os
import sys

import numpy
from safetensors.numpy import load_file, save_file


class Task:
    """What the command line says: a model, its inputs by name, the output's name, how many threads compute."""

    def __init__(self, model, inputs, output, threads):
        self.model, self.output = model, output
        self.inputs = load_file(inputs)
        self.threads = int(threads)

    @classmethod
    def from_command_line(cls):
        """From the last four arguments; what comes before them is the peer's own."""
        return cls(*sys.argv[-4:])


def serve(version, run):
    """Answers requests until there are no more; run() makes one inference and returns a function that gives its output."""
    print("ready " + version, file=answers, flush=True)
    output = None
    for line in sys.stdin:
        request, _, argument = line.rstrip("\n").partition(" ")
        if request == "run":
            for _ in range(int(argument)):
                output = run()
        elif request == "output":
            save_file({"output": numpy.ascontiguousarray(output())}, argument)
        else:
            sys.exit("unknown request: " + line)
        print("ok", file=answers, flush=True)


# What libraries print goes to standard error, so that it never passes for an answer.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
