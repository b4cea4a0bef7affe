namespace Penstock.IntegrationTests.Kit;

/// <summary>What a test needs from the machine; without it the test skips and names the package.</summary>
internal static class Needs
{
    public const string Python = "/usr/bin/python3";

    public static void Program(string path, string package) =>
        Assert.SkipUnless(File.Exists(path), $"needs {path}: apt-get install {package}");

    public static void Pymodbus()
    {
        Program(Python, "python3");
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/pymodbus"), "needs pymodbus: apt-get install python3-pymodbus");
    }

    /// <summary>A real Kafka can be started here.</summary>
    public static void Kafka() => Assert.SkipUnless(KafkaRuntime.Missing is null, $"needs {KafkaRuntime.Missing}");

    public static void Postgres() => Assert.SkipUnless(PostgresServer.Programs is not null, "needs PostgreSQL 15 or later: apt-get install postgresql");

    public static void Kcat()
    {
        Kafka();
        Program(Kit.Kcat.Program, "kcat");
    }

    public static void Root() => Assert.SkipUnless(Environment.UserName == "root", "needs root for a file system of its own");
}
