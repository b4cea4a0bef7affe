using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Central;
using Penstock.Central.Historian;
using Penstock.Central.Ingest;
using Penstock.Central.Live;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

public sealed class LiveHubTests
{
    [Fact]
    public async Task A_historian_that_does_not_answer_about_agents_holds_up_no_value()
    {
        var board = new LiveBoard(TimeProvider.System);
        using var metrics = new CentralMetrics(new IngestQueue(), new IngestBudget());
        using var hub = new LiveHub(board, DispatchProxy.Create<IHistorian, SilentHistorian>(), metrics, TimeProvider.System, NullLogger<LiveHub>.Instance);
        var viewer = new Viewer();
        hub.Join(viewer);
        await hub.StartAsync(default);

        var tag = new TagRow(1, TagKey.Of(Reading(1)), JsonDocument.Parse("{}").RootElement, null);
        board.Show(new CommitOutcome([], [new(1, Reading(1))], [tag], [], Noon));

        Assert.Contains("event: tags", await NextAsync(viewer), StringComparison.Ordinal);
        Assert.Contains("event: values", await NextAsync(viewer), StringComparison.Ordinal);
        await hub.StopAsync(default);
    }

    private static async Task<string> NextAsync(Viewer viewer) =>
        Encoding.UTF8.GetString(await viewer.NextAsync(default).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));

    /// <summary>Every question is open for ever.</summary>
    public class SilentHistorian : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            new ValueTask<IReadOnlyList<AgentRow>>(new TaskCompletionSource<IReadOnlyList<AgentRow>>().Task.WaitAsync((CancellationToken)args![^1]!));
    }
}
