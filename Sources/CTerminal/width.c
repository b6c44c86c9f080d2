#include <wchar.h>

#include "include/CTerminal.h"

typedef struct {
  uint32_t first : 24;
  uint32_t treatment : 8;
} range;

static const range ranges[] = {
#include "width_table.h"
};

static int ambiguous_width = 1;

int ct_ambiguous_width(void) { return ambiguous_width; }

void ct_set_ambiguous_width(int columns) { ambiguous_width = columns == 2 ? 2 : 1; }

uint8_t ct_treatment(uint32_t scalar) {
  if (scalar >= 0x20 && scalar < 0x7F) return CT_NARROW;
  if ((scalar >= 0x4E00 && scalar <= 0x9FFF) || (scalar >= 0xAC00 && scalar <= 0xD7A3)) return CT_WIDE;
  if (scalar > 0x10FFFF) return CT_REPLACE;
  unsigned low = 0, high = sizeof ranges / sizeof *ranges;
  while (high - low > 1) {
    unsigned middle = (low + high) / 2;
    if (ranges[middle].first <= scalar)
      low = middle;
    else
      high = middle;
  }
  return ranges[low].treatment;
}

// ncurses asks the C library for the width of what it draws, and every C library answers from another
// Unicode version. This definition takes the place of the library's for the whole program, so that frame,
// ncurses and sanitizer count the same columns. A test holds ncurses to it.
__attribute__((visibility("default"), used)) int wcwidth(wchar_t scalar) {
  if (scalar == 0) return 0;
  switch (ct_treatment((uint32_t)scalar)) {
    case CT_WIDE:
    case CT_TONE:
      return 2;
    case CT_AMBIGUOUS:
      return ambiguous_width;
    case CT_MARK:
    case CT_DROP:
    case CT_JAMO:
      return 0;
    case CT_REPLACE:
    case CT_BREAK:
      return -1;
    default:
      return 1;
  }
}
