using System.CommandLine;
using Penstock.Central.Kafka;

namespace Penstock.Central.Commands;

/// <summary>The options that name a Kafka cluster, the same in every command.</summary>
internal sealed class KafkaArguments
{
    public Option<string?> Brokers { get; } = new("--kafka") { Description = "Brokers of a Kafka cluster, host:port separated by commas." };

    public Option<string?> ConfigFile { get; } = new("--kafka-config")
    {
        Description = "File of key = value lines for the Kafka client: security (secrets as file:, env: or credential: references), group.id, topic names.",
    };

    public void AddTo(Command command)
    {
        command.Add(Brokers);
        command.Add(ConfigFile);
    }

    /// <summary>The cluster that the command line names; null when there is none.</summary>
    /// <exception cref="StartException">The options or the file are wrong.</exception>
    public KafkaOptions? Of(ParseResult parsed) => (parsed.GetValue(Brokers), parsed.GetValue(ConfigFile)) switch
    {
        (null, null) => null,
        (null, _) => throw new StartException("--kafka-config without --kafka; name the brokers with --kafka host:port", ExitCode.WrongUsage),
        var (brokers, file) => KafkaConfigFile.Read(brokers, file),
    };
}
