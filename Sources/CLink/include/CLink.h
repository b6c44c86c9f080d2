// Sockets of this host, who is at the other end of one, and waiting for many of them. What Swift cannot spell: unions of
// addresses, credentials, epoll, the command of a process that is about to begin.
#ifndef CLINK_H
#define CLINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// A listening unix socket with these permissions; -1 and errno. A socket file that nobody answers is replaced; where somebody
/// answers, errno is EADDRINUSE.
int cl_listen(const char *path, mode_t mode);
/// A connected unix socket; -1 and errno.
int cl_connect(const char *path);
/// The next connection, not blocking; -1 and errno.
int cl_accept(int listener);
/// A pair of connected sockets; 0 or -1.
int cl_pair(int ends[2]);
/// Who is at the other end of a unix socket, as the kernel saw it when it connected; 0 or -1.
int cl_peer(int fd, uid_t *user, pid_t *process);

/// Gives a descriptor the flag O_NONBLOCK; 0 or -1.
int cl_nonblocking(int fd);
/// Writes without a SIGPIPE where the other end is gone. As write(2).
ssize_t cl_send(int fd, const void *bytes, size_t count);

enum { CL_READ = 1, CL_WRITE = 2, CL_GONE = 4 };

/// One descriptor that something happened to: the token that it was added with, and CL bits.
struct cl_event {
  uint64_t token;
  uint32_t what;
};

/// An epoll; -1 and errno.
int cl_poller(void);
/// Adds a descriptor, or changes what is waited for; 0 or -1.
int cl_watch(int poller, int fd, uint64_t token, uint32_t what, int is_new);
void cl_forget(int poller, int fd);
/// How many events there are, at most `capacity`; waits for so many milliseconds, below 0 for ever.
int cl_wait(int poller, struct cl_event *events, int capacity, int milliseconds);

/// A counter that wakes whoever waits for it; -1 and errno.
int cl_bell(void);
void cl_ring(int bell);
void cl_silence(int bell);

/// SIGTERM, SIGINT and SIGHUP arrive at this descriptor from now on, and interrupt nobody; -1 and errno. Must come before
/// other threads are started.
int cl_signals(void);
/// The number of a signal that arrived; 0 where none did.
int cl_take_signal(int fd);

/// Starts a program with these words, looked up in PATH; its standard input and output are `stream`, its errors go to `errors`.
/// It does not belong to our terminal's foreground. The process, or -1 and errno.
pid_t cl_spawn(char *const words[], int stream, int errors);

#endif
