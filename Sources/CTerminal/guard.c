// Whatever ends the program, the terminal comes back. Everything that runs in a handler here is
// async-signal-safe: write, tcsetattr, dup2, fcntl, pread, alarm, clock_gettime, raise.
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "include/CTerminal.h"

enum {
  // A loop that did not look at a request to end for so long is dead.
  GRACE_SECONDS = 5,
  // A terminal that closes sends two or three hang-ups at once; a person who insists waits longer.
  SECOND_REQUEST_AFTER_MS = 1000,
  SHOWN_OF_LOG = 640,
};

static atomic_int armed;
static int tty_input = -1, tty_output = -1;
static struct termios normal_state;
static char farewell[512];
static size_t farewell_length;

static int log_file = -1, real_errors = -1;
static off_t log_start;
static atomic_int errors_hidden;

static int signal_read = -1, signal_write = -1;
static atomic_uint pending;
static atomic_int request_signal;
static struct timespec first_request;

void guard_set_farewell(const char *bytes, size_t count) {
  if (count > sizeof farewell) count = sizeof farewell;
  memcpy(farewell, bytes, count);
  farewell_length = count;
}

void guard_arm(int input, int output, const struct termios *state) {
  tty_input = input;
  tty_output = output;
  normal_state = *state;
  atomic_store(&armed, 1);
}

void guard_disarm(void) { atomic_store(&armed, 0); }

// ---- Standard error ----

int ct_log_errors(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  close(fd);
  fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
  if (fd < 0) return errno;
  if (log_file >= 0) close(log_file);
  log_file = fd;
  return 0;
}

void guard_hide_errors(void) {
  if (log_file < 0 || atomic_load(&errors_hidden)) return;
  if (real_errors < 0) real_errors = fcntl(2, F_DUPFD_CLOEXEC, 10);
  if (real_errors < 0) return;
  struct stat information;
  log_start = fstat(log_file, &information) == 0 ? information.st_size : 0;
  dup2(log_file, 2);
  atomic_store(&errors_hidden, 1);
}

void guard_show_errors(void) {
  if (!atomic_exchange(&errors_hidden, 0)) return;
  dup2(real_errors, 2);
  struct stat information;
  if (fstat(log_file, &information) != 0) return;
  // The first lines say what happened; a page of addresses behind them would push them off the screen.
  char part[SHOWN_OF_LOG];
  ssize_t count = pread(log_file, part, sizeof part, log_start);
  // What a library printed may hold what a customer typed.
  for (ssize_t i = 0; i < count; i++)
    if (((unsigned char)part[i] < 0x20 && part[i] != '\n' && part[i] != '\t') || part[i] == 0x7F) part[i] = '?';
  if (count > 0 && write(2, part, (size_t)count) < 0) return;
  if (information.st_size - log_start > count && write(2, "\n...\n", 5) < 0) return;
  log_start = information.st_size;
}

// ---- Giving back ----

static void give_back(void) {
  if (atomic_exchange(&armed, 0)) {
    // A stopped or vanished terminal must not keep a dying program alive.
    int flags = fcntl(tty_output, F_GETFL);
    if (flags >= 0) fcntl(tty_output, F_SETFL, flags | O_NONBLOCK);
    size_t done = 0;
    for (int tries = 0; done < farewell_length && tries < 20; tries++) {
      ssize_t count = write(tty_output, farewell + done, farewell_length - done);
      if (count > 0) {
        done += (size_t)count;
      } else if (errno == EAGAIN) {
        struct pollfd wait = {.fd = tty_output, .events = POLLOUT};
        poll(&wait, 1, 20);
      } else if (errno != EINTR) {
        break;
      }
    }
    if (flags >= 0) fcntl(tty_output, F_SETFL, flags);
    // From the background this would stop us instead.
    signal(SIGTTOU, SIG_IGN);
    tcsetattr(tty_input, TCSANOW, &normal_state);
  }
  guard_show_errors();
}

