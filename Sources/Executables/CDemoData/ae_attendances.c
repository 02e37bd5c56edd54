// SPDX-License-Identifier: Apache-2.0

#include "demo_data.h"

// `#embed` (C23) takes no time to compile; clang knows it in older modes too, and would only mention that.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char bytes[] = {
#embed "ae_attendances.csv"
};

const unsigned char *waymark_ae_attendances_first(void) { return bytes; }

const size_t waymark_ae_attendances_size = sizeof bytes;
