#ifndef CFLOOR_H
#define CFLOOR_H

#include <stdint.h>

/* What the disk and SQLite alone cost: the rows that the shared store writes for a ticket's life, in plain C, with
   prepared statements and one FULL transaction a step. A bench prints our time as a ratio of this one.

   Each array gets `count` times in milliseconds. Answers 0, or SQLite's error number. */
int floor_ticket_life(const char *path, int count, double *create, double *note, double *claim, double *close);

/* The open tickets of a table ticket(id, prio, status), 0 is open, in the order in which they are to be claimed.
   Answers how many there are, at most `capacity`, or SQLite's error number below zero. */
int floor_open_tickets(const char *path, int64_t *tickets, int capacity);

/* Ends SQLite's count of the memory in use, whose lock all threads of a process share. Before anything else of SQLite. */
void floor_count_no_memory(void);

#endif
