using System.CommandLine;

namespace Penstock.Central.Commands;

/// <summary><c>penstock-central history roles</c>: prints the statements that make the two roles, to be run by an administrator.</summary>
internal static class RolesCommand
{
    public const string Sql =
        """
        -- Run once as an administrator:  penstock-central history roles | psql -d penstock
        -- Passwords are set apart from this text:  psql -d penstock -c '\password penstock_ingest'

        -- The centres: own the schema, because they bring it up to date and make a partition a day.
        DO $$ BEGIN CREATE ROLE penstock_ingest LOGIN CONNECTION LIMIT 60; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        CREATE SCHEMA IF NOT EXISTS penstock AUTHORIZATION penstock_ingest;
        ALTER ROLE penstock_ingest SET search_path = penstock;

        -- Dashboards and notebooks: read only, a query ends after 30 s, few at a time, so that none of them can hold up ingest.
        DO $$ BEGIN CREATE ROLE penstock_read LOGIN CONNECTION LIMIT 20; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        ALTER ROLE penstock_read SET search_path = penstock;
        ALTER ROLE penstock_read SET default_transaction_read_only = on;
        ALTER ROLE penstock_read SET statement_timeout = '30s';
        ALTER ROLE penstock_read SET idle_in_transaction_session_timeout = '60s';
        ALTER ROLE penstock_read SET work_mem = '16MB';
        GRANT USAGE ON SCHEMA penstock TO penstock_read;
        GRANT SELECT ON ALL TABLES IN SCHEMA penstock TO penstock_read;
        ALTER DEFAULT PRIVILEGES FOR ROLE penstock_ingest IN SCHEMA penstock GRANT SELECT ON TABLES TO penstock_read;
        """;

    public static Command Create()
    {
        var command = new Command("roles", "Prints the SQL that makes the role of the centres and a read-only one for dashboards.");
        command.SetAction(_ => Console.WriteLine(Sql));
        return command;
    }
}
