using System.Globalization;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// F12: two centres, three brokers and two PostgreSQL servers, each killed with SIGKILL at random under load. Told: how long until
/// every device has rows again that were sampled after the kill, and how long a page stood still for a viewer.
/// </summary>
[Collection(Alone.Name)]
public sealed class F12HighAvailabilityTests(ITestOutputHelper output)
{
    private const int Agents = 4;
    private const int DevicesOfAnAgent = 5; // of 50 tags
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SortedDictionary<string, List<double>> _seconds = new(StringComparer.Ordinal);

    [Fact]
    public async Task F12_centres_brokers_and_PostgreSQL_servers_killed_at_random_lose_and_double_nothing()
    {
        Needs.Kafka();
        Needs.Postgres();
        var lasts = TimeSpan.FromMinutes(FaultSize.Of(0, 4, 10));
        var seed = FaultSize.Seed();
        using var folder = new TempFolder();
        await using var cluster = await TwinCluster.Start(folder);
        var load = new LoadRun(folder);
        await using var sending = load.StartSending(
            "--kafka", cluster.Kafka.Bootstrap, "--records", "2000000", "--seed", Text(seed), "--rate", Text(FaultSize.Of(1000, 5000, 5000)),
            "--agents", Text(Agents), "--gaps", "50", "--duplicates", "0.1");
        var kills = 0;
        await using (var watch = new RowWatch(cluster.Database.ConnectionString, Agents * DevicesOfAnAgent))
        {
            await Passed(watch.Rows, TimeProvider.System.GetUtcNow());
            await using var one = new PageViewer(cluster.Pages);
            await using var other = new PageViewer([.. cluster.Pages.Reverse()]);
            var began = TimeProvider.System.GetTimestamp();
            var random = new Random(seed);
            do
            {
                foreach (var strike in Strikes(cluster, random))
                {
                    await Play(strike, watch.Rows);
                    kills++;
                    if (FaultSize.IsSmall)
                        continue; // Each kind once: the others of a kind are there, and no one waits for the last.
                    await cluster.WhenWhole();
                    await World.Pause(TimeSpan.FromSeconds(3 * random.NextDouble()));
                }
            }
            while (TimeProvider.System.GetElapsedTime(began) < lasts);

            StoodStill("page", one.Page, other.Page);
            StoodStill("rows", watch.Rows);
        }

        sending.Term();
        Assert.True(await sending.End(TimeSpan.FromMinutes(5)) == 0, sending.Output);
        await Judge(load, cluster, new FaultResult("F12", "kill -9 of centres brokers and both PostgreSQL servers under load", seed) { Injected = kills });
    }

    private static Strike[] Strikes(TwinCluster cluster, Random random)
    {
        var strikes = cluster.OnePart(random);
        Strike[] played = FaultSize.IsSmall ? [.. strikes.Take(3)] : [.. strikes, .. strikes.Take(3), .. cluster.AllParts(random)];
        random.Shuffle(played);
        return played;
    }

    private async Task Play(Strike strike, Flow rows)
    {
        var killed = TimeProvider.System.GetUtcNow();
        await strike.Kill();
        if (strike.Rest is null)
        {
            await Tell($"{strike.What} killed", rows, killed);
            if (!FaultSize.IsSmall)
                await strike.Back();
        }
        else
        {
            await strike.Back();
            await Tell($"{strike.What} killed, one back", rows, TimeProvider.System.GetUtcNow());
            await strike.Rest();
        }
    }

    private async Task Tell(string what, Flow rows, DateTimeOffset since)
    {
        var every = await Passed(rows, since) - since;
        var any = rows.Any.Passed(since) - since;
        Keep(what, every);
        output.WriteLine($"{since:HH:mm:ss.f} {what}: rows of every device again after {every.TotalSeconds:0.0} s, the first after {any?.TotalSeconds:0.0} s");
    }

    private static async Task<DateTimeOffset> Passed(Flow rows, DateTimeOffset moment)
    {
        await Until.True($"every device has rows sampled after {moment:HH:mm:ss.f}", () => rows.Every.Passed(moment) is not null, Patience);
        return rows.Every.Passed(moment)!.Value; // just seen
    }

    private void StoodStill(string what, params Flow[] flows)
    {
        foreach (var flow in flows)
        {
            var (any, every) = (flow.Any.LongestStandStill(), flow.Every.LongestStandStill());
            Keep($"{what} stood still", any.Length);
            Keep($"{what} stood still for a device", every.Length);
            output.WriteLine($"{what}: nothing new for {any.Length.TotalSeconds:0.0} s at {any.Began:HH:mm:ss}, of some device for {every.Length.TotalSeconds:0.0} s at {every.Began:HH:mm:ss}");
        }
    }

    private void Keep(string what, TimeSpan took)
    {
        if (!_seconds.TryGetValue(what, out var all))
            _seconds[what] = all = [];
        all.Add(Math.Round(took.TotalSeconds, 1));
    }

    private async Task Judge(LoadRun load, TwinCluster cluster, FaultResult result)
    {
        var oracle = await load.Judge(["--wait", "60", "--postgres", cluster.Database.ConnectionString]);
        var (_, proof) = await LoadRun.Verify(cluster.Database.Historian);
        if (!FaultSize.IsSmall)
            output.WriteLine(cluster.Log);
        output.WriteLine(oracle.Output);
        foreach (var (what, seconds) in _seconds)
            output.WriteLine($"{what}: {string.Join(" ", seconds.Order().Select(s => s.ToString("0.0", CultureInfo.InvariantCulture)))} s");
        (result with
        {
            Records = proof["numbered"]!.GetValue<long>(),
            Lost = proof["lost"]!.GetValue<long>(),
            Double = proof["double"]!.GetValue<long>(),
            Unexplained = proof["unexplained"]!.GetValue<long>(),
            Recovery = TimeSpan.FromSeconds(_seconds.Where(s => !s.Key.Contains("stood", StringComparison.Ordinal)).Max(s => s.Value.Max())),
            Seconds = _seconds.ToDictionary(s => s.Key, s => s.Value.Max()),
        }).Tell(output, oracle.ExitCode == 0 ? [] : [oracle.Output, proof.ToJsonString()]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
