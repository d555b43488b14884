// SPDX-License-Identifier: Apache-2.0
//
// Every kernel against plain loops in double, over sizes that leave tails, strides that leave gaps, and operands that
// may be absent. Usage: kernels ROUNDS
#include "harness.h"

#include "activation.cuh"
#include "walk.cuh"
#include "window.cuh"

#include <algorithm>
#include <cfloat>
#include <numeric>

namespace {

const int LENGTHS[] = {1, 7, 13, 64, 207, 577};

int length(choices &c) { return c.coin() ? LENGTHS[c.between(0, 5)] : c.between(1, 90); }

auto normals(choices &c, float deviation = 1) {
    return [&c, deviation] { return c.normal(deviation); };
}

// ----------------------------------------------------------------------------------------------------------- functions

double exact(double x, int function) {
    const auto swish = [](double a, double by) { return a / (1 + std::exp(-by * a)); };
    switch (function) {
    case GELU: return 0.5 * x * std::erfc(-x * std::sqrt(0.5));
    case GELU_TANH: return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case QUICK_GELU: return swish(x, 1.702);
    case SWISH: return swish(x, 1);
    case SIGMOID: return 1 / (1 + std::exp(-x));
    case TANH: return std::tanh(x);
    case RELU: return std::max(x, 0.0);
    default: return x;
    }
}

// The function of a float that is `slack` away from x: no function here is steeper than 1.13, and float arithmetic
// loses some units of the argument and of the result.
wanted activation_of(double x, double slack, int function) {
    const double y = exact(x, function);
    const double lost = function == NONE ? 0 : 8 * FLOAT_UNIT * (std::abs(x) + std::abs(y) * (1 + std::abs(x)) + 0.1);
    return {y, 1.13 * slack + lost};
}

void rounding_is_to_the_nearest() {
    const auto of = [](uint32_t number) { // the finite numbers from zero up
#ifdef STORAGE_F32
        return __uint_as_float(number << 14);
#else
        return widen(real{(unsigned short)number});
#endif
    };
    for (uint32_t i = 0; std::isfinite(of(i + 1)); i++) {
        want("narrow", widen(narrow(of(i))), {of(i), 0});
#ifndef STORAGE_F32
        const float low = of(i), high = of(i + 1), middle = low / 2 + high / 2;
        if (low / 2 + high / 2 != ((double)low + high) / 2) continue; // below floats
        for (const float sign : {1.0f, -1.0f}) {
            const auto rounds = [&](float from, float to) {
                if (widen(narrow(sign * from)) != sign * to) throw failed("narrow rounds wrongly");
            };
            rounds(middle, i % 2 ? high : low);
            rounds(std::nextafter(middle, INFINITY), high);
            rounds(std::nextafter(middle, 0.0f), low);
        }
#endif
    }
    if (!std::isnan(widen(narrow(NAN))) || widen(narrow(INFINITY)) != INFINITY || widen(narrow(-INFINITY)) != -INFINITY) {
        throw failed("narrow loses infinities or NaN");
    }
}

void activates(choices &c) {
    const int rows = c.between(1, 4), columns = length(c);
    matrix x(rows, columns, c), y(rows, columns, c);
    x.fill([&] { return c.between(0, 9) == 0 ? c.normal(2000) : c.normal(3); });
    for (int function = NONE; function <= RELU; function++) {
        launcher{"activate", {parts(rows * columns, 256)}, {256}}
            .with(x.start(), x.stride, y.start(), y.stride, rows, columns, function)
            .run({y.bytes()});
        want_all("activate", y, [&](int i, int j) { return activation_of(x.at(i, j), 0, function); });
    }
    const float factor = c.normal();
    launcher{"scale", {parts(rows * columns, 256)}, {256}}
        .with(x.start(), x.stride, y.start(), y.stride, rows, columns, factor)
        .run({y.bytes()});
    want_all("scale", y, [&](int i, int j) {
        return wanted{x.at(i, j) * factor, FLOAT_UNIT * std::abs(x.at(i, j) * factor)};
    });
}

// ------------------------------------------------------------------------------------------------------------ movements

struct combination {
    extents extent;
    steps a, b, y;
};

struct movement {
    extents extent;
    steps x, y;
};

// Extents along seven axes, and the steps of tensors that hold them with room between.
struct walk {
    extents extent;
    int count = 1;

    explicit walk(choices &c) {
        for (int &each : extent.along) {
            each = c.coin() ? 1 : c.between(1, 4);
            count *= each;
        }
    }

