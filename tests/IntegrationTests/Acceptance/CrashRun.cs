using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>Agent and centre with a wire between them, killed with SIGKILL again and again.</summary>
internal sealed class CrashRun(TempFolder folder, string site, Random random, Action<string> say) : IAsyncDisposable
{
    private readonly List<DateTimeOffset> _agentKills = [];
    private Agent _agent = null!; // Set by Start, before anything else is called.
    private Centre _centre = null!; // Set by Start, before anything else is called.

    public required LinkProxy Wire { get; init; }

    /// <summary>How long the centre stays away at most.</summary>
    public required TimeSpan LongestAbsence { get; init; }

    public IReadOnlyList<DateTimeOffset> AgentKills => _agentKills;

    public int Kills { get; private set; }

    /// <summary>Everything answered before this moment has had its time to arrive.</summary>
    public DateTimeOffset JudgedUntil { get; private set; }

    public Centre Centre => _centre;

    public async Task Start()
    {
        await StartCentre();
        await StartAgent();
    }

    /// <summary>One turn: some time of running, then one of the two is killed, or both, and comes back.</summary>
    public async Task Turn()
    {
        await Pause(TimeSpan.FromSeconds(random.NextDouble() * 1.5));
        switch (random.Next(5))
        {
            case 0 or 1:
                await KillAgent();
                await StartAgent();
                break;
            case 2 or 3:
                await KillCentre();
                await Pause(LongestAbsence * random.NextDouble());
                await StartCentre();
                break;
            default:
                await KillCentre();
                await Pause(LongestAbsence * random.NextDouble());
                await KillAgent();
                await StartAgent();
                await StartCentre();
                break;
        }
    }

    /// <summary>Lets everything of before arrive, then stops the agent in order.</summary>
    public async Task Settle()
    {
        JudgedUntil = TimeProvider.System.GetUtcNow();
        await Until.True("nothing of before waits in the outbox", NothingOldWaits, TimeSpan.FromSeconds(60));
        _agent.Program.Term();
        Assert.Equal(0, await _agent.Program.End());
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _centre.DisposeAsync();
    }

    private async Task<bool> NothingOldWaits()
    {
        var agents = await _centre.Agents();
        return agents.Count > 0
            && agents[0]["heartbeat"] is { } heartbeat
            && Point.Moment(heartbeat["ts"]!) > JudgedUntil
            && (heartbeat["outbox"]!["oldest"] is not { } oldest || Point.Moment(oldest) > JudgedUntil);
    }

    private async Task KillAgent()
    {
        await _agent.Program.Kill();
        _agentKills.Add(TimeProvider.System.GetUtcNow());
        Kills++;
        say($"agent killed ({Kills})");
        await _agent.DisposeAsync();
    }

    private async Task KillCentre()
    {
        await _centre.Program.Kill();
        Kills++;
        say($"centre killed ({Kills})");
        Wire.Target = 0;
        await _centre.DisposeAsync();
    }

    private async Task StartAgent() => _agent = await Agent.Start(site, folder["agent"]);

    private async Task StartCentre()
    {
        _centre = await Centre.Start(folder["centre"]);
        Wire.Target = _centre.Port;
    }

    private static Task Pause(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
