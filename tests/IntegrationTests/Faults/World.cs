using System.Diagnostics;
using Penstock.IntegrationTests.Acceptance;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// A counting device, the real agent and the real centre with a wire between them. The fault is the test's; the world starts,
/// kills and brings back, measures how long that takes, and judges at the end by the device's own list.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Plant _plant;
    private readonly Peer _device;
    private readonly List<DateTimeOffset> _kills = [];
    private readonly HashSet<long> _underWay = [];
    private string _site = "";
    private DateTimeOffset _judgedUntil;

    private World(TempFolder folder, Peer device, Plant plant, string agentFolder)
    {
        (_folder, _device, _plant) = (folder, device, plant);
        AgentFolder = agentFolder;
    }

    public LinkProxy Wire { get; } = new();

    public Agent? Agent { get; private set; }

    public Centre? Centre { get; private set; }

    /// <summary>The agent's data folder; a test may put a file system of its own there.</summary>
    public string AgentFolder { get; }

    public string CentreFolder => _folder["centre"];

    public TimeSpan LongestRecovery { get; private set; }

    public int Kills => _kills.Count;

    public static async Task<World> Make(TempFolder folder, string storage = "ssd", string? agentFolder = null)
    {
        var device = await Peer.Start("counting_device.py", folder["answered"]);
        // The deadline of a poll is long, so that a busy machine makes no answer late.
        var plant = new Plant(folder) { Storage = storage, Timeout = "5s" }
            .Profile("count", "100ms", "uint32", "count").Device("counter", "count", device.Port);
        var world = new World(folder, device, plant, agentFolder ?? folder["agent"]);
        plant.To = world.Wire.Address;
        world._site = plant.Write();
        return world;
    }

    public async Task StartCentre()
    {
        Centre = await Centre.Start(CentreFolder);
        Wire.Target = Centre.Port;
    }

    public async Task KillCentre()
    {
        await Centre!.Program.Kill(); // the caller started it
        Wire.Target = 0;
        await Centre.DisposeAsync();
        Centre = null;
    }

    /// <summary>Starts the agent and waits until it says where its status page is.</summary>
    public async Task StartAgent(IReadOnlyDictionary<string, string>? environment = null)
    {
        var watch = Stopwatch.StartNew();
        Agent = await Agent.Start(_site, AgentFolder, environment);
        Recovered(watch.Elapsed);
    }

    /// <summary>Starts the agent under another program, such as strace; the arguments of the agent come behind.</summary>
    public RunningProgram StartAgentUnder(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        RunningProgram.Start(program, environment, [.. arguments, Repository.Agent, "run", "--site", _site, "--data", AgentFolder, "--listen", "127.0.0.1:0"]);

    public async Task KillAgent()
    {
        await Agent!.Program.Kill(); // the caller started it
        await Agent.DisposeAsync();
        Agent = null;
        Killed();
    }

    /// <summary>Waits until the traced agent is killed; where its call does not come in time, kills it.</summary>
    public async Task EndsOrIsKilled(RunningProgram traced, TimeSpan within)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!traced.HasEnded && TimeProvider.System.GetElapsedTime(began) < within)
            await Pause(TimeSpan.FromMilliseconds(50));
        if (!traced.HasEnded)
            await traced.Kill();
        Killed();
    }

    /// <summary>The agent was ended without a goodbye by something else, just now.</summary>
    public void Killed() => _kills.Add(TimeProvider.System.GetUtcNow());

    /// <summary>The agent has ended in order: only the answer under way, the device's last one, need not be taken.</summary>
    private void Stopped()
    {
        if (CrashOracle.Read(_folder["answered"]) is [.., var last])
            _underWay.Add(last.Number);
    }

    public void Recovered(TimeSpan took) => LongestRecovery = took > LongestRecovery ? took : LongestRecovery;

    public static Task Pause(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    /// <summary>Counts the device answered so far.</summary>
    public int Answered => Answers().Count;

    /// <summary>The device's own list.</summary>
    public IReadOnlyList<CrashOracle.Answer> Answers() => CrashOracle.Read(_folder["answered"]);

    public Task Answers(int more)
    {
        var wanted = Answered + more;
        return Until.True($"the device answered {more} more", () => Answered >= wanted);
    }

    /// <summary>Lets everything of before arrive, then stops the agent in order.</summary>
    public async Task Settle()
    {
        _judgedUntil = TimeProvider.System.GetUtcNow();
        await Until.True("nothing of before waits in the outbox", NothingOldWaits, TimeSpan.FromSeconds(60));
        await StopAgent();
    }

    /// <summary>Ends the agent in order.</summary>
    public async Task StopAgent()
    {
        Agent!.Program.Term(); // the caller started it
        Assert.Equal(0, await Agent.Program.End());
        await Agent.DisposeAsync();
        Agent = null;
        Stopped();
    }

    /// <summary>Ends a traced agent in order: what it holds in memory has to be kept.</summary>
    public async Task StopTraced(RunningProgram traced)
    {
        var children = File.ReadAllText($"/proc/{traced.Id}/task/{traced.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        await RunningProgram.Run("/bin/kill", ["-TERM", .. children]);
        await traced.End();
        Stopped();
    }

    /// <summary>The device's list against the rows, the product's own proof beside it, and the line of the table.</summary>
    /// <param name="commit">Longest time from an answer to its commit: what a kill may cost.</param>
    /// <param name="mediumWasFull">What the outbox says it dropped for want of room is told, not lost.</param>
    public async Task Judge(FaultResult result, TimeSpan commit, ITestOutputHelper output, bool mediumWasFull = false)
    {
        var points = HistoryFile.Points(CentreFolder);
        var stored = points.Where(point => point.Q == "good").ToList();
        var oracle = new CrashOracle(
            CrashOracle.Read(_folder["answered"]), _judgedUntil, stored, [.. points.Where(point => point.Q != "good")], HistoryFile.Gaps(CentreFolder))
        {
            UnderWay = _underWay,
            MediumWasFull = mediumWasFull,
        };
        var verdict = oracle.Count(_kills, commit);
        var wrong = oracle.Judge(_kills, commit).ToList();
        var proof = await RunningProgram.Run(Repository.Central, "verify", "--data", CentreFolder, "--grace-seconds", "0");
        if (proof.ExitCode != 0)
            wrong.Add(proof.Output);
        (result with
        {
            Records = stored.Count,
            Lost = verdict.Lost,
            Double = verdict.Double,
            Unexplained = verdict.Unexplained,
            Told = oracle.Missing,
            Recovery = LongestRecovery,
        }).Tell(output, wrong);
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null)
            await Agent.DisposeAsync();
        if (Centre is not null)
            await Centre.DisposeAsync();
        await Wire.DisposeAsync();
        await _device.DisposeAsync();
    }

    private async Task<bool> NothingOldWaits()
    {
        var agents = await Centre!.Agents(); // the caller started it
        return agents.Count > 0
            && agents[0]["heartbeat"] is { } heartbeat
            && Point.Moment(heartbeat["ts"]!) > _judgedUntil
            && (heartbeat["outbox"]!["oldest"] is not { } oldest || Point.Moment(oldest) > _judgedUntil);
    }
}
