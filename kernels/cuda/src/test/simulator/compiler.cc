// SPDX-License-Identifier: Apache-2.0
//
// libnvrtc: takes the project's own kernels only, which are compiled for the host already; the "machine code" says which.
#include "simulator.h"

#include <cstdio>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

enum status { SUCCESS = 0, OUT_OF_MEMORY = 1, INVALID_INPUT = 3, INVALID_PROGRAM = 4, INVALID_OPTION = 5, COMPILATION = 6 };

struct program {
    std::string source, code, log;
};

#define BEGIN                                                                                                         \
    if (const int injected = sim_injected(__func__)) return injected

// What is included and not there, as an error; else nothing.
std::string missing(const std::vector<std::string> &sources, const std::set<std::string> &known) {
    static const std::string INCLUDE = "#include \"";
    for (const std::string &text : sources) {
        for (size_t at = text.find(INCLUDE); at != std::string::npos; at = text.find(INCLUDE, at + 1)) {
            const size_t start = at + INCLUDE.size();
            const std::string name = text.substr(start, text.find('"', start) - start);
            if (!known.count(name)) return "error: could not open source file \"" + name + "\"";
        }
    }
    return "";
}

bool is_there(const program *p) { return p && sim_alive("program of the compiler", p); }

int give(const std::string &from, char *to) {
    memcpy(to, from.c_str(), from.size() + 1);
    return SUCCESS;
}

} // namespace

EXPORT const char *nvrtcGetErrorString(int status) {
    switch (status) {
    case SUCCESS: return "NVRTC_SUCCESS";
    case OUT_OF_MEMORY: return "NVRTC_ERROR_OUT_OF_MEMORY";
    case INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
    case INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
    case INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case COMPILATION: return "NVRTC_ERROR_COMPILATION";
    default: return "NVRTC_ERROR_INTERNAL_ERROR";
    }
}

EXPORT int nvrtcVersion(int *major, int *minor) {
    BEGIN;
    *major = 12;
    *minor = 9;
    return SUCCESS;
}

EXPORT int nvrtcCreateProgram(program **result, const char *source, const char *, int headers, const char *const *texts,
                              const char *const *names) {
    BEGIN;
    std::vector<std::string> sources = {source};
    std::set<std::string> known;
    for (int i = 0; i < headers; i++) {
        if (!texts[i] || !names[i]) return INVALID_INPUT;
        sources.push_back(texts[i]);
        known.insert(names[i]);
    }
    *result = new program{source, "", missing(sources, known)};
    sim_opened("program of the compiler", *result);
    return SUCCESS;
}

EXPORT int nvrtcCompileProgram(program *p, int count, const char *const *options) {
    BEGIN;
    if (!is_there(p)) return INVALID_PROGRAM;
    std::string storage, architecture;
    for (int i = 0; i < count; i++) {
        const std::string option = options[i];
        if (option.starts_with("--gpu-architecture=sm_")) architecture = option.substr(option.find('=') + 1);
        else if (option.starts_with("-DSTORAGE_")) storage = option.substr(option.find('_') + 1);
        else if (option != "-std=c++17") return INVALID_OPTION;
    }
    if (p->log.empty() && p->source.find("__global__") == std::string::npos) p->log = "error: there is no kernel";
    if (!p->log.empty()) return COMPILATION;
    p->code = "avocet simulated cubin " + storage + " " + architecture;
    return SUCCESS;
}

EXPORT int nvrtcGetCUBINSize(program *p, size_t *bytes) {
    BEGIN;
    if (!is_there(p)) return INVALID_PROGRAM;
    *bytes = p->code.size() + 1;
    return SUCCESS;
}

EXPORT int nvrtcGetCUBIN(program *p, char *code) {
    BEGIN;
    return is_there(p) ? give(p->code, code) : INVALID_PROGRAM;
}

EXPORT int nvrtcGetProgramLogSize(program *p, size_t *bytes) {
    BEGIN;
    if (!is_there(p)) return INVALID_PROGRAM;
    *bytes = p->log.size() + 1;
    return SUCCESS;
}

EXPORT int nvrtcGetProgramLog(program *p, char *log) {
    BEGIN;
    return is_there(p) ? give(p->log, log) : INVALID_PROGRAM;
}

EXPORT int nvrtcDestroyProgram(program **p) {
    const int injected = sim_injected(__func__); // frees all the same
    if (!p || !sim_closed("program of the compiler", *p)) return INVALID_PROGRAM;
    delete *p;
    *p = nullptr;
    return injected;
}
