// Put in front of the C library and SQLite (LD_PRELOAD) in processes that tests start: ends the process at a chosen statement
// or call, lets calls on chosen files fail as a bad or full disk does, and remembers what was synced, so that a power cut can
// be played. Built by the tests that use it; no part of the program.
//
//   FAULT_PATH            files whose path begins with this are ours
//   FAULT_KILL_STATEMENT  SIGKILL before the n-th statement that SQLite begins
//   FAULT_KILL_CALL       SIGKILL before the n-th write, sync, truncation or removal of one of our files; a write is half done
//   FAULT_FAIL            eio, enospc, or short: half of a write is done, and the rest fails because the disk is full
//   FAULT_CALLS           which calls fail: w writes, s syncs, t truncations
//   FAULT_AT              the n-th of these calls fails; with FAULT_FOR n so many from there on
//   FAULT_RATE            or so many of 10,000 fail, by chance from FAULT_SEED
//   FAULT_WHILE           only while this file exists
//   FAULT_SHADOW          a folder that gets, for each of our files, what was synced (NAME) and the ranges that were written
//                         since (NAME.pending); for each folder the names that it got since it was synced (NAME.names)
//   FAULT_NORMAL          the planted mistake: transactions begin with synchronous=NORMAL
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

static struct {
  const char *path, *fail, *calls, *only_while, *shadow;
  long kill_statement, kill_call, at, count, rate;
  int normal;
} plan;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);
static int (*real_step)(sqlite3_stmt *);
static int (*busy)(sqlite3_stmt *);
static const char *(*sql)(sqlite3_stmt *);
static sqlite3 *(*handle)(sqlite3_stmt *);
static int (*execute)(sqlite3 *, const char *, void *, void *, char **);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long statements, calls, chosen;
static uint64_t chance;
static int short_descriptor = -1, shadow_lock = -1;

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rename = dlsym(RTLD_NEXT, "rename");
  plan.path = getenv("FAULT_PATH");
  plan.fail = getenv("FAULT_FAIL");
  plan.calls = getenv("FAULT_CALLS");
  plan.only_while = getenv("FAULT_WHILE");
  plan.shadow = getenv("FAULT_SHADOW");
  plan.kill_statement = number("FAULT_KILL_STATEMENT");
  plan.kill_call = number("FAULT_KILL_CALL");
  plan.at = number("FAULT_AT");
  plan.count = getenv("FAULT_FOR") ? number("FAULT_FOR") : 1;
  plan.rate = number("FAULT_RATE");
  plan.normal = getenv("FAULT_NORMAL") != NULL;
  chance = (uint64_t)number("FAULT_SEED") * 0x9E3779B97F4A7C15u + 1;
  if (plan.shadow) {
    char name[4096];
    snprintf(name, sizeof name, "%s/lock", plan.shadow);
    shadow_lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  }
}