    // Axes in any order where `shuffled`; repeated ones get a step of 0. The size is that of the whole tensor.
    std::pair<steps, int> layout(choices &c, bool shuffled, bool repeated) const {
        int order[AXES];
        std::iota(order, order + AXES, 0);
        if (shuffled) std::shuffle(order, order + AXES, c.random);
        steps result;
        long long step = 1, last = 0;
        for (int i = AXES - 1; i >= 0; i--) {
            const int axis = order[i];
            result.along[axis] = repeated && c.coin() ? 0 : step;
            last += result.along[axis] * (extent.along[axis] - 1);
            if (result.along[axis]) step *= extent.along[axis] + c.between(0, 1);
        }
        return {result, (int)last + 1};
    }

    template <class Use>
    void each(const Use &use) const {
        for (int i = 0; i < count; i++) {
            int at[AXES];
            for (int axis = AXES - 1, rest = i; axis >= 0; rest /= extent.along[axis], axis--) {
                at[axis] = rest % extent.along[axis];
            }
            use([&](const steps &s) {
                long long place = 0;
                for (int axis = 0; axis < AXES; axis++) place += at[axis] * s.along[axis];
                return place;
            });
        }
    }
};

void combines(choices &c) {
    const walk w(c);
    const auto [a_steps, a_size] = w.layout(c, true, false);
    const auto [b_steps, b_size] = w.layout(c, false, true);
    const auto [y_steps, y_size] = w.layout(c, false, false);
    matrix a(1, a_size, a_size), b(1, b_size, b_size), y(1, y_size, y_size);
    a.fill(normals(c));
    b.fill(normals(c));
    for (const bool add : {true, false}) {
        const char *name = add ? "add" : "multiply";
        launcher{name, {parts(w.count, 256)}, {256}}
            .with(a.start(), b.start(), y.start(), combination{w.extent, a_steps, b_steps, y_steps})
            .run({y.bytes()});
        w.each([&](const auto &place) {
            const double left = a.at(place(a_steps)), right = b.at(place(b_steps));
            const double result = add ? left + right : left * right;
            want(name, y.at(place(y_steps)), {result, FLOAT_UNIT * std::abs(result)});
        });
    }
}

template <class From, class To>
void moves(const char *name, choices &c) {
    const walk w(c);
    const auto [x_steps, x_size] = w.layout(c, true, true);
    const auto [y_steps, y_size] = w.layout(c, true, false);
    rows_of<From> x(1, x_size, x_size);
    rows_of<To> y(1, y_size, y_size);
    x.fill(normals(c));
    launcher{name, {parts(w.count, 256)}, {256}}
        .with(x.start(), y.start(), movement{w.extent, x_steps, y_steps})
        .run({y.bytes()});
    w.each([&](const auto &place) { want(name, y.at(place(y_steps)), {x.at(place(x_steps)), 0}); });
}

void reshapes(choices &c) {
    const int columns = c.between(1, 40), rows = c.between(1, 9) * c.between(1, 4);
    int divisor = c.between(1, columns * rows);
    while (columns * rows % divisor) divisor--;
    matrix x(rows, columns, c), y(columns * rows / divisor, divisor, c);
    x.fill(normals(c));
    launcher{"reshape", {parts(rows * columns, 256)}, {256}}
        .with(x.start(), x.columns, x.stride, y.start(), y.columns, y.stride, (long long)rows * columns)
        .run({y.bytes()});
    want_all("reshape", y, [&](int i, int j) {
        const int element = i * divisor + j;
        return wanted{x.at(element / columns, element % columns), 0};
    });
}

void embeds(choices &c) {
    const int rows = c.between(1, 5), columns = length(c);
    matrix table(9, columns, c), y(rows, columns, c);
    table.fill(normals(c));
    std::vector<int> ids(rows);
    for (int &id : ids) id = c.between(0, 8);
    launcher{"embed", {(unsigned)rows}, {256}}
        .with(ids.data(), table.start(), table.stride, y.start(), y.stride, columns)
        .run({y.bytes()});
    want_all("embed", y, [&](int i, int j) { return wanted{table.at(ids[i], j), 0}; });
}

// ----------------------------------------------------------------------------------------------------------------- rows

double over_row(const matrix &x, int row, const std::function<double(double)> &of) {
    double sum = 0;
    for (int i = 0; i < x.columns; i++) sum += of(x.at(row, i));
    return sum;
}

double largest_of(const matrix &x, int row) {
    double largest = -INFINITY;
    for (int i = 0; i < x.columns; i++) largest = std::max(largest, x.at(row, i));
    return largest;
}

void normalizes(choices &c) {
    const int rows = c.between(1, 3), columns = c.between(0, 4) == 0 ? 1030 : length(c);
    matrix x(rows, columns, c), y(rows, columns, c);
    floats weight(1, columns, columns), bias(1, columns, columns);
    const float shift = c.coin() ? 0 : 100;
    x.fill([&] { return c.normal() + shift; });
    weight.fill(normals(c));
    bias.fill(normals(c));
    const float epsilon = 1e-6f;
    launcher{"layer_norm", {(unsigned)rows}, {256}}
        .with(x.start(), x.stride, y.start(), y.stride, weight.start(), bias.start(), columns, epsilon)
        .run({y.bytes()});
    want_all("layer_norm", y, [&](int i, int j) {
        const double mean = over_row(x, i, [](double v) { return v; }) / columns;
        const double variance = over_row(x, i, [&](double v) { return (v - mean) * (v - mean); }) / columns;
        const double factor = 1 / std::sqrt(variance + epsilon);
        const double size = std::abs(weight.at(j)) * factor * (10 + shift) + std::abs(bias.at(j));
        return wanted{(x.at(i, j) - mean) * factor * weight.at(j) + bias.at(j), 16 * FLOAT_UNIT * size};
    });
    launcher{"l2_normalize", {(unsigned)rows}, {256}}
        .with(x.start(), x.stride, y.start(), y.stride, columns)
        .run({y.bytes()});
    want_all("l2_normalize", y, [&](int i, int j) {
        const double result = x.at(i, j) / std::sqrt(over_row(x, i, [](double v) { return v * v; }));
        return wanted{result, 16 * FLOAT_UNIT * std::abs(result)};
    });
    if (c.coin()) x.fill([&] { return c.between(0, 5) == 0 ? 60000.0f : c.normal(30); });
    launcher{"softmax", {(unsigned)rows}, {256}}
        .with(x.start(), x.stride, y.start(), y.stride, columns)
        .run({y.bytes()});
    want_all("softmax", y, [&](int i, int j) {
        const double largest = largest_of(x, i);
        const double result = std::exp(x.at(i, j) - largest)
            / over_row(x, i, [&](double v) { return std::exp(v - largest); });
        return wanted{result, 16 * FLOAT_UNIT * result * (1 + largest - x.at(i, j)) + 0x1p-126};
    });
}

void pools(choices &c) {
    const int pictures = c.between(1, 3), pixels = c.between(1, 60), channels = c.between(1, 70);
    matrix x(pictures * pixels, channels, c), y(pictures, channels, c);
    x.fill(normals(c));
    const auto over_pixels = [&](int picture, int channel, double start, const auto &join) {
        for (int i = 0; i < pixels; i++) start = join(start, x.at(picture * pixels + i, channel));
        return start;
    };
    for (const bool mean : {true, false}) {
        const char *name = mean ? "mean" : "maximum";
        launcher{name, {parts(channels, 32), (unsigned)pictures}, {32, 8}}
            .with(x.start(), x.stride, y.start(), y.stride, pixels, channels)
            .run({y.bytes()});
        want_all(name, y, [&](int i, int j) {
            return mean ? wanted{over_pixels(i, j, 0.0, std::plus<double>()) / pixels, 64 * FLOAT_UNIT}
                        : wanted{over_pixels(i, j, -INFINITY, [](double a, double b) { return std::max(a, b); }), 0};
        });
    }
}

// --------------------------------------------------------------------------------------------------------- convolutions

window any_window(choices &c) {
    window w{};
    w.batch = c.between(1, 2);
    w.height = c.between(1, 9);
    w.width = c.between(1, 21);
    w.channels = c.coin() ? c.between(1, 5) : c.between(60, 67);
    w.kernel_height = c.between(1, 7);
    w.kernel_width = c.between(1, 7);
    w.stride = c.between(1, 3);
    w.top = c.between(-1, 3);
    w.left = c.between(-1, 3);
    w.out_height = c.between(1, 5);
    w.out_width = c.between(1, 19);
    return w;
}

// The element of the input under a tap of the kernel; 0 outside of the picture.
double under(const matrix &x, const window &w, int row, int down, int across, int channel) {
    down += row / w.out_width % w.out_height * w.stride - w.top;
    across += row % w.out_width * w.stride - w.left;
    if (down < 0 || down >= w.height || across < 0 || across >= w.width) return 0;
    return x.at((row / w.out_width / w.out_height * w.height + down) * w.width + across, channel);
}

void convolves(choices &c) {
    window w = any_window(c);
    const int taps = w.kernel_height * w.kernel_width, rows = w.batch * w.out_height * w.out_width;
    matrix x(w.batch * w.height * w.width, w.channels, c), y(rows, w.channels, c), residual(rows, w.channels, c);
    matrix weight(taps, w.channels, w.channels);
    const int lines = c.between(1, 3), strips = (w.out_height + lines - 1) / lines;
    floats bias(1, w.channels, w.channels), sums(w.batch * strips, w.channels, w.channels);
    x.fill(normals(c));
    weight.fill(normals(c));
    bias.fill(normals(c));
    residual.fill(normals(c));
    w.x_stride = x.stride;
    w.y_stride = y.stride;
    w.residual_stride = residual.stride;
    const bool biased = c.coin(), added = c.coin(), summed = c.coin();
    const int function = c.between(NONE, RELU);
    std::vector<std::span<unsigned char>> results{y.bytes()};
    if (summed) results.push_back(sums.bytes());
    launcher{"depthwise",
             {parts(w.channels, 32 * (4 / (int)sizeof(real))), (unsigned)strips, (unsigned)w.batch},
             {32, 8}}
        .with(x.start(), weight.start(), biased ? bias.start() : nullptr, added ? residual.start() : nullptr, y.start(),
              summed ? sums.start() : nullptr, lines, w, function)
        .run(results);
    const auto result = [&](int row, int channel) {
        double sum = biased ? bias.at(channel) : 0, size = std::abs(sum);
        for (int tap = 0; tap < taps; tap++) {
            const double term = weight.at(tap, channel)
                * under(x, w, row, tap / w.kernel_width, tap % w.kernel_width, channel);
            sum += term;
            size += std::abs(term);
        }
        wanted all = activation_of(sum, taps * FLOAT_UNIT * size, function);
        if (added) all.value += residual.at(row, channel);
        all.slack += 2 * FLOAT_UNIT * std::abs(all.value);
        return all;
    };
    want_all("depthwise", y, result);
    if (!summed) return;
    for (int strip = 0; strip < sums.rows; strip++) {
        const int start = strip % strips * lines, count = std::min(lines, w.out_height - start) * w.out_width;
        const int first = (strip / strips * w.out_height + start) * w.out_width;
        for (int channel = 0; channel < w.channels; channel++) {
            double sum = 0, slack = 0;
            for (int i = 0; i < count; i++) {
                const wanted each = result(first + i, channel);
                sum += each.value;
                slack += each.slack + count * FLOAT_UNIT * std::abs(each.value) + UNIT * FLOAT_UNIT;
            }
            if (std::abs(sums.at(strip, channel) - sum) > slack + FLOAT_UNIT * std::abs(sum)) {
                throw failed("depthwise's sums differ");
            }
        }
    }
}

void lays_out_windows(choices &c) {
    window w = any_window(c);
    w.channels = c.between(1, 5);
    const int taps = w.kernel_height * w.kernel_width, rows = w.batch * w.out_height * w.out_width;
    matrix x(w.batch * w.height * w.width, w.channels, c), y(rows, taps * w.channels, c);
    x.fill(normals(c));
    w.x_stride = x.stride;
    w.y_stride = y.stride;
    launcher{"windows", {parts((long long)rows * y.columns, 256)}, {256}}
        .with(x.start(), y.start(), w)
        .run({y.bytes()});
    want_all("windows", y, [&](int row, int i) {
        const int tap = i / w.channels;
        return wanted{under(x, w, row, tap / w.kernel_width, tap % w.kernel_width, i % w.channels), 0};
    });
}

// ------------------------------------------------------------------------------------------------------------- products

void multiplies_few_rows(choices &c) {
    const int rows = c.between(1, 3), inputs = length(c), outputs = c.between(1, 20), lines = c.between(1, 5);
    matrix x(rows, inputs, c), weight(outputs, inputs, c), bias(1, outputs, outputs), y(rows, outputs, c);
    floats sums(rows * lines, inputs, inputs);
    x.fill(normals(c));
    weight.fill(normals(c));
    bias.fill(normals(c));
    sums.fill(normals(c));
    const bool biased = c.coin();
    const int function = c.between(NONE, RELU), pixels = c.between(1, 100);
    const shim::dim grid{parts(outputs, 8), (unsigned)rows}, block{32, 8};
    const auto result = [&](int row, int output, const auto &of) {
        double sum = biased ? bias.at(output) : 0, size = std::abs(sum);
        for (int i = 0; i < inputs; i++) {
            sum += weight.at(output, i) * of(row, i);
            size += std::abs(weight.at(output, i)) * (std::abs(of(row, i)) + 1);
        }
        return activation_of(sum, 32 * FLOAT_UNIT * size, function);
    };
    real *const bias_or_null = biased ? bias.start() : nullptr;
    launcher{"few_rows", grid, block}
        .with(x.start(), x.stride, weight.start(), weight.stride, bias_or_null, y.start(), y.stride, inputs, outputs,
              function)
        .run({y.bytes()});
    want_all("few_rows", y, [&](int i, int j) {
        return result(i, j, [&](int row, int input) { return x.at(row, input); });
    });
    launcher{"squeeze", grid, block, std::max(256, inputs) * sizeof(float)}
        .with(sums.start(), lines, pixels, weight.start(), weight.stride, bias_or_null, y.start(), y.stride, inputs,
              outputs, function)
        .run({y.bytes()});
    want_all("squeeze", y, [&](int i, int j) {
        return result(i, j, [&](int row, int input) {
            double sum = 0;
            for (int line = 0; line < lines; line++) sum += sums.at(row * lines + line, input);
            return sum / pixels;
        });
    });
}

void excites(choices &c) {
    const int pictures = c.between(1, 2), channels = length(c), width = c.between(1, 40), strips = c.between(1, 40);
    matrix reduce(width, channels, c), reduce_bias(1, width, width), expand(channels, width, c);
    matrix expand_bias(1, channels, channels), y(pictures, channels, c);
    floats sums(pictures * strips, channels, channels);
    for (matrix *each : {&reduce, &reduce_bias, &expand, &expand_bias}) each->fill(normals(c));
    sums.fill(normals(c));
    const bool biased = c.coin();
    const int pixels = c.between(1, 100);
    launcher{"excite", {(unsigned)pictures}, {32, 16}, (std::max(512, channels) + width) * sizeof(float)}
        .with(sums.start(), strips, pixels, reduce.start(), reduce.stride, biased ? reduce_bias.start() : nullptr,
              expand.start(), expand.stride, biased ? expand_bias.start() : nullptr, y.start(), y.stride, channels, width,
              SWISH, SIGMOID)
        .run({y.bytes()});
    std::vector<wanted> hidden;
    for (int picture = 0; picture < pictures; picture++) {
        for (int j = 0; j < width; j++) {
            double sum = biased ? reduce_bias.at(j) : 0, size = std::abs(sum);
            for (int i = 0; i < channels; i++) {
                double mean = 0, all = 0;
                for (int strip = 0; strip < strips; strip++) {
                    mean += sums.at(picture * strips + strip, i) / pixels;
                    all += std::abs(sums.at(picture * strips + strip, i)) / pixels;
                }
                sum += reduce.at(j, i) * mean;
                size += std::abs(reduce.at(j, i)) * (all + 1);
            }
            hidden.push_back(activation_of(sum, 64 * FLOAT_UNIT * size, SWISH));
        }
    }
    want_all("excite", y, [&](int picture, int i) {
        double sum = biased ? expand_bias.at(i) : 0, size = std::abs(sum), slack = 0;
        for (int j = 0; j < width; j++) {
            const wanted &each = hidden[picture * width + j];
            sum += expand.at(i, j) * each.value;
            size += std::abs(expand.at(i, j) * each.value);
            slack += std::abs(expand.at(i, j)) * each.slack;
        }
        return activation_of(sum, slack + 64 * FLOAT_UNIT * size, SIGMOID);
    });
}

// ------------------------------------------------------------------------------------------------------------ attention

void attends(choices &c) {
    const int depths[] = {1, 8, 13, 16, 31, 48, 64, 80, 128, 256};
    const int batch = c.between(1, 2), heads = c.between(1, 2), depth = depths[c.between(0, 9)];
    const int tokens = depth > 64 ? c.between(1, 40) : c.between(1, 75);
    const int rows = batch * tokens, columns = heads * depth;
    matrix q(rows, columns, c), k(rows, columns, c), v(rows, columns, c), y(rows, columns, c);
    matrix p(batch * heads * tokens, tokens, c);
    const float sharpness = c.between(0, 3) == 0 ? 30 : 1;
    q.fill(normals(c, sharpness));
    k.fill(normals(c));
    v.fill(normals(c));
    const int masking = c.between(0, 2); // nothing, some, some and all of the first picture's
    std::vector<int> mask(rows);
    for (int i = 0; i < rows; i++) mask[i] = masking == 2 && i < tokens ? 0 : c.coin();
    const float scale = 1 / std::sqrt((float)depth);
    const bool packed = !masking && c.coin();
    std::vector<int> texts(rows);
    for (int i = 1; i < rows; i++) texts[i] = c.between(0, 5) ? texts[i - 1] : c.between(0, 2);
    const int *const texts_or_null = packed ? texts.data() : nullptr;
    const int *const mask_or_null = masking ? mask.data() : nullptr;
    launcher{"attention", {parts(tokens, 32), (unsigned)heads, (unsigned)batch}, {128},
             (size_t)(32 + 2 * 32) * ((depth + 15) / 16 * 16 + 1) * sizeof(float)}
        .with(q.start(), k.start(), v.start(), q.stride, k.stride, v.stride, mask_or_null, texts_or_null, y.start(),
              y.stride, tokens, depth, scale)
        .run({y.bytes()});
    launcher{"attention_probabilities", {(unsigned)tokens, (unsigned)heads, (unsigned)batch}, {256},
             tokens * sizeof(float)}
        .with(q.start(), k.start(), q.stride, k.stride, mask_or_null, p.start(), p.stride, tokens, depth, scale)
        .run({p.bytes()});

    // A row of probabilities, and how far each may be off relatively: what the dot products may lose.
    double off = 0;
    const auto same_text = [&](const int *numbers, int a, int b) {
        return std::all_of(numbers + std::min(a, b), numbers + std::max(a, b) + 1, [&](int each) { return each == numbers[b]; });
    };
    const auto probabilities = [&](int picture, int head, int token, bool by_text) {
        std::vector<double> result(tokens);
        double largest = -INFINITY, total = 0;
        off = 32 * FLOAT_UNIT;
        for (int key = 0; key < tokens; key++) {
            double size = 0, dot = 0;
            for (int i = 0; i < depth; i++) {
                const double term = q.at(picture * tokens + token, head * depth + i)
                    * k.at(picture * tokens + key, head * depth + i);
                dot += term;
                size += std::abs(term);
            }
            const bool seen = !by_text || same_text(texts.data() + picture * tokens, key, token);
            result[key] = !seen ? -INFINITY : masking && !mask[picture * tokens + key] ? -FLT_MAX : dot * scale;
            largest = std::max(largest, result[key]);
            if (seen) off = std::max(off, 32 * FLOAT_UNIT * (1 + size * scale));
        }
        for (double &each : result) total += each = std::exp(each - largest);
        for (double &each : result) each /= total;
        return result;
    };
    want_all("attention_probabilities", p, [&](int row, int key) {
        const double each = probabilities(row / tokens / heads, row / tokens % heads, row % tokens, false)[key];
        return wanted{each, 2 * off * each + 0x1p-126};
    });
    for (int row = 0; row < rows; row++) {
        for (int head = 0; head < heads; head++) {
            const auto weights = probabilities(row / tokens, head, row % tokens, packed);
            for (int i = head * depth; i < (head + 1) * depth; i++) {
                double sum = 0, size = 0;
                for (int key = 0; key < tokens; key++) {
                    sum += weights[key] * v.at(row / tokens * tokens + key, i);
                    size += weights[key] * std::abs(v.at(row / tokens * tokens + key, i));
                }
                want("attention", y.at(row, i), {sum, 4 * off * size});
            }
        }
    }
}

} // namespace

int main(int count, char **arguments) {
    const int rounds = count > 1 ? atoi(arguments[1]) : 0;
    if (rounds < 1) return 2;
    int round = 0;
    try {
        rounding_is_to_the_nearest();
        for (; round < rounds; round++) {
            choices c(round);
            activates(c);
            combines(c);
            moves<real, real>("move", c);
            moves<float, real>("move_in", c);
            moves<real, float>("move_out", c);
            reshapes(c);
            embeds(c);
            normalizes(c);
            pools(c);
            convolves(c);
            lays_out_windows(c);
            multiplies_few_rows(c);
            excites(c);
            attends(c);
        }
    } catch (const failed &f) {
        printf("round %d: %s\n", round, f.what());
        return 1;
    }
    return 0;
}
