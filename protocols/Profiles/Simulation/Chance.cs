namespace Penstock.Protocols.Profiles.Simulation;

/// <summary>Numbers that look random and are the same for the same seed, name and moment (SplitMix64).</summary>
internal static class Chance
{
    /// <summary>0 to 1, 1 excluded.</summary>
    public static double Uniform(int seed, string name, long moment) => (Mix(seed, name, moment) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mean 0, standard deviation 1, within ±6: twelve uniform numbers added.</summary>
    public static double Normal(int seed, string name, long moment)
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
            sum += Uniform(seed + (i * 7919), name, moment);
        return sum;
    }

    private static ulong Mix(int seed, string name, long moment)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in name)
            hash = unchecked((hash ^ c) * 1099511628211UL);
        var z = unchecked(hash + ((ulong)seed * 0x9E3779B97F4A7C15UL) + ((ulong)moment * 0xBF58476D1CE4E5B9UL));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return z ^ (z >> 31);
    }
}