static void end(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int begins(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

static int ends(const char *text, const char *end) {
  size_t all = strlen(text), part = strlen(end);
  return all >= part && strcmp(text + all - part, end) == 0;
}

// The path of one of our files, or 0.
static int path_of(int descriptor, char *path, size_t size) {
  if (!plan.path) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, size - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return begins(path, plan.path);
}

// ---- What was synced

static int is_shadowed(const char *path) {
  static const char *others[] = {"-shm", ".turn", ".bell", ".lock", ".live", ".serve", " (deleted)"};
  if (!plan.shadow) return 0;
  for (size_t index = 0; index < sizeof others / sizeof *others; index++)
    if (ends(path, others[index])) return 0;
  return 1;
}

static void shadow_name(const char *path, const char *ending, char *name, size_t size) {
  int used = snprintf(name, size, "%s/", plan.shadow);
  snprintf(name + used, size - used, "%s%s", path, ending);
  for (char *letter = name + used; *letter; letter++)
    if (*letter == '/') *letter = '%';
}

static void copy_range(int from, int to, off_t offset, off_t length) {
  char block[65536];
  while (length > 0) {
    ssize_t got = pread(from, block, length < (off_t)sizeof block ? (size_t)length : sizeof block, offset);
    if (got <= 0) return;
    if (real_pwrite(to, block, (size_t)got, offset) != got) abort();
    offset += got;
    length -= got;
  }
}

static void shadow_enter(void) { while (flock(shadow_lock, LOCK_EX) != 0) {} }
static void shadow_leave(void) { flock(shadow_lock, LOCK_UN); }

// What was there before the first write counts as synced.
static int shadow_open(const char *path, int create) {
  char name[4096];
  shadow_name(path, "", name, sizeof name);
  int file = open(name, O_RDWR | O_CLOEXEC);
  if (file >= 0 || !create) return file;
  char new[4200];
  snprintf(new, sizeof new, "%s.%d", name, getpid());
  file = open(new, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int source = open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (source >= 0 && fstat(source, &facts) == 0) copy_range(source, file, 0, facts.st_size);
  if (source >= 0) close(source);
  // Whoever is ended in between leaves no half of it.
  real_rename(new, name);
  return file;
}

static int pending_open(const char *path) {
  char name[4096];
  shadow_name(path, ".pending", name, sizeof name);
  return open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void shadow_wrote(const char *path, int64_t offset, int64_t length) {
  int64_t range[2] = {offset, length};
  int file = pending_open(path);
  if (real_write(file, range, sizeof range) != sizeof range) abort();
  close(file);
}

static void shadow_synced(const char *path, int isKept) {
  int pending = pending_open(path), file = shadow_open(path, 1);
  int source = open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (isKept && source >= 0 && fstat(source, &facts) == 0) {
    int64_t range[2];
    off_t place = 0;
    while (pread(pending, range, sizeof range, place) == sizeof range) {
      copy_range(source, file, range[0], range[1]);
      place += sizeof range;
    }
    if (real_ftruncate(file, facts.st_size) != 0) abort();
  }
  // After a failed sync the system takes the pages for written: what they held never reaches the disk.
  if (real_ftruncate(pending, 0) != 0) abort();
  close(pending);
  close(file);
  if (source >= 0) close(source);
}

// ---- Which call fails

static int fails(char kind) {
  if (!plan.fail || (plan.calls && !strchr(plan.calls, kind))) return 0;
  if (plan.only_while && access(plan.only_while, F_OK) != 0) return 0;
  chosen++;
  if (plan.rate) {
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (long)(chance % 10000) < plan.rate;
  }
  if (!plan.at) return plan.only_while != NULL;
  return chosen >= plan.at && chosen < plan.at + plan.count;
}

static int is_last_call(void) { return plan.kill_call && ++calls == plan.kill_call; }

static ssize_t change(int descriptor, const char *path, const void *bytes, size_t size, off_t offset) {
  pthread_mutex_lock(&lock);
  int isShadowed = is_shadowed(path);
  if (is_last_call()) {
    if (isShadowed) {
      shadow_enter();
      close(shadow_open(path, 1));
    }
    ssize_t half = offset < 0 ? real_write(descriptor, bytes, size / 2) : real_pwrite(descriptor, bytes, size / 2, offset);
    if (isShadowed && half > 0) shadow_wrote(path, offset < 0 ? lseek(descriptor, 0, SEEK_CUR) - half : offset, half);
    end();
  }
  int isFull = short_descriptor == descriptor, isFailing = isFull || fails('w');
  short_descriptor = -1;
  if (isFailing && (isFull || strcmp(plan.fail, "short") != 0 || size < 2)) {
    pthread_mutex_unlock(&lock);
    errno = strcmp(plan.fail, "eio") == 0 ? EIO : ENOSPC;
    return -1;
  }
  if (isFailing) {
    short_descriptor = descriptor;
    size /= 2;
  }
  if (isShadowed) {
    shadow_enter();
    close(shadow_open(path, 1));
  }
  ssize_t result = offset < 0 ? real_write(descriptor, bytes, size) : real_pwrite(descriptor, bytes, size, offset);
  int saved = errno;
  if (isShadowed) {
    if (result > 0) shadow_wrote(path, offset < 0 ? lseek(descriptor, 0, SEEK_CUR) - result : offset, result);
    shadow_leave();
  }
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return real_write(descriptor, bytes, size);
  return change(descriptor, path, bytes, size, -1);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return real_pwrite(descriptor, bytes, size, offset);
  return change(descriptor, path, bytes, size, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  return pwrite64(descriptor, bytes, size, offset);
}

static int sync_file(int descriptor, int (*real)(int)) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return real(descriptor);
  struct stat facts;
  int isFile = fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  pthread_mutex_lock(&lock);
  if (is_last_call()) end();
  int isFailing = fails('s'), isShadowed = isFile && is_shadowed(path), result = 0;
  if (isShadowed) {
    shadow_enter();
    shadow_synced(path, !isFailing);
    shadow_leave();
  } else if (!isFailing && !isFile && plan.shadow) {
    char name[4096];
    shadow_name(path, ".names", name, sizeof name);
    real_unlink(name);
  } else if (!isFailing) {
    result = real(descriptor);
  }
  pthread_mutex_unlock(&lock);
  if (!isFailing) return result;
  errno = strcmp(plan.fail, "eio") == 0 ? EIO : ENOSPC;
  return -1;
}

int fsync(int descriptor) { return sync_file(descriptor, real_fsync); }
int fdatasync(int descriptor) { return sync_file(descriptor, real_fdatasync); }

int ftruncate64(int descriptor, off64_t size) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return real_ftruncate(descriptor, size);
  pthread_mutex_lock(&lock);
  if (is_last_call()) end();
  if (fails('t')) {
    pthread_mutex_unlock(&lock);
    errno = strcmp(plan.fail, "eio") == 0 ? EIO : ENOSPC;
    return -1;
  }
  int isShadowed = is_shadowed(path);
  if (isShadowed) {
    shadow_enter();
    close(shadow_open(path, 1));
  }
  int result = real_ftruncate(descriptor, size);
  if (isShadowed) {
    // Nothing was written, but the length is not on the disk yet.
    shadow_wrote(path, 0, 0);
    shadow_leave();
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

// A name that was not there before goes again in a power cut, until its folder was synced. Other changes of names are taken
// for durable at once.
static void shadow_named(const char *from, const char *to) {
  char folder[4096], name[4096], line[8192];
  snprintf(folder, sizeof folder, "%s", to);
  *strrchr(folder, '/') = 0;
  shadow_name(folder, ".names", name, sizeof name);
  int file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int length = snprintf(line, sizeof line, "%s\t%s\n", from, to);
  if (real_write(file, line, (size_t)length) != length) abort();
  close(file);
}

static void shadow_move(const char *from, const char *to) {
  static const char *endings[] = {"", ".pending"};
  char old[4096], new[4096];
  shadow_enter();
  for (int index = 0; index < 2; index++) {
    shadow_name(from, endings[index], old, sizeof old);
    if (to) {
      shadow_name(to, endings[index], new, sizeof new);
      if (real_rename(old, new) != 0) real_unlink(new);
    } else {
      real_unlink(old);
    }
  }
  shadow_leave();
}

int unlink(const char *path) {
  if (plan.path && begins(path, plan.path)) {
    pthread_mutex_lock(&lock);
    if (is_last_call()) end();
    if (is_shadowed(path)) shadow_move(path, NULL);
    pthread_mutex_unlock(&lock);
  }
  return real_unlink(path);
}

int rename(const char *from, const char *to) {
  if (plan.path && begins(from, plan.path)) {
    pthread_mutex_lock(&lock);
    if (is_last_call()) end();
    if (is_shadowed(from)) {
      int isNew = access(to, F_OK) != 0;
      shadow_move(from, to);
      if (isNew) shadow_named(from, to);
    }
    pthread_mutex_unlock(&lock);
  }
  return real_rename(from, to);
}

// ---- Statements

int sqlite3_step(sqlite3_stmt *statement) {
  if (!real_step) {
    busy = dlsym(RTLD_NEXT, "sqlite3_stmt_busy");
    sql = dlsym(RTLD_NEXT, "sqlite3_sql");
    handle = dlsym(RTLD_NEXT, "sqlite3_db_handle");
    execute = dlsym(RTLD_NEXT, "sqlite3_exec");
    real_step = dlsym(RTLD_NEXT, "sqlite3_step");
  }
  if (!busy(statement)) {
    if (plan.kill_statement && __sync_add_and_fetch(&statements, 1) == plan.kill_statement) end();
    const char *text = plan.normal ? sql(statement) : NULL;
    if (text && begins(text, "BEGIN IMMEDIATE"))
      execute(handle(statement), "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
  }
  return real_step(statement);
}
