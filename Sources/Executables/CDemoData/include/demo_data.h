// SPDX-License-Identifier: Apache-2.0

#ifndef WAYMARK_DEMO_DATA_H
#define WAYMARK_DEMO_DATA_H

#include <stddef.h>

/// The bytes of `ae_attendances.csv`: see `README.md` beside it for its columns and its licence.
extern const unsigned char waymark_ae_attendances[];

/// How many bytes there are.
extern const size_t waymark_ae_attendances_size;

#endif
