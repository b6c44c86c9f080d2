// Sends attributes only where a character or an erasure needs them, and then only what differs.
#ifndef CTERMINAL_ATTRIBUTES_H
#define CTERMINAL_ATTRIBUTES_H

#include <stddef.h>

typedef void (*attributes_sink)(const void *bytes, size_t count);

/// The terminal may have any attributes: the next ones are sent whole.
void attributes_forget(void);
/// Passes on what ncurses composed. Sequences may be cut between two calls.
void attributes_pass(const char *bytes, size_t count, attributes_sink sink);
/// Sends what was held back.
void attributes_settle(attributes_sink sink);

#endif
