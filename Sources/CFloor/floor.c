#include "CFloor.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static const char *schema =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE ticket(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, number TEXT,"
    " customer TEXT, zone TEXT, subject TEXT, preview TEXT, state INTEGER, owner TEXT, at INTEGER, rest BLOB);"
    "CREATE INDEX ticket_rev ON ticket(rev);"
    "CREATE TABLE contact(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, ticket TEXT,"
    " state INTEGER, at INTEGER, rest BLOB);"
    "CREATE INDEX contact_rev ON contact(rev); CREATE INDEX contact_ticket ON contact(ticket);"
    "CREATE TABLE entry(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, ticket TEXT,"
    " at INTEGER, kind INTEGER, author TEXT, body TEXT, rest BLOB);"
    "CREATE INDEX entry_rev ON entry(rev);"
    "CREATE TABLE operation(rev INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, desk TEXT, seq INTEGER, actor TEXT,"
    " aggregate TEXT, at INTEGER, payload TEXT, result TEXT);"
    "CREATE TABLE desk(id TEXT PRIMARY KEY, last INTEGER) WITHOUT ROWID;"
    "CREATE TABLE counter(month TEXT PRIMARY KEY, last INTEGER) WITHOUT ROWID;"
    "INSERT INTO meta VALUES('rev', 1); INSERT INTO desk VALUES('alice', 0); INSERT INTO counter VALUES('2611', 0);";

enum { BEGIN, COMMIT, TICKET, TICKET_CHANGE, CONTACT, CONTACT_CHANGE, ENTRY, LEDGER, DESK, REVISION, COUNTER, STATEMENTS };

static const char *texts[STATEMENTS] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "INSERT INTO ticket(id, rev, number, customer, zone, subject, preview, state, owner, at, rest)"
    " VALUES('T' || ?1, ?2, '2611-' || ?1, 'C00001', 'billing-dispute', 'Charged twice', 'I was charged twice', 0, NULL, ?2,"
    " zeroblob(300))",
    "UPDATE ticket SET rev = ?2, state = ?3, owner = 'alice', at = ?2, rest = zeroblob(400) WHERE id = 'T' || ?1",
    "INSERT INTO contact(id, rev, ticket, state, at, rest) VALUES('K' || ?1, ?2, 'T' || ?1, 0, ?2, zeroblob(120))",
    "UPDATE contact SET rev = ?2, state = ?3, rest = zeroblob(160) WHERE id = 'K' || ?1",
    "INSERT INTO entry(id, rev, ticket, at, kind, author, body, rest)"
    " VALUES('E' || ?2 || '-' || ?3, ?2, 'T' || ?1, ?2, 1, 'alice', ?4, zeroblob(40))",
    "INSERT INTO operation(rev, id, desk, seq, actor, aggregate, at, payload, result)"
    " VALUES(?2, 'O' || ?2, 'alice', ?2, 'alice', 'ticket:T' || ?1, ?2, ?4, '')",
    "UPDATE desk SET last = ?2 WHERE id = 'alice'",
    "UPDATE meta SET value = ?2 WHERE key = 'rev'",
    "UPDATE counter SET last = ?1 WHERE month = '2611'",
};

typedef struct {
  sqlite3 *database;
  sqlite3_stmt *statements[STATEMENTS];
  long ticket, revision;
  int failure;
} Floor;

static void run(Floor *floor, int which, int number, const char *text) {
  sqlite3_stmt *statement = floor->statements[which];
  int parameters = sqlite3_bind_parameter_count(statement);
  if (parameters >= 1) sqlite3_bind_int64(statement, 1, floor->ticket);
  if (parameters >= 2) sqlite3_bind_int64(statement, 2, floor->revision);
  if (parameters >= 3) sqlite3_bind_int(statement, 3, number);
  if (parameters >= 4) sqlite3_bind_text(statement, 4, text, -1, SQLITE_STATIC);
  int result = sqlite3_step(statement);
  if (result != SQLITE_DONE && result != SQLITE_ROW && !floor->failure) floor->failure = result;
  sqlite3_reset(statement);
}

static void entries(Floor *floor, int count, const char *text) {
  for (int index = 0; index < count; index++) run(floor, ENTRY, index, index == 0 ? text : "");
}

static void finish(Floor *floor, const char *payload) {
  run(floor, LEDGER, 0, payload);
  run(floor, DESK, 0, NULL);
  run(floor, REVISION, 0, NULL);
  run(floor, COMMIT, 0, NULL);
}

int floor_ticket_life(const char *path, int count, double *create, double *note, double *claim, double *close) {
  Floor floor = {0};
  char text[401], payload[701];
  memset(text, 'x', 400), text[400] = 0;
  memset(payload, 'p', 700), payload[700] = 0;
  int result = sqlite3_open(path, &floor.database);
  if (result == SQLITE_OK) result = sqlite3_exec(floor.database, schema, NULL, NULL, NULL);
  for (int index = 0; index < STATEMENTS && result == SQLITE_OK; index++)
    result = sqlite3_prepare_v2(floor.database, texts[index], -1, &floor.statements[index], NULL);
  floor.revision = 1;
  for (int index = 0; index < count && result == SQLITE_OK && !floor.failure; index++) {
    floor.ticket = index + 1;
    for (int step = 0; step < 4; step++) {
      double start = milliseconds();
      floor.revision++;
      run(&floor, BEGIN, 0, NULL);
      if (step == 0) {
        run(&floor, TICKET, 0, NULL), run(&floor, CONTACT, 0, NULL), run(&floor, COUNTER, 0, NULL);
        entries(&floor, 2, text);
      } else {
        run(&floor, TICKET_CHANGE, step, NULL);
        if (step > 1) run(&floor, CONTACT_CHANGE, step, NULL);
        entries(&floor, step == 1 ? 1 : step == 2 ? 3 : 2, step == 2 ? "" : text);
      }
      finish(&floor, payload);
      double *times[4] = {create, note, claim, close};
      times[step][index] = milliseconds() - start;
    }
  }
  for (int index = 0; index < STATEMENTS; index++) sqlite3_finalize(floor.statements[index]);
  sqlite3_close(floor.database);
  return result != SQLITE_OK ? result : floor.failure;
}

int floor_open_tickets(const char *path, int64_t *tickets, int capacity) {
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;
  int count = 0;
  int result = sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL);
  sqlite3_busy_timeout(database, 5000);
  if (result == SQLITE_OK)
    result = sqlite3_prepare_v2(database, "SELECT id FROM ticket WHERE status = 0 ORDER BY prio, id", -1, &statement, NULL);
  if (result == SQLITE_OK) {
    while (count < capacity && (result = sqlite3_step(statement)) == SQLITE_ROW)
      tickets[count++] = sqlite3_column_int64(statement, 0);
    if (result == SQLITE_ROW || result == SQLITE_DONE) result = SQLITE_OK;
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return result == SQLITE_OK ? count : -result;
}

void floor_count_no_memory(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
