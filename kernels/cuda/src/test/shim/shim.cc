// SPDX-License-Identifier: Apache-2.0
#include "shim.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace shim {

namespace {

constexpr int WARP = 32;
constexpr size_t STACK_BYTES = 64 << 10;
// How far the stacks of neighbours begin from the end of theirs: else all would lie in the same lines of the cache.
constexpr size_t COLOURS = 61, COLOUR_BYTES = 192;

// --------------------------------------------------------------------------------------------------------------- fibers

#if defined(__x86_64__)

// Saves what a call must preserve on the old stack, and takes it from the new one (System V ABI, 3.2.1).
extern "C" void avocet_switch(void **from, void *to);
asm(R"(
.text
.type avocet_switch, @function
avocet_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size avocet_switch, .-avocet_switch
)");

struct stack_switch {
    void *pointer = nullptr;

    void prepare(char *stack, size_t bytes, void (*start)()) {
        auto **top = (void **)(stack + bytes);
        *--top = nullptr; // a return address for start, which keeps the stack aligned as after a call
        *--top = (void *)start;
        for (int i = 0; i < 6; i++) *--top = nullptr;
        pointer = top;
    }

    void go(stack_switch &to) { avocet_switch(&pointer, to.pointer); }
};

#else

struct stack_switch {
    ucontext_t context;

    void prepare(char *stack, size_t bytes, void (*start)()) {
        getcontext(&context);
        context.uc_stack.ss_sp = stack;
        context.uc_stack.ss_size = bytes;
        makecontext(&context, start, 0);
    }

    void go(stack_switch &to) { swapcontext(&context, &to.context); }
};

#endif

enum state { RUNNABLE, AT_BARRIER, AT_EXCHANGE, DONE };

struct fiber {
    stack_switch stack;
    char *memory = nullptr;
    thread variables;
    state waits = RUNNABLE;
    uint32_t given = 0;    // to an exchange
    uint32_t received = 0; // from it
    int from_lane = 0;
    void *sanitizer = nullptr;
};

// ------------------------------------------------------------------------------------------------------- shared memory

struct word {
    float value;
    bool written = false;
    unsigned epoch = 0; // of the accesses noted here; those before lie behind a barrier
    int writer = -1;
    int reader = -1;
    bool many_readers = false;
};

// ----------------------------------------------------------------------------------------------------------- the block

struct block {
    const shape &launch;
    const std::function<void()> &kernel;
    std::vector<fiber> &fibers;
    std::mt19937 &random;
    int count;
    stack_switch scheduler;
    void *scheduler_sanitizer = nullptr;
    const void *scheduler_stack = nullptr;
    size_t scheduler_stack_bytes = 0;
    fiber *running = nullptr;
    std::string failure;
    std::vector<word> shared;
    std::map<const void *, size_t> declared;
    unsigned epoch = 1;

    block(const shape &launch, const std::function<void()> &kernel, std::vector<fiber> &fibers, std::mt19937 &random)
        : launch(launch), kernel(kernel), fibers(fibers), random(random), count((int)fibers.size()),
          shared(launch.dynamic_bytes / sizeof(float)) {}

    int number() const { return (int)(running - fibers.data()); }
};

thread_local block *here = nullptr;

void to_scheduler() {
    block &b = *here;
    fiber &f = *b.running;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(f.waits == DONE ? nullptr : &f.sanitizer, b.scheduler_stack, b.scheduler_stack_bytes);
#endif
    f.stack.go(b.scheduler);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(f.sanitizer, &b.scheduler_stack, &b.scheduler_stack_bytes);
#endif
}

void start() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &here->scheduler_stack, &here->scheduler_stack_bytes);
#endif
    try {
        here->kernel();
    } catch (const defect &d) {
        if (here->failure.empty()) here->failure = d.what();
    }
    here->running->waits = DONE;
    to_scheduler();
}

void resume(block &b, fiber &f) {
    b.running = &f;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&b.scheduler_sanitizer, f.memory, STACK_BYTES);
#endif
    b.scheduler.go(f.stack);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(b.scheduler_sanitizer, nullptr, nullptr);
#endif
}

