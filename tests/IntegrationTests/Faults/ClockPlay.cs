using System.Diagnostics;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>Plays one script with an agent, a counting device and a centre of its own.</summary>
internal sealed class ClockPlay(ClockScript script)
{
    // The agent looks at its clock once a second.
    private const int CountsBetweenActs = 12;
    private const int DriftSteps = 20;
    private static readonly TimeSpan Drift = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly List<ClockRun> _runs = [];
    private readonly List<string> _wrong = [];
    private int _steps;

    /// <summary>What is wrong beyond the stored records.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    public int Records { get; private set; }

    public async Task<ClockJudge> ToTheEnd()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock(folder["clock"]);
        clock.Set(script.Start);
        await using var world = await World.Make(folder, storage: "ssd, keep: 1h");
        await world.StartCentre();
        var playing = Stopwatch.StartNew();
        await world.StartAgent(clock.Environment);
        await world.Answers(CountsBetweenActs);
        foreach (var act in script.Acts)
        {
            await Do(act, world, clock);
            await world.Answers(CountsBetweenActs);
        }

        TimersWereTrue(world.Answered, playing.Elapsed);
        world.Wire.Set(Wire.Passes);
        var judgedTo = world.Answered;
        await Stop(world, clock);

        await world.StartAgent(clock.Environment);
        await Arrived(() => Judge(world, judgedTo, clock));
        await Stop(world, clock);
        await Prove(world);
        Records = HistoryFile.ClockRows(world.CentreFolder).Count;
        return Judge(world, judgedTo, clock);
    }

    private async Task Do(ClockAct act, World world, FakeClock clock)
    {
        var step = ClockScript.Step(act, clock.Offset);
        switch (act)
        {
            case ClockAct.CutLink:
                world.Wire.Set(Wire.Cut);
                break;
            case ClockAct.MendLink:
                world.Wire.Set(Wire.Passes);
                break;
            case ClockAct.StopAndStart:
                await Stop(world, clock);
                await world.StartAgent(clock.Environment);
                break;
            case ClockAct.DriftForward or ClockAct.DriftBack:
                for (var n = 0; n < DriftSteps; n++)
                {
                    clock.Set(clock.Offset + (act is ClockAct.DriftForward ? Drift : -Drift));
                    await World.Pause(Poll);
                }

                break;
            default:
                _steps++;
                clock.Set(clock.Offset + step);
                break;
        }
    }

    private async Task Stop(World world, FakeClock clock)
    {
        await world.StopAgent();
        _runs.Add(new(world.Answered, clock.Offset));
    }

    /// <summary>A step of the wall clock neither stops the polls nor makes up for polls that never were due.</summary>
    private void TimersWereTrue(int answered, TimeSpan played)
    {
        var due = (played / Poll) + (2 * (script.Acts.Count + 1)); // every run polls at once when it begins
        if (answered > due)
            _wrong.Add($"the device was asked {answered} times in {played.TotalSeconds:0.0} s, where {due:0} polls were due");
    }

    /// <summary>The last records of a run travel behind its readings: the word on its clock is one of them.</summary>
    private static async Task Arrived(Func<ClockJudge> judge)
    {
        try
        {
            await Until.True("what waited is stored", () => judge() is var now && now.Lost().Count == 0 && now.Wrong().Count == 0);
        }
        catch (TimeoutException)
        {
            // The verdict names what is missing.
        }
    }

    /// <summary>No record went for its age or for want of room, and the product's own proof holds.</summary>
    private async Task Prove(World world)
    {
        foreach (var gap in HistoryFile.Gaps(world.CentreFolder))
        {
            if (gap["cause"]!.GetValue<string>().StartsWith("outbox", StringComparison.Ordinal))
                _wrong.Add($"a gap that no clock explains: {gap.ToJsonString()}");
        }

        var proof = await RunningProgram.Run(Repository.Central, "verify", "--data", world.CentreFolder, "--grace-seconds", "0");
        if (proof.ExitCode != 0)
            _wrong.Add(proof.Output);
    }

    private ClockJudge Judge(World world, long judgedTo, FakeClock clock) => new(
        world.Answers().ToDictionary(answer => answer.Number, answer => answer.At), judgedTo,
        HistoryFile.ClockRows(world.CentreFolder), HistoryFile.ClockWords(world.CentreFolder),
        [.. _runs, new ClockRun(long.MaxValue, clock.Offset)], _steps);
}
