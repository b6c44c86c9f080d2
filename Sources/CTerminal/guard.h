// What the signal handlers need to give the terminal back, filled in by screen.c.
#ifndef CTERMINAL_GUARD_H
#define CTERMINAL_GUARD_H

#include <stddef.h>
#include <termios.h>

/// The bytes that bring the terminal back to normal.
void guard_set_farewell(const char *bytes, size_t count);
/// From now on a crash gives back this terminal, with this state.
void guard_arm(int input, int output, const struct termios *state);
void guard_disarm(void);
/// While another program has the terminal, Ctrl-Z stops us with it, and Ctrl-C is not for us.
void guard_lend_keys(void);
void guard_take_keys(void);
/// Standard error to the log and back.
void guard_hide_errors(void);
void guard_show_errors(void);

#endif
