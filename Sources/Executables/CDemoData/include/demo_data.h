// SPDX-License-Identifier: Apache-2.0

#ifndef WAYMARK_DEMO_DATA_H
#define WAYMARK_DEMO_DATA_H

#include <stddef.h>

/// The first byte of `ae_attendances.csv`: see `README.md` beside it for its columns and its licence.
const unsigned char *waymark_ae_attendances_first(void);

/// How many bytes there are.
extern const size_t waymark_ae_attendances_size;

#endif
