using System.Net;
using System.Net.Sockets;
using Penstock.Central.Kafka;
using Xunit;

namespace Penstock.UnitTests.Central.Kafka;

public sealed class ClusterEyeTests
{
    [Fact]
    public async Task A_look_that_is_no_longer_wanted_does_not_wait_for_a_broker_that_never_answers()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var eye = new ClusterEye(Options(silent));
        using var wanted = new CancellationTokenSource();
        var look = eye.LookAsync(wanted.Token);
        using var asked = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await wanted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => look);
    }

    private static KafkaOptions Options(TcpListener broker) => new() { Brokers = broker.LocalEndpoint.ToString()! };
}
