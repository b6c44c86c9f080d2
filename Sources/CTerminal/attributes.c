// ncurses resets every attribute at the end of each update and after each change, with ten to twenty bytes each
// time. Between a reset and the next character nothing is visible, so this filter holds the attributes back until
// something is drawn. Only for terminals that follow ECMA-48, as everything that calls itself xterm does.
#include "attributes.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  // -1 is the terminal's own.
  int foreground, background;
  // Bit n is SGR n, 1 to 9.
  unsigned flags;
} look;

static const look plain = {-1, -1, 0};
static look wanted = {-1, -1, 0}, actual = {-1, -1, 0};
static int is_known, is_charset_known;

// The sequence that is being read, with its ESC.
static char held[64];
static size_t held_length;

void attributes_forget(void) {
  is_known = 0;
  is_charset_known = 0;
  wanted = plain;
  held_length = 0;
}

static int same(const look *a, const look *b) {
  return a->foreground == b->foreground && a->background == b->background && a->flags == b->flags;
}

/// Whether a space looks the same in both: ink shows only in its background, its line and its reverse.
static int same_blank(const look *a, const look *b) {
  const unsigned drawn = 1u << 4 | 1u << 7 | 1u << 9;
  if (a->background != b->background || (a->flags & drawn) != (b->flags & drawn)) return 0;
  return !(a->flags & drawn) || same(a, b);
}

static int is_settled(unsigned char byte) {
  if (!is_known) return 0;
  return byte == ' ' ? same_blank(&wanted, &actual) : same(&wanted, &actual);
}

static size_t add_number(char *text, size_t length, int number) {
  return length + (size_t)sprintf(text + length, length == 2 ? "%d" : ";%d", number);
}

static size_t add_colour(char *text, size_t length, int colour, int base) {
  if (colour < 0) return add_number(text, length, base + 9);
  if (colour < 8) return add_number(text, length, base + colour);
  if (colour < 16) return add_number(text, length, base + 60 + colour - 8);
  return length + (size_t)sprintf(text + length, length == 2 ? "%d;5;%d" : ";%d;5;%d", base + 8, colour);
}

static size_t add_flags(char *text, size_t length, unsigned flags) {
  for (int n = 1; n <= 9; n++)
    if (flags & 1u << n) length = add_number(text, length, n);
  return length;
}

/// From nothing.
static size_t whole(char *text) {
  size_t length = (size_t)sprintf(text, "\033[");
  if (!same(&wanted, &plain)) length += (size_t)sprintf(text + length, "0");
  // `length == 2` stands for "no number yet"; a zero is one.
  length = add_flags(text, length, wanted.flags);
  if (wanted.foreground >= 0) length = add_colour(text, length, wanted.foreground, 30);
  if (wanted.background >= 0) length = add_colour(text, length, wanted.background, 40);
  text[length++] = 'm';
  return length;
}

/// From what the terminal has.
static size_t difference(char *text) {
  static const int off[] = {0, 22, 22, 23, 24, 25, 25, 27, 28, 29};
  size_t length = (size_t)sprintf(text, "\033[");
  unsigned gone = actual.flags & ~wanted.flags, added = wanted.flags & ~actual.flags;
  int last = 0;
  for (int n = 1; n <= 9; n++) {
    if (!(gone & 1u << n) || off[n] == last) continue;
    length = add_number(text, length, off[n]);
    last = off[n];
    // Bold and dim go together; the one that stays comes again.
    if (last == 22) added |= wanted.flags & 6u;
  }
  length = add_flags(text, length, added);
  if (wanted.foreground != actual.foreground) length = add_colour(text, length, wanted.foreground, 30);
  if (wanted.background != actual.background) length = add_colour(text, length, wanted.background, 40);
  text[length++] = 'm';
  return length;
}

void attributes_settle(attributes_sink sink) {
  if (is_known && same(&wanted, &actual)) return;
  char all[96], some[96];
  size_t all_length = whole(all), some_length = is_known ? difference(some) : sizeof some;
  if (some_length < all_length)
    sink(some, some_length);
  else
    sink(all, all_length);
  actual = wanted;
  is_known = 1;
}