static void die_of(int number) {
  give_back();
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigemptyset(&standard.sa_mask);
  sigaction(number, &standard, NULL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  pthread_sigmask(SIG_UNBLOCK, &only, NULL);
  raise(number);
  _exit(128 + number);
}

static void on_crash(int number) { die_of(number); }

static void on_silence(int number) {
  (void)number;
  int request = atomic_load(&request_signal);
  if (request != 0) die_of(request);
}

// ---- Requests ----

static unsigned bit_of(int number) {
  switch (number) {
    case SIGWINCH: return CT_SIGNAL_RESIZE;
    case SIGCONT: return CT_SIGNAL_CONTINUE;
    case SIGTERM: return CT_SIGNAL_TERMINATE;
    case SIGHUP: return CT_SIGNAL_HANGUP;
    case SIGINT: return CT_SIGNAL_INTERRUPT;
    case SIGTSTP: return CT_SIGNAL_STOP;
    default: return 0;
  }
}

static void on_notice(int number) {
  int saved = errno;
  atomic_fetch_or(&pending, bit_of(number));
  ct_wake(signal_write);
  errno = saved;
}

// The first request is the loop's: it saves and ends. One that comes again, or that nobody looks at, kills.
static void on_request(int number) {
  int saved = errno;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int none = 0;
  if (atomic_compare_exchange_strong(&request_signal, &none, number)) {
    first_request = now;
    alarm(GRACE_SECONDS);
  } else {
    long waited = (now.tv_sec - first_request.tv_sec) * 1000 + (now.tv_nsec - first_request.tv_nsec) / 1000000;
    if (waited >= SECOND_REQUEST_AFTER_MS) die_of(number);
  }
  on_notice(number);
  errno = saved;
}

static void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

void guard_lend_keys(void) { handle(SIGTSTP, SIG_DFL, 0); }

void guard_take_keys(void) {
  handle(SIGTSTP, on_notice, SA_ONSTACK | SA_RESTART);
  atomic_fetch_and(&pending, ~(unsigned)(CT_SIGNAL_INTERRUPT | CT_SIGNAL_STOP));
}

int ct_signals_install(void) {
  if (signal_read >= 0) return 0;
  signal_read = ct_wake_open(&signal_write);
  if (signal_read < 0) return errno;
  // A stack that ran over has no room for a handler.
  static char stack[64 * 1024];
  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternative, NULL);
  const int crashes[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGQUIT, SIGSYS, SIGXCPU};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
    handle(crashes[i], on_crash, SA_ONSTACK | SA_RESETHAND);
  handle(SIGALRM, on_silence, SA_ONSTACK);
  handle(SIGTERM, on_request, SA_ONSTACK);
  handle(SIGHUP, on_request, SA_ONSTACK);
  handle(SIGINT, on_notice, SA_ONSTACK);
  handle(SIGTSTP, on_notice, SA_ONSTACK | SA_RESTART);
  handle(SIGCONT, on_notice, SA_ONSTACK | SA_RESTART);
  handle(SIGWINCH, on_notice, SA_ONSTACK | SA_RESTART);
  return 0;
}

unsigned ct_signals_take(void) {
  if (signal_read >= 0) ct_wake_drain(signal_read);
  unsigned taken = atomic_exchange(&pending, 0);
  if (taken & (CT_SIGNAL_TERMINATE | CT_SIGNAL_HANGUP)) alarm(0);
  return taken;
}

void ct_stop_job(void) {
  // The whole job: a program started by make or in a pipe is not alone.
  kill(0, SIGTSTP);
  // That the job goes on is known by returning from here.
  atomic_fetch_and(&pending, ~(unsigned)CT_SIGNAL_CONTINUE);
}

// ---- Waiting ----

int ct_wake_open(int *write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  *write_end = ends[1];
  return ends[0];
}

void ct_wake(int write_end) {
  char byte = 0;
  // A full pipe wakes as well.
  while (write(write_end, &byte, 1) < 0 && errno == EINTR) {
  }
}

void ct_wake_drain(int read_end) {
  char bytes[256];
  while (read(read_end, bytes, sizeof bytes) > 0) {
  }
}

void ct_close(int fd) { close(fd); }

int ct_poll(int input, int wake, int milliseconds) {
  struct pollfd wait[3] = {
      {.fd = input, .events = POLLIN}, {.fd = wake, .events = POLLIN}, {.fd = signal_read, .events = POLLIN}};
  if (poll(wait, 3, milliseconds) < 0) return errno == EINTR ? CT_READY_SIGNAL : 0;
  int ready = 0;
  if (wait[0].revents & POLLIN) ready |= CT_READY_INPUT;
  if (wait[0].revents & (POLLHUP | POLLERR | POLLNVAL)) ready |= CT_READY_GONE;
  if (wait[1].revents & POLLIN) ready |= CT_READY_WAKE;
  if (wait[2].revents & POLLIN) ready |= CT_READY_SIGNAL;
  return ready;
}

long ct_read(int fd, void *bytes, size_t capacity) {
  ssize_t count = read(fd, bytes, capacity);
  if (count < 0 && errno == EIO) return 0;
  return count;
}
