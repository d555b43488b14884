#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pillow and numpy as a worker: decodes JPEG files, or brings pictures to the size and range that a model takes.

usage: peer_pillow.py CHECKPOINT INPUTS rgb|pixel_values 1
"""
import io
import json
import os

import numpy
import PIL
import worker
from PIL import Image


def decode(files):
    """JPEG files to RGB."""
    files = [file.tobytes() for file in files]
    pictures = [None] * len(files)

    def run():
        for i, file in enumerate(files):
            pictures[i] = Image.open(io.BytesIO(file)).convert("RGB")
        return lambda: numpy.stack([numpy.asarray(picture, numpy.float32) for picture in pictures])

    return run


def preprocess(folder, rgb):
    """RGB to pixel_values, as the checkpoint's processor does it."""
    with open(os.path.join(folder, "preprocessor_config.json"), encoding="utf-8") as file:
        config = json.load(file)
    size = config["size"]["width"], config["size"]["height"]
    crop = config["crop_size"] if config.get("do_center_crop") else config["size"]
    left, top = (size[0] - crop["width"]) // 2, (size[1] - crop["height"]) // 2
    box = left, top, left + crop["width"], top + crop["height"]
    scale = numpy.float32(config["rescale_factor"])
    if config["do_normalize"]:
        scale = scale / numpy.array(config["image_std"], numpy.float32)
        shift = -numpy.array(config["image_mean"], numpy.float32) / numpy.array(config["image_std"], numpy.float32)
    else:
        shift = numpy.float32(-1)
    pictures = [Image.fromarray(picture) for picture in rgb]
    values = numpy.empty((len(pictures), 3, crop["height"], crop["width"]), numpy.float32)

    def run():
        for i, picture in enumerate(pictures):
            pixels = numpy.asarray(picture.resize(size, config["resample"]).crop(box), numpy.float32)
            values[i] = (pixels * scale + shift).transpose(2, 0, 1)
        return lambda: values

    return run


def main():
    task = worker.Task.from_command_line()
    run = decode(task.inputs["jpeg"]) if "jpeg" in task.inputs else preprocess(task.model, task.inputs["rgb"])
    worker.serve("Pillow " + PIL.__version__ + ", numpy " + numpy.__version__, run)


if __name__ == "__main__":
    main()
