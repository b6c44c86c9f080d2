/// The tables of the desk's data. The shared store and every replica have the same ones, so that one reducer and one set of
/// statements serve both, and so that a new replica is filled by copying; only their indexes differ.
///
/// `rev` is the revision under which the store wrote the row; a row that only this desk knows yet has 0.
enum Tables {
  /// The number of this layout, kept as `user_version`. A file with a larger one is from a newer program and is refused.
  static let version: Int32 = 4

  static let data = """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE customer(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      name TEXT NOT NULL, level TEXT NOT NULL, merged_into TEXT, rest BLOB NOT NULL);
    CREATE TABLE identity(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      customer TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, normalized TEXT NOT NULL,
      is_verified INTEGER NOT NULL);
    CREATE TABLE product(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      customer TEXT NOT NULL, rest BLOB NOT NULL);
    CREATE TABLE customer_order(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      customer TEXT NOT NULL, number TEXT NOT NULL, placed_on INTEGER NOT NULL, rest BLOB NOT NULL);
    CREATE TABLE bill(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      customer TEXT NOT NULL, number TEXT NOT NULL, period TEXT NOT NULL, rest BLOB NOT NULL);
    CREATE TABLE ticket(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      number TEXT, customer TEXT NOT NULL, zone TEXT NOT NULL, category TEXT, subject TEXT NOT NULL,
      preview TEXT NOT NULL, state INTEGER NOT NULL, priority INTEGER NOT NULL, owner TEXT,
      channel TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      waiting_since INTEGER, moment INTEGER NOT NULL, pending_until INTEGER, is_unread INTEGER NOT NULL,
      reminder_at INTEGER, merged_into TEXT, rest BLOB NOT NULL);
    CREATE TABLE contact(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      ticket TEXT NOT NULL, customer TEXT NOT NULL, channel TEXT NOT NULL, state INTEGER NOT NULL, agent TEXT,
      arrived_at INTEGER NOT NULL, served_at INTEGER, rest BLOB NOT NULL);
    CREATE TABLE entry(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      ticket TEXT NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, author TEXT NOT NULL,
      body TEXT NOT NULL, rest BLOB NOT NULL);
    CREATE TABLE attachment(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      ticket TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, byte_count INTEGER NOT NULL,
      digest TEXT NOT NULL);
    CREATE TABLE agent(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      is_active INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE TABLE configuration(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      kind TEXT NOT NULL, zone TEXT, position INTEGER NOT NULL, body TEXT NOT NULL, digest INTEGER NOT NULL);
    CREATE TABLE disclosure(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      customer TEXT NOT NULL, agent TEXT NOT NULL, at INTEGER NOT NULL, field TEXT NOT NULL,
      reason TEXT NOT NULL);
    CREATE TABLE missed_search(
      row INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL,
      query TEXT NOT NULL, language TEXT NOT NULL, count INTEGER NOT NULL);
    CREATE TABLE removed(
      kind INTEGER NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID;
    """

  /// Every row is found by its id. Indexes of their own, because a bulk load makes them afterwards in one sorted pass.
  static let uniqueIndexes = Row.Kind.allCases.map {
    "CREATE UNIQUE INDEX \($0.table)_id ON \($0.table)(id)"
  }

  /// What both sides look up by.
  static let sharedIndexes = [
    "CREATE INDEX identity_customer ON identity(customer)",
    "CREATE INDEX identity_value ON identity(normalized, kind)",
    "CREATE INDEX contact_ticket ON contact(ticket)",
    "CREATE INDEX configuration_kind ON configuration(kind, zone)",
  ]

  // MARK: - The shared store

  static let ledger = """
    CREATE TABLE operation(
      rev INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, desk TEXT NOT NULL, seq INTEGER NOT NULL,
      schema INTEGER NOT NULL, actor TEXT NOT NULL, aggregate TEXT NOT NULL, at INTEGER NOT NULL,
      received_at INTEGER NOT NULL, payload TEXT NOT NULL, result TEXT NOT NULL);
    CREATE TABLE desk(
      id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE ticket_counter(month TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    """

  /// The log of everything that was done, as a chain; see `AuditLog`. The entries of one revision and later are found by `n`,
  /// because both only grow.
  static let audit = "CREATE TABLE audit(n INTEGER PRIMARY KEY, hash BLOB NOT NULL, body BLOB NOT NULL);"

  /// How the feed is read: every table by revision.
  static let feedIndexes =
    Row.Kind.allCases.map { "CREATE INDEX \($0.table)_rev ON \($0.table)(rev)" }
    + ["CREATE INDEX removed_rev ON removed(rev)"]

  /// How the steward finds what is due, in a store of version 3 and later.
  static let timedIndexes = [
    "CREATE INDEX ticket_wakes ON ticket(pending_until) WHERE state = 2 AND pending_until IS NOT NULL",
    "CREATE INDEX ticket_reminds ON ticket(reminder_at) WHERE reminder_at IS NOT NULL",
  ]

  /// How the limits of a day are counted, and what waits for a lead: in files of version 4 and later, on both sides.
  static let refundIndexes = [
    "CREATE INDEX entry_refund ON entry(author, at) WHERE kind = 22",
    "CREATE INDEX entry_raised ON entry(at) WHERE kind IN (23, 25)",
  ]

  // MARK: - The replica

