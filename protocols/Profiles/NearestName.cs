namespace Penstock.Protocols.Profiles;

/// <summary>Finds the name somebody probably meant: Damerau-Levenshtein distance with neighbours swapped (optimal string alignment).</summary>
public static class NearestName
{
    /// <summary>The nearest candidate, or null when none is near: at most a third of the letters may differ, at least one, at most three.</summary>
    public static string? Of(string typed, IEnumerable<string> candidates)
    {
        var most = Math.Clamp(typed.Length / 3, 1, 3);
        string? best = null;
        var bestDistance = most + 1;
        foreach (var candidate in candidates)
        {
            var distance = typed.Equals(candidate, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(typed, candidate, bestDistance);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }

        return best;
    }

    /// <summary>A half sentence for a repair: <c>did you mean "scale"?</c>, or the list of what is known when nothing is near.</summary>
    public static string Suggest(string typed, IReadOnlyCollection<string> candidates) =>
        Of(typed, candidates) is { } near ? $"did you mean \"{near}\"?"
        : candidates.Count == 0 ? "remove it."
        : $"known here: {string.Join(", ", candidates.Order(StringComparer.Ordinal).Take(40))}.";

    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit || a.Length > 128 || b.Length > 128)
            return limit;
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
                d[i, j] = Cell(a, b, d, i, j);
        }

        return d[a.Length, b.Length];
    }

    private static int Cell(string a, string b, int[,] d, int i, int j)
    {
        var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
        var cost = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (same ? 0 : 1));
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(cost, d[i - 2, j - 2] + 1) : cost;
    }
}
