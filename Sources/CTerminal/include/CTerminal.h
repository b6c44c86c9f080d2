// The only door to ncurses, termios, signals and poll. No curses type is visible here.
// Everything but the signal handlers and ct_wake belongs to the main thread.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stddef.h>
#include <stdint.h>

// ---- Width ----

enum {
  CT_NARROW = 0,
  CT_WIDE = 1,
  CT_AMBIGUOUS = 2,
  CT_MARK = 3,
  CT_DROP = 4,
  CT_REPLACE = 5,
  CT_JAMO = 6,
  CT_FLAG = 7,
  CT_TONE = 8,
  CT_BREAK = 9,
};

/// What the sanitizer does with a scalar: one of the values above.
uint8_t ct_treatment(uint32_t scalar);

/// Columns of an ambiguous scalar: 1 (the start value) or 2.
int ct_ambiguous_width(void);
void ct_set_ambiguous_width(int columns);

// ---- The terminal device ----

int ct_is_terminal(int fd);
/// 0 and the size, or -1.
int ct_size(int fd, int *columns, int *rows);
/// Makes the C library speak UTF-8 if the environment does not. 0, or -1 where it cannot.
int ct_use_utf8(void);

// ---- Signals and the guard ----

enum {
  CT_SIGNAL_RESIZE = 1,
  CT_SIGNAL_CONTINUE = 2,
  CT_SIGNAL_TERMINATE = 4,
  CT_SIGNAL_HANGUP = 8,
  CT_SIGNAL_INTERRUPT = 16,
  CT_SIGNAL_STOP = 32,
};

/// Installs all handlers, once. Must come before ct_screen_start: ncurses leaves handlers that it finds.
/// 0 or an errno.
int ct_signals_install(void);
/// The signals since the last call, as CT_SIGNAL bits; the program now answers for them.
unsigned ct_signals_take(void);
/// Stops this job as Ctrl-Z does, and returns when it goes on. Only while the screen is suspended.
void ct_stop_job(void);

/// Standard error goes to the file while a screen is up; 0 or an errno.
int ct_log_errors(const char *path);

// ---- Waiting ----

enum {
  CT_READY_INPUT = 1,
  CT_READY_WAKE = 2,
  CT_READY_SIGNAL = 4,
  CT_READY_GONE = 8,
};

/// A pipe to wake the main thread; -1 on failure.
int ct_wake_open(int *write_end);
/// Callable from any thread and from signal handlers.
void ct_wake(int write_end);
void ct_wake_drain(int read_end);
void ct_close(int fd);

/// Waits for input, a wake-up or a signal; `milliseconds` below 0 is for ever. Answers CT_READY bits.
int ct_poll(int input, int wake, int milliseconds);
/// Bytes read, 0 at the end, -1 when there is nothing.
long ct_read(int fd, void *bytes, size_t capacity);

// ---- The screen ----

enum {
  CT_STARTED = 0,
  CT_NOT_A_TERMINAL = 1,
  CT_NO_DESCRIPTION = 2,
  CT_NO_CURSOR_ADDRESS = 3,
  CT_FAILED = 4,
};

enum {
  CT_BOLD = 1,
  CT_DIM = 2,
  CT_UNDERLINE = 4,
  CT_REVERSE = 8,
  CT_STRIKETHROUGH = 16,
  CT_ITALIC = 32,
};

/// Takes the terminal. `term` NULL is the environment's; an unknown one is treated as xterm-256color.
int ct_screen_start(int input, int output, const char *term, int columns, int rows, int mouse);
/// Colours that the description promises; 0 for none.
int ct_screen_colours(void);
/// What the driver draws with for a foreground and background (-1: the terminal's own) and CT_BOLD etc.
uint64_t ct_screen_style(int foreground, int background, unsigned modifiers);

/// One cell: `bits` holds the scalar in bits 0-20, its columns in bits 21-22 (0: the right half of the cell
/// before) and the style's number from bit 24; `marks` holds three marks of 21 bits.
typedef struct {
  uint64_t bits;
  uint64_t marks;
} ct_cell;

/// Puts `count` cells of a row. The first is no right half, and the last has its right half with it.
/// `styles` maps a style's number to what ct_screen_style answered.
void ct_screen_put(int row, int column, const ct_cell *cells, int count, const uint64_t *styles);
/// Sends the difference in one write; the cursor is hidden where `column` is negative. Bytes sent, or -1
/// when the terminal is gone.
long ct_screen_update(int column, int row);
/// The next update draws everything.
void ct_screen_forget(void);
void ct_screen_resize(int columns, int rows);
/// Sends bytes of our own, between updates. 0 or -1.
int ct_screen_send(const void *bytes, size_t count);
/// The terminal understands titles and clipboard sequences.
int ct_screen_has_titles(void);
/// Gives the terminal back and takes it again.
void ct_screen_suspend(void);
void ct_screen_resume(void);
/// The end.
void ct_screen_stop(void);

#endif
