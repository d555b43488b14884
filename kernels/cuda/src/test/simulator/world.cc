// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <algorithm>
#include <cstring>

namespace sim {

namespace {

constexpr size_t FENCE = 4096, GAP = 1 << 20;
constexpr unsigned char FENCE_BYTE = 0xA5, NEVER_WRITTEN = 0xFF; // as a float, half or bfloat: not a number

bool is_whole(const unsigned char *fence) {
    return std::all_of(fence, fence + FENCE, [](unsigned char byte) { return byte == FENCE_BYTE; });
}

} // namespace

world &the_world() {
    static world only;
    return only;
}

uint64_t world::allocate(size_t bytes) {
    allocation made{bytes, std::make_unique_for_overwrite<unsigned char[]>(bytes + 2 * FENCE)};
    memset(made.fenced.get(), FENCE_BYTE, FENCE);
    memset(made.fenced.get() + FENCE, NEVER_WRITTEN, bytes);
    memset(made.fenced.get() + FENCE + bytes, FENCE_BYTE, FENCE);
    const uint64_t address = next_address;
    next_address += (bytes + GAP) / 512 * 512 + 512; // never again, so that old addresses are found out
    memory.emplace(address, std::move(made));
    bytes_left -= bytes;
    return address;
}

bool world::release(uint64_t address) {
    const auto found = memory.find(address);
    if (found == memory.end()) return false;
    check_fences();
    bytes_left += found->second.bytes;
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
        if (!is_whole(a.fenced.get()) || !is_whole(a.fenced.get() + FENCE + a.bytes)) {
            defect("something was written beside an allocation of " + std::to_string(a.bytes) + " bytes");
            memset(a.fenced.get(), FENCE_BYTE, FENCE);
            memset(a.fenced.get() + FENCE + a.bytes, FENCE_BYTE, FENCE);
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
    return SUCCESS;
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
    return std::any_of(streams.begin(), streams.end(), [](const stream *s) { return s->written != nullptr; });
}

void world::spoil_captures() {
    for (stream *s : streams) s->is_spoilt = s->is_spoilt || s->written;
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
    void *found = the_world().find(address, bytes);
    if (!found) the_world().lose(sim::ILLEGAL_ADDRESS);
    return found;
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
