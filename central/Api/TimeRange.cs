using Penstock.Contracts;

namespace Penstock.Central.Api;

/// <summary>From a query's <c>from</c> and <c>to</c>: half-open, default the last stretch before now.</summary>
internal sealed record TimeRange(Timestamp From, Timestamp To)
{
    /// <summary>Null, or what is wrong.</summary>
    public static string? TryParse(string? from, string? to, TimeSpan length, TimeProvider clock, out TimeRange range)
    {
        range = new(default, default);
        var end = Timestamp.Now(clock);
        if (to is not null && !Timestamp.TryParse(to, out end))
            return Wrong("to", to);
        var start = end - length;
        if (from is not null && !Timestamp.TryParse(from, out start))
            return Wrong("from", from);
        if (end <= start)
            return $"to ({end}) is not after from ({start}).";
        range = new(start, end);
        return null;
    }

    private static string Wrong(string name, string value) =>
        $"{name} is '{value}'; write RFC 3339 such as 2026-01-31T12:00:00Z, with '+' in an offset as %2B.";
}