int waiting(const block &b, state what) {
    return (int)std::count_if(b.fibers.begin(), b.fibers.begin() + b.count,
                              [&](const fiber &f) { return f.waits == what; });
}

// Lets warps go on whose threads have all come to an exchange; whether there was one.
bool finish_exchanges(block &b) {
    bool any = false;
    for (int first = 0; first < b.count; first += WARP) {
        const int end = std::min(first + WARP, b.count);
        bool all = true;
        for (int i = first; i < end; i++) all &= b.fibers[i].waits == AT_EXCHANGE;
        if (!all) continue;
        for (int i = first; i < end; i++) {
            const int from = first + b.fibers[i].from_lane;
            if (b.fibers[i].from_lane < 0 || from >= end) {
                b.failure = "a thread asks lane " + std::to_string(b.fibers[i].from_lane) + ", which its warp lacks";
                return false;
            }
            b.fibers[i].received = b.fibers[from].given;
        }
        for (int i = first; i < end; i++) b.fibers[i].waits = RUNNABLE;
        any = true;
    }
    return any;
}

void run_block(block &b) {
    std::vector<int> order(b.count);
    std::iota(order.begin(), order.end(), 0);
    while (b.failure.empty()) {
        if (b.launch.seed) std::shuffle(order.begin(), order.end(), b.random);
        bool moved = false;
        for (const int i : order) {
            if (b.fibers[i].waits != RUNNABLE) continue;
            moved = true;
            resume(b, b.fibers[i]);
            if (!b.failure.empty()) return;
        }
        const int done = waiting(b, DONE);
        if (done == b.count) return;
        if (finish_exchanges(b) || moved) continue;
        const int at_barrier = waiting(b, AT_BARRIER);
        if (at_barrier == b.count) {
            b.epoch++;
            for (int i = 0; i < b.count; i++) b.fibers[i].waits = RUNNABLE;
        } else if (b.failure.empty()) {
            b.failure = "deadlock: of " + std::to_string(b.count) + " threads " + std::to_string(at_barrier)
                + " wait at a barrier, " + std::to_string(waiting(b, AT_EXCHANGE)) + " for their warp, and "
                + std::to_string(done) + " are done";
        }
    }
}

// The stacks of a host thread, kept for the next launch.
struct stacks {
    std::vector<char *> memory;

    char *at(size_t i) {
        while (memory.size() <= i) {
            void *fresh = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (fresh == MAP_FAILED) throw std::bad_alloc();
            memory.push_back((char *)fresh);
        }
        return memory[i];
    }

    ~stacks() {
        for (char *each : memory) munmap(each, STACK_BYTES);
    }
};

thread_local stacks kept;

std::string place() {
    const thread &t = current();
    char text[96];
    snprintf(text, sizeof text, " by thread (%u,%u,%u) of block (%u,%u,%u)", t.index.x, t.index.y, t.index.z,
             t.block.x, t.block.y, t.block.z);
    return text;
}

word &touched(size_t index) {
    block &b = *here;
    if (index >= b.shared.size()) {
        throw defect("float " + std::to_string(index) + " of " + std::to_string(b.shared.size())
                     + " in shared memory was touched" + place());
    }
    word &w = b.shared[index];
    if (w.epoch != b.epoch) {
        w.epoch = b.epoch;
        w.writer = w.reader = -1;
        w.many_readers = false;
    }
    return w;
}

[[noreturn]] void race(size_t index, const char *what) {
    throw defect("a race: float " + std::to_string(index) + " in shared memory was " + what + place()
                 + " without a barrier since another thread's access");
}

} // namespace

// ----------------------------------------------------------------------------------------------------- for kernels

const thread &current() { return here->running->variables; }

int lane() { return here->number() % WARP; }

void barrier() {
    here->running->waits = AT_BARRIER;
    to_scheduler();
}

uint32_t exchange(uint32_t mask, uint32_t value, int from_lane) {
    if (mask != 0xFFFFFFFFu) throw defect("an exchange of a part of a warp" + place());
    fiber &f = *here->running;
    f.given = value;
    f.from_lane = from_lane;
    f.waits = AT_EXCHANGE;
    to_scheduler();
    return f.received;
}

