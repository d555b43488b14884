// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace sim {

namespace {

constexpr size_t FENCE = 4096, GAP = 1 << 20, PIECE = 1 << 20;
constexpr unsigned char NEVER_WRITTEN = 0xFF;

// The fence too is of numbers that are none: signalling ones in float and bfloat, so that arithmetic changes them.
unsigned char fence_byte(size_t i) { return i % 2 ? 0x7F : 0xBF; }

void raise(unsigned char *fence) {
    for (size_t i = 0; i < FENCE; i++) fence[i] = fence_byte(i);
}

bool is_whole(const unsigned char *fence) {
    for (size_t i = 0; i < FENCE; i++) {
        if (fence[i] != fence_byte(i)) return false;
    }
    return true;
}

// Whether the sanitizer for addresses may find a kernel's access to a fence at once, where it watches.
void guard([[maybe_unused]] unsigned char *fence, [[maybe_unused]] bool closed) {
#if defined(__SANITIZE_ADDRESS__)
    if (closed) __asan_poison_memory_region(fence, FENCE);
    else __asan_unpoison_memory_region(fence, FENCE);
#endif
}

} // namespace

fresh_memory::fresh_memory(size_t wanted) : bytes((wanted + PIECE - 1) / PIECE * PIECE) {
    static const int file = [] {
        const int made = memfd_create("never written", 0);
        const std::vector<unsigned char> piece(PIECE, NEVER_WRITTEN);
        if (write(made, piece.data(), PIECE) != (ssize_t)PIECE) throw std::bad_alloc();
        return made;
    }();
    start = (unsigned char *)mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    for (size_t i = 0; i < bytes; i += PIECE) {
        if (mmap(start + i, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file, 0) == MAP_FAILED) {
            throw std::bad_alloc();
        }
    }
}

fresh_memory::~fresh_memory() {
    if (start) munmap(start, bytes);
}

world &the_world() {
    static world only;
    return only;
}

uint64_t world::allocate(size_t bytes) {
    allocation made{bytes, fresh_memory(bytes + 2 * FENCE)};
    raise(made.fenced.get());
    raise(made.fenced.get() + FENCE + bytes);
    guard(made.fenced.get(), true);
    guard(made.fenced.get() + FENCE + bytes, true);
    if (!first_address) {
        const int nothing = memfd_create("device memory", 0);
        void *range = mmap(nullptr, ADDRESSES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, nothing, 0);
        if (range == MAP_FAILED) throw std::bad_alloc();
        close(nothing);
        first_address = next_address = (uint64_t)range;
    }
    const uint64_t address = next_address;
    next_address += (bytes + GAP) / 512 * 512 + 512;
    memory.emplace(address, std::move(made));
    bytes_left -= bytes;
    return address;
}

bool world::release(uint64_t address) {
    const auto found = memory.find(address);
    if (found == memory.end()) return false;
    check_fences();
    bytes_left += found->second.bytes;
    freed[address] = found->second.bytes;
    memory.erase(found);
    return true;
}

unsigned char *world::find(uint64_t address, size_t bytes) {
    auto after = memory.upper_bound(address);
    if (after == memory.begin()) return nullptr;
    const auto &[start, found] = *--after;
    const uint64_t offset = address - start;
    if (offset > found.bytes || bytes > found.bytes - offset || (bytes == 0 && offset == found.bytes)) return nullptr;
    return found.fenced.get() + FENCE + offset;
}

bool world::is_pinned(const void *start, size_t bytes) const {
    auto after = pinned.upper_bound((uint64_t)start);
    if (after == pinned.begin()) return false;
    const auto &[address, size] = *--after;
    return (uint64_t)start + bytes <= address + size;
}

void world::check_fences() {
    for (const auto &[address, a] : memory) {
        for (unsigned char *fence : {a.fenced.get(), a.fenced.get() + FENCE + a.bytes}) {
            guard(fence, false);
            if (!is_whole(fence)) {
                defect("something was written beside an allocation of " + std::to_string(a.bytes) + " bytes");
                raise(fence);
            }
            guard(fence, true);
        }
    }
}

bool world::has(const stream *s) const { return std::find(streams.begin(), streams.end(), s) != streams.end(); }

int world::put(stream *s, task t) {
    if (lost) return lost;
    if (!has(s)) return INVALID_HANDLE;
    if (s->is_spoilt) return CAPTURE_INVALIDATED;
    if (s->written) s->written->nodes.push_back(std::move(t));
    else s->waiting.push_back(std::move(t));
    run_some();
    return lost;
}

void world::run_some() {
    for (stream *s : streams) {
        while (!s->waiting.empty() && random() % 4 == 0) {
            const task t = std::move(s->waiting.front());
            s->waiting.pop_front();
            if (!lost) t.work();
        }
    }
}

void world::drain(stream *s) {
    while (!s->waiting.empty()) {
        std::vector<stream *> busy;
        for (stream *each : streams) {
            if (!each->waiting.empty()) busy.push_back(each);
        }
        stream *next = busy[random() % busy.size()];
        const task t = std::move(next->waiting.front());
        next->waiting.pop_front();
        if (!lost) t.work();
    }
    check_fences();
}