  static let desk = """
    CREATE TABLE outbox(
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, store TEXT NOT NULL, desk TEXT NOT NULL,
      schema INTEGER NOT NULL, aggregate TEXT NOT NULL, payload TEXT NOT NULL, saved_at INTEGER NOT NULL,
      state INTEGER NOT NULL, rev INTEGER, result TEXT);
    CREATE INDEX outbox_waiting ON outbox(seq) WHERE state = 0;
    CREATE INDEX outbox_answered ON outbox(rev) WHERE state = 1;
    CREATE TABLE not_sent(
      id TEXT PRIMARY KEY, store TEXT NOT NULL, payload TEXT NOT NULL, refusal TEXT NOT NULL,
      at INTEGER NOT NULL);
    CREATE TABLE draft(
      ticket TEXT NOT NULL, slot TEXT NOT NULL, body TEXT NOT NULL, saved_at INTEGER NOT NULL,
      PRIMARY KEY(ticket, slot)) WITHOUT ROWID;
    CREATE TABLE pulled(
      kind INTEGER NOT NULL, id TEXT NOT NULL, body BLOB, PRIMARY KEY(kind, id)) WITHOUT ROWID;
    CREATE TABLE tally(
      kind TEXT NOT NULL, key TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(kind, key)) WITHOUT ROWID;
    """

  /// What the store looks up for desks that do not have all of it. Made when the first of them comes.
  static let lookupIndexes = [
    "CREATE INDEX ticket_customer ON ticket(customer, created_at)",
    "CREATE INDEX ticket_number ON ticket(number) WHERE number IS NOT NULL",
    "CREATE INDEX customer_name ON customer(name)",
    "CREATE INDEX customer_merged ON customer(merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX disclosure_customer ON disclosure(customer)",
    "CREATE INDEX product_customer ON product(customer)",
    "CREATE INDEX order_customer ON customer_order(customer)",
    "CREATE INDEX order_number ON customer_order(number)",
    "CREATE INDEX bill_customer ON bill(customer)",
    "CREATE INDEX bill_number ON bill(number)",
    "CREATE INDEX entry_ticket ON entry(ticket)",
    "CREATE INDEX attachment_ticket ON attachment(ticket)",
  ]

  /// The name that an index statement gives.
  static func name(ofIndex sql: String) -> String? {
    sql.split(separator: " ").drop { $0 != "INDEX" }.dropFirst().first.map(String.init)
  }

  /// What this desk has seen of the store's log; see `WitnessTable`.
  static let witness = """
    CREATE TABLE witness(
      epoch INTEGER NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL, digest BLOB, operation TEXT,
      PRIMARY KEY(epoch, n)) WITHOUT ROWID;
    """

  /// Lists are read in the order of these indexes, a page by key: a million rows cost what forty cost.
  static let deskIndexes =
    [
      "CREATE INDEX queue_waiting ON ticket(priority, moment) WHERE state < 3 AND owner IS NULL",
      "CREATE INDEX queue_waiting_zone ON ticket(zone, priority, moment) WHERE state < 3 AND owner IS NULL",
      "CREATE INDEX queue_open ON ticket(priority, moment) WHERE state < 3",
      "CREATE INDEX queue_open_zone ON ticket(zone, priority, moment) WHERE state < 3",
      "CREATE INDEX queue_mine ON ticket(owner, priority, moment) WHERE state < 3 AND owner IS NOT NULL",
      "CREATE INDEX queue_pending ON ticket(priority, moment) WHERE state = 2",
      "CREATE INDEX queue_pending_zone ON ticket(zone, priority, moment) WHERE state = 2",
      "CREATE INDEX queue_done ON ticket(moment) WHERE state >= 3",
      "CREATE INDEX queue_done_zone ON ticket(zone, moment) WHERE state >= 3",
      """
      CREATE INDEX queue_oldest ON ticket(zone, waiting_since)
        WHERE state < 3 AND owner IS NULL AND waiting_since IS NOT NULL
      """,
      "CREATE INDEX ticket_reminder ON ticket(reminder_at) WHERE reminder_at IS NOT NULL",
      "CREATE INDEX ticket_merged ON ticket(merged_into) WHERE merged_into IS NOT NULL",
      "CREATE INDEX ticket_customer ON ticket(customer, created_at)",
      "CREATE INDEX ticket_number ON ticket(number) WHERE number IS NOT NULL",
      "CREATE INDEX customer_merged ON customer(merged_into) WHERE merged_into IS NOT NULL",
      "CREATE INDEX product_customer ON product(customer)",
      "CREATE INDEX order_customer ON customer_order(customer)",
      "CREATE INDEX order_number ON customer_order(number)",
      "CREATE INDEX bill_customer ON bill(customer)",
      "CREATE INDEX bill_number ON bill(number)",
      "CREATE INDEX disclosure_customer ON disclosure(customer)",
      "CREATE INDEX contact_live ON contact(agent) WHERE state IN (1, 2, 3, 4)",
      "CREATE INDEX contact_served ON contact(served_at, arrived_at, state) WHERE served_at IS NOT NULL",
      "CREATE INDEX entry_ticket ON entry(ticket)",
      // Whose closes count: `closed`, by person and time.
      "CREATE INDEX entry_closed ON entry(author, at) WHERE kind = 18",
      // What was raised to a lead, and what one looks after.
      "CREATE INDEX entry_alerted ON entry(ticket, kind) WHERE kind IN (30, 31)",
      "CREATE INDEX attachment_ticket ON attachment(ticket)",
    ] + refundIndexes
}