size_t static_shared(const void *declaration, size_t floats) {
    block &b = *here;
    const auto [at, fresh] = b.declared.emplace(declaration, b.shared.size());
    if (fresh) b.shared.resize(b.shared.size() + floats);
    return at->second;
}

size_t dynamic_shared() { return 0; }

float read_shared(size_t index) {
    word &w = touched(index);
    const int me = here->number();
    if (w.writer >= 0 && w.writer != me) race(index, "read");
    if (!w.written) throw defect("float " + std::to_string(index) + " in shared memory was read before it was written" + place());
    w.many_readers |= w.reader >= 0 && w.reader != me;
    w.reader = me;
    return w.value;
}

void write_shared(size_t index, float value) {
    word &w = touched(index);
    const int me = here->number();
    if ((w.writer >= 0 && w.writer != me) || w.many_readers || (w.reader >= 0 && w.reader != me)) race(index, "written");
    w.writer = me;
    w.written = true;
    w.value = value;
}

// ------------------------------------------------------------------------------------------------------- for launchers

std::string run(const shape &launch, const std::function<void()> &kernel) {
    const unsigned count = launch.block.x * launch.block.y * launch.block.z;
    if (count == 0 || count > 1024 || launch.grid.x == 0 || launch.grid.y == 0 || launch.grid.z == 0) {
        return "an empty grid, or a block of " + std::to_string(count) + " threads";
    }
    std::vector<fiber> fibers(count);
    for (unsigned i = 0; i < count; i++) fibers[i].memory = kept.at(i);
    std::mt19937 random(launch.seed);
    const size_t blocks = (size_t)launch.grid.x * launch.grid.y * launch.grid.z;
    std::vector<size_t> order(blocks);
    std::iota(order.begin(), order.end(), 0);
    if (launch.seed) std::shuffle(order.begin(), order.end(), random);
    for (const size_t number : order) {
        block b(launch, kernel, fibers, random);
        const dim at{(unsigned)(number % launch.grid.x), (unsigned)(number / launch.grid.x % launch.grid.y),
                     (unsigned)(number / launch.grid.x / launch.grid.y)};
        for (unsigned i = 0; i < count; i++) {
            const dim index{i % launch.block.x, i / launch.block.x % launch.block.y,
                            i / launch.block.x / launch.block.y};
            fibers[i].variables = {index, at, launch.block, launch.grid};
            fibers[i].waits = RUNNABLE;
#if defined(__SANITIZE_ADDRESS__)
            __asan_unpoison_memory_region(fibers[i].memory, STACK_BYTES); // by threads that a failure left waiting
#endif
            fibers[i].stack.prepare(fibers[i].memory, STACK_BYTES - i % COLOURS * COLOUR_BYTES, start);
        }
        block *const outer = here;
        here = &b;
        run_block(b);
        here = outer;
        if (!b.failure.empty()) return b.failure;
    }
    return "";
}

std::vector<entry> &entries() {
    static std::vector<entry> all;
    return all;
}

// --------------------------------------------------------------------------------------------------------------- halves

float float_of_half(uint16_t bits) {
    const uint32_t sign = (uint32_t)(bits & 0x8000) << 16;
    const uint32_t exponent = bits >> 10 & 0x1F;
    const uint32_t fraction = bits & 0x3FF;
    if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000 | fraction << 13);
    if (exponent == 0) {
        const float tiny = (float)fraction * 0x1p-24f;
        return sign ? -tiny : tiny;
    }
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t half_of_float(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint16_t sign = bits >> 16 & 0x8000;
    const uint32_t size = bits & 0x7FFFFFFF;
    if (size > 0x7F800000) return sign | 0x7FFF;
    if (size >= 0x477FF000) return sign | 0x7C00; // rounds to 65536 or more
    if (size < 0x38800000) {                       // below the smallest normal number: a multiple of 2^-24
        const float scaled = std::bit_cast<float>(size) * 0x1p24f;
        return sign | (uint16_t)std::nearbyintf(scaled);
    }
    const uint32_t rounded = size + 0xFFF + (size >> 13 & 1);
    return sign | (uint16_t)((rounded - 0x38000000) >> 13);
}

} // namespace shim
