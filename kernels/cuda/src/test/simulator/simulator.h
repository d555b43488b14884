// SPDX-License-Identifier: Apache-2.0
//
// What the simulated libraries share. The simulated driver (libcuda) is where it is kept; the others are linked with it.
#pragma once

#include <cstddef>

extern "C" {

// Where device memory [address, address + bytes) is on the host; null, and the context is lost, where it is not allocated.
void *sim_memory(unsigned long long address, size_t bytes);

// Notes a call; the status that a test wants it to give, else 0.
int sim_injected(const char *function);

// Handles by kind and address: what is opened must be closed once, before its context is.
void sim_opened(const char *kind, const void *handle);
int sim_closed(const char *kind, const void *handle);
int sim_alive(const char *kind, const void *handle);

// The device's compute capability, 80 for 8.0; 0 where there is no device.
int sim_capability(void);

// Puts work into a stream, or into the graph that it is being written down to; `drop` frees the state after the last run. A
// status of the driver.
int sim_enqueue(void *stream, const char *what, void (*work)(void *), void (*drop)(void *), void *state);

// Lets so many microseconds pass on the device; called by work that runs there.
void sim_spend(int microseconds);

// Something that CUDA would not notice, or not there: the test that looks into the report fails.
void sim_defect(const char *what);
}