/// Reads the numbers of an SGR sequence into `wanted`; 0 when it says something that is not kept here.
static int read_numbers(const char *text, size_t length) {
  int numbers[24], count = 0, value = 0;
  for (size_t i = 0; i <= length; i++) {
    if (i < length && text[i] >= '0' && text[i] <= '9') {
      value = value * 10 + text[i] - '0';
      if (value > 255) return 0;
    } else if (i == length || text[i] == ';') {
      if (count == (int)(sizeof numbers / sizeof *numbers)) return 0;
      numbers[count++] = value;
      value = 0;
    } else {
      return 0;
    }
  }
  look next = wanted;
  for (int i = 0; i < count; i++) {
    int n = numbers[i];
    if (n == 0) {
      next = plain;
    } else if (n <= 9) {
      next.flags |= 1u << n;
    } else if (n == 22) {
      next.flags &= ~6u;
    } else if (n >= 23 && n <= 29) {
      next.flags &= ~(1u << (n - 20));
    } else if ((n == 38 || n == 48) && i + 2 < count && numbers[i + 1] == 5) {
      if (n == 38) next.foreground = numbers[i + 2];
      else next.background = numbers[i + 2];
      i += 2;
    } else if (n >= 30 && n <= 37) {
      next.foreground = n - 30;
    } else if (n == 39) {
      next.foreground = -1;
    } else if (n >= 40 && n <= 47) {
      next.background = n - 40;
    } else if (n == 49) {
      next.background = -1;
    } else if (n >= 90 && n <= 97) {
      next.foreground = n - 82;
    } else if (n >= 100 && n <= 107) {
      next.background = n - 92;
    } else {
      return 0;
    }
  }
  wanted = next;
  return 1;
}

static void sequence_ended(attributes_sink sink) {
  char final = held[held_length - 1];
  if (held[1] == '[') {
    if (final == 'm') {
      if (read_numbers(held + 2, held_length - 3)) return;
      attributes_settle(sink);
      is_known = 0;
    } else if (held[2] == '?' && held_length > 6) {
      // Another screen comes with attributes of its own.
      attributes_settle(sink);
      is_known = 0;
    } else if (!strchr("ABCDEFGHadefhlr`", final)) {
      // It may fill cells, and they take the background that is on.
      attributes_settle(sink);
    }
  } else if (held_length == 3 && held[1] == '(' && final == 'B') {
    // Nothing ever selects another character set.
    if (is_charset_known) return;
    is_charset_known = 1;
  } else {
    attributes_settle(sink);
    // Restoring the cursor restores attributes with it.
    if (final == '8' || final == 'c') is_known = 0;
  }
  sink(held, held_length);
}

void attributes_pass(const char *bytes, size_t count, attributes_sink sink) {
  size_t start = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    if (held_length > 0) {
      held[held_length++] = (char)byte;
      int is_end = held_length == 2 ? !strchr("[()*+]P", byte) : held[1] == '[' ? byte >= 0x40 && byte <= 0x7E : 1;
      // A string up to its bell, and whatever else is unknown, goes through as it is.
      if (held[1] == ']' || held[1] == 'P') is_end = byte == 0x07 || (byte == '\\' && held[held_length - 2] == 0x1B);
      if (is_end) {
        sequence_ended(sink);
        held_length = 0;
      } else if (held_length == sizeof held) {
        attributes_settle(sink);
        sink(held, held_length);
        held_length = 0;
        is_known = 0;
      }
      start = i + 1;
    } else if (byte == 0x1B) {
      if (i > start) sink(bytes + start, i - start);
      held[held_length++] = (char)byte;
      start = i + 1;
    } else if ((byte >= 0x20 || byte == '\n') && byte != 0x7F && !is_settled(byte)) {
      // A line feed may scroll, and the new row takes the background that is on.
      if (i > start) sink(bytes + start, i - start);
      attributes_settle(sink);
      start = i;
    }
  }
  if (count > start) sink(bytes + start, count - start);
}
