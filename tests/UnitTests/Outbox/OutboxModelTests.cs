using System.Collections.Concurrent;
using Xunit;

namespace Penstock.UnitTests.Outbox;

/// <summary>
/// Random stories with crashes, torn and lost sectors, failing and full disks, damage and lying caches against a plain model.
/// A failure prints its seed; <see cref="One_seed_can_be_played_again"/> plays it alone.
/// </summary>
public sealed class OutboxModelTests
{
    private static readonly string? Size = Environment.GetEnvironmentVariable("PENSTOCK_FAULTS");

    private static readonly int Sequences = Size switch { "nightly" => 2_000_000, "ci" => 200_000, _ => 20_000 };

    [Fact]
    public void Whatever_happens_no_accepted_record_is_lost_repeated_or_changed()
    {
        var broken = new ConcurrentBag<string>();
        var next = 0;

        // Threads of their own: on the pool's they would keep every waiting test of the assembly from going on.
        var players = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Play)).ToList();
        players.ForEach(player => player.Start());
        players.ForEach(player => player.Join());

        Tell(broken.Count);
        Assert.True(broken.IsEmpty, string.Join('\n', broken));

        void Play()
        {
            for (var seed = Interlocked.Increment(ref next); seed <= Sequences && broken.IsEmpty; seed = Interlocked.Increment(ref next))
            {
                if (OutboxPlay.Try(seed) is { } failure)
                    broken.Add(failure);
            }
        }
    }

    [Theory]
    [InlineData(Plant.SkippedSync)]
    [InlineData(Plant.SkippedFolderSync)]
    [InlineData(Plant.TrustedBytes)]
    public void A_planted_bug_is_found(Plant plant)
    {
        var found = Enumerable.Range(1, Sequences).Select(seed => OutboxPlay.Try(seed, files => new PlantedFiles(files, plant)))
            .FirstOrDefault(failure => failure is not null);

        Assert.NotNull(found);
    }

    [Fact]
    public void One_seed_can_be_played_again()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PENSTOCK_OUTBOX_SEED"), out var given) ? given : 1;

        Assert.Null(OutboxPlay.Try(seed, tell: TestContext.Current.TestOutputHelper!.WriteLine));
    }

    /// <summary>A line for the table of the fault runs.</summary>
    private static void Tell(int broken)
    {
        if (Size is null)
            return;
        var folder = Directory.CreateDirectory(Architecture.Repository.PathOf("artifacts/faults")).FullName;
        File.WriteAllText(
            Path.Combine(folder, "F2-model.json"),
            $$"""{"Fault":"F2","What":"model of the outbox: crashes, torn and lost sectors, seeds from 1","Seed":0,"Injected":{{Sequences}},"Records":0,"Lost":{{broken}},"Double":0,"Unexplained":0,"Told":0,"Recovery":"00:00:00"}""" + "\n");
    }
}
