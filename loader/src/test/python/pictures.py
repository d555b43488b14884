# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of src/test/resources/image/kinds and what Pillow 13 and transformers 5.23 make of them.

usage: pictures.py RESOURCES/image GOLDEN.safetensors

kinds/            one small picture of each kind of each format
kinds.txt         for each of them: name, width, height, SHA-256 of exif_transpose(...).convert("RGB")
golden.txt        for each tensor of GOLDEN, which belongs to the pictures in photos/: name, shape, SHA-256 of its bytes
golden/           some of those tensors, so that a failure can be looked at
resizes.txt       sizes before and after, filter, SHA-256 of the resized noise
processors.json   preprocessor_config.json contents, sizes, and the SHA-256 of pixel_values, or null where refused
"""
import hashlib, io, json, os, random, shutil, struct, sys, warnings, zlib
import numpy as np
from PIL import Image, ImageOps, PngImagePlugin
from safetensors.numpy import load_file
from transformers import EfficientNetImageProcessorPil, ViTImageProcessorPil

out, golden = sys.argv[1], sys.argv[2]
warnings.simplefilter("ignore")
random.seed(7)
rng = np.random.default_rng(7)
kinds = os.path.join(out, "kinds")
shutil.rmtree(kinds, ignore_errors=True)
os.makedirs(kinds)


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def noise(width, height):
    """The picture that the tests make too: the highest byte of a linear congruential generator."""
    state, pixels = width * 65536 + height, bytearray()
    for _ in range(width * height * 3):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        pixels.append(state >> 24)
    return Image.frombytes("RGB", (width, height), bytes(pixels))


def scene(width, height):
    """Smooth colours, an edge and some texture, so that lossy coders have something to do."""
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    planes = [np.sin(7 * x + 3 * y), np.cos(5 * y - x), np.where(x + y > 0.7, 0.8, -0.6) + 0.2 * np.sin(60 * x * y)]
    return Image.fromarray(np.uint8(np.clip(np.stack(planes, -1) * 110 + 128, 0, 255)))


def write(name, data):
    with open(os.path.join(kinds, name), "wb") as file:
        file.write(data)


def save(name, image, **options):
    image.save(os.path.join(kinds, name), **options)


# ---- JPEG: an encoder for what Pillow does not write -------------------------------------------------------------
ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, (i // 8 if (i // 8 + i % 8) % 2 else i % 8)))
DC_COUNTS, DC_SYMBOLS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], list(range(12))
# All symbols with codes of eight or nine bits: wasteful, but complete and simple.
AC_SYMBOLS = [r << 4 | s for r in range(16) for s in range(1, 11)] + [0x00, 0xF0]
AC_COUNTS = [0] * 7 + [162] + [0] * 8
DCT = np.array([[np.cos((2 * x + 1) * u * np.pi / 16) * (np.sqrt(0.125) if u == 0 else 0.5) for x in range(8)]
                for u in range(8)])


def codes(counts, symbols):
    table, code, at = {}, 0, 0
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            table[symbols[at]] = (code, length)
            code, at = code + 1, at + 1
        code <<= 1
    return table


class Bits:
    def __init__(self):
        self.data, self.value, self.count = bytearray(), 0, 0

    def put(self, value, count):
        for i in range(count - 1, -1, -1):
            self.value, self.count = self.value << 1 | value >> i & 1, self.count + 1
            if self.count == 8:
                self.data.append(self.value)
                if self.value == 255:
                    self.data.append(0)
                self.value = self.count = 0

    def flush(self):
        while self.count:
            self.put(1, 1)


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg(planes, width, height, sampling, ids=None, adobe=None, jfif=False, restart=0, quality=6):
    """planes: arrays at full size; sampling: (h, v) of each; one interleaved scan."""
    ids = ids or range(1, len(planes) + 1)
    max_h, max_v = max(s[0] for s in sampling), max(s[1] for s in sampling)
    columns, rows = -(-width // (8 * max_h)), -(-height // (8 * max_v))
    dc, ac, bits = codes(DC_COUNTS, DC_SYMBOLS), codes(AC_COUNTS, AC_SYMBOLS), Bits()
    quant = np.array([quality + (i // 8 + i % 8) * 2 for i in range(64)]).reshape(8, 8)
    small = []
    for plane, (h, v) in zip(planes, sampling):
        fx, fy = max_h // h, max_v // v
        full = np.pad(plane.astype(float), ((0, rows * 8 * max_v - height), (0, columns * 8 * max_h - width)), "edge")
        small.append(full.reshape(full.shape[0] // fy, fy, full.shape[1] // fx, fx).mean((1, 3)) - 128)
    last, mcu, restarts = [0] * len(planes), 0, 0
    for row in range(rows):
        for column in range(columns):
            if restart and mcu and mcu % restart == 0:
                bits.flush()
                bits.data += bytes([0xFF, 0xD0 + restarts % 8])
                last, restarts = [0] * len(planes), restarts + 1
            mcu += 1
            for c, (h, v) in enumerate(sampling):
                for by in range(v):
                    for bx in range(h):
                        y, x = (row * v + by) * 8, (column * h + bx) * 8
                        block = np.rint(DCT @ small[c][y:y + 8, x:x + 8] @ DCT.T / quant).astype(int).ravel()
                        zigzag = [int(block[i]) for i in ZIGZAG]
                        difference, last[c] = zigzag[0] - last[c], zigzag[0]
                        size = abs(difference).bit_length()
                        bits.put(*dc[size])
                        bits.put(difference if difference > 0 else difference + (1 << size) - 1, size)
                        run = 0
                        for value in zigzag[1:]:
                            if value == 0:
                                run += 1
                                continue
                            while run > 15:
                                bits.put(*ac[0xF0])
                                run -= 16
                            size = abs(value).bit_length()
                            bits.put(*ac[run << 4 | size])
                            bits.put(value if value > 0 else value + (1 << size) - 1, size)
                            run = 0
                        if run:
                            bits.put(*ac[0])
    bits.flush()
    data = b"\xff\xd8"
    if jfif:
        data += segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    if adobe is not None:
        data += segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([adobe]))
    data += segment(0xDB, b"\0" + bytes(int(quant.ravel()[i]) for i in ZIGZAG))
    data += segment(0xC0, struct.pack(">BHHB", 8, height, width, len(planes))
                    + b"".join(bytes([i, h << 4 | v, 0]) for i, (h, v) in zip(ids, sampling)))
    data += segment(0xC4, b"\x00" + bytes(DC_COUNTS) + bytes(DC_SYMBOLS))
    data += segment(0xC4, b"\x10" + bytes(AC_COUNTS) + bytes(AC_SYMBOLS))
    if restart:
        data += segment(0xDD, struct.pack(">H", restart))
    data += segment(0xDA, bytes([len(planes)]) + b"".join(bytes([i, 0]) for i in ids) + b"\0\x3f\0")
    return data + bytes(bits.data) + b"\xff\xd9"


ycc = [np.asarray(p) for p in scene(45, 37).convert("YCbCr").split()]
one = (1, 1)
for name, sampling in {
    "444": [one] * 3, "422": [(2, 1), one, one], "440": [(1, 2), one, one], "420": [(2, 2), one, one],
    "411": [(4, 1), one, one], "410": [(4, 2), one, one], "441": [(1, 4), one, one], "chroma_differs":
    [(2, 2), (2, 1), (1, 2)], "luma_is_small": [one, (2, 2), (2, 2)]
}.items():
    write(f"sampling_{name}.jpg", jpeg(ycc, 45, 37, sampling, jfif=True))
for width, height in ((1, 1), (2, 3), (5, 4), (17, 9), (8, 16)):
    small = [p[:height, :width] for p in ycc]
    write(f"odd_{width}x{height}.jpg", jpeg(small, width, height, [(2, 2), one, one], jfif=True))
    write(f"odd_440_{width}x{height}.jpg", jpeg(small, width, height, [(1, 2), one, one], jfif=True))
rgb = [np.asarray(p) for p in scene(33, 21).split()]
cmyk = [np.asarray(p) for p in scene(33, 21).convert("CMYK").split()]
cmyk[3] = np.roll(rgb[0], 5, 1)
write("rgb_by_adobe.jpg", jpeg(rgb, 33, 21, [one] * 3, adobe=0))
write("ycc_by_adobe.jpg", jpeg(rgb, 33, 21, [one] * 3, adobe=1))
write("rgb_by_ids.jpg", jpeg(rgb, 33, 21, [one] * 3, ids=[82, 71, 66]))
write("ycc_by_default.jpg", jpeg(rgb, 33, 21, [one] * 3, ids=[5, 6, 7]))
write("cmyk_without_adobe.jpg", jpeg(cmyk, 33, 21, [one] * 4))
write("cmyk_by_adobe.jpg", jpeg(cmyk, 33, 21, [one] * 4, adobe=0))
write("ycck_by_adobe.jpg", jpeg(cmyk, 33, 21, [(2, 2), one, one, (2, 2)], adobe=2))
write("grey_sampled_twice.jpg", jpeg(rgb[:1], 33, 21, [(2, 2)]))
write("restarts.jpg", jpeg(ycc, 45, 37, [(2, 2), one, one], jfif=True, restart=2))
whole = jpeg(ycc, 45, 37, [(2, 1), one, one], jfif=True, restart=1)
lost = whole.index(b"\xff\xd2")
write("restart_lost.jpg", whole[:lost] + whole[lost + 2:])
write("coarse.jpg", jpeg(ycc, 45, 37, [one] * 3, jfif=True, quality=200))
write("cut_and_closed.jpg", whole[:len(whole) * 2 // 3] + b"\xff\xd9")
buffer = io.BytesIO()
scene(67, 45).save(buffer, "JPEG", progressive=True, quality=90)
progressive = buffer.getvalue()
write("progressive.jpg", progressive)
scans = [i for i in range(len(progressive) - 1) if progressive[i:i + 2] == b"\xff\xda"]
for count in (1, 3, 6):
    tables = progressive.rfind(b"\xff\xc4", scans[count - 1], scans[count])
    write(f"progressive_{count}_scans.jpg", progressive[:tables] + b"\xff\xd9")
write("progressive_cut_and_closed.jpg", progressive[:len(progressive) // 3] + b"\xff\xd9")
buffer = io.BytesIO()
scene(45, 37).save(buffer, "JPEG", quality=80)
frame = buffer.getvalue()
while b"\xff\xc4" in frame:
    at = frame.index(b"\xff\xc4")
    frame = frame[:at] + frame[at + 2 + struct.unpack(">H", frame[at + 2:at + 4])[0]:]
write("motion_jpeg_frame.jpg", frame)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    for extension in ("jpg", "png", "webp", "tiff"):
        if extension == "jpg" or orientation in (3, 5, 6):
            save(f"orientation_{orientation}.{extension}", scene(13, 9), exif=exif)
xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
save("orientation_by_xmp.jpg", scene(13, 9), xmp=xmp)
info = PngImagePlugin.PngInfo()
info.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=True)
save("orientation_by_xmp.png", scene(13, 9), pnginfo=info)
save("two_pictures.mpo", scene(31, 20), save_all=True, append_images=[scene(20, 31)])

# ---- PNG ---------------------------------------------------------------------------------------------------------
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, interlaced, extra=b""):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    raw = b""
    for x, y, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        columns, rows = -(-(width - x) // dx), -(-(height - y) // dy)
        for _ in range(rows if columns > 0 else 0):
            raw += bytes([random.randrange(5)]) + rng.bytes((columns * channels * depth + 7) // 8)
    stream = zlib.compress(raw)
    half = len(stream) // 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
            + extra + chunk(b"IDAT", stream[:half]) + chunk(b"IDAT", b"") + chunk(b"IDAT", stream[half:])
            + chunk(b"IEND", b""))


for colour, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
    for depth in depths:
        palette = chunk(b"PLTE", rng.bytes(3 * max(2, (1 << depth) - 1))) if colour == 3 else b""
        for interlaced in (0, 1):
            write(f"png_{colour}_{depth}_{interlaced}.png", png(13, 11, depth, colour, interlaced, palette))
write("png_interlaced_2x1.png", png(2, 1, 8, 2, 1))
write("png_palette_trns.png", png(13, 11, 8, 3, 0, chunk(b"PLTE", rng.bytes(768)) + chunk(b"tRNS", rng.bytes(200))))
write("png_rgb_trns.png", png(13, 11, 8, 2, 0, chunk(b"tRNS", bytes(6))))

# ---- GIF ---------------------------------------------------------------------------------------------------------
for colours in (2, 5, 256):
    for interlaced in (0, 1):
        save(f"gif_{colours}_{interlaced}.gif", scene(31, 23).quantize(colours), interlace=interlaced)
save("gif_transparent.gif", scene(31, 23).quantize(16), transparency=3)
save("gif_animated.gif", scene(31, 23).quantize(16), save_all=True, append_images=[scene(23, 31).quantize(9)])
buffer = io.BytesIO()
scene(11, 7).quantize(8).save(buffer, "GIF")
framed = bytearray(buffer.getvalue())
framed[6:10] = struct.pack("<HH", 20, 15)
at = framed.index(b",\0\0\0\0")
framed[at + 1:at + 5] = struct.pack("<HH", 4, 5)
write("gif_frame_inside.gif", framed)

# ---- BMP ---------------------------------------------------------------------------------------------------------
def bmp(bits, compression, header, top_down=False, masks=()):
    width, height = 13, 11
    palette = rng.bytes((3 if header == 12 else 4) << bits) if bits <= 8 else b""
    if header == 12:
        head = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        head = struct.pack("<IiiHHIIIIII", header, width, -height if top_down else height, 1, bits, compression, 0, 0, 0,
                           0, 0) + b"".join(struct.pack("<I", mask) for mask in masks)
        head += bytes(max(0, header - len(head)))
    offset = 14 + len(head) + len(palette)
    return (b"BM" + struct.pack("<IHHI", 0, 0, 0, offset) + head + palette
            + rng.bytes((width * bits + 31) // 32 * 4 * height))


def runs(nibbles):
    data = b""
    for _ in range(11):
        left = 13
        while left:
            count = min(random.randint(1, 9), left)
            if count < 3 or random.random() < 0.5:
                data += bytes([count, random.randrange(256)])
            else:
                size = -(-count // 2) if nibbles else count
                data += bytes([0, count]) + rng.bytes(size) + bytes(size % 2)
            left -= count
        data += b"\0\0"
    bits = 4 if nibbles else 8
    palette = rng.bytes(4 << bits)
    return (b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + len(palette))
            + struct.pack("<IiiHHIIIIII", 40, 13, 11, 1, bits, 2 if nibbles else 1, 0, 0, 0, 0, 0) + palette + data + b"\0\1")


for bits in (1, 4, 8, 16, 24, 32):
    write(f"bmp_{bits}.bmp", bmp(bits, 0, 40))
    write(f"bmp_{bits}_os2.bmp", bmp(bits, 0, 12))
    write(f"bmp_{bits}_top_down.bmp", bmp(bits, 0, 124, True))
write("bmp_565.bmp", bmp(16, 3, 40, masks=(0xF800, 0x7E0, 0x1F)))
write("bmp_rgba.bmp", bmp(32, 3, 108, masks=(0xFF, 0xFF00, 0xFF0000, 0xFF000000)))
write("bmp_rle8.bmp", runs(False))
write("bmp_rle4.bmp", runs(True))

# ---- TIFF --------------------------------------------------------------------------------------------------------
for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"):
    picture = scene(29, 23)
    if mode in ("I;16", "I", "F"):
        values = np.asarray(picture.convert("L"), np.int32) * 3 - 200
        picture = Image.fromarray({"I;16": np.uint16(np.maximum(values, 0)), "I": values, "F": np.float32(values)}[mode])
    else:
        picture = picture.quantize(90) if mode == "P" else picture.convert(mode)
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        if compression is None or mode in ("L", "RGB", "1"):
            fields = {278: 7, **({317: 2} if compression in ("tiff_lzw", "tiff_adobe_deflate") and mode != "1" else {})}
            save(f"tiff_{mode.replace(';', '')}_{compression}.tiff", picture, compression=compression, tiffinfo=fields)
for compression in ("group3", "group4", "tiff_ccitt"):
    save(f"tiff_{compression}.tiff", scene(61, 43).convert("1", dither=0), compression=compression)
    save(f"tiff_{compression}_dithered.tiff", scene(61, 43).convert("1"), compression=compression)
save("tiff_jpeg.tiff", scene(61, 43), compression="jpeg", tiffinfo={278: 16})
save("tiff_jpeg_ycc.tiff", scene(61, 43).convert("YCbCr"), compression="jpeg")


def tiff(order, fields, data):
    """Fields as (tag, type, values); offsets among them are counted from the data, which come first."""
    body, entries = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8 + len(data) + len(data) % 2), b""
    body += data + bytes(len(data) % 2)
    extra = len(body) + 2 + 12 * len(fields) + 4
    outside = b""
    for tag, kind, values in sorted(fields):
        packed = struct.pack(f"{order}{len(values)}{'HI'[kind - 3]}", *values)
        entries += struct.pack(order + "HHI", tag, kind, len(values))
        if len(packed) > 4:
            entries += struct.pack(order + "I", extra + len(outside))
            outside += packed
        else:
            entries += packed.ljust(4, b"\0")
    return body + struct.pack(order + "H", len(fields)) + entries + bytes(4) + outside


def tiled(order, bits, samples, planar):
    width, height, side, size = 37, 21, 16, bits // 8
    planes, together = (samples, 1) if planar else (1, samples)
    tiles = [rng.bytes(side * side * together * size) for _ in range(3 * 2 * planes)]
    offsets = [8 + i * len(tiles[0]) for i in range(len(tiles))]
    fields = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * samples), (259, 3, [1]),
              (262, 3, [2 if samples == 3 else 1]), (277, 3, [samples]), (284, 3, [2 if planar else 1]),
              (322, 3, [side]), (323, 3, [side]), (324, 4, offsets), (325, 4, [len(tiles[0])] * len(tiles))]
    return tiff(order, fields, b"".join(tiles))


write("tiff_tiles.tiff", tiled("<", 8, 3, False))
write("tiff_tiles_grey_motorola.tiff", tiled(">", 16, 1, False))
write("tiff_tiles_planes.tiff", tiled("<", 8, 3, True))
write("tiff_tiles_16_motorola.tiff", tiled(">", 16, 3, False))

# ---- WebP --------------------------------------------------------------------------------------------------------
clear = scene(41, 27).convert("RGBA")
clear.putalpha(Image.fromarray(rng.integers(0, 256, (27, 41), dtype=np.uint8)))
save("webp_lossy.webp", scene(41, 27), quality=40)
save("webp_lossy_alpha.webp", clear, quality=70)
save("webp_lossless.webp", scene(41, 27), lossless=True)
save("webp_lossless_alpha.webp", clear, lossless=True, exact=True)
save("webp_noise.webp", noise(19, 33), quality=95)
save("webp_animated.webp", clear, save_all=True, append_images=[scene(41, 27)])
for colours in (2, 4, 16, 60):
    save(f"webp_palette_{colours}.webp", scene(41, 27).quantize(colours).convert("RGB"), lossless=True)
for width, height in ((1, 1), (2, 1), (3, 2), (16, 16), (17, 33)):
    save(f"webp_odd_{width}x{height}.webp", scene(width, height), quality=60, method=width % 7)

with open(os.path.join(out, "kinds.txt"), "w") as file:
    for name in sorted(os.listdir(kinds)):
        picture = ImageOps.exif_transpose(Image.open(os.path.join(kinds, name))).convert("RGB")
        print(name, *picture.size, sha(np.asarray(picture)), file=file)

# ---- goldens -----------------------------------------------------------------------------------------------------
tensors = load_file(golden)
os.makedirs(os.path.join(out, "golden"), exist_ok=True)
with open(os.path.join(out, "golden.txt"), "w") as file:
    for name in sorted(tensors):
        print(name, ",".join(map(str, tensors[name].shape)), sha(tensors[name]), file=file)
        if name in ("rgb.tiny.png", "u8.bilinear.50x71.photo_420.jpg", "u8.lanczos.50x71.photo_420.jpg"):
            tensors[name].tofile(os.path.join(out, "golden", name))

with open(os.path.join(out, "resizes.txt"), "w") as file:
    for i in range(150):
        most = random.choice((6, 40, 150))
        width, height, to_width, to_height = (random.randint(1, most) for _ in range(4))
        if i % 10 == 0:
            to_width = width
        if i % 11 == 0:
            to_height = height
        if i % 12 == 0:
            height, to_height = 400, 7
        resized = noise(width, height).resize((to_width, to_height), i % 6)
        print(width, height, to_width, to_height, i % 6, sha(np.asarray(resized)), file=file)


def random_config():
    config = {}

    def maybe(name, *values, chance=0.5):
        if random.random() < chance:
            config[name] = random.choice(values)

    def side():
        return random.randint(1, 60)

    vit = random.random() < 0.5
    maybe("image_processor_type", *(("ViTImageProcessor", "ViTImageProcessorFast", "ViTFeatureExtractor") if vit else
                                    ("EfficientNetImageProcessor", "EfficientNetImageProcessorFast")), chance=1)
    maybe("do_resize", True, False, chance=0.3)
    maybe("size", {"height": side(), "width": side()}, side(), [side(), side()], {"shortest_edge": side()},
          {"shortest_edge": side(), "longest_edge": 50}, {"max_height": side(), "max_width": side()}, chance=0.9)
    maybe("default_to_square", True, False, chance=0.2)
    maybe("resample", 0, 1, 2, 3, 4, 5)
    maybe("do_center_crop", True, False)
    maybe("crop_size", {"height": side(), "width": side()}, side(), chance=0.8)
    maybe("do_rescale", True, False)
    maybe("rescale_factor", 1 / 255, 1 / 127.5, 0.00784313725490196, 0.017, 2)
    maybe("do_normalize", True, False)
    maybe("image_mean", [0.485, 0.456, 0.406], 0.3, [0.5, 0.5, 0.5])
    maybe("image_std", [0.229, 0.224, 0.225], 0.47, [0.5, 0.5, 0.5])
    maybe("unknown", 3, None, chance=0.2)
    if vit:
        maybe("do_pad", True, False, chance=0.3)
        maybe("pad_size", {"height": 70, "width": 80}, chance=0.3)
    else:
        maybe("rescale_offset", True, False)
        maybe("include_top", True, False)
    return vit, config


cases = []
for _ in range(120):
    vit, config = random_config()
    width, height = random.randint(1, 70), random.randint(1, 70)
    fields = {k: v for k, v in config.items() if k != "image_processor_type"}
    try:
        processor = (ViTImageProcessorPil if vit else EfficientNetImageProcessorPil)(**fields)
        values = np.asarray(processor(noise(width, height), return_tensors="np")["pixel_values"][0], np.float32)
        result = {"shape": list(values.shape), "sha256": sha(values)}
    except ValueError:
        result = {"shape": None, "sha256": None}
    cases.append({"width": width, "height": height, "config": config, **result})
with open(os.path.join(out, "processors.json"), "w") as file:
    file.write('{"cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")
