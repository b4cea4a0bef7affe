namespace Penstock.IntegrationTests.Kit;

/// <summary>
/// Where the scripts lie that run a real Kafka: <c>PENSTOCK_RUNTIME</c>, else <c>shared/runtime</c> beside the checkout.
/// </summary>
internal static class KafkaRuntime
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("PENSTOCK_RUNTIME") is { Length: > 0 } set
        ? set
        : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "runtime"));

    /// <summary>What is not there, with the way to get it; null when a Kafka can be started.</summary>
    public static string? Missing =>
        !File.Exists(Script("kafka-up")) ? $"{Script("kafka-up")}: set PENSTOCK_RUNTIME to a folder with bin/kafka-up, bin/kafka-down and the jars of a Kafka"
        : !OnPath("java") ? "Java 17: apt-get install openjdk-17-jre-headless"
        : !OnPath("xz") ? "xz: apt-get install xz-utils"
        : null;

    public static string Script(string name) => Path.Combine(Folder, "bin", name);

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
