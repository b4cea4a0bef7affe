namespace Penstock.IntegrationTests.Kit;

/// <summary>
/// One Kafka node for all tests of its collection, started when the first one asks. Each test uses topics of its own and
/// leaves the server alone; who stops or kills a node starts a <see cref="KafkaServer"/> of his own.
/// </summary>
public sealed class SharedKafka : IAsyncDisposable
{
    private readonly Lazy<Task<KafkaServer>> _server = new(() => KafkaServer.Start());

    /// <summary>Skips the test where no Kafka can be started.</summary>
    internal Task<KafkaServer> Server()
    {
        Needs.Kafka();
        return _server.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}

/// <summary>Tests that share one Kafka: <c>[Collection(OneKafka.Name)]</c> and a constructor that takes <see cref="SharedKafka"/>.</summary>
[CollectionDefinition(Name)]
public sealed class OneKafka : ICollectionFixture<SharedKafka>
{
    public const string Name = "one Kafka";
}
