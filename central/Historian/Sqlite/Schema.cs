using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Penstock.Central.Historian.Sqlite;

/// <summary>
/// The tables and their versions. The version stands in the database's <c>user_version</c>; each migration runs in one
/// transaction, so a start that is cut leaves the old version or the new one. A version above ours is refused.
/// </summary>
internal static class Schema
{
    /// <summary>SQLite below this version can corrupt a database in WAL mode (the WAL-reset fault, repaired in 3.51.3).</summary>
    public static readonly Version OldestSafeSqlite = new(3, 51, 3);

    private static readonly string[] Migrations = [Version1, Version2, Version3];

    public static int Current => Migrations.Length;

    public static void CheckLibrary(string version)
    {
        if (!Version.TryParse(version, out var found) || found < OldestSafeSqlite)
        {
            throw new HistorianException(
                $"SQLite {version} is loaded; versions below {OldestSafeSqlite} can damage the history. Use the library that comes with this program.");
        }
    }

    public static void Migrate(SqliteConnection connection)
    {
        var version = (int)connection.Scalar<long>("PRAGMA user_version");
        if (version > Current)
        {
            throw new HistorianException(
                $"the history has schema version {version}, this program knows up to {Current}. Use the newer program, or restore a backup.");
        }

        for (; version < Current; version++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Run(Migrations[version]);
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version + 1}"));
            transaction.Commit();
        }
    }

    // Times are microseconds since 1970 UTC. q: 0 good, 1 uncertain, 2 bad. clock: 0 synchronised, 1 holdover, 2 unsynced, 3 stepped.
    private const string Version1 =
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE agents (agent TEXT PRIMARY KEY, site TEXT NOT NULL, last_seen INTEGER NOT NULL, heartbeat TEXT) WITHOUT ROWID;
        CREATE TABLE epochs (id INTEGER PRIMARY KEY, agent TEXT NOT NULL, epoch TEXT NOT NULL, first_seen INTEGER NOT NULL, UNIQUE (agent, epoch));
        CREATE TABLE units (id INTEGER PRIMARY KEY, symbol TEXT NOT NULL UNIQUE);

        CREATE TABLE tags (
            id INTEGER PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, tag TEXT NOT NULL,
            info TEXT NOT NULL, announced INTEGER NOT NULL, was INTEGER,
            UNIQUE (site, device, tag));
        CREATE TABLE tag_versions (
            tag INTEGER NOT NULL, version INTEGER NOT NULL, type TEXT, unit TEXT, since INTEGER NOT NULL,
            PRIMARY KEY (tag, version)) WITHOUT ROWID;

        CREATE TABLE readings (
            tag INTEGER NOT NULL, ts INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
            value REAL, text TEXT, unit INTEGER, q INTEGER NOT NULL, why TEXT, clock INTEGER NOT NULL, late INTEGER NOT NULL,
            extra TEXT, committed INTEGER NOT NULL,
            PRIMARY KEY (tag, ts, epoch, seq)) WITHOUT ROWID;

        CREATE TABLE events (
            epoch INTEGER NOT NULL, seq INTEGER NOT NULL, ts INTEGER NOT NULL, event TEXT NOT NULL,
            site TEXT NOT NULL, device TEXT, json TEXT NOT NULL, committed INTEGER NOT NULL,
            PRIMARY KEY (epoch, seq)) WITHOUT ROWID;
        CREATE INDEX events_by_time ON events (ts);
        CREATE TABLE gaps (
            epoch INTEGER NOT NULL, seq INTEGER NOT NULL, ts INTEGER NOT NULL, site TEXT NOT NULL, device TEXT, tags TEXT,
            from_ts INTEGER NOT NULL, to_ts INTEGER NOT NULL, cause TEXT NOT NULL, message TEXT, numbers TEXT, samples INTEGER,
            PRIMARY KEY (epoch, seq)) WITHOUT ROWID;
        CREATE INDEX gaps_by_time ON gaps (from_ts);

        CREATE TABLE rollups (
            tag INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, count INTEGER NOT NULL,
            min REAL, max REAL, sum REAL, first REAL, first_ts INTEGER, last REAL, last_ts INTEGER, increase REAL, worst INTEGER NOT NULL,
            PRIMARY KEY (tag, level, start)) WITHOUT ROWID;
        CREATE TABLE outdated_minutes (tag INTEGER NOT NULL, start INTEGER NOT NULL, PRIMARY KEY (tag, start)) WITHOUT ROWID;

        CREATE TABLE ledger (
            epoch INTEGER NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, state INTEGER NOT NULL,
            PRIMARY KEY (epoch, from_seq)) WITHOUT ROWID;
        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, received INTEGER NOT NULL, agent TEXT, epoch TEXT, seq INTEGER,
            reason TEXT NOT NULL, bytes BLOB NOT NULL, size INTEGER NOT NULL);
        CREATE TABLE removals (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, cause TEXT NOT NULL, what TEXT NOT NULL,
            from_ts INTEGER NOT NULL, to_ts INTEGER NOT NULL, count INTEGER NOT NULL);

        CREATE VIEW latest AS
            SELECT t.site || '/' || t.device || '/' || t.tag AS name, r.*
            FROM tags t JOIN readings r ON r.tag = t.id AND r.ts = (SELECT max(ts) FROM readings WHERE tag = t.id);
        """;

    private const string Version2 =
        """
        CREATE TABLE stream_positions (
            cluster TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
            PRIMARY KEY (cluster, topic, partition)) WITHOUT ROWID;
        ALTER TABLE dead_letters ADD COLUMN topic TEXT;
        ALTER TABLE dead_letters ADD COLUMN partition INTEGER;
        ALTER TABLE dead_letters ADD COLUMN message_offset INTEGER;
        """;

    // How many readings of an epoch retention took: with it, rows that are missing without a reason can be told from removed ones.
    private const string Version3 = "CREATE TABLE removed_numbers (epoch INTEGER PRIMARY KEY, count INTEGER NOT NULL);";
}
