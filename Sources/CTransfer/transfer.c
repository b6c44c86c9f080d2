#define _GNU_SOURCE
#include "CTransfer.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The numbers are a part of the library's interface: libcurl.so.4 has kept them since 2006 and adds at the end.
enum {
  OPT_WRITEDATA = 10001,
  OPT_URL = 10002,
  OPT_POSTFIELDS = 10015,
  OPT_HTTPHEADER = 10023,
  OPT_HEADERDATA = 10029,
  OPT_NOPROXY = 10177,
  OPT_WRITEFUNCTION = 20011,
  OPT_HEADERFUNCTION = 20079,
  OPT_POSTFIELDSIZE_LARGE = 30120,
  OPT_SSLVERSION = 32,
  OPT_POST = 47,
  OPT_FOLLOWLOCATION = 52,
  OPT_SSL_VERIFYPEER = 64,
  OPT_SSL_VERIFYHOST = 81,
  OPT_NOSIGNAL = 99,
  OPT_TIMEOUT_MS = 155,
  OPT_CONNECTTIMEOUT_MS = 156,
  OPT_PROTOCOLS = 181,
  INFO_RESPONSE_CODE = 0x200002,
  PROTOCOLS_HTTP = 1 | 2,
  TLS_1_2 = 6,
  MESSAGE_DONE = 1,
};

struct message {
  int what;
  void *easy;
  union {
    void *whatever;
    int result;
  } data;
};

static struct {
  int is_there;
  int (*global_init)(long);
  void *(*easy_init)(void);
  int (*easy_setopt)(void *, int, ...);
  int (*easy_getinfo)(void *, int, ...);
  void (*easy_cleanup)(void *);
  void *(*slist_append)(void *, const char *);
  void (*slist_free_all)(void *);
  void *(*multi_init)(void);
  int (*multi_add_handle)(void *, void *);
  int (*multi_remove_handle)(void *, void *);
  int (*multi_perform)(void *, int *);
  int (*multi_poll)(void *, void *, unsigned, int, int *);
  int (*multi_wakeup)(void *);
  struct message *(*multi_info_read)(void *, int *);
  int (*multi_cleanup)(void *);
} curl;

