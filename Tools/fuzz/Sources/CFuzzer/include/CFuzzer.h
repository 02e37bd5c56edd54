// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

// libFuzzer's loop: calls `test` with one input after another until it crashes or its time is up. libFuzzer has it for
// programs with a main function of their own.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