bool world::is_capturing() const {
    const auto me = std::this_thread::get_id();
    return std::any_of(streams.begin(), streams.end(), [=](const stream *s) { return s->written && s->writer == me; });
}

void world::spoil_captures() {
    for (stream *s : streams) s->is_spoilt = s->is_spoilt || (s->written && s->writer == std::this_thread::get_id());
}

void world::end_context() {
    check_fences();
    for (const auto &[kind, handle] : open) defect("a " + kind + " was not freed before its context");
    for (const auto &[address, a] : memory) defect("device memory of " + std::to_string(a.bytes) + " bytes was not freed");
    for (const auto &[address, bytes] : pinned) defect("pinned memory of " + std::to_string(bytes) + " bytes was not freed");
}

void world::reset() {
    open.clear();
    memory.clear();
    pinned.clear();
    freed.clear();
    streams.clear();
    defects.clear();
    calls.clear();
    lost = 0;
    context_users = 0;
    failing_call = 0;
}

} // namespace sim

using sim::the_world;

#define LOCKED const std::lock_guard locked(the_world().lock)

extern "C" {

#define EXPORT __attribute__((visibility("default")))

EXPORT void *sim_memory(unsigned long long address, size_t bytes) {
    LOCKED;
    auto &w = the_world();
    void *found = w.find(address, bytes);
    if (found || w.lost) return found;
    w.lose(sim::ILLEGAL_ADDRESS);
    const auto after = w.freed.upper_bound(address);
    const bool was_there = after != w.freed.begin() && address - std::prev(after)->first < std::prev(after)->second;
    w.defect("the device reads or writes " + std::to_string(bytes) + " bytes "
             + (was_there ? "of memory that was freed" : "beyond what is allocated"));
    return nullptr;
}

EXPORT int sim_injected(const char *function) {
    LOCKED;
    auto &w = the_world();
    w.calls.push_back(function);
    return (int64_t)w.calls.size() == w.failing_call ? w.failing_status : 0;
}

EXPORT void sim_opened(const char *kind, const void *handle) {
    LOCKED;
    the_world().open.emplace(kind, handle);
}

EXPORT int sim_closed(const char *kind, const void *handle) {
    LOCKED;
    const bool was_open = the_world().open.erase({kind, handle}) == 1;
    if (!was_open) the_world().defect(std::string("a ") + kind + " was freed that is not there");
    return was_open;
}

EXPORT int sim_alive(const char *kind, const void *handle) {
    LOCKED;
    const bool is_alive = the_world().open.count({kind, handle});
    if (!is_alive) the_world().defect(std::string("a ") + kind + " was used that is not there");
    return is_alive;
}

EXPORT int sim_capability(void) { return the_world().device ? the_world().device->capability : 0; }

EXPORT int sim_enqueue(void *stream, const char *what, void (*work)(void *), void (*drop)(void *), void *state) {
    LOCKED;
    const std::shared_ptr<void> kept(state, drop);
    return the_world().put((sim::stream *)stream, {what, [=] { work(kept.get()); }});
}

EXPORT void sim_spend(int microseconds) {
    LOCKED;
    the_world().microseconds += microseconds;
}

EXPORT void sim_defect(const char *what) {
    LOCKED;
    the_world().defect(what);
}

EXPORT int sim_trap(const char *function) {
    sim_defect((std::string(function) + " is not simulated").c_str());
    return sim::NOT_SUPPORTED;
}

// ------------------------------------------------------------------------------------------------- what tests call

// Begins anew with a device of this number among the profiles, or none (-1), that has so much memory left.
EXPORT void sim_start(int profile, int driver_version, uint64_t bytes, unsigned seed) {
    LOCKED;
    auto &w = the_world();
    w.reset();
    w.device = profile < 0 ? nullptr : &sim::PROFILES[profile];
    w.driver_version = driver_version;
    w.bytes_left = bytes;
    w.random.seed(seed);
}

// The call of this number from now on gives this status; the counting begins anew.
EXPORT void sim_fail(int64_t call, int status) {
    LOCKED;
    auto &w = the_world();
    w.calls.clear();
    w.failing_call = call;
    w.failing_status = status;
}

// How many calls there were, and the name of one, counted from 1.
EXPORT int64_t sim_calls(void) {
    LOCKED;
    return (int64_t)the_world().calls.size();
}

EXPORT const char *sim_call(int64_t call) {
    LOCKED;
    return the_world().calls[(size_t)call - 1].c_str();
}

// How many handles and blocks of memory there are.
EXPORT int64_t sim_open_count(void) {
    LOCKED;
    auto &w = the_world();
    return (int64_t)(w.open.size() + w.memory.size() + w.pinned.size()) + w.context_users;
}

// The next line of what was wrong, else null; it stays valid until the next call.
EXPORT const char *sim_next_defect(void) {
    LOCKED;
    static std::string line;
    auto &defects = the_world().defects;
    if (defects.empty()) return nullptr;
    line = defects.front();
    defects.erase(defects.begin());
    return line.c_str();
}
}