static void load(void) {
  // Debian has it built with OpenSSL, GnuTLS or NSS, under three names with one interface.
  static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"};
  void *library = NULL;
  for (size_t index = 0; index < 3 && !library; index++) library = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
#define FIND(name)                                                                        \
  do {                                                                                    \
    *(void **)&curl.name = dlsym(library, "curl_" #name);                                 \
    if (!curl.name) return;                                                               \
  } while (0)
  FIND(global_init);
  FIND(easy_init);
  FIND(easy_setopt);
  FIND(easy_getinfo);
  FIND(easy_cleanup);
  FIND(slist_append);
  FIND(slist_free_all);
  FIND(multi_init);
  FIND(multi_add_handle);
  FIND(multi_remove_handle);
  FIND(multi_perform);
  FIND(multi_poll);
  FIND(multi_wakeup);
  FIND(multi_info_read);
  FIND(multi_cleanup);
#undef FIND
  // Everything (3): encryption is set up once, before other threads use it.
  curl.is_there = curl.global_init(3) == 0;
}

int tr_is_there(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return curl.is_there;
}

struct tr_line {
  void *multi;
  atomic_int is_cancelled;
};

tr_line *tr_open(void) {
  if (!tr_is_there()) return NULL;
  tr_line *line = calloc(1, sizeof *line);
  if (!line) return NULL;
  line->multi = curl.multi_init();
  if (!line->multi) {
    free(line);
    return NULL;
  }
  return line;
}

void tr_close(tr_line *line) {
  if (!line) return;
  curl.multi_cleanup(line->multi);
  free(line);
}

void tr_cancel(tr_line *line) {
  atomic_store(&line->is_cancelled, 1);
  curl.multi_wakeup(line->multi);
}

void tr_ready(tr_line *line) { atomic_store(&line->is_cancelled, 0); }

void tr_release(struct tr_answer *answer) {
  free(answer->body);
  answer->body = NULL;
  answer->count = 0;
}

// What is being received, and why it was stopped.
struct receipt {
  struct tr_answer *answer;
  size_t limit;
  size_t capacity;
  size_t header_bytes;
  enum tr_end end;
};

static const size_t longest_head = 64 << 10;

static size_t take_body(char *bytes, size_t one, size_t count, void *data) {
  struct receipt *receipt = data;
  struct tr_answer *answer = receipt->answer;
  (void)one;
  if (count > receipt->limit - answer->count) {
    receipt->end = TR_TOO_LARGE;
    return 0;
  }
  if (answer->count + count > receipt->capacity) {
    size_t capacity = receipt->capacity ? receipt->capacity * 2 : 16 << 10;
    while (capacity < answer->count + count) capacity *= 2;
    char *larger = realloc(answer->body, capacity);
    if (!larger) {
      receipt->end = TR_NO_MEMORY;
      return 0;
    }
    answer->body = larger;
    receipt->capacity = capacity;
  }
  memcpy(answer->body + answer->count, bytes, count);
  answer->count += count;
  return count;
}

// The value behind `name` (in lower case, with its colon); 0 where the line is another one.
static size_t value_of(const char *name, const char *line, size_t count, const char **value) {
  size_t length = strlen(name);
  if (count < length || strncasecmp(line, name, length) != 0) return 0;
  while (length < count && (line[length] == ' ' || line[length] == '\t')) length++;
  while (count > length && (line[count - 1] == '\r' || line[count - 1] == '\n' || line[count - 1] == ' ')) count--;
  *value = line + length;
  return count - length;
}

static size_t take_head(char *line, size_t one, size_t count, void *data) {
  struct receipt *receipt = data;
  (void)one;
  receipt->header_bytes += count;
  if (receipt->header_bytes > longest_head) {
    receipt->end = TR_TOO_LARGE;
    return 0;
  }
  const char *value = NULL;
  size_t length = value_of("content-encoding:", line, count, &value);
  if (length && !(length == 8 && strncasecmp(value, "identity", 8) == 0)) {
    receipt->end = TR_PACKED;
    return 0;
  }
  length = value_of("location:", line, count, &value);
  if (length) {
    size_t kept = length < sizeof receipt->answer->location ? length : sizeof receipt->answer->location - 1;
    memcpy(receipt->answer->location, value, kept);
    receipt->answer->location[kept] = 0;
  }
  return count;
}

static enum tr_end end_of(int result) {
  switch (result) {
  case 0: return TR_DONE;
  case 5:
  case 6: return TR_UNKNOWN_HOST;
  case 7: return TR_REFUSED;
  case 28: return TR_TIMED_OUT;
  case 27: return TR_NO_MEMORY;
  case 35:
  case 51:
  case 53:
  case 54:
  case 58:
  case 59:
  case 60:
  case 66:
  case 77:
  case 80:
  case 83:
  case 90:
  case 91: return TR_INSECURE;
  default: return TR_BROKEN;
  }
}

static enum tr_end exchange(tr_line *line, void *easy) {
  if (curl.multi_add_handle(line->multi, easy) != 0) return TR_NO_MEMORY;
  enum tr_end end = TR_BROKEN;
  int running = 1;
  while (running) {
    if (atomic_load(&line->is_cancelled)) {
      end = TR_CANCELLED;
      break;
    }
    if (curl.multi_perform(line->multi, &running) != 0) break;
    if (running && curl.multi_poll(line->multi, NULL, 0, 1000, NULL) != 0) break;
  }
  int left = 0;
  struct message *message;
  while (!running && (message = curl.multi_info_read(line->multi, &left))) {
    if (message->what == MESSAGE_DONE && message->easy == easy) end = end_of(message->data.result);
  }
  curl.multi_remove_handle(line->multi, easy);
  return end;
}

enum tr_end tr_post(tr_line *line, const struct tr_request *request, struct tr_answer *answer) {
  memset(answer, 0, sizeof *answer);
  void *easy = curl.easy_init();
  if (!easy) return TR_NO_MEMORY;
  // Nobody waits for a permission to send the body.
  void *headers = curl.slist_append(NULL, "Expect:");
  for (size_t index = 0; headers && index < request->header_count; index++) {
    void *longer = curl.slist_append(headers, request->headers[index]);
    if (!longer) curl.slist_free_all(headers);
    headers = longer;
  }
  if (!headers) {
    curl.easy_cleanup(easy);
    return TR_NO_MEMORY;
  }
  struct receipt receipt = {.answer = answer, .limit = request->limit, .end = TR_DONE};
  long connecting = request->milliseconds < 10000 ? request->milliseconds : 10000;
  int wrong = 0;
  wrong |= curl.easy_setopt(easy, OPT_URL, request->url);
  // A redirection could lead anywhere, and to another protocol: what was checked is the address that was set.
  wrong |= curl.easy_setopt(easy, OPT_PROTOCOLS, (long)PROTOCOLS_HTTP);
  wrong |= curl.easy_setopt(easy, OPT_FOLLOWLOCATION, 0L);
  wrong |= curl.easy_setopt(easy, OPT_POST, 1L);
  wrong |= curl.easy_setopt(easy, OPT_POSTFIELDS, request->body);
  wrong |= curl.easy_setopt(easy, OPT_POSTFIELDSIZE_LARGE, (long long)request->body_count);
  wrong |= curl.easy_setopt(easy, OPT_HTTPHEADER, headers);
  wrong |= curl.easy_setopt(easy, OPT_WRITEFUNCTION, take_body);
  wrong |= curl.easy_setopt(easy, OPT_WRITEDATA, &receipt);
  wrong |= curl.easy_setopt(easy, OPT_HEADERFUNCTION, take_head);
  wrong |= curl.easy_setopt(easy, OPT_HEADERDATA, &receipt);
  wrong |= curl.easy_setopt(easy, OPT_TIMEOUT_MS, request->milliseconds);
  wrong |= curl.easy_setopt(easy, OPT_CONNECTTIMEOUT_MS, connecting);
  wrong |= curl.easy_setopt(easy, OPT_SSL_VERIFYPEER, 1L);
  wrong |= curl.easy_setopt(easy, OPT_SSL_VERIFYHOST, 2L);
  wrong |= curl.easy_setopt(easy, OPT_SSLVERSION, (long)TLS_1_2);
  // The signals of the process belong to the terminal.
  wrong |= curl.easy_setopt(easy, OPT_NOSIGNAL, 1L);
  if (request->is_direct) wrong |= curl.easy_setopt(easy, OPT_NOPROXY, "*");
  enum tr_end end = TR_BROKEN;
  if (!wrong) {
    end = exchange(line, easy);
    if (receipt.end != TR_DONE && end != TR_CANCELLED) end = receipt.end;
    if (end == TR_DONE) curl.easy_getinfo(easy, INFO_RESPONSE_CODE, &answer->status);
  }
  curl.easy_cleanup(easy);
  curl.slist_free_all(headers);
  if (end != TR_DONE) tr_release(answer);
  return end;
}
