// The only door to ncurses, termios, signals and poll. No curses type is visible here.
#ifndef CTERMINAL_H
#define CTERMINAL_H

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

#endif
