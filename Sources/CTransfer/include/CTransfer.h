// One HTTP exchange by libcurl, which is looked for when the first one begins and not before: a desk without a language model
// neither loads it nor needs it. What Swift cannot spell: functions found by name, and their variable arguments.
#ifndef CTRANSFER_H
#define CTRANSFER_H

#include <stddef.h>

/// How an exchange ended. Everything but TR_DONE means that there is no answer to be read.
enum tr_end {
  TR_DONE = 0,
  /// The library is not on this machine, or too old.
  TR_NO_LIBRARY,
  TR_NO_MEMORY,
  TR_CANCELLED,
  TR_TIMED_OUT,
  TR_UNKNOWN_HOST,
  TR_REFUSED,
  /// The certificate is not one that this machine trusts, or no encryption was agreed on.
  TR_INSECURE,
  /// The body, or the lines before it, have more bytes than asked for.
  TR_TOO_LARGE,
  /// The body is packed, which nobody asked for: what it would become has no limit.
  TR_PACKED,
  /// The connection ended in the middle, or what came is not HTTP.
  TR_BROKEN
};

struct tr_request {
  const char *url;
  /// `Name: value`, without line ends.
  const char *const *headers;
  size_t header_count;
  const char *body;
  size_t body_count;
  long milliseconds;
  /// Bytes of the answer's body.
  size_t limit;
  /// Nonzero: straight to the host, whatever the environment says of proxies.
  int is_direct;
};

/// What came; the body is freed by tr_release.
struct tr_answer {
  long status;
  char *body;
  size_t count;
  /// The value of the header Location, cut off where it is longer; empty where there is none.
  char location[512];
};

/// Connections that are kept between exchanges, one exchange at a time. NULL: there is no library, or no memory.
typedef struct tr_line tr_line;

/// Nonzero where libcurl was found; loads it.
int tr_is_there(void);
tr_line *tr_open(void);
void tr_close(tr_line *line);
/// Posts and waits. `answer` is always filled in.
enum tr_end tr_post(tr_line *line, const struct tr_request *request, struct tr_answer *answer);
void tr_release(struct tr_answer *answer);
/// From any thread: an exchange that is under way, or else the next one, ends at once with TR_CANCELLED.
void tr_cancel(tr_line *line);
/// Forgets a cancellation that came too late.
void tr_ready(tr_line *line);

#endif
