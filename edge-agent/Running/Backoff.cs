namespace Penstock.EdgeAgent.Running;

/// <summary>
/// Waiting times after failures in a row: doubling from <paramref name="first"/> to <paramref name="most"/>, each shortened
/// by up to half at random so that agents which lost the same peer do not return together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan most, Random random)
{
    private int _failures;

    public TimeSpan Next()
    {
        var ceiling = first * Math.Pow(2, Math.Min(_failures, 30));
        _failures++;
        return (ceiling < most ? ceiling : most) * (1 - (random.NextDouble() / 2));
    }

    public void Reset() => _failures = 0;
}
