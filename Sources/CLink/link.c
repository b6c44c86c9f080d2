#define _GNU_SOURCE
#include "CLink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

static int address_of(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address->sun_path, path);
  return 0;
}

int cl_connect(const char *path) {
  struct sockaddr_un address;
  if (address_of(path, &address) != 0) return -1;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  while (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    if (errno == EINTR) continue;
    int number = errno;
    close(fd);
    errno = number;
    return -1;
  }
  return fd;
}

int cl_listen(const char *path, mode_t mode) {
  struct sockaddr_un address;
  if (address_of(path, &address) != 0) return -1;
  struct stat facts;
  if (lstat(path, &facts) == 0) {
    if (!S_ISSOCK(facts.st_mode)) {
      errno = EEXIST;
      return -1;
    }
    int other = cl_connect(path);
    if (other >= 0) {
      close(other);
      errno = EADDRINUSE;
      return -1;
    }
    // Only what nobody listens to may go: what cannot be reached for another reason is somebody's.
    if (errno != ECONNREFUSED) return -1;
    if (unlink(path) != 0) return -1;
  }
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  // Until the permissions are set nobody may connect, so that there is no moment in which everybody could.
  mode_t before = umask(0177);
  int result = bind(fd, (struct sockaddr *)&address, sizeof address);
  umask(before);
  if (result != 0 || chmod(path, mode) != 0 || listen(fd, 1024) != 0) {
    int number = errno;
    close(fd);
    errno = number;
    return -1;
  }
  return fd;
}

int cl_accept(int listener) {
  int fd;
  do fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (fd < 0 && errno == EINTR);
  return fd;
}

int cl_pair(int ends[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); }

int cl_peer(int fd, uid_t *user, pid_t *process) {
  struct ucred who;
  socklen_t size = sizeof who;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return -1;
  *user = who.uid;
  *process = who.pid;
  return 0;
}

int cl_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

ssize_t cl_send(int fd, const void *bytes, size_t count) {
  ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
  return sent < 0 && errno == ENOTSOCK ? write(fd, bytes, count) : sent;
}

int cl_poller(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cl_watch(int poller, int fd, uint64_t token, uint32_t what, int is_new) {
  struct epoll_event event = {0};
  event.data.u64 = token;
  if (what & CL_READ) event.events |= EPOLLIN;
  if (what & CL_WRITE) event.events |= EPOLLOUT;
  return epoll_ctl(poller, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
}

void cl_forget(int poller, int fd) { epoll_ctl(poller, EPOLL_CTL_DEL, fd, NULL); }

int cl_wait(int poller, struct cl_event *events, int capacity, int milliseconds) {
  struct epoll_event found[256];
  if (capacity > 256) capacity = 256;
  int count = epoll_wait(poller, found, capacity, milliseconds);
  if (count < 0) return errno == EINTR ? 0 : -1;
  for (int i = 0; i < count; i++) {
    events[i].token = found[i].data.u64;
    events[i].what = 0;
    if (found[i].events & EPOLLIN) events[i].what |= CL_READ;
    if (found[i].events & EPOLLOUT) events[i].what |= CL_WRITE;
    if (found[i].events & (EPOLLHUP | EPOLLERR)) events[i].what |= CL_GONE;
  }
  return count;
}

int cl_bell(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cl_ring(int bell) {
  uint64_t one = 1;
  ssize_t ignored = write(bell, &one, sizeof one);
  (void)ignored;
}

void cl_silence(int bell) {
  uint64_t count;
  ssize_t ignored = read(bell, &count, sizeof count);
  (void)ignored;
}

int cl_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  signal(SIGPIPE, SIG_IGN);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cl_take_signal(int fd) {
  struct signalfd_siginfo facts;
  return read(fd, &facts, sizeof facts) == sizeof facts ? (int)facts.ssi_signo : 0;
}

pid_t cl_spawn(char *const words[], int stream, int errors) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_init(&actions);
  // The child must not inherit our handlers or a blocked mask, and Ctrl-C on our terminal is not meant for it.
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_adddup2(&actions, stream, 0);
  posix_spawn_file_actions_adddup2(&actions, stream, 1);
  posix_spawn_file_actions_adddup2(&actions, errors, 2);
  pid_t process;
  int number = posix_spawnp(&process, words[0], &actions, &attributes, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (number != 0) {
    errno = number;
    return -1;
  }
  return process;
}
