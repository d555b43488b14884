// SPDX-License-Identifier: Apache-2.0
//
// Functions that are there because JavaCPP's libraries name them; to call one is a defect of the test, or of the simulation.
#pragma once

int sim_trap(const char *function);

#define TRAP(name)                                                                                                    \
    __attribute__((weak, visibility("default"))) int name(void) { return sim_trap(#name); }
