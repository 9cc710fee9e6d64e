/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * libmnl's readers of attributes, which believe that an attribute is as long as its type, in the form that
 * ends a fuzzer's run where it is not: the library is not built with sanitizers, so what it reads too far
 * goes unseen.
 */
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>

#define STRICT_NUMBER(type, name)                                                                            \
	type mnl_attr_get_##name(const struct nlattr *attr)                                                  \
	{                                                                                                    \
		type value;                                                                                  \
                                                                                                             \
		if (mnl_attr_get_payload_len(attr) < sizeof(value))                                          \
			abort();                                                                             \
		memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));                                   \
		return value;                                                                                \
	}
STRICT_NUMBER(uint8_t, u8)
STRICT_NUMBER(uint16_t, u16)
STRICT_NUMBER(uint32_t, u32)
STRICT_NUMBER(uint64_t, u64)

const char *mnl_attr_get_str(const struct nlattr *attr)
{
	if (!memchr(mnl_attr_get_payload(attr), '\0', mnl_attr_get_payload_len(attr)))
		abort();
	return mnl_attr_get_payload(attr);
}
