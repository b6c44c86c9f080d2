// The screen over ncurses. ncurses composes the difference into a file in memory, and this file sends it: one
// write for a frame whatever its size, and the terminal's own state belongs to us, so that a crash can undo it.
#define _GNU_SOURCE
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "attributes.h"
#include "guard.h"
#include "include/CTerminal.h"

static SCREEN *screen;
static FILE *composed_file, *no_input;
static int composed = -1, tty_input = -1, tty_output = -1;
static struct termios normal_state;
static int is_up, has_titles, keeps_title, wants_mouse, cursor_shown = -1;
static char *outgoing;
static size_t outgoing_length, outgoing_capacity;

// ---- The device ----

int ct_is_terminal(int fd) { return isatty(fd); }

int ct_size(int fd, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

int ct_use_utf8(void) {
  setlocale(LC_ALL, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return 0;
  if (setlocale(LC_CTYPE, "C.UTF-8") || setlocale(LC_CTYPE, "C.utf8") || setlocale(LC_CTYPE, "en_US.UTF-8"))
    return 0;
  return -1;
}

static void take_device(void) {
  struct termios raw = normal_state;
  raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  raw.c_oflag &= ~(tcflag_t)OPOST;
  raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  tcsetattr(tty_input, TCSADRAIN, &raw);
}

// ---- Bytes out ----

static void queue(const void *bytes, size_t count) {
  if (outgoing_length + count > outgoing_capacity) {
    size_t capacity = (outgoing_length + count) * 2;
    char *larger = realloc(outgoing, capacity);
    if (!larger) return;
    outgoing = larger;
    outgoing_capacity = capacity;
  }
  memcpy(outgoing + outgoing_length, bytes, count);
  outgoing_length += count;
}

static void queue_text(const char *text) { queue(text, strlen(text)); }

/// Moves what ncurses composed to the queue.
static void collect(void) {
  off_t count = lseek(composed, 0, SEEK_CUR);
  if (count <= 0) return;
  char part[4096];
  off_t from = 0;
  while (from < count) {
    size_t wanted = (size_t)(count - from) < sizeof part ? (size_t)(count - from) : sizeof part;
    ssize_t got = pread(composed, part, wanted, from);
    if (got <= 0) break;
    // The terminals that have titles are those that follow the standard for attributes.
    if (has_titles)
      attributes_pass(part, (size_t)got, queue);
    else
      queue(part, (size_t)got);
    from += got;
  }
  lseek(composed, 0, SEEK_SET);
}

static long flush_out(void) {
  size_t done = 0;
  while (done < outgoing_length) {
    ssize_t count = write(tty_output, outgoing + done, outgoing_length - done);
    if (count >= 0) {
      done += (size_t)count;
    } else if (errno == EAGAIN) {
      struct pollfd wait = {.fd = tty_output, .events = POLLOUT};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      outgoing_length = 0;
      return -1;
    }
  }
  outgoing_length = 0;
  return (long)done;
}

int ct_screen_send(const void *bytes, size_t count) {
  if (!is_up) return -1;
  queue(bytes, count);
  return flush_out() < 0 ? -1 : 0;
}

// ---- Modes of our own ----

static void queue_modes(void) {
  if (!has_titles) return;
  // The title is kept and comes back; pastes are marked; the window says when it has the focus.
  if (!keeps_title) queue_text("\033[22;0t");
  queue_text("\033[?2004h\033[?1004h");
  if (wants_mouse) queue_text("\033[?1000h\033[?1006h");
}

static const char *modes_off(void) {
  static char text[64];
  text[0] = 0;
  if (!has_titles) return text;
  if (wants_mouse) strcat(text, "\033[?1006l\033[?1000l");
  strcat(text, "\033[?1004l\033[?2004l");
  if (!keeps_title) strcat(text, "\033[23;0t");
  return text;
}

/// Appends a capability without its padding.
static void append_capability(char *text, size_t capacity, const char *value) {
  size_t length = strlen(text);
  while (value && value != (char *)-1 && *value && length + 1 < capacity) {
    if (value[0] == '$' && value[1] == '<') {
      const char *end = strchr(value, '>');
      if (end) {
        value = end + 1;
        continue;
      }
    }
    text[length++] = *value++;
  }
  text[length] = 0;
}

static void prepare_farewell(int rows) {
  char text[512] = "";
  strcat(text, modes_off());
  append_capability(text, sizeof text, tigetstr("sgr0"));
  append_capability(text, sizeof text, tigetstr("op"));
  append_capability(text, sizeof text, tigetstr("cnorm"));
  // Without a second screen the last row is the end of what was drawn.
  append_capability(text, sizeof text, tparm(tigetstr("cup"), rows - 1, 0, 0, 0, 0, 0, 0, 0, 0));
  const char *second = tigetstr("rmcup");
  if (second && second != (char *)-1)
    append_capability(text, sizeof text, second);
  else
    append_capability(text, sizeof text, "\r\n");
  guard_set_farewell(text, strlen(text));
}

static int understands_titles(const char *term) {
  static const char *const known[] = {"xterm", "tmux", "screen", "rxvt", "alacritty", "kitty", "foot", "wezterm",
                                      "st-", "ghostty", "vte", "konsole", "gnome", "mintty", "putty", "contour"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strncmp(term, known[i], strlen(known[i])) == 0) return 1;
  return tigetflag("XT") == 1;
}

// ---- Life ----

int ct_screen_start(int input, int output, const char *term, int columns, int rows, int mouse) {
  if (!isatty(input) || !isatty(output) || tcgetattr(input, &normal_state) != 0) return CT_NOT_A_TERMINAL;
  tty_input = input;
  tty_output = output;
  wants_mouse = mouse;
  composed = memfd_create("screen", MFD_CLOEXEC);
  if (composed < 0) return CT_FAILED;
  composed_file = fdopen(composed, "w");
  no_input = fopen("/dev/null", "re");
  if (!composed_file || !no_input) return CT_FAILED;
  if (!term) term = getenv("TERM");
  if (!term || !*term) term = "xterm-256color";
  guard_hide_errors();
  // ncurses cannot ask a file in memory for the size; what it sets up by the size must be right at once.
  if (columns > 0 && rows > 0) {
    char number[16];
    snprintf(number, sizeof number, "%d", columns);
    setenv("COLUMNS", number, 1);
    snprintf(number, sizeof number, "%d", rows);
    setenv("LINES", number, 1);
  }
  screen = newterm(term, composed_file, no_input);
  if (!screen) {
    term = "xterm-256color";
    screen = newterm(term, composed_file, no_input);
  }
  unsetenv("LINES");
  unsetenv("COLUMNS");
  if (!screen) {
    guard_show_errors();
    return CT_NO_DESCRIPTION;
  }
  const char *address = tigetstr("cup");
  if (!address || address == (char *)-1) {
    endwin();
    delscreen(screen);
    screen = NULL;
    guard_show_errors();
    return CT_NO_CURSOR_ADDRESS;
  }
  has_titles = understands_titles(term);
  const char *second_screen = tigetstr("smcup");
  keeps_title = second_screen && second_screen != (char *)-1 && strstr(second_screen, "[22;") != NULL;
  prepare_farewell(rows);
  guard_arm(input, output, &normal_state);
  take_device();
  is_up = 1;
  cursor_shown = -1;
  typeahead(-1);
  nonl();
  keypad(stdscr, FALSE);
  idlok(stdscr, FALSE);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  resizeterm(rows > 0 ? rows : 1, columns > 0 ? columns : 1);
  collect();
  queue_modes();
  return CT_STARTED;
}

int ct_screen_colours(void) {
  int colours = tigetnum("colors");
  return colours > 0 ? colours : 0;
}

uint64_t ct_screen_style(int foreground, int background, unsigned modifiers) {
  attr_t attributes = 0;
  if (modifiers & CT_BOLD) attributes |= WA_BOLD;
  if (modifiers & CT_DIM) attributes |= WA_DIM;
  if (modifiers & CT_UNDERLINE) attributes |= WA_UNDERLINE;
  if (modifiers & CT_REVERSE) attributes |= WA_REVERSE;
  // ncurses has no name for a struck-through character.
  if (modifiers & CT_STRIKETHROUGH) attributes |= WA_DIM;
  if (modifiers & CT_ITALIC) attributes |= WA_ITALIC;
  int pair = 0;
  if (foreground >= 0 || background >= 0) {
    pair = alloc_pair(foreground, background);
    if (pair < 0 || pair > 32767) pair = 0;
  }
  return (uint64_t)pair << 32 | (uint64_t)attributes;
}

// ---- Drawing ----

void ct_screen_put(int row, int column, const ct_cell *cells, int count, const uint64_t *styles) {
  enum { PART = 512 };
  cchar_t part[PART];
  int filled = 0, at = column, next = column;
  for (int i = 0; i < count; i++) {
    uint64_t bits = cells[i].bits;
    int width = (int)(bits >> 21 & 3);
    if (width == 0) continue;
    wchar_t text[5];
    int length = 0;
    text[length++] = (wchar_t)(bits & 0x1FFFFF);
    for (uint64_t marks = cells[i].marks; marks && length < 4; marks >>= 21)
      text[length++] = (wchar_t)(marks & 0x1FFFFF);
    text[length] = 0;
    uint64_t style = styles[bits >> 24 & 0xFFF];
    setcchar(&part[filled++], text, (attr_t)style, (short)(style >> 32), NULL);
    next += width;
    if (filled == PART) {
      mvwadd_wchnstr(stdscr, row, at, part, filled);
      filled = 0;
      at = next;
    }
  }
  if (filled) mvwadd_wchnstr(stdscr, row, at, part, filled);
}

long ct_screen_update(int column, int row) {
  if (!is_up) return 0;
  int shown = column >= 0;
  if (shown != cursor_shown) {
    curs_set(shown);
    leaveok(stdscr, !shown);
    cursor_shown = shown;
  }
  if (shown) wmove(stdscr, row, column);
  wnoutrefresh(stdscr);
  doupdate();
  collect();
  return flush_out();
}

void ct_screen_forget(void) { clearok(curscr, TRUE); }

void ct_screen_resize(int columns, int rows) {
  if (rows < 1) rows = 1;
  if (columns < 1) columns = 1;
  resizeterm(rows, columns);
  prepare_farewell(rows);
  werase(stdscr);
  clearok(curscr, TRUE);
  // The region that may scroll is the terminal's; not every one widens it with the window.
  char region[64] = "";
  append_capability(region, sizeof region, tparm(tigetstr("csr"), 0, rows - 1, 0, 0, 0, 0, 0, 0, 0));
  if (is_up) queue_text(region);
}

int ct_screen_has_titles(void) { return has_titles; }

void ct_screen_suspend(void) {
  if (!is_up) return;
  queue_text(modes_off());
  endwin();
  collect();
  if (has_titles) attributes_settle(queue);
  flush_out();
  is_up = 0;
  guard_disarm();
  tcsetattr(tty_input, TCSADRAIN, &normal_state);
  guard_lend_keys();
  guard_show_errors();
}

void ct_screen_resume(void) {
  if (!screen) return;
  guard_take_keys();
  if (!is_up) {
    // Another program may have changed what "normal" is.
    tcgetattr(tty_input, &normal_state);
    guard_hide_errors();
  } else {
    // Stopped from outside: the shell has the terminal in its own state, and ncurses believes in ours.
    endwin();
    lseek(composed, 0, SEEK_SET);
  }
  guard_arm(tty_input, tty_output, &normal_state);
  take_device();
  is_up = 1;
  cursor_shown = -1;
  attributes_forget();
  clearok(curscr, TRUE);
  queue_modes();
}

void ct_screen_stop(void) {
  if (!screen) return;
  ct_screen_suspend();
  delscreen(screen);
  screen = NULL;
  fclose(composed_file);
  fclose(no_input);
  composed = -1;
}
