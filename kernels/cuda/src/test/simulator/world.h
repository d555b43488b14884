// SPDX-License-Identifier: Apache-2.0
//
// The state of the simulated machine: one device, its memory, streams, graphs and handles, and what went wrong. One lock
// guards all of it: calls run one after the other.
#pragma once

#include "simulator.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sim {

// Those of CUresult that the driver gives (CUDA Driver API, version 12).
enum status {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    NO_BINARY_FOR_GPU = 209,
    ECC = 214,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
    NOT_SUPPORTED = 801,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
    UNKNOWN = 999,
};

// A GPU as its driver describes it (NVIDIA's data sheets and the CUDA C++ programming guide, table of compute capabilities).
struct profile {
    const char *name;
    int capability, multiprocessors, kilohertz, shared_opt_in;
    uint64_t bytes;
};

inline constexpr profile PROFILES[] = {
    {"Tesla T4", 75, 40, 1'590'000, 64 << 10, 16ull << 30},
    {"NVIDIA A100-SXM4-80GB", 80, 108, 1'410'000, 163 << 10, 80ull << 30},
    {"NVIDIA GeForce RTX 4090", 89, 128, 2'520'000, 99 << 10, 24ull << 30},
    {"NVIDIA H100 80GB HBM3", 90, 132, 1'980'000, 227 << 10, 80ull << 30},
    {"NVIDIA B200", 100, 148, 1'965'000, 227 << 10, 192ull << 30},
};

// One thing to do in a stream; runs as often as the graph that holds it is launched.
struct task {
    std::string what;
    std::function<void()> work;
};

struct graph {
    std::vector<task> nodes;
};

struct stream {
    std::deque<task> waiting;
    std::unique_ptr<graph> written; // while its work is written down
    std::thread::id writer;         // whose calls must not disturb that
    bool is_spoilt = false;         // something happened that a capture does not allow
};

// Memory that nobody has written yet, whose numbers are none: not a number in float, half and bfloat. Its pages are copies of
// a file's, made when they are first written, so that large blocks cost nothing.
class fresh_memory {
  public:
    explicit fresh_memory(size_t bytes);
    fresh_memory(fresh_memory &&other) noexcept : start(std::exchange(other.start, nullptr)), bytes(other.bytes) {}
    fresh_memory(const fresh_memory &) = delete;
    ~fresh_memory();
    unsigned char *get() const { return start; }

  private:
    unsigned char *start;
    size_t bytes;
};

struct allocation {
    size_t bytes;
    fresh_memory fenced; // between two fences
};

class world {
  public:
    std::recursive_mutex lock;

    // --------------------------------------------------------------------------------------------- what tests decide
    const profile *device = nullptr; // null: there is none
    int driver_version = 12090;
    uint64_t bytes_left = 0;
    std::mt19937 random{0};

    // The call of that number, counted from 1, gives a status instead of doing anything; 0: none.
    int64_t failing_call = 0;
    int failing_status = 0;
    std::vector<std::string> calls;

    // --------------------------------------------------------------------------------------------------- what happened
    int lost = 0; // the status of a failure after which nothing succeeds
    std::vector<std::string> defects;
    std::set<std::pair<std::string, const void *>> open;
    int context_users = 0;
    int64_t microseconds = 0; // that the library's jobs say they took; nothing says how long a GPU would take

    // ------------------------------------------------------------------------------------------------------- memory
    // Device addresses are of a mapping of an empty file: a host that touches one gets SIGBUS, which the Java virtual
    // machine turns into an InternalError where Java did it.
    static constexpr uint64_t ADDRESSES = 1ull << 40;
    uint64_t first_address = 0;
    std::map<uint64_t, allocation> memory;
    std::map<uint64_t, size_t> pinned;
    std::map<uint64_t, size_t> freed; // addresses are never used again, so that old ones are found out
    uint64_t next_address = 0;

    uint64_t allocate(size_t bytes);
    bool release(uint64_t address);
    unsigned char *find(uint64_t address, size_t bytes);
    bool is_pinned(const void *start, size_t bytes) const;
    void check_fences();

    // ------------------------------------------------------------------------------------------------------- streams
    std::vector<stream *> streams; // in the order of their creation, so that what is drawn is the same in every process

    bool has(const stream *s) const;
    int put(stream *s, task t);
    // Runs what waits, of all streams in a drawn order, until nothing waits in this one.
    void drain(stream *s);
    // Runs some of what waits, or nothing: a GPU may be as early as that.
    void run_some();
    // Whether the calling thread writes a stream's work down.
    bool is_capturing() const;
    // Ends the calling thread's captures in failure.
    void spoil_captures();

    void defect(const std::string &what) { defects.push_back(what); }
    void lose(int status) { lost = lost ? lost : status; }
    void end_context();
    void reset();
};

world &the_world();

} // namespace sim
