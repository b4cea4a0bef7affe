namespace Penstock.LoadGenerator;

/// <summary>How the numbers of an agent travel: how many at once, how often again, in what order.</summary>
internal sealed record TrafficOptions
{
    public int Batch { get; init; } = 200;

    /// <summary>Share of stretches that are sent once more, soon after.</summary>
    public double Duplicates { get; init; }

    /// <summary>Stretches are put in a random order over this many, and lines inside of each as well; 1 keeps the order.</summary>
    public int Shuffle { get; init; } = 1;

    /// <summary>How often everything is sent again after the end.</summary>
    public int Replays { get; init; }
}

/// <summary>A stretch of numbers to send in one go.</summary>
internal readonly record struct Stretch(long From, long To);

/// <summary>The stretches of one agent in the order of sending. Pure: the same seed makes the same traffic.</summary>
internal static class Traffic
{
    public static IEnumerable<Stretch> Of(long records, TrafficOptions options, int seed)
    {
        var random = new Random(seed);
        for (var pass = 0; pass <= options.Replays; pass++)
        {
            foreach (var window in Stretches(records, options, random).Chunk(Math.Max(1, options.Shuffle)))
            {
                random.Shuffle(window);
                foreach (var stretch in window)
                    yield return stretch;
            }
        }
    }

    private static IEnumerable<Stretch> Stretches(long records, TrafficOptions options, Random random)
    {
        for (var from = 1L; from <= records; from += options.Batch)
        {
            var stretch = new Stretch(from, Math.Min(records, from + options.Batch - 1));
            yield return stretch;
            // The repeated one begins and ends elsewhere, so that old and new meet in one batch.
            if (random.NextDouble() < options.Duplicates)
                yield return new(Math.Max(1, from - random.Next(options.Batch)), stretch.To);
        }
    }
}
