using Penstock.Central.Commands;
using Penstock.Central.Kafka;
using Xunit;

namespace Penstock.UnitTests.Central.Kafka;

public sealed class KafkaConfigFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_file_the_defaults_hold()
    {
        var options = KafkaConfigFile.Read("kafka-1:9092,kafka-2:9092", null);

        Assert.Equal(("kafka-1:9092,kafka-2:9092", "penstock-central", "penstock.readings"), (options.Brokers, options.Group, options.Topics.Readings));
        Assert.Empty(options.Client);
    }

    [Fact]
    public void Keys_of_the_client_group_and_topics_are_read_and_secrets_resolved()
    {
        File.WriteAllText(_folder["password"], "hunter2\n");

        var options = Read($"""
            # security
            security.protocol = SASL_SSL
            sasl.password = file:{_folder["password"]}

            group.id = plant-7
            topic.readings = plant7.readings
            """);

        Assert.Equal(("plant-7", "plant7.readings", "penstock.events"), (options.Group, options.Topics.Readings, options.Topics.Events));
        Assert.Equal(("SASL_SSL", "hunter2"), (options.Client["security.protocol"], options.Client["sasl.password"]));
    }

    [Theory]
    [InlineData("security.protocol", "line 1 is no setting")]
    [InlineData("security.protocol =", "has no value")]
    [InlineData("sasl.password = hunter2", "in plain text")]
    [InlineData("sasl.password = env:PENSTOCK_NOT_SET", "missing, empty or not readable")]
    [InlineData("sasl.password = credential:../shadow", "missing, empty or not readable")]
    [InlineData("enable.auto.commit = true", "delivery rests on it")]
    [InlineData("group.instance.id = one", "delivery rests on it")]
    [InlineData("bootstrap.servers = a:1", "--kafka")]
    [InlineData("topic.reading = x", "names no topic")]
    [InlineData("topic.readings = no/name", "is no topic name")]
    [InlineData("topic.dead-letters = penstock.readings", "two topics are named")]
    [InlineData("a = 1\na = 2", "twice")]
    public void What_is_wrong_names_the_repair_and_never_the_secret(string text, string part)
    {
        var error = Assert.Throws<StartException>(() => Read(text));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUsage, error.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kafka")]
    [InlineData("kafka:0")]
    [InlineData("kafka:9092,")]
    [InlineData("http://kafka:9092")]
    public void Brokers_are_hosts_with_ports(string brokers)
    {
        Assert.Contains("--kafka", Assert.Throws<StartException>(() => KafkaConfigFile.Read(brokers, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_the_client_does_not_know_stops_the_start_with_its_name()
    {
        var error = Assert.Throws<StartException>(() => KafkaClients.BuildAdmin(Read("no.such.setting = 1")));

        Assert.Contains("no.such.setting", error.Message, StringComparison.Ordinal);
    }

    private KafkaOptions Read(string text)
    {
        var file = _folder["kafka.properties"];
        File.WriteAllText(file, text);
        return KafkaConfigFile.Read("kafka:9092", file);
    }
}
